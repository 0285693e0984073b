import { assert } from '../base/assert.ts';
import { money, splitMoney } from '../money/money.ts';
import type { ReportedDiscount } from '../wallets/wallet.ts';
import { isSound, reportedParts, sumUp, takenOff, toldParts } from './offer-accounts.ts';
import type { Attempt, BookedPart, Refund, RefundReport, ReportedPay } from './payment.ts';
import { buyerBack, REFUND_RULES } from './refund-rules.ts';

/*
 * What is to be booked of the discounts that a wallet gives by itself, of a payment and of its refunds. It follows from what the wallet told
 * and from nothing else, so it can be worked out anew whenever the wallet tells something else.
 */

/** What was taken off a payment, who pays for it, and what each refund that succeeded gives back of it, in their order. */
export interface BookedReports {
  whole: readonly BookedPart[];
  refunds: readonly BookedRefund[];
  /** Refunds of which the newest report cannot be. */
  misfitsCount: number;
}

export interface BookedRefund {
  refund: Refund;
  /** Null where there was nothing to take back, and nothing was told. */
  report: RefundReport | null;
  /** True when the newest report of it cannot be: an older one counts, or the wallet's rule. */
  isMisfit: boolean;
}

/** Of an accepted attempt, from the first refund to the last. `refunds` are all of the payment. */
export function bookReports(attempt: Attempt, refunds: readonly Refund[]): BookedReports {
  const whole = reportedParts(attempt);
  const booked: BookedRefund[] = [];
  let left: readonly BookedPart[] = whole;
  let backMinor = 0n;
  for (const refund of doneRefunds(attempt, refunds)) {
    const one = bookRefund(attempt, refund, { whole, left, backMinor });
    booked.push(one);
    left = sumUp([...left, ...negative(one.report?.booked ?? [])]);
    backMinor += refund.amountMinor;
  }
  assert(backMinor === attempt.refundedMinor, 'every refund that succeeded is among them');
  return { whole, refunds: booked, misfitsCount: booked.filter(({ isMisfit }) => isMisfit).length };
}

/** What of the booked sums changes, of each funder, for these books to stand in place of what is booked: given is above zero. */
export function differenceOf(attempt: Attempt, refunds: readonly Refund[], after: BookedReports): BookedPart[] {
  const before = sumUp([...reportedParts(attempt), ...negative(bookedBack(doneRefunds(attempt, refunds)))]);
  const now = sumUp([...after.whole, ...negative(after.refunds.flatMap(({ report }) => report?.booked ?? []))]);
  return sumUp([...now, ...negative(before)]);
}

/** What a refund is worked out from: what was taken off, what no refund before it has given back, and how much those were. */
export interface BeforeRefund {
  whole: readonly BookedPart[];
  left: readonly BookedPart[];
  backMinor: bigint;
}

/** Of a refund that comes after all others, as they are booked. The refund is among `refunds`, and counted as refunded in its attempt. */
export function beforeLast(attempt: Attempt, refund: Refund, refunds: readonly Refund[]): BeforeRefund {
  const whole = reportedParts(attempt);
  const others = doneRefunds(attempt, refunds).filter((other) => other.id !== refund.id);
  const left = sumUp([...whole, ...negative(bookedBack(others))]);
  return { whole, left, backMinor: attempt.refundedMinor - refund.amountMinor };
}

/**
 * One refund: as the newest report says that can be, else by the wallet's rule. What is left afterwards can still go back with the money
 * that is left, and the last refund takes all of it; so over all refunds each funder gets back exactly what it gave.
 */
export function bookRefund(attempt: Attempt, refund: Refund, before: BeforeRefund): BookedRefund {
  const told = refund.reported?.told ?? [];
  const leftMinor = sumOf(before.left);
  const afterMinor = attempt.paidMinor - before.backMinor - refund.amountMinor;
  const leastMinor = leftMinor > afterMinor ? leftMinor - afterMinor : 0n;
  const counts = told.findLastIndex((one) => {
    const offMinor = takenOff(one, refund.amountMinor);
    return isSound(one, refund.amountMinor) && offMinor >= leastMinor && offMinor <= leftMinor;
  });
  const isMisfit = counts < told.length - 1;
  const used = told[counts] ?? null;
  if (used === null && told.length === 0 && before.whole.length === 0) return { refund, report: null, isMisfit };
  const offMinor = used === null ? computedOff(attempt, refund, before, leftMinor) : takenOff(used, refund.amountMinor);
  const report: RefundReport = {
    buyerMinor: used === null ? refund.amountMinor - offMinor : used.buyerMinor,
    discounts: used?.discounts ?? [],
    told,
    counts: used === null ? null : counts,
    ...(refund.reported?.hadMore === true ? { hadMore: true } : {}),
    isComputed: used === null,
    booked: afterMinor === 0n ? before.left : bookedNow(attempt, used, before.left, offMinor),
  };
  return { refund, report, isMisfit };
}

