import { CODE_TRIES_MAX } from '../base/limits.ts';
import type { Sql } from '../db/connect.ts';
import type { CodePurpose, UserId } from './users.ts';

export interface CodeRow {
  book: number;
  id: string;
  userId: UserId | null;
  purpose: CodePurpose;
  digest: Buffer;
  createdAt: Date;
  expiresAt: Date;
}

export async function insertCode(sql: Sql, row: CodeRow): Promise<void> {
  await sql`
    insert into user_codes (book, id, user_id, purpose, digest, created_at, expires_at)
    values (${row.book}, ${row.id}, ${row.userId}, ${row.purpose}, ${row.digest}, ${row.createdAt}, ${row.expiresAt})`;
}

/** One more try, counted before anything is compared; null when there is nothing (left) to try. */
export async function raiseCodeTry(
  sql: Sql,
  book: number,
  id: string,
  now: Date,
): Promise<{ digest: Buffer; triesCount: number } | null> {
  const [row] = await sql<{ digest: Buffer; triesCount: number }[]>`
    update user_codes
    set tries_count = tries_count + 1
    where book = ${book} and id = ${id} and ended_at is null and expires_at > ${now} and tries_count < ${CODE_TRIES_MAX}
    returning digest, tries_count as "triesCount"`;
  return row ?? null;
}

/** False when somebody was quicker. */
export async function endCode(sql: Sql, book: number, id: string, now: Date): Promise<boolean> {
  const rows = await sql`
    update user_codes
    set ended_at = ${now}
    where book = ${book} and id = ${id} and ended_at is null
    returning id`;
  return rows.length === 1;
}
