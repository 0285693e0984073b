import { assert } from '../../base/assert.ts';
import { idLetters, newId } from '../../base/id.ts';
import { BATCH_ITEMS_MAX, BATCH_QUEUE_MAX } from '../../base/limits.ts';
import { LINK_LOOK_SECONDS_MIN } from '../../base/link-limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { readPaymentsByOrder } from '../../cashier/linked-payments.ts';
import { type Batch, createBatch } from '../../db/batch.ts';
import type { Tx } from '../../db/connect.ts';
import type { PayDeps } from './pay-deps.ts';
import { choosePlace, type PlaceWish } from './place.ts';
import { countAsked, insertPlaces, listPlaces, type StoredPlace } from './place-store.ts';
import { settlePlaces } from './settle-places.ts';
import type { Terms } from './terms.ts';
import { lockTerms } from './terms-store.ts';

/** How soon somebody who found every place taken may try again. */
const RETRY_SECONDS = 30;

/** What a buyer wants to pay by a link that has an end of places. */
export interface TakeWish extends PlaceWish {
  linkId: string;
  /** Of a link that asks for an amount; null elsewhere. */
  amountMinor: bigint | null;
  payerName: string | null;
  subject: string;
}

export interface Taken {
  terms: Terms;
  place: StoredPlace;
}

/** One transaction for all who come together: the links are locked in order, and whoever comes first by then has the place. */
export function openTakeLane(deps: PayDeps, book: number): Batch<TakeWish, Taken> {
  return createBatch<TakeWish, Taken>({
    name: `places of links of book ${book}`,
    sql: deps.sql,
    itemsMax: BATCH_ITEMS_MAX,
    queueMax: BATCH_QUEUE_MAX,
    run: (tx, wishes) => takePlaces(tx, deps, book, wishes),
  });
}

async function takePlaces(
  tx: Tx,
  deps: PayDeps,
  book: number,
  wishes: readonly TakeWish[],
): Promise<(Taken | Refusal)[]> {
  const ids = [...new Set(wishes.map(({ linkId }) => linkId))];
  const terms = await lockTerms(tx, book, ids);
  const places = await listPlaces(
    tx,
    book,
    ids,
    wishes.map(({ nonce }) => nonce),
  );
  await settlePlaces(tx, deps, book, terms, places);
  const ofOrders = terms.filter(({ orderNo }) => orderNo !== null);
  const askedCounts = await countAsked(
    tx,
    book,
    ofOrders.map(({ linkId }) => linkId),
  );
  const takenByShop = await findTakenByShop(tx, book, ofOrders);
  const taken: StoredPlace[] = [];
  const answers = wishes.map((wish): Taken | Refusal => {
    const own = terms.find(({ linkId }) => linkId === wish.linkId);
    assert(own !== undefined && own.placesMax !== null, 'a place is taken of a link that has them');
    const rows = [...places, ...taken].filter(({ linkId }) => linkId === wish.linkId);
    const choice = choosePlace(
      { placesMax: own.placesMax, named: namedOf(own), isOneOrder: own.orderNo !== null },
      rows,
      wish,
    );
    switch (choice.kind) {
      case 'same': {
        const place = rows.find(({ nonce }) => nonce === choice.row.nonce);
        assert(place !== undefined, 'a place that was chosen is one of those there');
        return { terms: own, place };
      }
      case 'paid':
        return new Refusal('link_paid', 'all of this has been paid');
      case 'busy':
        return new Refusal('link_busy', 'somebody else is paying what is left', { retryAfterSeconds: RETRY_SECONDS });
      case 'free': {
        if (takenByShop.has(own.linkId))
          return new Refusal('order_no_taken', 'the shop has a payment of its own for this order');
        const place = toPlace(deps, own, wish, choice.placeNo, askedCounts.get(own.linkId) ?? 0);
        taken.push(place);
        return { terms: own, place };
      }
      default:
        return choice satisfies never;
    }
  });
  await insertPlaces(tx, book, taken);
  return answers;
}

/** Of links of one order, those whose order the shop has asked to be paid by itself: asked for under another number it would be paid twice. */
async function findTakenByShop(tx: Tx, book: number, terms: readonly Terms[]): Promise<Set<string>> {
  const orders = terms.flatMap(({ merchantId, orderNo }) =>
    merchantId === null || orderNo === null ? [] : [{ merchantId, orderNo }],
  );
  const payments = await readPaymentsByOrder(tx, book, orders);
  const isForeign = (own: Terms): boolean =>
    payments.some(
      ({ merchantId, orderNo, metadata }) =>
        merchantId === own.merchantId && orderNo === own.orderNo && metadata['link'] !== own.linkId,
    );
  return new Set(terms.filter(isForeign).map(({ linkId }) => linkId));
}

function toPlace(deps: PayDeps, terms: Terms, wish: TakeWish, placeNo: number, askedCount: number): StoredPlace {
  const share = terms.shares.find((one) => one.placeNo === placeNo);
  const amountMinor = share?.amountMinor ?? terms.amountMinor ?? wish.amountMinor;
  assert(amountMinor !== null && terms.merchantId !== null, 'a place of a shop’s link costs something');
  const now = deps.clock.now();
  return {
    linkId: terms.linkId,
    nonce: wish.nonce,
    state: 'open',
    placeNo,
    merchantId: terms.merchantId,
    orderNo: terms.orderNo === null ? newOrderNo(deps, terms.book) : againOrderNo(terms.orderNo, askedCount),
    amountMinor,
    payerName: share?.name ?? wish.payerName,
    subject: wish.subject,
    askedAt: now,
    dueAt: new Date(now.getTime() + LINK_LOOK_SECONDS_MIN * 1000),
    endedAt: null,
  };
}

/** The order number of a payment that a link makes. */
export function newOrderNo(deps: Pick<PayDeps, 'clock' | 'random'>, book: number): string {
  return `LK-${idLetters(newId('ask', deps, book))}`;
}

/** An order whose payment expired is asked for again under a number of its own: `A-1`, `A-1.2`, `A-1.3`. */
function againOrderNo(orderNo: string, askedCount: number): string {
  return askedCount === 0 ? orderNo : `${orderNo}.${askedCount + 1}`;
}

function namedOf(terms: Terms): ReadonlySet<number> {
  return new Set(terms.shares.filter(({ name }) => name !== null).map(({ placeNo }) => placeNo));
}
