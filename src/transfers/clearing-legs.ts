import { assert } from '../base/assert.ts';
import { PAGE_ITEMS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql } from '../db/connect.ts';
import { money } from '../money/money.ts';
import type { Engine } from './engine.ts';
import { findLegsByStamp, findLegsOf, listLegsOfDay } from './leg-store.ts';
import type { Leg } from './move.ts';
import { findMoves } from './move-store.ts';
import { endOfSettlementDay } from './settlement-day.ts';
import { drawStamp } from './send-leg.ts';
import type { LegRecord, LegState, MoveId } from './transfers.ts';

/* What clearing asks of moves: legs of a day, legs by stamp, and what the switch's file proves. */

/** Far more than a page for people: clearing reads a day of tens of thousands. */
const LEGS_PAGE_ITEMS_MAX = PAGE_ITEMS_MAX * 50;

export async function readLegsOfDay(
  sql: Sql,
  book: number,
  day: string,
  after: string | null,
  itemsMax: number,
): Promise<{ legs: LegRecord[]; next: string | null }> {
  const limit = Math.min(Math.max(itemsMax, 1), LEGS_PAGE_ITEMS_MAX);
  const found = await listLegsOfDay(sql, book, {
    day,
    openBefore: endOfSettlementDay(day),
    after: after === null ? null : readAfter(after),
    itemsMax: limit + 1,
  });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    legs: await toRecords(sql, book, page),
    next: found.length > limit && last !== undefined ? `${last.moveId} ${last.side}` : null,
  };
}

/** The stamps of a file have no year: the one that brings them nearest to the file's day is meant. */
export async function readLegsByStamp(
  sql: Sql,
  book: number,
  day: string,
  stamps: readonly { transmittedAt: string; stan: string }[],
): Promise<LegRecord[]> {
  const wanted = stamps.flatMap(({ transmittedAt, stan }) => {
    const at = nearestTime(transmittedAt, day);
    return at === null || !/^\d{6}$/.test(stan) ? [] : [{ transmittedAt: at, stan }];
  });
  return wanted.length === 0 ? [] : await toRecords(sql, book, await findLegsByStamp(sql, book, wanted));
}

export async function learnLegs(
  engine: Engine,
  book: number,
  items: readonly { moveId: MoveId; side: 'debit' | 'credit'; isDone: boolean; settlementDay: string }[],
): Promise<void> {
  const { deps, lane, walker } = engine;
  if (items.length === 0) return;
  const rows = await findMoves(
    deps.sql,
    book,
    items.map(({ moveId }) => moveId),
  );
  const originals = new Map(rows.map((move) => [move.id, move.originalId]));
  await Promise.all(
    items.map(async ({ moveId, ...told }) => {
      const evidence = { kind: 'learned', ...told, stamp: await drawStamp(deps) } as const;
      const originalId = originals.get(moveId) ?? null;
      const result = await lane.submit({ kind: 'evidence', moveId, originalId, userId: null, evidence });
      walker.setOut(result);
    }),
  );
}

function readAfter(after: string): { moveId: string; side: string } {
  const [moveId = '', side = ''] = after.split(' ');
  if (moveId === '' || side === '') throw new Refusal('invalid_cursor', 'this is no place in the list of legs');
  return { moveId, side };
}

async function toRecords(sql: Sql, book: number, legs: readonly Leg[]): Promise<LegRecord[]> {
  if (legs.length === 0) return [];
  const all = await findLegsOf(sql, book, [...new Set(legs.map(({ moveId }) => moveId))]);
  const reversals = new Map(all.filter(({ side }) => side === 'reversal').map((leg) => [leg.moveId, leg]));
  return legs.map((leg) => toRecord(leg, reversals.get(leg.moveId)));
}

function toRecord(leg: Leg, reversal: Leg | undefined): LegRecord {
  assert(leg.side !== 'reversal', 'clearing compares debits and credits');
  return {
    moveId: leg.moveId,
    side: leg.side,
    state: stateOf(leg, leg.side === 'debit' ? reversal : undefined),
    stan: leg.stamp.stan,
    transmittedAt: leg.stamp.transmittedAt,
    rrn: leg.stamp.rrn,
    cardId: leg.cardId,
    last4: leg.last4,
    issuer: leg.institution,
    amount: money('CNY', leg.amountMinor),
    settlementDay: leg.settlementDay,
  };
}

/** A debit that the file has proved never done was not taken back: it was refused. */
function stateOf(leg: Leg, reversal: Leg | undefined): LegState {
  if (reversal === undefined || leg.state === 'refused') return leg.state;
  return reversal.state === 'approved' ? 'reversed' : 'reversing';
}

const YEAR_MS = 366 * 86_400_000;

function nearestTime(text: string, day: string): Date | null {
  const parts = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (parts === null) return null;
  const [, month, date, hour, minute, second] = parts;
  const noon = Date.parse(`${day}T12:00:00+08:00`);
  const year = Number(day.slice(0, 4));
  const times = [year - 1, year, year + 1]
    .map((each) => Date.parse(`${each}-${month}-${date}T${hour}:${minute}:${second}+08:00`))
    .filter((time) => Math.abs(time - noon) < YEAR_MS)
    .sort((a, b) => Math.abs(a - noon) - Math.abs(b - noon));
  return times[0] === undefined ? null : new Date(times[0]);
}
