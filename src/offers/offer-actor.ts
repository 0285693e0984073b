import { Refusal } from '../base/refusal.ts';
import type { Campaign } from './campaign.ts';
import type { OfferRow } from './offer-store.ts';

/** Who changes offers: an operator of the installation, or a shop through a key of its own. */
export type OfferActor = { kind: 'operator'; name: string } | { kind: 'merchant'; merchantId: string; keyId: string };

/** As it is written down. */
export function nameOf(actor: OfferActor): string {
  return actor.kind === 'operator' ? actor.name : actor.keyId;
}

/** A shop changes what is its own; the platform's it only sees. @throws Refusal not_found */
export function checkOwner(actor: OfferActor, offer: OfferRow | null): OfferRow {
  if (offer === null || (actor.kind === 'merchant' && offer.merchantId !== actor.merchantId))
    throw new Refusal('not_found', 'there is no such offer of this merchant');
  return offer;
}

/**
 * A shop gives away its own money only: what a bank, a wallet or the platform pays was agreed with the operator, who publishes it. An
 * estimate of a wallet's own offer moves nobody's money, so a shop may tell any. @throws Refusal offer_funder_not_yours
 */
export function checkFunders(actor: OfferActor, campaign: Campaign): void {
  if (actor.kind === 'operator') return;
  const { merchantId } = actor;
  if (campaign.merchants.some((shop) => shop !== merchantId))
    throw new Refusal('offer_funder_not_yours', 'an offer of a shop is for that shop', { param: 'campaign.merchants' });
  if (campaign.by === 'wallet') return;
  const foreign = campaign.funders.findIndex(
    ({ funder, owner }) => funder !== 'merchant' || (owner !== null && owner !== merchantId),
  );
  if (foreign !== -1)
    throw new Refusal('offer_funder_not_yours', 'what somebody else pays is published by the operator', {
      param: `campaign.funders.${foreign}`,
    });
}
