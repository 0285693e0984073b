import type { CampaignLimit } from './campaign.ts';
import type { PublishedOffer } from './quote-input.ts';
import { type Stage, STAGES, stageOf } from './stages.ts';

/** What every quote needs of an offer and no quote changes. */
export interface ReadyOffer {
  offer: PublishedOffer;
  stage: Stage;
  /** At most one of a group is used; null for a group of its own. */
  group: string | null;
  /** Whether it goes with an offer of this group. */
  goesWith(group: string | null): boolean;
  limits: { common: readonly CampaignLimit[]; perCard: readonly CampaignLimit[] };
}

const ready = new WeakMap<PublishedOffer, ReadyOffer>();

/** An offer is made ready once: a new version is a new object. */
export function readyOffer(offer: PublishedOffer): ReadyOffer {
  const known = ready.get(offer);
  if (known !== undefined) return known;
  const { stacking, limits, by } = offer.campaign;
  const made: ReadyOffer = {
    offer,
    stage: stageOf(offer.campaign),
    group: stacking.kind === 'alone' ? null : stacking.group,
    goesWith: (group) =>
      stacking.kind !== 'alone' &&
      (group === null || group !== stacking.group) &&
      (stacking.with === null || (group !== null && stacking.with.includes(group))),
    // How often a wallet gives its own offer the wallet counts.
    limits: {
      common: by === 'wallet' ? [] : limits.filter(({ scope }) => scope !== 'card'),
      perCard: by === 'wallet' ? [] : limits.filter(({ scope }) => scope === 'card'),
    },
  };
  ready.set(offer, made);
  return made;
}

/** The order in which offers are worked out: by stage, then the older first. */
export function compareTurn(a: ReadyOffer, b: ReadyOffer): number {
  return STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) || (a.offer.id < b.offer.id ? -1 : 1);
}
