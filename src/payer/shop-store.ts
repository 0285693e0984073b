import type { Tx } from '../db/connect.ts';
import type { Shop } from './order.ts';
import type { Queries } from './payer-deps.ts';

/** A shop with the keys that it may sign with now. */
export interface ShopWithKeys extends Shop {
  keys: { keyId: string; publicKey: Buffer }[];
}

export async function insertShop(tx: Tx, shop: Shop, now: Date): Promise<void> {
  await tx`
    insert into payer_shops (book, merchant_no, name, mcc, state, fee_milli, origins, created_at)
    values (${shop.book}, ${shop.merchantNo}, ${shop.name}, ${shop.mcc}, ${shop.state}, ${shop.feeMilli},
      ${shop.origins}::text[], ${now})`;
}

export async function listShops(sql: Queries, book: number): Promise<ShopWithKeys[]> {
  return await readShops(sql, book, null);
}

export async function findShop(sql: Queries, book: number, merchantNo: string): Promise<ShopWithKeys | null> {
  const [shop] = await readShops(sql, book, [merchantNo]);
  return shop ?? null;
}

export async function findShops(sql: Queries, book: number, merchantNos: readonly string[]): Promise<ShopWithKeys[]> {
  return merchantNos.length === 0 ? [] : await readShops(sql, book, merchantNos);
}

/** So that two changes of one shop follow one another. */
export async function lockShop(tx: Tx, book: number, merchantNo: string): Promise<boolean> {
  const rows = await tx`
    select merchant_no
    from payer_shops
    where book = ${book} and merchant_no = ${merchantNo}
    for update`;
  return rows.length === 1;
}

export async function insertShopKey(
  tx: Tx,
  key: { book: number; merchantNo: string; keyId: string; publicKey: Buffer },
  now: Date,
): Promise<boolean> {
  const rows = await tx`
    insert into payer_shop_keys (book, merchant_no, key_id, public_key, created_at)
    values (${key.book}, ${key.merchantNo}, ${key.keyId}, ${key.publicKey}, ${now})
    on conflict do nothing
    returning key_id`;
  return rows.length === 1;
}

export async function updateShopKeyRevoked(
  tx: Tx,
  key: { book: number; merchantNo: string; keyId: string },
  now: Date,
): Promise<boolean> {
  const rows = await tx`
    update payer_shop_keys
    set revoked_at = ${now}
    where book = ${key.book} and merchant_no = ${key.merchantNo} and key_id = ${key.keyId} and revoked_at is null
    returning key_id`;
  return rows.length === 1;
}

export async function updateShopState(
  sql: Queries,
  book: number,
  merchantNo: string,
  state: Shop['state'],
): Promise<boolean> {
  const rows = await sql`
    update payer_shops
    set state = ${state}
    where book = ${book} and merchant_no = ${merchantNo}
    returning merchant_no`;
  return rows.length === 1;
}

async function readShops(sql: Queries, book: number, merchantNos: readonly string[] | null): Promise<ShopWithKeys[]> {
  const rows = await sql<ShopRow[]>`
    select s.book, s.merchant_no, s.name, s.mcc, s.state, s.fee_milli, s.origins, k.key_id, k.public_key
    from payer_shops s
    left join payer_shop_keys k on k.book = s.book and k.merchant_no = s.merchant_no and k.revoked_at is null
    where s.book = ${book}
      ${merchantNos === null ? sql`` : sql`and s.merchant_no = any(${[...merchantNos]}::text[])`}
    order by s.merchant_no, k.created_at, k.key_id`;
  const shops = new Map<string, ShopWithKeys>();
  for (const row of rows) {
    const shop = shops.get(row.merchant_no) ?? { ...toShop(row), keys: [] };
    shops.set(row.merchant_no, shop);
    if (row.key_id !== null && row.public_key !== null)
      shop.keys.push({ keyId: row.key_id, publicKey: row.public_key });
  }
  return [...shops.values()];
}

interface ShopRow {
  book: number;
  merchant_no: string;
  name: string;
  mcc: string;
  state: Shop['state'];
  fee_milli: number;
  origins: string[];
  key_id: string | null;
  public_key: Buffer | null;
}

function toShop(row: ShopRow): Shop {
  return {
    book: row.book,
    merchantNo: row.merchant_no,
    name: row.name,
    mcc: row.mcc,
    state: row.state,
    feeMilli: BigInt(row.fee_milli),
    origins: row.origins,
  };
}
