import type { Sql, Tx } from '../db/connect.ts';
import type { UserId } from './users.ts';

export interface DeviceRow {
  book: number;
  id: string;
  userId: UserId;
  name: string;
  digest: Buffer;
  createdAt: Date;
  /** When it was first seen, or counted as new again. */
  newSince: Date;
  lastUsedAt: Date;
}

export async function insertDevice(tx: Tx, row: Omit<DeviceRow, 'newSince' | 'lastUsedAt'>): Promise<void> {
  await tx`
    insert into user_devices (book, id, user_id, name, digest, created_at, last_used_at)
    values (${row.book}, ${row.id}, ${row.userId}, ${row.name}, ${row.digest}, ${row.createdAt}, ${row.createdAt})`;
}

/** Anybody's that is not removed. */
export async function findDevice(sql: Sql, book: number, id: string): Promise<DeviceRow | null> {
  const [row] = await sql<DeviceRow[]>`
    select book, id, user_id as "userId", name, digest, created_at as "createdAt",
      greatest(created_at, renewed_at) as "newSince", last_used_at as "lastUsedAt"
    from user_devices
    where book = ${book} and id = ${id} and removed_at is null`;
  return row ?? null;
}

/** This person's, and not removed. Locked: removing it waits for a sign-in on it, and the other way round. */
export async function lockDevice(tx: Tx, book: number, id: string, userId: UserId): Promise<DeviceRow | null> {
  const [row] = await tx<DeviceRow[]>`
    select book, id, user_id as "userId", name, digest, created_at as "createdAt",
      greatest(created_at, renewed_at) as "newSince", last_used_at as "lastUsedAt"
    from user_devices
    where book = ${book} and id = ${id} and user_id = ${userId} and removed_at is null
    for update`;
  return row ?? null;
}

export async function updateDeviceUsed(tx: Tx, book: number, id: string, name: string, now: Date): Promise<void> {
  await tx`
    update user_devices
    set name = ${name}, last_used_at = greatest(last_used_at, ${now})
    where book = ${book} and id = ${id}`;
}

export async function touchDevice(sql: Sql, book: number, id: string, now: Date): Promise<void> {
  await sql`
    update user_devices
    set last_used_at = greatest(last_used_at, ${now})
    where book = ${book} and id = ${id}`;
}

export async function listDeviceRows(
  sql: Sql,
  book: number,
  userId: UserId,
  itemsMax: number,
): Promise<Omit<DeviceRow, 'digest' | 'newSince'>[]> {
  return await sql<Omit<DeviceRow, 'digest' | 'newSince'>[]>`
    select book, id, user_id as "userId", name, created_at as "createdAt", last_used_at as "lastUsedAt"
    from user_devices
    where book = ${book} and user_id = ${userId} and removed_at is null
    order by last_used_at desc, id desc
    limit ${itemsMax}`;
}

/** All of a person's devices count as new again. */
export async function renewDevices(tx: Tx, book: number, userId: UserId, now: Date): Promise<void> {
  await tx`
    update user_devices
    set renewed_at = ${now}
    where book = ${book} and id in (
      select id from user_devices
      where book = ${book} and user_id = ${userId} and removed_at is null
      order by id
      for update
    )`;
}

export async function removeDeviceRow(tx: Tx, book: number, id: string, userId: UserId, now: Date): Promise<boolean> {
  const rows = await tx`
    update user_devices
    set removed_at = ${now}
    where book = ${book} and id = ${id} and user_id = ${userId} and removed_at is null
    returning id`;
  return rows.length === 1;
}
