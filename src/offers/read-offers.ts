import { bookOfId, isId } from '../base/id.ts';
import { OFFER_COST_DAYS_MAX, OFFER_MOVES_SHOWN_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { shanghaiDay, shanghaiMidnight } from '../base/shanghai.ts';
import { readStandings } from '../ledger/read-room.ts';
import { concerns } from './keep-offers.ts';
import { listOfferCosts, type OfferCost } from './offer-cost-store.ts';
import { listOfferMoves } from './offer-move-store.ts';
import { findOffer, listOffers, listOfferVersions, type OfferRow, type OfferState } from './offer-store.ts';
import type { OffersDeps } from './offers-deps.ts';
import type { RoomLine } from './quote-input.ts';
import { readPublished } from './read-published.ts';
import { type LimitUsage, readUsage } from './read-usage.ts';
import {
  showCost,
  showMove,
  showOffer,
  showOfferTo,
  type ShownCost,
  type ShownOffer,
  type ShownOfferInFull,
  type ShownUsage,
  type ShownVoucher,
  showUsage,
  showVersion,
  showVoucher,
  type VoucherState,
} from './show-offer.ts';
import { countVouchers, listVouchersOf, type VoucherRow } from './voucher-store.ts';

/** Who looks: a shop sees its own offers and those of the platform that concern it, an operator (null) sees all. */
export type Viewer = string | null;

const COST_DAYS_USUAL = 31;

/** Newest first; `next` is where the next page starts. */
export async function pageOffers(
  deps: OffersDeps,
  wish: { viewer: Viewer; state: OfferState | null; before: string | null; itemsMax: number },
): Promise<{ data: ShownOffer[]; next: string | null }> {
  const { viewer, state, before, itemsMax } = wish;
  const found = await listOffers(deps.sql, { book: deps.book, viewer, state, before, itemsMax: itemsMax + 1 });
  const page = found.slice(0, itemsMax);
  return {
    data: page.map((row) => showOfferTo(row, viewer)),
    next: found.length > page.length ? (page.at(-1)?.id ?? null) : null,
  };
}

/** With usage, cost of the last days, who did what and versions. @throws Refusal not_found */
export async function getOffer(deps: OffersDeps, viewer: Viewer, id: string): Promise<ShownOfferInFull> {
  const row = await seenOffer(deps, viewer, id);
  const isOwn = viewer === null || row.merchantId === viewer;
  const costs = await readCosts(deps, { offerIds: [row.id], viewer, ...usualDays(deps) });
  const versions = await listOfferVersions(deps.sql, deps.book, row.id);
  return {
    ...showOfferTo(row, viewer),
    usage: isOwn ? (await usageOf(deps, [row], viewer)).map(showUsage) : null,
    vouchers_count: isOwn ? await countVouchers(deps.sql, deps.book, row.id) : null,
    cost: costs.map(showCost),
    moves: isOwn ? (await listOfferMoves(deps.sql, deps.book, row.id, OFFER_MOVES_SHOWN_MAX)).map(showMove) : null,
    versions: isOwn ? versions.map(showVersion) : [],
  };
}

/** For an operator's list: each with how its limits stand and what it cost of late, in one look for all. */
export async function pageOffersInUse(
  deps: OffersDeps,
  wish: { before: string | null; itemsMax: number },
): Promise<{ data: OfferInUse[]; next: string | null }> {
  const { before, itemsMax } = wish;
  const filter = { book: deps.book, viewer: null, state: null, before, itemsMax: itemsMax + 1 };
  const found = await listOffers(deps.sql, filter);
  const page = found.slice(0, itemsMax);
  const [usages, costs] = await Promise.all([
    usageOf(deps, page, null),
    readCosts(deps, { offerIds: page.map(({ id }) => id), viewer: null, ...usualDays(deps) }),
  ]);
  return {
    data: page.map((row) => ({
      ...showOffer(row),
      usage: usages.filter(({ offerId }) => offerId === row.id).map(showUsage),
      cost: costs.filter(({ offerId }) => offerId === row.id).map(showCost),
    })),
    next: found.length > page.length ? (page.at(-1)?.id ?? null) : null,
  };
}

export type OfferInUse = ShownOffer & { usage: ShownUsage[]; cost: ShownCost[] };

/** The last days up to the end of today, in Asia/Shanghai. */
function usualDays({ clock }: OffersDeps): { from: Date; until: Date } {
  const today = shanghaiMidnight(shanghaiDay(clock.now()));
  return {
    from: new Date(today.getTime() - (COST_DAYS_USUAL - 1) * DAY_MS),
    until: new Date(today.getTime() + DAY_MS),
  };
}

/** How the limits of many offers stand. */
async function usageOf(deps: OffersDeps, rows: readonly OfferRow[], viewer: Viewer): Promise<LimitUsage[]> {
  const offers = rows.flatMap((row) => readPublished(row) ?? []);
  return await readUsage(deps, offers, viewer);
}

/** @throws Refusal invalid_request: a span of more than OFFER_COST_DAYS_MAX days */
export async function readCosts(
  deps: OffersDeps,
  wish: { offerIds: readonly string[]; viewer: Viewer; from: Date; until: Date },
): Promise<OfferCost[]> {
  const { offerIds, viewer, from, until } = wish;
  if (until.getTime() - from.getTime() > OFFER_COST_DAYS_MAX * DAY_MS)
    throw new Refusal('invalid_request', `at most ${OFFER_COST_DAYS_MAX} days are summed up at once`, {
      param: 'from',
    });
  return await listOfferCosts(deps.sql, { book: deps.book, offerIds, merchantId: viewer, from, until });
}

/** Newest first, without their codes; with how each stands. @throws Refusal not_found */
export async function pageVouchers(
  deps: OffersDeps,
  wish: { viewer: Viewer; offerId: string; before: string | null; itemsMax: number },
): Promise<{ data: ShownVoucher[]; next: string | null }> {
  const { viewer, offerId, before, itemsMax } = wish;
  const offer = await seenOffer(deps, viewer, offerId);
  if (viewer !== null && offer.merchantId !== viewer) throw new Refusal('not_found', 'there is no such offer');
  const found = await listVouchersOf(deps.sql, { book: deps.book, offerId, before, itemsMax: itemsMax + 1 });
  const page = found.slice(0, itemsMax);
  const states = await statesOf(deps, offer, page);
  return {
    data: page.map((row, index) => showVoucher(row, states[index] ?? null)),
    next: found.length > page.length ? (page.at(-1)?.id ?? null) : null,
  };
}

async function statesOf(deps: OffersDeps, offer: OfferRow, rows: readonly VoucherRow[]): Promise<VoucherState[]> {
  const currency = readPublished(offer)?.campaign.currency ?? 'CNY';
  const lines = rows.map(({ id }): RoomLine => ({ limit: id, unit: 'count', currency, figures: [1n] }));
  const standings = await readStandings(deps.sql, deps.book, lines);
  const now = deps.clock.now();
  return rows.map(({ validUntil }, index) => {
    const standing = standings[index];
    if (standing !== undefined && standing.used > 0n) return 'used';
    if (standing !== undefined && standing.held > 0n) return 'held';
    return validUntil !== null && validUntil <= now ? 'expired' : 'unused';
  });
}

/** @throws Refusal not_found, also for what does not concern this shop */
async function seenOffer(deps: OffersDeps, viewer: Viewer, id: string): Promise<OfferRow> {
  const row = isId('off', id) && bookOfId(id) === deps.book ? await findOffer(deps.sql, deps.book, id) : null;
  if (row === null || !isSeen(row, viewer)) throw new Refusal('not_found', 'there is no such offer');
  return row;
}

function isSeen(row: OfferRow, viewer: Viewer): boolean {
  if (viewer === null || row.merchantId === viewer) return true;
  const offer = readPublished(row);
  return offer !== null && concerns(offer, viewer);
}

const DAY_MS = 86_400_000;
