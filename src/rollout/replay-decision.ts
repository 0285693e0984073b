import type { Facts } from './context.ts';
import { compileFlag } from './flag.ts';
import type { Plan } from './plan.ts';
import type { PaymentDecision, WalletDecision } from './rollouts.ts';
import { type Words, words } from './words.ts';

/** What comes out when a kept decision is made again from what was kept with it. */
export interface Replay {
  wallet: WalletDecision['wallet'];
  /** `not_dealt`: nothing was drawn then (no rollout, or it was stopped, or not known at that moment), so there is nothing to compare. */
  result: 'same' | 'differs' | 'not_dealt' | 'version_missing';
  told: Words;
}

const DEALT: readonly WalletDecision['reason'][] = ['SPLIT', 'TARGETING_MATCH', 'DEFAULT'];

/** Makes every dealt part of a decision again: the kept facts through the kept version at the kept step. Pure. */
export function replayDecision(
  decision: PaymentDecision,
  planOf: (rolloutId: string, version: number) => Plan | null,
): Replay[] {
  return decision.wallets.map((one) => replayOne(decision, one, planOf));
}

function replayOne(
  { context }: PaymentDecision,
  one: WalletDecision,
  planOf: (rolloutId: string, version: number) => Plan | null,
): Replay {
  const { wallet, rollout } = one;
  if (rollout === null || !DEALT.includes(one.reason))
    return { wallet, result: 'not_dealt', told: words('当时没有抽取', 'nothing was dealt then') };
  const plan = planOf(rollout.id, rollout.version);
  if (plan === null)
    return {
      wallet,
      result: 'version_missing',
      told: words(`没有第 ${rollout.version} 版`, `version ${rollout.version} of ${rollout.id} is not there`),
    };
  const again = dealAgain(plan, rollout.step, context);
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

function dealAgain(plan: Plan, step: number, facts: Facts) {
  const { money } = plan.atRisk;
  if (money !== null && facts.currency !== money.currency) return { shown: false, arm: 'outside' };
  return compileFlag(plan, step)?.(facts) ?? { shown: false, arm: 'outside' };
}
