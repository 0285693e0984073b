import { shanghaiDay } from '../base/shanghai.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { addCounts, type CountToAdd, findRecent, listCounts, type OutcomesToAppend } from './count-store.ts';
import type { Plan } from './plan.ts';
import type { Observation } from './rollouts.ts';
import type { RolloutCounts } from './statistics/counts.ts';
import { stratify } from './statistics/stratify.ts';

/** Adds up what a batch saw and writes it: one statement, however many payments there were. */
export async function observe(tx: Tx, book: number, observations: readonly Observation[], now: Date): Promise<void> {
  await addCounts(tx, book, shanghaiDay(now), toCounts(observations), toOutcomes(observations));
}

/**
 * What a verdict is made of: everything since the version from which on the rollout is judged. `planOf` answers the plan of a version; what
 * was counted under a version whose plan it does not know is left out.
 */
export async function readCounts(
  sql: Sql | Tx,
  rollout: { book: number; id: string; judgedFrom: number },
  planOf: (version: number) => Plan | undefined,
): Promise<RolloutCounts> {
  const [rows, recent] = await Promise.all([
    listCounts(sql, rollout.book, rollout.id, rollout.judgedFrom),
    findRecent(sql, rollout.book, rollout.id, rollout.judgedFrom),
  ]);
  return { strata: stratify(rows, planOf), recent };
}

function toCounts(observations: readonly Observation[]): CountToAdd[] {
  const counts = new Map<string, CountToAdd>();
  for (const one of observations) {
    const name = [one.rolloutId, one.version, one.step, one.arm, one.metric].join(' ');
    const sum = counts.get(name);
    if (sum) sum.count += 1;
    else counts.set(name, { ...one, count: 1 });
  }
  return [...counts].sort(byName).map(([, sum]) => sum);
}

function toOutcomes(observations: readonly Observation[]): OutcomesToAppend[] {
  const outcomes = new Map<string, OutcomesToAppend>();
  for (const { rolloutId, version, metric } of observations) {
    if (metric !== 'wallet_succeeded' && metric !== 'wallet_failed') continue;
    const name = `${rolloutId} ${version}`;
    const appended = outcomes.get(name) ?? { rolloutId, version, outcomes: '' };
    appended.outcomes += metric === 'wallet_succeeded' ? '1' : '0';
    outcomes.set(name, appended);
  }
  return [...outcomes].sort(byName).map(([, appended]) => appended);
}

/** One order for everybody, whatever order it is. */
function byName(a: [string, unknown], b: [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
