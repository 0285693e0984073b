import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Session, UserId } from './users.ts';

export interface UserRow {
  book: number;
  id: UserId;
  phoneSealed: Buffer;
  nameSealed: Buffer | null;
  idNumberSealed: Buffer | null;
  lang: Session['lang'];
  createdAt: Date;
}

export interface PhoneIndex {
  version: number;
  index: Buffer;
}

export async function insertUser(
  tx: Tx,
  row: Pick<UserRow, 'book' | 'id' | 'phoneSealed' | 'lang' | 'createdAt'> & { phone: PhoneIndex },
): Promise<void> {
  await tx`
    insert into users (book, id, phone_sealed, phone_index, phone_index_version, lang, created_at)
    values (${row.book}, ${row.id}, ${row.phoneSealed}, ${row.phone.index}, ${row.phone.version}, ${row.lang},
      ${row.createdAt})`;
}

export async function findUser(sql: Sql | Tx, book: number, id: string): Promise<UserRow | null> {
  const [row] = await sql<UserRow[]>`
    select book, id, phone_sealed as "phoneSealed", name_sealed as "nameSealed", id_number_sealed as "idNumberSealed",
      lang, created_at as "createdAt"
    from users
    where book = ${book} and id = ${id}`;
  return row ?? null;
}

export async function lockUser(tx: Tx, book: number, id: string): Promise<UserRow | null> {
  const [row] = await tx<UserRow[]>`
    select book, id, phone_sealed as "phoneSealed", name_sealed as "nameSealed", id_number_sealed as "idNumberSealed",
      lang, created_at as "createdAt"
    from users
    where book = ${book} and id = ${id}
    for update`;
  return row ?? null;
}

/** By the index under any key that is still in use. */
export async function findUserByPhone(
  sql: Sql | Tx,
  book: number,
  indexes: readonly PhoneIndex[],
): Promise<UserId | null> {
  const [row] = await sql<{ id: UserId }[]>`
    select id
    from users
    where book = ${book} and phone_index = any(${sql.array(indexes.map(({ index }) => index))}::bytea[])`;
  return row?.id ?? null;
}

export async function updateUserLang(sql: Sql | Tx, book: number, id: string, lang: Session['lang']): Promise<void> {
  await sql`
    update users
    set lang = ${lang}
    where book = ${book} and id = ${id} and lang <> ${lang}`;
}

export async function updateIdentity(
  tx: Tx,
  book: number,
  id: string,
  sealed: { name: Buffer; idNumber: Buffer },
): Promise<void> {
  await tx`
    update users
    set name_sealed = ${sealed.name}, id_number_sealed = ${sealed.idNumber}
    where book = ${book} and id = ${id}`;
}

export async function countOldIndexes(sql: Sql, book: number, version: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count
    from users
    where book = ${book} and phone_index_version <> ${version}`;
  return row?.count ?? 0;
}

/** People whose phone is found by a key that is to be given up. */
export async function listOldIndexes(
  sql: Sql,
  book: number,
  version: number,
  page: { afterId: string; itemsMax: number },
): Promise<{ id: UserId; phoneSealed: Buffer }[]> {
  return await sql<{ id: UserId; phoneSealed: Buffer }[]>`
    select id, phone_sealed as "phoneSealed"
    from users
    where book = ${book} and phone_index_version <> ${version} and id > ${page.afterId}
    order by id
    limit ${page.itemsMax}`;
}

export async function updatePhoneIndexes(
  sql: Sql,
  book: number,
  rows: readonly { id: UserId; phone: PhoneIndex }[],
): Promise<void> {
  await sql`
    update users u
    set phone_index = fresh.index, phone_index_version = fresh.version
    from unnest(${rows.map(({ id }) => id)}::text[], ${sql.array(rows.map(({ phone }) => phone.index))}::bytea[],
      ${column(rows.map(({ phone }) => phone.version))}::integer[]) as fresh (id, index, version)
    where u.book = ${book} and u.id = fresh.id`;
}
