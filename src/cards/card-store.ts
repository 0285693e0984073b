import { column } from '../db/column.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Card, CardId } from './cards.ts';
import type { UserId } from '../users/users.ts';

/** A card as it is stored, number and holder still sealed; both null once it was erased. */
export interface CardRow extends Omit<Card, 'bankName'> {
  numberSealed: Buffer | null;
  holderSealed: Buffer | null;
}

export interface NewCardRow {
  id: CardId;
  bank: string;
  kind: Card['kind'];
  accountClass: Card['accountClass'];
  last4: string;
  numberSealed: Buffer;
  holderSealed: Buffer;
  numberIndex: Buffer;
  indexVersion: number;
  tableVersion: string;
}

export interface HolderRow {
  cardsCount: number;
  defaultCardId: CardId | null;
}

/** Locks the person's cards against every other change of them; there is a row from now on. */
export async function lockHolder(tx: Tx, book: number, userId: UserId): Promise<HolderRow> {
  await tx`
    insert into card_holders (book, user_id)
    values (${book}, ${userId})
    on conflict (book, user_id) do nothing`;
  const [row] = await tx<HolderRow[]>`
    select cards_count as "cardsCount", default_card_id as "defaultCardId"
    from card_holders
    where book = ${book}
      and user_id = ${userId}
    for update`;
  return row ?? { cardsCount: 0, defaultCardId: null };
}

export async function updateHolder(tx: Tx, book: number, userId: UserId, row: HolderRow): Promise<void> {
  await tx`
    update card_holders
    set cards_count = ${row.cardsCount},
      default_card_id = ${row.defaultCardId}
    where book = ${book}
      and user_id = ${userId}`;
}

export async function insertCards(
  tx: Tx,
  owner: { book: number; userId: UserId; boundAt: Date },
  rows: readonly NewCardRow[],
): Promise<void> {
  await tx`
    insert into cards (book, user_id, state, bound_at, id, bank, kind, account_class, last4, number_sealed, holder_sealed,
      number_index, index_version, table_version)
    select ${owner.book}, ${owner.userId}, 'bound', ${owner.boundAt}, n.*
    from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ bank }) => bank)}::text[],
      ${rows.map(({ kind }) => kind)}::text[], ${column(rows.map(({ accountClass }) => accountClass))}::smallint[],
      ${rows.map(({ last4 }) => last4)}::text[], ${tx.array(rows.map(({ numberSealed }) => numberSealed))}::bytea[],
      ${tx.array(rows.map(({ holderSealed }) => holderSealed))}::bytea[],
      ${tx.array(rows.map(({ numberIndex }) => numberIndex))}::bytea[],
      ${column(rows.map(({ indexVersion }) => indexVersion))}::integer[],
      ${rows.map(({ tableVersion }) => tableVersion)}::text[]) as n`;
}

/** These people's bound cards, each one's default first, then by age. */
export async function listBoundCards(sql: Sql | Tx, book: number, userIds: readonly UserId[]): Promise<CardRow[]> {
  return await sql<CardRow[]>`
    ${selectCards(sql)}
    where c.book = ${book}
      and c.user_id = any(${[...userIds]}::text[])
      and c.state = 'bound'
    order by c.id <> h.default_card_id, c.bound_at, c.id`;
}

/** Bound cards by id, whoever's they are. */
export async function findBoundCards(sql: Sql | Tx, book: number, ids: readonly string[]): Promise<CardRow[]> {
  return await sql<CardRow[]>`
    ${selectCards(sql)}
    where c.book = ${book}
      and c.id = any(${[...ids]}::text[])
      and c.state = 'bound'`;
}

/** Which of these numbers the person has bound, by any of their indexes. */
export async function findBoundByIndex(
  sql: Sql | Tx,
  book: number,
  userId: UserId,
  indexes: readonly Buffer[],
): Promise<{ id: CardId; numberIndex: Buffer }[]> {
  return await sql<{ id: CardId; numberIndex: Buffer }[]>`
    select id, number_index as "numberIndex"
    from cards
    where book = ${book}
      and user_id = ${userId}
      and number_index = any(${sql.array([...indexes])}::bytea[])
      and state = 'bound'`;
}

export async function countBoundCards(sql: Sql | Tx, book: number, userId: UserId): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select cards_count as count
    from card_holders
    where book = ${book}
      and user_id = ${userId}`;
  return row?.count ?? 0;
}

export async function updateAlias(tx: Tx, book: number, id: CardId, alias: string): Promise<void> {
  await tx`
    update cards
    set alias = ${alias}
    where book = ${book}
      and id = ${id}`;
}

export async function updateUnbound(
  tx: Tx,
  book: number,
  id: CardId,
  times: { unboundAt: Date; eraseAt: Date },
): Promise<void> {
  await tx`
    update cards
    set state = 'unbound',
      unbound_at = ${times.unboundAt},
      erase_at = ${times.eraseAt}
    where book = ${book}
      and id = ${id}
      and state = 'bound'`;
}

/** Destroys what can be destroyed of cards whose time has come; how many. */
export async function eraseCards(sql: Sql, now: Date, limit: number): Promise<number> {
  const rows = await sql`
    update cards
    set number_sealed = null,
      holder_sealed = null,
      number_index = null,
      index_version = null,
      erased_at = ${now}
    where (book, id) in (
      select book, id
      from cards
      where erased_at is null
        and erase_at <= ${now}
      order by erase_at
      limit ${limit}
      for update skip locked
    )
    returning id`;
  return rows.length;
}

export async function countOtherIndexes(sql: Sql, version: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count
    from cards
    where index_version <> ${version}`;
  return row?.count ?? 0;
}

/** Locks rows whose index was made with another key, leaving those out that somebody else has in hand. */
export async function lockOtherIndexes(
  tx: Tx,
  version: number,
  limit: number,
): Promise<{ book: number; id: CardId; userId: UserId; numberSealed: Buffer }[]> {
  return await tx<{ book: number; id: CardId; userId: UserId; numberSealed: Buffer }[]>`
    select book, id, user_id as "userId", number_sealed as "numberSealed"
    from cards
    where index_version <> ${version}
    order by book, id
    limit ${limit}
    for no key update skip locked`;
}

export async function updateIndexes(
  tx: Tx,
  rows: readonly { book: number; id: CardId; index: Buffer; version: number }[],
): Promise<void> {
  await tx`
    update cards c
    set number_index = n.number_index,
      index_version = n.index_version
    from unnest(${column(rows.map(({ book }) => book))}::integer[], ${rows.map(({ id }) => id)}::text[],
      ${tx.array(rows.map(({ index }) => index))}::bytea[], ${column(rows.map(({ version }) => version))}::integer[])
      as n (book, id, number_index, index_version)
    where c.book = n.book
      and c.id = n.id`;
}

function selectCards(sql: Sql | Tx) {
  return sql`select c.id, c.book, c.user_id as "userId", c.bank, c.kind, c.account_class as "accountClass", c.last4, c.alias,
      c.id = h.default_card_id as "isDefault", c.state, c.bound_at as "boundAt",
      c.number_sealed as "numberSealed", c.holder_sealed as "holderSealed"
    from cards c
    join card_holders h on h.book = c.book and h.user_id = c.user_id`;
}
