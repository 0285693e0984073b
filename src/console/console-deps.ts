import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Cashier } from '../cashier/cashier.ts';
import type { Sql } from '../db/connect.ts';
import type { OfferDesk } from '../offers/open-offers.ts';
import type { RolloutDesk } from '../rollout/open-rollouts.ts';

/** What the operator's pages work with; main builds it once. */
export interface ConsoleDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  book: number;
  /** Where the pages are reached: their forms come from this origin and no other. */
  publicUrl: string;
  cashier: Cashier;
  rollouts: RolloutDesk;
  offers: OfferDesk;
}
