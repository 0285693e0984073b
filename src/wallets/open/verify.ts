import type { KeyObject } from 'node:crypto';
import {
  contentDigest,
  type Covered,
  isSignedBy,
  LABEL,
  SKEW_SECONDS,
  signatureBase,
  type Tag,
  toComponent,
} from './sign.ts';
import { type Bare, type Component, readDictionary, writeComponent, writeList } from './structured-fields.ts';

/** Keys by the id under which messages name them. */
export type KeyRing = ReadonlyMap<string, KeyObject>;

/** What came, with header names in small letters. */
export interface CameMessage {
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/**
 * Why a message is not believed. unsigned: no signature of this protocol. digest: another body than was digested. covers:
 * signed over other things than it must be. stamp: tag, algorithm or nonce. time: too old, too new or too long. key: one
 * that is not known. signature: it does not fit.
 */
export type Flaw = 'unsigned' | 'digest' | 'covers' | 'stamp' | 'time' | 'key' | 'signature';

export type Verified =
  | { isBelieved: true; createdAt: Date; keyId: string }
  | { isBelieved: false; flaw: Flaw; reason: string };

/** Believes a message only when exactly `covered`, in this order, was signed under this tag by one of the keys. */
export function verifyMessage(message: CameMessage, covered: Covered, tag: Tag, keys: KeyRing, now: Date): Verified {
  const input = readDictionary(message.headers['signature-input'] ?? '')?.get(LABEL);
  const signature = readDictionary(message.headers['signature'] ?? '')?.get(LABEL);
  if (input?.kind !== 'list' || signature?.kind !== 'bytes') return flawed('unsigned', 'it is not signed as owp');
  const { components, params } = input;
  if (message.headers['content-digest']?.trim() !== contentDigest(message.body))
    return flawed('digest', 'its Content-Digest is not that of the body');
  if (!isCovering(components, covered)) return flawed('covers', `it must be signed over ${listOf(covered)}`);
  if (params.get('tag') !== tag) return flawed('stamp', `its tag must be ${tag}`);
  if (params.get('alg') !== 'ed25519') return flawed('stamp', 'its alg must be ed25519');
  if (!/^[\w-]{16,64}$/.test(textOf(params.get('nonce')))) return flawed('stamp', 'its nonce must be 16 to 64 letters');
  const createdAt = readTimes(params.get('created'), params.get('expires'), now);
  if (createdAt === null) return flawed('time', 'its time is over, has not come, or is too long');
  const keyId = textOf(params.get('keyid'));
  const key = keys.get(keyId);
  if (key === undefined) return flawed('key', 'it is signed with a key that is not known');
  const values = covered.map(([written, value]) => [toComponent(written), value] as const);
  if (!isSignedBy(signatureBase(values, writeList(components, params)), signature.bytes, key))
    return flawed('signature', 'the signature does not fit');
  return { isBelieved: true, createdAt, keyId };
}

/** What a reply is signed over: itself, and the request that it answers. `request` is as it was sent. */
export function replyCovered(
  reply: { status: number; body: Buffer },
  request: { covered: Covered; signature: string },
): Covered {
  const signature = readDictionary(request.signature)?.get(LABEL);
  const asked = request.covered.filter(([name]) => name !== '@authority');
  return [
    ['@status', String(reply.status)],
    ['content-digest', contentDigest(reply.body)],
    ...asked.map(([name, value]) => [`${name};req`, value] as const),
    [`signature;req;key=${LABEL}`, signature?.kind === 'bytes' ? `:${signature.bytes.toString('base64')}:` : ''],
  ];
}

/** What a reply to an unsigned request is signed over. */
export function unboundReplyCovered(reply: { status: number; body: Buffer }): Covered {
  return [
    ['@status', String(reply.status)],
    ['content-digest', contentDigest(reply.body)],
  ];
}

/** What a notification is signed over. Its address is not: what stands between the net and a merchant may rewrite it. */
export function notificationCovered(body: Buffer): Covered {
  return [
    ['@method', 'POST'],
    ['content-digest', contentDigest(body)],
  ];
}

function isCovering(components: readonly Component[], covered: Covered): boolean {
  return components.map(writeComponent).join(' ') === listOf(covered);
}

function listOf(covered: Covered): string {
  return covered.map(([written]) => writeComponent(toComponent(written))).join(' ');
}

function readTimes(created: Bare | undefined, expires: Bare | undefined, now: Date): Date | null {
  if (typeof created !== 'number' || typeof expires !== 'number') return null;
  const seconds = now.getTime() / 1000;
  const isNow = created - SKEW_SECONDS <= seconds && seconds <= expires;
  const isShort = expires > created && expires - created <= SKEW_SECONDS;
  return isNow && isShort ? new Date(created * 1000) : null;
}

function textOf(value: Bare | undefined): string {
  return typeof value === 'string' ? value : '';
}

function flawed(flaw: Flaw, reason: string): Verified {
  return { isBelieved: false, flaw, reason };
}
