import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import type { SealedPlace } from './card-vault.ts';

/*
 * One sealed value: `v1 | kek id (2) | data key id (16) | nonce (12) | ciphertext | tag (16)`, AES-256-GCM. What is in front of the
 * ciphertext and the place it stands in are authenticated with it. The key id in front tells what the data key was wrapped under when
 * this was sealed; data keys are wrapped anew later, so it is for people who look at a row, not for opening.
 */

const VERSION = 1;
const DEK_ID_AT = 3;
const NONCE_AT = 19;
const TEXT_AT = 31;
const TAG_BYTES = 16;

/** The key of one person, ready for use; its bytes cannot be printed. */
export interface DataKey {
  dekId: Buffer;
  /** What it was wrapped under when it was read. */
  kekId: number;
  key: KeyObject;
}

export function sealValue(random: Random, dataKey: DataKey, place: SealedPlace, text: string): Buffer {
  const header = Buffer.alloc(TEXT_AT);
  header.writeUInt8(VERSION, 0);
  header.writeUInt16BE(dataKey.kekId, 1);
  dataKey.dekId.copy(header, DEK_ID_AT);
  random.bytes(TEXT_AT - NONCE_AT).copy(header, NONCE_AT);
  const cipher = createCipheriv('aes-256-gcm', dataKey.key, header.subarray(NONCE_AT)).setAAD(aboutOf(header, place));
  const plain = Buffer.from(text, 'utf8');
  const sealed = Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  plain.fill(0);
  return sealed;
}

/** @throws an Error when it was altered, moved to another place, or sealed under another data key. */
export function openValue(dataKey: DataKey, place: SealedPlace, sealed: Buffer): string {
  if (sealed.length < TEXT_AT + TAG_BYTES || sealed[0] !== VERSION) throw unreadable(place, 'it is no sealed value');
  if (!sealed.subarray(DEK_ID_AT, NONCE_AT).equals(dataKey.dekId))
    throw unreadable(place, 'it was sealed under another data key');
  const decipher = createDecipheriv('aes-256-gcm', dataKey.key, sealed.subarray(NONCE_AT, TEXT_AT), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(aboutOf(sealed, place)).setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(TEXT_AT, -TAG_BYTES));
  try {
    decipher.final();
    return plain.toString('utf8');
  } catch {
    throw unreadable(place, 'it was altered or stood elsewhere before');
  } finally {
    plain.fill(0);
  }
}

/** A sealed value that was altered, moved, or stands there without its key: for good, and for somebody to look at. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** Names the row, never what is in it. */
export function unreadable(place: SealedPlace, why: string): SealBroken {
  return new SealBroken(`the sealed ${place.field} of ${place.rowId} cannot be opened: ${why}`);
}

/** The version is in the header as well as in the text, so that a later form of either cannot be taken for this one. */
function aboutOf(sealed: Buffer, place: SealedPlace): Buffer {
  const parts = [place.userId, place.rowId, place.field];
  assert(parts.every(isPart), 'ids and fields have no bars, so that no two places read alike');
  return Buffer.concat([
    sealed.subarray(0, NONCE_AT),
    Buffer.from(`|${place.book}|${place.userId}|${place.rowId}|${place.field}|v${VERSION}`, 'utf8'),
  ]);
}

function isPart(part: string): boolean {
  return part.length > 0 && !part.includes('|');
}
