import { isConnectionLoss } from '../base/connection-loss.ts';
import type { KeyedReply } from '../db/with-key.ts';
import { type ChangeOffer, changeOffer, type SwitchOffer, switchOffer } from './change-offer.ts';
import { chanceOfOrder, drawOffers } from './draw-offers.ts';
import { createVoucherFinder } from './find-vouchers.ts';
import { type IssueVouchers, issueVouchers } from './issue-vouchers.ts';
import { keepOffers, type ShopOffers } from './keep-offers.ts';
import type { OfferCost } from './offer-cost-store.ts';
import type { OfferState } from './offer-store.ts';
import type { Offers, Quote, QuoteRequest } from './offers.ts';
import type { OffersDeps } from './offers-deps.ts';
import { type PublishOffer, publishOffer } from './publish-offer.ts';
import type { HeldVoucher, Room } from './quote-input.ts';
import { limitsOfQuote, quoteOffers } from './quote-offers.ts';
import {
  getOffer,
  type OfferInUse,
  pageOffers,
  pageOffersInUse,
  pageVouchers,
  readCosts,
  type Viewer,
} from './read-offers.ts';
import { createRooms } from './read-rooms.ts';
import type { ShownOffer, ShownOfferInFull, ShownVoucher } from './show-offer.ts';

type Keyed = KeyedReply & { replayed: boolean };

/** What shops and operators do with offers; each function tells in its own file what it refuses. */
export interface OfferDesk {
  publish(request: PublishOffer): Promise<Keyed>;
  /** New terms as a new version. */
  change(request: ChangeOffer): Promise<Keyed>;
  /** Stops an offer, or lets it run again. */
  switch(request: SwitchOffer): Promise<Keyed>;
  /** The reply is the only place where the codes stand. */
  issueVouchers(request: IssueVouchers): Promise<Keyed>;
  list(wish: {
    viewer: Viewer;
    state: OfferState | null;
    before: string | null;
    itemsMax: number;
  }): Promise<{ data: ShownOffer[]; next: string | null }>;
  /** For an operator: every offer with how its limits stand and what it cost in the last 31 days. */
  listInUse(wish: { before: string | null; itemsMax: number }): Promise<{ data: OfferInUse[]; next: string | null }>;
  /** With usage, cost, versions and who did what. */
  get(viewer: Viewer, id: string): Promise<ShownOfferInFull>;
  listVouchers(wish: {
    viewer: Viewer;
    offerId: string;
    before: string | null;
    itemsMax: number;
  }): Promise<{ data: ShownVoucher[]; next: string | null }>;
  /** What offers cost, by funder and day of Asia/Shanghai. */
  costs(wish: { offerIds: readonly string[]; viewer: Viewer; from: Date; until: Date }): Promise<OfferCost[]>;
}

export interface OpenedOffers extends Offers, OfferDesk {
  /** Hears of changes from now on; without it every quote that finds its memory old reads by itself. */
  startWork(): void;
  stop(): Promise<void>;
}

/**
 * The book's offers. A node that cannot hear what runs now quotes without any offer: the buyer is shown the whole price, and pays what was
 * shown; nobody is promised a discount that may have been stopped.
 */
export function openOffers(deps: OffersDeps): OpenedOffers {
  const kept = keepOffers(deps);
  const rooms = createRooms(deps);
  const findVouchers = createVoucherFinder(deps);

  async function quote(requests: readonly QuoteRequest[]): Promise<readonly Quote[]> {
    const shops = await Promise.all(requests.map(({ book, merchantId }) => offersOf(book, merchantId)));
    const vouchers = await findVouchers(requests);
    const inputs = requests.map((request, index) => ({
      request,
      offers: shops[index]?.offers ?? [],
      vouchers: vouchers[index] ?? [],
    }));
    const lines = inputs.flatMap((input) => limitsOfQuote(input.offers, input.vouchers, input.request));
    const left = await rooms.read(lines);
    return inputs.map((input) =>
      quoteOffers(input.offers, input.vouchers, input.request, roomFor(input.request, left)),
    );
  }

  async function offersOf(book: number, merchantId: string): Promise<ShopOffers | null> {
    return book === deps.book ? await kept.fresh(merchantId) : null;
  }

  /** Who has changed an offer here sees so in the very next quote. */
  async function changed(changing: Promise<Keyed>): Promise<Keyed> {
    const reply = await changing;
    kept.doubt();
    return reply;
  }

  return {
    async quote(requests) {
      try {
        return await quote(requests);
      } catch (error) {
        if (!isConnectionLoss(error)) throw error;
        deps.log.warn({ error }, 'limits of offers could not be read: quotes do without offers');
        return requests.map(quoteWithout);
      }
    },
    isPlain(book, merchantId) {
      const shop = book === deps.book ? kept.known(merchantId) : NOTHING;
      return shop !== null && shop.lastEndMs <= deps.clock.now().getTime();
    },
    asksFirstUse(book, merchantId) {
      return book === deps.book && (kept.known(merchantId)?.asksFirstUse ?? true);
    },
    draw: (applied, before, orderId) => drawOffers(chanceOfOrder(deps.keyring, orderId), applied, before),
    forget: (limits) => rooms.forget(limits),
    publish: (request) => changed(publishOffer(deps, request)),
    change: (request) => changed(changeOffer(deps, request)),
    switch: (request) => changed(switchOffer(deps, request)),
    issueVouchers: (request) => issueVouchers(deps, request),
    list: (wish) => pageOffers(deps, wish),
    listInUse: (wish) => pageOffersInUse(deps, wish),
    get: (viewer, id) => getOffer(deps, viewer, id),
    listVouchers: (wish) => pageVouchers(deps, wish),
    costs: (wish) => readCosts(deps, wish),
    startWork: () => kept.startWork(),
    stop: () => kept.stop(),
  };
}

/** What is left for everybody, and what this order holds already. */
function roomFor({ held = [] }: QuoteRequest, left: ReadonlyMap<string, bigint>): Room {
  return ({ limit }) => {
    const own = held.reduce((sum, line) => (line.limit === limit ? sum + line.amount : sum), 0n);
    return (left.get(limit) ?? 0n) + own;
  };
}

const NOTHING: ShopOffers = { offers: [], lastEndMs: Number.NEGATIVE_INFINITY, asksFirstUse: false };
const NO_VOUCHERS: readonly HeldVoucher[] = [];

function quoteWithout(request: QuoteRequest): Quote {
  return quoteOffers([], NO_VOUCHERS, request, () => 0n);
}
