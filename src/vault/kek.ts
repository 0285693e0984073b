import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import type { Secret } from '../base/secret.ts';
import { deriveKey } from './seal.ts';
import { VaultKeysError } from './vault-keys-error.ts';

/**
 * What wraps data keys. It stands outside the database: here it is derived from the master secrets; a key-management service fits the
 * same shape (then `wrapped` is whatever it answers, up to 4096 bytes).
 */
export interface KekProvider {
  /** Two bytes, 0 to 65535: the key that new data keys are wrapped under. */
  currentId(): number;
  /** Every key that can unwrap, newest first. */
  ids(): readonly number[];
  /** 16 bytes that only this key makes and that tell nothing about it. */
  checkValue(kekId: number): Promise<Buffer>;
  /** A new data key of 32 bytes. Whoever asks overwrites it after use. */
  generate(): Promise<Buffer>;
  /** Under the current key. `about` names whose data key it is; it opens with the same alone. */
  wrap(key: Buffer, about: string): Promise<{ kekId: number; wrapped: Buffer }>;
  /** @throws an Error when the key is not here, or the bytes were altered or belong to somebody else. */
  unwrap(kekId: number, wrapped: Buffer, about: string): Promise<Buffer>;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keys by HKDF from the master secrets, newest first; the id is the first two bytes of the check value. */
export function localKeks(deps: { random: Random }, masters: readonly [Secret, ...Secret[]]): KekProvider {
  const keks = masters.map((master) => {
    const secret = Buffer.from(master.reveal(), 'utf8');
    assert(secret.length >= 32, 'a master secret has 32 bytes or more');
    const key = deriveKey(secret, 'hutong vault kek');
    secret.fill(0);
    const checkValue = checkValueOf(key);
    return { id: checkValue.readUInt16BE(0), key, checkValue };
  });
  const newest = keks[0];
  assert(newest !== undefined, 'there is a master secret');
  const ids = keks.map(({ id }) => id);
  if (new Set(ids).size < ids.length)
    throw new VaultKeysError('two master secrets are the same, or cannot be told apart: take another new one');
  const find = (kekId: number): (typeof keks)[number] => {
    const kek = keks.find(({ id }) => id === kekId);
    if (kek === undefined) throw new Error(`the master secret behind key ${showKekId(kekId)} is not configured`);
    return kek;
  };
  return {
    currentId: () => newest.id,
    ids: () => ids,
    checkValue: async (kekId) => find(kekId).checkValue,
    generate: async () => deps.random.bytes(32),
    async wrap(key, about) {
      const nonce = deps.random.bytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', newest.key, nonce).setAAD(Buffer.from(about, 'utf8'));
      return {
        kekId: newest.id,
        wrapped: Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]),
      };
    },
    async unwrap(kekId, wrapped, about) {
      const nonce = wrapped.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', find(kekId).key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(about, 'utf8')).setAuthTag(wrapped.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    },
  };
}

/** For people: `3fa9`. */
export function showKekId(kekId: number): string {
  return kekId.toString(16).padStart(4, '0');
}

/** A key check value: shown, compared and stored without harm. */
export function checkValueOf(key: Buffer): Buffer {
  return createHmac('sha256', key).update('check value').digest().subarray(0, 16);
}
