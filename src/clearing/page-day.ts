import { CLEARING_PIECE_ITEMS } from '../base/limits.ts';
import type { LegRecord } from '../transfers/transfers.ts';
import type { ClearingDay, KeptRow } from './clearing.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { pageRows } from './clearing-row-store.ts';

/** All rows of a day's file, a piece at a time. */
export async function* rowsOf(deps: ClearingDeps, day: ClearingDay): AsyncGenerator<KeptRow[]> {
  for (let after = 0; ; ) {
    const rows = await pageRows(deps.sql, day, after, CLEARING_PIECE_ITEMS);
    if (rows.length > 0) yield rows;
    if (rows.length < CLEARING_PIECE_ITEMS) return;
    after = rows.at(-1)?.rowNo ?? after;
  }
}

/** All legs of a day, with those that are still open, a piece at a time. */
export async function* legsOf(deps: ClearingDeps, day: ClearingDay): AsyncGenerator<LegRecord[]> {
  for (let after: string | null = null; ; ) {
    const page: { legs: LegRecord[]; next: string | null } = await deps.transfers.legsOfDay(
      day.book,
      day.day,
      after,
      CLEARING_PIECE_ITEMS,
    );
    if (page.legs.length > 0) yield page.legs;
    if (page.next === null) return;
    after = page.next;
  }
}
