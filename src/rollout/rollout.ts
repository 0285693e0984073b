import { armsAt, type Plan } from './plan.ts';
import type { Figures } from './statistics/judge.ts';

export type RolloutId = `rol_${string}`;

/**
 * `draft` changes nothing yet; `running` goes by its plan; `waiting` stands at a gate; `frozen` is inside a freeze window; `paused` keeps its
 * share and does not advance; `halted` shows the wallet to nobody and can be resumed; `rolled_back` likewise and can only begin anew;
 * `completed` stays at its last step; `retired` has no effect any more.
 */
export const ROLLOUT_STATES = [
  'draft',
  'running',
  'waiting',
  'frozen',
  'paused',
  'halted',
  'rolled_back',
  'completed',
  'retired',
] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/** In these it concerns payments, be it that the wallet is hidden. */
export const IN_EFFECT: readonly RolloutState[] = [
  'running',
  'waiting',
  'frozen',
  'paused',
  'halted',
  'rolled_back',
  'completed',
];

/** In these nobody sees the wallet who has not begun to pay with it. */
export const HIDDEN: readonly RolloutState[] = ['halted', 'rolled_back'];

export interface Rollout {
  book: number;
  id: RolloutId;
  plan: Plan;
  /** Under what name buyers are dealt into buckets, from the beginning to the end. See `dealtAs`. */
  dealtAs: string;
  /** Counts up with every change of the plan, and whenever judging begins anew. */
  version: number;
  state: RolloutState;
  /** Counted from 0. */
  step: number;
  /** When this step began; null before the start. */
  stepSince: Date | null;
  /** What was counted in this version and later ones is judged: a rollout that was halted and goes on begins anew. */
  judgedFrom: number;
  startedAt: Date | null;
  completedAt: Date | null;
  createdAt: Date;
}

/**
 * A shop's rollout deals under a name of its own: with the same key as one of every shop, its few would be the other's few, and each of them
 * would compare those that the other had picked. No key has a slash.
 */
export function dealtAs({ key, merchantId }: Pick<Plan, 'key' | 'merchantId'>): string {
  return merchantId === null ? key : `${merchantId}/${key}`;
}

export type MoveId = `rmv_${string}`;

/** What people do, and what the control loop does by itself. */
export type Action =
  | 'create'
  | 'change'
  | 'start'
  | 'pause'
  | 'resume'
  | 'approve'
  | 'jump'
  | 'halt'
  | 'roll_back'
  | 'retire'
  | 'advance'
  | 'wait'
  | 'freeze'
  | 'thaw'
  | 'complete';

/** A change of a rollout as it was written down: never altered, never deleted. */
export interface Move {
  book: number;
  id: MoveId;
  rolloutId: RolloutId;
  action: Action;
  /** Who: `operator`, an API key's id, or `hutong` for the control loop. */
  by: string;
  reason: string;
  fromState: RolloutState;
  toState: RolloutState;
  fromStep: number;
  toStep: number;
  /** In force afterwards. */
  version: number;
  /** Parts per million that see it afterwards, allow lists apart. */
  sharePpm: number;
  /** What the verdict was made of, where there was one. */
  figures: Figures | null;
  movedAt: Date;
}

/** Parts per million that see a rollout now, allow lists apart; null where it concerns nobody. */
export function presentShare(rollout: Pick<Rollout, 'plan' | 'state' | 'step'>): number | null {
  if (!IN_EFFECT.includes(rollout.state)) return null;
  return HIDDEN.includes(rollout.state) ? 0 : armsAt(rollout.plan, rollout.step).treatmentPpm;
}
