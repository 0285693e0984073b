import type { PaymentDecision } from '../rollout/rollouts.ts';
import type { BuyerFacts, OrderItem } from '../base/buyer.ts';
import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Attempt, Payment } from './payment.ts';
import { fromStoredItems, type Stored, toStored } from './stored-json.ts';

const COLUMNS = [
  'book',
  'id',
  'merchant_id',
  'order_no',
  'currency',
  'amount_minor',
  'subject',
  'return_url',
  'metadata',
  'link_code',
  'livemode',
  'state',
  'cancellation_reason',
  'cancel_requested_at',
  'succeeded_attempt_id',
  'paid_at',
  'expires_at',
  'created_at',
  'version',
  'due_at',
  'buyer',
  'buyer_key',
  'items',
  'vouchers',
  'decision',
  'observed',
  'complaint_reason',
  'complained_at',
];

/** Inserts those whose order number is free; returns the ids that were inserted. */
export async function insertPayments(tx: Tx, payments: readonly Payment[]): Promise<Set<string>> {
  const rows = await tx<{ id: string }[]>`
    insert into payments (book, id, merchant_id, order_no, currency, amount_minor, subject, return_url, metadata,
      livemode, state, expires_at, created_at, version, due_at, buyer, buyer_key, items, vouchers, link_code)
    select book, id, merchant_id, order_no, currency, amount_minor, subject, return_url, metadata::jsonb,
      livemode, state, expires_at, created_at, version, due_at, buyer::jsonb, buyer_key, items::jsonb, vouchers::jsonb,
      link_code
    from unnest(
      ${column(payments.map((p) => p.book))}::int[],
      ${payments.map((p) => p.id)}::text[],
      ${payments.map((p) => p.merchantId)}::text[],
      ${payments.map((p) => p.orderNo)}::text[],
      ${payments.map((p) => p.currency)}::text[],
      ${column(payments.map((p) => p.amountMinor))}::bigint[],
      ${payments.map((p) => p.subject)}::text[],
      ${payments.map((p) => p.returnUrl)}::text[],
      ${payments.map((p) => JSON.stringify(p.metadata))}::text[],
      ${column(payments.map((p) => p.livemode))}::boolean[],
      ${payments.map((p) => p.state)}::text[],
      ${column(payments.map((p) => p.expiresAt))}::timestamptz[],
      ${column(payments.map((p) => p.createdAt))}::timestamptz[],
      ${column(payments.map((p) => p.version))}::int[],
      ${column(payments.map((p) => p.dueAt))}::timestamptz[],
      ${payments.map((p) => toStored(p.buyer))}::text[],
      ${payments.map((p) => p.buyerKey)}::text[],
      ${payments.map((p) => toStored(p.items))}::text[],
      ${payments.map((p) => toStored(p.vouchers))}::text[],
      ${payments.map((p) => p.linkCode)}::text[]
    ) as new (book, id, merchant_id, order_no, currency, amount_minor, subject, return_url, metadata,
      livemode, state, expires_at, created_at, version, due_at, buyer, buyer_key, items, vouchers, link_code)
    on conflict (book, merchant_id, order_no) do nothing
    returning id`;
  return new Set(rows.map((row) => row.id));
}

/** Locks in id order, whatever the order asked. */
export async function lockPayments(tx: Tx, book: number, ids: readonly string[]): Promise<Payment[]> {
  const rows = await tx<PaymentRow[]>`
    select ${tx(COLUMNS)}
    from payments
    where book = ${book}
      and id = any(${[...ids]}::text[])
    order by id
    for update`;
  return rows.map(toPayment);
}

/** Decisions as they were read: a decision never changes, so these need not be written again. */
const written = new WeakSet<PaymentDecision>();

