import { column } from '../db/column.ts';
import type { Sql } from '../db/connect.ts';
import type { PrefixRow } from './prefix-table.ts';

/** The operator's rows and the number of the import that brought them; 0 when there was none. */
export async function readPrefixRows(sql: Sql): Promise<{ rows: PrefixRow[]; importNo: number }> {
  const read: { rows: PrefixRow[]; importNo: number } = { rows: [], importNo: 0 };
  await sql.begin('isolation level repeatable read', async (tx) => {
    const [last] = await tx<{ importNo: number }[]>`
      select coalesce(max(import_no), 0) as "importNo"
      from card_prefix_imports`;
    read.importNo = last?.importNo ?? 0;
    read.rows = await tx<PrefixRow[]>`
      select bank, kind, card_length as length, prefix, has_luhn as "hasLuhn"
      from card_prefixes
      order by card_length, prefix`;
  });
  return read;
}

export async function readImportNo(sql: Sql): Promise<number> {
  const [row] = await sql<{ importNo: number }[]>`
    select coalesce(max(import_no), 0) as "importNo"
    from card_prefix_imports`;
  return row?.importNo ?? 0;
}

/** Puts these rows in place of all that were there; returns the number of this import. */
export async function replacePrefixRows(sql: Sql, rows: readonly PrefixRow[], now: Date): Promise<number> {
  return await sql.begin(async (tx) => {
    await tx`lock table card_prefix_imports in share row exclusive mode`;
    await tx`delete from card_prefixes`;
    await tx`
      insert into card_prefixes (card_length, prefix, bank, kind, has_luhn)
      select *
      from unnest(${column(rows.map(({ length }) => length))}::smallint[], ${rows.map(({ prefix }) => prefix)}::text[],
        ${rows.map(({ bank }) => bank)}::text[], ${rows.map(({ kind }) => kind)}::text[],
        ${column(rows.map(({ hasLuhn }) => hasLuhn))}::boolean[])`;
    const [row] = await tx<{ importNo: number }[]>`
      insert into card_prefix_imports (import_no, imported_at, rows_count)
      select coalesce(max(import_no), 0) + 1, ${now}, ${rows.length}
      from card_prefix_imports
      returning import_no as "importNo"`;
    return row?.importNo ?? 0;
  });
}
