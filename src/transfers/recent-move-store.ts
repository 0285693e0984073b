import type { Sql } from '../db/connect.ts';

/** How many of a person's newest moves are looked at; an older one that is only now ending is met by the bank's own refusal. */
const NEWEST_ITEMS = 50;

/** Whether money of this person moved after `since`, or is moving now: what banks said of their cards before then is not so any more. */
export async function hasMovedSince(
  sql: Sql,
  { book, userId }: { book: number; userId: string },
  since: Date,
): Promise<boolean> {
  const [row] = await sql<{ moved: boolean }[]>`
    select exists (
      select
      from (
        select state, created_at, ended_at
        from moves
        where book = ${book}
          and user_id = ${userId}
        order by id desc
        limit ${NEWEST_ITEMS}
      ) newest
      where created_at > ${since}
        or ended_at > ${since}
        or state in ('debiting', 'crediting', 'reversing')
    ) as moved`;
  return row?.moved ?? false;
}
