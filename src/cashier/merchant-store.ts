import type { Sql, Tx } from '../db/connect.ts';
import type { ApiKey, Merchant } from './merchant.ts';

export async function insertMerchant(tx: Tx, merchant: Merchant): Promise<void> {
  await tx`
    insert into merchants (book, id, name, livemode, created_at)
    values (${merchant.book}, ${merchant.id}, ${merchant.name}, ${merchant.livemode}, ${merchant.createdAt})`;
}

export async function findMerchant(sql: Sql, book: number, id: string): Promise<Merchant | null> {
  const rows = await sql<Merchant[]>`
    select book, id, name, livemode, created_at as "createdAt"
    from merchants
    where book = ${book}
      and id = ${id}`;
  return rows[0] ?? null;
}

export async function listMerchants(sql: Sql, book: number, itemsMax: number): Promise<Merchant[]> {
  return await sql<Merchant[]>`
    select book, id, name, livemode, created_at as "createdAt"
    from merchants
    where book = ${book}
    order by id
    limit ${itemsMax}`;
}

export async function insertApiKey(sql: Sql, key: ApiKey & { secretHash: Buffer }): Promise<void> {
  await sql`
    insert into api_keys (book, id, merchant_id, label, prefix, secret_hash, scopes, created_at, expires_at)
    values (${key.book}, ${key.id}, ${key.merchantId}, ${key.label}, ${key.prefix}, ${key.secretHash}, ${key.scopes},
      ${key.createdAt}, ${key.expiresAt})`;
}

export async function findApiKey(
  sql: Sql,
  book: number,
  id: string,
): Promise<(ApiKey & { secretHash: Buffer; merchantName: string; livemode: boolean }) | null> {
  const rows = await sql<(ApiKey & { secretHash: Buffer; merchantName: string; livemode: boolean })[]>`
    select k.book, k.id, k.merchant_id as "merchantId", k.label, k.prefix, k.scopes, k.created_at as "createdAt",
      k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.secret_hash as "secretHash", m.name as "merchantName",
      m.livemode
    from api_keys k
    join merchants m on m.book = k.book and m.id = k.merchant_id
    where k.book = ${book}
      and k.id = ${id}`;
  return rows[0] ?? null;
}

export async function listApiKeys(sql: Sql, book: number, merchantId: string): Promise<ApiKey[]> {
  return await sql<ApiKey[]>`
    select book, id, merchant_id as "merchantId", label, prefix, scopes, created_at as "createdAt",
      expires_at as "expiresAt", revoked_at as "revokedAt"
    from api_keys
    where book = ${book}
      and merchant_id = ${merchantId}
    order by id`;
}

/** Returns false when there is no such key, or it was revoked before. */
export async function revokeApiKey(sql: Sql, book: number, id: string, now: Date): Promise<boolean> {
  const rows = await sql`
    update api_keys
    set revoked_at = ${now}
    where book = ${book}
      and id = ${id}
      and revoked_at is null
    returning id`;
  return rows.length === 1;
}
