import { PIN_LOCK_SECONDS, PIN_LOCKS_MAX, PIN_WRONG_MAX } from '../base/limits.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { UserId } from './users.ts';

export interface PinRow {
  hash: string;
  pepperId: string;
  wrongCount: number;
  lockedUntil: Date | null;
  locksCount: number;
}

export async function findPin(sql: Sql | Tx, book: number, userId: UserId): Promise<PinRow | null> {
  const [row] = await sql<PinRow[]>`
    select hash, pepper_id as "pepperId", wrong_count as "wrongCount", locked_until as "lockedUntil",
      locks_count as "locksCount"
    from user_pins
    where book = ${book} and user_id = ${userId}`;
  return row ?? null;
}

/**
 * Counts a try as wrong before it is compared, and locks with the fifth: whoever crashes us in between has still tried. Null when it is locked.
 */
export async function raisePinTry(sql: Sql, book: number, userId: UserId, now: Date): Promise<PinRow | null> {
  const lockedUntil = new Date(now.getTime() + PIN_LOCK_SECONDS * 1000);
  const [row] = await sql<PinRow[]>`
    update user_pins
    set wrong_count = case when wrong_count = ${PIN_WRONG_MAX} then 1 else wrong_count + 1 end,
      locked_until = case when wrong_count = ${PIN_WRONG_MAX - 1} then ${lockedUntil}::timestamptz end,
      locks_count = case when wrong_count = ${PIN_WRONG_MAX - 1} then locks_count + 1 else locks_count end
    where book = ${book} and user_id = ${userId} and locks_count < ${PIN_LOCKS_MAX}
      and (locked_until is null or locked_until <= ${now})
    returning hash, pepper_id as "pepperId", wrong_count as "wrongCount", locked_until as "lockedUntil",
      locks_count as "locksCount"`;
  return row ?? null;
}

/** The PIN was right: nothing is counted any more. False when it was changed meanwhile. */
export async function clearPinTries(sql: Sql, book: number, userId: UserId, hash: string): Promise<boolean> {
  const rows = await sql`
    update user_pins
    set wrong_count = 0, locked_until = null, locks_count = 0
    where book = ${book} and user_id = ${userId} and hash = ${hash}
    returning user_id`;
  return rows.length === 1;
}

/** False when there is one already. */
export async function insertPin(
  tx: Tx,
  row: { book: number; userId: UserId; hash: string; pepperId: string; setAt: Date },
): Promise<boolean> {
  const rows = await tx`
    insert into user_pins (book, user_id, hash, pepper_id, set_at)
    values (${row.book}, ${row.userId}, ${row.hash}, ${row.pepperId}, ${row.setAt})
    on conflict (book, user_id) do nothing
    returning user_id`;
  return rows.length === 1;
}

/** From the hash that was compared to another one; false when somebody else was quicker. */
export async function replacePin(
  sql: Sql | Tx,
  row: { book: number; userId: UserId; oldHash: string; hash: string; pepperId: string; setAt: Date },
): Promise<boolean> {
  const rows = await sql`
    update user_pins
    set hash = ${row.hash}, pepper_id = ${row.pepperId}, set_at = ${row.setAt}
    where book = ${row.book} and user_id = ${row.userId} and hash = ${row.oldHash}
    returning user_id`;
  return rows.length === 1;
}

/** Whatever was there, locked or not. */
export async function resetPin(
  tx: Tx,
  row: { book: number; userId: UserId; hash: string; pepperId: string; setAt: Date },
): Promise<void> {
  await tx`
    insert into user_pins (book, user_id, hash, pepper_id, set_at)
    values (${row.book}, ${row.userId}, ${row.hash}, ${row.pepperId}, ${row.setAt})
    on conflict (book, user_id) do update
    set hash = excluded.hash, pepper_id = excluded.pepper_id, set_at = excluded.set_at, wrong_count = 0,
      locked_until = null, locks_count = 0`;
}
