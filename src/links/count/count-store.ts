import { LINK_FLUSH_STEP_ROWS } from '../../base/link-limits.ts';
import { column } from '../../db/column.ts';
import type { Sql, Tx } from '../../db/connect.ts';
import { HOURS, LINK_SPLITS, type LinkSplit, LinkTally, type Names } from './link-tally.ts';
import { PeopleSketch } from './people-sketch.ts';

/** What was counted of one link on one day of Asia/Shanghai. */
export interface LinkDay {
  book: number;
  linkId: string;
  day: string;
  tally: LinkTally;
}

/** Writes down that this batch of a process is done; false when it was already. Waits for a transaction that may still be writing it. */
export async function claimFlush(
  tx: Tx,
  flush: { book: number; node: string; flushNo: number; now: Date },
): Promise<boolean> {
  const { book, node, flushNo, now } = flush;
  const rows = await tx`
    insert into link_flushes as f (book, node, flush_no, flushed_at)
    values (${book}, ${node}, ${flushNo}, ${now})
    on conflict (book, node) do update
    set flush_no = excluded.flush_no, flushed_at = excluded.flushed_at
    where f.flush_no < excluded.flush_no
    returning flush_no`;
  return rows.length > 0;
}

/** Forgets processes that are long gone. */
export async function sweepFlushes(sql: Sql, book: number, before: Date): Promise<void> {
  await sql`
    delete from link_flushes
    where book = ${book}
      and flushed_at < ${before}`;
}

/**
 * Adds to the days of links, each named once. Rows are locked in the order of book, link and day, so that two transactions never wait for each
 * other. All that is missing is inserted before anything is locked; the rest is done in small steps, each after an answer of the database:
 * whoever opens a link meanwhile is served between two of them.
 */
export async function addLinkDays(tx: Tx, days: readonly LinkDay[]): Promise<void> {
  const added = [...days].sort(byKey);
  await insertMissing(tx, added);
  for (let at = 0; at < added.length; at += LINK_FLUSH_STEP_ROWS)
    await addStep(tx, added.slice(at, at + LINK_FLUSH_STEP_ROWS));
}

async function addStep(tx: Tx, added: readonly LinkDay[]): Promise<void> {
  const known = await lockDays(tx, added);
  for (const day of added) known.get(keyOf(day))?.merge(day.tally);
  await updateDays(
    tx,
    added.map((day) => ({ ...day, tally: known.get(keyOf(day)) ?? day.tally })),
  );
}

/** As PostgreSQL sorts in collation "C": ids and days are plain letters and digits. */
function byKey(a: LinkDay, b: LinkDay): number {
  if (a.book !== b.book) return a.book - b.book;
  const [one, other] = a.linkId === b.linkId ? [a.day, b.day] : [a.linkId, b.linkId];
  return one < other ? -1 : 1;
}

function keyOf({ book, linkId, day }: Omit<LinkDay, 'tally'>): string {
  return `${book} ${linkId} ${day}`;
}

async function insertMissing(tx: Tx, days: readonly LinkDay[]): Promise<void> {
  await tx`
    insert into link_days (book, link_id, day)
    select book, link_id, day
    from unnest(
      ${column(days.map(({ book }) => book))}::int[],
      ${days.map(({ linkId }) => linkId)}::text[],
      ${days.map(({ day }) => day)}::text[]::date[]
    ) as added (book, link_id, day)
    order by book, link_id collate "C", day
    on conflict (book, link_id, day) do nothing`;
}

interface DayRow {
  book: number;
  linkId: string;
  day: string;
  opens: bigint;
  robots: bigint;
  taps: bigint;
  hours: number[];
  splits: Partial<Record<LinkSplit, Record<string, number>>>;
}

async function lockDays(tx: Tx, days: readonly LinkDay[]): Promise<Map<string, LinkTally>> {
  const rows = await tx<(DayRow & { sketch: Buffer })[]>`
    select book, link_id as "linkId", day::text as day, opens, robots, taps, to_json(hours) as hours, splits, sketch
    from link_days
    where (book, link_id, day) in (
      select book, link_id, day
      from unnest(
        ${column(days.map(({ book }) => book))}::int[],
        ${days.map(({ linkId }) => linkId)}::text[],
        ${days.map(({ day }) => day)}::text[]::date[]
      ) as wanted (book, link_id, day))
    order by book, link_id collate "C", day
    for update`;
  return new Map(rows.map((row) => [keyOf(row), toTally(row, PeopleSketch.fromBytes(row.sketch))]));
}

