import type { Money, Payment, Refund } from '../../../sdk/src/index.ts';
import type { Lang } from '../../base/lang.ts';

/** What a buyer paid of an order, and what was taken off by whom; minor units as the API writes them. */
export interface OrderPrice {
  paid: string;
  lines: readonly PriceLine[];
}

export interface PriceLine {
  name: Record<Lang, string>;
  minor: string;
  /** Who pays for it, each once; empty where the wallet does not say. */
  funders: readonly Funder[];
}

export interface Funder {
  funder: 'merchant' | 'wallet' | 'bank' | 'platform' | 'other';
  owner: string | null;
}

/** Of a refund: what the buyer gets, and what goes back to those who paid for the offers. */
export interface OrderRefund {
  toBuyer: string;
  toOthers: string;
}

/** Null until a wallet has paid it. */
export function toOrderPrice(payment: Payment): OrderPrice | null {
  const accepted = payment.attempts.find(({ settled }) => settled === 'accepted');
  if (accepted === undefined || payment.buyer_paid === null) return null;
  const ours = accepted.offers.filter(({ by, amount }) => by === 'hutong' && amount.minor > 0n);
  return {
    paid: String(payment.buyer_paid.minor),
    lines: [
      ...ours.map((offer) => toLine(offer.name, offer)),
      ...accepted.wallet_discounts.map((told) => toLine({ 'zh-CN': told.name, en: told.name }, told)),
    ],
  };
}

/** While it is under way, what the wallet was asked to give back is what the buyer will get. */
export function toOrderRefund(refund: Refund): OrderRefund {
  const toBuyer = refund.buyer_received ?? refund.through_wallet;
  return { toBuyer: String(toBuyer.minor), toOthers: String(refund.amount.minor - toBuyer.minor) };
}

function toLine(
  name: Record<Lang, string>,
  { amount, paid_by: paidBy }: { amount: Money; paid_by: readonly (Funder & { amount: Money })[] },
): PriceLine {
  const funders = paidBy.filter((part) => part.amount.minor > 0n).map(({ funder, owner }) => ({ funder, owner }));
  return { name, minor: String(amount.minor), funders };
}
