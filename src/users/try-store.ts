import type { Sql } from '../db/connect.ts';

export interface TryRow {
  book: number;
  what: string;
  who: Buffer;
  /** `2026-11-23`, in Shanghai. */
  day: string;
}

/** Counts one more, unless the day is full or the last one is younger than `lastBefore`; tells whether it did. One statement: no two pass at once. */
export async function takeTry(
  sql: Sql,
  row: TryRow,
  limit: { dayMax: number; now: Date; lastBefore: Date },
): Promise<boolean> {
  const rows = await sql`
    insert into user_tries (book, what, who, day, tries_count, last_at)
    values (${row.book}, ${row.what}, ${row.who}, ${row.day}, 1, ${limit.now})
    on conflict (book, what, who) do update
    set day = excluded.day,
      tries_count = case when user_tries.day = excluded.day then user_tries.tries_count + 1 else 1 end,
      last_at = excluded.last_at
    where (user_tries.day <> excluded.day or user_tries.tries_count < ${limit.dayMax})
      and user_tries.last_at <= ${limit.lastBefore}
    returning tries_count`;
  return rows.length === 1;
}

export async function findLastTry(sql: Sql, row: TryRow): Promise<Date | null> {
  const [found] = await sql<{ lastAt: Date }[]>`
    select last_at as "lastAt"
    from user_tries
    where book = ${row.book} and what = ${row.what} and who = ${row.who}`;
  return found?.lastAt ?? null;
}
