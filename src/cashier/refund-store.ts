import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { OfferShare, Refund, RefundItem, RefundReport } from './payment.ts';
import {
  fromStoredRefundItems,
  fromStoredRefundReport,
  fromStoredShares,
  type Stored,
  toStored,
} from './stored-json.ts';

const COLUMNS = [
  'book',
  'id',
  'payment_id',
  'attempt_id',
  'merchant_id',
  'refund_no',
  'wallet',
  'wallet_account_id',
  'currency',
  'amount_minor',
  'method',
  'automatic',
  'reason',
  'order_no',
  'ordered_at',
  'outcome',
  'failure_reason',
  'failure_code',
  'failure_message',
  'unknown_reason',
  'wallet_refund_id',
  'sent_at',
  'asks_count',
  'created_at',
  'finished_at',
  'due_at',
  'discount_minor',
  'shares',
  'items',
  'reported',
];

export async function insertRefunds(tx: Tx, refunds: readonly Refund[]): Promise<void> {
  await tx`
    insert into refunds (book, id, payment_id, attempt_id, merchant_id, refund_no, wallet, wallet_account_id, currency,
      amount_minor, method, automatic, reason, order_no, ordered_at, outcome, created_at, finished_at, due_at,
      discount_minor, shares, items)
    select book, id, payment_id, attempt_id, merchant_id, refund_no, wallet, wallet_account_id, currency,
      amount_minor, method, automatic, reason, order_no, ordered_at, outcome, created_at, finished_at, due_at,
      discount_minor, shares::jsonb, items::jsonb
    from unnest(
      ${column(refunds.map((r) => r.book))}::int[],
      ${refunds.map((r) => r.id)}::text[],
      ${refunds.map((r) => r.paymentId)}::text[],
      ${refunds.map((r) => r.attemptId)}::text[],
      ${refunds.map((r) => r.merchantId)}::text[],
      ${refunds.map((r) => r.refundNo)}::text[],
      ${refunds.map((r) => r.wallet)}::text[],
      ${refunds.map((r) => r.walletAccountId)}::text[],
      ${refunds.map((r) => r.currency)}::text[],
      ${column(refunds.map((r) => r.amountMinor))}::bigint[],
      ${refunds.map((r) => r.method)}::text[],
      ${column(refunds.map((r) => r.automatic))}::boolean[],
      ${refunds.map((r) => r.reason)}::text[],
      ${refunds.map((r) => r.orderNo)}::text[],
      ${column(refunds.map((r) => r.orderedAt))}::timestamptz[],
      ${refunds.map((r) => r.outcome)}::text[],
      ${column(refunds.map((r) => r.createdAt))}::timestamptz[],
      ${column(refunds.map((r) => r.finishedAt))}::timestamptz[],
      ${column(refunds.map((r) => r.dueAt))}::timestamptz[],
      ${column(refunds.map((r) => r.discountMinor))}::bigint[],
      ${refunds.map((r) => toStored(r.shares))}::text[],
      ${refunds.map((r) => toStored(r.items))}::text[]
    ) as new (book, id, payment_id, attempt_id, merchant_id, refund_no, wallet, wallet_account_id, currency,
      amount_minor, method, automatic, reason, order_no, ordered_at, outcome, created_at, finished_at, due_at,
      discount_minor, shares, items)`;
}

/** All refunds of payments whose rows the caller has locked, in id order. */
export async function lockRefundsOf(tx: Tx, book: number, paymentIds: readonly string[]): Promise<Refund[]> {
  const rows = await tx<RefundRow[]>`
    select ${tx(COLUMNS)}
    from refunds
    where book = ${book}
      and payment_id = any(${[...paymentIds]}::text[])
    order by id
    for update`;
  return rows.map(toRefund);
}

export async function updateRefunds(tx: Tx, refunds: readonly Refund[]): Promise<void> {
  await tx`
    update refunds
    set outcome = new.outcome,
      failure_reason = new.failure_reason,
      failure_code = new.failure_code,
      failure_message = new.failure_message,
      unknown_reason = new.unknown_reason,
      wallet_refund_id = new.wallet_refund_id,
      sent_at = new.sent_at,
      asks_count = new.asks_count,
      finished_at = new.finished_at,
      due_at = new.due_at,
      reported = new.reported::jsonb
    from unnest(
      ${column(refunds.map((r) => r.book))}::int[],
      ${refunds.map((r) => r.id)}::text[],
      ${refunds.map((r) => r.outcome)}::text[],
      ${refunds.map((r) => r.failureReason)}::text[],
      ${refunds.map((r) => r.failureCode)}::text[],
      ${refunds.map((r) => r.failureMessage)}::text[],
      ${refunds.map((r) => r.unknownReason)}::text[],
      ${refunds.map((r) => r.walletRefundId)}::text[],
      ${column(refunds.map((r) => r.sentAt))}::timestamptz[],
      ${column(refunds.map((r) => r.asksCount))}::int[],
      ${column(refunds.map((r) => r.finishedAt))}::timestamptz[],
      ${column(refunds.map((r) => r.dueAt))}::timestamptz[],
      ${refunds.map((r) => toStored(r.reported))}::text[]
    ) as new (book, id, outcome, failure_reason, failure_code, failure_message, unknown_reason, wallet_refund_id, sent_at,
      asks_count, finished_at, due_at, reported)
    where refunds.book = new.book
      and refunds.id = new.id`;
}

