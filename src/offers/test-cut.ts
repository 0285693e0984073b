import type { Sql } from '../db/connect.ts';

/** Ends every connection of that name, as a database that is restarted does. */
export async function cutConnections(sql: Sql, applicationName: string): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${applicationName}`;
}
