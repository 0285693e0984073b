import { encodeId } from '../base/id.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { WalletName } from '../wallets/wallet.ts';
import type { DayQuery, MoneyRecord } from './day-records.ts';
import type { AttemptReport, MerchantId, WalletAccountId } from './payment.ts';
import { settledAmount } from './settled-amount.ts';
import { fromStoredReport, type Stored } from './stored-json.ts';

const DAY_MS = 86_400_000;

/** One page of a day's records, in id order. A refund that was all discount went through no wallet and is none. */
export async function pageDayRecords(sql: Sql | Tx, query: DayQuery): Promise<MoneyRecord[]> {
  const { record, startsAt, endsAt } = query;
  const from = query.afterId ?? firstId(record, startsAt.getTime() - query.ageDaysMax * DAY_MS);
  const rows = await sql<RecordRow[]>`
    select ${columnsOf(sql, record)}
    from ${tableOf(sql, record)}
    where book = ${query.book}
      and wallet_account_id = ${query.walletAccountId}
      and id > ${from}
      and id < ${firstId(record, endsAt.getTime())}
      and ${happenedAt(sql, record)} >= ${startsAt}
      and ${happenedAt(sql, record)} < ${endsAt}
      and (outcome = 'succeeded' or not ${query.succeededOnly})
      and amount_minor > 0
    order by id
    limit ${query.itemsMax}`;
  return rows.map((row) => toRecord(record, row));
}

/** The hours since then in which records of accounts that are switched off happened, of those that began in that span. */
export async function listIdleHours(
  sql: Sql,
  of: { book: number; record: MoneyRecord['record']; born: { fromMs: number; untilMs: number }; since: Date },
): Promise<{ walletAccountId: string; hour: Date }[]> {
  const { book, record, born, since } = of;
  return await sql<{ walletAccountId: string; hour: Date }[]>`
    select distinct wallet_account_id as "walletAccountId", date_trunc('hour', ${happenedAt(sql, record)}, 'UTC') as hour
    from ${tableOf(sql, record)}
    where book = ${book}
      and id >= ${firstId(record, born.fromMs)}
      and id < ${firstId(record, born.untilMs)}
      and ${happenedAt(sql, record)} >= ${since}
      and wallet_account_id in (
        select id
        from wallet_accounts
        where book = ${book}
          and not enabled
      )`;
}

export async function findRecords(
  sql: Sql | Tx,
  book: number,
  record: MoneyRecord['record'],
  ids: readonly string[],
): Promise<MoneyRecord[]> {
  const rows = await sql<RecordRow[]>`
    select ${columnsOf(sql, record)}
    from ${tableOf(sql, record)}
    where book = ${book}
      and id = any(${[...ids]}::text[])`;
  return rows.map((row) => toRecord(record, row));
}

/** An account whose days are to be settled. */
export interface BilledAccount {
  book: number;
  id: WalletAccountId;
  merchantId: MerchantId;
  wallet: WalletName;
  enabled: boolean;
  feeBps: number | null;
  createdAt: Date;
}

/** In id order, a page after the account given. */
export async function pageBilledAccounts(
  sql: Sql,
  book: number,
  afterId: string,
  itemsMax: number,
): Promise<BilledAccount[]> {
  return await sql<BilledAccount[]>`
    select book, id, merchant_id as "merchantId", wallet, enabled, fee_bps as "feeBps", created_at as "createdAt"
    from wallet_accounts
    where book = ${book}
      and id > ${afterId}
    order by id
    limit ${itemsMax}`;
}

export async function findBilledAccount(sql: Sql | Tx, book: number, id: string): Promise<BilledAccount | null> {
  const rows = await sql<BilledAccount[]>`
    select book, id, merchant_id as "merchantId", wallet, enabled, fee_bps as "feeBps", created_at as "createdAt"
    from wallet_accounts
    where book = ${book}
      and id = ${id}`;
  return rows[0] ?? null;
}

export async function updateFeeBps(
  sql: Sql | Tx,
  account: { book: number; id: string; merchantId: string },
  feeBps: number | null,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    update wallet_accounts
    set fee_bps = ${feeBps},
      updated_at = ${now}
    where book = ${account.book}
      and id = ${account.id}
      and merchant_id = ${account.merchantId}
    returning id`;
  return rows.length === 1;
}

type RecordRow = Omit<MoneyRecord, 'record' | 'settledMinor'> & {
  wallet: WalletName;
  reported: Stored<AttemptReport> | null;
};

function toRecord(record: MoneyRecord['record'], { wallet, reported, ...row }: RecordRow): MoneyRecord {
  const isPaid = record === 'payment' && row.outcome === 'succeeded';
  const settledMinor = isPaid ? settledAmount(wallet, row.amountMinor, fromStoredReport(reported)) : null;
  return { record, ...row, settledMinor };
}

function tableOf(sql: Sql | Tx, record: MoneyRecord['record']) {
  return record === 'payment' ? sql`attempts` : sql`refunds`;
}

/** A refund's wallet does not say when it happened. */
function happenedAt(sql: Sql | Tx, record: MoneyRecord['record']) {
  return record === 'payment'
    ? sql`coalesce(occurred_at, finished_at, created_at)`
    : sql`coalesce(finished_at, created_at)`;
}

function columnsOf(sql: Sql | Tx, record: MoneyRecord['record']) {
  return sql`id, payment_id as "paymentId", wallet_account_id as "walletAccountId", order_no as "orderNo", outcome, currency,
    amount_minor as "amountMinor", wallet, ${record === 'payment' ? sql`reported` : sql`null::jsonb as reported`},
    ${record === 'payment' ? sql`created_at` : sql`coalesce(sent_at, created_at)`} as "startedAt",
    ${record === 'payment' ? sql`wallet_payment_id` : sql`wallet_refund_id`} as "walletId",
    ${happenedAt(sql, record)} as "happenedAt"`;
}

/** The least id that a record born at this instant can have. */
function firstId(record: MoneyRecord['record'], ms: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.max(ms, 0), 0, 6);
  return `${record === 'payment' ? 'att' : 'rf'}_${encodeId(bytes)}`;
}
