import { assertNever } from '../base/assert.ts';
import { type IdDeps, idLetters, newId } from '../base/id.ts';
import { UNDO_CALL_SECONDS_MAX } from '../base/limits.ts';
import type { Outcome, SucceededOutcome, UnknownOutcome, WalletCan, WalletName } from '../wallets/wallet.ts';
import { addSeconds, askTimes, lateAskAt, nextAskAt } from './ask-schedule.ts';
import { releaseHolds, useHolds } from './attempt-holds.ts';
import { alert, type Effects } from './effects.ts';
import {
  ATTEMPT_MOVES,
  type CancellationReason,
  checkMove,
  isFinal,
  PAYMENT_MOVES,
  type PaymentState,
} from './moves.ts';
import type { Attempt, Payment, Refund, ReportSource } from './payment.ts';
import { takeReport } from './take-report.ts';

/** A payment with all its attempts, locked; decisions change it in place and note what else must be written. */
export interface PaymentFolder {
  payment: Payment;
  attempts: Attempt[];
  /** Those of the payment, where they were asked for; always where money of it went back and its wallet may tell of discounts. */
  refunds: readonly Refund[];
}

export interface DecideDeps extends IdDeps {
  can: (wallet: WalletName) => WalletCan;
}

/** Who told us: the synchronous reply, a notification, our own question, or our request to close the order. */
export type OutcomeSource = ReportSource;

/**
 * The rule of the one door: what an outcome of an attempt does to its payment. Pure but for new ids; the caller holds the
 * locks. Final states never change; money that came is never forgotten.
 */
export function decideOutcome(
  deps: DecideDeps,
  folder: PaymentFolder,
  attempt: Attempt,
  outcome: Outcome,
  source: OutcomeSource,
  effects: Effects,
): void {
  if (source === 'poll' || source === 'cancel') attempt.asksCount += 1;
  switch (outcome.kind) {
    case 'succeeded':
      if (attempt.undoRequestedAt !== null && source !== 'cancel' && attempt.outcome !== 'succeeded')
        return heardWhileUndone(deps, folder, attempt, source, effects);
      return attemptSucceeded(deps, folder, attempt, outcome, source, effects);
    case 'failed':
      if (attempt.outcome === 'succeeded') return contradicted(deps, attempt, 'failed', effects);
      if (attempt.outcome === 'failed') return heardAfterFailed(deps, attempt, outcome, source);
      attempt.dueAt = lateAsk(deps, attempt);
      setOutcome(attempt, 'failed');
      attempt.failureReason = outcome.reason;
      attempt.failureCode = outcome.walletCode.slice(0, 64);
      attempt.failureMessage = outcome.walletMessage.slice(0, 200);
      attempt.unknownReason = null;
      attempt.finishedAt = deps.clock.now();
      releaseHolds(attempt, effects.holdsEnds);
      return settlePaymentState(deps, folder, effects);
    case 'pending':
    case 'unknown':
      if (attempt.outcome === 'succeeded') return;
      if (attempt.outcome === 'failed') return heardAfterFailed(deps, attempt, outcome, source);
      setUnsettled(attempt, outcome);
      attempt.dueAt = nextAsk(deps, attempt);
      // A wallet that cannot close an unpaid order has said all it can: give the payment up, keep watching for late money.
      if (
        source === 'cancel' &&
        outcome.kind === 'pending' &&
        attempt.scene !== 'code' &&
        !deps.can(attempt.wallet).closeUnpaid
      )
        return cancelPayment(folder, effects);
      return settlePaymentState(deps, folder, effects);
    default:
      return assertNever(outcome);
  }
}

/**
 * No news of an attempt that has failed: it is asked about a few times more. But one that was undone may have been paid
 * since; then it is to be undone again, and only the wallet's own answer to that ends it.
 */
function heardAfterFailed(deps: DecideDeps, attempt: Attempt, outcome: Outcome, source: OutcomeSource): void {
  const isAnswer = source === 'poll' || source === 'cancel';
  if (attempt.undoRequestedAt !== null && !isAnswer) return;
  const isOwed = attempt.undoRequestedAt !== null && outcome.kind !== 'failed';
  attempt.dueAt = isOwed ? nextAsk(deps, attempt) : lateAsk(deps, attempt);
}

/** Not done yet is unclear where it is the undoing that is not done: the buyer's money may be on its way back. */
function setUnsettled(attempt: Attempt, outcome: Extract<Outcome, { kind: 'pending' | 'unknown' }>): void {
  const told = outcome.kind === 'pending' && attempt.undoRequestedAt !== null ? BEING_UNDONE : outcome;
  setOutcome(attempt, told.kind);
  attempt.unknownReason = told.kind === 'unknown' ? told.reason.slice(0, 200) : null;
}

/** "Paid", said of a charge that we have asked to undo, is only how it stood before. */
const BEING_UNDONE: UnknownOutcome = { kind: 'unknown', reason: 'the charge is being undone' };

