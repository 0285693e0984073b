import type { AppliedOffer, FunderPart } from '../offers/offers.ts';
import type { Attempt } from './payment.ts';
import { newAttempt, setUp } from './test-folder.ts';

/** An offer of ours as an attempt keeps it. */
export function appliedOffer(
  offerId: string,
  offer: { minor: bigint; parts: readonly FunderPart[]; items?: AppliedOffer['items'] },
): AppliedOffer {
  return {
    offerId,
    version: 1,
    name: { 'zh-CN': '立减', en: 'Off' },
    kind: 'flat',
    by: 'hutong',
    minor: offer.minor,
    mostMinor: offer.minor,
    parts: offer.parts,
    sharesPerMille: offer.parts.map(() => 0),
    items: offer.items ?? [],
    holds: [],
    voucherId: null,
  };
}

/** An attempt that paid an order of so much, less these offers. */
export function newPaidAttempt(orderMinor: bigint, offers: readonly Parameters<typeof appliedOffer>[1][]): Attempt {
  const discountMinor = offers.reduce((sum, offer) => sum + offer.minor, 0n);
  const paidMinor = orderMinor - discountMinor;
  return newAttempt(setUp().payment, 0, {
    amountMinor: paidMinor,
    paidMinor,
    discountMinor,
    offers: offers.length === 0 ? null : offers.map((offer, index) => appliedOffer(`off_${index}`, offer)),
    outcome: 'succeeded',
    settled: 'accepted',
    wallet: 'wechatpay',
    walletPaymentId: 'W1',
  });
}
