import type { Ground } from '../ground/ground.ts';
import type { OpenBrand } from './brand.ts';
import type { OpenKeys, OpenMerchant } from './keys.ts';
import type { Nonces } from './nonces.ts';

/** What every part of this simulator works with. */
export interface OpenSide {
  ground: Ground;
  keys: OpenKeys;
  brand: OpenBrand;
  nonces: Nonces;
  /** Days that were ended by hand: their statement is ready although the day is not over. */
  endedDays: Set<string>;
}

/** A request that was signed by a merchant, read. */
export interface Asked {
  merchant: OpenMerchant;
  /** The members of its body; empty where it has none. */
  members: Readonly<Record<string, unknown>>;
}

/** What is answered, before it is signed. */
export interface Answer {
  status: number;
  body: object | Buffer;
}

/** The errors of the protocol: status, whether it is final, and a sentence. */
export const PROBLEMS = {
  malformed: [400, true, 'The request is not as the protocol has it.'],
  signature_refused: [401, false, 'The signature is not believed.'],
  time_refused: [401, false, 'The signature is too old, or from the future.'],
  nonce_used: [401, false, 'The nonce has been used.'],
  merchant_refused: [403, false, 'The merchant may not do this.'],
  not_found: [404, false, 'There is no such address.'],
  order_not_found: [404, false, 'There is no order of this number.'],
  refund_not_found: [404, false, 'There is no refund of this number.'],
  payer_code_refused: [404, true, 'The code is not known, was used, or is too old.'],
  statement_not_ready: [404, false, 'The statement of this day is not ready.'],
  order_differs: [409, false, 'The number is taken by another order.'],
  refund_differs: [409, false, 'The number is taken by another refund.'],
  scene_refused: [422, true, 'The scene is not possible here.'],
  too_many_requests: [429, false, 'Too many requests.'],
  internal_error: [500, false, 'Something went wrong.'],
  unavailable: [503, false, 'Not available now.'],
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457. */
export function problem(code: ProblemCode, detail?: string): Answer {
  const [status, final, title] = PROBLEMS[code];
  return {
    status,
    body: { type: 'about:blank', title, status, code, final, ...(detail === undefined ? {} : { detail }) },
  };
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}
