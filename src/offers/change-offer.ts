import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { type KeyedReply, withKey } from '../db/with-key.ts';
import type { Campaign } from './campaign.ts';
import { checkCampaign } from './check-campaign.ts';
import { foldFigures } from './fold-figures.ts';
import { checkFunders, checkOwner, nameOf, type OfferActor } from './offer-actor.ts';
import {
  countPublished,
  insertOfferVersion,
  listOfferVersions,
  lockOffer,
  type OfferRow,
  raiseRevision,
  updateOffer,
} from './offer-store.ts';
import { OFFERS_CHANNEL, type OffersDeps } from './offers-deps.ts';
import { recordMove, tooMany } from './publish-offer.ts';
import { showOffer } from './show-offer.ts';
import { OFFER_VERSIONS_MAX, OFFERS_RUNNING_MAX } from '../base/limits.ts';

export interface ChangeOffer {
  actor: OfferActor;
  id: string;
  /** The version that the change was made from: what somebody else has changed meanwhile is not overwritten. */
  fromVersion: number;
  campaign: unknown;
  reason: string | null;
  claim: KeyClaim | null;
}

/**
 * New terms as a new version. Attempts that have begun keep what they were promised; what was used of each limit stays used.
 * @throws Refusal not_found, offer_stopped, offer_version_outdated, versions_max, campaign_invalid, offer_funder_not_yours
 */
export async function changeOffer(deps: OffersDeps, request: ChangeOffer): Promise<KeyedReply & { replayed: boolean }> {
  const { actor, id, reason } = request;
  const campaign = checkCampaign(request.campaign);
  checkFunders(actor, campaign);
  const now = deps.clock.now();
  return await withKey(deps.sql, request.claim, now, null, async (tx) => {
    await raiseRevision(tx, deps.book, OFFERS_CHANNEL);
    const before = checkOwner(actor, isId('off', id) ? await lockOffer(tx, deps.book, id) : null);
    if (before.state === 'stopped')
      throw new Refusal('offer_stopped', 'a stopped offer is not changed', { state: 'stopped' });
    if (before.version !== request.fromVersion)
      throw new Refusal('offer_version_outdated', `the offer is at version ${before.version} by now`, {
        version: before.version,
      });
    if (before.version >= OFFER_VERSIONS_MAX)
      throw new Refusal('versions_max', `an offer has at most ${OFFER_VERSIONS_MAX} versions`, {
        versions_max: OFFER_VERSIONS_MAX,
      });
    const earlier = (await listOfferVersions(tx, deps.book, id)).reverse().map((each) => checkCampaign(each.campaign));
    checkStays(earlier.at(-1), campaign);
    const row: OfferRow = {
      ...before,
      version: before.version + 1,
      campaign: request.campaign,
      figures: Object.fromEntries(foldFigures([...earlier, campaign])),
      updatedAt: now,
    };
    await updateOffer(tx, row);
    await insertOfferVersion(tx, row, nameOf(actor));
    await recordMove(deps, tx, row, { move: 'changed', actor, reason });
    return { status: 200, body: JSON.stringify(showOffer(row)) };
  });
}

export interface SwitchOffer {
  actor: OfferActor;
  id: string;
  to: 'stopped' | 'published';
  reason: string | null;
  claim: KeyClaim | null;
}

/**
 * Stops an offer, or lets it run again with all that was used. Every node knows within a second; who has begun to pay keeps it. Where
 * it stands there already, nothing changes. @throws Refusal not_found, offers_max
 */
export async function switchOffer(deps: OffersDeps, request: SwitchOffer): Promise<KeyedReply & { replayed: boolean }> {
  const { actor, id, to, reason } = request;
  const now = deps.clock.now();
  return await withKey(deps.sql, request.claim, now, null, async (tx) => {
    await raiseRevision(tx, deps.book, OFFERS_CHANNEL);
    const before = checkOwner(actor, isId('off', id) ? await lockOffer(tx, deps.book, id) : null);
    if (before.state === to) return { status: 200, body: JSON.stringify(showOffer(before)) };
    if (to === 'published' && (await countPublished(tx, deps.book, before.merchantId)) >= OFFERS_RUNNING_MAX)
      throw tooMany();
    const row: OfferRow = { ...before, state: to, stoppedAt: to === 'stopped' ? now : null, updatedAt: now };
    await updateOffer(tx, row);
    await recordMove(deps, tx, row, { move: to === 'stopped' ? 'stopped' : 'resumed', actor, reason });
    return { status: 200, body: JSON.stringify(showOffer(row)) };
  });
}

/** What was counted and held is counted so for ever: in this currency, by this side, with or without vouchers. */
function checkStays(before: Campaign | undefined, after: Campaign): void {
  for (const field of ['currency', 'by', 'kind'] as const) {
    if (before !== undefined && before[field] !== after[field])
      throw new Refusal('campaign_invalid', `the ${field} of an offer stays as it is; publish another offer`, {
        param: `campaign.${field}`,
      });
  }
}
