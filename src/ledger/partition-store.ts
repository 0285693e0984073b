import type { Sql } from '../db/connect.ts';

/** Makes missing monthly partitions of the transfers, this month's first; answers how many it made. */
export async function makePartitions(sql: Sql, since: Date, months: number): Promise<number> {
  const [row] = await sql<{ made: number }[]>`select ledger_make_partitions(${since}, ${months}) as made`;
  return row?.made ?? 0;
}

/**
 * Gives the months that are over their indexes by account: written in one go they cost a tenth of what they would have
 * cost row by row. Writers are not held up; a build that was interrupted is done again. Answers how many were built.
 */
export async function indexClosedMonths(sql: Sql, now: Date): Promise<number> {
  const month = now.toISOString().slice(0, 7).replace('-', '_');
  const partitions = await sql<{ name: string }[]>`
    select c.relname as name
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'ledger_transfers'::regclass and c.relname ~ '^ledger_transfers_[0-9]{4}_[0-9]{2}$'
      and c.relname < ${`ledger_transfers_${month}`}
    order by c.relname`;
  const ready = await sql<{ name: string; valid: boolean }[]>`
    select c.relname as name, x.indisvalid as valid
    from pg_index x
    join pg_class c on c.oid = x.indexrelid
    where c.relname ~ '^ledger_transfers_[0-9]{4}_[0-9]{2}_by_(debit|credit)$'`;
  const valid = new Map(ready.map((index) => [index.name, index.valid]));
  let built = 0;
  for (const { name } of partitions) {
    for (const side of ['debit', 'credit']) {
      const index = `${name}_by_${side}`;
      if (valid.get(index) === true) continue;
      await buildIndex(sql, name, index, `${side}_account_id`, valid.has(index));
      built += 1;
    }
  }
  return built;
}

async function buildIndex(sql: Sql, table: string, index: string, column: string, broken: boolean): Promise<void> {
  const connection = await sql.reserve();
  try {
    await connection`set statement_timeout = 0`;
    if (broken) await connection`drop index concurrently ${connection(index)}`;
    await connection`
      create index concurrently ${connection(index)}
      on ${connection(table)} (book, ${connection(column)}, timestamp)`;
  } finally {
    await connection`reset statement_timeout`;
    connection.release();
  }
}
