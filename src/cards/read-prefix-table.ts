import type { Sql } from '../db/connect.ts';
import { readPrefixRows } from './prefix-store.ts';
import { makePrefixTable, type PrefixTable } from './prefix-table.ts';

/** The table as it is now, an operator's rows before those of the package. */
export async function readPrefixTable(sql: Sql): Promise<PrefixTable> {
  return makePrefixTable(await readPrefixRows(sql));
}
