import { newId } from '../base/id.ts';
import { type Answer, answerJson, problem } from './answer.ts';
import { blankOrder } from './create-order.ts';
import { decideEnd } from './decide-order.ts';
import { SETTLE_WAIT_MS } from './figures.ts';
import type { Order, PayerMove } from './order.ts';
import { findMoves } from './move-store.ts';
import { findOrders } from './order-store.ts';
import type { ProtocolSide } from './protocol-side.ts';
import { runMoveQuietly } from './run-moves.ts';
import type { ShopWithKeys } from './shop-store.ts';
import { showOrder } from './show-order.ts';

/**
 * POST /orders/{order_no}/close and /undo. A number that was never seen is used up. What is being paid at this moment is told as it is then:
 * never closed while money may come, never undone while it has not gone back.
 */
export async function endOrder(
  side: ProtocolSide,
  shop: ShopWithKeys,
  orderNo: string,
  wanted: { how: 'close' | 'undo'; amountMinor: bigint },
): Promise<Answer> {
  const { deps, lane } = side;
  const { merchantNo } = shop;
  const { how, amountMinor } = wanted;
  const moveId = newId('tr', deps, deps.book);
  const reason = how === 'undo' ? 'undone' : 'closed';
  const made = await lane.change({
    of: { name: { merchantNo, orderNo } },
    begin: (now) => ({ ...blankOrder(deps, { merchantNo, orderNo, amountMinor }, now), state: 'closed', reason }),
    decide(order, locked) {
      if (order === null) return null;
      const decision = decideEnd(order, { how, amountMinor, moveId }, locked.effects, locked.now);
      const begun = locked.effects.moves.find((move) => move.id === moveId) ?? null;
      return { decision, order: { ...order }, begun };
    },
  });
  if (made === null) return problem('unavailable');
  if (made.decision === 'differs') return problem('order_differs');
  if (made.decision === 'scene_refused') return problem('scene_refused', 'only payment codes are undone');
  const order = await settled(side, made.order, made.begun, how);
  const isGoingBack = how === 'undo' && order.state === 'paid' && order.undoMoveId !== null;
  return isGoingBack ? problem('unavailable', 'the money is on its way back') : answerJson(200, showOrder(deps, order));
}

/** The order once the move that it hangs on has ended, or as it is after a little while. */
async function settled(
  side: ProtocolSide,
  order: Order,
  begun: PayerMove | null,
  how: 'close' | 'undo',
): Promise<Order> {
  const { deps, lane } = side;
  const waitFor = order.payingMoveId ?? (how === 'undo' && order.state === 'paid' ? order.undoMoveId : null);
  const move = begun ?? (waitFor === null ? undefined : (await findMoves(deps.sql, deps.book, [waitFor])).get(waitFor));
  if (move === undefined) return order;
  await runMoveQuietly(deps, lane, move, SETTLE_WAIT_MS);
  return (await findOrders(deps.sql, deps.book, [order.id])).get(order.id) ?? order;
}
