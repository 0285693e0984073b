import { IDEMPOTENCY_REPLY_HOURS, LEASE_SECONDS } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { column } from './column.ts';
import type { Sql, Tx } from './connect.ts';

/*
 * Idempotency keys, kept in the transaction of the write they protect. The one store that other folders import: every
 * use case that writes for a merchant hands its own transaction in.
 */

/** What a request says of itself: its key, where it was sent, and a digest of what it asks for. */
export interface KeyClaim {
  book: number;
  merchantId: string;
  key: string;
  /** `POST /v1/payments`: the same key on another route is another request. */
  route: string;
  fingerprint: string;
}

export type ClaimedKey =
  /** Ours to run: nobody has run it, or whoever did died on the way. */
  | { kind: 'new' }
  /** Ran before: this is what it answered. */
  | { kind: 'replay'; status: number; body: string }
  /** The same request stands earlier in this very list, at this index. */
  | { kind: 'twin'; of: number };

/**
 * Claims each key for LEASE_SECONDS. Refuses `idempotency_key_reused` when the key was used for something else, and
 * `idempotency_key_in_use` while the first request is still running. Same index out as in.
 */
export async function claimKeys(tx: Tx, claims: readonly KeyClaim[], now: Date): Promise<(ClaimedKey | Refusal)[]> {
  const firsts = new Map<string, number>();
  claims.forEach((claim, index) => {
    if (!firsts.has(nameOf(claim))) firsts.set(nameOf(claim), index);
  });
  const unique = [...firsts.values()].map((index) => claims[index] as KeyClaim).sort(byName); // indexes of claims itself
  const inserted = new Set((await insertKeys(tx, unique, now)).map(nameOf));
  const known = new Map(
    (
      await lockKeys(
        tx,
        unique.filter((claim) => !inserted.has(nameOf(claim))),
      )
    ).map((row) => [nameOf(row), row]),
  );
  const takenOver: KeyClaim[] = [];
  const claimed = claims.map((claim, index): ClaimedKey | Refusal => {
    const first = firsts.get(nameOf(claim));
    const earlier = first === undefined || first === index ? null : claims[first];
    if (earlier) return isSameRequest(earlier, claim) ? { kind: 'twin', of: first as number } : reused();
    const row = known.get(nameOf(claim));
    if (row === undefined) return inserted.has(nameOf(claim)) ? { kind: 'new' } : inUse();
    if (!isSameRequest(row, claim)) return reused();
    if (row.replyBody !== null && row.replyStatus !== null)
      return { kind: 'replay', status: row.replyStatus, body: row.replyBody };
    if (row.lockedUntil > now) return inUse();
    takenOver.push(claim);
    return { kind: 'new' };
  });
  if (takenOver.length > 0) await takeOverKeys(tx, takenOver, now);
  return claimed;
}

/** Keeps the replies of those that ran, and forgets those that were refused: they may be corrected and sent again. */
export async function finishKeys(
  tx: Tx,
  keys: {
    finished: readonly { claim: KeyClaim; reply: { status: number; body: string } }[];
    released: readonly KeyClaim[];
  },
): Promise<void> {
  const { finished, released } = keys;
  const writes: Promise<unknown>[] = [];
  if (finished.length > 0)
    writes.push(tx`
      update idempotency_keys as k
      set state = 'done',
        reply_status = new.reply_status,
        reply_body = new.reply_body
      from unnest(
        ${column(finished.map(({ claim }) => claim.book))}::int[],
        ${finished.map(({ claim }) => claim.merchantId)}::text[],
        ${finished.map(({ claim }) => claim.key)}::text[],
        ${column(finished.map(({ reply }) => reply.status))}::int[],
        ${finished.map(({ reply }) => reply.body)}::text[]
      ) as new (book, merchant_id, key, reply_status, reply_body)
      where k.book = new.book
        and k.merchant_id = new.merchant_id
        and k.key = new.key
        and k.state = 'running'`);
  if (released.length > 0)
    writes.push(tx`
      delete from idempotency_keys as k
      using unnest(
        ${column(released.map((claim) => claim.book))}::int[],
        ${released.map((claim) => claim.merchantId)}::text[],
        ${released.map((claim) => claim.key)}::text[]
      ) as gone (book, merchant_id, key)
      where k.book = gone.book
        and k.merchant_id = gone.merchant_id
        and k.key = gone.key
        and k.state = 'running'`);
  await Promise.all(writes);
}

