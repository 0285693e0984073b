import { explainDecision } from '../rollout/explain-decision.ts';
import type { Plan } from '../rollout/plan.ts';
import { findPlans, replayDecision } from '../rollout/replay-decision.ts';
import type { DecidedBy, WalletDecision } from '../rollout/rollouts.ts';
import { findAttemptsOf } from './attempt-store.ts';
import type { Cashier } from './cashier.ts';
import { decisionNow } from './payment-decision.ts';
import { readOwnPayment } from './read-payments.ts';

/** Finds the plan of a rollout's version; null where there is none. */
export type PlanOf = (book: number, rolloutId: string, version: number) => Promise<Plan | null>;

/** Why the buyer of a payment sees the wallets that they see: what was decided, how it stands now, and the same made again. @throws Refusal not_found */
export async function tellDecision(
  cashier: Cashier,
  planOf: PlanOf,
  merchantId: string,
  paymentId: string,
): Promise<object> {
  const payment = await readOwnPayment(cashier, merchantId, paymentId);
  const { decision, book } = payment;
  const head = { object: 'decision', payment_id: payment.id };
  if (decision === null) return { ...head, decided_at: null, targeting_key: null, context: {}, wallets: [] };
  const [attempts, plans] = await Promise.all([
    findAttemptsOf(cashier.deps.sql, book, [payment.id]),
    findPlans(decision, (id, version) => planOf(book, id, version)),
  ]);
  const now = decisionNow(cashier.deps, book, decision, attempts, null);
  const replays = replayDecision(decision, plans);
  return {
    ...head,
    decided_at: decision.decidedAt,
    targeting_key: decision.targetingKey,
    context: decision.context,
    wallets: decision.wallets.map((one, index) => ({
      ...showWallet(one),
      shown_now: now.wallets[index]?.shown ?? one.shown,
      reason_now: now.wallets[index]?.reason ?? one.reason,
      replay: { result: replays[index]?.result ?? 'not_dealt', explanation: replays[index]?.told ?? null },
    })),
  };
}

function showWallet(one: WalletDecision) {
  const { wallet, shown, arm, reason, rollout, also } = one;
  return {
    wallet,
    shown,
    arm,
    reason,
    rollout: rollout === null ? null : showDecidedBy(rollout),
    also:
      also === undefined
        ? null
        : { shown: also.shown, arm: also.arm, reason: also.reason, rollout: showDecidedBy(also.rollout) },
    explanation: explainDecision(one),
  };
}

function showDecidedBy({ id, version, step, sharePpm }: DecidedBy) {
  return { id, version, step: step + 1, share_ppm: sharePpm };
}
