import type { LegRecord } from '../transfers/transfers.ts';
import type { ClearingDay, KeptRow } from './clearing.ts';
import { areRead } from './clearing-day-store.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { findMatchedByRrn, findRowsOf, updateMatches } from './clearing-row-store.ts';
import { legsOf, rowsOf } from './page-day.ts';
import { dayOfSending, differenceOf, isOpen, isReversal, legName, legStampName, stampName } from './row-facts.ts';

type Learned = Parameters<ClearingDeps['transfers']['learn']>[1][number];
type Match = { rowNo: number; moveId: string; side: 'debit' | 'credit' };

/**
 * Finds which legs the rows are, and tells transfers/ what the file proves about those that nobody knows the end of: done, when it
 * stands in the file and says the same; not done, when a whole day's file after the day it was sent in does not have it either.
 */
export async function learnDay(deps: ClearingDeps, day: ClearingDay): Promise<void> {
  const nameless = await matchByStamp(deps, day);
  await matchByRrn(deps, day, nameless.rows);
  await matchReversals(deps, day, nameless.reversals);
  await learnAbsent(deps, day);
}

/** By second and number, which the message carried. Answers the rows that no leg has sent so. */
async function matchByStamp(
  deps: ClearingDeps,
  day: ClearingDay,
): Promise<{ rows: Map<string, KeptRow>; reversals: KeptRow[] }> {
  const rows = new Map<string, KeptRow>();
  const reversals: KeptRow[] = [];
  for await (const piece of rowsOf(deps, day)) {
    const wanted = piece.filter((row) => !row.isRepeat && !isReversal(row));
    reversals.push(...piece.filter((row) => !row.isRepeat && isReversal(row)));
    const legs = new Map(
      (await deps.transfers.findLegs(day.book, day.day, wanted)).map((leg) => [legStampName(leg), leg]),
    );
    const pairs = wanted.flatMap((row) => {
      const leg = legs.get(stampName(row));
      if (leg === undefined && row.moveId === null) rows.set(`${row.rrn} ${row.last4}`, row);
      return leg === undefined ? [] : [{ row, leg }];
    });
    await takePairs(deps, day, pairs);
  }
  return { rows, reversals };
}

/** What is left by the number of the business act (F37) and the end of the card's number: a day apart the seconds may differ. */
async function matchByRrn(deps: ClearingDeps, day: ClearingDay, rows: Map<string, KeptRow>): Promise<void> {
  if (rows.size === 0) return;
  for await (const piece of legsOf(deps, day)) {
    const alike = piece.filter((leg) => rows.has(`${leg.rrn} ${leg.last4}`));
    const known = new Set(
      (
        await findRowsOf(
          deps.sql,
          day.book,
          alike.map((leg) => leg.moveId),
        )
      ).map(legName),
    );
    const pairs = alike.flatMap((leg) => {
      const row = rows.get(`${leg.rrn} ${leg.last4}`);
      if (row === undefined || known.has(legName(leg))) return [];
      rows.delete(`${leg.rrn} ${leg.last4}`);
      return [{ row, leg }];
    });
    await takePairs(deps, day, pairs);
  }
}

async function takePairs(
  deps: ClearingDeps,
  day: ClearingDay,
  pairs: readonly { row: KeptRow; leg: LegRecord }[],
): Promise<void> {
  const matches = pairs.map(({ row, leg }): Match => ({ rowNo: row.rowNo, moveId: leg.moveId, side: leg.side }));
  await updateMatches(deps.sql, day, matches);
  const proven = pairs.filter(({ row, leg }) => isOpen(leg) && differenceOf(row, leg) === null);
  await learn(
    deps,
    day,
    proven.map(({ leg }) => leg),
    true,
  );
}

/** A reversal has a stamp of its own and the number of the act that it takes back. */
async function matchReversals(deps: ClearingDeps, day: ClearingDay, reversals: readonly KeptRow[]): Promise<void> {
  const found = await findMatchedByRrn(
    deps.sql,
    day,
    reversals.map((row) => row.rrn),
  );
  const byName = new Map(found.filter((one) => one.side === 'debit').map((one) => [`${one.rrn} ${one.last4}`, one]));
  const matches = reversals.flatMap((row): Match[] => {
    const one = byName.get(`${row.rrn} ${row.last4}`);
    return one === undefined ? [] : [{ rowNo: row.rowNo, moveId: one.moveId, side: one.side }];
  });
  await updateMatches(deps.sql, day, matches);
}

/** Those that were sent on an earlier day of the switch, and that no file since then has. */
async function learnAbsent(deps: ClearingDeps, day: ClearingDay): Promise<void> {
  const areAllRead = new Map<string, boolean>();
  for await (const piece of legsOf(deps, day)) {
    const open = piece.filter((leg) => isOpen(leg) && dayOfSending(leg) < day.day);
    const standing = new Set(
      (
        await findRowsOf(
          deps.sql,
          day.book,
          open.map((leg) => leg.moveId),
        )
      ).map(legName),
    );
    const absent: LegRecord[] = [];
    for (const leg of open) {
      const from = dayOfSending(leg);
      if (!areAllRead.has(from)) areAllRead.set(from, await areRead(deps.sql, day.book, from, day.day));
      if (areAllRead.get(from) === true && !standing.has(legName(leg))) absent.push(leg);
    }
    await learn(deps, day, absent, false);
  }
}

async function learn(
  deps: ClearingDeps,
  { book, day }: ClearingDay,
  legs: readonly LegRecord[],
  isDone: boolean,
): Promise<void> {
  if (legs.length === 0) return;
  const items = legs.map(({ moveId, side }): Learned => ({ moveId, side, isDone, settlementDay: day }));
  await deps.transfers.learn(book, items);
  deps.log.info(
    { day, count: items.length, isDone },
    'the file of the switch told of legs that nobody knew the end of',
  );
}
