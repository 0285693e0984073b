import type { Sql, Tx } from '../db/connect.ts';
import { LINKS_CHANNEL } from './links-deps.ts';

/** The number of the book's last change; 0 before the first. */
export async function readRevision(sql: Sql, book: number): Promise<bigint> {
  const [row] = await sql<{ revision: bigint }[]>`
    select revision
    from link_books
    where book = ${book}`;
  return row?.revision ?? 0n;
}

/**
 * The number of a change, told to every node when the transaction commits. Called last: changes of one book wait for one another from here
 * on, so that whoever reads a number has everything below it.
 */
export async function raiseRevision(tx: Tx, book: number): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    insert into link_books (book, revision)
    values (${book}, 1)
    on conflict (book) do update
    set revision = link_books.revision + 1
    returning revision`;
  await tx`select pg_notify(${LINKS_CHANNEL}, '')`;
  return row?.revision ?? 0n;
}

/** Changes of one merchant's hosts and apps wait for one another. */
export async function lockMerchant(tx: Tx, book: number, merchantId: string): Promise<void> {
  await tx`
    insert into link_merchants (book, merchant_id, revision)
    values (${book}, ${merchantId}, 0)
    on conflict (book, merchant_id) do nothing`;
  await tx`
    select merchant_id
    from link_merchants
    where book = ${book}
      and merchant_id = ${merchantId}
    for update`;
}

/** Says that hosts or apps of the merchant have changed. */
export async function raiseMerchant(tx: Tx, book: number, merchantId: string): Promise<void> {
  const revision = await raiseRevision(tx, book);
  await tx`
    update link_merchants
    set revision = ${revision}
    where book = ${book}
      and merchant_id = ${merchantId}`;
}

/** Merchants whose hosts or apps carry a later number than `after`. */
export async function listChangedMerchants(
  sql: Sql,
  book: number,
  after: bigint,
  itemsMax: number,
): Promise<{ merchantId: string; revision: bigint }[]> {
  return await sql<{ merchantId: string; revision: bigint }[]>`
    select merchant_id as "merchantId", revision
    from link_merchants
    where book = ${book}
      and revision > ${after}
    order by revision
    limit ${itemsMax}`;
}

export interface MerchantName {
  merchantId: string;
  name: string;
  livemode: boolean;
  revision: bigint;
}

/** With the number of the last change of their hosts and apps, 0 before the first. */
export async function findMerchantNames(
  sql: Sql | Tx,
  book: number,
  merchantIds: readonly string[],
): Promise<MerchantName[]> {
  return await sql<MerchantName[]>`
    select m.id as "merchantId", m.name, m.livemode, coalesce(l.revision, 0) as revision
    from merchants m
    left join link_merchants l on l.book = m.book and l.merchant_id = m.id
    where m.book = ${book}
      and m.id = any (${merchantIds as string[]}::text[])`; // the driver does not change it
}
