import { column } from '../../db/column.ts';
import type { Sql, Tx } from '../../db/connect.ts';
import type { Order } from './order-store.ts';
import type { PlaceRow } from './place.ts';

/** A place as it is stored, with the link that it is of. */
export interface StoredPlace extends PlaceRow {
  linkId: string;
  merchantId: string;
  /** The order that the link is for, whichever number this payment of it has; null for links of none. */
  forOrderNo: string | null;
  dueAt: Date | null;
  endedAt: Date | null;
}

const COLUMNS = [
  'link_id',
  'nonce',
  'state',
  'place_no',
  'merchant_id',
  'order_no',
  'for_order_no',
  'amount_minor',
  'payer_name',
  'subject',
  'asked_at',
  'due_at',
  'ended_at',
];

/** Of these links, those that keep a place, and those of these forms whatever became of them; in order of their places. */
export async function listPlaces(
  sql: Sql | Tx,
  book: number,
  linkIds: readonly string[],
  nonces: readonly string[],
): Promise<StoredPlace[]> {
  const rows = await sql<Row[]>`
    select ${sql(COLUMNS)}
    from link_payments
    where book = ${book}
      and link_id = any(${[...linkIds]}::text[])
      and (state <> 'ended' or nonce = any(${[...nonces]}::text[]))
    order by link_id, place_no, nonce`;
  return rows.map(toPlace);
}

export async function insertPlaces(tx: Tx, book: number, places: readonly StoredPlace[]): Promise<void> {
  if (places.length === 0) return;
  await tx`
    insert into link_payments (book, link_id, nonce, state, place_no, merchant_id, order_no, for_order_no, amount_minor,
      payer_name, subject, asked_at, due_at)
    select ${book}::int, new.*
    from unnest(
      ${places.map((p) => p.linkId)}::text[],
      ${places.map((p) => p.nonce)}::text[],
      ${places.map((p) => p.state)}::text[],
      ${column(places.map((p) => p.placeNo))}::int[],
      ${places.map((p) => p.merchantId)}::text[],
      ${places.map((p) => p.orderNo)}::text[],
      ${places.map((p) => p.forOrderNo)}::text[],
      ${column(places.map((p) => p.amountMinor))}::bigint[],
      ${places.map((p) => p.payerName)}::text[],
      ${places.map((p) => p.subject)}::text[],
      ${column(places.map((p) => p.askedAt))}::timestamptz[],
      ${column(places.map((p) => p.dueAt))}::timestamptz[]
    ) as new`;
}

/** What became of open ones. */
export async function endPlaces(
  tx: Tx,
  book: number,
  places: readonly { linkId: string; nonce: string; state: 'paid' | 'ended' }[],
  now: Date,
): Promise<void> {
  if (places.length === 0) return;
  await tx`
    update link_payments
    set state = new.state,
      due_at = null,
      ended_at = ${now}
    from unnest(
      ${places.map((p) => p.linkId)}::text[],
      ${places.map((p) => p.nonce)}::text[],
      ${places.map((p) => p.state)}::text[]
    ) as new (link_id, nonce, state)
    where link_payments.book = ${book}
      and link_payments.link_id = new.link_id
      and link_payments.nonce = new.nonce
      and link_payments.state = 'open'`;
}

/** Links of which something is to be looked at; each of their due rows comes again, the later the older it is. */
export async function claimDueLinks(
  sql: Sql,
  now: Date,
  seconds: { min: number; max: number },
  itemsMax: number,
): Promise<{ book: number; linkId: string }[]> {
  const rows = await sql<{ book: number; linkId: string }[]>`
    update link_payments
    set due_at = ${now}::timestamptz + make_interval(
        secs => least(greatest(extract(epoch from ${now}::timestamptz - link_payments.asked_at) / 2, ${seconds.min}), ${seconds.max})
      )
    from (
      select book, link_id, nonce
      from link_payments
      where due_at <= ${now}
      order by due_at
      limit ${itemsMax}
      for update skip locked
    ) as due
    where link_payments.book = due.book
      and link_payments.link_id = due.link_id
      and link_payments.nonce = due.nonce
    returning link_payments.book, link_payments.link_id as "linkId"`;
  const seen = new Map(rows.map((row) => [`${row.book} ${row.linkId}`, row]));
  return [...seen.values()];
}

/** The place that keeps each of these orders, by whichever of its links it was asked for: one that may be paid, or is. */
export async function listOrderPlaces(sql: Sql | Tx, book: number, orders: readonly Order[]): Promise<StoredPlace[]> {
  const rows = await sql<Row[]>`
    select ${sql(COLUMNS)}
    from link_payments
    where book = ${book}
      and state <> 'ended'
      and (merchant_id, for_order_no) in (
        select *
        from unnest(${orders.map(({ merchantId }) => merchantId)}::text[], ${orders.map(({ orderNo }) => orderNo)}::text[])
      )`;
  return rows.map(toPlace);
}

interface Row {
  link_id: string;
  nonce: string;
  state: PlaceRow['state'];
  place_no: number;
  merchant_id: string;
  order_no: string;
  for_order_no: string | null;
  amount_minor: bigint;
  payer_name: string | null;
  subject: string;
  asked_at: Date;
  due_at: Date | null;
  ended_at: Date | null;
}

function toPlace(row: Row): StoredPlace {
  return {
    linkId: row.link_id,
    nonce: row.nonce,
    state: row.state,
    placeNo: row.place_no,
    merchantId: row.merchant_id,
    orderNo: row.order_no,
    forOrderNo: row.for_order_no,
    amountMinor: row.amount_minor,
    payerName: row.payer_name,
    subject: row.subject,
    askedAt: row.asked_at,
    dueAt: row.due_at,
    endedAt: row.ended_at,
  };
}
