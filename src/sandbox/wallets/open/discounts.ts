import { type DiscountKind, sumOf } from '../ground/discounts.ts';
import type { Order } from '../ground/order.ts';

const NAMES: Readonly<Record<DiscountKind, string>> = {
  flat: '立减',
  coupon: '优惠券',
  random: '随机立减',
  item: '单品优惠',
};

/** docs/open-wallet-protocol.md, "Discounts": of a paid order what was taken off, of a done refund what it took back. */
export function showDiscounts(order: Order): object {
  if (order.discounts.length === 0) return {};
  return {
    buyer_paid: showAmount(order.amount.minor - sumOf(order.discounts)),
    discounts: order.discounts.map((given) => ({
      id: given.id,
      name: NAMES[given.kind],
      scope: given.kind === 'item' ? 'item' : 'order',
      amount: showAmount(given.fen),
      prefunded: given.isPrefunded,
      parts: given.parts
        .filter(({ toldFen }) => toldFen > 0n)
        .map(({ funder, toldFen }) => ({
          funder,
          owner: funder === 'bank' ? 'WUTONG' : null,
          amount: showAmount(toldFen),
        })),
    })),
  };
}

export function showAmount(minor: bigint): { currency: string; minor: string } {
  return { currency: 'CNY', minor: minor.toString() };
}
