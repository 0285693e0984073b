import type { Sql } from '../../src/db/connect.ts';
import { lookAt, type ShopDeps, type ShopOrder } from './shop-stories.ts';

interface OrderRow {
  orderNo: string;
  state: string;
  paidMinor: bigint;
  refundedMinor: bigint;
  undoneMinor: bigint;
}

/** What a shop may have been told of an order before it became what it is now. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  open: ['open'],
  paid: ['open', 'paid'],
  undone: ['open', 'paid', 'undone'],
  closed: ['open', 'closed'],
};

/** Orders as their shops know them, as the wallet shows them now, and as money moved for them. */
export async function compareShops(
  sql: Sql,
  deps: Pick<ShopDeps, 'problems' | 'isOver' | 'orders'>,
): Promise<string[]> {
  const rows = await sql<OrderRow[]>`
    select o.order_no as "orderNo", o.state,
      coalesce(sum(m.amount_minor) filter (where p.kind = 'pay'), 0)::bigint as "paidMinor",
      coalesce(sum(m.amount_minor) filter (where p.kind = 'refund'), 0)::bigint as "refundedMinor",
      coalesce(sum(m.amount_minor) filter (where p.kind = 'undo'), 0)::bigint as "undoneMinor"
    from payer_orders o
      left join payer_moves p on p.order_id = o.id
      left join moves m on m.id = p.id and m.state = 'succeeded'
    group by o.book, o.id`;
  const byNo = new Map(rows.map((row) => [row.orderNo, row]));
  const wrong: string[] = [];
  for (const order of deps.orders) {
    const row = byNo.get(order.no);
    byNo.delete(order.no);
    if (row === undefined) wrong.push(`order ${order.no}, which the shop was told of, is gone`);
    else wrong.push(...(await compareOrder(deps, order, row)));
  }
  for (const no of byNo.keys()) wrong.push(`order ${no} is no shop's`);
  return [...wrong, ...(await compareRefunds(sql, deps.orders)), ...(await compareMoves(sql)), ...deps.problems];
}

async function compareOrder(
  deps: Pick<ShopDeps, 'problems' | 'isOver'>,
  order: ShopOrder,
  row: OrderRow,
): Promise<string[]> {
  const wrong: string[] = [];
  const told = `order ${order.no} of ${order.minor}`;
  for (const state of order.states)
    if (!BEFORE[row.state]?.includes(state)) wrong.push(`${told} was told to be ${state}, and is ${row.state}`);
  const shown = await lookAt(deps, order);
  if (shown.state !== row.state) wrong.push(`${told} is ${row.state}, and shown as ${shown.state}`);
  if (BigInt(shown.refunded.minor) !== row.refundedMinor + row.undoneMinor)
    wrong.push(`${told}: ${row.refundedMinor} and ${row.undoneMinor} went back, ${shown.refunded.minor} is shown`);
  const wanted = { paid: [BigInt(order.minor), 0n], undone: [BigInt(order.minor), BigInt(order.minor)] }[row.state] ?? [
    0n,
    0n,
  ];
  if (row.paidMinor !== wanted[0]) wrong.push(`${told} is ${row.state}, and ${row.paidMinor} was taken`);
  if (row.undoneMinor + (row.state === 'undone' ? row.refundedMinor : 0n) !== wanted[1])
    wrong.push(`${told} is ${row.state}, and ${row.undoneMinor} went back beside ${row.refundedMinor} of refunds`);
  if (row.refundedMinor + row.undoneMinor > row.paidMinor) wrong.push(`${told}: more went back than was paid`);
  // Who undoes an order while it is being paid asked for it, and hears nothing more.
  if (row.state === 'paid' && order.shop.heard(order.no).length === 0)
    wrong.push(`${told} is paid, and the shop never heard`);
  return wrong;
}

/** Each refund that a shop was answered is there once, over its amount, and as final as it was told. */
async function compareRefunds(sql: Sql, orders: readonly ShopOrder[]): Promise<string[]> {
  const rows = await sql<{ refundNo: string; state: string; minor: bigint; moveState: string | null }[]>`
    select r.refund_no as "refundNo", r.state, r.amount_minor as minor, m.state as "moveState"
    from payer_refunds r left join moves m on m.book = r.book and m.id = r.move_id and not m.was_refused`;
  const byNo = new Map(rows.map((row) => [row.refundNo, row]));
  const told = orders.flatMap((order) => order.refunds);
  const wrong = told.flatMap(({ no, minor, state }) => {
    const row = byNo.get(no);
    byNo.delete(no);
    if (row === undefined) return [`refund ${no} is gone`];
    const isSame = row.minor === BigInt(minor) && (state === row.state || state === 'accepted');
    return isSame ? [] : [`refund ${no} of ${minor} was told to be ${state}, and is ${row.state} over ${row.minor}`];
  });
  for (const { refundNo, state, moveState } of rows)
    if ((state === 'succeeded') !== (moveState === 'succeeded'))
      wrong.push(`refund ${refundNo} is ${state}, and its money ${moveState}`);
  return [...wrong, ...[...byNo.keys()].map((no) => `refund ${no} is no shop's`)];
}

/** Whatever moved for a shop was asked for by the order, and both say the same of how it ended. */
async function compareMoves(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select concat_ws(' ', coalesce(p.id, m.id), 'is', p.state, 'at the order and', m.state, 'as a move') as line
    from (select * from moves where kind in ('purchase', 'refund')) as m full join payer_moves p using (book, id)
    where p.state is distinct from case when m.state = 'canceled' then 'failed' else m.state end
      and not (p.state = 'failed' and m.id is null)`;
  return rows.map(({ line }) => line);
}
