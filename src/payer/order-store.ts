import { column } from '../db/column.ts';
import type { Tx } from '../db/connect.ts';
import type { Order } from './order.ts';
import type { Queries } from './payer-deps.ts';

/** pg_type of bytea: the first of a list may be null, which tells no type. */
const BYTEA = 17;

const COLUMNS = [
  'book',
  'id',
  'merchant_no',
  'order_no',
  'token',
  'fingerprint',
  'scene',
  'amount_minor',
  'subject',
  'notify_url',
  'return_url',
  'only_user_id',
  'state',
  'reason',
  'ending',
  'paying_move_id',
  'paying_key',
  'failure',
  'paid_move_id',
  'paid_user_id',
  'paid_card_id',
  'paid_at',
  'undo_move_id',
  'undone_at',
  'refunding_minor',
  'refunded_minor',
  'expires_at',
  'created_at',
  'due_at',
];

/** An order by its shop's number. */
export interface OrderName {
  merchantNo: string;
  orderNo: string;
}

/** New rows as they begin; a number that is taken is left alone. Returns the ids that are new. */
export async function insertOrders(tx: Tx, orders: readonly Order[]): Promise<Set<string>> {
  if (orders.length === 0) return new Set();
  const rows = await tx<{ id: string }[]>`
    insert into payer_orders (book, id, merchant_no, order_no, token, fingerprint, scene, amount_minor, subject, notify_url,
      return_url, only_user_id, state, reason, expires_at, created_at, due_at)
    select *
    from unnest(
      ${column(orders.map((o) => o.book))}::int[],
      ${orders.map((o) => o.id)}::text[],
      ${orders.map((o) => o.merchantNo)}::text[],
      ${orders.map((o) => o.orderNo)}::text[],
      ${orders.map((o) => o.token)}::text[],
      ${tx.array(
        orders.map((o) => o.fingerprint),
        BYTEA,
      )}::bytea[],
      ${orders.map((o) => o.scene)}::text[],
      ${column(orders.map((o) => o.amountMinor))}::bigint[],
      ${orders.map((o) => o.subject)}::text[],
      ${orders.map((o) => o.notifyUrl)}::text[],
      ${orders.map((o) => o.returnUrl)}::text[],
      ${orders.map((o) => o.onlyUserId)}::text[],
      ${orders.map((o) => o.state)}::text[],
      ${orders.map((o) => o.reason)}::text[],
      ${column(orders.map((o) => o.expiresAt))}::timestamptz[],
      ${column(orders.map((o) => o.createdAt))}::timestamptz[],
      ${column(orders.map((o) => o.dueAt))}::timestamptz[]
    )
    on conflict (merchant_no, order_no, book) do nothing
    returning id`;
  return new Set(rows.map((row) => row.id));
}

/** `<merchant no> <order no>` → id. */
export async function findIdsByName(
  sql: Queries,
  book: number,
  names: readonly OrderName[],
): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await sql<{ id: string; merchantNo: string; orderNo: string }[]>`
    select o.id, o.merchant_no as "merchantNo", o.order_no as "orderNo"
    from unnest(
      ${names.map((name) => name.merchantNo)}::text[],
      ${names.map((name) => name.orderNo)}::text[]
    ) as wanted (merchant_no, order_no)
    join payer_orders o on o.book = ${book} and o.merchant_no = wanted.merchant_no and o.order_no = wanted.order_no`;
  return new Map(rows.map((row) => [`${row.merchantNo} ${row.orderNo}`, row.id]));
}

export async function findOrdersByToken(sql: Queries, book: number, tokens: readonly string[]): Promise<Order[]> {
  if (tokens.length === 0) return [];
  const rows = await sql<OrderRow[]>`
    select ${sql(COLUMNS)}
    from payer_orders
    where book = ${book} and token = any(${[...tokens]}::text[])`;
  return rows.map(toOrder);
}

export async function findOrders(sql: Queries, book: number, ids: readonly string[]): Promise<Map<string, Order>> {
  if (ids.length === 0) return new Map();
  const rows = await sql<OrderRow[]>`
    select ${sql(COLUMNS)}
    from payer_orders
    where book = ${book} and id = any(${[...ids]}::text[])`;
  return new Map(rows.map((row) => [row.id, toOrder(row)]));
}

/** In id order, so that no two writers lock crosswise. */
export async function lockOrders(tx: Tx, book: number, ids: readonly string[]): Promise<Map<string, Order>> {
  if (ids.length === 0) return new Map();
  const rows = await tx<OrderRow[]>`
    select ${tx(COLUMNS)}
    from payer_orders
    where book = ${book} and id = any(${[...ids].sort()}::text[])
    order by id
    for update`;
  return new Map(rows.map((row) => [row.id, toOrder(row)]));
}

