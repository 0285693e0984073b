import type { FailureReason } from '../wallet.ts';

/*
 * The tables of docs/open-wallet-protocol.md. What is not in them is not evidence.
 */

/** `isFinal`: this request will never be done, not even if it is sent again. */
export interface ProblemRow {
  status: number;
  isFinal: boolean;
  reason: FailureReason;
}

/** Section "Errors". */
export const PROBLEMS = {
  malformed: { status: 400, isFinal: true, reason: 'merchant_misconfigured' },
  signature_refused: { status: 401, isFinal: false, reason: 'merchant_misconfigured' },
  time_refused: { status: 401, isFinal: false, reason: 'merchant_misconfigured' },
  nonce_used: { status: 401, isFinal: false, reason: 'other' },
  merchant_refused: { status: 403, isFinal: false, reason: 'merchant_misconfigured' },
  not_found: { status: 404, isFinal: false, reason: 'merchant_misconfigured' },
  order_not_found: { status: 404, isFinal: false, reason: 'not_found' },
  refund_not_found: { status: 404, isFinal: false, reason: 'not_found' },
  payer_code_refused: { status: 404, isFinal: true, reason: 'authentication_failed' },
  statement_not_ready: { status: 404, isFinal: false, reason: 'not_found' },
  order_differs: { status: 409, isFinal: false, reason: 'other' },
  refund_differs: { status: 409, isFinal: false, reason: 'other' },
  scene_refused: { status: 422, isFinal: true, reason: 'merchant_misconfigured' },
  too_many_requests: { status: 429, isFinal: false, reason: 'wallet_busy' },
  internal_error: { status: 500, isFinal: false, reason: 'wallet_busy' },
  unavailable: { status: 503, isFinal: false, reason: 'wallet_busy' },
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The row of a code that came with this status; null where the two do not belong together. */
export function problemOf(code: string, status: number): { code: ProblemCode; row: ProblemRow } | null {
  if (!isProblemCode(code)) return null;
  const row = PROBLEMS[code];
  return row.status === status ? { code, row } : null;
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** Section "Reasons": why an order was closed, or a refund has failed. The state is the evidence, the reason explains it. */
const REASONS: Readonly<Record<string, FailureReason>> = {
  closed: 'expired',
  expired: 'expired',
  undone: 'already_undone',
  declined: 'declined',
  insufficient_funds: 'insufficient_funds',
  limit_exceeded: 'limit_exceeded',
  risk_refused: 'risk_refused',
  wrong_pin: 'authentication_failed',
  code_invalid: 'code_invalid',
  payer_unknown: 'authentication_failed',
  amount_refused: 'amount_refused',
  exceeds_payment: 'amount_refused',
  not_paid: 'not_found',
  window_over: 'window_closed',
  not_voidable: 'window_closed',
  merchant_balance: 'insufficient_funds',
};

export function reasonOf(reason: string | null): FailureReason {
  return (Object.hasOwn(REASONS, reason ?? '') ? REASONS[reason ?? ''] : undefined) ?? 'other';
}

export const REASON_NAMES: readonly string[] = Object.keys(REASONS);
