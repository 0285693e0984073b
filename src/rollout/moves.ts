import type { Action, RolloutState } from './rollout.ts';

/** From which states an action may be taken: read by the code, the command line, the docs and the operator's page alike. */
export const ALLOWED_FROM: Readonly<Record<Action, readonly RolloutState[]>> = {
  create: [],
  change: ['draft', 'running', 'waiting', 'frozen', 'paused', 'halted'],
  start: ['draft', 'rolled_back'],
  pause: ['running', 'waiting', 'frozen'],
  resume: ['paused', 'halted'],
  approve: ['waiting'],
  jump: ['running', 'waiting', 'frozen', 'paused', 'completed'],
  halt: ['running', 'waiting', 'frozen', 'paused', 'completed'],
  roll_back: ['running', 'waiting', 'frozen', 'paused', 'halted', 'completed'],
  retire: ['draft', 'completed', 'rolled_back'],
  advance: ['running'],
  wait: ['running'],
  freeze: ['running'],
  thaw: ['frozen'],
  complete: ['running'],
};

/** What people may do; the rest the control loop does. */
export const PEOPLES_ACTIONS = [
  'start',
  'pause',
  'resume',
  'approve',
  'jump',
  'halt',
  'roll_back',
  'retire',
] as const satisfies readonly Action[];
export type PeoplesAction = (typeof PEOPLES_ACTIONS)[number];

export function isAllowed(action: Action, state: RolloutState): boolean {
  return ALLOWED_FROM[action].includes(state);
}
