import { isCompared, plansOf } from '../rollout/plans-of.ts';
import type { Metric, Observation, WalletDecision } from '../rollout/rollouts.ts';
import { isFinal } from './moves.ts';
import type { Attempt, Payment, Refund } from './payment.ts';

/** A payment as it was before a decision, or is after it. */
interface Seen {
  payment: Payment;
  attempts: readonly Attempt[];
  refunds: readonly Refund[];
}

/**
 * What a decision changed that rollouts count, found by comparing before and after: so every way into a payment counts alike. A payment's
 * own figures are counted once in its life; those of attempts once for each, failures at one wallet once.
 */
export function observePayment(before: Seen, after: Seen, observations: Observation[]): void {
  const { payment } = after;
  if (payment.decision === null) return;
  // A rollout that began when this payment had been tried already leaves it out: it did not see it begin.
  if (before.payment.decision === null && before.attempts.length === 0) observeDecision(payment, observations);
  if (payment.observed?.includes('decided') !== true) return;
  for (const metric of newMetrics(before, after)) observeOnce(payment, metric, observations);
  for (const [index, attempt] of after.attempts.entries())
    if (!isFailedAgain(before, after, index)) observeAttempt(payment, before.attempts[index], attempt, observations);
}

/** The first answer that a wallet gave to this payment, where that took longer than a rollout's plan allows. */
export function observeSlow(
  payment: Payment,
  tookMs: number,
  slowMs: (rolloutId: string) => number,
  observations: Observation[],
): void {
  if (payment.observed?.includes('begun') !== true) return;
  observeOnce(payment, 'slow', observations, (rolloutId) => tookMs > slowMs(rolloutId));
}

/** Remembered of every payment, also of one that nobody compares: whoever is on an allow list is observed by the wallet's attempts. */
function observeDecision(payment: Payment, observations: Observation[]): void {
  observeOnce(payment, 'decided', observations);
  if (payment.observed?.includes('decided') !== true) payment.observed = [...(payment.observed ?? []), 'decided'];
}

/** Of the payment as a whole, for each rollout that it takes part in. */
function observeOnce(
  payment: Payment,
  metric: Metric,
  observations: Observation[],
  isOf: (rolloutId: string) => boolean = () => true,
): void {
  const { decision } = payment;
  if (decision === null || payment.observed?.includes(metric) === true) return;
  const found = decision.wallets
    .flatMap((wallet) => toObservations(payment, wallet, metric))
    .filter(({ rolloutId }) => isOf(rolloutId));
  if (found.length === 0) return;
  observations.push(...found);
  payment.observed = [...(payment.observed ?? []), metric];
}

function newMetrics(before: Seen, after: Seen): Metric[] {
  const first = after.attempts[0];
  if (first === undefined) return [];
  const metrics: Metric[] = [];
  if (before.attempts.length === 0) metrics.push('begun');
  if (!isOver(before) && isOver(after))
    metrics.push(first.outcome === 'succeeded' ? 'first_succeeded' : 'first_failed');
  if (after.attempts.some(({ outcome }) => outcome === 'unknown')) metrics.push('unknown');
  if (after.attempts.some(({ settled }) => settled === 'surplus')) metrics.push('duplicate');
  if (after.refunds.some(({ outcome, automatic }) => outcome === 'succeeded' && !automatic)) metrics.push('refunded');
  if (after.payment.complaint !== null) metrics.push('complained');
  return metrics;
}

/** Whether the first attempt has ended, be it that the buyer left it and the payment ended without it. */
function isOver({ payment, attempts: [first] }: Seen): boolean {
  return first !== undefined && (isEnd(first) || isFinal(payment.state));
}

/** An attempt through a staged wallet itself. What failed and was paid after all has been counted. */
function observeAttempt(
  payment: Payment,
  before: Attempt | undefined,
  after: Attempt,
  observations: Observation[],
): void {
  if (!isEnd(after) || (before !== undefined && isEnd(before))) return;
  const wallet = payment.decision?.wallets.find((one) => one.wallet === after.wallet);
  if (wallet === undefined) return;
  const metric = after.outcome === 'succeeded' ? 'wallet_succeeded' : 'wallet_failed';
  observations.push(...toObservations(payment, wallet, metric));
}

/** One payment speaks against a wallet once, however often its buyer tries: else twenty tries of one buyer would halt a rollout. */
function isFailedAgain(before: Seen, after: Seen, index: number): boolean {
  const attempt = after.attempts[index];
  if (attempt?.outcome !== 'failed') return false;
  return after.attempts.some(({ wallet, outcome }, at) => {
    const ended = before.attempts[at];
    const isEarlier = at !== index && (at < index || (ended !== undefined && isEnd(ended)));
    return isEarlier && wallet === attempt.wallet && outcome === 'failed';
  });
}

function isEnd({ outcome }: Attempt): boolean {
  return outcome === 'succeeded' || outcome === 'failed';
}

/**
 * For each rollout of a wallet. Only what chance decided is compared: who is on an allow list is not like those who are held back, and whom
 * another rollout keeps from the wallet is left out of both arms alike. What the wallet itself did is seen by all of them.
 */
function toObservations({ id, decision }: Payment, wallet: WalletDecision, metric: Metric): Observation[] {
  const plans = plansOf(wallet);
  const isOfWallet = metric === 'wallet_succeeded' || metric === 'wallet_failed';
  const targetingKey = decision?.targetingKey ?? id;
  return plans.flatMap((plan): Observation[] => {
    const { arm, rollout, entered } = plan;
    if (arm === 'outside' || (!isOfWallet && !isCompared(plan, plans))) return [];
    return [
      {
        rolloutId: rollout.id,
        version: rollout.version,
        step: rollout.step,
        arm,
        metric,
        since: rollout.since ?? 1,
        entered: entered ?? rollout.step,
        payer: targetingKey === id ? null : { targetingKey, paymentId: id },
      },
    ];
  });
}
