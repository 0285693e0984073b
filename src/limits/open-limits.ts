import type { Clock } from '../base/clock.ts';
import { LIMIT_COUNTERS_KEPT_DAYS, LIMIT_HOLDS_KEPT_DAYS, LIMIT_SWEEP_ITEMS_MAX } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { deleteOldCounters } from './counter-store.ts';
import { endReservations } from './end-holds.ts';
import { type LimitFigure, listFigures } from './figure-store.ts';
import { deleteEndedHolds } from './hold-store.ts';
import { type HolderFigure, listHolderFigures } from './holder-store.ts';
import type { Limits } from './limits.ts';
import { readLeft } from './read-left.ts';
import { reserveLimits } from './reserve-limits.ts';
import { type HolderLimitInput, setHolderLimit } from './set-holder-limit.ts';
import { type LimitRowInput, setLimitRow } from './set-limit-row.ts';
import { addDays, shanghaiDay } from '../base/shanghai.ts';

export interface LimitsDeps {
  sql: Sql;
  clock: Clock;
  log: Log;
}

/** The port, and what operators, holders and the sweep do beside it. */
export interface OpenedLimits extends Limits {
  /** An operator's figure. @throws Refusal invalid_request */
  setLimitRow(input: LimitRowInput): Promise<void>;
  /** Figures that hold now or will. */
  listLimitRows(): Promise<LimitFigure[]>;
  /** @throws Refusal invalid_request, or what `prove` throws */
  setHolderLimit(tx: Tx, input: HolderLimitInput): Promise<{ countsFrom: Date; isRaise: boolean }>;
  /** What a person has set, with what waits. */
  listHolderLimits(sql: Sql | Tx, book: number, userId: string): Promise<HolderFigure[]>;
  /** Once a day: takes away sums and reservations that nobody asks about any more; answers how many. */
  sweep(): Promise<number>;
}

export function openLimits({ sql, clock, log }: LimitsDeps): OpenedLimits {
  return {
    reserve: (tx, items) => reserveLimits(tx, clock, items),
    use: (tx, book, ids) => endReservations(tx, clock, book, ids, 'used'),
    release: (tx, book, ids) => endReservations(tx, clock, book, ids, 'released'),
    left: readLeft,
    async setLimitRow(input) {
      await setLimitRow(sql, clock, input);
      log.info({ rule: input.rule, bank: input.bank, by: input.by }, 'a figure of a limit was entered');
    },
    listLimitRows: () => listFigures(sql, clock.now(), null),
    setHolderLimit: (tx, input) => setHolderLimit(tx, clock, input),
    listHolderLimits: (over, book, userId) => listHolderFigures(over, [{ book, userId }]),
    async sweep() {
      const now = clock.now();
      const counters = await untilNone((itemsMax) =>
        deleteOldCounters(sql, addDays(shanghaiDay(now), -LIMIT_COUNTERS_KEPT_DAYS), itemsMax),
      );
      const before = new Date(now.getTime() - LIMIT_HOLDS_KEPT_DAYS * 86_400_000);
      const holds = await untilNone((itemsMax) => deleteEndedHolds(sql, before, itemsMax));
      if (counters + holds > 0) log.info({ counters, holds }, 'old sums of limits were taken away');
      return counters + holds;
    },
  };
}

/** In pieces, so that nobody waits for a long one. */
async function untilNone(deleteSome: (itemsMax: number) => Promise<number>): Promise<number> {
  let sum = 0;
  for (let gone = LIMIT_SWEEP_ITEMS_MAX; gone === LIMIT_SWEEP_ITEMS_MAX; sum += gone)
    gone = await deleteSome(LIMIT_SWEEP_ITEMS_MAX);
  return sum;
}
