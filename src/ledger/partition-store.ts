import type { Sql } from '../db/connect.ts';

/** Makes missing monthly partitions of the transfers, this month's first; answers how many it made. */
export async function makePartitions(sql: Sql, since: Date, months: number): Promise<number> {
  const [row] = await sql<{ made: number }[]>`select ledger_make_partitions(${since}, ${months}) as made`;
  return row?.made ?? 0;
}
