import { subtractMoney } from '../../../money/money.ts';
import { faultCode } from './fault.ts';
import type { Ground } from './ground.ts';
import type { NewOrder, Order } from './order.ts';
import { record, settle } from './payments.ts';
import { shareRefund } from './share-refund.ts';

/** How a refund stands to what is left of its payment; wallets have a code of their own for each. */
export type RefundFit = 'fits' | 'nothing_left' | 'above_whole' | 'above_rest';

export function fitRefund(original: Order, amountFen: bigint): RefundFit {
  const rest = subtractMoney(original.amount, original.undone);
  if (rest.minor === 0n || original.state === 'reversed') return 'nothing_left';
  if (amountFen > original.amount.minor) return 'above_whole';
  return amountFen > rest.minor ? 'above_rest' : 'fits';
}

/**
 * Accepts a refund, which must fit. It finishes by itself after `refundDelayMs` and is then told; with `atOnce` it has
 * finished when this returns. Look for a repeat first.
 */
export function takeRefund(
  ground: Ground,
  request: NewOrder,
  original: Order,
  how: { walletId: string | null; atOnce: boolean },
): Order {
  const { amount, discounts } = original;
  const backs = ground.books
    .listRefunds(original)
    .filter(({ state }) => state !== 'failed')
    .map((back) => ({ amountFen: back.amount.minor, discounts: back.discounts }));
  const shares =
    discounts.length === 0 ? [] : shareRefund({ amountFen: amount.minor, discounts }, backs, BigInt(request.amountFen));
  const order = record(ground, request, ground.clock.now(), {
    walletId: how.walletId,
    originalKey: original.key,
    discounts: shares,
  });
  if (how.atOnce) finishRefund(ground, order);
  else planFinish(ground, order);
  return order;
}

/** Lets an accepted refund finish when its time has come; also after a restart. */
export function planFinish(ground: Ground, order: Order): void {
  const due = new Date(order.orderedAt.getTime() + ground.refundDelayMs);
  ground.schedule.at(due, () => finishRefund(ground, order));
}

function finishRefund(ground: Ground, order: Order): void {
  if (order.state !== 'open') return;
  const { codes } = ground.side;
  const code = faultCode(ground.faults.take('outcome', order.orderNo)) ?? codes.paid;
  if (codes.isPaid(code)) return settle(ground, order, code, originalCard(ground, order));
  ground.books.record({ line: 'refused', key: order.key, at: ground.clock.now().toISOString(), code, final: true });
  ground.notifier.begin(order);
}

/** The money goes back the way it came. */
function originalCard(ground: Ground, order: Order): number {
  return ground.books.find(order.originalKey ?? '')?.cardIndex ?? 0;
}
