import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { Random } from '../../../base/random.ts';
import type { Faults } from './fault.ts';
import type { SandboxKeys } from './keys.ts';
import type { Notifier } from './notify.ts';
import type { Books } from './orders.ts';
import type { Schedule } from './schedule.ts';

/** What every part of the gateway works with. */
export interface Gateway {
  keys: SandboxKeys;
  books: Books;
  faults: Faults;
  notifier: Notifier;
  schedule: Schedule;
  clock: Clock;
  random: Random;
  log: Log;
  /** How long an accepted refund or void takes to finish. */
  refundDelayMs: number;
}

/** What the gateway decided about one request. */
export type Decision =
  | { kind: 'answer'; respCode: string; detail?: string; fields?: Record<string, string | null | undefined> }
  /** The payer's browser goes on to the page of this order. */
  | { kind: 'page'; token: string };

export type Refused = Extract<Decision, { kind: 'answer' }>;

export function refuse(respCode: string, detail?: string): Refused {
  return detail === undefined ? { kind: 'answer', respCode } : { kind: 'answer', respCode, detail };
}
