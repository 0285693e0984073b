import { type DiscountFunder, type DiscountKind, type GivenDiscount, sumOf } from '../ground/discounts.ts';
import type { Order } from '../ground/order.ts';
import type { Gateway } from './gateway.ts';

// UnionPay, couponInfo: DD01 random, CP01 without being claimed, CP02 claimed beforehand.
const TYPES: Readonly<Record<DiscountKind, string>> = { flat: 'CP01', coupon: 'CP02', random: 'DD01', item: 'CP01' };
const TEXTS: Readonly<Record<DiscountKind, string>> = {
  flat: '云闪付立减',
  coupon: '云闪付抵金券',
  random: '银联优惠 随机立减',
  item: '银联单品优惠',
};
const PAYING_BANK = '01020000';

/** One activity, one row for each who pays a part of it; null where nothing was taken off. */
export function couponInfo(order: Order): string | null {
  const rows = order.discounts.flatMap((given) =>
    given.parts
      .filter(({ fen }) => fen > 0n)
      .map(({ funder, fen }) => ({
        type: TYPES[given.kind],
        spnsrId: sponsorOf(funder, order.merchantNo),
        offstAmt: fen.toString(),
        id: activityOf(given),
        desc: TEXTS[given.kind],
      })),
  );
  return rows.length === 0 ? null : JSON.stringify(rows);
}

/** Which goods an activity was about; null where it was about the whole order. */
export function itemInfo(order: Order): string | null {
  const details = order.discounts
    .filter(({ kind }) => kind === 'item')
    .map((given) => ({ id: 'sku0001', dctQuantity: '1', dctPrice: given.fen.toString(), dctId: activityOf(given) }));
  return details.length === 0 ? null : JSON.stringify({ dctDetail: details });
}

/** What these messages have no words for. */
export function whyNotDiscount(gateway: Gateway, discount: { gapFen: number; isPrefunded: boolean }): string | null {
  if (gateway.discounts.list().length > 0) return 'at most one activity comes off a payment: clear the other first';
  if (discount.gapFen > 0) return 'UnionPay tells a discount by its parts alone: they always sum';
  return discount.isPrefunded ? 'UnionPay tells of no discount that it was paid for beforehand' : null;
}

export function offOf(order: Order): bigint {
  return sumOf(order.discounts);
}

function activityOf({ id }: GivenDiscount): string {
  return `cup${id}`;
}

/** A merchant's is its own number of 15 digits; whoever else is named by nine letters here. */
function sponsorOf(funder: DiscountFunder, merId: string): string {
  if (funder === 'wallet') return '00010000';
  if (funder === 'bank') return PAYING_BANK;
  return funder === 'merchant' ? merId : 'BRAND0001';
}
