import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Leg } from './move.ts';

const COLUMNS = [
  'book',
  'move_id',
  'side',
  'state',
  'transmitted_at',
  'stan',
  'rrn',
  'institution',
  'card_id',
  'last4',
  'amount_minor',
  'auth_id',
  'code',
  'reason',
  'settlement_day',
  'is_flagged',
  'was_found',
  'sends_count',
  'first_sent_at',
  'last_sent_at',
  'told_at',
];

export async function insertLegs(tx: Tx, legs: readonly Leg[]): Promise<void> {
  await tx`
    insert into legs (book, move_id, side, state, transmitted_at, stan, rrn, institution, card_id, last4, amount_minor,
      sends_count, first_sent_at, last_sent_at)
    select *
    from unnest(
      ${column(legs.map((l) => l.book))}::int[],
      ${legs.map((l) => l.moveId)}::text[],
      ${legs.map((l) => l.side)}::text[],
      ${legs.map((l) => l.state)}::text[],
      ${column(legs.map((l) => l.stamp.transmittedAt))}::timestamptz[],
      ${legs.map((l) => l.stamp.stan)}::text[],
      ${legs.map((l) => l.stamp.rrn)}::text[],
      ${legs.map((l) => l.institution)}::text[],
      ${legs.map((l) => l.cardId)}::text[],
      ${legs.map((l) => l.last4)}::text[],
      ${column(legs.map((l) => l.amountMinor))}::bigint[],
      ${column(legs.map((l) => l.sendsCount))}::int[],
      ${column(legs.map((l) => l.firstSentAt))}::timestamptz[],
      ${column(legs.map((l) => l.lastSentAt))}::timestamptz[]
    )`;
}

export async function updateLegs(tx: Tx, legs: readonly Leg[]): Promise<void> {
  await tx`
    update legs
    set state = new.state,
      auth_id = new.auth_id,
      code = new.code,
      reason = new.reason,
      settlement_day = new.settlement_day::text::date,
      is_flagged = new.is_flagged,
      was_found = new.was_found,
      sends_count = new.sends_count,
      last_sent_at = new.last_sent_at,
      told_at = new.told_at
    from unnest(
      ${column(legs.map((l) => l.book))}::int[],
      ${legs.map((l) => l.moveId)}::text[],
      ${legs.map((l) => l.side)}::text[],
      ${legs.map((l) => l.state)}::text[],
      ${legs.map((l) => l.authId)}::text[],
      ${legs.map((l) => l.code)}::text[],
      ${legs.map((l) => l.reason)}::text[],
      ${legs.map((l) => l.settlementDay)}::text[],
      ${column(legs.map((l) => l.isFlagged))}::boolean[],
      ${column(legs.map((l) => l.wasFound))}::boolean[],
      ${column(legs.map((l) => l.sendsCount))}::int[],
      ${column(legs.map((l) => l.lastSentAt))}::timestamptz[],
      ${column(legs.map((l) => l.toldAt))}::timestamptz[]
    ) as new (book, move_id, side, state, auth_id, code, reason, settlement_day, is_flagged, was_found, sends_count,
      last_sent_at, told_at)
    where legs.book = new.book
      and legs.move_id = new.move_id
      and legs.side = new.side`;
}

/** Of moves whose rows the caller has locked, or for reading. */
export async function findLegsOf(sql: Sql | Tx, book: number, moveIds: readonly string[]): Promise<Leg[]> {
  const rows = await sql<DbRow[]>`
    select ${columns(sql)}
    from legs
    where book = ${book}
      and move_id = any(${[...moveIds]}::text[])`;
  return rows.map(toLeg);
}

/**
 * Debits and credits of one day of the switch, by its own word where it has spoken, with those that are still open and were sent before
 * that day was over; in order of move.
 */
export async function listLegsOfDay(
  sql: Sql,
  book: number,
  filter: { day: string; openBefore: Date; after: { moveId: string; side: string } | null; itemsMax: number },
): Promise<Leg[]> {
  const { after, itemsMax } = filter;
  const onwards = after === null ? sql`` : sql`and (move_id, side) > (${after.moveId}, ${after.side})`;
  // Two questions, each with an index of its own: as one, it would be answered by walking through all legs that there ever were.
  const rows = await sql<DbRow[]>`
    (
      select ${columns(sql)}
      from legs
      where book = ${book}
        and side <> 'reversal'
        and settlement_day = ${filter.day}::text::date
        ${onwards}
      order by move_id, side
      limit ${itemsMax}
    )
    union all
    (
      select ${columns(sql)}
      from legs
      where book = ${book}
        and side <> 'reversal'
        and state in ('sent', 'unknown')
        and transmitted_at < ${filter.openBefore}
        -- What was never told, and has been taken back, is open no more.
        and not exists (
          select 1
          from legs back
          where back.book = legs.book
            and back.move_id = legs.move_id
            and back.side = 'reversal'
            and back.state = 'approved'
        )
        ${onwards}
      order by move_id, side
      limit ${itemsMax}
    )
    order by move_id, side
    limit ${itemsMax}`;
  return rows.map(toLeg);
}

/** Debits and credits that were sent in one of these seconds with one of these numbers. */
export async function findLegsByStamp(
  sql: Sql,
  book: number,
  stamps: readonly { transmittedAt: Date; stan: string }[],
): Promise<Leg[]> {
  const rows = await sql<DbRow[]>`
    select ${columns(sql)}
    from legs
    where book = ${book}
      and side <> 'reversal'
      and (transmitted_at, stan) in (
        select *
        from unnest(
          ${column(stamps.map((stamp) => stamp.transmittedAt))}::timestamptz[],
          ${stamps.map((stamp) => stamp.stan)}::text[]
        )
      )
    order by move_id, side`;
  return rows.map(toLeg);
}

function columns(sql: Sql | Tx) {
  return sql(COLUMNS);
}

interface DbRow {
  book: number;
  move_id: Leg['moveId'];
  side: Leg['side'];
  state: Leg['state'];
  transmitted_at: Date;
  stan: string;
  rrn: string;
  institution: string;
  card_id: string | null;
  last4: string;
  amount_minor: bigint;
  auth_id: string | null;
  code: string | null;
  reason: string | null;
  settlement_day: Date | null;
  is_flagged: boolean;
  was_found: boolean | null;
  sends_count: number;
  first_sent_at: Date;
  last_sent_at: Date;
  told_at: Date | null;
}

function toLeg(row: DbRow): Leg {
  return {
    book: row.book,
    moveId: row.move_id,
    side: row.side,
    state: row.state,
    stamp: { transmittedAt: row.transmitted_at, stan: row.stan, rrn: row.rrn },
    institution: row.institution,
    cardId: row.card_id,
    last4: row.last4,
    amountMinor: row.amount_minor,
    authId: row.auth_id,
    code: row.code,
    reason: row.reason,
    settlementDay: row.settlement_day === null ? null : row.settlement_day.toISOString().slice(0, 10),
    isFlagged: row.is_flagged,
    wasFound: row.was_found,
    sendsCount: row.sends_count,
    firstSentAt: row.first_sent_at,
    lastSentAt: row.last_sent_at,
    toldAt: row.told_at,
  };
}
