import { newId, isId, bookOfId, idLetters } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { Secret } from '../base/secret.ts';
import type { CashierDeps } from './deps.ts';
import { type ApiKey, SCOPES, type Scope } from './merchant.ts';
import { findApiKey, findMerchant, insertApiKey, revokeApiKey } from './merchant-store.ts';
import type { MerchantId } from './payment.ts';

/** Who is calling: what a valid key says about its bearer. */
export interface Caller {
  book: number;
  merchantId: MerchantId;
  merchantName: string;
  livemode: boolean;
  keyId: string;
  scopes: readonly Scope[];
}

/** A revoked key stops within this time on every node. */
const CALLER_AGE_MS_MAX = 1000;
const TOKEN = /^hk_(test|live)_([0-7][0-9A-HJKMNP-TV-Z]{25})([A-Za-z0-9_-]{43})$/;

/** Makes a key and returns it once: only a keyed hash of its secret half is kept. */
export async function createApiKey(
  deps: CashierDeps,
  request: { merchantId: string; label: string; scopes: readonly string[]; expiresAt: Date | null },
): Promise<{ key: ApiKey; token: Secret }> {
  const merchant = isId('mer', request.merchantId)
    ? await findMerchant(deps.sql, bookOfId(request.merchantId), request.merchantId)
    : null;
  if (merchant === null) throw new Refusal('not_found', 'there is no such merchant', { param: 'merchant' });
  if (request.scopes.length === 0 || !request.scopes.every(isScope))
    throw new Refusal('invalid_request', `scopes are some of: ${SCOPES.join(', ')}`, { param: 'scopes' });
  const id = newId('key', deps, merchant.book);
  const secretHalf = deps.random.bytes(32).toString('base64url');
  const prefix = `hk_${merchant.livemode ? 'live' : 'test'}_${idLetters(id)}`;
  const key: ApiKey = {
    book: merchant.book,
    id,
    merchantId: merchant.id,
    label: request.label.slice(0, 80),
    prefix,
    scopes: request.scopes.filter(isScope),
    createdAt: deps.clock.now(),
    expiresAt: request.expiresAt,
    revokedAt: null,
  };
  await insertApiKey(deps.sql, { ...key, secretHash: deps.keyring.digest('api key', secretHalf) });
  return { key, token: new Secret(prefix + secretHalf) };
}

/** From now on (at the latest within a second on every node) the key opens nothing. */
export async function revokeKey(deps: CashierDeps, id: string): Promise<void> {
  if (!isId('key', id) || !(await revokeApiKey(deps.sql, bookOfId(id), id, deps.clock.now())))
    throw new Refusal('not_found', 'there is no such key, or it was revoked before');
}

/**
 * Tells who sends this token. Every way of being wrong answers the same, after the same work. @throws Refusal
 * api_key_missing, api_key_invalid.
 */
export function createAuthenticator(deps: CashierDeps) {
  const seen = new Map<string, { atMs: number; caller: Promise<Caller | null> }>();

  return async function authenticate(header: string | undefined): Promise<Caller> {
    if (header === undefined) throw new Refusal('api_key_missing', 'send Authorization: Bearer <API key>');
    const token = /^Bearer ([\x21-\x7e]+)$/i.exec(header)?.[1] ?? '';
    const nowMs = deps.clock.now().getTime();
    const digest = deps.keyring.digest('caller cache', token).toString('base64');
    let known = seen.get(digest);
    if (known === undefined || nowMs - known.atMs >= CALLER_AGE_MS_MAX) {
      if (seen.size > 10_000) seen.clear();
      known = { atMs: nowMs, caller: lookUp(deps, token) };
      seen.set(digest, known);
      known.caller.catch(() => seen.delete(digest));
    }
    const caller = await known.caller;
    if (caller === null) throw new Refusal('api_key_invalid', 'the API key is unknown, expired or revoked');
    return caller;
  };
}

async function lookUp(deps: CashierDeps, token: string): Promise<Caller | null> {
  const parts = TOKEN.exec(token);
  const id = `key_${parts?.[2] ?? '0'.repeat(26)}`;
  const key = await findApiKey(deps.sql, bookOfId(id), id);
  const isRight = deps.keyring.isDigest('api key', parts?.[3] ?? '', key?.secretHash ?? Buffer.alloc(32));
  if (parts === null || key === null || !isRight || key.revokedAt !== null) return null;
  if ((parts[1] === 'live') !== key.livemode) return null;
  if (key.expiresAt !== null && key.expiresAt <= deps.clock.now()) return null;
  return {
    book: key.book,
    merchantId: key.merchantId,
    merchantName: key.merchantName,
    livemode: key.livemode,
    keyId: key.id,
    scopes: key.scopes,
  };
}

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
