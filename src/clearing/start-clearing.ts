import { CLEARING_LEASE_SECONDS } from '../base/limits.ts';
import { startDueLoop } from '../db/due.ts';
import { advanceDay } from './advance-day.ts';
import { claimDueDay } from './clearing-day-store.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { planDays } from './plan-days.ts';

export interface RunningClearing {
  /** Says that a day may be due now. */
  kick(): void;
  /** Takes nothing more and waits for what is in hand. */
  stop(): Promise<void>;
}

const PLAN_EVERY_MS = 60_000;

/** Fetches the switch's file of each settlement day when it is over, and compares it; on one node at a time, day after day. */
export function startClearing(deps: ClearingDeps, options: { book: number; idleMs: number }): RunningClearing {
  let plannedAtMs = Number.NEGATIVE_INFINITY;
  const loop = startDueLoop({
    name: 'clearing',
    async claim() {
      const now = deps.clock.now();
      if (Math.abs(now.getTime() - plannedAtMs) >= PLAN_EVERY_MS) {
        await planDays(deps, options.book);
        plannedAtMs = now.getTime();
      }
      const leasedUntil = new Date(now.getTime() + CLEARING_LEASE_SECONDS * 1000);
      return await claimDueDay(deps.sql, options.book, now, leasedUntil);
    },
    work: (day) => advanceDay(deps, day),
    concurrency: 1,
    idleMs: options.idleMs,
    log: deps.log,
  });
  return { kick: () => loop.kick(), stop: () => loop.stop() };
}
