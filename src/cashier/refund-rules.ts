import type { WalletName } from '../wallets/wallet.ts';

/**
 * How much of the buyer's own money a wallet gives back with a part of an order on which it had taken something off by itself.
 * `what_stays`: of the order's money that stays, the buyer has paid their part, rounded; the rest of their money goes back.
 * `what_goes`: of what goes back, the buyer's part of what is left is theirs, rounded, halves up.
 */
export type RefundRule = 'what_stays' | 'what_goes';

/**
 * Asked only where the wallet does not tell what it gave back. WeChat Pay documents its rule (退款 and 代金券: returned is
 * b − b/a × what stays, rounded). Alipay, UnionPay, JD Pay and the Open Wallet Protocol document none: Alipay and
 * the protocol tell each refund's figures, and for what they leave out plain proportion is what such a figure would be.
 */
export const REFUND_RULES: Readonly<Record<WalletName, RefundRule>> = {
  wechatpay: 'what_stays',
  alipay: 'what_goes',
  unionpay: 'what_goes',
  jdpay: 'what_goes',
  meituanpay: 'what_goes',
  hutongwallet: 'what_goes',
  open: 'what_goes',
};

/** An order at the wallet: minor units of the order's money, and of it the buyer's own. */
export interface BuyersPart {
  paidMinor: bigint;
  buyerMinor: bigint;
  /** What earlier refunds gave back. */
  backMinor: bigint;
  buyerBackMinor: bigint;
}

/** What the buyer gets back of a refund of so much of the order's money. Never more than is left of either. */
export function buyerBack(rule: RefundRule, order: BuyersPart, refundMinor: bigint): bigint {
  const leftMinor = order.paidMinor - order.backMinor;
  const buyerLeftMinor = order.buyerMinor - order.buyerBackMinor;
  if (refundMinor >= leftMinor) return buyerLeftMinor;
  const backMinor =
    rule === 'what_stays'
      ? buyerLeftMinor - rounded(order.buyerMinor * (leftMinor - refundMinor), order.paidMinor)
      : rounded(buyerLeftMinor * refundMinor, leftMinor);
  const leastMinor = refundMinor - (leftMinor - buyerLeftMinor);
  const mostMinor = buyerLeftMinor < refundMinor ? buyerLeftMinor : refundMinor;
  if (backMinor > mostMinor) return mostMinor;
  return backMinor < leastMinor || backMinor < 0n ? (leastMinor > 0n ? leastMinor : 0n) : backMinor;
}

function rounded(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}
