import { createHmac, timingSafeEqual } from 'node:crypto';
import { assert } from '../base/assert.ts';
import type { Secret } from '../base/secret.ts';
import type { Sql } from '../db/connect.ts';
import { deriveKey } from './seal.ts';
import { checkValueOf } from './kek.ts';
import { readIndexKeys, registerIndexKey } from './vault-store.ts';

/** A key of blind indexes with the number that is stored beside what it made. */
export interface IndexKey {
  version: number;
  key: Buffer;
}

/**
 * One key per master secret, newest first. The newest gets the next number at its first use; one that has not been the newest yet has
 * number 0: rows are looked up by it already, so that a node that still writes with the old key finds what the others wrote.
 */
export async function openIndexKeys(sql: Sql, masters: readonly [Secret, ...Secret[]]): Promise<IndexKey[]> {
  const keys = masters.map((master) => deriveKey(Buffer.from(master.reveal(), 'utf8'), 'hutong vault index'));
  const [newest] = keys;
  assert(newest !== undefined, 'there is a master secret');
  await registerIndexKey(sql, checkValueOf(newest));
  const known = await readIndexKeys(sql);
  return keys.map((key) => {
    const row = known.find(({ checkValue }) => timingSafeEqual(checkValue, checkValueOf(key)));
    return { version: row?.version ?? 0, key };
  });
}

/** HMAC-SHA-256 over field and text, 32 bytes: PCI DSS 4.0.1, 3.5.1.1 (a hash of a card number is keyed). */
export function blindIndex(key: Buffer, field: string, text: string): Buffer {
  return createHmac('sha256', key).update(`${field}|${text}`).digest();
}
