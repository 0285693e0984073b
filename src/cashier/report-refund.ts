import type { IdDeps } from '../base/id.ts';
import { WALLET_REPORTS_MAX } from '../base/link-limits.ts';
import type { SucceededOutcome } from '../wallets/wallet.ts';
import { beforeLast, bookRefund, bookReports } from './book-reports.ts';
import { alert, type Effects } from './effects.ts';
import { takenOff } from './offer-accounts.ts';
import type { Attempt, Refund, RefundReport, ReportSource, ToldReport } from './payment.ts';
import { alertFull, correct, isRepeat, keepTold, readReport, toKept } from './take-report.ts';

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
  source: ReportSource,
  effects: Effects,
): void {
  const told = readReport(outcome, refund.currency);
  if (told !== null) refund.reported = unbooked([toKept(told, deps.clock.now(), source)]);
  if (attempt.settled !== 'accepted') return;
  const { report, isMisfit } = bookRefund(attempt, refund, beforeLast(attempt, refund, refunds));
  refund.reported = report;
  if (isMisfit) alertMisfit(deps, refund, effects);
  if (report !== null && report.booked.length > 0)
    effects.postings.push({ kind: 'discounts_taken_back', refund: { ...refund } }); // as it is now: it may change before it is written
}

/**
 * What the wallet tells of a refund that has succeeded already: kept as it came, and where it can be it counts from now on. What it
 * changes of what is booked, also of refunds after it, is posted as a correction; what the wallet gave back stays. Of more reports
 * than there is room for, answers to questions of ours go on to count.
 */
export function takeLateRefundReport(
  deps: IdDeps,
  attempt: Attempt,
  refund: Refund,
  refunds: readonly Refund[],
  outcome: SucceededOutcome,
  source: ReportSource,
  effects: Effects,
): void {
  const told = readReport(outcome, refund.currency);
  const known = refund.reported ?? unbooked([]);
  if (told === null || isRepeat(known, told, refund.amountMinor, source)) return;
  const isFull = known.told.length >= WALLET_REPORTS_MAX;
  const more = isFull ? ({ hadMore: true } as const) : {};
  if (isFull) {
    refund.reported = { ...known, ...more };
    if (known.hadMore !== true) alertFull(deps, refund, effects);
    if (source === 'notification') return;
  }
  const kept = keepTold(known.told, toKept(told, deps.clock.now(), source));
  if (attempt.settled !== 'accepted') {
    refund.reported = { ...unbooked(kept), ...more };
    return;
  }
  const misfitsBefore = bookReports(attempt, refunds).misfitsCount;
  refund.reported = { ...known, ...more, told: kept };
  const isMisfit = bookReports(attempt, refunds).misfitsCount > misfitsBefore;
  if (isFull && isMisfit) {
    refund.reported = { ...known, ...more }; // what counts may stand in the place that it would take
    return;
  }
  correct(deps, attempt, attempt, refunds, effects);
  if (isMisfit) alertMisfit(deps, refund, effects);
}

/** As it was told, before it is known whether it can be. */
function unbooked(told: readonly ToldReport[]): RefundReport {
  const newest = told.at(-1);
  return {
    buyerMinor: newest?.buyerMinor ?? null,
    discounts: newest?.discounts ?? [],
    told,
    counts: told.length === 0 ? null : told.length - 1,
    isComputed: false,
    booked: [],
  };
}

function alertMisfit(deps: IdDeps, refund: Refund, effects: Effects): void {
  const newest = refund.reported?.told.at(-1);
  const offMinor = newest === undefined ? 0n : takenOff(newest, refund.amountMinor);
  const detail = `the wallet tells that this refund took back ${offMinor} of its discounts, which cannot be; it is not booked`;
  effects.alerts.push(alert(deps, refund, 'discount_differs', detail));
}
