import { assertNever } from '../base/assert.ts';
import { articleSet } from './article-set.ts';
import { calendarState, nextOpening, windowEnd } from './calendar.ts';
import type { CampaignLimit } from './campaign.ts';
import { keyOf, type LimitLine, limitLines, voucherLine } from './limit-lines.ts';
import type { Candidate, NotUsed, NotUsedCode, QuoteRequest } from './offers.ts';
import type { HeldVoucher, PublishedOffer, Room } from './quote-input.ts';
import type { ReadyOffer } from './ready-offer.ts';
import { leastAmount } from './take-off.ts';

/*
 * Whether an offer counts, before any other offer is thought of. The first reason against it is the one that is told, in the order in
 * which they stand here.
 */

export interface Reason {
  code: NotUsedCode;
  /** Amounts in minor units as decimal text, instants in ISO 8601, lists with commas. */
  facts: Record<string, string>;
}

export function toNotUsed({ id, campaign }: PublishedOffer, { code, facts }: Reason): NotUsed {
  return { offerId: id, name: campaign.name, code, facts };
}

/** Offers of other shops and of other currencies are passed over without a word. */
export function concerns({ merchantId, campaign }: PublishedOffer, request: QuoteRequest): boolean {
  return (
    campaign.currency === request.currency &&
    (merchantId === null || merchantId === request.merchantId) &&
    (campaign.merchants.length === 0 || campaign.merchants.includes(request.merchantId))
  );
}

/** That it runs at all. */
export function reasonOfTime({ state, campaign: { when } }: PublishedOffer, { at }: QuoteRequest): Reason | null {
  if (state === 'stopped') return { code: 'stopped', facts: {} };
  const calendar = calendarState(when, at);
  if (calendar === 'not_started')
    return { code: 'not_started', facts: { from: iso(nextOpening(when, at) ?? when.from) } };
  if (calendar === 'ended') return { code: 'ended', facts: { until: iso(when.until) } };
  return null;
}

/** That this way to pay is one of its own. What only the wallet knows counts against our own offers, and for a wallet's estimate. */
export function reasonOfCandidate({ offer, limits }: ReadyOffer, candidate: Candidate): Reason | null {
  const { conditions, by, value } = offer.campaign;
  const { wallets, banks, cardKinds } = conditions;
  const isOurs = by === 'hutong';
  if (wallets.length > 0 && !wallets.includes(candidate.wallet))
    return { code: 'other_wallet', facts: { wallets: wallets.join(',') } };
  if (banks.length > 0 && candidate.bank !== null && !banks.includes(candidate.bank))
    return { code: 'other_bank', facts: { banks: banks.join(',') } };
  if (cardKinds.length > 0 && candidate.cardKind !== null && !cardKinds.includes(candidate.cardKind))
    return { code: 'other_card_kind', facts: { card_kinds: cardKinds.join(',') } };
  if (isOurs && banks.length > 0 && candidate.bank === null)
    return { code: 'bank_not_known', facts: { banks: banks.join(',') } };
  if (isOurs && cardKinds.length > 0 && candidate.cardKind === null)
    return { code: 'bank_not_known', facts: { card_kinds: cardKinds.join(',') } };
  if (limits.perCard.length > 0 && candidate.card === null) return { code: 'bank_not_known', facts: { needs: 'card' } };
  if (value.kind === 'instalment_fee' && !value.counts.includes(candidate.instalment?.count ?? 0))
    return { code: 'no_instalment', facts: { counts: value.counts.join(',') } };
  return null;
}

/** That buyer, order and hour are right. */
export function reasonOfOrder({ offer, limits }: ReadyOffer, request: QuoteRequest): Reason | null {
  const { conditions, when, value } = offer.campaign;
  const { buyer, items, amountMinor } = request;
  if (conditions.regions.length > 0 && (buyer.region === null || !conditions.regions.includes(buyer.region)))
    return { code: 'other_region', facts: { regions: conditions.regions.join(',') } };
  for (const articles of [conditions.articles, value.kind === 'item' ? value.articles : []])
    if (articles.length > 0 && !items.some(({ id }) => articleSet(articles).has(id)))
      return { code: 'no_such_item', facts: { articles: articles.slice(0, ARTICLES_TOLD_MAX).join(',') } };
  const needs = leastAmount(offer.campaign);
  if (amountMinor < needs) return belowThreshold(needs, amountMinor);
  if (calendarState(when, request.at) === 'closed_now') {
    const opens = nextOpening(when, request.at);
    return { code: 'closed_now', facts: opens === null ? {} : { opens: iso(opens) } };
  }
  const unknown = limits.common.find(
    ({ scope }) => scope !== 'count' && scope !== 'money' && keyOf(scope, request, null) === null,
  );
  if (unknown !== undefined) return { code: 'buyer_not_known', facts: { needs: unknown.scope } };
  if (conditions.firstUse !== null && buyer.id === null) return { code: 'buyer_not_known', facts: { needs: 'user' } };
  if (conditions.firstUse === 'merchant' && !request.firstUse.merchant)
    return { code: 'not_first_use', facts: { of: 'merchant' } };
  return null;
}

