import { column } from '../db/column.ts';
import type { Tx } from '../db/connect.ts';
import type { PaymentCode } from './order.ts';
import type { Queries } from './payer-deps.ts';

/** False where this very code is given out already. */
export async function insertCode(
  sql: Queries,
  book: number,
  code: Omit<PaymentCode, 'orderId'>,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    insert into payer_codes (book, digest, user_id, card_id, device_is_new, asks_always, expires_at, created_at)
    values (${book}, ${code.digest}, ${code.userId}, ${code.cardId}, ${code.deviceIsNew}, ${code.asksAlways},
      ${code.expiresAt}, ${now})
    on conflict do nothing
    returning digest`;
  return rows.length === 1;
}

/** In the order of their digests. Key: hex. */
export async function lockCodes(tx: Tx, book: number, digests: readonly Buffer[]): Promise<Map<string, PaymentCode>> {
  if (digests.length === 0) return new Map();
  const rows = await tx<PaymentCode[]>`
    select digest, user_id as "userId", card_id as "cardId", device_is_new as "deviceIsNew", asks_always as "asksAlways",
      order_id as "orderId", expires_at as "expiresAt"
    from payer_codes
    where book = ${book} and digest = any(${tx.array([...digests])}::bytea[])
    order by digest
    for update`;
  return new Map(rows.map((row) => [row.digest.toString('hex'), row]));
}

export async function updateCodesUsed(
  tx: Tx,
  book: number,
  used: readonly { digest: Buffer; orderId: string }[],
  now: Date,
): Promise<void> {
  if (used.length === 0) return;
  await tx`
    update payer_codes as c
    set order_id = new.order_id, used_at = ${now}
    from unnest(
      ${tx.array(used.map((code) => code.digest))}::bytea[],
      ${used.map((code) => code.orderId)}::text[]
    ) as new (digest, order_id)
    where c.book = ${book} and c.digest = new.digest and c.order_id is null`;
}

/** Orders that were charged to this person's codes, newest first. */
export async function listUsedOrderIds(
  sql: Queries,
  book: number,
  userId: string,
  facts: { since: Date; itemsMax: number },
): Promise<string[]> {
  const rows = await sql<{ orderId: string }[]>`
    select order_id as "orderId"
    from payer_codes
    where book = ${book} and user_id = ${userId} and used_at >= ${facts.since}
    order by used_at desc
    limit ${facts.itemsMax}`;
  return rows.map((row) => row.orderId);
}

/** How many codes of this person are good and unused: each page shows one, so a handful is many. */
export async function countLiveCodes(sql: Queries, book: number, userId: string, now: Date): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from payer_codes
    where book = ${book} and user_id = ${userId} and expires_at > ${now} and used_at is null`;
  return row?.count ?? 0;
}

export async function deleteOldCodes(sql: Queries, book: number, before: Date): Promise<number> {
  const gone = await sql`
    delete from payer_codes
    where book = ${book} and expires_at < ${before}`;
  return gone.count;
}

/** One-time codes by which a shop learns who pays. */
export async function insertGrant(
  sql: Queries,
  book: number,
  grant: { digest: Buffer; merchantNo: string; userId: string; expiresAt: Date },
): Promise<void> {
  await sql`
    insert into payer_grants (book, digest, merchant_no, user_id, expires_at)
    values (${book}, ${grant.digest}, ${grant.merchantNo}, ${grant.userId}, ${grant.expiresAt})`;
}

/** Gone once it was asked for by its own shop, in time or not; another shop's asking changes nothing. */
export async function deleteGrant(
  tx: Tx,
  book: number,
  grant: { digest: Buffer; merchantNo: string },
): Promise<{ userId: string; expiresAt: Date } | null> {
  const [row] = await tx<{ userId: string; expiresAt: Date }[]>`
    delete from payer_grants
    where book = ${book} and digest = ${grant.digest} and merchant_no = ${grant.merchantNo}
    returning user_id as "userId", expires_at as "expiresAt"`;
  return row ?? null;
}

export async function deleteOldGrants(sql: Queries, book: number, before: Date): Promise<number> {
  const gone = await sql`
    delete from payer_grants
    where book = ${book} and expires_at < ${before}`;
  return gone.count;
}

/** The person's name at this shop: the one that is there, else this new one. */
export async function keepPayerId(
  tx: Tx,
  book: number,
  person: { merchantNo: string; userId: string; payerId: string },
  now: Date,
): Promise<string> {
  await tx`
    insert into payer_people (book, merchant_no, user_id, payer_id, created_at)
    values (${book}, ${person.merchantNo}, ${person.userId}, ${person.payerId}, ${now})
    on conflict (book, merchant_no, user_id) do nothing`;
  const [row] = await tx<{ payerId: string }[]>`
    select payer_id as "payerId"
    from payer_people
    where book = ${book} and merchant_no = ${person.merchantNo} and user_id = ${person.userId}`;
  return row?.payerId ?? person.payerId;
}

/** `<merchant no> <payer id>` → user id. */
export async function findPayers(
  sql: Queries,
  book: number,
  payers: readonly { merchantNo: string; payerId: string }[],
): Promise<Map<string, string>> {
  if (payers.length === 0) return new Map();
  const rows = await sql<{ merchantNo: string; payerId: string; userId: string }[]>`
    select p.merchant_no as "merchantNo", p.payer_id as "payerId", p.user_id as "userId"
    from unnest(
      ${payers.map((payer) => payer.merchantNo)}::text[],
      ${payers.map((payer) => payer.payerId)}::text[]
    ) as wanted (merchant_no, payer_id)
    join payer_people p on p.book = ${book} and p.merchant_no = wanted.merchant_no and p.payer_id = wanted.payer_id`;
  return new Map(rows.map((row) => [`${row.merchantNo} ${row.payerId}`, row.userId]));
}

/** Takes each nonce that was not there; same index out as in. */
export async function insertNonces(
  tx: Tx,
  book: number,
  nonces: readonly { merchantNo: string; nonce: string; expiresAt: Date }[],
): Promise<boolean[]> {
  const firsts = new Map<string, number>();
  nonces.forEach((each, index) => {
    const name = `${each.merchantNo} ${each.nonce}`;
    if (!firsts.has(name)) firsts.set(name, index);
  });
  const unique = [...firsts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, index]) => nonces[index]);
  const wanted = unique.filter((each) => each !== undefined);
  const rows = await tx<{ merchantNo: string; nonce: string }[]>`
    insert into payer_nonces (book, merchant_no, nonce, expires_at)
    select ${book}, merchant_no, nonce, expires_at
    from unnest(
      ${wanted.map((each) => each.merchantNo)}::text[],
      ${wanted.map((each) => each.nonce)}::text[],
      ${column(wanted.map((each) => each.expiresAt))}::timestamptz[]
    ) as new (merchant_no, nonce, expires_at)
    on conflict do nothing
    returning merchant_no as "merchantNo", nonce`;
  const taken = new Set(rows.map((row) => `${row.merchantNo} ${row.nonce}`));
  return nonces.map((each, index) => {
    const name = `${each.merchantNo} ${each.nonce}`;
    return firsts.get(name) === index && taken.has(name);
  });
}

export async function deleteOldNonces(sql: Queries, book: number, before: Date): Promise<number> {
  const gone = await sql`
    delete from payer_nonces
    where book = ${book} and expires_at < ${before}`;
  return gone.count;
}
