import type { IdDeps } from '../base/id.ts';
import { money, splitMoney } from '../money/money.ts';
import type { ReportedDiscount, SucceededOutcome } from '../wallets/wallet.ts';
import { alert, type Effects } from './decide-outcome.ts';
import { isSound, reportedParts, sumUp, takenOff, toldParts } from './offer-accounts.ts';
import type { Attempt, BookedPart, Refund, RefundReport, ReportedPay } from './payment.ts';
import { buyerBack, REFUND_RULES } from './refund-rules.ts';
import { readReport } from './take-report.ts';

/**
 * What a wallet took back of its own discounts when a refund succeeded: as it tells, else by its rule. What is booked of all refunds
 * of a payment sums to what was booked of the payment, to each funder: the last refund takes what remains. Of surplus money, which
 * goes back whole, nothing was booked. The refund is among `refunds`, and counted as refunded in its attempt.
 */
export function takeRefundReport(
  deps: IdDeps,
  attempt: Attempt,
  refund: Refund,
  refunds: readonly Refund[],
  outcome: SucceededOutcome,
  effects: Effects,
): void {
  const told = readReport(outcome, refund.currency, refund.amountMinor);
  if (attempt.settled !== 'accepted') {
    if (told !== null) refund.reported = { ...told, isComputed: false, booked: [] };
    return;
  }
  const whole = reportedParts(attempt);
  if (whole.length === 0 && told === null) return;
  const left = whole.length === 0 ? [] : leftOfReport(attempt, refund, refunds, whole);
  const leftMinor = sumOf(left);
  const isLast = attempt.refundedMinor === attempt.paidMinor;
  const usable = told !== null && isSound(told, refund.amountMinor) ? told : null;
  const offMinor =
    usable === null ? computedOff(attempt, refund, sumOf(whole), leftMinor) : takenOff(usable, refund.amountMinor);
  const canBe = told === usable && offMinor <= leftMinor && (!isLast || offMinor === leftMinor);
  refund.reported = {
    ...(told ?? { buyerMinor: refund.amountMinor - offMinor, discounts: [] }),
    isComputed: usable === null,
    booked: isLast ? left : bookedNow(attempt, usable, left, offMinor > leftMinor ? leftMinor : offMinor),
  };
  if (!canBe) {
    const detail = `the wallet took back ${offMinor} of its discounts, there were ${leftMinor} left`;
    effects.alerts.push(alert(deps, refund, 'discount_differs', detail));
  }
  if (refund.reported.booked.length > 0) effects.postings.push({ kind: 'discounts_taken_back', refund });
}

/** Of each funder, what no earlier refund has taken back. */
function leftOfReport(
  attempt: Attempt,
  refund: Refund,
  refunds: readonly Refund[],
  whole: readonly BookedPart[],
): BookedPart[] {
  const back = refunds
    .filter((other) => other.attemptId === attempt.id && other.id !== refund.id && other.outcome === 'succeeded')
    .flatMap((other) => other.reported?.booked ?? []);
  return sumUp([...whole, ...back.map((part) => ({ ...part, minor: -part.minor }))]);
}

/** By the wallet's rule, from what the buyer paid and what earlier refunds gave back. */
function computedOff(attempt: Attempt, refund: Refund, wholeMinor: bigint, leftMinor: bigint): bigint {
  const backMinor = attempt.refundedMinor - refund.amountMinor;
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
