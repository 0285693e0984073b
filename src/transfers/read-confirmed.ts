import type { Sql, Tx } from '../db/connect.ts';
import type { UserId } from '../users/users.ts';
import { findMovesOfQuotes } from './move-store.ts';
import { findConfirmedKeys } from './quote-store.ts';
import type { MoveState } from './transfers.ts';

/** By key: how each part of the quote stands that its person confirmed with it. A key that has confirmed nothing is missing. */
export async function readConfirmed(
  sql: Sql | Tx,
  book: number,
  keys: readonly { userId: UserId; key: string }[],
): Promise<Map<string, MoveState[]>> {
  if (keys.length === 0) return new Map();
  const confirmed = await findConfirmedKeys(sql, book, keys);
  const moves = await findMovesOfQuotes(
    sql,
    book,
    confirmed.map(({ quoteId }) => quoteId),
  );
  return new Map(
    confirmed.map(({ key, quoteId }) => [
      key,
      moves.filter((move) => move.quoteId === quoteId).map(({ state }) => state),
    ]),
  );
}