/**
 * Takes refunds that must be sent or asked about. Those that were never sent are marked as sent in the same write, before
 * the wallet is called: after a crash they are asked about first, so that nothing is refunded twice.
 */
export async function claimDueRefunds(
  sql: Sql,
  now: Date,
  leaseUntil: Date,
  itemsMax: number,
): Promise<{ refund: Refund; firstTime: boolean }[]> {
  const rows = await sql<(RefundRow & { first_time: boolean })[]>`
    update refunds
    set due_at = ${leaseUntil},
      fence = fence + 1,
      sent_at = coalesce(sent_at, ${now})
    from (
      select book as due_book, id as due_id, sent_at is null as first_time
      from refunds
      where due_at <= ${now}
      order by due_at
      limit ${itemsMax}
      for update skip locked
    ) as due
    where book = due_book
      and id = due_id
    returning ${sql(COLUMNS)}, first_time`;
  return rows.map((row) => ({ refund: toRefund(row), firstTime: row.first_time }));
}

export async function findRefund(sql: Sql, book: number, merchantId: string, id: string): Promise<Refund | null> {
  const rows = await sql<RefundRow[]>`
    select ${sql(COLUMNS)}
    from refunds
    where book = ${book}
      and id = ${id}
      and merchant_id = ${merchantId}`;
  return rows[0] === undefined ? null : toRefund(rows[0]);
}

/** The merchant's own numbers that are taken already. */
export async function findRefundNos(
  tx: Tx,
  book: number,
  wanted: readonly { merchantId: string; refundNo: string }[],
): Promise<Set<string>> {
  const rows = await tx<{ merchant_id: string; refund_no: string }[]>`
    select merchant_id, refund_no
    from refunds
    where book = ${book}
      and (merchant_id, refund_no) in (
        select *
        from unnest(${wanted.map((w) => w.merchantId)}::text[], ${wanted.map((w) => w.refundNo)}::text[])
      )`;
  return new Set(rows.map((row) => `${row.merchant_id} ${row.refund_no}`));
}

/** Which payment each of them belongs to. */
export async function findPaymentIdsOfRefunds(
  tx: Tx,
  book: number,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx<{ id: string; payment_id: string }[]>`
    select id, payment_id
    from refunds
    where book = ${book}
      and id = any(${[...ids]}::text[])`;
  return new Map(rows.map((row) => [row.id, row.payment_id]));
}

/** Newest first. */
export async function listRefunds(
  sql: Sql,
  filter: { book: number; merchantId: string; paymentId: string | null; before: string | null; itemsMax: number },
): Promise<Refund[]> {
  const rows = await sql<RefundRow[]>`
    select ${sql(COLUMNS)}
    from refunds
    where book = ${filter.book}
      and merchant_id = ${filter.merchantId}
      and (${filter.paymentId}::text is null or payment_id = ${filter.paymentId})
      and (${filter.before}::text is null or id < ${filter.before})
    order by id desc
    limit ${filter.itemsMax}`;
  return rows.map(toRefund);
}

interface RefundRow {
  book: number;
  id: Refund['id'];
  payment_id: Refund['paymentId'];
  attempt_id: Refund['attemptId'];
  merchant_id: Refund['merchantId'];
  refund_no: string;
  wallet: Refund['wallet'];
  wallet_account_id: Refund['walletAccountId'];
  currency: Refund['currency'];
  amount_minor: bigint;
  method: Refund['method'];
  automatic: boolean;
  reason: string;
  order_no: string;
  ordered_at: Date;
  outcome: Refund['outcome'];
  failure_reason: Refund['failureReason'];
  failure_code: string | null;
  failure_message: string | null;
  unknown_reason: string | null;
  wallet_refund_id: string | null;
  sent_at: Date | null;
  asks_count: number;
  created_at: Date;
  finished_at: Date | null;
  due_at: Date | null;
  discount_minor: bigint;
  shares: readonly Stored<OfferShare>[] | null;
  items: readonly Stored<RefundItem>[] | null;
  reported: Stored<RefundReport> | null;
}

function toRefund(row: RefundRow): Refund {
  return {
    book: row.book,
    id: row.id,
    paymentId: row.payment_id,
    attemptId: row.attempt_id,
    merchantId: row.merchant_id,
    refundNo: row.refund_no,
    wallet: row.wallet,
    walletAccountId: row.wallet_account_id,
    currency: row.currency,
    amountMinor: row.amount_minor,
    discountMinor: row.discount_minor,
    shares: fromStoredShares(row.shares),
    items: fromStoredRefundItems(row.items),
    reported: fromStoredRefundReport(row.reported),
    method: row.method,
    automatic: row.automatic,
    reason: row.reason,
    orderNo: row.order_no,
    orderedAt: row.ordered_at,
    outcome: row.outcome,
    failureReason: row.failure_reason,
    failureCode: row.failure_code,
    failureMessage: row.failure_message,
    unknownReason: row.unknown_reason,
    walletRefundId: row.wallet_refund_id,
    sentAt: row.sent_at,
    asksCount: row.asks_count,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    dueAt: row.due_at,
  };
}
