import { createHash } from 'node:crypto';
import { shanghaiDay } from '../base/shanghai.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { addCounts, findRecent, listCompared, listCounts, type OutcomesToAppend, type Told } from './count-store.ts';
import type { Plan } from './plan.ts';
import type { Metric, Observation } from './rollouts.ts';
import type { RolloutCounts } from './statistics/counts.ts';
import { BAD } from './statistics/judge.ts';
import { stratify } from './statistics/stratify.ts';

/** Adds up what a batch saw and writes it: one statement, however many payments there were. */
export async function observe(tx: Tx, book: number, observations: readonly Observation[], now: Date): Promise<void> {
  const compared = observations.filter(({ metric }) => isComparedMetric(metric));
  await addCounts(tx, book, shanghaiDay(now), {
    counts: addUp(observations, (one) => [one.rolloutId, one.version, one.step, one.arm, one.metric]),
    compared: addUp(
      compared.filter(({ payer }) => payer === null),
      (one) => [one.rolloutId, one.version, one.step, one.entered, one.arm, one.metric],
    ),
    told: compared.flatMap(toTold),
    outcomes: toOutcomes(observations),
  });
}

/** What guardrails compare; the rest is of the wallet's own attempts, or of decisions. */
function isComparedMetric(metric: Metric): boolean {
  return metric === 'begun' || Object.values(BAD).includes(metric);
}

function toTold({ payer, ...one }: Observation): Told[] {
  return payer === null ? [] : [{ ...one, buyer: digestOf(one, payer.targetingKey), paymentId: payer.paymentId }];
}

/** Who paid is known again under the same rollout, and by nobody who reads the table. */
function digestOf({ rolloutId, since }: Pick<Observation, 'rolloutId' | 'since'>, targetingKey: string): string {
  return createHash('sha256').update(`${rolloutId} ${since} ${targetingKey}`).digest('hex').slice(0, 32);
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
  const [rows, compared, recent] = await Promise.all([
    listCounts(sql, rollout.book, rollout.id, rollout.judgedFrom),
    listCompared(sql, rollout.book, rollout.id, rollout.judgedFrom),
    findRecent(sql, rollout.book, rollout.id, rollout.judgedFrom),
  ]);
  return { strata: stratify(rows, compared, planOf), recent };
}

function addUp(
  observations: readonly Observation[],
  nameOf: (one: Observation) => readonly (string | number)[],
): (Observation & { count: number })[] {
  const counts = new Map<string, Observation & { count: number }>();
  for (const one of observations) {
    const name = nameOf(one).join(' ');
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
