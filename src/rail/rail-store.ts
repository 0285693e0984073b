import type { Sql } from '../db/connect.ts';

/** Reserves the block of trace numbers that has rested longest; `freeAt` is the second before which its numbers have to be used. */
export async function reserveBlock(
  sql: Sql,
  now: Date,
  blockSeconds: number,
): Promise<{ blockNo: number; freeAt: Date } | null> {
  const rows = await sql<{ blockNo: number; freeAt: Date }[]>`
    update rail_stamp_blocks as block
    set free_at = greatest(block.free_at, date_trunc('second', ${now}::timestamptz)) + make_interval(secs => ${blockSeconds})
    from (
      select block_no
      from rail_stamp_blocks
      order by free_at, block_no
      limit 1
      for update skip locked
    ) as next
    where block.block_no = next.block_no
    returning block.block_no as "blockNo", block.free_at as "freeAt"`;
  return rows[0] ?? null;
}

export async function findKeys(sql: Sql, rail: string): Promise<string | null> {
  const rows = await sql<{ sealed: string }[]>`
    select sealed
    from rail_keys
    where rail = ${rail}`;
  return rows[0]?.sealed ?? null;
}

export async function saveKeys(sql: Sql, rail: string, sealed: string, now: Date): Promise<void> {
  await sql`
    insert into rail_keys (rail, sealed, updated_at)
    values (${rail}, ${sealed}, ${now})
    on conflict (rail) do update set sealed = excluded.sealed, updated_at = excluded.updated_at`;
}

export interface RouteRow {
  bank: string;
  /** Null: the operator says that this bank takes no part. */
  institution: string | null;
}

export async function listRoutes(sql: Sql): Promise<RouteRow[]> {
  return await sql<RouteRow[]>`
    select bank, institution
    from rail_routes
    order by bank`;
}

export async function upsertRoute(sql: Sql, route: RouteRow, now: Date): Promise<void> {
  await sql`
    insert into rail_routes (bank, institution, updated_at)
    values (${route.bank}, ${route.institution}, ${now})
    on conflict (bank) do update set institution = excluded.institution, updated_at = excluded.updated_at`;
}

export async function deleteRoute(sql: Sql, bank: string): Promise<boolean> {
  const gone = await sql`
    delete from rail_routes
    where bank = ${bank}`;
  return gone.count > 0;
}