/** One statement. `isNoted`: with the decision, what was counted and the complaint as well, which most payments do not have. */
export async function updatePayments(tx: Tx, payments: readonly Payment[], isNoted: boolean): Promise<void> {
  const notes = isNoted ? notesOf(tx, payments) : { set: tx``, columns: tx``, values: tx`` };
  await tx`
    update payments
    set state = new.state,
      cancellation_reason = new.cancellation_reason,
      cancel_requested_at = new.cancel_requested_at,
      succeeded_attempt_id = new.succeeded_attempt_id,
      paid_at = new.paid_at,
      version = new.version,
      due_at = new.due_at,${notes.set}
      link_paid_xid = case
        when new.state = 'succeeded' and payments.link_code is not null
        then coalesce(payments.link_paid_xid, pg_current_xact_id())
      end
    from unnest(
      ${column(payments.map((p) => p.book))}::int[],
      ${payments.map((p) => p.id)}::text[],
      ${payments.map((p) => p.state)}::text[],
      ${payments.map((p) => p.cancellationReason)}::text[],
      ${column(payments.map((p) => p.cancelRequestedAt))}::timestamptz[],
      ${payments.map((p) => p.succeededAttemptId)}::text[],
      ${column(payments.map((p) => p.paidAt))}::timestamptz[],
      ${column(payments.map((p) => p.version))}::int[],
      ${column(payments.map((p) => p.dueAt))}::timestamptz[]${notes.values}
    ) as new (book, id, state, cancellation_reason, cancel_requested_at, succeeded_attempt_id, paid_at, version, due_at${notes.columns})
    where payments.book = new.book
      and payments.id = new.id`;
}

function notesOf(tx: Tx, payments: readonly Payment[]) {
  return {
    set: tx`
      decision = coalesce(new.decision::jsonb, payments.decision),
      observed = string_to_array(new.observed, ' '),
      complaint_reason = new.complaint_reason,
      complained_at = new.complained_at,`,
    columns: tx`, decision, observed, complaint_reason, complained_at`,
    values: tx`,
      ${payments.map((p) => (p.decision === null || written.has(p.decision) ? null : toStored(p.decision)))}::text[],
      ${payments.map((p) => p.observed?.join(' ') ?? null)}::text[],
      ${payments.map((p) => p.complaint?.reason ?? null)}::text[],
      ${column(payments.map((p) => p.complaint?.at ?? null))}::timestamptz[]`,
  };
}

/** Of one merchant only: somebody else's payment is as absent as one that does not exist. */
export async function findPayment(sql: Sql, book: number, merchantId: string, id: string): Promise<Payment | null> {
  const rows = await sql<PaymentRow[]>`
    select ${sql(COLUMNS)}
    from payments
    where book = ${book}
      and id = ${id}
      and merchant_id = ${merchantId}`;
  return rows[0] === undefined ? null : toPayment(rows[0]);
}

/** For the buyer's page, whose link is proof enough. */
export async function findPaymentById(sql: Sql, book: number, id: string): Promise<Payment | null> {
  const rows = await sql<PaymentRow[]>`
    select ${sql(COLUMNS)}
    from payments
    where book = ${book}
      and id = ${id}`;
  return rows[0] === undefined ? null : toPayment(rows[0]);
}

/** For many at once, of whomever they are; in no order. */
export async function findPaymentsById(sql: Sql, book: number, ids: readonly string[]): Promise<Payment[]> {
  const rows = await sql<PaymentRow[]>`
    select ${sql(COLUMNS)}
    from payments
    where book = ${book}
      and id = any(${[...ids]}::text[])`;
  return rows.map(toPayment);
}

/** Through which wallets this buyer has paid at this shop. */
export async function findUsedWallets(
  sql: Sql,
  book: number,
  merchantId: string,
  buyerKey: string,
): Promise<Attempt['wallet'][]> {
  const rows = await sql<{ wallet: Attempt['wallet'] }[]>`
    select distinct a.wallet
    from payments p
    join attempts a on a.book = p.book and a.id = p.succeeded_attempt_id
    where p.book = ${book}
      and p.merchant_id = ${merchantId}
      and p.buyer_key = ${buyerKey}
      and p.state = 'succeeded'`;
  return rows.map(({ wallet }) => wallet);
}

