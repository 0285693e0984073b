import type { Facts } from './context.ts';
import { compileFlag } from './flag.ts';
import type { Plan } from './plan.ts';
import { plansOf } from './plans-of.ts';
import type { DecidedBy, PaymentDecision, PlanDecision, WalletDecision } from './rollouts.ts';
import { type Words, words } from './words.ts';

/** What comes out when a kept decision is made again from what was kept with it. */
export interface Replay {
  wallet: WalletDecision['wallet'];
  /** `not_dealt`: nothing was drawn then (no rollout, or it was stopped, or not known at that moment), so there is nothing to compare. */
  result: 'same' | 'differs' | 'not_dealt' | 'version_missing';
  told: Words;
}

const DEALT: readonly WalletDecision['reason'][] = ['SPLIT', 'TARGETING_MATCH', 'DEFAULT'];

/** The plan of every version that a decision was made by, looked up by `find`. */
export async function findPlans(
  decision: PaymentDecision,
  find: (rolloutId: string, version: number) => Promise<Plan | null>,
): Promise<PlanFinder> {
  const rollouts = decision.wallets.flatMap(plansOf).map(({ rollout }) => rollout);
  const found = await Promise.all(
    rollouts.map(async ({ id, version }) => [`${id} ${version}`, await find(id, version)] as const),
  );
  const plans = new Map(found);
  return (id, version) => plans.get(`${id} ${version}`) ?? null;
}

/** Makes every dealt part of a decision again: the kept facts through the kept version at the kept step. Pure. */
export function replayDecision(decision: PaymentDecision, planOf: PlanFinder): Replay[] {
  return decision.wallets.map((one) => replayWallet(decision, one, planOf));
}

/** Answers the plan of a rollout's version; null where there is none. */
export type PlanFinder = (rolloutId: string, version: number) => Plan | null;

/** Where two rollouts concern a wallet, what went wrong with either is told first. */
function replayWallet({ context }: PaymentDecision, one: WalletDecision, planOf: PlanFinder): Replay {
  const replays = plansOf(one).map((plan) => replayPlan(one.wallet, plan, context, planOf));
  const worst = (['differs', 'version_missing', 'same'] as const).flatMap((result) =>
    replays.filter((replay) => replay.result === result),
  );
  return worst[0] ?? { wallet: one.wallet, result: 'not_dealt', told: words('当时没有抽取', 'nothing was dealt then') };
}

function replayPlan(wallet: WalletDecision['wallet'], one: PlanDecision, context: Facts, planOf: PlanFinder): Replay {
  const { rollout } = one;
  if (!DEALT.includes(one.reason))
    return { wallet, result: 'not_dealt', told: words('当时没有抽取', 'nothing was dealt then') };
  const plan = planOf(rollout.id, rollout.version);
  if (plan === null)
    return {
      wallet,
      result: 'version_missing',
      told: words(`没有第 ${rollout.version} 版`, `version ${rollout.version} of ${rollout.id} is not there`),
    };
  const again = dealAgain(plan, rollout, context);
  if (again.arm === one.arm && again.shown === one.shown)
    return { wallet, result: 'same', told: words('重算结果相同', 'made again, it is the same') };
  return {
    wallet,
    result: 'differs',
    told: words(
      `重算得到 ${again.arm}，当时是 ${one.arm}`,
      `made again, the arm is ${again.arm}; it was ${one.arm} then`,
    ),
  };
}

function dealAgain(plan: Plan, { step, dealtAs }: DecidedBy, facts: Facts) {
  const { money } = plan.atRisk;
  if (money !== null && facts.currency !== money.currency) return { shown: false, arm: 'outside' };
  return compileFlag(plan, step, dealtAs)?.(facts) ?? { shown: false, arm: 'outside' };
}
