import { explainDecision } from '../rollout/explain-decision.ts';
import type { Plan } from '../rollout/plan.ts';
import { replayDecision } from '../rollout/replay-decision.ts';
import type { PaymentDecision, WalletDecision } from '../rollout/rollouts.ts';
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
    findPlans(planOf, book, decision),
  ]);
  const now = decisionNow(cashier.deps, book, decision, attempts);
  const replays = replayDecision(decision, (id, version) => plans.get(`${id} ${version}`) ?? null);
  return {
    ...head,
    decided_at: decision.decidedAt,
    targeting_key: decision.targetingKey,
    context: decision.context,
    wallets: decision.wallets.map((one, index) => ({
      ...showWallet(one),
      shown_now: now.wallets[index]?.shown ?? one.shown,
      replay: { result: replays[index]?.result ?? 'not_dealt', explanation: replays[index]?.told ?? null },
    })),
  };
}

function showWallet(one: WalletDecision) {
  const { wallet, shown, arm, reason, rollout } = one;
  return {
    wallet,
    shown,
    arm,
    reason,
    rollout:
      rollout === null
        ? null
        : { id: rollout.id, version: rollout.version, step: rollout.step + 1, share_ppm: rollout.sharePpm },
    explanation: explainDecision(one),
  };
}

async function findPlans(
  planOf: PlanOf,
  book: number,
  { wallets }: PaymentDecision,
): Promise<Map<string, Plan | null>> {
  const rollouts = wallets.flatMap(({ rollout }) => (rollout === null ? [] : [rollout]));
  const found = await Promise.all(
    rollouts.map(
      async ({ id, version }): Promise<[string, Plan | null]> => [`${id} ${version}`, await planOf(book, id, version)],
    ),
  );
  return new Map(found);
}
