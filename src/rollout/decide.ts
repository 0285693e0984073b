import type { Currency } from '../money/money.ts';
import type { HoldLine } from '../ledger/holds.ts';
import type { WalletName } from '../wallets/wallet.ts';
import { type Facts, toFacts } from './context.ts';
import type { FlagAnswer } from './flag.ts';
import type { PaymentDecision, RolloutContext, WalletDecision } from './rollouts.ts';
import { findLive, type Live, type Snapshot } from './snapshot.ts';
import { riskLimits } from './risk-limits.ts';

/** What is remembered, and whether it is too old to be gone by. */
export interface View {
  snapshot: Snapshot;
  isStale: boolean;
}

/** One decision for all wallets of a shop. Pure: the same view and context give the same decision on every node. */
export function decideWallets(
  view: View,
  book: number,
  context: RolloutContext,
  wallets: readonly WalletName[],
  now: Date,
): PaymentDecision {
  const facts = toFacts(context);
  return {
    decidedAt: now.toISOString(),
    targetingKey: String(facts.targetingKey),
    context: facts,
    wallets: wallets.map((wallet) => {
      const live = findLive(view.snapshot, book, context.merchantId, wallet);
      if (live === undefined) return { wallet, shown: true, arm: 'outside', reason: 'STATIC', rollout: null };
      const { shown, arm, reason } = answer(view, live, facts);
      return { wallet, shown, arm, reason, rollout: live.shown };
    }),
  };
}

/** Why nobody sees it, whatever their bucket; else what the flag says. */
export function answer(view: View, live: Live, facts: Facts): FlagAnswer {
  if (view.isStale) return { shown: false, arm: 'outside', reason: 'STALE' };
  if (live.isHidden) return { shown: false, arm: 'outside', reason: 'HALTED' };
  const { money } = live.rollout.plan.atRisk;
  // Money at risk is counted in one currency; another one would be at risk uncounted.
  if (money !== null && facts.currency !== undefined && facts.currency !== money.currency)
    return { shown: false, arm: 'outside', reason: 'DEFAULT' };
  return live.flag?.(facts) ?? { shown: false, arm: 'outside', reason: 'ERROR' };
}

/**
 * A kept decision as it stands now: hidden is what was stopped since, and all that is staged while nothing is known. Arms stay as
 * they are, since they say what the buyer was dealt; nothing becomes shown that was not.
 */
export function recheckWallets(view: View, book: number, decision: PaymentDecision): PaymentDecision {
  const merchantId = String(decision.context.merchant_id);
  const recheck = (one: WalletDecision): WalletDecision => {
    if (!one.shown) return one;
    const live = findLive(view.snapshot, book, merchantId, one.wallet);
    const isHalted = live?.isHidden === true || isHidden(view.snapshot, one);
    if (isHalted) return { ...one, shown: false, reason: 'HALTED' };
    if (view.isStale && one.rollout !== null) return { ...one, shown: false, reason: 'STALE' };
    return one;
  };
  const wallets = decision.wallets.map(recheck);
  return wallets.every((one, at) => one === decision.wallets[at]) ? decision : { ...decision, wallets };
}

function isHidden({ byId }: Snapshot, { rollout }: WalletDecision): boolean {
  return rollout !== null && byId.get(rollout.id)?.isHidden === true;
}

/** What an attempt through a staged wallet holds while it is unresolved; given back however it ends. */
export function riskLinesOf(
  { byId }: Snapshot,
  { rollout }: WalletDecision,
  amount: { currency: Currency; minor: bigint },
): HoldLine[] {
  const live = rollout === null ? undefined : byId.get(rollout.id);
  if (live === undefined) return [];
  const limits = riskLimits({ ...live.rollout, figures: live.figures }, amount.currency);
  return limits.map((limit) => ({
    ...limit,
    amount: limit.unit === 'money' ? amount.minor : 1n,
    onSuccess: 'release',
  }));
}
