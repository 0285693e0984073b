import type { Queries } from './payer-deps.ts';

/** Money of a shop's day: paid, or gone back. Amounts are fen. */
export interface StatementRow {
  kind: 'payment' | 'refund';
  /** By which pages go on. */
  id: string;
  at: Date;
  orderNo: string;
  refundNo: string | null;
  moveId: string;
  amountMinor: bigint;
}

interface PageOf {
  book: number;
  merchantNo: string;
  from: Date;
  to: Date;
  /** The last row that was read; null to begin. */
  after: { at: Date; id: string } | null;
  itemsMax: number;
}

/** Payments of the day; one that was undone on the day on which it was paid never counted. */
export async function listPaidRows(sql: Queries, page: PageOf): Promise<StatementRow[]> {
  return await sql<StatementRow[]>`
    select 'payment' as kind, id, paid_at as at, order_no as "orderNo", null as "refundNo", paid_move_id as "moveId",
      amount_minor as "amountMinor"
    from payer_orders
    where book = ${page.book} and merchant_no = ${page.merchantNo} and paid_at >= ${page.from} and paid_at < ${page.to}
      and (undone_at is null or undone_at >= ${page.to})
      ${page.after === null ? sql`` : sql`and (paid_at, id) > (${page.after.at}, ${page.after.id})`}
    order by paid_at, id
    limit ${page.itemsMax}`;
}

/** Payments of earlier days that were undone on this day: the order's number is the refund's. */
export async function listUndoneRows(sql: Queries, page: PageOf): Promise<StatementRow[]> {
  return await sql<StatementRow[]>`
    select 'refund' as kind, id, undone_at as at, order_no as "orderNo", order_no as "refundNo", undo_move_id as "moveId",
      amount_minor as "amountMinor"
    from payer_orders
    where book = ${page.book} and merchant_no = ${page.merchantNo} and undone_at >= ${page.from} and undone_at < ${page.to}
      and paid_at < ${page.from}
      ${page.after === null ? sql`` : sql`and (undone_at, id) > (${page.after.at}, ${page.after.id})`}
    order by undone_at, id
    limit ${page.itemsMax}`;
}

export async function listRefundedRows(sql: Queries, page: PageOf): Promise<StatementRow[]> {
  return await sql<StatementRow[]>`
    select 'refund' as kind, id, ended_at as at, order_no as "orderNo", refund_no as "refundNo", move_id as "moveId",
      amount_minor as "amountMinor"
    from payer_refunds
    where book = ${page.book} and merchant_no = ${page.merchantNo} and state = 'succeeded'
      and ended_at >= ${page.from} and ended_at < ${page.to}
      ${page.after === null ? sql`` : sql`and (ended_at, id) > (${page.after.at}, ${page.after.id})`}
    order by ended_at, id
    limit ${page.itemsMax}`;
}

export async function findStatement(
  sql: Queries,
  book: number,
  merchantNo: string,
  day: string,
): Promise<Buffer | null> {
  const [row] = await sql<{ file: Buffer }[]>`
    select file
    from payer_statements
    where book = ${book} and merchant_no = ${merchantNo} and day = ${day}::text::date`;
  return row?.file ?? null;
}

/** What was kept first stays. */
export async function keepStatement(
  sql: Queries,
  statement: { book: number; merchantNo: string; day: string; file: Buffer; now: Date },
): Promise<void> {
  await sql`
    insert into payer_statements (book, merchant_no, day, file, created_at)
    values (${statement.book}, ${statement.merchantNo}, ${statement.day}::text::date, ${statement.file}, ${statement.now})
    on conflict do nothing`;
}

export async function insertEndedDay(sql: Queries, book: number, day: string): Promise<void> {
  await sql`
    insert into payer_ended_days (book, day)
    values (${book}, ${day}::text::date)
    on conflict do nothing`;
}

export async function isEndedDay(sql: Queries, book: number, day: string): Promise<boolean> {
  const rows = await sql`
    select day
    from payer_ended_days
    where book = ${book} and day = ${day}::text::date`;
  return rows.length === 1;
}
