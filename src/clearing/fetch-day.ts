import { createHash } from 'node:crypto';
import { CLEARING_DAYS_BACK, CLEARING_PIECE_ITEMS } from '../base/limits.ts';
import type { ClearedRow } from '../bank/rail.ts';
import type { ClearingDay, KeptRow } from './clearing.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { insertRows, markRepeats } from './clearing-row-store.ts';
import { moveDay } from './move-day.ts';

/** Asks the switch for its file of the day, and keeps its rows: all of them or none. Of a card only the last four digits are kept. */
export async function fetchDay(
  deps: ClearingDeps,
  day: ClearingDay,
): Promise<{ kind: 'day'; day: ClearingDay } | { kind: 'none'; reason: string }> {
  const reply = await deps.desk.rail.reconcile(day.day);
  if (reply.kind === 'not_ready') return { kind: 'none', reason: 'the switch does not have the file yet' };
  if (reply.kind === 'unknown') return { kind: 'none', reason: reply.why };
  const rows = reply.rows.map(toKept);
  const read = await deps.sql.begin(async (tx) => {
    const moved = await moveDay(deps, tx, day, {
      state: 'read',
      reason: null,
      digest: digestOf(rows),
      rowsCount: rows.length,
      readAt: deps.clock.now(),
      triesCount: 0,
      goOn: true,
    });
    for (let from = 0; from < rows.length; from += CLEARING_PIECE_ITEMS)
      await insertRows(tx, day, rows.slice(from, from + CLEARING_PIECE_ITEMS));
    await markRepeats(tx, day, CLEARING_DAYS_BACK);
    return moved;
  });
  return { kind: 'day', day: read };
}

function toKept(row: ClearedRow, index: number): KeptRow {
  return {
    rowNo: index + 1,
    stan: row.stan,
    transmittedAt: row.transmittedAt,
    rrn: row.rrn,
    last4: row.card.last4,
    amountMinor: row.amount.minor,
    messageType: row.messageType,
    processing: row.processing,
    issuer: row.issuer,
    responseCode: row.responseCode,
    isRepeat: false,
    moveId: null,
    side: null,
  };
}

/** Of what is kept, in its order: the same file once more is the same. */
function digestOf(rows: readonly KeptRow[]): string {
  const hash = createHash('sha256');
  for (const row of rows)
    hash.update(
      `${row.transmittedAt} ${row.stan} ${row.rrn} ${row.last4} ${row.amountMinor} ${row.messageType} ${row.processing} ${row.issuer} ${row.responseCode}\n`,
    );
  return hash.digest('hex');
}
