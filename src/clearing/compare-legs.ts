import type { Transfer } from '../ledger/types.ts';
import { postingIdOf } from '../transfers/postings.ts';
import type { LegRecord } from '../transfers/transfers.ts';
import type { ClearingDay, Finding } from './clearing.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { findRowsOf, type StandsIn } from './clearing-row-store.ts';
import { type DayTotals, toDayNumber } from './day-totals.ts';
import { legsOf } from './page-day.ts';
import { factsOfLeg, isDone, legEffect, legName, legStampName, stampName } from './row-facts.ts';

/**
 * Our side of the day: each leg that we know was done in it stands in the file and in the ledger. Answers the legs that the file has
 * under another second or number than we sent.
 */
export async function compareLegs(
  deps: ClearingDeps,
  day: ClearingDay,
  totals: DayTotals,
  findings: Finding[],
): Promise<Map<string, LegRecord>> {
  const otherwiseNamed = new Map<string, LegRecord>();
  for await (const piece of legsOf(deps, day)) {
    const rows = await findRowsOf(
      deps.sql,
      day.book,
      piece.map((leg) => leg.moveId),
    );
    const rowOf = new Map(
      rows.filter((row) => row.day === day.day && row.messageType !== '0420').map((row) => [legName(row), row]),
    );
    for (const leg of piece) {
      const row = rowOf.get(legName(leg));
      if (row !== undefined && stampName(row) !== legStampName(leg)) otherwiseNamed.set(legName(leg), leg);
    }
    const settled = piece.filter((leg) => leg.settlementDay === day.day && (isDone(leg) || leg.state === 'reversed'));
    await compareSettled(deps, day, settled, rowOf, totals, findings);
  }
  return otherwiseNamed;
}

async function compareSettled(
  deps: ClearingDeps,
  day: ClearingDay,
  legs: readonly LegRecord[],
  rowOf: ReadonlyMap<string, StandsIn>,
  totals: DayTotals,
  findings: Finding[],
): Promise<void> {
  const booked = await deps.ledger.lookupTransfers(legs.map((leg) => postingIdOf(leg.moveId, leg.side)));
  const reversals = await findReversals(deps, legs);
  for (const [index, leg] of legs.entries()) {
    totals.addLeg(leg);
    const wrong = bookedOtherwise(booked[index], leg, day);
    if (wrong !== null) findings.push(wrong);
    if (rowOf.has(legName(leg))) continue;
    // What was given back on its own day does not stand in the file.
    if (reversals.get(leg.moveId)?.userData32 === toDayNumber(day.day)) continue;
    findings.push({ ...ofLeg(leg), kind: 'ours_only', cause: 'not_in_file', ours: factsOfLeg(leg), theirs: null });
    totals.addEffect(leg.issuer, -legEffect(leg));
  }
}

/** What the books know of debits that went back. */
export async function findReversals(
  deps: ClearingDeps,
  legs: readonly LegRecord[],
): Promise<Map<string, Transfer | undefined>> {
  const reversed = legs.filter((leg) => leg.state === 'reversed');
  if (reversed.length === 0) return new Map();
  const found = await deps.ledger.lookupTransfers(reversed.map((leg) => postingIdOf(leg.moveId, 'reversal')));
  return new Map(reversed.map((leg, index) => [leg.moveId, found[index]]));
}

function bookedOtherwise(transfer: Transfer | undefined, leg: LegRecord, day: ClearingDay): Finding | null {
  const of = { ...ofLeg(leg), kind: 'ledger_differs', ours: factsOfLeg(leg) } as const; // the literal kind
  if (transfer === undefined) return { ...of, cause: 'not_booked', theirs: null };
  if (transfer.amount === leg.amount.minor && transfer.userData32 === toDayNumber(day.day)) return null;
  const theirs = { amount_minor: transfer.amount.toString(), settlement_day: transfer.userData32.toString() };
  return { ...of, cause: 'booked_otherwise', theirs };
}

function ofLeg(leg: LegRecord): Pick<Finding, 'subject' | 'issuer' | 'moveId' | 'side'> {
  return { subject: legName(leg), issuer: leg.issuer, moveId: leg.moveId, side: leg.side };
}
