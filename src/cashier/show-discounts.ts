import type { FunderPart } from '../offers/offers.ts';
import type { ReportedDiscount } from '../wallets/wallet.ts';
import { takenOff } from './offer-accounts.ts';
import type { Attempt, AttemptReport, Refund, ReportedPay } from './payment.ts';

/* Discounts as the API, the webhooks and the pages tell them. */

/** Our own offers with what each takes off, and a wallet's own that were expected: those say 0 until the wallet reports. */
export function showOffers(attempt: Attempt): object[] {
  return (attempt.offers ?? []).map((offer) => ({
    offer_id: offer.offerId,
    name: offer.name,
    kind: offer.kind,
    by: offer.by,
    amount: showAmount(attempt.currency, offer.minor),
    paid_by: showParts(attempt.currency, offer.parts),
  }));
}

/** What of each offer goes back, and to whom. */
export function showShares(refund: Refund): object[] {
  return (refund.shares ?? []).map((share) => ({
    offer_id: share.offerId,
    amount: showAmount(refund.currency, share.minor),
    paid_by: showParts(refund.currency, share.parts),
  }));
}

export function showRefundItems(refund: Refund): object[] {
  return (refund.items ?? []).map(({ id, quantity, minor }) => ({
    id,
    quantity,
    amount: showAmount(refund.currency, minor),
  }));
}

/** A wallet's own discounts as it told them: the parts need not sum to the amount. */
export function showReported(currency: string, reported: ReportedPay | null): object[] {
  return (reported?.discounts ?? []).map((discount) => ({
    wallet_offer_id: discount.walletOfferId,
    name: discount.name,
    scope: discount.scope,
    prefunded: discount.prefunded,
    amount: showAmount(currency, discount.minor),
    paid_by: showParts(currency, discount.parts),
  }));
}

/** Every report as it came, oldest first, and whether it is the one that counts. */
export function showReports(currency: string, reported: Pick<AttemptReport, 'told' | 'counts'> | null): object[] {
  return (reported?.told ?? []).map((one, index) => ({
    heard_at: one.heardAt,
    source: one.source,
    counts: index === reported?.counts,
    buyer: one.buyerMinor === null ? null : showAmount(currency, one.buyerMinor),
    discounts: showReported(currency, one),
  }));
}

/** Minor units that the buyer paid in the end, where nobody tells otherwise all that the wallet was asked for. */
export function buyerPaid(attempt: Attempt): bigint {
  return attempt.reported === null
    ? attempt.paidMinor
    : attempt.paidMinor - takenOff(attempt.reported, attempt.paidMinor);
}

/** Minor units that the buyer got back; less than went through the wallet where that took back a discount of its own. */
export function buyerReceived(refund: Refund): bigint {
  const { reported, amountMinor } = refund;
  return reported === null ? amountMinor : amountMinor - takenOff(reported, amountMinor);
}

/** Minor units of the order's money that can still be asked back. */
export function refundable(attempt: Attempt): bigint {
  return attempt.amountMinor + attempt.discountMinor - attempt.orderBackMinor;
}

export function showAmount(currency: string, minor: bigint): object {
  return { currency, minor: minor.toString() };
}

function showParts(currency: string, parts: readonly (FunderPart | ReportedDiscount['parts'][number])[]): object[] {
  return parts.map(({ funder, owner, minor }) => ({ funder, owner, amount: showAmount(currency, minor) }));
}
