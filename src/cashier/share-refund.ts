import { assert } from '../base/assert.ts';
import { money, splitMoney } from '../money/money.ts';
import type { Attempt, OfferShare, Refund, RefundItem } from './payment.ts';

/*
 * A refund is asked for in the order's money. Part of that came from the buyer and part from whoever paid for the offers, and each
 * gets back its own. Everything is worked out from what is left, so that rounding cannot add up: the parts of a refund sum to it,
 * and the last refund takes whatever remains.
 */

/** What is left of an order's money: `buyerMinor` and the offers sum to it. */
export interface OrderLeft {
  buyerMinor: bigint;
  offers: readonly OfferShare[];
}

/** What goes back of it: `buyerMinor` through the wallet, the shares to who paid for offers. */
export interface RefundShares {
  buyerMinor: bigint;
  discountMinor: bigint;
  shares: OfferShare[];
}

/** Pieces of a line that go back, with how many of it are left. */
export interface WantedItem extends RefundItem {
  leftQuantity: number;
}

/** What no refund has taken, of those that have not failed. Refunds are the attempt's own. */
export function leftOf(attempt: Attempt, refunds: readonly Refund[]): OrderLeft {
  const taken = refunds.filter((refund) => refund.outcome !== 'failed' && !refund.automatic);
  return {
    buyerMinor: attempt.paidMinor - attempt.refundingMinor - attempt.refundedMinor,
    offers: grantedShares(attempt).map((offer) =>
      taken
        .flatMap((refund) => refund.shares ?? [])
        .filter((share) => share.offerId === offer.offerId)
        .reduce(without, offer),
    ),
  };
}

export function sumOfLeft(left: OrderLeft): bigint {
  return left.buyerMinor + sumOf(left.offers);
}

/** The buyer's part rounded by what is left, halves up; the rest is shared among the offers in the same proportion. */
export function shareRefund(left: OrderLeft, wantedMinor: bigint): RefundShares {
  const taken = spread(
    left.buyerMinor,
    left.offers.map((offer) => offer.minor),
    wantedMinor,
  );
  const shares = left.offers.map((offer, index) => takeAmount(offer, taken.offersMinor[index] ?? 0n));
  return toShares(taken.buyerMinor, shares);
}

/**
 * The same for lines of the order: what an offer took off a line goes back with that line, and the order's own discounts are spread
 * over what remains of the lines. Where earlier refunds by amount have left less than that, it is shared like one of them.
 */
export function shareItems(left: OrderLeft, wanted: readonly WantedItem[]): RefundShares {
  const wantedMinor = wanted.reduce((sum, item) => sum + item.minor, 0n);
  const ofItems = left.offers.map((offer) => itemsOf(offer, wanted));
  const restMinor = wantedMinor - ofItems.reduce((sum, items) => sum + sumOf(items), 0n);
  const ofOrder = left.offers.map((offer) => offer.minor - sumOf(offer.items));
  const restLeftMinor = left.buyerMinor + ofOrder.reduce((sum, minor) => sum + minor, 0n);
  if (restMinor < 0n || restMinor > restLeftMinor) return shareRefund(left, wantedMinor);
  const taken = spread(left.buyerMinor, ofOrder, restMinor);
  const shares = left.offers.map((offer, index) => {
    const items = ofItems[index] ?? [];
    return take(offer, (taken.offersMinor[index] ?? 0n) + sumOf(items), items);
  });
  return toShares(taken.buyerMinor, shares);
}

/** What so many pieces cost of so many that are left; the last takes what remains. */
export function ofPieces(leftMinor: bigint, quantity: number, leftQuantity: number): bigint {
  assert(quantity > 0 && quantity <= leftQuantity, 'some of the pieces that are left');
  return roundedPart(leftMinor, BigInt(quantity), BigInt(leftQuantity));
}

/** All of one campaign is one share, however many of its vouchers were used. */
function grantedShares(attempt: Attempt): OfferShare[] {
  const shares = new Map<string, OfferShare>();
  for (const { by, offerId, minor, items, parts } of attempt.offers ?? []) {
    if (by !== 'hutong' || minor === 0n) continue;
    const known = shares.get(offerId) ?? { offerId, minor: 0n, items: [], parts: [] };
    shares.set(offerId, {
      offerId,
      minor: known.minor + minor,
      items: merged(known.items, items, (item) => item.id),
      parts: merged(known.parts, parts, (part) => `${part.funder} ${part.owner}`),
    });
  }
  return [...shares.values()];
}

