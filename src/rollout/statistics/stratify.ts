import { type Arms, armsAt, type Plan } from '../plan.ts';
import type { Metric } from '../rollouts.ts';
import type { Stratum } from './counts.ts';

/** One sum as it is kept. */
export interface CountRow {
  version: number;
  step: number;
  arm: 'treatment' | 'control';
  metric: Metric;
  count: number;
}

/** One sum of what is compared, as it is kept: of buyers' first payments alone. */
export interface ComparedRow extends CountRow {
  /** The step since which these buyers have been in an arm. */
  entered: number;
}

type Sums = Partial<Record<Metric, number>>;

/** Puts sums under the shares that held when they were counted; those of a version whose plan is not known are left out. */
export function stratify(
  rows: readonly CountRow[],
  compared: readonly ComparedRow[],
  planOf: (version: number) => Plan | undefined,
): Stratum[] {
  const strata = new Map<string, Open>();
  const of = ({ version, step }: CountRow): Open | null => {
    const plan = planOf(version);
    if (!plan) return null;
    const name = `${version} ${step}`;
    const stratum = strata.get(name) ?? { ...newStratum(version, step, armsAt(plan, step)), cohorts: [] };
    strata.set(name, stratum);
    return stratum;
  };
  for (const row of rows) add(of(row)?.[row.arm], row);
  for (const row of compared) {
    const cohorts = of(row)?.cohorts ?? [];
    const found = cohorts.find(({ entered }) => entered === row.entered);
    const cohort = found ?? { entered: row.entered, treatment: {}, control: {} };
    if (found === undefined) cohorts.push(cohort);
    add(cohort[row.arm], row);
  }
  return [...strata.values()].sort((a, b) => a.version - b.version || a.step - b.step);
}

interface Open extends Stratum {
  treatment: Sums;
  control: Sums;
  cohorts: { entered: number; treatment: Sums; control: Sums }[];
}

function newStratum(version: number, step: number, arms: Arms): Omit<Open, 'cohorts'> {
  return { version, step, ...arms, treatment: {}, control: {} };
}

function add(sums: Sums | undefined, { metric, count }: CountRow): void {
  if (sums !== undefined) sums[metric] = (sums[metric] ?? 0) + count;
}