/**
 * Most often an old word. Should money have come after the undoing, undoing it once more tells and gives it back, as soon as
 * nobody else may be about to undo it.
 */
function heardWhileUndone(
  deps: DecideDeps,
  folder: PaymentFolder,
  attempt: Attempt,
  source: OutcomeSource,
  effects: Effects,
): void {
  decideOutcome(deps, folder, attempt, BEING_UNDONE, source, effects);
  if (attempt.outcome !== 'failed' || attempt.undoRequestedAt === null) return;
  const now = deps.clock.now();
  const aloneAt = addSeconds(attempt.undoRequestedAt, UNDO_CALL_SECONDS_MAX);
  attempt.dueAt = aloneAt > now ? aloneAt : now;
}

/** Brings the payment's state in line with its attempts, and ends it when it is over and nothing is open. */
export function settlePaymentState(deps: DecideDeps, folder: PaymentFolder, effects: Effects): void {
  const { payment, attempts } = folder;
  if (isFinal(payment.state)) return releaseIdle(folder, effects);
  const open = attempts.filter((attempt) => attempt.outcome === 'pending' || attempt.outcome === 'unknown');
  if (open.length === 0 && isOver(deps, payment)) return cancelPayment(folder, effects);
  if (open.some((attempt) => attempt.outcome === 'unknown')) return setState(payment, 'processing');
  setState(payment, open.length > 0 ? 'requires_action' : 'requires_payment_method');
}

/** Ends the payment unpaid. Open attempts stay watched: what arrives later is surplus and goes back by itself. */
function cancelPayment(folder: PaymentFolder, effects: Effects): void {
  const { payment, attempts } = folder;
  if (isFinal(payment.state)) return;
  const reason: CancellationReason = payment.cancelRequestedAt === null ? 'expired' : 'requested_by_merchant';
  setState(payment, 'canceled');
  payment.cancellationReason = reason;
  payment.dueAt = null;
  releaseIdle(folder, effects);
  effects.events.push({ type: 'payment.canceled', payment: { ...payment }, attempts: attempts.map((a) => ({ ...a })) });
}

/**
 * Once a payment is over, whatever else is paid of it goes back, so what is still open holds nothing; but of what nobody knows the
 * money is at risk until somebody does.
 */
function releaseIdle({ attempts }: PaymentFolder, effects: Effects): void {
  for (const attempt of attempts) if (attempt.outcome === 'pending') releaseHolds(attempt, effects.holdsEnds);
}

function attemptSucceeded(
  deps: DecideDeps,
  folder: PaymentFolder,
  attempt: Attempt,
  outcome: SucceededOutcome,
  source: OutcomeSource,
  effects: Effects,
): void {
  const { payment, attempts } = folder;
  if (attempt.outcome === 'succeeded') {
    if (attempt.walletPaymentId !== outcome.walletPaymentId) contradicted(deps, attempt, 'succeeded again', effects);
    else takeReport(deps, attempt, folder.refunds, outcome, source, effects);
    return;
  }
  if (outcome.amount.currency !== attempt.currency || outcome.amount.minor !== attempt.amountMinor)
    return amountDiffers(deps, folder, attempt, outcome, effects);

  const now = deps.clock.now();
  setOutcome(attempt, 'succeeded');
  attempt.failureReason = attempt.failureCode = attempt.failureMessage = attempt.unknownReason = null;
  attempt.walletPaymentId = outcome.walletPaymentId;
  attempt.walletFacts = outcome.facts;
  attempt.occurredAt = outcome.occurredAt;
  attempt.finishedAt = now;
  attempt.dueAt = null;
  attempt.paidMinor = attempt.amountMinor;

  if (isFinal(payment.state)) return returnSurplus(deps, attempt, outcome, source, effects);
  attempt.settled = 'accepted';
  payment.succeededAttemptId = attempt.id;
  payment.paidAt = now;
  payment.dueAt = null;
  setState(payment, 'succeeded');
  // First, as a later try may have taken over what this one had held.
  releaseIdle(folder, effects);
  useHolds(attempt, effects.holdsEnds);
  effects.postings.push({ kind: 'payment_received', attempt });
  if (attempt.discountMinor > 0n) effects.postings.push({ kind: 'offers_granted', attempt });
  takeReport(deps, attempt, folder.refunds, outcome, source, effects);
  // The other wallets are asked at once: whatever was paid twice goes back while the buyer still looks.
  for (const other of attempts) if (other !== attempt && other.dueAt !== null) other.dueAt = now;
  effects.events.push({
    type: 'payment.succeeded',
    payment: { ...payment },
    attempts: attempts.map((a) => ({ ...a })),
  });
}

