import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { SANDBOX_PHONE_SKEW_SECONDS, SANDBOX_PHONE_TEXT_CHARS_MAX } from '../../base/limits.ts';
import { readStrictJson } from '../../base/strict-json.ts';
import type { Inbox } from './inbox.ts';

const SECRET_PREFIX = 'whsec_';

/**
 * One message from whoever sends codes: `{ phone, text, lang }`, signed as Standard Webhooks 1.0.0 has it. Answers the HTTP status: 204 taken
 * (or had already), 401 not signed by the shared secret or too old, 400 not such a message.
 */
export function receiveMessage(
  deps: { inbox: Inbox; clock: Clock; secret: string },
  headers: IncomingHttpHeaders,
  body: Buffer,
): number {
  const id = one(headers['webhook-id']);
  const timestamp = one(headers['webhook-timestamp']);
  if (!isSigned(deps.secret, `${id}.${timestamp}.`, body, one(headers['webhook-signature']))) return 401;
  const at = deps.clock.now();
  const ageSeconds = at.getTime() / 1000 - Number(timestamp);
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(ageSeconds) > SANDBOX_PHONE_SKEW_SECONDS) return 401;
  const message = readMessage(body);
  if (message === null || id === '') return 400;
  deps.inbox.add({ id, at, ...message });
  return 204;
}

function readMessage(body: Buffer): { phone: string; text: string; lang: string } | null {
  let parsed: unknown;
  try {
    parsed = readStrictJson(body);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { phone, text, lang }: { phone?: unknown; text?: unknown; lang?: unknown } = parsed;
  const isText = typeof text === 'string' && text.length > 0 && text.length <= SANDBOX_PHONE_TEXT_CHARS_MAX;
  if (typeof phone !== 'string' || !/^1[3-9]\d{9}$/.test(phone) || !isText || typeof lang !== 'string') return null;
  return { phone, text, lang };
}

/** `v1,` and base64 of the HMAC-SHA-256 over id, time and body; several signatures stand apart by spaces. */
function isSigned(secret: string, head: string, body: Buffer, header: string): boolean {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const right = createHmac('sha256', key).update(head).update(body).digest();
  return header
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'))
    .some((given) => given.length === right.length && timingSafeEqual(given, right));
}

function one(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header : '';
}
