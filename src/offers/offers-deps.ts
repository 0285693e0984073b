import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Sql } from '../db/connect.ts';
import type { Keyring } from '../vault/seal.ts';

/** Everything that offers work with; main builds it once. */
export interface OffersDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  keyring: Keyring;
  /** The book whose offers are kept in memory. */
  book: number;
}

/** What a change of an offer notifies, so that every node reads anew. */
export const OFFERS_CHANNEL = 'hutong_offers';
