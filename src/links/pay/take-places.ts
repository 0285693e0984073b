import { assert } from '../../base/assert.ts';
import { idLetters, newId } from '../../base/id.ts';
import { BATCH_ITEMS_MAX, BATCH_QUEUE_MAX } from '../../base/limits.ts';
import { LINK_LOOK_SECONDS_MIN } from '../../base/link-limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { readPaymentsByOrder } from '../../cashier/linked-payments.ts';
import { type Batch, createBatch } from '../../db/batch.ts';
import type { Tx } from '../../db/connect.ts';
import { paymentOver } from './link-payment.ts';
import type { PayDeps } from './pay-deps.ts';
import { choosePlace, type PlaceWish } from './place.ts';
import { listOrderLinks, listTakenNumbers, lockOrders, type Order } from './order-store.ts';
import { insertPlaces, listPlaces, type StoredPlace } from './place-store.ts';
import { settlePlaces } from './settle-places.ts';
import type { Terms } from './terms.ts';
import { findTerms, lockTerms } from './terms-store.ts';

/** How soon somebody who found every place taken may try again. */
const RETRY_SECONDS = 30;
/** So many numbers of an order are tried that shops or other orders may have. */
const NUMBERS_TRIED = 8;

/** What a buyer wants to pay by a link that has an end of places. */
export interface TakeWish extends PlaceWish {
  linkId: string;
  /** Of a link that asks for an amount; null elsewhere. */
  amountMinor: bigint | null;
  payerName: string | null;
  subject: string;
}

export interface Taken {
  /** Of the link that the place is of: another one than was asked for where both are for one order. */
  terms: Terms;
  place: StoredPlace;
}

