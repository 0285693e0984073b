import type { Sql } from '../../db/connect.ts';

/** Puts a salt for a day where there is none, and answers the one that is there. */
export async function agreeOnSalt(
  sql: Sql,
  wish: { book: number; day: string; sealed: string; now: Date },
): Promise<string> {
  await sql`
    insert into link_salts (book, day, sealed, made_at)
    values (${wish.book}, ${wish.day}::text::date, ${wish.sealed}, ${wish.now})
    on conflict (book, day) do nothing`;
  const [row] = await sql<{ sealed: string }[]>`
    select sealed
    from link_salts
    where book = ${wish.book}
      and day = ${wish.day}::text::date`;
  return row?.sealed ?? wish.sealed;
}

/** The day's salt as it is sealed; null where there is none any more, or none yet. */
export async function findSalt(sql: Sql, book: number, day: string): Promise<string | null> {
  const [row] = await sql<{ sealed: string }[]>`
    select sealed
    from link_salts
    where book = ${book}
      and day = ${day}::text::date`;
  return row?.sealed ?? null;
}

/** Forgets the salts of days before this one. */
export async function deleteSalts(sql: Sql, book: number, before: string): Promise<void> {
  await sql`
    delete from link_salts
    where book = ${book}
      and day < ${before}::text::date`;
}
