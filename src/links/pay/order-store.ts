import type { Tx } from '../../db/connect.ts';

/** An order of a shop, as the shop numbers it. */
export interface Order {
  merchantId: string;
  orderNo: string;
}

/** From here to the end of the transaction nobody else asks for a payment of these orders, by whichever of their links. */
export async function lockOrders(tx: Tx, book: number, orders: readonly Order[]): Promise<void> {
  const merchantIds = orders.map(({ merchantId }) => merchantId);
  const orderNos = orders.map(({ orderNo }) => orderNo);
  await tx`
    insert into link_orders (book, merchant_id, order_no)
    select distinct ${book}::int, merchant_id, order_no
    from unnest(${merchantIds}::text[], ${orderNos}::text[]) as asked (merchant_id, order_no)
    order by merchant_id, order_no
    on conflict (book, merchant_id, order_no) do nothing`;
  await tx`
    select
    from link_orders
    where book = ${book}
      and (merchant_id, order_no) in (
        select *
        from unnest(${merchantIds}::text[], ${orderNos}::text[])
      )
    order by merchant_id, order_no
    for update`;
}

/** What each of these orders was asked for so far, by link: how many payments, whatever became of them. */
export async function listOrderLinks(
  tx: Tx,
  book: number,
  orders: readonly Order[],
): Promise<(Order & { linkId: string; asked: number })[]> {
  const rows = await tx<(Order & { linkId: string; asked: bigint })[]>`
    select merchant_id as "merchantId", for_order_no as "orderNo", link_id as "linkId", count(*) as asked
    from link_payments
    where book = ${book}
      and (merchant_id, for_order_no) in (
        select *
        from unnest(${orders.map(({ merchantId }) => merchantId)}::text[], ${orders.map(({ orderNo }) => orderNo)}::text[])
      )
    group by merchant_id, for_order_no, link_id`;
  return rows.map((row) => ({ ...row, asked: Number(row.asked) }));
}

/** Which of these numbers payments of links have already, for whatever order, and of which link. */
export async function listTakenNumbers(
  tx: Tx,
  book: number,
  numbers: readonly Order[],
): Promise<(Order & { linkId: string })[]> {
  return await tx<(Order & { linkId: string })[]>`
    select merchant_id as "merchantId", order_no as "orderNo", link_id as "linkId"
    from link_payments
    where book = ${book}
      and (merchant_id, order_no) in (
        select *
        from unnest(${numbers.map(({ merchantId }) => merchantId)}::text[], ${numbers.map(({ orderNo }) => orderNo)}::text[])
      )`;
}
