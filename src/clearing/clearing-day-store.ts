import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { ClearingDay, ClearingState } from './clearing.ts';

const COLUMNS = [
  'book',
  'state',
  'reason',
  'digest',
  'rows_count',
  'matched_count',
  'created_at',
  'read_at',
  'compared_at',
  'due_at',
  'lease_no',
  'tries_count',
];

/** Days that are there already stay as they are. */
export async function insertDays(
  sql: Sql,
  book: number,
  days: readonly { day: string; dueAt: Date }[],
  now: Date,
): Promise<void> {
  if (days.length === 0) return;
  await sql`
    insert into clearing_days (book, day, state, created_at, due_at, leased_until)
    select ${book}::int, day, 'waiting', ${now}::timestamptz, due_at, ${now}::timestamptz
    from unnest(
      ${days.map((one) => one.day)}::text[]::date[],
      ${column(days.map((one) => one.dueAt))}::timestamptz[]
    ) as new (day, due_at)
    on conflict do nothing`;
}

export async function findLastDay(sql: Sql, book: number): Promise<string | null> {
  const rows = await sql<{ day: string | null }[]>`
    select max(day)::text as day
    from clearing_days
    where book = ${book}`;
  return rows[0]?.day ?? null;
}

/** The earliest day that still owes work, when it is due: one after the other, because a day builds on those before it. */
export async function claimDueDay(sql: Sql, book: number, now: Date, leasedUntil: Date): Promise<ClearingDay[]> {
  const rows = await sql<Columns[]>`
    update clearing_days
    set leased_until = ${leasedUntil},
      lease_no = lease_no + 1,
      tries_count = tries_count + 1
    where book = ${book}
      and day = (
        select min(day)
        from clearing_days
        where book = ${book}
          and state in ('waiting', 'read')
      )
      and due_at <= ${now}
      and leased_until <= ${now}
    returning day::text as day, ${sql(COLUMNS)}`;
  return rows.map(toDay);
}

/** Writes a step's result. False when somebody else has taken the day over: then nothing is written. */
export async function updateDay(
  sql: Sql | Tx,
  row: ClearingDay,
  expected: { state: ClearingState },
  leasedUntil: Date,
): Promise<boolean> {
  const rows = await sql`
    update clearing_days
    set state = ${row.state},
      reason = ${row.reason},
      digest = ${row.digest},
      rows_count = ${row.rowsCount},
      matched_count = ${row.matchedCount},
      read_at = ${row.readAt},
      compared_at = ${row.comparedAt},
      due_at = ${row.dueAt},
      tries_count = ${row.triesCount},
      leased_until = ${leasedUntil}
    where book = ${row.book}
      and day = ${row.day}::text::date
      and state = ${expected.state}
      and lease_no = ${row.leaseNo}
    returning day`;
  return rows.length === 1;
}

/** True when the file of every day from `from` to before `to` was read. */
export async function areRead(sql: Sql, book: number, from: string, to: string): Promise<boolean> {
  const rows = await sql<{ missing: boolean }[]>`
    select exists (
      select 1
      from generate_series(${from}::text::date, ${to}::text::date - 1, interval '1 day') as wanted (day)
      left join clearing_days d on d.book = ${book} and d.day = wanted.day::date and d.read_at is not null
      where d.day is null
    ) as missing`;
  return rows[0]?.missing === false;
}

/** Newest first. */
export async function listDays(
  sql: Sql,
  filter: { book: number; before: string | null; itemsMax: number },
): Promise<ClearingDay[]> {
  const rows = await sql<Columns[]>`
    select day::text as day, ${sql(COLUMNS)}
    from clearing_days
    where book = ${filter.book}
      and (${filter.before}::text is null or day < ${filter.before}::text::date)
    order by clearing_days.day desc
    limit ${filter.itemsMax}`;
  return rows.map(toDay);
}

export async function findDay(sql: Sql, book: number, day: string): Promise<ClearingDay | null> {
  const rows = await sql<Columns[]>`
    select day::text as day, ${sql(COLUMNS)}
    from clearing_days
    where book = ${book}
      and clearing_days.day = ${day}::text::date`;
  return rows[0] === undefined ? null : toDay(rows[0]);
}

/** A day whose file did not come is asked for again. False when it is in no such state. */
export async function askAgain(sql: Sql, book: number, day: string, now: Date): Promise<boolean> {
  const rows = await sql`
    update clearing_days
    set state = 'waiting',
      due_at = ${now},
      tries_count = 0
    where book = ${book}
      and day = ${day}::text::date
      and state = 'unavailable'
    returning book`;
  return rows.length === 1;
}

interface Columns {
  book: number;
  day: string;
  state: ClearingState;
  reason: string | null;
  digest: string | null;
  rows_count: number | null;
  matched_count: number | null;
  created_at: Date;
  read_at: Date | null;
  compared_at: Date | null;
  due_at: Date | null;
  lease_no: bigint;
  tries_count: number;
}

function toDay(row: Columns): ClearingDay {
  return {
    book: row.book,
    day: row.day,
    state: row.state,
    reason: row.reason,
    digest: row.digest,
    rowsCount: row.rows_count,
    matchedCount: row.matched_count,
    createdAt: row.created_at,
    readAt: row.read_at,
    comparedAt: row.compared_at,
    dueAt: row.due_at,
    leaseNo: row.lease_no,
    triesCount: row.tries_count,
  };
}
