import { isId } from './id.ts';
import { Refusal } from './refusal.ts';

/** One page of a list that runs from new to old; `nextCursor` is null on the last page. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const VERSION = '1:';
const CURSOR_CHARS_MAX = 64;

/**
 * A cursor names the last thing that was shown, so pages stay put while new things arrive. It is not signed: it says
 * only where to go on, and whose things are listed is decided by the API key, never by the cursor.
 */
export function encodeCursor(id: string): string {
  return Buffer.from(VERSION + id).toString('base64url');
}

/** The id inside a cursor of a list of `prefix` things. @throws Refusal invalid_cursor on anything that encodeCursor did not write. */
export function decodeCursor<P extends string>(prefix: P, cursor: string): `${P}_${string}` {
  const text = cursor.length <= CURSOR_CHARS_MAX ? Buffer.from(cursor, 'base64url').toString('latin1') : '';
  const id = text.slice(VERSION.length);
  // Decoding forgives padding and stray letters; only the one text that we would write ourselves is taken.
  if (!text.startsWith(VERSION) || !isId(prefix, id) || encodeCursor(id) !== cursor) {
    throw new Refusal('invalid_cursor', 'The cursor is not one of this list.', { param: 'cursor' });
  }
  return id;
}

/** Makes the page out of one row more than was asked for: the extra row only tells that there is a next page. */
export function toPage<T extends { id: string }>(rows: readonly T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null };
}
