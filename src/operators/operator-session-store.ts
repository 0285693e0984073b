import type { Sql, Tx } from '../db/connect.ts';
import type { OperatorSession } from './operator-sessions.ts';

/** A link that nobody has opened yet. */
export async function insertLink(
  sql: Sql,
  session: Pick<OperatorSession, 'book' | 'id' | 'operator' | 'lastsSeconds' | 'linkUntil' | 'createdAt'>,
  linkHash: Buffer,
): Promise<void> {
  const { book, id, operator, lastsSeconds, linkUntil, createdAt } = session;
  await sql`
    insert into console_sessions (book, id, operator, lasts_seconds, link_hash, link_until, created_at)
    values (${book}, ${id}, ${operator}, ${lastsSeconds}, ${linkHash}, ${linkUntil}, ${createdAt})`;
}

/** The one who comes first gets it; null where it is used, ended, too old or was never there. */
export async function openLink(
  sql: Sql | Tx,
  book: number,
  { linkHash, cookieHash, now }: { linkHash: Buffer; cookieHash: Buffer; now: Date },
): Promise<OperatorSession | null> {
  const rows = await sql<OperatorSession[]>`
    update console_sessions
    set cookie_hash = ${cookieHash},
      opened_at = ${now},
      seen_at = ${now},
      ends_at = ${now}::timestamptz + make_interval(secs => lasts_seconds)
    where book = ${book}
      and link_hash = ${linkHash}
      and opened_at is null
      and ended_at is null
      and link_until > ${now}
    returning ${sql.unsafe(COLUMNS)}`;
  return rows[0] ?? null;
}

export async function findByLink(sql: Sql, book: number, linkHash: Buffer): Promise<OperatorSession | null> {
  const rows = await sql<OperatorSession[]>`
    select ${sql.unsafe(COLUMNS)}
    from console_sessions
    where book = ${book}
      and link_hash = ${linkHash}`;
  return rows[0] ?? null;
}

export async function findByCookie(sql: Sql, book: number, cookieHash: Buffer): Promise<OperatorSession | null> {
  const rows = await sql<OperatorSession[]>`
    select ${sql.unsafe(COLUMNS)}
    from console_sessions
    where book = ${book}
      and cookie_hash = ${cookieHash}`;
  return rows[0] ?? null;
}

/** Never back in time, and never a session that has ended. */
export async function touchSession(sql: Sql, book: number, id: string, now: Date): Promise<void> {
  await sql`
    update console_sessions
    set seen_at = greatest(seen_at, ${now})
    where book = ${book}
      and id = ${id}
      and ended_at is null`;
}

/** Also a link that nobody has opened. Tells whether it had not ended before. */
export async function endSession(sql: Sql, book: number, id: string, now: Date): Promise<boolean> {
  const rows = await sql`
    update console_sessions
    set ended_at = ${now}
    where book = ${book}
      and id = ${id}
      and ended_at is null
    returning id`;
  return rows.length === 1;
}

/** Newest first. */
export async function listSessions(sql: Sql, book: number, itemsMax: number): Promise<OperatorSession[]> {
  return await sql<OperatorSession[]>`
    select ${sql.unsafe(COLUMNS)}
    from console_sessions
    where book = ${book}
    order by id desc
    limit ${itemsMax}`;
}

const COLUMNS = `book, id, operator, lasts_seconds as "lastsSeconds", link_until as "linkUntil", created_at as "createdAt",
  opened_at as "openedAt", seen_at as "seenAt", ends_at as "endsAt", ended_at as "endedAt"`;
