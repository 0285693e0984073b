import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { ClearingBreak, ClearingDay } from './clearing.ts';

/** One that is known already stays as it is. Answers those that are new. */
export async function insertBreaks(tx: Tx, breaks: readonly ClearingBreak[]): Promise<number> {
  if (breaks.length === 0) return 0;
  const rows = await tx`
    insert into clearing_breaks (book, id, day, kind, cause, subject, issuer, move_id, side, ours, theirs, state, created_at)
    select book, id, day::date, kind, cause, subject, issuer, move_id, side, ours::jsonb, theirs::jsonb, 'open', created_at
    from unnest(
      ${column(breaks.map((b) => b.book))}::int[],
      ${breaks.map((b) => b.id)}::text[],
      ${breaks.map((b) => b.day)}::text[],
      ${breaks.map((b) => b.kind)}::text[],
      ${breaks.map((b) => b.cause)}::text[],
      ${breaks.map((b) => b.subject)}::text[],
      ${breaks.map((b) => b.issuer)}::text[],
      ${breaks.map((b) => b.moveId)}::text[],
      ${breaks.map((b) => b.side)}::text[],
      ${breaks.map((b) => toJson(b.ours))}::text[],
      ${breaks.map((b) => toJson(b.theirs))}::text[],
      ${column(breaks.map((b) => b.createdAt))}::timestamptz[]
    ) as new (book, id, day, kind, cause, subject, issuer, move_id, side, ours, theirs, created_at)
    on conflict do nothing
    returning id`;
  return rows.length;
}

/** What earlier files did not have, and this one has, has come: those breaks end here. */
export async function resolveToldNow(
  tx: Tx,
  { book, day }: Pick<ClearingDay, 'book' | 'day'>,
  now: Date,
): Promise<number> {
  const rows = await tx`
    update clearing_breaks b
    set state = 'resolved',
      resolution = 'told_in_later_file',
      resolved_at = ${now},
      evidence = jsonb_build_object('told_on', r.day::text, 'row_no', r.row_no::text)
    from clearing_rows r
    where b.book = ${book}
      and b.state = 'open'
      and b.kind = 'ours_only'
      and b.day < ${day}::text::date
      and r.book = b.book
      and r.day = ${day}::text::date
      and r.move_id = b.move_id
      and r.side = b.side
      and r.message_type <> '0420'
      and r.amount_minor::text = b.ours ->> 'amount_minor'
    returning b.id`;
  return rows.length;
}

/** What an earlier file called taken, and we called given back, is taken back in this one: those breaks end here. */
export async function resolveReversedNow(
  tx: Tx,
  { book, day }: Pick<ClearingDay, 'book' | 'day'>,
  now: Date,
): Promise<number> {
  const rows = await tx`
    update clearing_breaks b
    set state = 'resolved',
      resolution = 'reversed_in_later_file',
      resolved_at = ${now},
      evidence = jsonb_build_object('reversed_on', r.day::text, 'row_no', r.row_no::text)
    from clearing_rows r
    where b.book = ${book}
      and b.state = 'open'
      and b.cause = 'reversed_here'
      and b.day < ${day}::text::date
      and r.book = b.book
      and r.day = ${day}::text::date
      and r.move_id = b.move_id
      and r.side = b.side
      and r.message_type = '0420'
      and r.amount_minor::text = b.theirs ->> 'amount_minor'
    returning b.id`;
  return rows.length;
}

/** Of these moves, those that an earlier file called taken while we called them given back. */
export async function findReversedHere(sql: Sql, book: number, moveIds: readonly string[]): Promise<Set<string>> {
  if (moveIds.length === 0) return new Set();
  const rows = await sql<{ move_id: string }[]>`
    select move_id
    from clearing_breaks
    where book = ${book}
      and move_id = any(${[...moveIds]}::text[])
      and cause = 'reversed_here'`;
  return new Set(rows.map((row) => row.move_id));
}

export async function lockBreak(tx: Tx, book: number, id: string): Promise<ClearingBreak | null> {
  const rows = await tx<Columns[]>`
    select ${selected(tx)}
    from clearing_breaks
    where book = ${book}
      and id = ${id}
    for update`;
  return rows[0] === undefined ? null : toBreak(rows[0]);
}

/** A person ends it. */
export async function closeBreak(
  tx: Tx,
  one: Pick<ClearingBreak, 'book' | 'id'>,
  how: { note: string; by: string; now: Date },
): Promise<void> {
  await tx`
    update clearing_breaks
    set state = 'resolved',
      resolution = 'closed_by_operator',
      note = ${how.note},
      resolved_by = ${how.by},
      resolved_at = ${how.now}
    where book = ${one.book}
      and id = ${one.id}`;
}

export async function findBreak(sql: Sql, book: number, id: string): Promise<ClearingBreak | null> {
  const rows = await sql<Columns[]>`
    select ${selected(sql)}
    from clearing_breaks
    where book = ${book}
      and id = ${id}`;
  return rows[0] === undefined ? null : toBreak(rows[0]);
}

/** Oldest first; those that were found together in no order of their own. */
export async function listBreaks(
  sql: Sql,
  filter: { book: number; day: string | null; state: string | null; after: string | null; itemsMax: number },
): Promise<ClearingBreak[]> {
  const rows = await sql<Columns[]>`
    select ${selected(sql)}
    from clearing_breaks
    where book = ${filter.book}
      and (${filter.day}::text is null or day = ${filter.day}::text::date)
      and (${filter.state}::text is null or state = ${filter.state})
      and (${filter.after}::text is null or id > ${filter.after})
    order by id
    limit ${filter.itemsMax}`;
  return rows.map(toBreak);
}

/** How many breaks of each state these days have. */
export async function countBreaks(
  sql: Sql,
  book: number,
  days: readonly string[],
): Promise<{ day: string; state: ClearingBreak['state']; count: number }[]> {
  return await sql<{ day: string; state: ClearingBreak['state']; count: number }[]>`
    select day::text as day, state, count(*)::int as count
    from clearing_breaks
    where book = ${book}
      and day = any(${[...days]}::text[]::date[])
    group by clearing_breaks.day, state`;
}

function selected(sql: Sql | Tx) {
  return sql`book, id, day::text as day, kind, cause, subject, issuer, move_id, side, ours, theirs, state, resolution, evidence,
      note, resolved_by, created_at, resolved_at`;
}

interface Columns {
  book: number;
  id: ClearingBreak['id'];
  day: string;
  kind: ClearingBreak['kind'];
  cause: ClearingBreak['cause'];
  subject: string;
  issuer: string;
  move_id: string | null;
  side: ClearingBreak['side'];
  ours: ClearingBreak['ours'];
  theirs: ClearingBreak['theirs'];
  state: ClearingBreak['state'];
  resolution: ClearingBreak['resolution'];
  evidence: ClearingBreak['evidence'];
  note: string | null;
  resolved_by: string | null;
  created_at: Date;
  resolved_at: Date | null;
}

function toBreak({ move_id, resolved_by, created_at, resolved_at, ...row }: Columns): ClearingBreak {
  return { ...row, moveId: move_id, resolvedBy: resolved_by, createdAt: created_at, resolvedAt: resolved_at };
}

function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
