import type { Ground } from '../ground/ground.ts';
import type { SandboxKeys } from './keys.ts';

/** What every part of the gateway works with. */
export interface Gateway extends Ground {
  keys: SandboxKeys;
}

/** What the gateway decided about one request. */
export type Decision =
  | { kind: 'answer'; respCode: string; detail?: string; fields?: Record<string, string | null | undefined> }
  /** The payer's browser goes on to this page. */
  | { kind: 'page'; path: string };

export type Refused = Extract<Decision, { kind: 'answer' }>;

export function refuse(respCode: string, detail?: string): Refused {
  return detail === undefined ? { kind: 'answer', respCode } : { kind: 'answer', respCode, detail };
}
