import { bookOfId, isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql } from '../db/connect.ts';
import { findLegsOf } from './leg-store.ts';
import type { Leg, LegSide, MoveRow } from './move.ts';
import { findMoves } from './move-store.ts';
import { listMoveIds, type OperatorMoveFilter } from './operator-move-store.ts';

/** Moves of everybody for an operator, newest first, those that were declined before anything was sent as well. */
export async function listMovesForOperator(
  sql: Sql,
  filter: OperatorMoveFilter,
): Promise<{ moves: MoveRow[]; isMore: boolean }> {
  const ids = await listMoveIds(sql, { ...filter, itemsMax: filter.itemsMax + 1 });
  const moves = await findMoves(sql, filter.book, ids.slice(0, filter.itemsMax));
  return { moves: moves.reverse(), isMore: ids.length > filter.itemsMax };
}

const ORDER: readonly LegSide[] = ['debit', 'credit', 'reversal'];

/** One move with every message that it caused, in the order of a move's road. @throws Refusal `not_found` */
export async function showMoveForOperator(sql: Sql, id: string): Promise<{ move: MoveRow; legs: Leg[] }> {
  const book = isId('tr', id) ? bookOfId(id) : null;
  const [move] = book === null ? [] : await findMoves(sql, book, [id]);
  if (move === undefined) throw new Refusal('not_found', 'there is no such move');
  const legs = await findLegsOf(sql, move.book, [move.id]);
  return { move, legs: legs.sort((a, b) => ORDER.indexOf(a.side) - ORDER.indexOf(b.side)) };
}