/** That this wallet is new to the buyer, where the offer wants it so. */
export function reasonOfWalletUse({ offer }: ReadyOffer, request: QuoteRequest, candidate: Candidate): Reason | null {
  const isMissed =
    offer.campaign.conditions.firstUse === 'wallet' && !request.firstUse.wallets.includes(candidate.wallet);
  return isMissed ? { code: 'not_first_use', facts: { of: 'wallet', wallet: candidate.wallet } } : null;
}

const ARTICLES_TOLD_MAX = 5;

export function belowThreshold(needs: bigint, has: bigint): Reason {
  return { code: 'below_threshold', facts: { needs_minor: `${needs}`, missing_minor: `${needs - has}` } };
}

export type VoucherChoice =
  | { kind: 'voucher'; voucher: HeldVoucher }
  | { kind: 'none' }
  | { kind: 'not'; reason: Reason };

/** Of several vouchers of one offer the one that ends first, then the older; one use of an offer is all that an order has. */
export function chooseVoucher(
  offer: PublishedOffer,
  vouchers: readonly HeldVoucher[],
  request: QuoteRequest,
  room: Room,
): VoucherChoice {
  if (offer.campaign.kind !== 'voucher') return { kind: 'none' };
  const theirs = vouchersOf(offer, vouchers, request);
  if (theirs.length === 0) return { kind: 'not', reason: { code: 'voucher_missing', facts: {} } };
  const running = theirs.filter(({ until }) => until === null || request.at < until);
  const [last] = theirs.slice(-1);
  if (running.length === 0)
    return { kind: 'not', reason: { code: 'ended', facts: { until: iso(last?.until ?? null) } } };
  const voucher = running.find((one) => room(voucherLine(one, request)) > 0n);
  if (voucher === undefined) return { kind: 'not', reason: { code: 'voucher_used', facts: {} } };
  return { kind: 'voucher', voucher };
}

/** The buyer's vouchers of an offer, in the order in which they are used. */
export function vouchersOf(
  offer: PublishedOffer,
  vouchers: readonly HeldVoucher[],
  { buyer }: QuoteRequest,
): HeldVoucher[] {
  return vouchers
    .filter(({ offerId, buyerId }) => offerId === offer.id && (buyerId === null || buyerId === buyer.id))
    .sort((a, b) => (a.until?.getTime() ?? Infinity) - (b.until?.getTime() ?? Infinity) || (a.id < b.id ? -1 : 1) || 0);
}

/** That there is room in each limit, of money for the most that it would take off this order alone. */
export function reasonOfRoom(
  lines: readonly LimitLine[],
  mostMinor: bigint,
  request: QuoteRequest,
  room: Room,
): Reason | null {
  for (const line of lines) {
    const { of } = line;
    if (of === null || room(line) >= (line.unit === 'money' ? mostMinor : 1n)) continue;
    return { code: isOfBuyer(of) ? 'used_by_buyer' : 'budget_gone', facts: limitFacts(of, request.at) };
  }
  return null;
}

/** Every limit's line, in the order in which they are told: the buyer's own first. */
export function linesOf({ offer, limits }: ReadyOffer, request: QuoteRequest, candidate: Candidate): LimitLine[] {
  return [...limits.perCard, ...limits.common]
    .toSorted((a, b) => Number(isOfBuyer(b)) - Number(isOfBuyer(a)))
    .flatMap((limit) => limitLines(offer, [limit], request, candidate));
}

function isOfBuyer({ scope }: CampaignLimit): boolean {
  switch (scope) {
    case 'user':
    case 'device':
    case 'phone':
    case 'card':
      return true;
    case 'count':
    case 'money':
    case 'merchant':
      return false;
    default:
      return assertNever(scope);
  }
}

function limitFacts({ scope, window, figure }: CampaignLimit, at: Date): Record<string, string> {
  const again: Record<string, string> = window === 'campaign' ? {} : { again: windowEnd(window, at).toISOString() };
  return { scope, window, figure: `${figure}`, ...again };
}

function iso(instant: Date | null): string {
  return instant?.toISOString() ?? '';
}
