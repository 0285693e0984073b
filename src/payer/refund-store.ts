import { column } from '../db/column.ts';
import type { Tx } from '../db/connect.ts';
import type { Refund } from './order.ts';
import type { Queries } from './payer-deps.ts';

const COLUMNS = [
  'book',
  'id',
  'merchant_no',
  'refund_no',
  'order_no',
  'order_id',
  'fingerprint',
  'method',
  'amount_minor',
  'notify_url',
  'state',
  'reason',
  'move_id',
  'created_at',
  'ended_at',
];

/** A refund by its shop's number. */
export interface RefundName {
  merchantNo: string;
  refundNo: string;
}

/** Found and locked by number or id, in id order. The orders that they belong to are locked before. */
export async function lockRefunds(
  tx: Tx,
  book: number,
  wanted: { names: readonly RefundName[]; ids: readonly string[] },
): Promise<Refund[]> {
  if (wanted.names.length === 0 && wanted.ids.length === 0) return [];
  const named = await tx<{ id: string }[]>`
    select r.id
    from unnest(
      ${wanted.names.map((name) => name.merchantNo)}::text[],
      ${wanted.names.map((name) => name.refundNo)}::text[]
    ) as wanted (merchant_no, refund_no)
    join payer_refunds r on r.book = ${book} and r.merchant_no = wanted.merchant_no and r.refund_no = wanted.refund_no`;
  const ids = [...new Set([...named.map((row) => row.id), ...wanted.ids])].sort();
  const rows = await tx<RefundRow[]>`
    select ${tx(COLUMNS)}
    from payer_refunds
    where book = ${book} and id = any(${ids}::text[])
    order by id
    for update`;
  return rows.map(toRefund);
}

export async function findRefunds(sql: Queries, book: number, ids: readonly string[]): Promise<Map<string, Refund>> {
  if (ids.length === 0) return new Map();
  const rows = await sql<RefundRow[]>`
    select ${sql(COLUMNS)}
    from payer_refunds
    where book = ${book} and id = any(${[...ids]}::text[])`;
  return new Map(rows.map((row) => [row.id, toRefund(row)]));
}

export async function findRefundByName(sql: Queries, book: number, name: RefundName): Promise<Refund | null> {
  const [row] = await sql<RefundRow[]>`
    select ${sql(COLUMNS)}
    from payer_refunds
    where book = ${book} and merchant_no = ${name.merchantNo} and refund_no = ${name.refundNo}`;
  return row === undefined ? null : toRefund(row);
}

export async function insertRefunds(tx: Tx, refunds: readonly Refund[]): Promise<void> {
  if (refunds.length === 0) return;
  await tx`
    insert into payer_refunds (book, id, merchant_no, refund_no, order_no, order_id, fingerprint, method, amount_minor,
      notify_url, state, reason, move_id, created_at, ended_at)
    select *
    from unnest(
      ${column(refunds.map((r) => r.book))}::int[],
      ${refunds.map((r) => r.id)}::text[],
      ${refunds.map((r) => r.merchantNo)}::text[],
      ${refunds.map((r) => r.refundNo)}::text[],
      ${refunds.map((r) => r.orderNo)}::text[],
      ${refunds.map((r) => r.orderId)}::text[],
      ${tx.array(refunds.map((r) => r.fingerprint))}::bytea[],
      ${refunds.map((r) => r.method)}::text[],
      ${column(refunds.map((r) => r.amountMinor))}::bigint[],
      ${refunds.map((r) => r.notifyUrl)}::text[],
      ${refunds.map((r) => r.state)}::text[],
      ${refunds.map((r) => r.reason)}::text[],
      ${refunds.map((r) => r.moveId)}::text[],
      ${column(refunds.map((r) => r.createdAt))}::timestamptz[],
      ${column(refunds.map((r) => r.endedAt))}::timestamptz[]
    )`;
}

export async function updateRefundsEnded(tx: Tx, refunds: readonly Refund[]): Promise<void> {
  if (refunds.length === 0) return;
  await tx`
    update payer_refunds as r
    set state = new.state, reason = new.reason, ended_at = new.ended_at
    from unnest(
      ${column(refunds.map((r) => r.book))}::int[],
      ${refunds.map((r) => r.id)}::text[],
      ${refunds.map((r) => r.state)}::text[],
      ${refunds.map((r) => r.reason)}::text[],
      ${column(refunds.map((r) => r.endedAt))}::timestamptz[]
    ) as new (book, id, state, reason, ended_at)
    where r.book = new.book and r.id = new.id and r.state = 'accepted'`;
}

interface RefundRow {
  book: number;
  id: string;
  merchant_no: string;
  refund_no: string;
  order_no: string;
  order_id: string | null;
  fingerprint: Buffer;
  method: Refund['method'];
  amount_minor: bigint;
  notify_url: string;
  state: Refund['state'];
  reason: string | null;
  move_id: string | null;
  created_at: Date;
  ended_at: Date | null;
}

function toRefund(row: RefundRow): Refund {
  return {
    book: row.book,
    id: row.id,
    merchantNo: row.merchant_no,
    refundNo: row.refund_no,
    orderNo: row.order_no,
    orderId: row.order_id,
    fingerprint: row.fingerprint,
    method: row.method,
    amountMinor: row.amount_minor,
    notifyUrl: row.notify_url,
    state: row.state,
    reason: row.reason,
    moveId: row.move_id,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