async function updateDays(tx: Tx, days: readonly LinkDay[]): Promise<void> {
  const tallies = days.map(({ tally }) => tally);
  await tx`
    update link_days as d
    set opens = new.opens,
        people = new.people,
        robots = new.robots,
        taps = new.taps,
        hours = new.hours::bigint[],
        splits = new.splits::jsonb,
        sketch = decode(new.sketch, 'base64')
    from unnest(
      ${column(days.map(({ book }) => book))}::int[],
      ${days.map(({ linkId }) => linkId)}::text[],
      ${days.map(({ day }) => day)}::text[]::date[],
      ${column(tallies.map(({ opens }) => opens))}::bigint[],
      ${column(tallies.map(({ people }) => people.estimate()))}::bigint[],
      ${column(tallies.map(({ robots }) => robots))}::bigint[],
      ${column(tallies.map(({ taps }) => taps))}::bigint[],
      ${tallies.map(({ hours }) => column(hours))}::text[],
      ${tallies.map(({ splits }) => splitsText(splits))}::text[],
      ${tallies.map(({ people }) => people.toBytes().toString('base64'))}::text[]
    ) as new (book, link_id, day, opens, people, robots, taps, hours, splits, sketch)
    where d.book = new.book
      and d.link_id = new.link_id
      and d.day = new.day`;
}

function splitsText(splits: LinkTally['splits']): string {
  const full = LINK_SPLITS.filter((split) => splits[split].size > 0);
  return JSON.stringify(Object.fromEntries(full.map((split) => [split, Object.fromEntries(splits[split])])));
}

function toTally(row: DayRow, people: PeopleSketch): LinkTally {
  const tally = new LinkTally(toNames(row.splits), people);
  tally.opens = Number(row.opens);
  tally.robots = Number(row.robots);
  tally.taps = Number(row.taps);
  for (let hour = 0; hour < HOURS; hour++) tally.hours[hour] = row.hours[hour] ?? 0;
  return tally;
}

function toNames(splits: DayRow['splits']): Record<LinkSplit, Names> {
  const namesOf = (split: LinkSplit): Names => new Map(Object.entries(splits[split] ?? {}));
  return {
    app: namesOf('app'),
    system: namesOf('system'),
    referrer: namesOf('referrer'),
    via: namesOf('via'),
    robot: namesOf('robot'),
    step: namesOf('step'),
  };
}

/** A day as it is read: people as they were estimated when they were last written. */
export interface CountedDay {
  day: string;
  people: number;
  tally: LinkTally;
}

/** The days of a link, both ends included, in order; days on which nothing was counted are not there. */
export async function listLinkDays(
  sql: Sql | Tx,
  wish: { book: number; linkId: string; from: string; until: string },
): Promise<CountedDay[]> {
  const rows = await sql<(DayRow & { people: bigint })[]>`
    select book, link_id as "linkId", day::text as day, opens, people, robots, taps, to_json(hours) as hours, splits
    from link_days
    where book = ${wish.book}
      and link_id = ${wish.linkId}
      and day between ${wish.from}::text::date and ${wish.until}::text::date
    order by day`;
  return rows.map((row) => ({ day: row.day, people: Number(row.people), tally: toTally(row, new PeopleSketch()) }));
}

/** The people of a link's days, both ends included, in order. */
export async function listSketches(
  sql: Sql,
  wish: { book: number; linkId: string; from: string; until: string },
): Promise<{ day: string; sketch: PeopleSketch }[]> {
  const rows = await sql<{ day: string; sketch: Buffer }[]>`
    select day::text as day, sketch
    from link_days
    where book = ${wish.book}
      and link_id = ${wish.linkId}
      and day between ${wish.from}::text::date and ${wish.until}::text::date
    order by day`;
  return rows.map(({ day, sketch }) => ({ day, sketch: PeopleSketch.fromBytes(sketch) }));
}

/** Opens of each day of many links, for lists. */
export async function listOpens(
  sql: Sql | Tx,
  wish: { book: number; linkIds: readonly string[]; from: string; until: string },
): Promise<{ linkId: string; day: string; opens: number; people: number }[]> {
  const rows = await sql<{ linkId: string; day: string; opens: bigint; people: bigint }[]>`
    select link_id as "linkId", day::text as day, opens, people
    from link_days
    where book = ${wish.book}
      and link_id = any(${[...wish.linkIds]}::text[])
      and day between ${wish.from}::text::date and ${wish.until}::text::date
    order by link_id, day`;
  return rows.map((row) => ({ ...row, opens: Number(row.opens), people: Number(row.people) }));
}
