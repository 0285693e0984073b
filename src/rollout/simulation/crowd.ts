import type { Plan } from '../plan.ts';
import type { Metric } from '../rollouts.ts';
import { segmentsAt } from '../segments.ts';
import type { Cohort, Stratum } from '../statistics/counts.ts';

export type Sums = Partial<Record<Metric, number>>;
export type CountedCohort = Cohort & { treatment: Sums; control: Sums };
/** A stratum that grows while a simulation runs. */
export type Counted = Stratum & { treatment: Sums; control: Sums; cohorts: CountedCohort[] };

/** Payments of those who saw the wallet, and how many of them were made with it. */
export interface Happened {
  treatment: number;
  attempts: number;
}

/** Those who pay in a simulated rollout. */
export interface Crowd {
  /** Lets so many payments of both arms happen and counts them; fewer where the floor is reached on the way. */
  pay(stratum: Counted, payments: number): Happened;
  /** The wallet's own last attempts, as the store keeps them: the newest last. */
  outcomes(): string;
}

/** Which buckets came into an arm at which step, from the bottom to the top. */
export interface Bucketing {
  arm: 'treatment' | 'control';
  fromPpm: number;
  ppm: number;
  entered: number;
}

/** The buckets of both arms of every step, without those outside. */
export function bucketsOf(plan: Plan): readonly (readonly Bucketing[])[] {
  return plan.steps.map((_, step) => bucketsAt(plan, step));
}

function bucketsAt(plan: Plan, step: number): Bucketing[] {
  let fromPpm = 0;
  return segmentsAt(plan, step).flatMap(({ arm, ppm, entered }) => {
    const from = fromPpm;
    fromPpm += ppm;
    return arm === 'outside' ? [] : [{ arm, fromPpm: from, ppm, entered: entered ?? step }];
  });
}

/** The sums of those who came in at the same step. */
export function cohortOf({ cohorts }: Counted, entered: number): CountedCohort {
  const found = cohorts.find((one) => one.entered === entered);
  if (found !== undefined) return found;
  const added: CountedCohort = { entered, treatment: {}, control: {} };
  cohorts.push(added);
  return added;
}

export function addTo(sums: Sums, metric: Metric, count: number): void {
  if (count > 0) sums[metric] = (sums[metric] ?? 0) + count;
}
