import type { GuardedMetric } from './counts.ts';

/** How much worse the wallet's buyers may fare than those held back, for one metric. */
export interface Guardrail {
  metric: GuardedMetric;
  /** In parts per million of payments: 10,000 tolerates one percentage point. A drop beyond it halts once it is proven. */
  toleratedPpm: number;
  /** Its own share of the false alarms; null: what the others leave, in equal parts. */
  alphaPpm: number | null;
}

/** What stops a rollout. A plan holds these, word for word. */
export interface Guards {
  guardrails: readonly Guardrail[];
  /** At most this part of rollouts without any change is halted by statistics, however often one looks; for all guardrails together. */
  alphaPpm: number;
  /** The number of payments around which the sequence is at its sharpest; it is valid at every other number, too. */
  tuningPayments: number;
  /** No statistics: so many failures among the last so many (at most 64) attempts through the wallet itself; null: none. */
  floor: null | { failures: number; of: number };
  /**
   * How many payments count as one, at least 1: more where one buyer pays often, as what befalls one buyer is no independent evidence.
   * 1 where every payment is another buyer's.
   */
  designEffect: number;
}

/** The step that is being judged. */
export interface JudgedStep {
  version: number;
  step: number;
  /** So many payments of those who see the wallet are needed before a step is enough; never less than one counts. */
  payments: number;
}

export const usualGuards: Guards = Object.freeze({
  guardrails: [
    { metric: 'failed', toleratedPpm: 10_000, alphaPpm: 20_000 },
    { metric: 'slow', toleratedPpm: 50_000, alphaPpm: null },
    { metric: 'unknown', toleratedPpm: 10_000, alphaPpm: null },
    { metric: 'duplicate', toleratedPpm: 1_000, alphaPpm: null },
    { metric: 'refunded', toleratedPpm: 20_000, alphaPpm: null },
    { metric: 'complained', toleratedPpm: 2_000, alphaPpm: null },
  ],
  alphaPpm: 50_000,
  tuningPayments: 1000,
  floor: { failures: 20, of: 30 },
  designEffect: 1,
});
