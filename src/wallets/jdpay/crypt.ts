import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const CIPHER = 'des-ede3-ecb';
const BLOCK_BYTES = 8;
const LENGTH_BYTES = 4;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Triple DES as JD wants it: the length of the UTF-8 text in 4 bytes, the text, zeros up to a whole block; in lower-case hex.
 * Source: JD Pay V2.0. It hides a text and vouches for nothing: only a signature inside does.
 */
export function encrypt(text: string, key: KeyObject): string {
  const data = Buffer.from(text);
  const block = Buffer.alloc(Math.ceil((LENGTH_BYTES + data.length) / BLOCK_BYTES) * BLOCK_BYTES);
  block.writeUInt32BE(data.length);
  data.copy(block, LENGTH_BYTES);
  const cipher = createCipheriv(CIPHER, key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]).toString('hex');
}

/** Null unless it is lower-case hex of whole blocks that hold exactly one text: its length, UTF-8, fewer than 8 zeros after it. */
export function decrypt(hex: string, key: KeyObject): string | null {
  if (!/^(?:[0-9a-f]{16})+$/.test(hex)) return null;
  const decipher = createDecipheriv(CIPHER, key, null).setAutoPadding(false);
  const block = Buffer.concat([decipher.update(Buffer.from(hex, 'hex')), decipher.final()]);
  const end = LENGTH_BYTES + block.readUInt32BE();
  if (end > block.length || block.length - end >= BLOCK_BYTES) return null;
  if (block.subarray(end).some((byte) => byte !== 0)) return null;
  try {
    return utf8.decode(block.subarray(LENGTH_BYTES, end));
  } catch {
    return null;
  }
}
