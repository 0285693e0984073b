import { postingIdOf } from '../transfers/postings.ts';
import type { LegRecord } from '../transfers/transfers.ts';
import type { ClearingCause, ClearingDay, Finding, KeptRow } from './clearing.ts';
import { findReversedHere } from './clearing-break-store.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { findReversals } from './compare-legs.ts';
import { type DayTotals, toDayNumber } from './day-totals.ts';
import { rowsOf } from './page-day.ts';
import {
  differenceOf,
  factsOfLeg,
  factsOfRow,
  isOpen,
  isReversal,
  legEffect,
  legName,
  legStampName,
  rowEffect,
  stampName,
} from './row-facts.ts';

/** Their side of the day: each row is a leg that we know was done, once. Answers how many are. */
export async function compareRows(
  deps: ClearingDeps,
  day: ClearingDay,
  totals: DayTotals,
  findings: Finding[],
  otherwiseNamed: ReadonlyMap<string, LegRecord>,
): Promise<number> {
  let matchedCount = 0;
  for await (const piece of rowsOf(deps, day)) {
    const movements = piece.filter((row) => !isReversal(row));
    const found = await deps.transfers.findLegs(day.book, day.day, movements);
    const legs = new Map(found.map((leg) => [legStampName(leg), leg]));
    const reversals = await findReversals(deps, [...found, ...otherwiseNamed.values()]);
    const givenBack = await readGivenBack(deps, day, piece.filter(isReversal));
    for (const row of piece) {
      totals.addRow(row);
      const leg = isReversal(row)
        ? null
        : (legs.get(stampName(row)) ??
          otherwiseNamed.get(legName({ moveId: row.moveId ?? '', side: row.side ?? '' })) ??
          null);
      const cause = isReversal(row)
        ? causeOfReversal(row, givenBack)
        : causeOf(row, leg, day, reversals.get(leg?.moveId ?? '')?.userData32);
      if (cause === null) matchedCount += 1;
      else findings.push(toFinding(row, leg, cause));
      if (cause !== null || givenBack.get(row.moveId ?? '') === 'told_before') addEffects(totals, row, leg, cause, day);
    }
  }
  return matchedCount;
}

/** Null: row and leg are the same movement, and both say that it was done. */
function causeOf(
  row: KeptRow,
  leg: LegRecord | null,
  day: ClearingDay,
  reversedOn: number | undefined,
): ClearingCause | null {
  if (row.isRepeat) return 'repeated';
  if (leg === null) return 'no_record';
  const difference = differenceOf(row, leg);
  if (difference !== null) return difference;
  if (isOpen(leg)) return 'still_unknown';
  if (leg.state === 'refused') return 'refused_here';
  // Given back on a later day it stands in the file of its own day, and its reversal in the later one.
  if (leg.state === 'reversed' && (reversedOn === undefined || reversedOn <= toDayNumber(day.day)))
    return 'reversed_here';
  return leg.settlementDay === day.day ? null : 'other_day';
}

type GivenBack = 'booked' | 'told_before' | 'unknown';

/** What we know of the debits that these rows take back. */
async function readGivenBack(
  deps: ClearingDeps,
  day: ClearingDay,
  rows: readonly KeptRow[],
): Promise<Map<string, GivenBack>> {
  const moveIds = rows.flatMap((row) => (row.moveId === null ? [] : [row.moveId]));
  if (moveIds.length === 0) return new Map();
  // Ids of moves, as transfers/ gave them out.
  const postings = await deps.ledger.lookupTransfers(
    moveIds.map((id) => postingIdOf(id as LegRecord['moveId'], 'reversal')),
  );
  const toldBefore = await findReversedHere(deps.sql, day.book, moveIds);
  return new Map(
    moveIds.map((id, index) => {
      if (postings[index]?.userData32 === toDayNumber(day.day)) return [id, 'booked'];
      return [id, toldBefore.has(id) ? 'told_before' : 'unknown'];
    }),
  );
}

function causeOfReversal(row: KeptRow, givenBack: ReadonlyMap<string, GivenBack>): ClearingCause | null {
  if (row.isRepeat) return 'repeated';
  if (row.moveId === null) return 'no_record';
  return givenBack.get(row.moveId) === 'unknown' ? 'reversal_unknown_here' : null;
}

/** What the row makes of the difference between file and legs. */
function addEffects(
  totals: DayTotals,
  row: KeptRow,
  leg: LegRecord | null,
  cause: ClearingCause | null,
  day: ClearingDay,
): void {
  totals.addEffect(row.issuer, rowEffect(row));
  const isCounted = leg?.settlementDay === day.day && cause !== 'repeated' && cause !== 'reversed_here';
  if (leg !== null && isCounted) totals.addEffect(leg.issuer, -legEffect(leg));
}

const KIND_OF = {
  repeated: 'twice_in_file',
  no_record: 'theirs_only',
  amount: 'amount_differs',
  card: 'status_differs',
  direction: 'status_differs',
  still_unknown: 'status_differs',
  refused_here: 'status_differs',
  reversed_here: 'status_differs',
  other_day: 'status_differs',
  reversal_unknown_here: 'status_differs',
} as const satisfies Partial<Record<ClearingCause, Finding['kind']>>;

function toFinding(row: KeptRow, leg: LegRecord | null, cause: ClearingCause): Finding {
  return {
    kind: cause in KIND_OF ? KIND_OF[cause as keyof typeof KIND_OF] : 'status_differs', // one of its keys, as was just asked
    cause,
    subject: `row ${row.rowNo}`,
    issuer: row.issuer,
    moveId: leg?.moveId ?? row.moveId,
    side: leg?.side ?? row.side,
    ours: leg === null ? null : factsOfLeg(leg),
    theirs: factsOfRow(row),
  };
}
