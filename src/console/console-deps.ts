import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Cashier } from '../cashier/cashier.ts';
import type { Sql } from '../db/connect.ts';
import type { LinkDesk } from '../links/links.ts';
import type { Abilities } from '../links/open/ability.ts';
import type { LinkCards } from '../links/preview/link-cards.ts';
import type { Reports } from '../links/safety/reports.ts';
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
  /** Left out where links are not served: their pages are not there. */
  links?: ConsoleLinks;
}

/** What the pages of links work with besides. */
export interface ConsoleLinks {
  desk: LinkDesk;
  reports: Reports;
  cards: Pick<LinkCards, 'card'>;
  /** What each app can open, as this installation knows it. */
  abilities: Abilities;
}
