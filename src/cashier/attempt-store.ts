import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { HoldLine } from '../ledger/holds.ts';
import type { Attempt, AttemptReport } from './payment.ts';
import {
  fromStoredHolds,
  fromStoredOffers,
  fromStoredReport,
  type Stored,
  type StoredOffer,
  toStored,
  toStoredOffers,
} from './stored-json.ts';

const COLUMNS = [
  'book',
  'id',
  'payment_id',
  'merchant_id',
  'wallet',
  'wallet_account_id',
  'scene',
  'order_no',
  'ordered_at',
  'currency',
  'amount_minor',
  'subject',
  'outcome',
  'settled',
  'failure_reason',
  'failure_code',
  'failure_message',
  'unknown_reason',
  'next_action',
  'wallet_payment_id',
  'wallet_facts',
  'occurred_at',
  'finished_at',
  'paid_minor',
  'refunding_minor',
  'refunded_minor',
  'asks_count',
  'expires_at',
  'created_at',
  'due_at',
  'undo_requested_at',
  'discount_minor',
  'offers',
  'holds',
  'holds_state',
  'order_back_minor',
  'reported',
];

export async function insertAttempts(tx: Tx, attempts: readonly Attempt[]): Promise<void> {
  await tx`
    insert into attempts (book, id, payment_id, merchant_id, wallet, wallet_account_id, scene, order_no, ordered_at,
      currency, amount_minor, subject, outcome, expires_at, created_at, due_at, discount_minor, offers, holds, holds_state)
    select book, id, payment_id, merchant_id, wallet, wallet_account_id, scene, order_no, ordered_at,
      currency, amount_minor, subject, outcome, expires_at, created_at, due_at, discount_minor, offers::jsonb,
      holds::jsonb, holds_state
    from unnest(
      ${column(attempts.map((a) => a.book))}::int[],
      ${attempts.map((a) => a.id)}::text[],
      ${attempts.map((a) => a.paymentId)}::text[],
      ${attempts.map((a) => a.merchantId)}::text[],
      ${attempts.map((a) => a.wallet)}::text[],
      ${attempts.map((a) => a.walletAccountId)}::text[],
      ${attempts.map((a) => a.scene)}::text[],
      ${attempts.map((a) => a.orderNo)}::text[],
      ${column(attempts.map((a) => a.orderedAt))}::timestamptz[],
      ${attempts.map((a) => a.currency)}::text[],
      ${column(attempts.map((a) => a.amountMinor))}::bigint[],
      ${attempts.map((a) => a.subject)}::text[],
      ${attempts.map((a) => a.outcome)}::text[],
      ${column(attempts.map((a) => a.expiresAt))}::timestamptz[],
      ${column(attempts.map((a) => a.createdAt))}::timestamptz[],
      ${column(attempts.map((a) => a.dueAt))}::timestamptz[],
      ${column(attempts.map((a) => a.discountMinor))}::bigint[],
      ${attempts.map((a) => toStoredOffers(a.offers))}::text[],
      ${attempts.map((a) => toStored(a.holds))}::text[],
      ${attempts.map((a) => a.holdsState)}::text[]
    ) as new (book, id, payment_id, merchant_id, wallet, wallet_account_id, scene, order_no, ordered_at,
      currency, amount_minor, subject, outcome, expires_at, created_at, due_at, discount_minor, offers, holds,
      holds_state)`;
}

/** All attempts of payments whose rows the caller has locked, in id order. */
export async function lockAttemptsOf(tx: Tx, book: number, paymentIds: readonly string[]): Promise<Attempt[]> {
  const rows = await tx<AttemptRow[]>`
    select ${tx(COLUMNS)}
    from attempts
    where book = ${book}
      and payment_id = any(${[...paymentIds]}::text[])
    order by id
    for update`;
  return rows.map(toAttempt);
}

export async function updateAttempts(tx: Tx, attempts: readonly Attempt[]): Promise<void> {
  await tx`
    update attempts
    set outcome = new.outcome,
      settled = new.settled,
      failure_reason = new.failure_reason,
      failure_code = new.failure_code,
      failure_message = new.failure_message,
      unknown_reason = new.unknown_reason,
      next_action = new.next_action::jsonb,
      wallet_payment_id = new.wallet_payment_id,
      wallet_facts = new.wallet_facts::jsonb,
      occurred_at = new.occurred_at,
      finished_at = new.finished_at,
      paid_minor = new.paid_minor,
      refunding_minor = new.refunding_minor,
      refunded_minor = new.refunded_minor,
      asks_count = new.asks_count,
      due_at = new.due_at,
      undo_requested_at = new.undo_requested_at,
      holds_state = new.holds_state,
      order_back_minor = new.order_back_minor,
      reported = new.reported::jsonb
    from unnest(
      ${column(attempts.map((a) => a.book))}::int[],
      ${attempts.map((a) => a.id)}::text[],
      ${attempts.map((a) => a.outcome)}::text[],
      ${attempts.map((a) => a.settled)}::text[],
      ${attempts.map((a) => a.failureReason)}::text[],
      ${attempts.map((a) => a.failureCode)}::text[],
      ${attempts.map((a) => a.failureMessage)}::text[],
      ${attempts.map((a) => a.unknownReason)}::text[],
      ${attempts.map((a) => toStored(a.nextAction))}::text[],
      ${attempts.map((a) => a.walletPaymentId)}::text[],
      ${attempts.map((a) => toStored(a.walletFacts))}::text[],
      ${column(attempts.map((a) => a.occurredAt))}::timestamptz[],
      ${column(attempts.map((a) => a.finishedAt))}::timestamptz[],
      ${column(attempts.map((a) => a.paidMinor))}::bigint[],
      ${column(attempts.map((a) => a.refundingMinor))}::bigint[],
      ${column(attempts.map((a) => a.refundedMinor))}::bigint[],
      ${column(attempts.map((a) => a.asksCount))}::int[],
      ${column(attempts.map((a) => a.dueAt))}::timestamptz[],
      ${column(attempts.map((a) => a.undoRequestedAt))}::timestamptz[],
      ${attempts.map((a) => a.holdsState)}::text[],
      ${column(attempts.map((a) => a.orderBackMinor))}::bigint[],
      ${attempts.map((a) => toStored(a.reported))}::text[]
    ) as new (book, id, outcome, settled, failure_reason, failure_code, failure_message, unknown_reason, next_action,
      wallet_payment_id, wallet_facts, occurred_at, finished_at, paid_minor, refunding_minor, refunded_minor, asks_count,
      due_at, undo_requested_at, holds_state, order_back_minor, reported)
    where attempts.book = new.book
      and attempts.id = new.id`;
}

