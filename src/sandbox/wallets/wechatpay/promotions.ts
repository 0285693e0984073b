import { type DiscountKind, type GivenDiscount, merchantShareOf } from '../ground/discounts.ts';
import type { Order } from '../ground/order.ts';

const NAMES: Readonly<Record<DiscountKind, string>> = {
  flat: '微信支付立减',
  coupon: '微信支付代金券',
  random: '微信支付随机立减',
  item: '单品优惠',
};

/**
 * One row for what was paid beforehand (CASH) and one for what the shop is not settled (NOCASH): only the shop can fund the
 * second, everybody else's money is always there before. Source: API v3, promotion_detail.
 */
interface Row {
  given: GivenDiscount;
  type: 'CASH' | 'NOCASH';
  parts: GivenDiscount['parts'];
  fen: bigint;
}

export function toPromotions(order: Order): object[] {
  return order.discounts.flatMap(rowsOf).map(({ given, type, parts, fen }) => {
    const told = (...funders: string[]) =>
      Number(parts.filter(({ funder }) => funders.includes(funder)).reduce((sum, part) => sum + part.toldFen, 0n));
    return {
      coupon_id: couponId(given, type),
      name: NAMES[given.kind],
      scope: scopeOf(given),
      type,
      amount: Number(fen),
      stock_id: given.id,
      wechatpay_contribute: told('wallet'),
      merchant_contribute: told('merchant'),
      other_contribute: told('bank', 'other'),
      currency: 'CNY',
      goods_detail: [],
    };
  });
}

/** Refunds have other names for the types and do not say again who had paid. */
export function toRefundedPromotions(refund: Order): object[] {
  return refund.discounts.flatMap(rowsOf).map(({ given, type, fen }) => ({
    promotion_id: couponId(given, type),
    scope: scopeOf(given),
    type: type === 'CASH' ? 'COUPON' : 'DISCOUNT',
    amount: Number(fen),
    refund_amount: Number(fen),
    goods_detail: [],
  }));
}

/** What was taken off, in fen. */
export function offOf(order: Order): number {
  return Number(order.discounts.reduce((sum, { fen }) => sum + fen, 0n));
}

/** What of that the shop is not settled. */
export function noCashOf(order: Order): number {
  return Number(merchantShareOf(order.discounts));
}

function rowsOf(given: GivenDiscount): Row[] {
  const isOwn = (funder: string) => funder === 'merchant' && !given.isPrefunded;
  const row = (type: Row['type'], parts: GivenDiscount['parts']): Row => ({
    given,
    type,
    parts,
    fen: parts.reduce((sum, part) => sum + part.fen, 0n),
  });
  return [
    row(
      'CASH',
      given.parts.filter(({ funder }) => !isOwn(funder)),
    ),
    row(
      'NOCASH',
      given.parts.filter(({ funder }) => isOwn(funder)),
    ),
  ].filter(({ fen }) => fen > 0n);
}

/** A coupon's own number, one for each of its two rows. */
function couponId(given: GivenDiscount, type: Row['type']): string {
  return `${given.id}${type === 'CASH' ? '01' : '02'}`;
}

function scopeOf({ kind }: GivenDiscount): 'SINGLE' | 'GLOBAL' {
  return kind === 'item' ? 'SINGLE' : 'GLOBAL';
}
