import type { Metric } from '../rollouts.ts';

/** One arm's sums by metric; what was never seen is missing. */
export type ArmCounts = Readonly<Partial<Record<Metric, number>>>;

/** What is compared of buyers who came into an arm at the same step: the first payment of each, and what became of it. */
export interface Cohort {
  /** Counted from 0. */
  entered: number;
  treatment: ArmCounts;
  control: ArmCounts;
}

/**
 * What was counted at one step of one version: within it the shares of both arms stand still. The arms' own sums are of every payment; they
 * tell how far the step is.
 */
export interface Stratum {
  version: number;
  /** Counted from 0. */
  step: number;
  /** Parts per million that see the wallet at this step, and that are held back to compare with (`armsAt`). */
  treatmentPpm: number;
  controlPpm: number;
  treatment: ArmCounts;
  control: ArmCounts;
  cohorts: readonly Cohort[];
}

/** All that a verdict is made of. Pass only what belongs together: a rollout that starts again after a halt starts to count again. */
export interface RolloutCounts {
  strata: readonly Stratum[];
  /** The last attempts through the staged wallet itself, the newest last: `1` succeeded, `0` failed. At most 64. */
  recent: string;
}