/** Refunds of this attempt whose money went back through the wallet, in the order in which it did. */
function doneRefunds(attempt: Attempt, refunds: readonly Refund[]): Refund[] {
  return refunds
    .filter((one) => one.attemptId === attempt.id && one.outcome === 'succeeded' && one.amountMinor > 0n)
    .sort((a, b) => (a.finishedAt?.getTime() ?? 0) - (b.finishedAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1));
}

/** By the wallet's rule, from what the buyer paid and what earlier refunds gave back. */
function computedOff(attempt: Attempt, refund: Refund, { whole, backMinor }: BeforeRefund, leftMinor: bigint): bigint {
  const wholeMinor = sumOf(whole);
  const order = {
    paidMinor: attempt.paidMinor,
    buyerMinor: attempt.paidMinor - wholeMinor,
    backMinor,
    buyerBackMinor: backMinor - (wholeMinor - leftMinor),
  };
  return refund.amountMinor - buyerBack(REFUND_RULES[attempt.wallet], order, refund.amountMinor);
}

/** The wallet's own parts as they are, as long as no funder gets back more than it gave; else in proportion to what is left. */
function bookedNow(
  attempt: Attempt,
  told: ReportedPay | null,
  left: readonly BookedPart[],
  offMinor: bigint,
): RefundReport['booked'] {
  if (offMinor <= 0n) return [];
  const named = told === null ? null : namedParts(attempt, told.discounts, offMinor);
  const fits = named?.every((part) => part.kind === 'offer_unexplained' || part.minor <= minorOf(left, part)) ?? false;
  return named !== null && fits ? named : inProportion(left, offMinor);
}

/**
 * What is told of each discount: its parts, or where only its number is told (WeChat Pay) a share of whoever paid for it. Null
 * where nothing is told, or of a discount that the payment did not have.
 */
function namedParts(attempt: Attempt, discounts: readonly ReportedDiscount[], offMinor: bigint): BookedPart[] | null {
  if (discounts.length === 0) return null;
  const parts: BookedPart[] = [];
  for (const discount of discounts) {
    if (discount.minor === 0n) continue;
    if (discount.parts.length > 0) {
      parts.push(...toldParts(attempt, [discount], discount.minor));
      continue;
    }
    const paidFor = attempt.reported?.discounts.find(({ walletOfferId }) => walletOfferId === discount.walletOfferId);
    const given = paidFor === undefined ? [] : toldParts(attempt, [paidFor], paidFor.minor);
    if (sumOf(given) < discount.minor) return null;
    parts.push(...inProportion(given, discount.minor));
  }
  const gapMinor = offMinor - sumOf(parts);
  return sumUp([...parts, { kind: 'offer_unexplained', owner: attempt.walletAccountId, minor: gapMinor }]);
}

/** Parts below zero (more was told than taken off) shrink in the same proportion; the greatest part takes the remainder. */
function inProportion(left: readonly BookedPart[], offMinor: bigint): BookedPart[] {
  const leftMinor = sumOf(left);
  if (left.every((part) => part.minor >= 0n)) {
    const weights = left.map((part) => part.minor);
    const minors = splitMoney(money('CNY', offMinor), weights); // the rule is the same in every currency
    return sumUp(left.map((part, index) => ({ ...part, minor: minors[index]?.minor ?? 0n })));
  }
  const parts = left.map((part) => ({ ...part, minor: (part.minor * offMinor) / leftMinor }));
  const greatest = parts.reduce((most, part) => (part.minor > most.minor ? part : most));
  greatest.minor += offMinor - sumOf(parts);
  return sumUp(parts);
}

function minorOf(parts: readonly BookedPart[], { kind, owner }: BookedPart): bigint {
  return parts.find((part) => part.kind === kind && part.owner === owner)?.minor ?? 0n;
}

function sumOf(parts: readonly BookedPart[]): bigint {
  return parts.reduce((sum, part) => sum + part.minor, 0n);
}

function bookedBack(refunds: readonly Refund[]): BookedPart[] {
  return refunds.flatMap((refund) => refund.reported?.booked ?? []);
}

function negative(parts: readonly BookedPart[]): BookedPart[] {
  return parts.map((part) => ({ ...part, minor: -part.minor }));
}
