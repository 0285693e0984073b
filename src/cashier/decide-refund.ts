import { assert, assertNever } from '../base/assert.ts';
import { AUTOMATIC_REFUNDS_MAX, REFUND_LOST_SECONDS } from '../base/limits.ts';
import type { Outcome, SucceededOutcome } from '../wallets/wallet.ts';
import { addSeconds, nextAskAt } from './ask-schedule.ts';
import { type DecideDeps, refundSurplus } from './decide-outcome.ts';
import { alert, type Effects } from './effects.ts';
import { checkMove, REFUND_MOVES } from './moves.ts';
import type { Attempt, Refund, ReportSource } from './payment.ts';
import { takeLateRefundReport, takeRefundReport } from './report-refund.ts';
import { returnedHolds } from './return-holds.ts';

/**
 * The rule of the refund's door, beside decideOutcome: what the wallet's word does to a refund and its attempt. `refunds` are
 * all of the payment, this one among them.
 */
export function decideRefund(
  deps: DecideDeps,
  attempt: Attempt,
  refund: Refund,
  told: Outcome,
  source: ReportSource,
  refunds: readonly Refund[],
  effects: Effects,
): void {
  if (refund.outcome === 'succeeded' && told.kind === 'succeeded' && isSameMoney(refund, told))
    return takeLateRefundReport(deps, attempt, refund, refunds, told, source, effects);
  if (refund.outcome === 'succeeded' || refund.outcome === 'failed')
    return noteContradiction(deps, refund, told, effects);
  refund.asksCount += 1;
  const outcome = checkedOutcome(deps, refund, told, effects);
  checkMove(REFUND_MOVES, refund.outcome, outcome.kind);
  refund.outcome = outcome.kind;
  refund.unknownReason = outcome.kind === 'unknown' ? outcome.reason.slice(0, 200) : null;
  switch (outcome.kind) {
    case 'succeeded':
      finish(deps, attempt, refund);
      refund.walletRefundId = outcome.walletPaymentId;
      attempt.refundedMinor += refund.amountMinor;
      effects.postings.push({ kind: 'refund_finished', refund });
      takeRefundReport(deps, attempt, refund, refunds, outcome, source, effects);
      giveLimitsBack(attempt, refund, refunds, effects);
      effects.events.push({ type: 'refund.succeeded', refund: { ...refund } }); // as it is now: it may be corrected before it is written
      return;
    case 'failed':
      finish(deps, attempt, refund);
      refund.failureReason = outcome.reason;
      refund.failureCode = outcome.walletCode.slice(0, 64);
      refund.failureMessage = outcome.walletMessage.slice(0, 200);
      giveBack(attempt, refund, effects);
      effects.events.push({ type: 'refund.failed', refund });
      return refund.automatic ? tryAgain(deps, attempt, refund, refunds, effects) : undefined;
    case 'pending':
    case 'unknown':
      refund.dueAt = nextAskAt(deps.can(refund.wallet).askRefundAfterSeconds, {
        outcome: refund.outcome,
        asksCount: refund.asksCount,
        startedAt: refund.sentAt ?? refund.createdAt,
        expiresAt: null,
        now: deps.clock.now(),
      });
      return;
    default:
      return assertNever(outcome);
  }
}

/** A refund that gives nothing to the buyer, only to who paid for the offers: there is nothing to ask a wallet for. */
export function endWithoutWallet(
  deps: DecideDeps,
  attempt: Attempt,
  refund: Refund,
  refunds: readonly Refund[],
  effects: Effects,
): void {
  assert(refund.amountMinor === 0n && refund.discountMinor > 0n, 'it is all discount');
  checkMove(REFUND_MOVES, refund.outcome, 'succeeded');
  refund.outcome = 'succeeded';
  refund.finishedAt = deps.clock.now();
  refund.dueAt = null;
  giveLimitsBack(attempt, refund, refunds, effects);
  effects.events.push({ type: 'refund.succeeded', refund });
}

function isSameMoney(refund: Refund, { amount }: SucceededOutcome): boolean {
  return amount.currency === refund.currency && amount.minor === refund.amountMinor;
}

function giveLimitsBack(attempt: Attempt, refund: Refund, refunds: readonly Refund[], effects: Effects): void {
  const returned = returnedHolds(attempt, refund, refunds);
  if (returned !== null) effects.returns.push(returned);
}

function finish(deps: DecideDeps, attempt: Attempt, refund: Refund): void {
  assert(attempt.refundingMinor >= refund.amountMinor, 'what is being refunded was reserved');
  attempt.refundingMinor -= refund.amountMinor;
  refund.finishedAt = deps.clock.now();
  refund.dueAt = null;
}

/** What a failed refund had reserved is free again: the merchant's own money, and what its funders had been given back. */
function giveBack(attempt: Attempt, refund: Refund, effects: Effects): void {
  effects.postings.push({ kind: 'refund_failed', refund, to: refund.automatic ? 'surplus' : 'payable' });
  if (refund.automatic) return;
  const orderMinor = refund.amountMinor + refund.discountMinor;
  assert(attempt.orderBackMinor >= orderMinor, "a refund's share of the order was reserved");
  attempt.orderBackMinor -= orderMinor;
  if (refund.discountMinor > 0n) effects.postings.push({ kind: 'offers_granted_again', refund });
}

/** A success over another sum is held for the operator; "no such refund" is not believed while it may still be on its way. */
function checkedOutcome(deps: DecideDeps, refund: Refund, told: Outcome, effects: Effects): Outcome {
  if (told.kind === 'succeeded') {
    if (isSameMoney(refund, told)) return told;
    const detail = `the wallet refunded ${told.amount.currency} ${told.amount.minor}, we asked ${refund.amountMinor}`;
    effects.alerts.push(alert(deps, refund, 'amount_differs', detail));
    return { kind: 'unknown', reason: 'the wallet names another amount' };
  }
  if (told.kind === 'failed' && told.reason === 'not_found' && refund.sentAt !== null) {
    const isEarly = deps.clock.now() < addSeconds(refund.sentAt, REFUND_LOST_SECONDS);
    if (isEarly) return { kind: 'unknown', reason: 'the wallet does not know the refund yet' };
  }
  return told;
}

/** Surplus money must go back: a void that came too late becomes a refund, a refund that failed is tried anew. */
function tryAgain(
  deps: DecideDeps,
  attempt: Attempt,
  refund: Refund,
  refunds: readonly Refund[],
  effects: Effects,
): void {
  const automaticCount = refunds.filter((other) => other.automatic && other.attemptId === attempt.id).length;
  if (automaticCount < AUTOMATIC_REFUNDS_MAX) return refundSurplus(deps, attempt, 'refund', effects);
  const detail = `${automaticCount} automatic refunds failed, the last one: ${refund.failureCode} ${refund.failureMessage}`;
  effects.alerts.push(alert(deps, attempt, 'automatic_refund_failed', detail));
}

function noteContradiction(deps: DecideDeps, refund: Refund, told: Outcome, effects: Effects): void {
  if (told.kind !== 'succeeded' && told.kind !== 'failed') return;
  if (told.kind === refund.outcome) return;
  effects.alerts.push(
    alert(deps, refund, 'outcome_contradicts', `the refund has ${refund.outcome}, now it ${told.kind}`),
  );
}
