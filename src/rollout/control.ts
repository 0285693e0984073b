import type { Clock } from '../base/clock.ts';
import { ROLLOUT_CONTROL_MS, ROLLOUT_LEASE_MS, ROLLOUTS_PER_BOOK_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql } from '../db/connect.ts';
import { type ChangeDeps, writeAction } from './change-rollout.ts';
import { decideRollout } from './decide-rollout.ts';
import { readCounts } from './observe.ts';
import { claimDue, type DueRollout, findRollout, finishDue, listCountedPlans, lockRollout } from './rollout-store.ts';
import type { Rollout } from './rollout.ts';
import { type Judgement, judge } from './statistics/judge.ts';
import type { RolloutCounts } from './statistics/counts.ts';

/** What goes on by itself is done in this name. */
export const BY_HUTONG = 'hutong';
/** What is complete is looked at less often: only what comes days later can still change it. */
const COMPLETED_LOOK_MS = 10_000;

export interface ControlDeps extends ChangeDeps {
  sql: Sql;
}

export async function claimControl(deps: { sql: Sql; clock: Clock }, itemsMax: number): Promise<DueRollout[]> {
  const now = deps.clock.now();
  return await claimDue(deps.sql, now, new Date(now.getTime() + ROLLOUT_LEASE_MS), itemsMax);
}

/**
 * One look at one rollout: counts, verdict, at most one move. Whoever moved it meanwhile was first: what was judged is not
 * what stands there any more, and the next look is soon.
 */
export async function controlOne(deps: ControlDeps, due: DueRollout): Promise<void> {
  const { rollout } = due;
  const { judgement } = await judgeNow(deps.sql, rollout);
  const next = decideRollout(rollout, judgement, deps.clock.now());
  if (next === null) {
    await rest(deps, due, rollout);
    return;
  }
  await deps.sql.begin(async (tx) => {
    const locked = await lockRollout(tx, rollout.book, rollout.id);
    const isSame =
      locked?.state === rollout.state && locked.version === rollout.version && locked.step === rollout.step;
    if (locked === null || !isSame || !(await finishDue(tx, due, deps.clock.now(), deps.clock.now()))) return;
    await writeAction(
      tx,
      deps,
      locked,
      { action: next.action },
      { by: BY_HUTONG, reason: next.reason, ...(next.isJudged ? { figures: judgement.figures } : {}) },
    );
  });
}

async function rest(deps: ControlDeps, due: DueRollout, rollout: Rollout): Promise<void> {
  const now = deps.clock.now();
  await finishDue(deps.sql, due, nextLook(rollout, now), now);
}

/** Null where nothing happens by itself any more. */
function nextLook({ state, completedAt, plan }: Rollout, now: Date): Date | null {
  if (state === 'halted' || state === 'rolled_back' || state === 'retired' || state === 'draft') return null;
  if (state !== 'completed') return new Date(now.getTime() + ROLLOUT_CONTROL_MS);
  const lateEnd = (completedAt?.getTime() ?? 0) + plan.lateDays * 86_400_000;
  return now.getTime() >= lateEnd ? null : new Date(now.getTime() + COMPLETED_LOOK_MS);
}

/** The verdict over what was counted until now, and the counts. */
export async function judgeNow(sql: Sql, rollout: Rollout): Promise<{ judgement: Judgement; counts: RolloutCounts }> {
  const plans = await listCountedPlans(sql, rollout);
  plans.set(rollout.version, rollout.plan);
  const counts = await readCounts(sql, rollout, (version) => plans.get(version));
  return { judgement: judge(rollout.plan, counts, { version: rollout.version, step: rollout.step }), counts };
}

/** Every rollout that is due, once, one after the other: what the loop does, for whoever does not want to wait for it. */
export async function controlDue(deps: ControlDeps): Promise<number> {
  const due = await claimControl(deps, ROLLOUTS_PER_BOOK_MAX);
  for (const one of due) await controlOne(deps, one);
  return due.length;
}

/** @throws Refusal not_found */
export async function requireRollout(sql: Sql, at: { book: number; id: string; merchantId: string | null }) {
  const rollout = await findRollout(sql, at.book, at.id);
  if (rollout === null || (at.merchantId !== null && rollout.plan.merchantId !== at.merchantId))
    throw new Refusal('not_found', 'There is no such rollout.');
  return rollout;
}
