import type { Sql, Tx } from '../db/connect.ts';
import type { Session, UserId } from './users.ts';

export interface SessionRow {
  book: number;
  id: string;
  userId: UserId;
  deviceId: string;
  digest: Buffer;
  createdAt: Date;
  lastUsedAt: Date;
  endedAt: Date | null;
  deviceNewSince: Date;
  lang: Session['lang'];
}

export async function findSession(sql: Sql, book: number, id: string): Promise<SessionRow | null> {
  const [row] = await sql<SessionRow[]>`
    select s.book, s.id, s.user_id as "userId", s.device_id as "deviceId", s.digest, s.created_at as "createdAt",
      s.last_used_at as "lastUsedAt", s.ended_at as "endedAt",
      greatest(d.created_at, d.renewed_at) as "deviceNewSince", u.lang
    from user_sessions s
    join user_devices d on d.book = s.book and d.id = s.device_id
    join users u on u.book = s.book and u.id = s.user_id
    where s.book = ${book} and s.id = ${id}`;
  return row ?? null;
}

export async function insertSession(
  tx: Tx,
  row: Pick<SessionRow, 'book' | 'id' | 'userId' | 'deviceId' | 'digest' | 'createdAt'>,
): Promise<void> {
  await tx`
    insert into user_sessions (book, id, user_id, device_id, digest, created_at, last_used_at)
    values (${row.book}, ${row.id}, ${row.userId}, ${row.deviceId}, ${row.digest}, ${row.createdAt}, ${row.createdAt})`;
}

/** Never back in time, and never a session that has ended. */
export async function touchSession(sql: Sql, book: number, id: string, now: Date): Promise<void> {
  await sql`
    update user_sessions
    set last_used_at = greatest(last_used_at, ${now})
    where book = ${book} and id = ${id} and ended_at is null`;
}

export async function endSession(sql: Sql | Tx, book: number, id: string, now: Date): Promise<boolean> {
  const rows = await sql`
    update user_sessions
    set ended_at = ${now}
    where book = ${book} and id = ${id} and ended_at is null
    returning id`;
  return rows.length === 1;
}

/** Sessions of a person: on one device, or on all; but not `exceptId`. Returns how many ended. */
export async function endSessions(
  sql: Sql | Tx,
  book: number,
  userId: UserId,
  which: { deviceId: string | null; exceptId: string | null },
  now: Date,
): Promise<number> {
  const rows = await sql`
    update user_sessions
    set ended_at = ${now}
    where book = ${book} and ended_at is null and id in (
      select id from user_sessions
      where book = ${book} and user_id = ${userId} and ended_at is null
        ${which.deviceId === null ? sql`` : sql`and device_id = ${which.deviceId}`}
        ${which.exceptId === null ? sql`` : sql`and id <> ${which.exceptId}`}
      order by id
      for update
    )
    returning id`;
  return rows.length;
}
