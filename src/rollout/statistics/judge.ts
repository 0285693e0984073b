import type { GuardedMetric, RolloutCounts } from './counts.ts';
import type { Guards, JudgedStep } from './guards.ts';

/**
 * `go_on`: enough was seen and nothing speaks against the next step. `hold`: stay at this step, as something looks wrong but is not proven, or
 * the split itself is not as planned. `halt`: proven. `not_enough`: too few payments at this step, none included.
 */
export type Verdict = 'go_on' | 'hold' | 'halt' | 'not_enough';

export interface Judgement {
  verdict: Verdict;
  /** What a hold or a halt is owed to. */
  by: GuardedMetric | 'srm' | 'floor' | null;
  /** One sentence for people. */
  reason: { 'zh-CN': string; en: string };
  figures: Figures;
}

/** What was computed, kept with every move. Shares are parts of one; differences are treatment minus control. */
export interface Figures {
  /** Payments begun by those who see the wallet at the judged step, and how many are needed. */
  payments: { seen: number; needed: number };
  guardrails: readonly GuardrailFigures[];
  /** How strongly the counts of both arms speak against the planned split, as a factor; `mismatch` from 1,000 on. */
  split: { treatment: number; control: number; evidence: number; mismatch: boolean };
  /** Failures among the wallet's own last attempts; null where the plan has no floor. */
  floor: null | { failures: number; seen: number; of: number; allowed: number };
}

export interface GuardrailFigures {
  metric: GuardedMetric;
  state: 'fine' | 'suspicious' | 'broken' | 'no_data';
  treatment: { n: number; bad: number };
  control: { n: number; bad: number };
  /** How much worse treatment is, every step compared within itself; null without both arms. */
  worse: number | null;
  /** It is at least this much worse, at whatever moment one looks; null without both arms. */
  atLeast: number | null;
  tolerated: number;
  alpha: number;
}

/** The verdict over all that was counted so far; pure, and to be called as often as one likes. */
export declare function judge(guards: Guards, counts: RolloutCounts, step: JudgedStep): Judgement;
