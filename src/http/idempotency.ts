import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { readIdempotencyKey } from '../base/idempotency-key.ts';
import type { Caller } from '../cashier/api-keys.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';

/** What a request says of itself by its Idempotency-Key. @throws Refusal idempotency_key_missing, idempotency_key_invalid. */
export function readKeyClaim(
  route: { method: string; url: string },
  request: FastifyRequest,
  caller: Caller,
): KeyClaim {
  const key = readIdempotencyKey(request.headers['idempotency-key']);
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
