import { bookOfId, isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql } from '../db/connect.ts';
import { isDay } from '../base/shanghai.ts';
import type { ClearingBreak, ClearingDay, ClearingSum } from './clearing.ts';
import { countBreaks, findBreak, listBreaks } from './clearing-break-store.ts';
import { askAgain, findDay, listDays } from './clearing-day-store.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { listSums } from './clearing-row-store.ts';
import { explainClearingBreak, type Explanation } from './explain-clearing-break.ts';

export interface ShownClearingDay extends ClearingDay {
  breaks: { open: number; resolved: number };
}

export interface ShownClearingBreak extends ClearingBreak {
  explanation: Explanation;
}

/** Newest first. `next`: the last day of this page when there is more. */
export async function listClearingDays(
  sql: Sql,
  filter: { book: number; before: string | null; itemsMax: number },
): Promise<{ days: ShownClearingDay[]; next: string | null }> {
  const rows = await listDays(sql, { ...filter, itemsMax: filter.itemsMax + 1 });
  const days = await withCounts(sql, filter.book, rows.slice(0, filter.itemsMax));
  return { days, next: rows.length > days.length ? (days.at(-1)?.day ?? null) : null };
}

/** One day, with what it comes to for each issuer. @throws Refusal not_found */
export async function showClearingDay(
  sql: Sql,
  book: number,
  day: string,
): Promise<{ day: ShownClearingDay; sums: ClearingSum[] }> {
  const found = isDay(day) ? await findDay(sql, book, day) : null;
  const [shown] = found === null ? [] : await withCounts(sql, book, [found]);
  if (shown === undefined) throw new Refusal('not_found', 'this day is not one of clearing');
  return { day: shown, sums: await listSums(sql, shown) };
}

/** Oldest first; of one day, or of all. */
export async function listClearingBreaks(
  sql: Sql,
  filter: {
    book: number;
    day: string | null;
    state: 'open' | 'resolved' | null;
    after: string | null;
    itemsMax: number;
  },
): Promise<{ breaks: ShownClearingBreak[]; next: string | null }> {
  const rows = await listBreaks(sql, { ...filter, itemsMax: filter.itemsMax + 1 });
  const breaks = rows.slice(0, filter.itemsMax).map(withWords);
  return { breaks, next: rows.length > breaks.length ? (breaks.at(-1)?.id ?? null) : null };
}

/** @throws Refusal not_found */
export async function showClearingBreak(sql: Sql, id: string): Promise<ShownClearingBreak> {
  const found = isId('cbk', id) ? await findBreak(sql, bookOfId(id), id) : null;
  if (found === null) throw new Refusal('not_found', 'there is no such break');
  return withWords(found);
}

/** An operator has a day asked for again whose file did not come. @throws Refusal not_found */
export async function askClearingDayAgain(
  deps: Pick<ClearingDeps, 'sql' | 'clock'>,
  book: number,
  day: string,
): Promise<void> {
  if (isDay(day) && (await askAgain(deps.sql, book, day, deps.clock.now()))) return;
  throw new Refusal('not_found', 'no file of that day is missing');
}

async function withCounts(sql: Sql, book: number, days: readonly ClearingDay[]): Promise<ShownClearingDay[]> {
  const counts = await countBreaks(
    sql,
    book,
    days.map((one) => one.day),
  );
  const countOf = (day: string, state: ClearingBreak['state']): number =>
    counts.find((one) => one.day === day && one.state === state)?.count ?? 0;
  return days.map((one) => ({
    ...one,
    breaks: { open: countOf(one.day, 'open'), resolved: countOf(one.day, 'resolved') },
  }));
}

function withWords(one: ClearingBreak): ShownClearingBreak {
  return { ...one, explanation: explainClearingBreak(one) };
}