/** One transaction for all who come together: orders and links are locked in order, and whoever comes first by then has the place. */
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
  const wanted = [...new Set(wishes.map(({ linkId }) => linkId))];
  const orders = await lockOrdersOf(tx, book, wanted);
  // An order is paid once among all its links: what the others have asked for is locked and looked at as well.
  const ids = [...new Set([...wanted, ...orders.asked.map(({ linkId }) => linkId)])];
  const terms = await lockTerms(tx, book, ids);
  const places = await listPlaces(
    tx,
    book,
    ids,
    wishes.map(({ nonce }) => nonce),
  );
  await settlePlaces(tx, deps, book, terms, places);
  const taken: StoredPlace[] = [];
  const answers = wishes.map((wish): Taken | Refusal => {
    const own = terms.find(({ linkId }) => linkId === wish.linkId);
    assert(own !== undefined && own.placesMax !== null, 'a place is taken of a link that has them');
    const rows = [...places, ...taken].filter((place) => place.linkId === wish.linkId || isOfOrder(place, own));
    const choice = choosePlace(
      { placesMax: own.placesMax, named: namedOf(own), isOneOrder: own.orderNo !== null },
      rows,
      wish,
    );
    switch (choice.kind) {
      case 'same': {
        const place = rows.find((row) => row === choice.row);
        const of = terms.find(({ linkId }) => linkId === place?.linkId);
        assert(place !== undefined && of !== undefined, 'a place that was chosen is one of those there');
        // Another link of the order leads to the same payment, but to no other sum than it says itself.
        if (of.currency !== own.currency || (of !== own && place.amountMinor !== own.amountMinor)) return busy();
        return { terms: of, place };
      }
      case 'paid':
        return new Refusal('link_paid', 'all of this has been paid');
      case 'busy':
        return busy();
      case 'free': {
        if (orders.takenByShop.some((order) => isSame(order, own)))
          return new Refusal('order_no_taken', 'the shop has a payment of its own for this order');
        // One form is one payment, also where that is over: who sends an old page again is shown a new one, and decides.
        if (rows.some((row) => row.linkId === own.linkId && row.nonce === wish.nonce)) return paymentOver();
        const orderNo = freeNumber(deps, own, orders, taken);
        if (orderNo === null)
          return new Refusal('order_no_taken', 'the shop has used the numbers of this order itself');
        const place = toPlace(deps, own, wish, choice.placeNo, orderNo);
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

function busy(): Refusal {
  return new Refusal('link_busy', 'somebody else is paying what is left', { retryAfterSeconds: RETRY_SECONDS });
}

interface LockedOrders {
  /** By which links these orders were asked for, and how often. */
  asked: Awaited<ReturnType<typeof listOrderLinks>>;
  /** Those that the shop has asked to be paid by itself: asked for under another number they would be paid twice. */
  takenByShop: readonly Order[];
  /** Numbers under which these orders might be asked for, and something has been already: an order may be called as another is when it is asked for again. */
  takenNumbers: readonly Order[];
}

/** The orders of these links, locked before the links are: how a link is paid never changes, so that is read without a lock. */
async function lockOrdersOf(tx: Tx, book: number, linkIds: readonly string[]): Promise<LockedOrders> {
  const orders = (await findTerms(tx, book, linkIds)).flatMap(({ merchantId, orderNo }): Order[] =>
    merchantId === null || orderNo === null ? [] : [{ merchantId, orderNo }],
  );
  if (orders.length === 0) return { asked: [], takenByShop: [], takenNumbers: [] };
  await lockOrders(tx, book, orders);
  const asked = await listOrderLinks(tx, book, orders);
  const numbers = orders.flatMap((order) => [order, ...numbersOf(order, asked)]);
  const ofLinks = await listTakenNumbers(tx, book, numbers);
  const payments = await readPaymentsByOrder(tx, book, numbers);
  const isOfLink = (payment: Order & { metadata: Record<string, string> }): boolean =>
    ofLinks.some((number) => isSame(number, payment) && number.linkId === payment.metadata['link']);
  return {
    asked,
    takenByShop: payments.filter((payment) => !isOfLink(payment)),
    takenNumbers: [...ofLinks, ...payments],
  };
}

function isSame(a: Order, b: { merchantId: string | null; orderNo: string | null }): boolean {
  return a.merchantId === b.merchantId && a.orderNo === b.orderNo;
}

function isOfOrder({ merchantId, forOrderNo }: StoredPlace, terms: Terms): boolean {
  return forOrderNo !== null && merchantId === terms.merchantId && forOrderNo === terms.orderNo;
}

function toPlace(deps: PayDeps, terms: Terms, wish: TakeWish, placeNo: number, orderNo: string): StoredPlace {
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
    forOrderNo: terms.orderNo,
    orderNo,
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

/** The number of a place's payment; null where everything that would be tried is taken. */
function freeNumber(
  deps: PayDeps,
  { book, merchantId, orderNo }: Terms,
  { asked, takenNumbers }: LockedOrders,
  taken: readonly StoredPlace[],
): string | null {
  if (merchantId === null || orderNo === null) return newOrderNo(deps, book);
  const used = [...takenNumbers, ...taken];
  const free = numbersOf({ merchantId, orderNo }, asked).find((number) => !used.some((other) => isSame(number, other)));
  return free?.orderNo ?? null;
}

/** An order whose payment expired is asked for again, by this link or another, under a number of its own: `A-1`, `A-1.2`, `A-1.3`. */
function numbersOf({ merchantId, orderNo }: Order, asked: LockedOrders['asked']): Order[] {
  const before = asked
    .filter((order) => isSame(order, { merchantId, orderNo }))
    .reduce((sum, order) => sum + order.asked, 0);
  return Array.from({ length: NUMBERS_TRIED }, (_, at) => ({
    merchantId,
    orderNo: before + at === 0 ? orderNo : `${orderNo}.${before + at + 1}`,
  }));
}

function namedOf(terms: Terms): ReadonlySet<number> {
  return new Set(terms.shares.filter(({ name }) => name !== null).map(({ placeNo }) => placeNo));
}