/** What a merchant's order numbers stand for, those that have a payment; in no order. */
export async function findPaymentsByOrderNo(
  sql: Sql | Tx,
  book: number,
  orders: readonly { merchantId: string; orderNo: string }[],
): Promise<Payment[]> {
  const rows = await sql<PaymentRow[]>`
    select ${sql(COLUMNS)}
    from payments
    where book = ${book}
      and (merchant_id, order_no) in (
        select *
        from unnest(${orders.map(({ merchantId }) => merchantId)}::text[], ${orders.map(({ orderNo }) => orderNo)}::text[])
      )`;
  return rows.map(toPayment);
}

/** Newest first. */
export async function listPayments(
  sql: Sql,
  filter: {
    book: number;
    merchantId: string;
    orderNo: string | null;
    state: string | null;
    before: string | null;
    itemsMax: number;
  },
): Promise<Payment[]> {
  const rows = await sql<PaymentRow[]>`
    select ${sql(COLUMNS)}
    from payments
    where book = ${filter.book}
      and merchant_id = ${filter.merchantId}
      and (${filter.orderNo}::text is null or order_no = ${filter.orderNo})
      and (${filter.state}::text is null or state = ${filter.state})
      and (${filter.before}::text is null or id < ${filter.before})
    order by id desc
    limit ${filter.itemsMax}`;
  return rows.map(toPayment);
}

/** Takes payments whose time is over; the lease keeps other nodes away until it ends. */
export async function claimDuePayments(
  sql: Sql,
  now: Date,
  leaseUntil: Date,
  itemsMax: number,
): Promise<{ book: number; id: string }[]> {
  return await sql<{ book: number; id: string }[]>`
    update payments
    set due_at = ${leaseUntil},
      fence = fence + 1
    from (
      select book, id
      from payments
      where due_at <= ${now}
      order by due_at
      limit ${itemsMax}
      for update skip locked
    ) as due
    where payments.book = due.book
      and payments.id = due.id
    returning payments.book, payments.id`;
}

interface PaymentRow {
  book: number;
  id: Payment['id'];
  merchant_id: Payment['merchantId'];
  order_no: string;
  currency: Payment['currency'];
  amount_minor: bigint;
  subject: string;
  return_url: string;
  metadata: Record<string, string>;
  link_code: string | null;
  livemode: boolean;
  state: Payment['state'];
  cancellation_reason: Payment['cancellationReason'];
  cancel_requested_at: Date | null;
  succeeded_attempt_id: Payment['succeededAttemptId'];
  paid_at: Date | null;
  expires_at: Date;
  created_at: Date;
  version: number;
  due_at: Date | null;
  buyer: BuyerFacts | null;
  buyer_key: string | null;
  items: readonly Stored<OrderItem>[] | null;
  vouchers: readonly string[] | null;
  decision: Payment['decision'];
  observed: Payment['observed'];
  complaint_reason: string | null;
  complained_at: Date | null;
}

function toPayment(row: PaymentRow): Payment {
  if (row.decision !== null) written.add(row.decision);
  return {
    book: row.book,
    id: row.id,
    merchantId: row.merchant_id,
    orderNo: row.order_no,
    currency: row.currency,
    amountMinor: row.amount_minor,
    subject: row.subject,
    returnUrl: row.return_url,
    linkCode: row.link_code,
    metadata: row.metadata,
    buyer: row.buyer,
    buyerKey: row.buyer_key,
    items: fromStoredItems(row.items),
    vouchers: row.vouchers,
    decision: row.decision,
    observed: row.observed,
    complaint: toComplaint(row),
    livemode: row.livemode,
    state: row.state,
    cancellationReason: row.cancellation_reason,
    cancelRequestedAt: row.cancel_requested_at,
    succeededAttemptId: row.succeeded_attempt_id,
    paidAt: row.paid_at,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    version: row.version,
    dueAt: row.due_at,
  };
}

function toComplaint({ complaint_reason: reason, complained_at: at }: PaymentRow): Payment['complaint'] {
  return reason === null || at === null ? null : { reason, at };
}
