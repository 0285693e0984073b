import type { Ground } from '../ground/ground.ts';
import type { ErrorCode } from './codes.ts';
import { errorRow } from './codes.ts';
import type { SandboxKeys } from './keys.ts';

export type SignedKind = 'reply' | 'notification';

/** What every part of the gateway works with. */
export interface Gateway extends Ground {
  keys: SandboxKeys;
  /** Every so many replies, and every so many notifications, one is signed wrongly on purpose; 0 for never. */
  probeEvery: number;
  /** How many of a hundred notifications to a moving merchant are signed by the public key. */
  rampPercent: number;
  /** How many were signed so far. */
  signedCounts: Record<SignedKind, number>;
  /** Makes tokens of bill files nobody else can make. */
  tokenKey: Buffer;
}

/** What the gateway decided about one request. */
export type Decision =
  | { kind: 'answer'; status: 200 | 202 | 204; json: object | null }
  | {
      kind: 'error';
      status: number;
      code: string;
      message: string;
      detail?: ErrorDetail;
      /** The number at the end of Request-ID. */
      inner: number;
    };

export interface ErrorDetail {
  field: string;
  value: string;
  issue: string;
  location: 'body' | 'query';
}

export type Refused = Extract<Decision, { kind: 'error' }>;

export function answer(json: object | null, status: 200 | 202 | 204 = 200): Decision {
  return { kind: 'answer', status, json };
}

export function refuse(
  code: ErrorCode,
  message?: string,
  more: { inner?: number; detail?: ErrorDetail } = {},
): Refused {
  const row = errorRow(code);
  return {
    kind: 'error',
    status: row.status,
    code,
    message: message ?? row.message,
    inner: more.inner ?? 268_435_456 + row.status,
    ...(more.detail === undefined ? {} : { detail: more.detail }),
  };
}
