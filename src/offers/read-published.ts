import type { CampaignLimitName } from './campaign.ts';
import type { OfferRow } from './offer-store.ts';
import type { PublishedOffer } from './quote-input.ts';
import { readCampaign } from './read-campaign.ts';

/** An offer as the engine takes it; null where its terms cannot be read by this build. */
export function readPublished(row: OfferRow): PublishedOffer | null {
  const reading = readCampaign(row.campaign);
  if (reading.kind === 'faults') return null;
  const { id, version, state, merchantId } = row;
  const figures = new Map(Object.entries(row.figures)) as Map<CampaignLimitName, readonly bigint[]>; // written by fold-figures.ts
  return { id, version, state, merchantId, campaign: reading.campaign, figures };
}
