import { assert } from '../base/assert.ts';
import { DISCOUNT_ACCOUNTS_MAX, HOLD_LINES_MAX, OFFER_COMBINATIONS_MAX } from '../base/limits.ts';
import { ROLLOUT_LINES_MAX } from '../base/link-limits.ts';
import { money, splitMoney } from '../money/money.ts';
import { applyInOrder, type BestSet, type Cart, type Contender, findBestSet } from './best-set.ts';
import { JudgedOffers } from './judged-offers.ts';
import { belowThreshold, type Reason, toNotUsed } from './judge-offer.ts';
import type { AppliedOffer, Candidate, FunderPart, NotUsed, QuoteRequest, WalletQuote } from './offers.ts';
import type { LimitsOfQuote, PublishedOffer, QuoteOffers, Room, RoomLine } from './quote-input.ts';
import { leastAmount, MIN_PAY } from './take-off.ts';

/**
 * For every way to pay the best legal combination of offers, what it saves and who pays, and of every other offer why it is not used.
 * Our own offers first: what is saved for certain decides, and only then what a draw may add. The wallet's own are estimated on what is
 * left, as the wallet will see it. Order of offers, vouchers, lines and candidates makes no difference but between candidates alike.
 */
export const quoteOffers: QuoteOffers = (offers, vouchers, request, room) => {
  const cart = toCart(request);
  const judged = new JudgedOffers({ offers, vouchers, request, room });
  const known = new Map<string, BestSet>();
  const quotes = request.candidates
    .map((candidate, index) => ({ index, quote: quoteCandidate(judged, request, candidate, cart, known) }))
    .sort((a, b) => compareQuotes(a.quote, b.quote) || a.index - b.index)
    .map(({ quote }) => quote);
  return { at: request.at.toISOString(), quotes };
};

/** Room without end: for finding out which limits there are. */
const ENDLESS: Room = () => 2n ** 62n;

export const limitsOfQuote: LimitsOfQuote = (offers, vouchers, request) => {
  const judged = new JudgedOffers({ offers, vouchers, request, room: ENDLESS });
  const lines = new Map<string, RoomLine>();
  for (const { limit, unit, currency, figures } of judged.roomLines())
    lines.set(limit, { limit, unit, currency, figures });
  return [...lines.values()];
};

function quoteCandidate(
  judged: JudgedOffers,
  request: QuoteRequest,
  candidate: Candidate,
  cart: Cart,
  known: Map<string, BestSet>,
): WalletQuote {
  // What a quote may take is shared: a cart with many ways to pay keeps the others waiting no longer.
  const looksMax = Math.ceil(OFFER_COMBINATIONS_MAX / request.candidates.length);
  const ours = choose(judged, { candidate, cart, by: 'hutong', looksMax }, known);
  const atWallet: Cart = { amount: ours.best.rest, lines: cart.lines };
  const theirs = choose(judged, { candidate, cart: atWallet, by: 'wallet', looksMax }, known);
  const applied = [...ours.best.chosen, ...theirs.best.chosen].map((step) =>
    toApplied(judged, request, candidate, step),
  );
  const toPayMinor = BigInt(ours.best.rest);
  const more = applied.reduce((sum, { minor, mostMinor }) => sum + mostMinor - minor, 0n);
  const notUsed = new Map<PublishedOffer, NotUsed>([...ours.notUsed, ...theirs.notUsed]);
  return {
    candidate,
    amountMinor: request.amountMinor,
    toPayMinor,
    savedMinor: request.amountMinor - toPayMinor,
    // Draws and the wallet's own together leave something to pay, too.
    maySaveMinor: least(more, toPayMinor - BigInt(MIN_PAY)),
    applied,
    notUsed: judged.all.flatMap((offer) => notUsed.get(offer) ?? []),
    isExact: ours.best.isExact && theirs.best.isExact,
  };
}

interface Choice {
  best: BestSet;
  notUsed: [PublishedOffer, NotUsed][];
}

/** The best of one side's offers for a candidate. Candidates for whom the same offers count share one search. */
function choose(
  judged: JudgedOffers,
  { candidate, cart, by, looksMax }: { candidate: Candidate; cart: Cart; by: 'hutong' | 'wallet'; looksMax: number },
  known: Map<string, BestSet>,
): Choice {
  const notUsed: [PublishedOffer, NotUsed][] = [];
  const contenders: Contender[] = [];
  for (const { offer, reason, contender } of judged.judge(candidate, cart, by)) {
    if (reason !== null) notUsed.push([offer, toNotUsed(offer, reason)]);
    else if (contender.alone.sure + contender.alone.extra > 0) contenders.push(contender);
    else notUsed.push([offer, toNotUsed(offer, reasonOfNothing(offer, cart))]);
  }
  const fee = candidate.instalment?.feeMinor ?? 0n;
  const key = `${cart.amount} ${fee} ${contenders.map(({ id }) => id).join(' ')}`;
  const best = known.get(key) ?? findFitting(judged, candidate, { contenders, cart, looksMax });
  known.set(key, best);
  const used = new Set(best.chosen.map(({ contender }) => contender.id));
  for (const contender of contenders.filter(({ id }) => !used.has(id)))
    notUsed.push([
      judged.find(contender.id),
      toNotUsed(judged.find(contender.id), reasonOfLoss(judged, contender, best, cart)),
    ]);
  return { best, notUsed };
}

/** The limits that offers of one attempt count against; those of the wallet's rollouts stand beside them. */
const OFFER_LINES_MAX = HOLD_LINES_MAX - ROLLOUT_LINES_MAX;

/**
 * The best set that the ledger can hold and book: where it has too many limits or funders, it does without what takes the least off, and the
 * result is not exact. Who pays is known here, before anybody has paid.
 */
