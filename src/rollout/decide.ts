import { assert } from '../base/assert.ts';
import { ROLLOUT_LINES_MAX } from '../base/link-limits.ts';
import type { Currency } from '../money/money.ts';
import type { HoldLine } from '../ledger/holds.ts';
import type { WalletName } from '../wallets/wallet.ts';
import { type Facts, toFacts } from './context.ts';
import type { FlagAnswer } from './flag.ts';
import { decideTogether, plansOf, toWalletDecision } from './plans-of.ts';
import { riskLimits } from './risk-limits.ts';
import { lacksRoom, type Room } from './room.ts';
import type { PaymentDecision, PlanDecision, RolloutContext, WalletDecision } from './rollouts.ts';
import { findLives, type Live, livesAt, type Snapshot } from './snapshot.ts';

/** What is remembered, and whether it is too old to be gone by. */
export interface View {
  snapshot: Snapshot;
  isStale: boolean;
  /** What was left to put at risk a moment ago; empty where that is not known. */
  room: Room;
}

/** One decision for all wallets of a shop. Pure: the same view and context give the same decision on every node. */
export function decideWallets(
  view: View,
  book: number,
  context: RolloutContext,
  wallets: readonly WalletName[],
  chosen: WalletName | null,
  now: Date,
): PaymentDecision {
  const facts = toFacts(context);
  const livesOf = livesAt(view.snapshot, book, context.merchantId);
  return {
    decidedAt: now.toISOString(),
    targetingKey: String(facts.targetingKey),
    context: facts,
    wallets: wallets.map((wallet): WalletDecision => {
      const { common, own } = livesOf(wallet);
      const first = common ?? own;
      if (first === undefined) return { wallet, shown: true, arm: 'outside', reason: 'STATIC', rollout: null };
      const said = ask(view, first, facts, wallet === chosen);
      if (own === undefined || own === first) return toWalletDecision(wallet, said);
      return decideTogether(wallet, [said, ask(view, own, facts, wallet === chosen)]);
    }),
  };
}

function ask(view: View, live: Live, facts: Facts, isChosen: boolean): PlanDecision {
  const { shown, arm, reason, entered } = answer(view, live, facts, isChosen);
  const rollout = live.shown;
  return entered === undefined ? { shown, arm, reason, rollout } : { shown, arm, reason, entered, rollout };
}

/** Why nobody sees it, whatever their bucket; else what the flag says. Of the wallet that was chosen the ledger tells whether there is room. */
export function answer(view: View, live: Live, facts: Facts, isChosen: boolean): FlagAnswer {
  if (view.isStale) return { shown: false, arm: 'outside', reason: 'STALE' };
  if (live.isHidden) return { shown: false, arm: 'outside', reason: 'HALTED' };
  const { money } = live.rollout.plan.atRisk;
  // Money at risk is counted in one currency; another one would be at risk uncounted.
  if (money !== null && facts.currency !== undefined && facts.currency !== money.currency)
    return { shown: false, arm: 'outside', reason: 'DEFAULT' };
  const said = live.flag?.(facts) ?? { shown: false, arm: 'outside', reason: 'ERROR' };
  // Of both arms alike: else those who are held back would be compared with fewer than should see it.
  if (said.arm !== 'outside' && !isChosen && lacksRoom(view.room, live, facts))
    return { shown: false, arm: 'outside', reason: 'HELD' };
  return said;
}

/**
 * A kept decision as it stands now: hidden is what was stopped since, all that is staged while nothing is known, and for as long as it
 * lasts what has no room left. Arms stay as they are, since they say what the buyer was dealt; nothing becomes shown that was not.
 */
export function recheckWallets(
  view: View,
  book: number,
  decision: PaymentDecision,
  chosen: WalletName | null,
): PaymentDecision {
  const merchantId = String(decision.context.merchant_id);
  const wallets = decision.wallets.map((one) => {
    if (!one.shown) return one;
    const plans = plansOf(one);
    const lives = findLives(view.snapshot, book, merchantId, one.wallet);
    const halted = lives.find(({ isHidden }) => isHidden);
    const known = (id: string): Live | undefined => view.snapshot.byId.get(id);
    const stopped = plans.find(({ rollout }) => known(rollout.id)?.isHidden === true);
    if (stopped !== undefined) return hide(one, stopped, 'HALTED');
    // It began after this was decided, and was stopped.
    if (halted !== undefined) return hide(one, { arm: 'outside', rollout: halted.shown }, 'HALTED');
    if (view.isStale && plans[0] !== undefined) return hide(one, plans[0], 'STALE');
    if (one.wallet === chosen) return one;
    const held = plans.find(({ rollout }) => {
      const live = known(rollout.id);
      return live !== undefined && lacksRoom(view.room, live, decision.context);
    });
    return held === undefined ? one : hide(one, held, 'HELD');
  });
  return wallets.every((one, at) => one === decision.wallets[at]) ? decision : { ...decision, wallets };
}

/** Hidden by this rollout, which is told first; beside it stays what one other said. */
function hide(
  one: WalletDecision,
  by: Pick<PlanDecision, 'arm' | 'rollout'>,
  reason: 'HALTED' | 'STALE' | 'HELD',
): WalletDecision {
  const others = plansOf(one).filter(({ rollout }) => rollout.id !== by.rollout.id);
  return decideTogether(one.wallet, [{ ...by, shown: false, reason }, ...others.slice(0, 1)]);
}

/** What an attempt through a staged wallet holds while it is unresolved, for each plan; given back however it ends. */
export function riskLinesOf(
  { byId }: Snapshot,
  decision: WalletDecision,
  amount: { currency: Currency; minor: bigint },
): HoldLine[] {
  const lines = plansOf(decision).flatMap(({ rollout }) => {
    const live = byId.get(rollout.id);
    if (live === undefined) return [];
    const limits = riskLimits({ ...live.rollout, figures: live.figures }, amount.currency);
    return limits.map(
      (limit): HoldLine => ({
        ...limit,
        amount: limit.unit === 'money' ? amount.minor : 1n,
        onSuccess: 'release',
      }),
    );
  });
  assert(lines.length <= ROLLOUT_LINES_MAX, 'offers leave room for what rollouts hold');
  return lines;
}
