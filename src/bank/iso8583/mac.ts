import { timingSafeEqual } from 'node:crypto';
import { assertNever } from '../../base/assert.ts';
import { BlockCipher, ChainCipher, KEY_BYTES, xorInto } from './block-cipher.ts';
import { FIELDS } from './fields.ts';
import type { Message } from './message.ts';

/** `x9.9` one key · `x9.19` the retail MAC of two · `sm4` CBC-MAC. */
export type MacMethod = 'x9.9' | 'x9.19' | 'sm4';

/** What is authenticated, in this order; of F90 the type, trace number and time alone. */
const USUAL = [2, 3, 4, 7, 11, 18, 25, 28, 32, 33, 38, 39, 41, 42, 90, 102, 103];
const KEY_CHANGE = [7, 11, 39, 53, 70, 100];
const ORIGINAL_DIGITS = 20;
const MAC_BYTES = 4;

/**
 * The text that a MAC is taken over (MAB). `withLengths`: values of variable length stand behind their two-digit length; two of three
 * public gateways do so, the third does not.
 */
export function macText(message: Message, withLengths: boolean): string {
  const { type, values } = message;
  let text = type;
  for (const field of type === '0800' || type === '0810' ? KEY_CHANGE : USUAL) {
    let value = values[field];
    if (value === undefined) continue;
    if (field === 90) value = value.slice(0, ORIGINAL_DIGITS);
    if (withLengths && FIELDS[field]?.prefix === 2) value = String(value.length).padStart(2, '0') + value;
    value = clean(value);
    if (value !== '') text += ` ${value}`;
  }
  return text;
}

const CLEAN = /^[0-9A-Z,.]+$/;

function clean(value: string): string {
  if (CLEAN.test(value)) return value;
  return value
    .toUpperCase()
    .replace(/[^A-Z0-9 ,.]/g, '')
    .replace(/ +/g, ' ')
    .trim();
}

/** One key that messages are authenticated with; its ciphers are made once. */
export class MacKey {
  readonly #chain: ChainCipher;
  /** X9.19 alone: the last block passes both halves of the key. */
  readonly #last: BlockCipher | null;
  constructor(method: MacMethod, key: Buffer) {
    switch (method) {
      case 'x9.9':
      case 'x9.19': {
        const first = key.subarray(0, KEY_BYTES / 2);
        // Both halves alike are single DES, which OpenSSL 3 does not offer by itself.
        this.#chain = new ChainCipher('3des', Buffer.concat([first, first]));
        this.#last = method === 'x9.19' ? new BlockCipher('3des', key) : null;
        break;
      }
      case 'sm4':
        this.#chain = new ChainCipher('sm4', key);
        this.#last = null;
        break;
      default:
        assertNever(method);
    }
  }

  /** The first four bytes of the MAC of a text, a character per byte. */
  mac(text: string): Buffer {
    const { blockBytes } = this.#chain;
    const blocks = Buffer.alloc(Math.max(1, Math.ceil(text.length / blockBytes)) * blockBytes);
    blocks.write(text, 'latin1');
    if (this.#last === null) return this.#chain.lastBlock(blocks).subarray(0, MAC_BYTES);
    const end = blocks.subarray(blocks.length - blockBytes);
    if (blocks.length > blockBytes)
      xorInto(end, this.#chain.lastBlock(blocks.subarray(0, blocks.length - blockBytes)), blockBytes);
    return this.#last.encrypt(end).subarray(0, MAC_BYTES);
  }

  /** As it stands in F128 of everything but key changes: eight upper-case hexadecimal letters. */
  macLetters(text: string): string {
    return this.mac(text).toString('hex').toUpperCase();
  }

  /** In constant time. */
  agrees(text: string, letters: string): boolean {
    const expected = Buffer.from(this.macLetters(text), 'latin1');
    const given = Buffer.from(letters, 'latin1');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