function findFitting(
  judged: JudgedOffers,
  candidate: Candidate,
  { contenders, cart, looksMax }: { contenders: readonly Contender[]; cart: Cart; looksMax: number },
): BestSet {
  let left = contenders;
  for (;;) {
    const best = findBestSet(left, cart, looksMax);
    const offers = best.chosen.map(({ contender }) => judged.find(contender.id));
    const linesCount = offers.reduce((sum, offer) => sum + judged.linesOf(offer, candidate).length, 0);
    const funders = new Set(
      offers.flatMap(({ campaign }) => campaign.funders.map(({ funder, owner }) => `${funder} ${owner ?? ''}`)),
    );
    if (linesCount <= OFFER_LINES_MAX && funders.size <= DISCOUNT_ACCOUNTS_MAX)
      return left === contenders ? best : { ...best, isExact: false };
    const [first, ...others] = best.chosen;
    assert(first !== undefined && others.length > 0, 'one offer alone always fits');
    const least = others.reduce((a, b) => (b.taken.sure + b.taken.extra < a.taken.sure + a.taken.extra ? b : a), first);
    left = left.filter((contender) => contender !== least.contender);
  }
}

/** It counts, and takes nothing off: other offers have taken the order below its least amount, or there is nothing to take from. */
function reasonOfNothing(offer: PublishedOffer, cart: Cart): Reason {
  const [needs, has] = [leastAmount(offer.campaign), BigInt(cart.amount)];
  return has < needs ? belowThreshold(needs, has) : { code: 'better_without', facts: { would_save_minor: '0' } };
}

/** It would save something alone, and the best combination is without it. */
function reasonOfLoss(judged: JudgedOffers, contender: Contender, best: BestSet, cart: Cart): Reason {
  const facts = {
    would_save_minor: `${contender.alone.sure}`,
    would_save_most_minor: `${contender.alone.sure + contender.alone.extra}`,
  };
  const others = best.chosen.map((step) => step.contender);
  const against = others.filter((other) => !(contender.goesWith(other) && other.goesWith(contender)));
  if (against.length > 0) {
    const names = against.map(({ id }) => judged.find(id).campaign.name);
    const withNames = {
      with_zh: names.map((name) => name['zh-CN']).join('、'),
      with_en: names.map(({ en }) => en).join(', '),
    };
    return { code: 'cannot_combine', facts: { ...facts, with: against.map(({ id }) => id).join(','), ...withNames } };
  }
  const saved = { saved_minor: `${cart.amount - best.rest}` };
  // Together with the others, as far as it would come to it.
  const turn = judged.inTurn([...others, contender]);
  const before = applyInOrder(turn.slice(0, turn.indexOf(contender)), cart).rest;
  const needs = leastAmount(judged.find(contender.id).campaign);
  const missing = BigInt(before) < needs ? belowThreshold(needs, BigInt(before)).facts : {};
  return { code: 'better_without', facts: { ...facts, ...saved, ...missing } };
}

function toApplied(
  judged: JudgedOffers,
  request: QuoteRequest,
  candidate: Candidate,
  { contender, taken, byLine }: BestSet['chosen'][number],
): AppliedOffer {
  const offer = judged.find(contender.id);
  const { id: offerId, version, campaign } = offer;
  const isOurs = campaign.by === 'hutong';
  const minor = isOurs ? BigInt(taken.sure) : 0n;
  const mostMinor = BigInt(taken.sure + taken.extra);
  const voucher = judged.voucherOf(offer);
  return {
    offerId,
    version,
    name: campaign.name,
    kind: campaign.kind,
    by: campaign.by,
    minor,
    mostMinor,
    parts: partsOf(offer, minor, request, candidate),
    sharesPerMille: campaign.funders.map(({ perMille }) => perMille),
    items: isOurs ? itemsOf(request, byLine) : [],
    holds: judged.linesOf(offer, candidate).map(({ limit, unit, currency, figures }) => {
      return { limit, unit, currency, figures, amount: unit === 'money' ? mostMinor : 1n, onSuccess: 'commit' };
    }),
    voucherId: voucher?.id ?? null,
  };
}

/** By largest remainder, ties in the order in which the campaign names who pays; the parts sum to the discount. */
function partsOf(
  { campaign }: PublishedOffer,
  minor: bigint,
  request: QuoteRequest,
  candidate: Candidate,
): FunderPart[] {
  const { funders, currency } = campaign;
  const shares = splitMoney(
    money(currency, minor),
    funders.map(({ perMille }) => BigInt(perMille)),
  );
  return funders.map(({ funder, owner }, index) => {
    const usual = { merchant: request.merchantId, wallet: candidate.wallet, platform: 'platform', bank: 'bank' }[
      funder
    ];
    return { funder, owner: owner ?? usual, minor: shares[index]?.minor ?? 0n };
  });
}

function itemsOf(request: QuoteRequest, byLine: readonly number[]): { id: string; minor: bigint }[] {
  return byLine.flatMap((minor, index) =>
    minor > 0 ? [{ id: request.items[index]?.id ?? '', minor: BigInt(minor) }] : [],
  );
}

function toCart({ amountMinor, items }: QuoteRequest): Cart {
  const total = items.reduce((sum, line) => sum + line.amountMinor, 0n);
  assert(items.length === 0 || total === amountMinor, 'the lines of an order sum to its amount');
  return {
    amount: Number(amountMinor),
    lines: items.map(({ id, quantity, amountMinor: line }) => ({ id, quantity, rest: Number(line) })),
  };
}

/** The least to pay first, then the most that may be saved besides. */
function compareQuotes(a: WalletQuote, b: WalletQuote): number {
  return compareBig(a.toPayMinor, b.toPayMinor) || compareBig(b.maySaveMinor, a.maySaveMinor);
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
