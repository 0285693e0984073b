import { assert } from '../../base/assert.ts';
import type { CardNumber } from '../../base/card-number.ts';
import type { Secret } from '../../base/secret.ts';
import { type BlockCipher, xorInto } from './block-cipher.ts';

const BLOCK_BYTES = 8;

/**
 * F52: a PIN bound to its card (ISO 9564 format 0), under the double-length PIN key; a character per byte. The clear block exists in
 * here alone and is overwritten.
 */
export function pinBlock(pin: Secret, card: CardNumber, key: BlockCipher): string {
  assert(key.blockBytes === BLOCK_BYTES, 'a PIN block of format 0 is made with 3DES');
  const digits = pin.reveal();
  assert(/^\d{4,12}$/.test(digits), 'a PIN is 4 to 12 digits');
  const clear = Buffer.from(`0${digits.length.toString(16)}${digits}`.padEnd(2 * BLOCK_BYTES, 'F'), 'hex');
  const account = Buffer.from(`0000${card.reveal().slice(-13, -1).padStart(12, '0')}`, 'hex');
  xorInto(clear, account, BLOCK_BYTES);
  const block = key.encrypt(clear).toString('latin1');
  clear.fill(0);
  account.fill(0);
  return block;
}
