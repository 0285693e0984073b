import type { Clock } from '../base/clock.ts';
import {
  ROLLOUT_CLOSED_SECONDS,
  ROLLOUT_ENDS_LEASE_SECONDS,
  ROLLOUT_ENDS_PER_TURN_MAX,
  ROLLOUT_FIRSTS_PER_TURN_MAX,
} from '../base/link-limits.ts';
import type { Sql } from '../db/connect.ts';
import { claimDueEnds, deleteFirsts, type DueEnd, finishEnd, type RolloutEnd } from './end-store.ts';
import type { Rollout } from './rollout.ts';

interface ForgetDeps {
  sql: Sql;
  clock: Clock;
}

const DAY_MS = 86_400_000;

/**
 * What a move ends: a rollout that is rolled back or retired is judged no more, and one that begins anew is judged by nothing from before.
 * What comes late is compared for the plan's `late_days`; then nobody needs to know any more which payment of a buyer was the first. One
 * that is complete has not ended: buyers are still dealt under it, and a jump takes it up again. Pure.
 */
export function endsOf(before: Rollout, after: Rollout, now: Date): RolloutEnd[] {
  if (before.startedAt === null) return [];
  const isOver = after.state === 'rolled_back' || after.state === 'retired';
  const isAnew = after.judgedFrom > before.judgedFrom;
  if (!isOver && !isAnew) return [];
  const dueAt = new Date(now.getTime() + after.plan.lateDays * DAY_MS);
  return [{ book: before.book, rolloutId: before.id, since: before.judgedFrom, endedAt: now, dueAt }];
}

export async function claimEnds(deps: ForgetDeps, itemsMax: number): Promise<DueEnd[]> {
  const now = deps.clock.now();
  const leasedUntil = new Date(now.getTime() + ROLLOUT_ENDS_LEASE_SECONDS * 1000);
  return await claimDueEnds(deps.sql, now, leasedUntil, Math.min(itemsMax, ROLLOUT_ENDS_PER_TURN_MAX));
}

/**
 * One turn. The first closes it: from then on nothing is compared under it, so that what is removed cannot make a second payment count as
 * a first. When every transaction that had not seen this has ended, its rows are removed, so many in a turn, until none is left.
 */
export async function forgetFirsts({ sql, clock }: ForgetDeps, end: DueEnd): Promise<void> {
  if (end.closedAt === null) {
    const now = clock.now();
    await finishEnd(sql, end, new Date(now.getTime() + ROLLOUT_CLOSED_SECONDS * 1000), now);
    return;
  }
  const count = await deleteFirsts(sql, end, ROLLOUT_FIRSTS_PER_TURN_MAX);
  const now = clock.now();
  await finishEnd(sql, end, count === 0 ? null : now, now);
}

/** Every end that is due, one turn of each: what the loop does, for whoever does not want to wait for it. */
export async function forgetDue(deps: ForgetDeps): Promise<number> {
  const due = await claimEnds(deps, ROLLOUT_ENDS_PER_TURN_MAX);
  for (const end of due) await forgetFirsts(deps, end);
  return due.length;
}
