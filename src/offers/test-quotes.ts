import { assert } from '../base/assert.ts';
import { type BuyerFacts, NO_BUYER, type OrderItem } from '../base/buyer.ts';
import type { CampaignDocument } from './campaign.ts';
import { foldFigures } from './fold-figures.ts';
import type { Candidate, QuoteRequest, WalletQuote } from './offers.ts';
import type { HeldVoucher, PublishedOffer, Room } from './quote-input.ts';
import { quoteOffers } from './quote-offers.ts';
import { readCampaign } from './read-campaign.ts';

export const MERCHANT = 'mer_01KE0000000000000000000001';
/** A Monday noon in Shanghai. */
export const MONDAY_NOON = new Date('2026-11-23T12:00:00+08:00');
export const FLAT = { kind: 'flat', off: '5.00' } as const;
/** Nothing is used up. */
export const ENDLESS_ROOM: Room = () => 1_000_000_000_000n;

/** An offer with the terms that a test is about; the shop pays for it unless they say otherwise. */
export function offerOf(
  number: number,
  terms: Partial<CampaignDocument> & Pick<CampaignDocument, 'kind'>,
  rest: Partial<PublishedOffer> = {},
): PublishedOffer {
  const reading = readCampaign({
    name: { 'zh-CN': `优惠${number}`, en: `Offer ${number}` },
    by: 'hutong',
    currency: 'CNY',
    funders: [{ funder: 'merchant', per_mille: 1000 }],
    ...terms,
  });
  const faults = reading.kind === 'faults' ? JSON.stringify(reading.faults) : '';
  assert(reading.kind === 'campaign', `a test's campaign is right: ${faults}`);
  const { campaign } = reading;
  return {
    id: offerId(number),
    version: 1,
    state: 'published',
    merchantId: MERCHANT,
    campaign,
    figures: foldFigures([campaign]),
    ...rest,
  };
}

/** Ids sort by their number. */
export function offerId(number: number): string {
  return `off_01KE${String(number).padStart(22, '0')}`;
}

export function candidateOf(wallet: Candidate['wallet'], rest: Partial<Candidate> = {}): Candidate {
  return { wallet, bank: null, cardKind: null, card: null, instalment: null, ...rest };
}

export function requestOf(
  amountMinor: bigint,
  { buyer, ...rest }: Partial<Omit<QuoteRequest, 'buyer'>> & { buyer?: Partial<BuyerFacts> } = {},
): QuoteRequest {
  return {
    book: 1,
    merchantId: MERCHANT,
    currency: 'CNY',
    amountMinor,
    items: [],
    buyer: { ...NO_BUYER, ...buyer },
    vouchers: [],
    firstUse: { merchant: false, wallets: [] },
    candidates: [candidateOf('unionpay')],
    at: MONDAY_NOON,
    ...rest,
  };
}

export function itemOf(id: string, quantity: number, amountMinor: bigint): OrderItem {
  return { id, name: `article ${id}`, quantity, amountMinor };
}

/** The quote of the one way to pay that a request has. */
export function quoteOf(
  offers: readonly PublishedOffer[],
  request: QuoteRequest,
  vouchers: readonly HeldVoucher[] = [],
  room: Room = ENDLESS_ROOM,
): WalletQuote {
  const [only] = quoteOffers(offers, vouchers, request, room).quotes;
  assert(only !== undefined, 'the request has a way to pay');
  return only;
}
