import type { WalletName } from '../wallets/wallet.ts';
import type { PlanDecision, WalletDecision } from './rollouts.ts';

/** What each rollout that concerned a wallet said of it: none, one, or both that of every shop and the shop's own. */
export function plansOf(decision: WalletDecision): PlanDecision[] {
  const { wallet: _, also, rollout, ...said } = decision;
  if (rollout === null) return [];
  return also === undefined ? [{ ...said, rollout }] : [{ ...said, rollout }, also];
}

/**
 * One decision made of what each rollout says: a wallet is seen where all of them show it. The first that hides it is told first; where none
 * does, the last, which is the shop's own.
 */
export function decideTogether(wallet: WalletName, plans: readonly PlanDecision[]): WalletDecision {
  const head = mergePlans(plans);
  if (head === null) return { wallet, shown: true, arm: 'outside', reason: 'STATIC', rollout: null };
  const also = plans.find((one) => one !== head);
  const decision = toWalletDecision(wallet, head);
  return also === undefined ? decision : { ...decision, also };
}

/** What the only rollout that concerns a wallet says. Named field by field: this is done for every wallet of every payment. */
export function toWalletDecision(wallet: WalletName, plan: PlanDecision): WalletDecision {
  const { shown, arm, reason, entered, rollout } = plan;
  return entered === undefined
    ? { wallet, shown, arm, reason, rollout }
    : { wallet, shown, arm, reason, entered, rollout };
}

/** What several rollouts come to: the first that hides it, else the last; null without any. */
export function mergePlans(plans: readonly PlanDecision[]): PlanDecision | null {
  return plans.find(({ shown }) => !shown) ?? plans.at(-1) ?? null;
}

/** Whether a rollout compares payments of this decision: chance dealt them, and no other rollout hides the wallet from both arms alike. */
export function isCompared(plan: PlanDecision, plans: readonly PlanDecision[]): boolean {
  return plan.reason === 'SPLIT' && plan.arm !== 'outside' && plans.every((one) => one === plan || one.shown);
}
