import { encodeId } from '../base/id.ts';
import type { Random } from '../base/random.ts';
import type { Keyring } from '../vault/seal.ts';

const LETTERS = 16;
const TAIL_LETTERS = 6;

/** 80 bits of chance as people type them: `9QXD-4TPA-HW3N-7K2M`. */
export function newVoucherCode(random: Random): string {
  return encodeId(random.bytes(16))
    .slice(-LETTERS)
    .replace(/(.{4})(?=.)/g, '$1-');
}

/** The same letters however they were typed; null for what can be no code of ours. */
export function readVoucherCode(typed: string): string | null {
  const letters = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(letters) ? letters : null;
}

/** By these a voucher is found and shown: they open nothing. */
export function tailOf(letters: string): string {
  return letters.slice(-TAIL_LETTERS);
}

export function hashCode(keyring: Keyring, letters: string): Buffer {
  return keyring.digest('voucher code', letters);
}

/**
 * Codes as a payment keeps them until it is paid: sealed for this payment alone, since a code that was not used in the end still opens
 * its offer. In front stands the tail, by which they are told. What can be no code of ours is left out.
 */
export function sealVoucherCodes(keyring: Keyring, paymentId: string, typed: readonly string[]): string[] {
  const codes = typed.map(readVoucherCode).filter((letters) => letters !== null);
  return [...new Set(codes)].map((letters) => `${tailOf(letters)} ${keyring.seal(letters, sealedFor(paymentId))}`);
}

export function openVoucherCodes(keyring: Keyring, paymentId: string, kept: readonly string[]): string[] {
  return kept.map((one) => keyring.open(one.slice(TAIL_LETTERS + 1), sealedFor(paymentId)));
}

export function tailOfSealed(kept: string): string {
  return kept.slice(0, TAIL_LETTERS);
}

function sealedFor(paymentId: string): string {
  return `voucher code of ${paymentId}`;
}

export function isCodeOf(keyring: Keyring, letters: string, hash: Buffer): boolean {
  return keyring.isDigest('voucher code', letters, hash);
}

/** The buyer that a voucher is bound to, by the name that one shop has for them. */
export function hashBuyer(keyring: Keyring, merchantId: string, buyerId: string): Buffer {
  return keyring.digest('voucher buyer', `${merchantId} ${buyerId}`);
}

export function isBuyerOf(keyring: Keyring, merchantId: string, buyerId: string, hash: Buffer): boolean {
  return keyring.isDigest('voucher buyer', `${merchantId} ${buyerId}`, hash);
}