/** Drops replies older than IDEMPOTENCY_REPLY_HOURS; answers how many. Ids of money stay in their own tables for ever. */
export async function sweepKeys(sql: Sql, now: Date): Promise<number> {
  const before = new Date(now.getTime() - IDEMPOTENCY_REPLY_HOURS * 3_600_000);
  const gone = await sql`
    delete from idempotency_keys
    where created_at < ${before}`;
  return gone.count;
}

async function insertKeys(tx: Tx, claims: readonly KeyClaim[], now: Date): Promise<KeyName[]> {
  return await tx<KeyName[]>`
    insert into idempotency_keys (book, merchant_id, key, route, fingerprint, state, locked_until, created_at)
    select book, merchant_id, key, route, fingerprint, 'running', ${leaseEnd(now)}, ${now}
    from unnest(
      ${column(claims.map((claim) => claim.book))}::int[],
      ${claims.map((claim) => claim.merchantId)}::text[],
      ${claims.map((claim) => claim.key)}::text[],
      ${claims.map((claim) => claim.route)}::text[],
      ${claims.map((claim) => claim.fingerprint)}::text[]
    ) as new (book, merchant_id, key, route, fingerprint)
    on conflict do nothing
    returning book, merchant_id as "merchantId", key`;
}

async function lockKeys(tx: Tx, claims: readonly KeyClaim[]): Promise<KeyRow[]> {
  if (claims.length === 0) return [];
  return await tx<KeyRow[]>`
    select book, merchant_id as "merchantId", key, route, fingerprint, locked_until as "lockedUntil",
      reply_status as "replyStatus", reply_body as "replyBody"
    from idempotency_keys
    where (book, merchant_id, key) in (
      select *
      from unnest(
        ${column(claims.map((claim) => claim.book))}::int[],
        ${claims.map((claim) => claim.merchantId)}::text[],
        ${claims.map((claim) => claim.key)}::text[]
      )
    )
    order by book, merchant_id, key
    for update`;
}

async function takeOverKeys(tx: Tx, claims: readonly KeyClaim[], now: Date): Promise<void> {
  await tx`
    update idempotency_keys as k
    set locked_until = ${leaseEnd(now)}
    from unnest(
      ${column(claims.map((claim) => claim.book))}::int[],
      ${claims.map((claim) => claim.merchantId)}::text[],
      ${claims.map((claim) => claim.key)}::text[]
    ) as mine (book, merchant_id, key)
    where k.book = mine.book
      and k.merchant_id = mine.merchant_id
      and k.key = mine.key`;
}

type KeyName = Pick<KeyClaim, 'book' | 'merchantId' | 'key'>;

interface KeyRow extends KeyClaim {
  lockedUntil: Date;
  replyStatus: number | null;
  replyBody: string | null;
}

function nameOf(name: KeyName): string {
  return `${name.book} ${name.merchantId} ${name.key}`;
}

function byName(left: KeyName, right: KeyName): number {
  const a = nameOf(left);
  const b = nameOf(right);
  return a < b ? -1 : a > b ? 1 : 0;
}

function isSameRequest(left: KeyClaim, right: KeyClaim): boolean {
  return left.route === right.route && left.fingerprint === right.fingerprint;
}

function reused(): Refusal {
  return new Refusal('idempotency_key_reused', 'this key was used before, for another request');
}

/** Also said when the row was there and went away just now: nothing would keep our reply, and the next try finds out. */
function inUse(): Refusal {
  return new Refusal('idempotency_key_in_use', 'the first request with this key is still running', {
    retryAfterSeconds: 1,
  });
}

function leaseEnd(now: Date): Date {
  return new Date(now.getTime() + LEASE_SECONDS * 1000);
}
