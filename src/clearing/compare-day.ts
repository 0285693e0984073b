import { CLEARING_BREAKS_PER_DAY_MAX, CLEARING_PIECE_ITEMS } from '../base/limits.ts';
import { newId } from '../base/id.ts';
import type { ClearingBreak, ClearingDay, Finding } from './clearing.ts';
import { insertBreaks, resolveReversedNow, resolveToldNow } from './clearing-break-store.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { insertSums } from './clearing-row-store.ts';
import { compareLegs } from './compare-legs.ts';
import { compareRows } from './compare-rows.ts';
import { DayTotals } from './day-totals.ts';
import { moveDay } from './move-day.ts';

/**
 * Lays the file beside our legs and the ledger, as they are after what was learned. What agrees leaves a count, what does not a
 * break; sums are checked last. All of it is written in one transaction.
 */
export async function compareDay(deps: ClearingDeps, day: ClearingDay): Promise<ClearingDay> {
  const totals = new DayTotals(day);
  const findings: Finding[] = [];
  const otherwiseNamed = await compareLegs(deps, day, totals, findings);
  const matchedCount = await compareRows(deps, day, totals, findings, otherwiseNamed);
  const sums = await totals.compare(deps, findings);
  const now = deps.clock.now();
  const breaks = findings.slice(0, CLEARING_BREAKS_PER_DAY_MAX).map((finding) => toBreak(deps, day, finding, now));
  return await deps.sql.begin(async (tx) => {
    let added = 0;
    for (let from = 0; from < breaks.length; from += CLEARING_PIECE_ITEMS)
      added += await insertBreaks(tx, breaks.slice(from, from + CLEARING_PIECE_ITEMS));
    const ended = (await resolveToldNow(tx, day, now)) + (await resolveReversedNow(tx, day, now));
    await insertSums(tx, day, sums);
    const compared = await moveDay(deps, tx, day, {
      state: 'compared',
      reason: null,
      matchedCount,
      comparedAt: now,
      dueAt: null,
      triesCount: 0,
      goOn: false,
    });
    const told = { day: day.day, rows: day.rowsCount, matched: matchedCount, breaks: findings.length, added, ended };
    if (added > 0) deps.log.error(told, 'a day of clearing does not agree');
    else deps.log.info(told, 'a day of clearing is compared');
    return compared;
  });
}

function toBreak(deps: ClearingDeps, day: ClearingDay, finding: Finding, now: Date): ClearingBreak {
  return {
    ...finding,
    book: day.book,
    id: newId('cbk', deps, day.book),
    day: day.day,
    state: 'open',
    resolution: null,
    evidence: null,
    note: null,
    resolvedBy: null,
    createdAt: now,
    resolvedAt: null,
  };
}
