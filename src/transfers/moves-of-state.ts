import type { MoveState } from './transfers.ts';

/** The states of a move and which states each may come from. Read by code, by tests and by docs/transfers.md. */
export const MOVES_OF_STATE = {
  scheduled: [],
  debiting: ['scheduled'],
  crediting: ['debiting'],
  reversing: ['debiting', 'crediting'],
  succeeded: ['debiting', 'crediting'],
  failed: ['debiting', 'crediting', 'reversing'],
  canceled: ['scheduled'],
} as const satisfies Record<MoveState, readonly MoveState[]>;

/** True when a move in this state can no longer change. */
export function isEnded(state: MoveState): state is 'succeeded' | 'failed' | 'canceled' {
  return state === 'succeeded' || state === 'failed' || state === 'canceled';
}

/** @throws an assertion-like Error (never a refusal): a move that the table does not allow is our bug. */
export function checkStateMove(from: MoveState, to: MoveState): void {
  const allowed: readonly MoveState[] = MOVES_OF_STATE[to];
  if (!allowed.includes(from)) throw new Error(`assertion failed: no move from ${from} to ${to}`);
}
