import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';

export interface TryRow {
  kind: 'person' | 'number' | 'device';
  who: string;
  max: number;
}

/** Raises each counter of the day that has room, in a fixed order; how many had. */
export async function raiseTryRows(tx: Tx, book: number, day: string, rows: readonly TryRow[]): Promise<number> {
  const sorted = rows.toSorted((a, b) => (`${a.kind} ${a.who}` < `${b.kind} ${b.who}` ? -1 : 1));
  await tx`
    insert into card_tries (book, day, kind, who, count)
    select ${book}, ${day}::date, n.kind, n.who, 0
    from unnest(${sorted.map(({ kind }) => kind)}::text[], ${sorted.map(({ who }) => who)}::text[]) as n (kind, who)
    on conflict (book, day, kind, who) do nothing`;
  await tx`
    select 1
    from card_tries
    where book = ${book}
      and day = ${day}::date
      and (kind, who) in (
        select * from unnest(${sorted.map(({ kind }) => kind)}::text[], ${sorted.map(({ who }) => who)}::text[])
      )
    order by kind, who
    for update`;
  const raised = await tx`
    update card_tries t
    set count = t.count + 1
    from unnest(${sorted.map(({ kind }) => kind)}::text[], ${sorted.map(({ who }) => who)}::text[],
      ${column(sorted.map(({ max }) => max))}::integer[]) as n (kind, who, max)
    where t.book = ${book}
      and t.day = ${day}::date
      and t.kind = n.kind
      and t.who = n.who
      and t.count < n.max
    returning t.who`;
  return raised.length;
}

/** Takes one off each again, in one statement and in the same order. */
export async function lowerTryRows(sql: Sql, book: number, day: string, rows: readonly TryRow[]): Promise<void> {
  await sql`
    with locked as (
      select kind, who
      from card_tries
      where book = ${book}
        and day = ${day}::date
        and (kind, who) in (
          select * from unnest(${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ who }) => who)}::text[])
        )
      order by kind, who
      for update
    )
    update card_tries t
    set count = greatest(t.count - 1, 0)
    from locked
    where t.book = ${book}
      and t.day = ${day}::date
      and t.kind = locked.kind
      and t.who = locked.who`;
}

export async function deleteOldTries(sql: Sql, beforeDay: string): Promise<void> {
  await sql`
    delete from card_tries
    where day < ${beforeDay}::date`;
}