/** What can change of an order. */
export async function updateOrders(tx: Tx, orders: readonly Order[]): Promise<void> {
  if (orders.length === 0) return;
  await tx`
    update payer_orders as o
    set only_user_id = new.only_user_id,
      state = new.state,
      reason = new.reason,
      ending = new.ending,
      paying_move_id = new.paying_move_id,
      paying_key = new.paying_key,
      failure = new.failure,
      paid_move_id = new.paid_move_id,
      paid_user_id = new.paid_user_id,
      paid_card_id = new.paid_card_id,
      paid_at = new.paid_at,
      undo_move_id = new.undo_move_id,
      undone_at = new.undone_at,
      refunding_minor = new.refunding_minor,
      refunded_minor = new.refunded_minor,
      due_at = new.due_at
    from unnest(
      ${column(orders.map((o) => o.book))}::int[],
      ${orders.map((o) => o.id)}::text[],
      ${orders.map((o) => o.onlyUserId)}::text[],
      ${orders.map((o) => o.state)}::text[],
      ${orders.map((o) => o.reason)}::text[],
      ${orders.map((o) => o.ending)}::text[],
      ${orders.map((o) => o.payingMoveId)}::text[],
      ${orders.map((o) => o.payingKey)}::text[],
      ${orders.map((o) => o.failure)}::text[],
      ${orders.map((o) => o.paidMoveId)}::text[],
      ${orders.map((o) => o.paidUserId)}::text[],
      ${orders.map((o) => o.paidCardId)}::text[],
      ${column(orders.map((o) => o.paidAt))}::timestamptz[],
      ${orders.map((o) => o.undoMoveId)}::text[],
      ${column(orders.map((o) => o.undoneAt))}::timestamptz[],
      ${column(orders.map((o) => o.refundingMinor))}::bigint[],
      ${column(orders.map((o) => o.refundedMinor))}::bigint[],
      ${column(orders.map((o) => o.dueAt))}::timestamptz[]
    ) as new (book, id, only_user_id, state, reason, ending, paying_move_id, paying_key, failure, paid_move_id, paid_user_id,
      paid_card_id, paid_at, undo_move_id, undone_at, refunding_minor, refunded_minor, due_at)
    where o.book = new.book and o.id = new.id`;
}

/** Open orders whose time is over. */
export async function listExpiredIds(sql: Queries, book: number, now: Date, itemsMax: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id
    from payer_orders
    where book = ${book} and due_at <= ${now}
    order by due_at
    limit ${itemsMax}`;
  return rows.map((row) => row.id);
}

/** The newest order of this number, whoever's it is: for test hooks, which do not say whose they mean. */
export async function findNewestByNumber(sql: Queries, book: number, orderNo: string): Promise<Order | null> {
  const [row] = await sql<OrderRow[]>`
    select ${sql(COLUMNS)}
    from payer_orders
    where book = ${book} and order_no = ${orderNo} and fingerprint is not null
    order by created_at desc
    limit 1`;
  return row === undefined ? null : toOrder(row);
}

interface OrderRow {
  book: number;
  id: string;
  merchant_no: string;
  order_no: string;
  token: string;
  fingerprint: Buffer | null;
  scene: Order['scene'];
  amount_minor: bigint;
  subject: string | null;
  notify_url: string | null;
  return_url: string | null;
  only_user_id: string | null;
  state: Order['state'];
  reason: string | null;
  ending: Order['ending'];
  paying_move_id: string | null;
  paying_key: string | null;
  failure: string | null;
  paid_move_id: string | null;
  paid_user_id: string | null;
  paid_card_id: string | null;
  paid_at: Date | null;
  undo_move_id: string | null;
  undone_at: Date | null;
  refunding_minor: bigint;
  refunded_minor: bigint;
  expires_at: Date;
  created_at: Date;
  due_at: Date | null;
}

function toOrder(row: OrderRow): Order {
  return {
    book: row.book,
    id: row.id,
    merchantNo: row.merchant_no,
    orderNo: row.order_no,
    token: row.token,
    fingerprint: row.fingerprint,
    scene: row.scene,
    amountMinor: row.amount_minor,
    subject: row.subject,
    notifyUrl: row.notify_url,
    returnUrl: row.return_url,
    onlyUserId: row.only_user_id,
    state: row.state,
    reason: row.reason,
    ending: row.ending,
    payingMoveId: row.paying_move_id,
    payingKey: row.paying_key,
    failure: row.failure,
    paidMoveId: row.paid_move_id,
    paidUserId: row.paid_user_id,
    paidCardId: row.paid_card_id,
    paidAt: row.paid_at,
    undoMoveId: row.undo_move_id,
    undoneAt: row.undone_at,
    refundingMinor: row.refunding_minor,
    refundedMinor: row.refunded_minor,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    dueAt: row.due_at,
  };
}
