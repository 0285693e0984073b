/** The states of a payment and which states each may come from. Read by code, by the pages and by docs/reference. */
export const PAYMENT_MOVES = {
  requires_payment_method: ['requires_action', 'processing'],
  requires_action: ['requires_payment_method', 'processing'],
  processing: ['requires_payment_method', 'requires_action'],
  succeeded: ['requires_payment_method', 'requires_action', 'processing'],
  canceled: ['requires_payment_method', 'requires_action', 'processing'],
} as const satisfies Record<string, readonly string[]>;

export type PaymentState = keyof typeof PAYMENT_MOVES;
export type CancellationReason = 'requested_by_merchant' | 'expired';

/**
 * An attempt's outcome and what it may come from. `failed` may still turn into `succeeded`: when a wallet proves that
 * money came after all, the money is real and is either accepted or sent back.
 */
export const ATTEMPT_MOVES = {
  pending: ['unknown'],
  unknown: ['pending'],
  failed: ['pending', 'unknown'],
  succeeded: ['pending', 'unknown', 'failed'],
} as const satisfies Record<string, readonly string[]>;

export const REFUND_MOVES = {
  pending: ['unknown'],
  unknown: ['pending'],
  failed: ['pending', 'unknown'],
  succeeded: ['pending', 'unknown'],
} as const satisfies Record<string, readonly string[]>;

export type OutcomeKind = keyof typeof ATTEMPT_MOVES;

/** True when a payment in this state can no longer change. */
export function isFinal(state: PaymentState): boolean {
  return state === 'succeeded' || state === 'canceled';
}

/** @throws an assertion-like Error (never a refusal): a move that the table does not allow is our bug. */
export function checkMove<T extends string>(moves: Record<T, readonly string[]>, from: T, to: T): void {
  if (from !== to && !moves[to].includes(from)) throw new Error(`assertion failed: no move from ${from} to ${to}`);
}
