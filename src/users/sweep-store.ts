import type { Sql } from '../db/connect.ts';

/** Each deletes at most `itemsMax` rows that nothing needs any more and tells how many. */

export async function deleteOldCodes(sql: Sql, book: number, before: Date, itemsMax: number): Promise<number> {
  const rows = await sql`
    delete from user_codes
    where book = ${book} and id in (
      select id from user_codes
      where book = ${book} and expires_at < ${before}
      limit ${itemsMax}
    )
    returning id`;
  return rows.length;
}

export async function deleteOldChallenges(sql: Sql, book: number, before: Date, itemsMax: number): Promise<number> {
  const rows = await sql`
    delete from user_challenges
    where book = ${book} and id in (
      select id from user_challenges
      where book = ${book} and expires_at < ${before}
      limit ${itemsMax}
    )
    returning id`;
  return rows.length;
}

export async function deleteOldTries(sql: Sql, book: number, before: Date, itemsMax: number): Promise<number> {
  const rows = await sql`
    delete from user_tries
    where book = ${book} and (what, who) in (
      select what, who from user_tries
      where book = ${book} and last_at < ${before}
      limit ${itemsMax}
    ) and last_at < ${before}
    returning what`;
  return rows.length;
}

export async function deleteOldProofs(sql: Sql, book: number, before: Date, itemsMax: number): Promise<number> {
  const rows = await sql`
    delete from user_proofs
    where book = ${book} and id in (
      select id from user_proofs
      where book = ${book} and created_at < ${before}
      limit ${itemsMax}
    )
    returning id`;
  return rows.length;
}

/** Sessions that cannot be used any more, by whatever they ended. */
export async function deleteOldSessions(sql: Sql, book: number, before: Date, itemsMax: number): Promise<number> {
  const rows = await sql`
    delete from user_sessions
    where book = ${book} and id in (
      select id from user_sessions
      where book = ${book} and created_at < ${before}
      limit ${itemsMax}
    )
    returning id`;
  return rows.length;
}
