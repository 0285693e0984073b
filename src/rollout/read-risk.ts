import type { Sql } from '../db/connect.ts';
import type { Limit } from '../ledger/holds.ts';
import { type LimitStanding, readStandings } from '../ledger/read-room.ts';
import type { Currency } from '../money/money.ts';
import { riskLimits } from './risk-limits.ts';
import type { RolloutWithFigures } from './snapshot.ts';

/** What is unresolved through the staged wallet at this moment, beside what may be. */
export interface Risk extends Pick<LimitStanding, 'held' | 'left'> {
  unit: 'money' | 'count';
  /** Of `money`, whose figures are minor units; of `count` without meaning. */
  currency: Currency;
  max: bigint;
}

/** One for each limit that the plan has; none where it has none. */
export async function readRisk(sql: Sql, rollout: RolloutWithFigures): Promise<Risk[]> {
  const limits = riskLimits(rollout, rollout.plan.atRisk.money?.currency ?? 'CNY');
  const standings = await readStandings(sql, rollout.book, limits);
  return limits.map((limit: Limit, index) => {
    const { held, left } = standings[index] ?? { held: 0n, left: 0n };
    return { unit: limit.unit, currency: limit.currency, max: limit.figures.at(-1) ?? 0n, held, left };
  });
}
