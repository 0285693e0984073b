import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { IDEMPOTENCY_KEY_CHARS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../cashier/api-keys.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';

/**
 * The Idempotency-Key header (IETF draft): a quoted string as the draft has it, or bare as most clients send it.
 * @throws Refusal idempotency_key_missing, idempotency_key_invalid.
 */
export function readKeyClaim(
  route: { method: string; url: string },
  request: FastifyRequest,
  caller: Caller,
): KeyClaim {
  const header = request.headers['idempotency-key'];
  if (header === undefined || header === '')
    throw new Refusal(
      'idempotency_key_missing',
      'every POST carries an Idempotency-Key that is new for every new thing',
    );
  const text = typeof header === 'string' ? header : '';
  const key = /^"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/.test(text)
    ? text.slice(1, -1).replace(/\\(["\\])/g, '$1')
    : text;
  const isBrokenQuote = text.startsWith('"') && key === text;
  if (isBrokenQuote || key.length === 0 || key.length > IDEMPOTENCY_KEY_CHARS_MAX || !/^[\x21-\x7e]+$/.test(key))
    throw new Refusal(
      'idempotency_key_invalid',
      `1 to ${IDEMPOTENCY_KEY_CHARS_MAX} printable ASCII characters, no blanks`,
    );
  return {
    book: caller.book,
    merchantId: caller.merchantId,
    key,
    route: `${route.method} ${route.url}`,
    fingerprint: fingerprint([request.params ?? {}, request.body ?? null]),
  };
}

/** Equal for requests that ask for the same thing, however their keys are ordered. */
function fingerprint(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
