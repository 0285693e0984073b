import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { CounterKey } from './counter-store.ts';

export type HoldState = 'held' | 'used' | 'released';

/** One reservation: every sum it stands in, and how much. */
export interface Hold {
  book: number;
  id: string;
  parts: { key: CounterKey; amount: bigint }[];
}

/** The state of each, where it is known. Waits for a transaction that is just making one of them. */
export async function insertHolds(tx: Tx, holds: readonly Hold[], now: Date): Promise<Set<string>> {
  const rows = await tx<{ book: number; id: string }[]>`
    insert into limit_holds (book, id, state, subjects, rules, starts_on, amounts, reserved_at)
    select book, id, 'held', subjects::text[], rules::text[], starts_on::date[], amounts::bigint[], ${now}::timestamptz
    from unnest(
      ${column(holds.map((one) => one.book))}::int[],
      ${holds.map((one) => one.id)}::text[],
      ${holds.map((one) => arrayText(one.parts.map(({ key }) => key.subject)))}::text[],
      ${holds.map((one) => arrayText(one.parts.map(({ key }) => key.rule)))}::text[],
      ${holds.map((one) => arrayText(one.parts.map(({ key }) => key.startsOn)))}::text[],
      ${holds.map((one) => arrayText(one.parts.map(({ amount }) => amount.toString())))}::text[]
    ) as new (book, id, subjects, rules, starts_on, amounts)
    order by book, id
    on conflict do nothing
    returning book, id`;
  return new Set(rows.map(holdName));
}

export async function listHoldStates(
  sql: Sql | Tx,
  ids: readonly { book: number; id: string }[],
): Promise<Map<string, HoldState>> {
  const rows = await sql<{ book: number; id: string; state: HoldState }[]>`
    select h.book, h.id, h.state
    from unnest(${column(ids.map((one) => one.book))}::int[], ${ids.map((one) => one.id)}::text[]) as wanted (book, id)
    join limit_holds h on h.book = wanted.book and h.id = wanted.id`;
  return new Map(rows.map((row) => [holdName(row), row.state]));
}

/** Those of them that are still held, locked in sorted order. */
export async function lockHeld(tx: Tx, book: number, ids: readonly string[]): Promise<Hold[]> {
  const rows = await tx<{ id: string; subjects: string[]; rules: string[]; starts_on: string[]; amounts: string[] }[]>`
    select id, subjects, rules, starts_on::text[] as starts_on, amounts::text[] as amounts
    from limit_holds
    where book = ${book}
      and id = any(${[...ids]}::text[])
      and state = 'held'
    order by id
    for update`;
  return rows.map((row) => ({
    book,
    id: row.id,
    parts: row.subjects.map((subject, index) => ({
      // The four lists have the same length: the table says so.
      key: { book, subject, rule: row.rules[index] ?? '', startsOn: row.starts_on[index] ?? '' },
      amount: BigInt(row.amounts[index] ?? '0'),
    })),
  }));
}

export async function endHolds(
  tx: Tx,
  book: number,
  ids: readonly string[],
  state: 'used' | 'released',
  now: Date,
): Promise<void> {
  await tx`
    update limit_holds
    set state = ${state},
      ended_at = ${now}
    where book = ${book}
      and id = any(${[...ids]}::text[])`;
}

/** Takes out reservations that were refused in the same transaction. */
export async function deleteHolds(tx: Tx, ids: readonly { book: number; id: string }[]): Promise<void> {
  if (ids.length === 0) return;
  await tx`
    delete from limit_holds h
    using unnest(${column(ids.map((one) => one.book))}::int[], ${ids.map((one) => one.id)}::text[]) as gone (book, id)
    where h.book = gone.book
      and h.id = gone.id`;
}

/** Reservations that ended long ago: a repeat of their end changes nothing with or without them. */
export async function deleteEndedHolds(sql: Sql, before: Date, itemsMax: number): Promise<number> {
  const rows = await sql`
    delete from limit_holds
    where ctid = any(array(
      select ctid
      from limit_holds
      where reserved_at < ${before}
        and state <> 'held'
      limit ${itemsMax}
    ))
    returning book`;
  return rows.length;
}

export function holdName(one: { book: number; id: string }): string {
  return `${one.book} ${one.id}`;
}

/** Names here are ids, rules, days and figures: no quoting is needed, and the test of the store proves what comes back. */
function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
