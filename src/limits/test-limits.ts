import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/clock.ts';
import type { Refusal } from '../base/refusal.ts';
import { money } from '../money/money.ts';
import { freshDatabase } from '../../test/database.ts';
import type { LimitLeft, Reservation } from './limits.ts';
import { type OpenedLimits, openLimits } from './open-limits.ts';
import type { Sql } from '../db/connect.ts';

/* Limits over a database of their own, with a clock that stands still at noon in Shanghai. */

export const BOOK = 1;

export interface LimitsWorld {
  sql: Sql;
  url: string;
  clock: ManualClock;
  limits: OpenedLimits;
  /** A transfer of 1.00 of a new person's new card, but for what is said. */
  reservation(change?: Partial<Omit<Reservation, 'amount'>> & { minor?: bigint }): Reservation;
  reserve(items: readonly Reservation[], limits?: OpenedLimits, sql?: Sql): Promise<(Refusal | null)[]>;
  /** What reserving this one alone is refused with: the rule; null when it is not. */
  tryOne(item: Reservation): Promise<string | null>;
  use(...ids: string[]): Promise<void>;
  release(...ids: string[]): Promise<void>;
  left(item: Reservation, rule: string): Promise<LimitLeft | undefined>;
}

export async function openLimitsWorld(start = '2026-11-23T04:00:00Z'): Promise<LimitsWorld> {
  const { sql, url } = await freshDatabase();
  const clock = new ManualClock(new Date(start));
  const limits = openLimits({ sql, clock, log: silentLog });
  let count = 0;
  const world: LimitsWorld = {
    sql,
    url,
    clock,
    limits,
    reservation({ minor = 100n, ...change } = {}) {
      count += 1;
      return {
        book: BOOK,
        id: `tr_${count}`,
        userId: `usr_${count}`,
        cardId: `card_${count}`,
        bank: 'ICBC',
        accountClass: 1,
        kind: 'transfer',
        targetCardId: null,
        targetClass: null,
        grade: null,
        amount: money('CNY', minor),
        at: clock.now(),
        deviceIsNew: false,
        ...change,
      };
    },
    reserve: (items, with_ = limits, over = sql) => over.begin((tx) => with_.reserve(tx, items)),
    async tryOne(item) {
      const [refusal] = await world.reserve([item]);
      return refusal === null || refusal === undefined ? null : String(refusal.facts['rule']);
    },
    use: (...ids) => sql.begin((tx) => limits.use(tx, BOOK, ids)),
    release: (...ids) => sql.begin((tx) => limits.release(tx, BOOK, ids)),
    async left(item, rule) {
      const [lines] = await limits.left(sql, [item]);
      return lines?.find((line) => line.rule === rule);
    },
  };
  return world;
}
