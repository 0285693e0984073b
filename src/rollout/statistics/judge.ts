import type { Guarded, Guardrail, Plan } from '../plan.ts';
import type { Metric } from '../rollouts.ts';
import type { ArmCounts, RolloutCounts, Stratum } from './counts.ts';
import { oneSidedDrop, type Pair, type Share } from './one-sided-drop.ts';
import { tellReason } from './reasons.ts';
import { MISMATCH_EVIDENCE, sampleRatioEvidence } from './sample-ratio.ts';

/**
 * `go_on`: enough was seen and nothing speaks against the next step. `hold`: stay at this step, as something looks wrong but is not proven, or
 * the split itself is not as planned. `halt`: proven. `not_enough`: too few payments at this step, none included.
 */
export type Verdict = 'go_on' | 'hold' | 'halt' | 'not_enough';

export interface Judgement {
  verdict: Verdict;
  /** What a hold or a halt is owed to. */
  by: Guarded | 'srm' | 'floor' | null;
  /** One sentence for people. */
  reason: { 'zh-CN': string; en: string };
  figures: Figures;
}

/** What was computed, kept with every move. Shares are parts of one; differences are treatment minus control. */
export interface Figures {
  /** Payments begun by those who see the wallet at the judged step, and how many are needed. */
  payments: { seen: number; needed: number };
  guardrails: readonly GuardrailFigures[];
  /** How strongly the sizes of both arms speak against the planned split, as a factor; a mismatch from 1,000 on. */
  split: { treatment: number; control: number; evidence: number; isMismatch: boolean };
  /** Failures among the wallet's own last attempts; null where the plan has no floor. */
  floor: null | { failures: number; seen: number; of: number; allowed: number };
}

export interface GuardrailFigures {
  metric: Guarded;
  state: 'fine' | 'suspicious' | 'broken' | 'no_data';
  treatment: Share;
  control: Share;
  /** By how much more goes wrong in treatment, every step compared within itself; null without both arms. */
  worse: number | null;
  /** It is at least so much, at whatever moment one looks; null without both arms. */
  atLeast: number | null;
  tolerated: number;
  alpha: number;
}

/** The step that is being judged. */
export interface JudgedStep {
  version: number;
  /** Counted from 0. */
  step: number;
}

/** What of a plan the verdict goes by. */
export type JudgedPlan = Pick<Plan, 'guardrails' | 'floor' | 'steps'>;

/** Where the bound is at its tightest: the first steps of a plan have a thousand or so payments. It holds at every other number, too. */
const TUNING_PAYMENTS = 1000;
/** A drop at this level is not proven, but enough to stay where one is. */
const SUSPICION_ALPHA = 0.2;

/** Which count tells of what goes wrong. */
export const BAD: Readonly<Record<Guarded, Metric>> = {
  failed: 'first_failed',
  slow: 'slow',
  unknown: 'unknown',
  duplicate: 'duplicate',
  refunded: 'refunded',
  complained: 'complained',
};

/** The verdict over all that was counted so far. Pure; valid however often it is asked. */
export function judge(plan: JudgedPlan, counts: RolloutCounts, at: JudgedStep): Judgement {
  const figures = compute(plan, counts, at);
  const [verdict, by] = decide(figures);
  return { verdict, by, reason: tellReason(verdict, by, figures), figures };
}

function decide(figures: Figures): [Verdict, Judgement['by']] {
  const { floor, guardrails, split, payments } = figures;
  if (floor && floor.failures >= floor.allowed) return ['halt', 'floor'];
  const broken = guardrails.find((one) => one.state === 'broken');
  if (broken) return ['halt', broken.metric];
  if (split.isMismatch) return ['hold', 'srm'];
  if (payments.seen < payments.needed) return ['not_enough', null];
  const suspicious = guardrails.find((one) => one.state === 'suspicious');
  return suspicious ? ['hold', suspicious.metric] : ['go_on', null];
}

function compute(plan: JudgedPlan, counts: RolloutCounts, at: JudgedStep): Figures {
  const here = counts.strata.find((one) => one.version === at.version && one.step === at.step);
  return {
    payments: { seen: here?.treatment.begun ?? 0, needed: Math.max(1, plan.steps[at.step]?.payments ?? 1) },
    guardrails: plan.guardrails.map((guardrail) => compare(guardrail, counts.strata)),
    split: checkSplit(counts.strata),
    floor: readFloor(plan.floor, counts.recent),
  };
}

function compare(guardrail: Guardrail, strata: readonly Stratum[]): GuardrailFigures {
  const { metric, tolerated, alpha } = guardrail;
  const pairs: Pair[] = strata
    .filter((one) => one.controlPpm > 0)
    .flatMap(({ cohorts }) => cohorts)
    .map((one) => ({ treatment: shareOf(one.treatment, metric), control: shareOf(one.control, metric) }));
  const options = { tolerated, tuningPayments: TUNING_PAYMENTS };
  const { worse, atLeast, isProven } = oneSidedDrop(pairs, { ...options, alpha });
  const state = (): GuardrailFigures['state'] => {
    if (worse === null) return 'no_data';
    if (isProven) return 'broken';
    if (worse <= tolerated) return 'fine';
    return oneSidedDrop(pairs, { ...options, alpha: SUSPICION_ALPHA }).isProven ? 'suspicious' : 'fine';
  };
  return {
    metric,
    state: state(),
    treatment: sumUp(pairs.map((pair) => pair.treatment)),
    control: sumUp(pairs.map((pair) => pair.control)),
    worse,
    atLeast,
    tolerated,
    alpha,
  };
}

/** By buyers' first payments, whatever wallet they were then paid with: who sees the wallet is compared, not who chooses it. */
function shareOf(arm: ArmCounts, metric: Guarded): Share {
  const n = arm.begun ?? 0;
  // Two refunds of one payment are two signs of one bad payment.
  return { n, bad: Math.min(n, arm[BAD[metric]] ?? 0) };
}

function sumUp(shares: readonly Share[]): Share {
  return shares.reduce((sum, one) => ({ n: sum.n + one.n, bad: sum.bad + one.bad }), { n: 0, bad: 0 });
}

/** By decisions, as a wallet may change how many go on to pay; by begun payments where decisions were not counted. */
function checkSplit(strata: readonly Stratum[]): Figures['split'] {
  const compared = strata.filter((one) => one.controlPpm > 0);
  const splits = compared.map((one) => {
    const metric = (['treatment', 'control'] as const).every((arm) => (one[arm].decided ?? 0) >= (one[arm].begun ?? 0))
      ? 'decided'
      : 'begun';
    return {
      treatment: { n: one.treatment[metric] ?? 0, share: one.treatmentPpm },
      control: { n: one.control[metric] ?? 0, share: one.controlPpm },
    };
  });
  const evidence = sampleRatioEvidence(splits);
  const count = (arm: 'treatment' | 'control') => splits.reduce((sum, one) => sum + one[arm].n, 0);
  return {
    treatment: count('treatment'),
    control: count('control'),
    evidence,
    isMismatch: evidence >= MISMATCH_EVIDENCE,
  };
}

function readFloor(floor: Plan['floor'], recent: string): Figures['floor'] {
  if (!floor) return null;
  const last = recent.slice(-floor.of);
  return {
    failures: last.split('0').length - 1,
    seen: last.length,
    of: floor.of,
    allowed: floor.failures,
  };
}
