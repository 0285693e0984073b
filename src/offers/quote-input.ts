import type { HoldLine } from '../ledger/holds.ts';
import type { Campaign, CampaignLimitName } from './campaign.ts';
import type { Quote, QuoteRequest } from './offers.ts';

/** An offer as the engine takes it: published, or stopped since a buyer saw it. Never changed: what is made of it is kept by object. */
export interface PublishedOffer {
  /** `off_…`; older ones sort first. */
  id: string;
  version: number;
  state: 'published' | 'stopped';
  /** Whose it is; null for the platform's, which concerns every shop, or those that its campaign names. */
  merchantId: string | null;
  campaign: Campaign;
  /** Every figure that each limit has had, oldest first, the campaign's own last (fold-figures.ts). */
  figures: ReadonlyMap<CampaignLimitName, readonly bigint[]>;
}

/** A voucher behind a code that the buyer brought. */
export interface HeldVoucher {
  /** `vch_…` */
  id: string;
  offerId: string;
  /** The shop's name of the buyer it was issued to; null for whoever brings it. */
  buyerId: string | null;
  /** The first instant at which it is worth nothing; null for as long as its offer runs. */
  until: Date | null;
}

/** A limit that a quote has to know the room of. */
export type RoomLine = Pick<HoldLine, 'limit' | 'unit' | 'currency' | 'figures'>;

/** What is left of a limit, in its unit; zero or less where it is used up. */
export type Room = (line: RoomLine) => bigint;

/** Pure: the same for the same input, in whatever order offers, vouchers and lines come. Offers of other shops are passed over. */
export type QuoteOffers = (
  offers: readonly PublishedOffer[],
  vouchers: readonly HeldVoucher[],
  request: QuoteRequest,
  room: Room,
) => Quote;

/** The limits whose room `quoteOffers` will ask for, each once: read them all at once before. */
export type LimitsOfQuote = (
  offers: readonly PublishedOffer[],
  vouchers: readonly HeldVoucher[],
  request: QuoteRequest,
) => readonly RoomLine[];
