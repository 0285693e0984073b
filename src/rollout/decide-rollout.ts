import { isFrozen } from './freeze.ts';
import { WHOLE_PPM } from './plan.ts';
import type { Action, Rollout } from './rollout.ts';
import type { Judgement } from './statistics/judge.ts';

/** What the control loop does by itself, and why. */
export interface NextAction {
  action: Extract<Action, 'advance' | 'wait' | 'freeze' | 'thaw' | 'complete' | 'halt' | 'roll_back' | 'retire'>;
  reason: string;
  /** The verdict has part in it: its figures are kept with the move. */
  isJudged: boolean;
}

const DAY_MS = 86_400_000;

/**
 * What is to be done with a rollout now, null for nothing. Harm comes first, in whatever state it is seen; then, one after the other: the
 * freeze, the time of the step, its payments and the verdict. Pure.
 */
export function decideRollout(rollout: Rollout, judgement: Judgement, now: Date): NextAction | null {
  const { state } = rollout;
  if (state === 'completed' && isLateOver(rollout, now)) return end(rollout);
  if (isWatched(rollout) && judgement.verdict === 'halt') return breach(rollout, judgement);
  const frozen = isFrozen(rollout.plan.freeze, now);
  if (state === 'running' && frozen) return plain('freeze', 'a freeze window of the plan has begun');
  if (state === 'frozen' && !frozen) return plain('thaw', 'the freeze window is over');
  if (state !== 'running' || judgement.verdict !== 'go_on' || !isDwellOver(rollout, now)) return null;
  return finishStep(rollout, judgement);
}

/** When the present step has lasted as long as its plan says; null before the start. */
export function dwellEnd({ plan, step, stepSince }: Rollout): Date | null {
  return stepSince === null ? null : new Date(stepSince.getTime() + (plan.steps[step]?.dwellMs ?? 0));
}

/** Running or not, somebody may see it, or has and may come back with a refund or a complaint. */
function isWatched({ state }: Rollout): boolean {
  return ['running', 'waiting', 'frozen', 'paused', 'completed'].includes(state);
}

/** At a gate a person decides whether it goes on, not whether harm does; and after the end there is nothing left to resume. */
function breach({ state, plan }: Rollout, { reason }: Judgement): NextAction {
  const isFinal = state === 'waiting' || state === 'completed' || plan.onBreach === 'roll_back';
  return { action: isFinal ? 'roll_back' : 'halt', reason: reason.en, isJudged: true };
}

function isDwellOver(rollout: Rollout, now: Date): boolean {
  const end = dwellEnd(rollout);
  return end !== null && now >= end;
}

function finishStep({ plan, step }: Rollout, { reason }: Judgement): NextAction {
  if (plan.steps[step]?.isGate) return { action: 'wait', reason: `step ${step + 1} ends at a gate`, isJudged: true };
  if (step + 1 === plan.steps.length) return { action: 'complete', reason: reason.en, isJudged: true };
  return { action: 'advance', reason: reason.en, isJudged: true };
}

/** Everybody sees it and nothing can come any more: the wallet is like any other from here on. */
function end({ plan, step }: Rollout): NextAction | null {
  const isForAll = plan.steps[step]?.sharePpm === WHOLE_PPM && plan.keepHoldbackPpm === 0 && plan.when === null;
  return isForAll ? plain('retire', 'all buyers have it, and what could come late has come') : null;
}

function isLateOver({ plan, completedAt }: Rollout, now: Date): boolean {
  return completedAt !== null && now.getTime() >= completedAt.getTime() + plan.lateDays * DAY_MS;
}

function plain(action: NextAction['action'], reason: string): NextAction {
  return { action, reason, isJudged: false };
}
