import { type Cipher, createCipheriv, createDecipheriv, type Decipher, getCiphers } from 'node:crypto';
import { assert } from '../../base/assert.ts';

export type Algorithm = '3des' | 'sm4';

export const KEY_BYTES = 16;
const NAMES = { '3des': 'des-ede', sm4: 'sm4' } as const;
const BLOCK_BYTES = { '3des': 8, sm4: 16 } as const;

/** Fails loudly at the start where Node was built without the ciphers of banks. */
export function checkCiphers(): void {
  const known = new Set(getCiphers());
  for (const name of ['des-ede-ecb', 'des-ede-cbc', 'sm4-ecb', 'sm4-cbc'])
    assert(known.has(name), `this Node.js has no ${name}`);
}

/** Double-length 3DES or SM4 under one key, block by block. The two ciphers are made once: without chaining they keep nothing. */
export class BlockCipher {
  readonly blockBytes: number;
  readonly #cipher: Cipher;
  readonly #decipher: Decipher;
  /** A key of 16 bytes. */
  constructor(algorithm: Algorithm, key: Buffer) {
    assert(key.length === KEY_BYTES, 'a key is 16 bytes');
    this.blockBytes = BLOCK_BYTES[algorithm];
    this.#cipher = createCipheriv(`${NAMES[algorithm]}-ecb`, key, null).setAutoPadding(false);
    this.#decipher = createDecipheriv(`${NAMES[algorithm]}-ecb`, key, null).setAutoPadding(false);
  }
  /** Whole blocks only. */
  encrypt(blocks: Buffer): Buffer {
    assert(blocks.length % this.blockBytes === 0, 'whole blocks are encrypted');
    return this.#cipher.update(blocks);
  }
  decrypt(blocks: Buffer): Buffer {
    assert(blocks.length % this.blockBytes === 0, 'whole blocks are decrypted');
    return this.#decipher.update(blocks);
  }
  /** Tells two keys apart without telling either: the first four bytes of an encrypted zero block. */
  checkValue(): Buffer {
    return this.encrypt(Buffer.alloc(this.blockBytes)).subarray(0, 4);
  }
}

/**
 * CBC over whole messages, each from a zero start, on one cipher that is made once: making one costs more than the blocks. What the cipher
 * remembers of the message before, its last block, is taken off the next one's first block.
 */
export class ChainCipher {
  readonly blockBytes: number;
  readonly #cipher: Cipher;
  #last: Buffer;
  constructor(algorithm: Algorithm, key: Buffer) {
    assert(key.length === KEY_BYTES, 'a key is 16 bytes');
    this.blockBytes = BLOCK_BYTES[algorithm];
    this.#last = Buffer.alloc(this.blockBytes);
    this.#cipher = createCipheriv(`${NAMES[algorithm]}-cbc`, key, this.#last).setAutoPadding(false);
  }
  /** The last block of the chain over one or more whole blocks. Changes the bytes that it is handed. */
  lastBlock(blocks: Buffer): Buffer {
    const { blockBytes } = this;
    assert(blocks.length > 0 && blocks.length % blockBytes === 0, 'whole blocks are chained');
    xorInto(blocks, this.#last, blockBytes);
    const out = this.#cipher.update(blocks);
    this.#last = out.subarray(out.length - blockBytes);
    return this.#last;
  }
}

/** `target ^= mask` over the first `bytes` bytes. */
export function xorInto(target: Buffer, mask: Buffer, bytes: number): void {
  for (let i = 0; i < bytes; i++) target[i] = (target[i] ?? 0) ^ (mask[i] ?? 0);
}
