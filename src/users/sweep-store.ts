import type { Sql } from '../db/connect.ts';

/** What is swept, and by which time a row is old. */
const AGES = {
  user_codes: 'expires_at',
  user_challenges: 'expires_at',
  user_proofs: 'created_at',
  user_sessions: 'created_at',
} as const;

export const SWEPT_TABLES = Object.keys(AGES) as (keyof typeof AGES)[]; // the table's own keys

/** Deletes at most `itemsMax` rows that nothing needs any more; tells how many. */
export async function deleteOldRows(
  sql: Sql,
  book: number,
  table: keyof typeof AGES,
  before: Date,
  itemsMax: number,
): Promise<number> {
  const rows = await sql`
    delete from ${sql(table)}
    where book = ${book} and id in (
      select id from ${sql(table)}
      where book = ${book} and ${sql(AGES[table])} < ${before}
      limit ${itemsMax}
    )
    returning id`;
  return rows.length;
}

/** Counts of tries have no id; one that is tried again meanwhile stays. */
export async function deleteOldTries(sql: Sql, book: number, before: Date, itemsMax: number): Promise<number> {
  const rows = await sql`
    delete from user_tries
    where book = ${book} and last_at < ${before} and (what, who) in (
      select what, who from user_tries
      where book = ${book} and last_at < ${before}
      limit ${itemsMax}
    )
    returning what`;
  return rows.length;
}
