import { STATEMENT_LEASE_SECONDS } from '../base/limits.ts';
import { addSeconds } from '../cashier/ask-schedule.ts';
import { startDueLoop } from '../db/due.ts';
import { advanceStatement } from './advance-statement.ts';
import { planStatements } from './plan-statements.ts';
import { claimBreaks, resolveBreak } from './resolve-break.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import { claimDueStatements } from './statement-store.ts';

export interface RunningSettlement {
  /** Says that a statement may be due now. */
  kick(): void;
  /** Takes nothing more and waits for what is in hand. */
  stop(): Promise<void>;
}

/** A bill is held in memory while it is read, so few at once. */
const STATEMENTS_AT_ONCE = 2;
const BREAKS_AT_ONCE = 4;
const PLAN_EVERY_MS = 60_000;

/** Fetches the bill of each account's day when it can be had, reconciles it, and asks about what does not agree. */
export function startSettlement(deps: SettlementDeps, options: { book: number; idleMs: number }): RunningSettlement {
  const { sql, clock, log } = deps.cashier.deps;
  const planned = new Map<string, string>();
  let plannedAtMs = Number.NEGATIVE_INFINITY;
  const planNow = async (): Promise<void> => {
    const nowMs = clock.now().getTime();
    if (Math.abs(nowMs - plannedAtMs) < PLAN_EVERY_MS) return;
    await planStatements(deps, options.book, planned);
    plannedAtMs = nowMs;
  };
  const statements = startDueLoop({
    name: 'statements',
    async claim(limit) {
      await planNow();
      const now = clock.now();
      return await claimDueStatements(sql, now, addSeconds(now, STATEMENT_LEASE_SECONDS), limit);
    },
    work: (statement) => advanceStatement(deps, statement),
    concurrency: STATEMENTS_AT_ONCE,
    idleMs: options.idleMs,
    log,
  });
  const breaks = startDueLoop({
    name: 'breaks',
    claim: (limit) => claimBreaks(deps, limit),
    work: (one) => resolveBreak(deps, one),
    concurrency: BREAKS_AT_ONCE,
    idleMs: options.idleMs,
    log,
  });
  return {
    kick: () => statements.kick(),
    async stop() {
      await Promise.all([statements.stop(), breaks.stop()]);
    },
  };
}
