import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { CardKind } from '../cards/cards.ts';

/** A card that a person has named to be paid. */
export interface PayeeRow {
  book: number;
  id: string;
  userId: string;
  indexVersion: number;
  numberIndex: Buffer;
  numberSealed: Buffer;
  nameSealed: Buffer;
  bank: string;
  institution: string;
  cardKind: CardKind;
  last4: string;
  nameMasked: string;
  createdAt: Date;
  lastPaidAt: Date | null;
}

const COLUMNS = [
  'book',
  'id',
  'user_id',
  'index_version',
  'number_index',
  'number_sealed',
  'name_sealed',
  'bank',
  'institution',
  'card_kind',
  'last4',
  'name_masked',
  'created_at',
  'last_paid_at',
];

export async function insertPayee(tx: Tx, payee: PayeeRow): Promise<void> {
  await tx`
    insert into payees (book, id, user_id, index_version, number_index, number_sealed, name_sealed, bank, institution,
      card_kind, last4, name_masked, created_at)
    values (${payee.book}, ${payee.id}, ${payee.userId}, ${payee.indexVersion}, ${payee.numberIndex},
      ${payee.numberSealed}, ${payee.nameSealed}, ${payee.bank}, ${payee.institution}, ${payee.cardKind}, ${payee.last4},
      ${payee.nameMasked}, ${payee.createdAt})`;
}

/** Those of one person whose number has one of these indexes (one for each version of the key). */
export async function findPayeesByNumber(
  sql: Sql | Tx,
  book: number,
  userId: string,
  indexes: readonly Buffer[],
): Promise<PayeeRow[]> {
  const rows = await sql<DbRow[]>`
    select ${columns(sql)}
    from payees
    where book = ${book}
      and user_id = ${userId}
      and number_index = any(${sql.array([...indexes])}::bytea[])
    order by id`;
  return rows.map(toPayee);
}

export async function findPayees(sql: Sql | Tx, book: number, ids: readonly string[]): Promise<PayeeRow[]> {
  const rows = await sql<DbRow[]>`
    select ${columns(sql)}
    from payees
    where book = ${book}
      and id = any(${[...ids]}::text[])`;
  return rows.map(toPayee);
}

/** Those that money has gone to, the last first. */
export async function listPaidPayees(sql: Sql, book: number, userId: string, itemsMax: number): Promise<PayeeRow[]> {
  const rows = await sql<DbRow[]>`
    select ${columns(sql)}
    from payees
    where book = ${book}
      and user_id = ${userId}
      and last_paid_at is not null
    order by last_paid_at desc
    limit ${itemsMax}`;
  return rows.map(toPayee);
}

export async function markPayeesPaid(tx: Tx, book: number, ids: readonly string[], now: Date): Promise<void> {
  await tx`
    update payees
    set last_paid_at = ${now}
    from (
      select book as paid_book, id as paid_id
      from payees
      where book = ${book}
        and id = any(${[...ids]}::text[])
      order by id
      for update
    ) as paid
    where book = paid_book
      and id = paid_id`;
}

/** Cards that somebody named and never paid, once no quote names them any more; answers how many went. */
export async function deleteUnpaidPayees(sql: Sql, before: Date, itemsMax: number): Promise<number> {
  const rows = await sql`
    delete from payees
    where (book, id) in (
      select p.book, p.id
      from payees p
      where p.last_paid_at is null
        and p.created_at < ${before}
        and not exists (
          select
          from quotes q
          where q.book = p.book
            and q.payee_id = p.id
        )
      order by p.created_at
      limit ${itemsMax}
    )`;
  return rows.count;
}

/** How many numbers are indexed under another version of the key than this one. */
export async function countOldIndexes(sql: Sql, version: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count
    from payees
    where index_version <> ${version}`;
  return row?.count ?? 0;
}

export async function listOldIndexes(sql: Sql, version: number, itemsMax: number): Promise<PayeeRow[]> {
  const rows = await sql<DbRow[]>`
    select ${columns(sql)}
    from payees
    where index_version <> ${version}
    order by book, id
    limit ${itemsMax}`;
  return rows.map(toPayee);
}

export async function updateIndexes(
  sql: Sql,
  indexed: readonly { book: number; id: string; version: number; index: Buffer }[],
): Promise<void> {
  await sql`
    update payees
    set index_version = new.version,
      number_index = decode(new.index_hex, 'hex')
    from unnest(
      ${column(indexed.map(({ book }) => book))}::int[],
      ${indexed.map(({ id }) => id)}::text[],
      ${column(indexed.map(({ version }) => version))}::int[],
      ${indexed.map(({ index }) => index.toString('hex'))}::text[]
    ) as new (book, id, version, index_hex)
    where payees.book = new.book
      and payees.id = new.id`;
}

function columns(sql: Sql | Tx) {
  return sql(COLUMNS);
}

interface DbRow {
  book: number;
  id: string;
  user_id: string;
  index_version: number;
  number_index: Buffer;
  number_sealed: Buffer;
  name_sealed: Buffer;
  bank: string;
  institution: string;
  card_kind: CardKind;
  last4: string;
  name_masked: string;
  created_at: Date;
  last_paid_at: Date | null;
}

function toPayee(row: DbRow): PayeeRow {
  return {
    book: row.book,
    id: row.id,
    userId: row.user_id,
    indexVersion: row.index_version,
    numberIndex: row.number_index,
    numberSealed: row.number_sealed,
    nameSealed: row.name_sealed,
    bank: row.bank,
    institution: row.institution,
    cardKind: row.card_kind,
    last4: row.last4,
    nameMasked: row.name_masked,
    createdAt: row.created_at,
    lastPaidAt: row.last_paid_at,
  };
}
