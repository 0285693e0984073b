import { NO_BUYER } from '../base/buyer.ts';
import { calendarState, nextOpening } from './calendar.ts';
import type { Campaign, OfferValue } from './campaign.ts';
import { foldFigures } from './fold-figures.ts';
import type { Candidate, QuoteRequest, WalletQuote } from './offers.ts';
import type { HeldVoucher, PublishedOffer } from './quote-input.ts';
import { quoteOffers } from './quote-offers.ts';
import { leastAmount } from './take-off.ts';

/** An order that the campaign is tried on, and what the engine makes of it. */
export interface WorkedExample {
  amountMinor: bigint;
  /** Of an offer on articles: how many units of the first one are bought. Of a fee: what it is. */
  units: number | null;
  feeMinor: bigint | null;
  quote: WalletQuote;
}

const MERCHANT = 'mer_00000000000000000000000000';
const OFFER = 'off_00000000000000000000000000';
const UNITS = [1, 2, 5] as const;

/**
 * A campaign on orders around the amounts at which it changes, by the engine that quotes real ones: for a buyer and a card that fit, at an
 * hour at which it runs. Empty where it never runs again.
 */
export function workExamples(campaign: Campaign, now: Date): WorkedExample[] {
  const at = calendarState(campaign.when, now) === 'open' ? now : nextOpening(campaign.when, now);
  if (at === null) return [];
  const { value } = campaign;
  if (value.kind === 'item') {
    const price = unitPrice(campaign);
    return UNITS.map((units) => work(campaign, at, { amountMinor: price * BigInt(units), units, feeMinor: null }));
  }
  if (value.kind === 'instalment_fee') {
    const amountMinor = roundUp(leastAmount(campaign) + 10_000n);
    return [2n, 5n, 10n].map((share) =>
      work(campaign, at, { amountMinor, units: null, feeMinor: (amountMinor * share) / 100n }),
    );
  }
  return tellingAmounts(campaign).map((amountMinor) =>
    work(campaign, at, { amountMinor, units: null, feeMinor: null }),
  );
}

function work(campaign: Campaign, at: Date, example: Omit<WorkedExample, 'quote'>): WorkedExample {
  const offer: PublishedOffer = {
    id: OFFER,
    version: 1,
    state: 'published',
    merchantId: null,
    campaign: { ...campaign, merchants: [] },
    figures: foldFigures([campaign]),
  };
  const vouchers: HeldVoucher[] = [
    { id: 'vch_00000000000000000000000000', offerId: OFFER, buyerId: null, until: null },
  ];
  const { quotes } = quoteOffers(
    [offer],
    vouchers,
    requestFor(campaign, at, example),
    (line) => line.figures.at(-1) ?? 0n,
  );
  const [quote] = quotes;
  if (quote === undefined) throw new Error('assertion failed: one way to pay has one quote');
  return { ...example, quote };
}

/** A buyer, an order and a card that the campaign is meant for. */
function requestFor(
  campaign: Campaign,
  at: Date,
  { amountMinor, units, feeMinor }: Omit<WorkedExample, 'quote'>,
): QuoteRequest {
  const { conditions, value, currency } = campaign;
  const wallet = conditions.wallets[0] ?? 'unionpay';
  const instalment = value.kind === 'instalment_fee' ? { count: value.counts[0] ?? 0, feeMinor: feeMinor ?? 0n } : null;
  const candidate: Candidate = {
    wallet,
    bank: conditions.banks[0] ?? null,
    cardKind: conditions.cardKinds[0] ?? null,
    card: 'a card',
    instalment,
  };
  const article = value.kind === 'item' ? value.articles[0] : conditions.articles[0];
  return {
    book: 0,
    merchantId: MERCHANT,
    currency,
    amountMinor,
    items: article === undefined ? [] : [{ id: article, name: article, quantity: units ?? 1, amountMinor }],
    buyer: { ...NO_BUYER, id: 'a buyer', phone: 'a phone', device: 'a device', region: conditions.regions[0] ?? null },
    vouchers: [],
    firstUse: { merchant: true, wallets: [wallet] },
    candidates: [candidate],
    at,
  };
}

/** Just below and at each amount at which something changes, and one well above. */
function tellingAmounts(campaign: Campaign): bigint[] {
  const edges = edgesOf(campaign.value);
  const least = leastAmount(campaign);
  const all = [...edges, least].filter((amount) => amount > 0n && amount >= least);
  const highest = all.reduce((most, amount) => (amount > most ? amount : most), 0n);
  const amounts = new Set([...(least > 1n ? [least - 1n] : []), ...all, roundUp((highest * 3n) / 2n + 5_000n)]);
  return [...amounts].sort((a, b) => (a < b ? -1 : 1));
}

function edgesOf(value: OfferValue): bigint[] {
  switch (value.kind) {
    case 'flat':
      return [value.offMinor, value.offMinor * 4n];
    case 'threshold':
      return value.tiers.map(({ atMinor }) => atMinor);
    case 'every':
      return [value.atMinor, value.atMinor * 2n, value.atMinor * BigInt(value.timesMax)];
    case 'random':
      return [value.toMinor * 4n];
    case 'percent':
      return [
        ...(value.offMaxMinor === null ? [] : [roundUp((value.offMaxMinor * 1000n) / BigInt(value.perMille))]),
        1_234n,
      ];
    case 'item':
    case 'instalment_fee':
      return [];
    default:
      value satisfies never;
      return [];
  }
}

function unitPrice({ value, conditions }: Campaign): bigint {
  const off = value.kind === 'item' && value.off.kind === 'unit' ? value.off.minor * 4n : 5_000n;
  const least = conditions.amountMinMinor ?? 0n;
  return roundUp(off > least ? off : least);
}

/** Up to a whole ten of the currency, which reads well. */
function roundUp(minor: bigint): bigint {
  return minor + ((1_000n - (minor % 1_000n)) % 1_000n);
}