/** In the order they were started. */
export async function findAttemptsOf(sql: Sql, book: number, paymentIds: readonly string[]): Promise<Attempt[]> {
  const rows = await sql<AttemptRow[]>`
    select ${sql(COLUMNS)}
    from attempts
    where book = ${book}
      and payment_id = any(${[...paymentIds]}::text[])
    order by id`;
  return rows.map(toAttempt);
}

export async function findAttempt(sql: Sql, book: number, id: string): Promise<Attempt | null> {
  const rows = await sql<AttemptRow[]>`
    select ${sql(COLUMNS)}
    from attempts
    where book = ${book}
      and id = ${id}`;
  return rows[0] === undefined ? null : toAttempt(rows[0]);
}

/** Which payment each of them belongs to. */
export async function findPaymentIdsOfAttempts(
  tx: Tx,
  book: number,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx<{ id: string; payment_id: string }[]>`
    select id, payment_id
    from attempts
    where book = ${book}
      and id = any(${[...ids]}::text[])`;
  return new Map(rows.map((row) => [row.id, row.payment_id]));
}

/** Takes attempts that must be asked about; the lease keeps other nodes away until it ends. */
export async function claimDueAttempts(sql: Sql, now: Date, leaseUntil: Date, itemsMax: number): Promise<Attempt[]> {
  const rows = await sql<AttemptRow[]>`
    update attempts
    set due_at = ${leaseUntil},
      fence = fence + 1
    from (
      select book as due_book, id as due_id
      from attempts
      where due_at <= ${now}
      order by due_at
      limit ${itemsMax}
      for update skip locked
    ) as due
    where book = due_book
      and id = due_id
    returning ${sql(COLUMNS)}`;
  return rows.map(toAttempt);
}

interface AttemptRow {
  book: number;
  id: Attempt['id'];
  payment_id: Attempt['paymentId'];
  merchant_id: Attempt['merchantId'];
  wallet: Attempt['wallet'];
  wallet_account_id: Attempt['walletAccountId'];
  scene: Attempt['scene'];
  order_no: string;
  ordered_at: Date;
  currency: Attempt['currency'];
  amount_minor: bigint;
  subject: string;
  outcome: Attempt['outcome'];
  settled: Attempt['settled'];
  failure_reason: Attempt['failureReason'];
  failure_code: string | null;
  failure_message: string | null;
  unknown_reason: string | null;
  next_action: Attempt['nextAction'];
  wallet_payment_id: string | null;
  wallet_facts: Attempt['walletFacts'];
  occurred_at: Date | null;
  finished_at: Date | null;
  paid_minor: bigint;
  refunding_minor: bigint;
  refunded_minor: bigint;
  asks_count: number;
  expires_at: Date;
  created_at: Date;
  due_at: Date | null;
  undo_requested_at: Date | null;
  discount_minor: bigint;
  offers: readonly StoredOffer[] | null;
  holds: readonly Stored<HoldLine>[] | null;
  holds_state: Attempt['holdsState'];
  order_back_minor: bigint;
  reported: Stored<AttemptReport> | null;
}

function toAttempt(row: AttemptRow): Attempt {
  const held = fromStoredHolds(row.holds);
  return {
    book: row.book,
    id: row.id,
    paymentId: row.payment_id,
    merchantId: row.merchant_id,
    wallet: row.wallet,
    walletAccountId: row.wallet_account_id,
    scene: row.scene,
    orderNo: row.order_no,
    orderedAt: row.ordered_at,
    currency: row.currency,
    amountMinor: row.amount_minor,
    subject: row.subject,
    outcome: row.outcome,
    settled: row.settled,
    failureReason: row.failure_reason,
    failureCode: row.failure_code,
    failureMessage: row.failure_message,
    unknownReason: row.unknown_reason,
    nextAction: row.next_action,
    walletPaymentId: row.wallet_payment_id,
    walletFacts: row.wallet_facts,
    occurredAt: row.occurred_at,
    finishedAt: row.finished_at,
    paidMinor: row.paid_minor,
    refundingMinor: row.refunding_minor,
    refundedMinor: row.refunded_minor,
    discountMinor: row.discount_minor,
    offers: fromStoredOffers(row.offers, held),
    holds: held,
    holdsState: row.holds_state,
    orderBackMinor: row.order_back_minor,
    reported: fromStoredReport(row.reported),
    asksCount: row.asks_count,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    dueAt: row.due_at,
    undoRequestedAt: row.undo_requested_at,
  };
}
