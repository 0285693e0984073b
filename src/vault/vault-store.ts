import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';

/** A person's data key as it is stored. */
export interface DataKeyRow {
  book: number;
  userId: string;
  dekId: Buffer;
  kekId: number;
  wrapped: Buffer;
}

/** Remembers a check value for an id unless there is one, and returns what is stored. */
export async function registerKek(sql: Sql, kekId: number, checkValue: Buffer): Promise<Buffer> {
  const rows = await sql<{ checkValue: Buffer }[]>`
    insert into vault_keks (kek_id, check_value)
    values (${kekId}, ${checkValue})
    on conflict (kek_id) do update set kek_id = excluded.kek_id
    returning check_value as "checkValue"`;
  return rows[0]?.checkValue ?? Buffer.alloc(0);
}

/** How many data keys are wrapped under each key. */
export async function countDataKeys(sql: Sql): Promise<{ kekId: number; count: number }[]> {
  return await sql<{ kekId: number; count: number }[]>`
    select kek_id as "kekId", count(*)::integer as count
    from vault_data_keys
    group by kek_id
    order by kek_id`;
}

/** Gives a key of blind indexes the next number, unless it has one. Two processes that start together agree. */
export async function registerIndexKey(sql: Sql, checkValue: Buffer): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`lock table vault_index_keys in share row exclusive mode`;
    await tx`
      insert into vault_index_keys (version, check_value)
      select coalesce(max(version), 0) + 1, ${checkValue}
      from vault_index_keys
      on conflict (check_value) do nothing`;
  });
}

export async function readIndexKeys(sql: Sql): Promise<{ version: number; checkValue: Buffer }[]> {
  return await sql<{ version: number; checkValue: Buffer }[]>`
    select version, check_value as "checkValue"
    from vault_index_keys
    order by version`;
}

/** Which of these people have a data key. */
export async function findPeopleWithKey(tx: Tx, book: number, userIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx<{ userId: string }[]>`
    select user_id as "userId"
    from vault_data_keys
    where book = ${book}
      and user_id = any(${[...userIds]}::text[])`;
  return new Set(rows.map(({ userId }) => userId));
}

/** Whoever has one already keeps it. */
export async function insertDataKeys(tx: Tx, book: number, rows: readonly DataKeyRow[]): Promise<void> {
  await tx`
    insert into vault_data_keys (book, user_id, dek_id, kek_id, wrapped)
    select ${book}, n.user_id, n.dek_id, n.kek_id, n.wrapped
    from unnest(${rows.map(({ userId }) => userId)}::text[], ${tx.array(rows.map(({ dekId }) => dekId))}::bytea[],
      ${column(rows.map(({ kekId }) => kekId))}::integer[], ${tx.array(rows.map(({ wrapped }) => wrapped))}::bytea[])
      as n (user_id, dek_id, kek_id, wrapped)
    on conflict (book, user_id) do nothing`;
}

/**
 * The keys of these people. `isCommitted` is false where the row may be one that this very transaction wrote and may yet take back:
 * until a transaction has written anything it has no id, and everything it sees is there for good.
 */
export async function readDataKeys(
  sql: Sql | Tx,
  people: readonly { book: number; userId: string }[],
): Promise<(DataKeyRow & { isCommitted: boolean })[]> {
  return await sql<(DataKeyRow & { isCommitted: boolean })[]>`
    select k.book, k.user_id as "userId", k.dek_id as "dekId", k.kek_id as "kekId", k.wrapped,
      pg_current_xact_id_if_assigned() is null or k.created_at < now() - interval '1 hour' as "isCommitted"
    from unnest(${column(people.map(({ book }) => book))}::integer[], ${people.map(({ userId }) => userId)}::text[])
      as wanted (book, user_id)
    join vault_data_keys k on k.book = wanted.book and k.user_id = wanted.user_id`;
}

/** Locks keys that are wrapped under anything but `currentId`, leaving those out that another job has in hand. */
export async function lockStaleDataKeys(tx: Tx, currentId: number, limit: number): Promise<DataKeyRow[]> {
  return await tx<DataKeyRow[]>`
    select book, user_id as "userId", dek_id as "dekId", kek_id as "kekId", wrapped
    from vault_data_keys
    where kek_id <> ${currentId}
    order by book, user_id
    limit ${limit}
    for no key update skip locked`;
}

export async function updateWrapped(tx: Tx, rows: readonly DataKeyRow[]): Promise<void> {
  await tx`
    update vault_data_keys k
    set kek_id = n.kek_id,
      wrapped = n.wrapped,
      rewrapped_at = now()
    from unnest(${column(rows.map(({ book }) => book))}::integer[], ${rows.map(({ userId }) => userId)}::text[],
      ${column(rows.map(({ kekId }) => kekId))}::integer[], ${tx.array(rows.map(({ wrapped }) => wrapped))}::bytea[])
      as n (book, user_id, kek_id, wrapped)
    where k.book = n.book
      and k.user_id = n.user_id`;
}