/** Money that came after the payment was over, or a second time: it is booked apart and sent back whole. */
function returnSurplus(
  deps: DecideDeps,
  attempt: Attempt,
  outcome: SucceededOutcome,
  source: OutcomeSource,
  effects: Effects,
): void {
  attempt.settled = 'surplus';
  releaseHolds(attempt, effects.holdsEnds);
  effects.postings.push({ kind: 'surplus_received', attempt });
  takeReport(deps, attempt, [], outcome, source, effects);
  effects.alerts.push(
    alert(deps, attempt, 'surplus_money', 'money came twice or after the end; it is being sent back'),
  );
  refundSurplus(deps, attempt, deps.can(attempt.wallet).voidPaid ? 'void' : 'refund', effects);
}

/** Starts one automatic refund of a whole surplus attempt. */
export function refundSurplus(deps: DecideDeps, attempt: Attempt, method: Refund['method'], effects: Effects): void {
  const now = deps.clock.now();
  const id = newId('rf', deps, attempt.book);
  const refund: Refund = {
    ...newRefundState(now),
    book: attempt.book,
    id,
    paymentId: attempt.paymentId,
    attemptId: attempt.id,
    merchantId: attempt.merchantId,
    refundNo: id,
    wallet: attempt.wallet,
    walletAccountId: attempt.walletAccountId,
    currency: attempt.currency,
    amountMinor: attempt.paidMinor,
    discountMinor: 0n,
    shares: null,
    items: null,
    method,
    automatic: true,
    reason: 'surplus',
    orderNo: idLetters(id),
  };
  attempt.refundingMinor += refund.amountMinor;
  effects.refunds.push(refund);
  effects.postings.push({ kind: 'refund_started', refund, from: 'surplus' });
  effects.events.push({ type: 'refund.created', refund });
}

/** The fields that every new refund begins with: due at once, nothing known yet. */
export function newRefundState(
  now: Date,
): Pick<
  Refund,
  | 'orderedAt'
  | 'outcome'
  | 'failureReason'
  | 'failureCode'
  | 'failureMessage'
  | 'unknownReason'
  | 'walletRefundId'
  | 'reported'
  | 'sentAt'
  | 'asksCount'
  | 'createdAt'
  | 'finishedAt'
  | 'dueAt'
> {
  return {
    orderedAt: wholeSecond(now),
    outcome: 'pending',
    failureReason: null,
    failureCode: null,
    failureMessage: null,
    unknownReason: null,
    walletRefundId: null,
    reported: null,
    sentAt: null,
    asksCount: 0,
    createdAt: now,
    finishedAt: null,
    dueAt: now,
  };
}

export function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

/** The wallet says another sum was paid: held as unknown for the operator, never final by itself. */
function amountDiffers(
  deps: DecideDeps,
  folder: PaymentFolder,
  attempt: Attempt,
  outcome: SucceededOutcome,
  effects: Effects,
): void {
  const told = `${outcome.amount.currency} ${outcome.amount.minor}`;
  effects.alerts.push(
    alert(
      deps,
      attempt,
      'amount_differs',
      `the wallet says ${told}, we asked ${attempt.currency} ${attempt.amountMinor}`,
    ),
  );
  // Of one that was undone nobody but the undoing itself gets as far as here.
  if (attempt.outcome === 'failed') return heardAfterFailed(deps, attempt, outcome, 'cancel');
  setOutcome(attempt, 'unknown');
  attempt.unknownReason = 'the wallet names another amount';
  attempt.dueAt = nextAsk(deps, attempt);
  settlePaymentState(deps, folder, effects);
}

function contradicted(deps: DecideDeps, attempt: Attempt, told: string, effects: Effects): void {
  effects.alerts.push(
    alert(deps, attempt, 'outcome_contradicts', `the attempt has succeeded, now the wallet says ${told}`),
  );
}

function isOver(deps: DecideDeps, payment: Payment): boolean {
  return payment.cancelRequestedAt !== null || deps.clock.now() >= payment.expiresAt;
}

function nextAsk(deps: DecideDeps, attempt: Attempt): Date {
  return nextAskAt(askTimes(deps.can(attempt.wallet), attempt.scene), {
    outcome: attempt.outcome,
    asksCount: attempt.asksCount,
    startedAt: attempt.createdAt,
    expiresAt: attempt.expiresAt,
    now: deps.clock.now(),
  });
}

/** What was open at the wallet may have been paid at the last moment: it is asked about a few times more. */
function lateAsk(deps: DecideDeps, attempt: Attempt): Date | null {
  return lateAskAt({ wasOpen: attempt.nextAction !== null, expiresAt: attempt.expiresAt, now: deps.clock.now() });
}

function setOutcome(attempt: Attempt, to: Attempt['outcome']): void {
  checkMove(ATTEMPT_MOVES, attempt.outcome, to);
  attempt.outcome = to;
}

function setState(payment: Payment, to: PaymentState): void {
  checkMove(PAYMENT_MOVES, payment.state, to);
  if (payment.state !== to) payment.version += 1;
  payment.state = to;
}
