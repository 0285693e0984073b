import type { IdDeps } from '../base/id.ts';
import { newId } from '../base/id.ts';
import { WALLET_REPORTS_MAX } from '../base/link-limits.ts';
import type { Currency } from '../money/money.ts';
import type { SucceededOutcome } from '../wallets/wallet.ts';
import { bookReports, differenceOf } from './book-reports.ts';
import { alert, type Effects } from './effects.ts';
import { isSound, reportedParts, takenOff } from './offer-accounts.ts';
import type { Attempt, AttemptReport, Refund, ReportedPay, ReportSource, ToldReport } from './payment.ts';

/**
 * What the wallet tells of discounts of its own with a payment that has succeeded, with it or later: every report is kept as it came, the
 * newest one that can be counts, and what it changes of what is booked is posted as a correction. Refunds that were made stay as they
 * are at the wallet; what each of them gives back to whom is worked out anew. A report that cannot be is for an operator and changes nothing.
 * Of more reports than there is room for, answers to questions of ours go on to count; notifications do not, see `keepTold`.
 */
export function takeReport(
  deps: IdDeps,
  attempt: Attempt,
  refunds: readonly Refund[],
  outcome: SucceededOutcome,
  source: ReportSource,
  effects: Effects,
): void {
  const told = readReport(outcome, attempt.currency);
  if (told === null) return;
  const known = attempt.reported;
  const isNothingOff = told.discounts.length === 0 && told.buyerMinor === attempt.paidMinor;
  // A notification that nothing was taken off may be an old one: only an answer takes back what was told.
  if (isNothingOff && (known === null || source === 'notification')) return;
  if (known !== null && isRepeat(known, told, attempt.paidMinor, source)) return;
  const isFull = known !== null && known.told.length >= WALLET_REPORTS_MAX;
  if (isFull) {
    attempt.reported = { ...known, hadMore: true };
    if (known.hadMore !== true) alertFull(deps, attempt, effects);
    if (source === 'notification') return;
  }
  const all = keepTold(known?.told ?? [], toKept(told, deps.clock.now(), source));
  const next: AttemptReport = { ...told, told: all, counts: all.length - 1, ...(isFull ? { hadMore: true } : {}) };
  const why = whyNot(attempt, refunds, next);
  if (why !== null) {
    if (isFull) return; // what counts may stand in the place that it would take
    attempt.reported = { ...(known ?? NOTHING_COUNTS), told: all }; // what counted before goes on to count
    effects.alerts.push(
      alert(deps, attempt, 'discount_differs', `the wallet tells of discounts that cannot be: ${why}`),
    );
    return;
  }
  if (attempt.settled !== 'accepted') {
    attempt.reported = next; // surplus money goes back whole, and with it what the wallet took off
    return;
  }
  if (known === null && attempt.refundedMinor === 0n) {
    attempt.reported = next;
    if (reportedParts(attempt).length > 0)
      effects.postings.push({ kind: 'discounts_reported', attempt: { ...attempt } }); // as it is now: it may change before it is written
    return;
  }
  correct(deps, attempt, { ...attempt, reported: next }, refunds, effects);
}

/** As long as nothing that was told can be. */
const NOTHING_COUNTS = { buyerMinor: null, discounts: [], counts: null };

/** Takes over what `changed` says of the payment's report, and posts what that changes of payment and refunds. */
export function correct(
  deps: IdDeps,
  attempt: Attempt,
  changed: Attempt,
  refunds: readonly Refund[],
  effects: Effects,
): void {
  const after = bookReports(changed, refunds);
  const parts = differenceOf(attempt, refunds, after);
  attempt.reported = changed.reported;
  for (const { refund, report } of after.refunds) if (!isSameReport(refund.reported, report)) refund.reported = report;
  if (parts.length === 0) return;
  const correctionId = newId('dcr', deps, attempt.book);
  effects.postings.push({ kind: 'discounts_corrected', attempt: { ...attempt }, correctionId, parts });
}

/** Null where a report may count. Nobody can have got back more of it than there was. */
function whyNot(attempt: Attempt, refunds: readonly Refund[], next: AttemptReport): string | null {
  if (!isSound(next, attempt.paidMinor)) return 'more than was paid, or less than nothing';
  if (attempt.settled !== 'accepted' || attempt.refundedMinor === 0n) return null;
  const before = bookReports(attempt, refunds);
  const after = bookReports({ ...attempt, reported: next }, refunds);
  return after.misfitsCount > before.misfitsCount ? 'it contradicts what was told of refunds' : null;
}

/**
 * Every report in a place of its own, and where all are taken the newest in the last one. Then notifications are not taken: which of them are
 * old ones that came late is not known any more, and a wallet may send them without end, while our own questions come to one.
 */
export function keepTold(told: readonly ToldReport[], newest: ToldReport): ToldReport[] {
  return [...told.slice(0, WALLET_REPORTS_MAX - 1), newest];
}

/** Told once for a payment or refund: `hadMore` remembers it. */
export function alertFull(deps: IdDeps, about: { book: number; id: string }, effects: Effects): void {
  const detail = `the wallet has told of discounts in more than ${WALLET_REPORTS_MAX} different ways; from now on only its answers to questions count, and of those the newest is kept`;
  effects.alerts.push(alert(deps, about, 'discount_differs', detail));
}

/** Null where the wallet says nothing of what was taken off. */
export function readReport(outcome: SucceededOutcome, currency: Currency): ReportedPay | null {
  const { discounts = [], buyerPaid } = outcome;
  const buyerMinor = buyerPaid?.currency === currency ? buyerPaid.minor : null;
  return discounts.length === 0 && buyerMinor === null ? null : { buyerMinor, discounts };
}

export function toKept({ buyerMinor, discounts }: ReportedPay, now: Date, source: ReportSource): ToldReport {
  return { buyerMinor, discounts, heardAt: now.toISOString(), source };
}

/**
 * True for what counts already and for what was told last; a notification may come late or again, so it is new only where nothing
 * that was ever told says the same.
 */
export function isRepeat(
  known: Pick<AttemptReport, 'told' | 'counts'>,
  told: ReportedPay,
  wholeMinor: bigint,
  source: ReportSource,
): boolean {
  const last = known.told.length - 1;
  return known.told.some(
    (one, index) =>
      (source === 'notification' || index === last || index === known.counts) && isSame(one, told, wholeMinor),
  );
}

/** The same discounts in whatever order; what the later one leaves out is no difference. */
function isSame(known: ReportedPay, told: ReportedPay, wholeMinor: bigint): boolean {
  if (told.discounts.length === 0) return told.buyerMinor === wholeMinor - takenOff(known, wholeMinor);
  const isBuyerSame = told.buyerMinor === null || takenOff(known, wholeMinor) === takenOff(told, wholeMinor);
  return isBuyerSame && namesOf(known) === namesOf(told);
}

function namesOf({ discounts }: ReportedPay): string {
  const names = discounts.map(({ walletOfferId, minor, prefunded, parts }) =>
    [
      walletOfferId,
      minor,
      prefunded,
      ...parts.map((part) => `${part.funder} ${part.owner ?? ''} ${part.minor}`).sort(),
    ].join('\t'),
  );
  return names.sort().join('\n');
}

/** A row whose report is the same is not written again. */
function isSameReport(before: Refund['reported'], after: Refund['reported']): boolean {
  return toText(before) === toText(after);
}

function toText(report: Refund['reported']): string {
  return JSON.stringify(report, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
