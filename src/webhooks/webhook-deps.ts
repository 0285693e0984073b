import type postgres from 'postgres';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';

/** A pool or an open transaction: the use cases below run in either, so that a door can add its own rows to theirs. */
export type Queries = postgres.ISql<{ bigint: bigint }>;

/** Encryption at rest, bound to the place (`aad`) a text is kept at; a sealed text in another place does not open. */
export interface Seal {
  seal(text: string, aad: string): Promise<string> | string;
  open(sealed: string, aad: string): string;
}

export interface WebhookDeps {
  sql: Queries;
  clock: Clock;
  random: Random;
  seal: Seal;
  /** The sandbox only: endpoints may be plain http and on this machine. */
  allowPrivate: boolean;
}
