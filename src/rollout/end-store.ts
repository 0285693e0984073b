import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';

/** What a rollout was judged by from the version `since` on, and is no more; a row of `rollout_ends`. */
export interface RolloutEnd {
  book: number;
  rolloutId: string;
  since: number;
  endedAt: Date;
  /** Until then what comes late is compared. */
  dueAt: Date;
}

export interface DueEnd extends Pick<RolloutEnd, 'book' | 'rolloutId' | 'since'> {
  closedAt: Date | null;
  leaseNo: bigint;
}

/** One that has ended before stays as it was. */
export async function insertEnds(tx: Tx, ends: readonly RolloutEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await tx`
    insert into rollout_ends (book, rollout_id, since, ended_at, due_at, leased_until)
    select book, rollout_id, since, ended_at, due_at, ended_at
    from unnest(
      ${column(ends.map((one) => one.book))}::int[],
      ${ends.map((one) => one.rolloutId)}::text[],
      ${column(ends.map((one) => one.since))}::int[],
      ${column(ends.map((one) => one.endedAt))}::timestamptz[],
      ${column(ends.map((one) => one.dueAt))}::timestamptz[]
    ) as new (book, rollout_id, since, ended_at, due_at)
    on conflict (book, rollout_id, since) do nothing`;
}

/** Leases those that are due. */
export async function claimDueEnds(sql: Sql, now: Date, leasedUntil: Date, itemsMax: number): Promise<DueEnd[]> {
  return await sql<DueEnd[]>`
    update rollout_ends
    set leased_until = ${leasedUntil},
      lease_no = lease_no + 1,
      tries_count = tries_count + 1
    where (book, rollout_id, since) in (
      select book, rollout_id, since
      from rollout_ends
      where due_at <= ${now}
        and leased_until <= ${now}
      order by due_at
      limit ${itemsMax}
      for update skip locked
    )
    returning book, rollout_id as "rolloutId", since, closed_at as "closedAt", lease_no as "leaseNo"`;
}

/** Gives the lease back; `dueAt` null: nothing is left to remove. Does nothing when somebody else has it by now. */
export async function finishEnd(sql: Sql, end: DueEnd, dueAt: Date | null, now: Date): Promise<void> {
  await sql`
    update rollout_ends
    set closed_at = coalesce(closed_at, ${now}),
      due_at = ${dueAt},
      leased_until = ${now},
      tries_count = 0
    where book = ${end.book}
      and rollout_id = ${end.rolloutId}
      and since = ${end.since}
      and lease_no = ${end.leaseNo}`;
}

/** Removes so many at most of the first payments that were noted since then, and answers how many. */
export async function deleteFirsts(sql: Sql, end: DueEnd, itemsMax: number): Promise<number> {
  const deleted = await sql`
    delete from rollout_firsts
    where book = ${end.book}
      and rollout_id = ${end.rolloutId}
      and since = ${end.since}
      and buyer in (
        select buyer
        from rollout_firsts
        where book = ${end.book}
          and rollout_id = ${end.rolloutId}
          and since = ${end.since}
        order by buyer
        limit ${itemsMax}
      )`;
  return deleted.count;
}
