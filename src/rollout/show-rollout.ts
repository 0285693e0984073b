import { armsAt } from './plan.ts';
import type { RolloutReport } from './report-rollout.ts';
import { type Move, presentShare, type Rollout } from './rollout.ts';
import { showPlan } from './show-plan.ts';
import type { Judgement } from './statistics/judge.ts';
import type { Stratum } from './statistics/counts.ts';

/** A rollout as the API tells it, short. Steps count from 1, as people do. */
export function showRollout(rollout: Rollout) {
  const { plan } = rollout;
  return {
    id: rollout.id,
    object: 'rollout' as const,
    key: plan.key,
    wallet: plan.wallet,
    merchant_id: plan.merchantId,
    state: rollout.state,
    version: rollout.version,
    step: rollout.step + 1,
    steps_count: plan.steps.length,
    share_ppm: presentShare(rollout),
    created_at: rollout.createdAt.toISOString(),
    started_at: rollout.startedAt?.toISOString() ?? null,
    completed_at: rollout.completedAt?.toISOString() ?? null,
  };
}
export type ShownRollout = ReturnType<typeof showRollout>;

/** With its plan, its figures, its verdict and who moved it. */
export function showRolloutInFull(report: RolloutReport) {
  const { rollout } = report;
  return {
    ...showRollout(rollout),
    beside: report.beside.map(showRollout),
    step_since: rollout.stepSince?.toISOString() ?? null,
    step_ends_at: report.stepEndsAt?.toISOString() ?? null,
    held_back_ppm: report.sharePpm === null || report.sharePpm === 0 ? 0 : report.arms.controlPpm,
    waits_for: report.waitsFor,
    verdict: showVerdict(report.judgement),
    counts: report.counts.strata.map(showStratum),
    steps: rollout.plan.steps.map((step, at) => ({
      step: at + 1,
      share_ppm: armsAt(rollout.plan, at).treatmentPpm,
      held_back_ppm: armsAt(rollout.plan, at).controlPpm,
      dwell_seconds: step.dwellMs / 1000,
      payments: step.payments,
      gate: step.isGate,
    })),
    plan: showPlan(rollout.plan),
    moves: report.moves.map(showMove),
  };
}

function showVerdict({ verdict, by, reason, figures }: Judgement) {
  return {
    verdict,
    by,
    reason,
    payments_seen: figures.payments.seen,
    payments_needed: figures.payments.needed,
    split_evidence: figures.split.evidence,
    floor_failures: figures.floor?.failures ?? null,
    guardrails: figures.guardrails.map((one) => ({
      metric: one.metric,
      state: one.state,
      treatment: one.treatment,
      control: one.control,
      worse: one.worse,
      at_least: one.atLeast,
      tolerated: one.tolerated,
      alpha: one.alpha,
    })),
  };
}

function showStratum(one: Stratum) {
  return { version: one.version, step: one.step + 1, treatment: one.treatment, control: one.control };
}

function showMove(move: Move) {
  return {
    id: move.id,
    action: move.action,
    by: move.by,
    reason: move.reason,
    from_state: move.fromState,
    to_state: move.toState,
    from_step: move.fromStep + 1,
    to_step: move.toStep + 1,
    version: move.version,
    share_ppm: move.sharePpm,
    at: move.movedAt.toISOString(),
  };
}
