import { encodeId, idLetters, legId } from '../base/id.ts';
import { column } from '../db/column.ts';
import type { Sql } from '../db/connect.ts';
import { chartAccountId, ledgerOf, transferCode } from '../ledger/chart.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { TransferFlags } from '../ledger/types.ts';

/* Many paid attempts at once, as the cashier would have left them: for benchmarks and for tests of long bills. */

export interface BulkAttempt {
  id: string;
  orderNo: string;
  amountMinor: bigint;
  paidAt: Date;
  /** Of the transfer that booked it. */
  ledgerId: bigint;
}

export interface BulkOptions {
  book: number;
  merchantId: string;
  walletAccountId: string;
  count: number;
  /** The first one's time; each is so many milliseconds after the one before. */
  from: Date;
  stepMs: number;
}

const PIECE = 1000;

/** Writes payments, attempts and ledger transfers; answers the attempts in the order of their times. */
export async function insertPaidAttempts(sql: Sql, ledger: Ledger, options: BulkOptions): Promise<BulkAttempt[]> {
  const { book, merchantId, walletAccountId } = options;
  const all = Array.from({ length: options.count }, (_, index) => newAttempt(options, index));
  const account = (kind: 'wallet_receivable' | 'merchant_payable', owner: string) =>
    chartAccountId(kind, owner, 'CNY', book);
  for (let at = 0; at < all.length; at += PIECE) {
    const piece = all.slice(at, at + PIECE);
    await insertPiece(sql, options, piece);
    const results = await ledger.createTransfers(
      piece.map((attempt) => ({
        id: attempt.ledgerId,
        debitAccountId: account('wallet_receivable', walletAccountId),
        creditAccountId: account('merchant_payable', merchantId),
        amount: attempt.amountMinor,
        ledger: ledgerOf('CNY'),
        code: transferCode('payment_received'),
        flags: TransferFlags.none,
      })),
    );
    const wrong = results.find(({ status }) => status !== 'created');
    if (wrong !== undefined) throw new Error(`the ledger refused a transfer: ${wrong.status}`);
  }
  await sql`analyze attempts`;
  return all;
}

function newAttempt({ book, from, stepMs }: BulkOptions, index: number): BulkAttempt {
  const bytes = Buffer.alloc(16);
  const ms = from.getTime() + index * stepMs;
  bytes.writeUIntBE(ms, 0, 6);
  bytes.writeUInt16BE(book, 6);
  bytes.writeUInt32BE(index, 8);
  const id = `att_${encodeId(bytes)}`;
  const amountMinor = BigInt(100 + (index % 9973));
  return { id, orderNo: idLetters(id), amountMinor, paidAt: new Date(ms), ledgerId: legId(id, 1) };
}

async function insertPiece(sql: Sql, options: BulkOptions, piece: readonly BulkAttempt[]): Promise<void> {
  const { book, merchantId, walletAccountId } = options;
  const ids = piece.map(({ orderNo }) => orderNo);
  const amounts = column(piece.map(({ amountMinor }) => amountMinor));
  const times = column(piece.map(({ paidAt }) => paidAt));
  await sql`
    insert into payments (book, id, merchant_id, order_no, currency, amount_minor, subject, return_url, metadata, livemode,
      state, succeeded_attempt_id, paid_at, expires_at, created_at)
    select ${book}::int, 'pay_' || letters, ${merchantId}::text, letters, 'CNY', minor, 'bulk', 'https://shop.example/',
      '{}'::jsonb, false, 'succeeded', 'att_' || letters, at, at, at
    from unnest(${ids}::text[], ${amounts}::bigint[], ${times}::timestamptz[]) as new (letters, minor, at)`;
  await sql`
    insert into attempts (book, id, payment_id, merchant_id, wallet, wallet_account_id, scene, order_no, ordered_at,
      currency, amount_minor, subject, outcome, settled, wallet_payment_id, occurred_at, finished_at, paid_minor,
      expires_at, created_at)
    select ${book}::int, 'att_' || letters, 'pay_' || letters, ${merchantId}::text, 'unionpay', ${walletAccountId}::text,
      'web', letters, at, 'CNY', minor, 'bulk', 'succeeded', 'accepted', 'W' || letters, at, at, minor, at, at
    from unnest(${ids}::text[], ${amounts}::bigint[], ${times}::timestamptz[]) as new (letters, minor, at)`;
}
