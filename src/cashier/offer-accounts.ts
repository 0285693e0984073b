import { assert } from '../base/assert.ts';
import { DISCOUNT_ACCOUNTS_MAX } from '../base/limits.ts';
import type { FunderPart } from '../offers/offers.ts';
import type { ReportedDiscount } from '../wallets/wallet.ts';
import type { Attempt, BookedPart, Refund, ReportedPay } from './payment.ts';

/* Who a discount is booked on. One account is named once: all that it pays of a payment or of a refund is one transfer. */

/** A bank of which a wallet says only that it is one. */
export const UNNAMED_BANK = 'unnamed';

/** What the two sides of a discount know of where they belong. */
type Place = Pick<Attempt | Refund, 'merchantId' | 'wallet' | 'walletAccountId'>;

/** Whoever pays for the offers of ours that this attempt has; the parts sum to its discount. */
export function grantedParts(attempt: Attempt): BookedPart[] {
  const granted = (attempt.offers ?? []).filter((offer) => offer.by === 'hutong');
  return checked(
    attempt.discountMinor,
    granted.flatMap((offer) => offer.parts.map((part) => bookedPart(attempt, part))),
  );
}

/** Whoever gets a part of a refund back, because it paid that part of the discount. */
export function sharedParts(refund: Refund): BookedPart[] {
  const parts = (refund.shares ?? []).flatMap((share) => share.parts.map((part) => bookedPart(refund, part)));
  return checked(refund.discountMinor, parts);
}

/**
 * Whoever pays for what the wallet took off by itself, as it told. What was paid for beforehand the wallet settles, whoever
 * paid for it once; what nobody is named for stands apart and may be below zero. Nothing where the report cannot be.
 */
export function reportedParts(attempt: Attempt): BookedPart[] {
  const { reported } = attempt;
  if (reported === null || !isSound(reported, attempt.paidMinor)) return [];
  return toldParts(attempt, reported.discounts, takenOff(reported, attempt.paidMinor));
}

/** A report's parts, and as many minor units more or less on nobody as it takes to sum to the whole. */
export function toldParts(place: Place, discounts: readonly ReportedDiscount[], wholeMinor: bigint): BookedPart[] {
  const told = sumUp(
    discounts.flatMap((discount) =>
      discount.parts.map((part) => reportedPart(place, discount.prefunded, part.funder, part.owner, part.minor)),
    ),
  );
  // However many funders a wallet names, a transfer's id has room for so many.
  const named = told.slice(0, DISCOUNT_ACCOUNTS_MAX - 1);
  const gapMinor = wholeMinor - named.reduce((sum, part) => sum + part.minor, 0n);
  return sumUp([...named, { kind: 'offer_unexplained', owner: place.walletAccountId, minor: gapMinor }]);
}

/** What the wallet took off altogether: what the buyer paid decides where the wallet says it, else its discounts do. */
export function takenOff(reported: ReportedPay, paidMinor: bigint): bigint {
  if (reported.buyerMinor !== null) return paidMinor - reported.buyerMinor;
  return reported.discounts.reduce((sum, discount) => sum + discount.minor, 0n);
}

/** False for a report that cannot be: it takes off more than was paid, or less than nothing. */
export function isSound(reported: ReportedPay, paidMinor: bigint): boolean {
  const offMinor = takenOff(reported, paidMinor);
  return (
    offMinor >= 0n &&
    offMinor <= paidMinor &&
    reported.discounts.every(({ minor, parts }) => minor >= 0n && parts.every((part) => part.minor >= 0n))
  );
}

/** One account once, in the order in which they are first named; nothing is left out but what is nothing. */
export function sumUp(parts: readonly BookedPart[]): BookedPart[] {
  const sums = new Map<string, BookedPart>();
  for (const part of parts) {
    const name = `${part.kind} ${part.owner}`;
    sums.set(name, { ...part, minor: part.minor + (sums.get(name)?.minor ?? 0n) });
  }
  return [...sums.values()].filter((part) => part.minor !== 0n);
}

/** A wallet's offer is owed by that wallet's account of the shop; another wallet's by whom the offer names. */
function bookedPart(place: Place, { funder, owner, minor }: FunderPart): BookedPart {
  if (funder === 'wallet')
    return { kind: 'offer_wallet', owner: owner === place.wallet ? place.walletAccountId : owner, minor };
  return { kind: `offer_${funder}`, owner, minor };
}

function reportedPart(
  place: Place,
  isPrefunded: boolean,
  funder: ReportedDiscount['parts'][number]['funder'],
  owner: string | null,
  minor: bigint,
): BookedPart {
  if (isPrefunded || funder === 'wallet') return { kind: 'offer_wallet', owner: place.walletAccountId, minor };
  if (funder === 'merchant') return { kind: 'offer_merchant', owner: place.merchantId, minor };
  if (funder === 'bank') return { kind: 'offer_bank', owner: owner ?? UNNAMED_BANK, minor };
  return { kind: 'offer_unexplained', owner: place.walletAccountId, minor };
}

function checked(wholeMinor: bigint, parts: readonly BookedPart[]): BookedPart[] {
  const sums = sumUp(parts);
  assert(
    sums.every((part) => part.minor > 0n) && sums.reduce((sum, part) => sum + part.minor, 0n) === wholeMinor,
    'the parts of a discount sum to it',
  );
  assert(sums.length <= DISCOUNT_ACCOUNTS_MAX, 'a discount has at most DISCOUNT_ACCOUNTS_MAX funders');
  return sums;
}
