import type { Sql } from '../db/connect.ts';

/** The server's version as PostgreSQL counts: 150004 is 15.4. */
export async function findServerVersion(sql: Sql): Promise<number> {
  const rows = await sql<{ version: string }[]>`select current_setting('server_version_num') as version`;
  return Number(rows[0]?.version);
}
