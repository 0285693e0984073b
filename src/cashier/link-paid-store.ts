import type { Sql, Tx } from '../db/connect.ts';
import type { Payment } from './payment.ts';

/** What is told of a payment that succeeded and names a link. */
export interface LinkPaid {
  xid: string;
  id: string;
  merchantId: string;
  linkCode: string;
  currency: Payment['currency'];
  amountMinor: bigint;
  paidAt: Date;
}

/**
 * Payments with a link that succeeded, in the order of the transactions in which they did, and only those older than any that is still open:
 * none commits later before the place that a reader has come to.
 */
export async function listLinkPaid(
  sql: Sql | Tx,
  book: number,
  after: { xid: string; id: string },
  itemsMax: number,
): Promise<LinkPaid[]> {
  return await sql<LinkPaid[]>`
    select link_paid_xid::text as xid, id, merchant_id as "merchantId", link_code as "linkCode", currency,
      amount_minor as "amountMinor", paid_at as "paidAt"
    from payments
    where book = ${book}
      and (link_paid_xid, id) > (${after.xid}::text::xid8, ${after.id})
      and link_paid_xid < pg_snapshot_xmin(pg_current_snapshot())
    order by link_paid_xid, id
    limit ${itemsMax}`;
}

/** Whether a transaction of this number cannot have been yet: then it was one of another database server, from which this one was restored. */
export async function isUnreached(sql: Sql | Tx, xid: string): Promise<boolean> {
  const [row] = await sql<{ isUnreached: boolean }[]>`
    select ${xid}::text::xid8 >= pg_snapshot_xmax(pg_current_snapshot()) as "isUnreached"`;
  return row?.isUnreached === true;
}

/** Every transaction that is still open, or will be, has this number or a later one. */
export async function firstOpenXid(tx: Tx): Promise<string> {
  const [row] = await tx<{ xid: string }[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
  if (row === undefined) throw new Error('assertion failed: there is always a snapshot');
  return row.xid;
}

/**
 * Takes payments whose transaction was one of another database server out of the list for good: their number becomes that of no transaction,
 * before all others (PostgreSQL 15, 74.1: 1 is the bootstrap transaction's). In order of id, as whoever changes payments locks them.
 * @returns those that were behind `after` in the old order
 */
export async function passUnreached(tx: Tx, book: number, after: { xid: string; id: string }): Promise<LinkPaid[]> {
  return await tx<LinkPaid[]>`
    with unreached as materialized (
      select id, link_paid_xid as xid
      from payments
      where book = ${book}
        and link_paid_xid >= pg_snapshot_xmax(pg_current_snapshot())
      order by id
      for update
    ), passed as (
      update payments
      set link_paid_xid = '1'
      from unreached
      where payments.book = ${book}
        and payments.id = unreached.id
      returning unreached.xid, payments.id, merchant_id, link_code, currency, amount_minor, paid_at
    )
    select xid::text as xid, id, merchant_id as "merchantId", link_code as "linkCode", currency,
      amount_minor as "amountMinor", paid_at as "paidAt"
    from passed
    where (xid, id) > (${after.xid}::text::xid8, ${after.id})
    order by passed.xid, id`;
}
