import { createCipheriv, createDecipheriv } from 'node:crypto';
import { assert } from '../../base/assert.ts';
import type { Message } from './message.ts';

/** The two families of keys that members use: double-length DES (MAC by ANSI X9.19) or SM4 (MAC by CBC). */
export type Algorithm = '3des' | 'sm4';

const MAC_ORDER = [2, 3, 4, 7, 11, 18, 25, 28, 32, 33, 38, 39, 41, 42, 90, 102, 103];
const KEY_MAC_ORDER = [7, 11, 39, 53, 70, 100];
const WITH_LENGTH = new Set([2, 32, 33, 100, 102, 103]);
const ORIGINAL_CHARS = 20;
const NO_IV_8 = Buffer.alloc(8);
const NO_IV_16 = Buffer.alloc(16);

/** What is signed of a message: the type and chosen fields, cleaned, one space between them. */
export function macText(message: Message): string {
  const isKeyChange = message.type === '0800' || message.type === '0810';
  const pieces = [message.type];
  for (const number of isKeyChange ? KEY_MAC_ORDER : MAC_ORDER) {
    const value = message.fields.get(number);
    if (value === undefined) continue;
    const piece = number === 90 ? value.slice(0, ORIGINAL_CHARS) : value;
    pieces.push(WITH_LENGTH.has(number) ? String(piece.length).padStart(2, '0') + piece : piece);
  }
  return pieces.map(clean).filter(Boolean).join(' ');
}

/** Upper case; nothing but letters, digits, space, comma and full stop; single spaces. */
function clean(piece: string): string {
  if (/^[0-9A-Z]*$/.test(piece)) return piece;
  return piece
    .toUpperCase()
    .replace(/[^A-Z0-9 ,.]/g, '')
    .replace(/ +/g, ' ')
    .trim();
}

/** The first four bytes of the MAC. */
function macBytes(message: Message, key: Buffer, algorithm: Algorithm): Buffer {
  const size = algorithm === 'sm4' ? 16 : 8;
  const text = Buffer.from(macText(message), 'latin1');
  const padded = Buffer.alloc(Math.ceil(text.length / size) * size);
  text.copy(padded);
  if (algorithm === 'sm4') {
    const cipher = createCipheriv('sm4-cbc', key, NO_IV_16).setAutoPadding(false);
    return cipher.update(padded).subarray(-16, -12);
  }
  // X9.19: the first half alone up to the last block, then the last block by both halves.
  const first = key.subarray(0, 8);
  const cbc = createCipheriv('des-ede3-cbc', Buffer.concat([first, first, first]), NO_IV_8).setAutoPadding(false);
  const head = padded.subarray(0, -8);
  const chain = head.length === 0 ? NO_IV_8 : cbc.update(head).subarray(-8);
  const last = createCipheriv('des-ede-cbc', key, chain).setAutoPadding(false);
  return last.update(padded.subarray(-8)).subarray(0, 4);
}

/** F128 of a business message: eight upper-case hex digits. */
export function macField(message: Message, key: Buffer, algorithm: Algorithm): string {
  return macBytes(message, key, algorithm).toString('hex').toUpperCase();
}

/** F128 of 0800 and 0810: four bytes of the MAC under the new key, four bytes of its check value; raw. */
export function keyChangeField(message: Message, newKey: Buffer, algorithm: Algorithm): string {
  const checkValue = cryptBlocks(Buffer.alloc(algorithm === 'sm4' ? 16 : 8), newKey, algorithm, 'encrypt');
  return Buffer.concat([macBytes(message, newKey, algorithm), checkValue.subarray(0, 4)]).toString('latin1');
}

/** ECB over whole blocks, for keys, card numbers and PIN blocks. */
export function cryptBlocks(bytes: Buffer, key: Buffer, algorithm: Algorithm, way: 'encrypt' | 'decrypt'): Buffer {
  const name = algorithm === 'sm4' ? 'sm4-ecb' : 'des-ede-ecb';
  assert(bytes.length % (algorithm === 'sm4' ? 16 : 8) === 0, 'blocks are whole');
  const cipher = way === 'encrypt' ? createCipheriv(name, key, null) : createDecipheriv(name, key, null);
  cipher.setAutoPadding(false);
  return cipher.update(bytes);
}

/** The PIN inside a block of ISO 9564 format 0; null when it is none for this card. */
export function readPinBlock(block: Buffer, key: Buffer, algorithm: Algorithm, cardNumber: string): string | null {
  const clear = cryptBlocks(block, key, algorithm, 'decrypt').subarray(0, 8);
  const account = Buffer.from(`0000${cardNumber.slice(-13, -1)}`, 'hex');
  const mixed = Buffer.from(clear.map((byte, at) => byte ^ (account[at] ?? 0))).toString('hex');
  const length = Number.parseInt(mixed.slice(0, 2), 16);
  if (length < 4 || length > 12) return null;
  const pin = mixed.slice(2, 2 + length);
  return /^\d+$/.test(pin) && /^f*$/.test(mixed.slice(2 + length)) ? pin : null;
}

/** How a card number travels inside F48: its digits as BCD filled up with F to 16 bytes, under the PIN key, in hex. */
export function sealCardNumber(number: string, key: Buffer, algorithm: Algorithm): string {
  const clear = Buffer.from(number.padEnd(32, 'F'), 'hex');
  return cryptBlocks(clear, key, algorithm, 'encrypt').toString('hex').toUpperCase();
}
