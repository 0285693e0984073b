import { encodeId, legId } from '../base/id.ts';
import { LEDGER_PAGE_ITEMS_MAX } from '../base/limits.ts';
import { type MoneyRecord, readRecords } from '../cashier/day-records.ts';
import type { Tx } from '../db/connect.ts';
import { chartAccountId, currencyOfLedger, transferReasonOfCode, type TransferReason } from '../ledger/chart.ts';
import type { Transfer } from '../ledger/types.ts';
import { type Finding, sideOfRecord } from './compare-line.ts';
import type { Findings } from './findings.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { BreakSide, Statement, Sums } from './statement.ts';
import { addTo } from './sums.ts';

/** Which leg of its id a record's success is booked under, as the cashier's postings have it. */
export const BOOKED_LEG = { payment: 1, refund: 2 } as const;

/** Every record beside the ledger transfer that it must have caused; adds up what is booked. */
export async function checkBooked(
  deps: SettlementDeps,
  day: Statement,
  records: readonly MoneyRecord[],
  into: { findings: Findings; booked: Sums },
): Promise<void> {
  for (let at = 0; at < records.length; at += LEDGER_PAGE_ITEMS_MAX) {
    const page = records.slice(at, at + LEDGER_PAGE_ITEMS_MAX);
    const transfers = await deps.ledger.lookupTransfers(
      page.map((record) => legId(record.id, BOOKED_LEG[record.record])),
    );
    for (const [index, record] of page.entries()) {
      const transfer = transfers[index];
      if (transfer !== undefined) addTo(into.booked, record.record, transfer.amount);
      const finding = compareBooked(day, record, transfer);
      if (finding !== null) await into.findings.add(finding);
    }
  }
}

/**
 * The other way round: whatever moved the account's receivable while the day lasted belongs to a record that succeeded with
 * that amount. Fees, which settlement books itself, and discounts that the wallet reported are apart.
 */
export async function checkMovements(deps: SettlementDeps, tx: Tx, day: Statement, findings: Findings): Promise<void> {
  const { currencies } = deps.cashier.deps.can(day.wallet);
  for (const currency of currencies) {
    const accountId = chartAccountId('wallet_receivable', day.walletAccountId, currency, day.book);
    const timestampMax = toNanoseconds(day.endsAt) - 1n;
    const pageFrom = (timestampMin: bigint): Promise<Transfer[]> => {
      const page = deps.ledger.accountTransfers({
        accountId,
        timestampMin,
        timestampMax,
        limit: LEDGER_PAGE_ITEMS_MAX,
      });
      page.catch(() => {}); // should it fail, that is heard when it is waited for
      return page;
    };
    for (let next = pageFrom(toNanoseconds(day.startsAt)); ; ) {
      const page = await next;
      const last = page.length < LEDGER_PAGE_ITEMS_MAX ? undefined : page.at(-1);
      if (last !== undefined) next = pageFrom(last.timestamp + 1n); // it comes while this page is checked
      await checkPage(tx, day, page, findings);
      if (last === undefined) break;
    }
  }
}

/** Fees belong to statements; discounts that the wallet gave by itself change who owes, not what was paid through it. */
const OTHERS: ReadonlySet<TransferReason> = new Set([
  'wallet_fee_charged',
  'wallet_fee_returned',
  'offer_reported',
  'offer_reported_back',
  'offer_corrected',
]);

async function checkPage(tx: Tx, day: Statement, page: readonly Transfer[], findings: Findings): Promise<void> {
  const moves = page.flatMap((transfer) => {
    const reason = transferReasonOfCode(transfer.code);
    if (reason !== undefined && OTHERS.has(reason)) return [];
    const record = recordOf(reason);
    const letters = lettersOf(transfer.id);
    return [{ transfer, record, letters, id: `${record === 'payment' ? 'att' : 'rf'}_${letters}` }];
  });
  const idsOf = (record: 'payment' | 'refund') => moves.flatMap((move) => (move.record === record ? [move.id] : []));
  const found = await Promise.all([
    readRecords(tx, day.book, 'payment', idsOf('payment')),
    readRecords(tx, day.book, 'refund', idsOf('refund')),
  ]);
  const records = new Map<string, MoneyRecord>(found.flat().map((record) => [record.id, record]));
  for (const { transfer, record, letters, id } of moves) {
    const ours = records.get(id);
    const isRight =
      ours?.outcome === 'succeeded' &&
      ours.walletAccountId === day.walletAccountId &&
      ours.amountMinor === transfer.amount &&
      transfer.id === legId(id, BOOKED_LEG[record]);
    if (isRight) continue;
    await findings.add({
      kind: 'ledger_differs',
      cause: ours === undefined || ours.outcome !== 'succeeded' ? 'booked_without_record' : 'booked_otherwise',
      record,
      orderNo: letters,
      ours: ours === undefined ? null : sideOfRecord(ours),
      theirs: sideOfTransfer(transfer),
      state: 'left_for_operator',
    });
  }
}

function compareBooked(day: Statement, record: MoneyRecord, transfer: Transfer | undefined): Finding | null {
  const account = chartAccountId('wallet_receivable', day.walletAccountId, record.currency, day.book);
  const side = record.record === 'payment' ? transfer?.debitAccountId : transfer?.creditAccountId;
  if (transfer?.amount === record.amountMinor && side === account) return null;
  return {
    kind: 'ledger_differs',
    cause: transfer === undefined ? 'not_booked' : 'booked_otherwise',
    record: record.record,
    orderNo: record.orderNo,
    ours: sideOfRecord(record),
    theirs: transfer === undefined ? null : sideOfTransfer(transfer),
    state: 'left_for_operator',
  };
}

function sideOfTransfer(transfer: Transfer): BreakSide {
  const currency = currencyOfLedger(transfer.ledger);
  return {
    transfer_id: transfer.id.toString(16).padStart(32, '0'),
    reason: transferReasonOfCode(transfer.code) ?? `${transfer.code}`,
    ...(currency === undefined ? {} : { currency }),
    amount_minor: transfer.amount.toString(),
  };
}

function recordOf(reason: TransferReason | undefined): MoneyRecord['record'] {
  return reason === 'refund_finished' ? 'refund' : 'payment';
}

/** The letters of the object that caused a transfer: its id with the leg taken off. */
function lettersOf(transferId: bigint): string {
  return encodeId(Buffer.from((transferId & ~0xffn).toString(16).padStart(32, '0'), 'hex'));
}

function toNanoseconds(time: Date): bigint {
  return BigInt(time.getTime()) * 1_000_000n;
}
