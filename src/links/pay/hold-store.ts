import { LINK_LOOK_SECONDS_MIN } from '../../base/link-limits.ts';
import type { Sql, Tx } from '../../db/connect.ts';
import type { UserId } from '../../users/users.ts';

/** A share of a collection that somebody set out to pay; a row of `link_transfers`. */
export interface Hold {
  book: number;
  linkId: string;
  holdId: string;
  userId: UserId;
  /** `open` keeps its share until its transfer has ended or, where none was made, `dueAt`; `paid` for good; `ended` has given it back. */
  state: 'open' | 'paid' | 'ended';
  placeNo: number;
  amountMinor: bigint;
  /** Shortened, as the payee sees payers. */
  payerName: string;
  askedAt: Date;
  dueAt: Date | null;
}

const COLUMNS = [
  'book',
  'link_id',
  'hold_id',
  'user_id',
  'state',
  'place_no',
  'amount_minor',
  'payer_name',
  'asked_at',
  'due_at',
];

/** Those that keep a share, in order of their places. */
export async function listHolds(sql: Sql | Tx, book: number, linkIds: readonly string[]): Promise<Hold[]> {
  const rows = await sql<Row[]>`
    select ${sql(COLUMNS)}
    from link_transfers
    where book = ${book}
      and link_id = any(${[...linkIds]}::text[])
      and state <> 'ended'
    order by link_id, place_no`;
  return rows.map(toHold);
}

export async function insertHold(tx: Tx, hold: Hold): Promise<void> {
  await tx`
    insert into link_transfers (book, link_id, hold_id, user_id, state, place_no, amount_minor, payer_name, asked_at, due_at,
      look_at)
    values (${hold.book}, ${hold.linkId}, ${hold.holdId}, ${hold.userId}, ${hold.state}, ${hold.placeNo},
      ${hold.amountMinor}, ${hold.payerName}, ${hold.askedAt}, ${hold.dueAt},
      ${hold.askedAt}::timestamptz + make_interval(secs => ${LINK_LOOK_SECONDS_MIN}))`;
}

/** Another quote was asked for; the time always changes, so that whoever read it before knows. */
export async function extendHold(tx: Tx, hold: Pick<Hold, 'book' | 'linkId' | 'holdId'>, dueAt: Date): Promise<void> {
  await tx`
    update link_transfers
    set due_at = greatest(due_at + interval '1 millisecond', ${dueAt}::timestamptz)
    where book = ${hold.book}
      and link_id = ${hold.linkId}
      and hold_id = ${hold.holdId}
      and state = 'open'`;
}

export async function endHolds(
  tx: Tx,
  holds: readonly { book: number; linkId: string; holdId: string; state: 'paid' | 'ended' }[],
  now: Date,
): Promise<void> {
  for (const hold of holds)
    await tx`
      update link_transfers
      set state = ${hold.state},
        due_at = null,
        ended_at = ${now}
      where book = ${hold.book}
        and link_id = ${hold.linkId}
        and hold_id = ${hold.holdId}
        and state = 'open'`;
}

/**
 * Collections of which a share is to be looked at, each once. Claimed is put off, the later the older the share is: that is the lease as well, and
 * looking twice changes nothing.
 */
export async function claimHeldLinks(
  sql: Sql,
  wish: { book: number; now: Date; secondsMin: number; secondsMax: number; itemsMax: number },
): Promise<string[]> {
  const { book, now, secondsMin, secondsMax, itemsMax } = wish;
  const rows = await sql<{ linkId: string }[]>`
    update link_transfers
    set look_at = ${now}::timestamptz + make_interval(
        secs => least(greatest(extract(epoch from ${now}::timestamptz - link_transfers.asked_at) / 2, ${secondsMin}), ${secondsMax})
      )
    from (
      select book, link_id, hold_id
      from link_transfers
      where look_at <= ${now}
        and state = 'open'
        and book = ${book}
      order by look_at
      limit ${itemsMax}
      for update skip locked
    ) as due
    where link_transfers.book = due.book
      and link_transfers.link_id = due.link_id
      and link_transfers.hold_id = due.hold_id
    returning link_transfers.link_id as "linkId"`;
  return [...new Set(rows.map(({ linkId }) => linkId))];
}

/** How many collections a person has begun since then. */
export async function countCollectionsSince(sql: Sql, book: number, userId: string, since: Date): Promise<number> {
  const [row] = await sql<{ count: bigint }[]>`
    select count(*) as count
    from link_terms
    where book = ${book}
      and user_id = ${userId}
      and created_at > ${since}`;
  return Number(row?.count ?? 0n);
}

interface Row {
  book: number;
  link_id: string;
  hold_id: string;
  user_id: UserId;
  state: Hold['state'];
  place_no: number;
  amount_minor: bigint;
  payer_name: string;
  asked_at: Date;
  due_at: Date | null;
}

function toHold(row: Row): Hold {
  return {
    book: row.book,
    linkId: row.link_id,
    holdId: row.hold_id,
    userId: row.user_id,
    state: row.state,
    placeNo: row.place_no,
    amountMinor: row.amount_minor,
    payerName: row.payer_name,
    askedAt: row.asked_at,
    dueAt: row.due_at,
  };
}
