import { newId } from '../base/id.ts';
import { OFFERS_RUNNING_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { type KeyedReply, withKey } from '../db/with-key.ts';
import { checkCampaign } from './check-campaign.ts';
import { foldFigures } from './fold-figures.ts';
import { checkFunders, nameOf, type OfferActor } from './offer-actor.ts';
import { insertOfferMove, type OfferMoveName } from './offer-move-store.ts';
import { countPublished, insertOffer, insertOfferVersion, type OfferRow, raiseRevision } from './offer-store.ts';
import { OFFERS_CHANNEL, type OffersDeps } from './offers-deps.ts';
import { showOffer } from './show-offer.ts';

export interface PublishOffer {
  actor: OfferActor;
  /** Whose it is; null is everybody's, which an operator alone publishes. */
  merchantId: string | null;
  /** As it is written (campaign.ts). */
  campaign: unknown;
  reason: string | null;
  claim: KeyClaim | null;
}

/** From now on it runs, within its calendar. @throws Refusal campaign_invalid, offer_funder_not_yours, offers_max */
export async function publishOffer(
  deps: OffersDeps,
  request: PublishOffer,
): Promise<KeyedReply & { replayed: boolean }> {
  const { actor, merchantId, reason } = request;
  const campaign = checkCampaign(request.campaign);
  checkFunders(actor, campaign);
  const now = deps.clock.now();
  const row: OfferRow = {
    book: deps.book,
    id: newId('off', deps, deps.book),
    merchantId,
    state: 'published',
    version: 1,
    campaign: request.campaign,
    figures: Object.fromEntries(foldFigures([campaign])),
    createdAt: now,
    createdBy: nameOf(actor),
    stoppedAt: null,
    updatedAt: now,
  };
  return await withKey(deps.sql, request.claim, now, null, async (tx) => {
    await raiseRevision(tx, deps.book, OFFERS_CHANNEL); // in line with all other changes, so that the count below holds
    if ((await countPublished(tx, deps.book, merchantId)) >= OFFERS_RUNNING_MAX) throw tooMany();
    await insertOffer(tx, row);
    await insertOfferVersion(tx, row, nameOf(actor));
    await recordMove(deps, tx, row, { move: 'published', actor, reason });
    return { status: 201, body: JSON.stringify(showOffer(row)) };
  });
}

export function tooMany(): Refusal {
  return new Refusal('offers_max', `at most ${OFFERS_RUNNING_MAX} offers run at once`, {
    offers_max: OFFERS_RUNNING_MAX,
  });
}

/** Who did what stands with the deed. */
export async function recordMove(
  deps: OffersDeps,
  tx: Tx,
  row: OfferRow,
  what: { move: OfferMoveName; actor: OfferActor; reason: string | null; vouchersCount?: number },
): Promise<void> {
  await insertOfferMove(tx, {
    book: row.book,
    id: newId('omv', deps, row.book),
    offerId: row.id,
    move: what.move,
    version: row.version,
    movedBy: nameOf(what.actor),
    reason: what.reason,
    vouchersCount: what.vouchersCount ?? null,
    movedAt: deps.clock.now(),
  });
}
