import { decodeCursor, encodeCursor } from '../base/cursor.ts';
import { isId } from '../base/id.ts';
import { PAGE_ITEMS_MAX, PAYEES_LISTED_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql } from '../db/connect.ts';
import { windowAround, shanghaiMidnight } from '../base/shanghai.ts';
import type { Session } from '../users/users.ts';
import { findLegsOf } from './leg-store.ts';
import type { Leg, MoveRow } from './move.ts';
import { findMoves, listMoves } from './move-store.ts';
import { listPaidPayees } from './payee-store.ts';
import { showMove } from './show-move.ts';
import type { KnownPayee, Move, MoveFilter } from './transfers.ts';

const SEARCH_CHARS_MAX = 100;

/** By id; what is not there is missing. */
export async function readMoves(sql: Sql, book: number, ids: readonly string[]): Promise<Map<string, Move>> {
  const wanted = ids.filter((id) => isId('tr', id));
  if (wanted.length === 0) return new Map();
  const shown = await showRows(sql, book, await findMoves(sql, book, wanted));
  return new Map(shown.map((move) => [move.id, move]));
}

/** One person's history, newest first. @throws Refusal `invalid_cursor`, `invalid_request` */
export async function listOwnMoves(
  sql: Sql,
  session: Session,
  filter: MoveFilter,
): Promise<{ moves: Move[]; nextCursor: string | null }> {
  const itemsMax = Math.min(Math.max(filter.itemsMax, 1), PAGE_ITEMS_MAX);
  const text = filter.text?.trim() ?? '';
  if (text.length > SEARCH_CHARS_MAX)
    throw new Refusal('invalid_request', `a search has at most ${SEARCH_CHARS_MAX} characters`, { param: 'text' });
  const rows = await listMoves(sql, {
    book: session.book,
    userId: session.userId,
    text: text === '' ? null : text,
    kind: filter.kind,
    cardId: filter.cardId,
    ...toRange(filter.month),
    beforeId: filter.cursor === null ? null : decodeCursor('tr', filter.cursor),
    itemsMax: itemsMax + 1,
  });
  const page = rows.slice(0, itemsMax);
  const last = page.at(-1);
  return {
    moves: await showRows(sql, session.book, page),
    nextCursor: rows.length > itemsMax && last !== undefined ? encodeCursor(last.id) : null,
  };
}

export async function listKnownPayees(sql: Sql, session: Session): Promise<KnownPayee[]> {
  const rows = await listPaidPayees(sql, session.book, session.userId, PAYEES_LISTED_MAX);
  return rows.flatMap(({ id, bank, last4, nameMasked, lastPaidAt }) =>
    lastPaidAt === null ? [] : [{ payeeId: id, party: { bank, last4, nameMasked }, lastPaidAt }],
  );
}

/** The instants between which a month of Asia/Shanghai lies. */
function toRange(month: string | null): { from: Date | null; before: Date | null } {
  if (month === null) return { from: null, before: null };
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(month))
    throw new Refusal('invalid_request', 'a month is written 2026-11', { param: 'month' });
  const { startsOn, endsOn } = windowAround('month', shanghaiMidnight(`${month}-01`));
  return { from: shanghaiMidnight(startsOn), before: shanghaiMidnight(endsOn) };
}

async function showRows(sql: Sql, book: number, rows: readonly MoveRow[]): Promise<Move[]> {
  if (rows.length === 0) return [];
  const legs = new Map<string, { debit: Leg | null; credit: Leg | null }>();
  for (const leg of await findLegsOf(
    sql,
    book,
    rows.map(({ id }) => id),
  )) {
    if (leg.side === 'reversal') continue;
    legs.set(leg.moveId, { debit: null, credit: null, ...legs.get(leg.moveId), [leg.side]: leg });
  }
  return rows.map((move) => showMove(move, legs.get(move.id) ?? { debit: null, credit: null }));
}
