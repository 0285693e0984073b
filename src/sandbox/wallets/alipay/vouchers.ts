import { formatMinor, money } from '../../../money/money.ts';
import { type DiscountFunder, type DiscountKind, type GivenDiscount, sumOf } from '../ground/discounts.ts';
import type { Order } from '../ground/order.ts';
import type { Node } from './gateway.ts';

// alipay.trade.query, voucher_detail_list: type.
const TYPES: Readonly<Record<DiscountKind, string>> = {
  flat: 'ALIPAY_FIX_VOUCHER',
  coupon: 'ALIPAY_FIX_VOUCHER',
  random: 'ALIPAY_DISCOUNT_VOUCHER',
  item: 'ALIPAY_ITEM_VOUCHER',
};
const NAMES: Readonly<Record<DiscountKind, string>> = {
  flat: '支付宝立减',
  coupon: '支付宝代金券',
  random: '支付宝随机立减',
  item: '单品优惠',
};
/** Whoever is neither the merchant nor Alipay; what such a contributor is called on the wire is made up here. */
const CONTRIBUTORS: Partial<Record<DiscountFunder, string>> = { bank: 'BANK', other: 'BRAND' };

/** In the names of an answer. */
export function voucherList(order: Order): Node[] {
  return order.discounts.map((given) => ({
    id: `${given.id}002039000002D5O`,
    name: NAMES[given.kind],
    type: TYPES[given.kind],
    amount: yuan(given.fen),
    merchant_contribute: yuan(told(given, ['merchant'])),
    other_contribute: yuan(told(given, ['wallet', 'bank', 'other'])),
    ...contributors(given),
    memo: '',
  }));
}

/** How it was paid: by the buyer's balance, and by what Alipay (DISCOUNT) and the merchant (MDISCOUNT) took off. */
export function fundBills(order: Order, totalFen: bigint): { fund_channel: string; amount: string }[] {
  const merchantFen = partOf(order, ['merchant']);
  const platformFen = sumOf(order.discounts) - merchantFen;
  return [
    { fund_channel: 'ALIPAYACCOUNT', amount: yuan(totalFen - merchantFen - platformFen) },
    ...(platformFen === 0n ? [] : [{ fund_channel: 'DISCOUNT', amount: yuan(platformFen) }]),
    ...(merchantFen === 0n ? [] : [{ fund_channel: 'MDISCOUNT', amount: yuan(merchantFen) }]),
  ];
}

/** What a refund gave back: to the buyer, to Alipay and to the merchant. */
export function presentRefund(refund: Order): Node {
  const merchantFen = partOf(refund, ['merchant']);
  const platformFen = sumOf(refund.discounts) - merchantFen;
  return {
    present_refund_buyer_amount: yuan(refund.amount.minor - merchantFen - platformFen),
    present_refund_discount_amount: yuan(platformFen),
    present_refund_mdiscount_amount: yuan(merchantFen),
  };
}

/** The names of a notification: other_contribute is otherContribute there. */
export function inCamelCase(rows: readonly Node[]): Node[] {
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [camel(name), Array.isArray(value) ? inCamelCase(value) : value]),
    ),
  );
}

/** So much of the discounts was paid by these. */
export function partOf(order: Order, funders: readonly DiscountFunder[]): bigint {
  return order.discounts
    .flatMap(({ parts }) => parts)
    .filter(({ funder }) => funders.includes(funder))
    .reduce((sum, { fen }) => sum + fen, 0n);
}

function told(given: GivenDiscount, funders: readonly DiscountFunder[]): bigint {
  return given.parts.filter(({ funder }) => funders.includes(funder)).reduce((sum, { toldFen }) => sum + toldFen, 0n);
}

function contributors(given: GivenDiscount): { other_contribute_detail?: Node[] } {
  const named = given.parts.flatMap(({ funder, toldFen }) => {
    const type = CONTRIBUTORS[funder];
    return type === undefined ? [] : [{ contribute_type: type, contribute_amount: yuan(toldFen) }];
  });
  return named.length === 0 ? {} : { other_contribute_detail: named };
}

function yuan(fen: bigint): string {
  return formatMinor(money('CNY', fen));
}
