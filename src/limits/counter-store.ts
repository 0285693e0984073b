import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';

/** Which sum: of a person or card, under one rule, from one day on. */
export interface CounterKey {
  book: number;
  subject: string;
  rule: string;
  /** `2026-11-01`: the first day of its day, month or year. */
  startsOn: string;
}

/** Fen, or how many. */
export interface Counter extends CounterKey {
  used: bigint;
  held: bigint;
}

/**
 * The counters as they are, locked in sorted order. With `make`, missing ones are made first: always before any is locked, so that
 * nobody holds one that exists while he waits for one that somebody else is making.
 */
export async function lockCounters(tx: Tx, keys: readonly CounterKey[], make: boolean): Promise<Counter[]> {
  const sorted = [...keys].sort(compareKeys);
  const made = make ? insertEmpty(tx, sorted) : null;
  const [counters] = await Promise.all([selectLocked(tx, sorted), made]); // sent one behind the other
  return counters;
}

async function selectLocked(tx: Tx, keys: readonly CounterKey[]): Promise<Counter[]> {
  return await tx<Counter[]>`
    select book, subject, rule, starts_on::text as "startsOn", used, held
    from limit_counters
    where (book, subject, rule, starts_on) in (select * from ${unnest(tx, keys)} as wanted)
    order by book, subject, rule, starts_on
    for update`;
}

async function insertEmpty(tx: Tx, keys: readonly CounterKey[]): Promise<void> {
  await tx`
    insert into limit_counters (book, subject, rule, starts_on, used, held)
    select book, subject, rule, starts_on, 0, 0
    from ${unnest(tx, keys)} as new (book, subject, rule, starts_on)
    order by book, subject, rule, starts_on
    on conflict do nothing`;
}

/** As they are now; missing ones are nothing moved. Locks nothing. */
export async function listCounters(sql: Sql | Tx, keys: readonly CounterKey[]): Promise<Counter[]> {
  if (keys.length === 0) return [];
  return await sql<Counter[]>`
    select book, subject, rule, starts_on::text as "startsOn", used, held
    from limit_counters
    where (book, subject, rule, starts_on) in (select * from ${unnest(sql, keys)} as wanted)`;
}

/** Writes sums that are locked. */
export async function updateCounters(tx: Tx, counters: readonly Counter[]): Promise<void> {
  if (counters.length === 0) return;
  await tx`
    update limit_counters c
    set used = new.used,
      held = new.held
    from unnest(
      ${column(counters.map((one) => one.book))}::int[],
      ${counters.map((one) => one.subject)}::text[],
      ${counters.map((one) => one.rule)}::text[],
      ${counters.map((one) => one.startsOn)}::text[]::date[],
      ${column(counters.map((one) => one.used))}::bigint[],
      ${column(counters.map((one) => one.held))}::bigint[]
    ) as new (book, subject, rule, starts_on, used, held)
    where c.book = new.book
      and c.subject = new.subject
      and c.rule = new.rule
      and c.starts_on = new.starts_on`;
}

/** Sums of windows that began before that day, with nothing held in them. Answers how many were there. */
export async function deleteOldCounters(sql: Sql, before: string, itemsMax: number): Promise<number> {
  const rows = await sql`
    delete from limit_counters
    where ctid = any(array(
      select ctid
      from limit_counters
      where starts_on < ${before}::text::date
        and held = 0
      limit ${itemsMax}
    ))
    returning book`;
  return rows.length;
}

export function counterName(key: CounterKey): string {
  return `${key.book} ${key.subject} ${key.rule} ${key.startsOn}`;
}

/** As the database sorts them: everybody takes locks in this order. */
function compareKeys(a: CounterKey, b: CounterKey): number {
  if (a.book !== b.book) return a.book - b.book;
  if (a.subject !== b.subject) return a.subject < b.subject ? -1 : 1;
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  return a.startsOn === b.startsOn ? 0 : a.startsOn < b.startsOn ? -1 : 1;
}

function unnest(sql: Sql | Tx, keys: readonly CounterKey[]) {
  return sql`unnest(
      ${column(keys.map((key) => key.book))}::int[],
      ${keys.map((key) => key.subject)}::text[],
      ${keys.map((key) => key.rule)}::text[],
      ${keys.map((key) => key.startsOn)}::text[]::date[]
    )`;
}
