import { type Answer, answerJson, problem } from './answer.ts';
import { findIdsByName, findOrders } from './order-store.ts';
import type { ProtocolSide } from './protocol-side.ts';
import { findRefundByName } from './refund-store.ts';
import type { ShopWithKeys } from './shop-store.ts';
import { showOrder, showRefund } from './show-order.ts';

/**
 * GET /orders/{order_no}. "Not here" is final once it is said after the order's time, so it is said as of the moment before the look, and the
 * look waits for whoever is writing that number down: an order that comes later finds its time over.
 */
export async function queryOrder(side: ProtocolSide, shop: ShopWithKeys, orderNo: string): Promise<Answer> {
  const { deps, lane } = side;
  const name = { merchantNo: shop.merchantNo, orderNo };
  const id = (await findIdsByName(deps.sql, deps.book, [name])).get(`${name.merchantNo} ${orderNo}`);
  const found = id === undefined ? undefined : (await findOrders(deps.sql, deps.book, [id])).get(id);
  if (found !== undefined) return answerJson(200, showOrder(deps, await side.asItIs(found)));
  const asOf = deps.clock.now();
  const order = await lane.change({ of: { name }, decide: (row) => (row === null ? null : { ...row }) });
  if (order === null) return problem('order_not_found', '', asOf);
  return answerJson(200, showOrder(deps, await side.asItIs(order)));
}

/** GET /refunds/{refund_no}. "Not here" is said in the same way. */
export async function queryRefund(side: ProtocolSide, shop: ShopWithKeys, refundNo: string): Promise<Answer> {
  const { deps, lane } = side;
  const refundName = { merchantNo: shop.merchantNo, refundNo };
  const found = await findRefundByName(deps.sql, deps.book, refundName);
  if (found !== null) return answerJson(200, showRefund(found));
  const asOf = deps.clock.now();
  const refund = await lane.change({
    of: { id: '' }, // no order is looked at
    refundName,
    decide: (_order, locked) => locked.refunds.get(`${shop.merchantNo} ${refundNo}`) ?? null,
  });
  return refund === null ? problem('refund_not_found', '', asOf) : answerJson(200, showRefund(refund));
}