function merged<T extends { minor: bigint }>(a: readonly T[], b: readonly T[], nameOf: (one: T) => string): T[] {
  const sums = new Map<string, T>();
  for (const one of [...a, ...b])
    sums.set(nameOf(one), { ...one, minor: one.minor + (sums.get(nameOf(one))?.minor ?? 0n) });
  return [...sums.values()];
}

function without(offer: OfferShare, share: OfferShare): OfferShare {
  const itemMinor = (id: string): bigint => share.items.find((item) => item.id === id)?.minor ?? 0n;
  const partMinor = ({ funder, owner }: OfferShare['parts'][number]): bigint =>
    share.parts.find((part) => part.funder === funder && part.owner === owner)?.minor ?? 0n;
  return {
    offerId: offer.offerId,
    minor: offer.minor - share.minor,
    items: offer.items.map((item) => ({ ...item, minor: item.minor - itemMinor(item.id) })),
    parts: offer.parts.map((part) => ({ ...part, minor: part.minor - partMinor(part) })),
  };
}

/** What an offer took off these lines, of each in proportion to its pieces. */
function itemsOf(offer: OfferShare, wanted: readonly WantedItem[]): { id: string; minor: bigint }[] {
  return wanted.flatMap(({ id, quantity, leftQuantity }) => {
    const item = offer.items.find((candidate) => candidate.id === id);
    return item === undefined ? [] : [{ id, minor: ofPieces(item.minor, quantity, leftQuantity) }];
  });
}

/** An amount of an offer, of its lines and its funders in proportion to what is left of them. */
function takeAmount(offer: OfferShare, minor: bigint): OfferShare {
  const orderMinor = offer.minor - sumOf(offer.items);
  const ofItems = split(minor, [orderMinor, ...offer.items.map((item) => item.minor)]).slice(1);
  return take(
    offer,
    minor,
    offer.items.map((item, index) => ({ id: item.id, minor: ofItems[index] ?? 0n })),
  );
}

function take(offer: OfferShare, minor: bigint, items: readonly { id: string; minor: bigint }[]): OfferShare {
  const ofParts = split(
    minor,
    offer.parts.map((part) => part.minor),
  );
  const parts = offer.parts.map((part, index) => ({ ...part, minor: ofParts[index] ?? 0n }));
  return {
    offerId: offer.offerId,
    minor,
    items: items.filter((item) => item.minor > 0n),
    parts: parts.filter((part) => part.minor > 0n),
  };
}

/** How much of each goes back when so much of their sum does. */
function spread(
  buyerLeftMinor: bigint,
  offersLeftMinor: readonly bigint[],
  wantedMinor: bigint,
): { buyerMinor: bigint; offersMinor: bigint[] } {
  const leftMinor = offersLeftMinor.reduce((sum, minor) => sum + minor, buyerLeftMinor);
  assert(wantedMinor >= 0n && wantedMinor <= leftMinor, 'no more goes back than is left');
  if (leftMinor === 0n) return { buyerMinor: 0n, offersMinor: offersLeftMinor.map(() => 0n) };
  const buyerMinor = roundedPart(buyerLeftMinor, wantedMinor, leftMinor);
  return { buyerMinor, offersMinor: split(wantedMinor - buyerMinor, offersLeftMinor) };
}

/** No part of what is left is exceeded: an exact part is never rounded up past a whole. */
function split(minor: bigint, weights: readonly bigint[]): bigint[] {
  if (minor === 0n) return weights.map(() => 0n);
  return splitMoney(money('CNY', minor), weights).map((part) => part.minor); // the rule is the same in every currency
}

/** `whole × part / of`, halves up. */
function roundedPart(whole: bigint, part: bigint, of: bigint): bigint {
  return (2n * whole * part + of) / (2n * of);
}

function toShares(buyerMinor: bigint, shares: readonly OfferShare[]): RefundShares {
  return { buyerMinor, discountMinor: sumOf(shares), shares: shares.filter((share) => share.minor > 0n) };
}

function sumOf(parts: readonly { minor: bigint }[]): bigint {
  return parts.reduce((sum, part) => sum + part.minor, 0n);
}
