import type { Sql } from '../../db/connect.ts';

export interface TicketRow {
  book: number;
  /** `lap_…`. */
  appId: string;
  madeFor: Buffer;
  tokenSealed: string | null;
  tokenGoodUntil: Date | null;
  ticketSealed: string | null;
  ticketGoodUntil: Date | null;
  failure: string | null;
  failuresCount: number;
  retryAt: Date | null;
  leasedUntil: Date;
  leaseNo: bigint;
}

const COLUMNS = [
  'book',
  'app_id',
  'made_for',
  'token_sealed',
  'token_good_until',
  'ticket_sealed',
  'ticket_good_until',
  'failure',
  'failures_count',
  'retry_at',
  'leased_until',
  'lease_no',
];

interface Columns {
  book: number;
  app_id: string;
  made_for: Buffer;
  token_sealed: string | null;
  token_good_until: Date | null;
  ticket_sealed: string | null;
  ticket_good_until: Date | null;
  failure: string | null;
  failures_count: number;
  retry_at: Date | null;
  leased_until: Date;
  lease_no: bigint;
}

export async function findTicket(sql: Sql, book: number, appId: string): Promise<TicketRow | null> {
  const [row] = await sql<Columns[]>`
    select ${sql(COLUMNS)}
    from link_wechat_tickets
    where book = ${book}
      and app_id = ${appId}`;
  return row === undefined ? null : toRow(row);
}

/**
 * Takes the account for one that fetches, until `leaseUntil`; null while somebody else has it. What was made for another AppID or secret is gone
 * with that.
 */
export async function claimTicket(
  sql: Sql,
  wish: { book: number; appId: string; madeFor: Buffer; now: Date; leaseUntil: Date },
): Promise<TicketRow | null> {
  const { book, appId, madeFor, now, leaseUntil } = wish;
  const [row] = await sql<Columns[]>`
    insert into link_wechat_tickets as held (book, app_id, made_for, leased_until, lease_no, updated_at)
    values (${book}, ${appId}, ${madeFor}, ${leaseUntil}, 1, ${now})
    on conflict (book, app_id) do update
    set made_for = excluded.made_for,
      token_sealed = case when held.made_for = excluded.made_for then held.token_sealed end,
      token_good_until = case when held.made_for = excluded.made_for then held.token_good_until end,
      ticket_sealed = case when held.made_for = excluded.made_for then held.ticket_sealed end,
      ticket_good_until = case when held.made_for = excluded.made_for then held.ticket_good_until end,
      failure = case when held.made_for = excluded.made_for then held.failure end,
      failures_count = case when held.made_for = excluded.made_for then held.failures_count else 0 end,
      retry_at = case when held.made_for = excluded.made_for then held.retry_at end,
      leased_until = excluded.leased_until,
      lease_no = held.lease_no + 1,
      updated_at = excluded.updated_at
    where held.leased_until <= ${now}
    returning ${sql(COLUMNS)}`;
  return row === undefined ? null : toRow(row);
}

/** Writes what came of it and, with a `leasedUntil` that is over, lets go; nothing when the lease ran out and somebody else has it. */
export async function updateTicket(sql: Sql, row: TicketRow, now: Date): Promise<boolean> {
  const written = await sql`
    update link_wechat_tickets
    set token_sealed = ${row.tokenSealed},
      token_good_until = ${row.tokenGoodUntil},
      ticket_sealed = ${row.ticketSealed},
      ticket_good_until = ${row.ticketGoodUntil},
      failure = ${row.failure},
      failures_count = ${row.failuresCount},
      retry_at = ${row.retryAt},
      leased_until = ${row.leasedUntil},
      updated_at = ${now}
    where book = ${row.book}
      and app_id = ${row.appId}
      and lease_no = ${row.leaseNo}`;
  return written.count === 1;
}

function toRow(row: Columns): TicketRow {
  return {
    book: row.book,
    appId: row.app_id,
    madeFor: row.made_for,
    tokenSealed: row.token_sealed,
    tokenGoodUntil: row.token_good_until,
    ticketSealed: row.ticket_sealed,
    ticketGoodUntil: row.ticket_good_until,
    failure: row.failure,
    failuresCount: row.failures_count,
    retryAt: row.retry_at,
    leasedUntil: row.leased_until,
    leaseNo: row.lease_no,
  };
}
