import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import type { Secret } from '../base/secret.ts';

/** What everything that must not be read is derived from: 32 bytes or more, kept outside the database. */
export interface Keyring {
  /** Seals a text so that it opens only with the same `about`, which names what it belongs to (table and row). */
  seal(text: string, about: string): string;
  /** @throws an Error when the sealed text was altered, moved to another row, or sealed under a key we do not have. */
  open(sealed: string, about: string): string;
  /** A keyed digest (HMAC-SHA-256, 32 bytes) for one purpose: same input, same digest; without the key nobody can guess. */
  digest(purpose: string, text: string): Buffer;
  /** Whether `digest` was made of this text (or of its first bytes) under any master secret that we have; constant time. */
  isDigest(purpose: string, text: string, digest: Buffer): boolean;
}

const VERSION = 'v1';

/**
 * AES-256-GCM under a key derived by HKDF from the master secret. A sealed text is `v1.<key id>.<base64url of nonce,
 * ciphertext, tag>`; the key id lets an older master secret stay readable while new writes use the new one.
 */
export function createKeyring(deps: { random: Random }, masters: readonly [Secret, ...Secret[]]): Keyring {
  const keys = masters.map((master) => {
    const secret = Buffer.from(master.reveal(), 'utf8');
    assert(secret.length >= 32, 'a master secret has 32 bytes or more');
    const sealing = deriveKey(secret, 'hutong seal');
    return { secret, sealing, id: createHmac('sha256', sealing).update('key id').digest('hex').slice(0, 8) };
  });
  const newest = keys[0];
  assert(newest !== undefined, 'there is a master secret');
  /** One per master secret and purpose; the purposes are words in our own code. */
  const digestKeys = new Map<string, Buffer[]>();
  const digestAll = (purpose: string, text: string): Buffer[] => {
    const known = digestKeys.get(purpose) ?? keys.map(({ secret }) => deriveKey(secret, `hutong digest ${purpose}`));
    digestKeys.set(purpose, known);
    return known.map((key) => createHmac('sha256', key).update(text).digest());
  };
  return {
    seal(text, about) {
      const nonce = deps.random.bytes(12);
      const cipher = createCipheriv('aes-256-gcm', newest.sealing, nonce).setAAD(Buffer.from(about, 'utf8'));
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${newest.id}.${sealed.toString('base64url')}`;
    },
    open(sealed, about) {
      const [version, keyId, body] = sealed.split('.');
      const key = keys.find((candidate) => candidate.id === keyId);
      if (version !== VERSION || key === undefined || body === undefined)
        throw new Error('a sealed value was sealed under a master secret that is not configured');
      const bytes = Buffer.from(body, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key.sealing, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(about, 'utf8')).setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
    },
    digest(purpose, text) {
      const [digest] = digestAll(purpose, text);
      assert(digest !== undefined, 'there is a master secret');
      return digest;
    },
    isDigest(purpose, text, digest) {
      return digestAll(purpose, text).some((own) => isSame(own.subarray(0, digest.length), digest));
    },
  };
}

/** Fewer bytes than these prove nothing. */
const DIGEST_BYTES_MIN = 16;

function isSame(left: Buffer, right: Buffer): boolean {
  return right.length >= DIGEST_BYTES_MIN && left.length === right.length && timingSafeEqual(left, right);
}

/** A key of 32 bytes for one purpose (HKDF-SHA-256): what is derived for one tells nothing about another. */
export function deriveKey(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), purpose, 32));
}
