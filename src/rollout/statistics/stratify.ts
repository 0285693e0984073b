import { armsAt, type Plan } from '../plan.ts';
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

type Sums = Partial<Record<Metric, number>>;

/** Puts sums under the shares that held when they were counted; those of a version whose plan is not known are left out. */
export function stratify(rows: readonly CountRow[], planOf: (version: number) => Plan | undefined): Stratum[] {
  const strata = new Map<string, Stratum & { treatment: Sums; control: Sums }>();
  for (const row of rows) {
    const plan = planOf(row.version);
    if (!plan) continue;
    const name = `${row.version} ${row.step}`;
    const { version, step } = row;
    const stratum = strata.get(name) ?? { version, step, ...armsAt(plan, step), treatment: {}, control: {} };
    strata.set(name, stratum);
    const sums: Sums = stratum[row.arm];
    sums[row.metric] = (sums[row.metric] ?? 0) + row.count;
  }
  return [...strata.values()].sort((a, b) => a.version - b.version || a.step - b.step);
}
