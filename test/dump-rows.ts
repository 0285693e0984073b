import type { Sql } from '../src/db/connect.ts';

/** Every row of every table as text, and every value of bytes as it is. */
export async function dumpRows(sql: Sql): Promise<Buffer> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
  if (tables.length < 30) throw new Error('there are more tables than that');
  const parts: Buffer[] = [];
  for (const { name } of tables)
    for (const { row } of await sql<{ row: string }[]>`select each::text as row from ${sql(name)} as each`) {
      parts.push(Buffer.from(`${name} ${row}\n`));
      for (const [, hex = ''] of row.matchAll(/\\x([0-9a-f]{8,})/g))
        parts.push(Buffer.from(hex, 'hex'), Buffer.from('\n'));
    }
  return Buffer.concat(parts);
}
