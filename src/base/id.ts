import type { Clock } from './clock.ts';
import type { Random } from './random.ts';
import { assert } from './assert.ts';

/*
 * An id is a prefix and 128 bits in 26 Crockford letters, sorted by time:
 *   48 bits unix milliseconds | 16 bits book | 56 bits chance | 8 bits leg
 * The book says where the thing lives, so no look-up is needed to find it. The leg is 0 in every object's id and
 * 1..255 in the ledger transfers that the object causes, so a transfer's id is an idempotency key by construction.
 */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export interface IdDeps {
  clock: Clock;
  random: Random;
}

export function newId<P extends string>(prefix: P, deps: IdDeps, book: number): `${P}_${string}` {
  assert(Number.isInteger(book) && book >= 0 && book <= 0xffff, 'a book is 16 bits');
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(deps.clock.now().getTime(), 0, 6);
  bytes.writeUInt16BE(book, 6);
  deps.random.bytes(7).copy(bytes, 8);
  return `${prefix}_${encodeId(bytes)}`;
}

/** An id of 112 random bits that still carries its book: for what is handed out and must tell nothing, not even its age. */
export function newToken<P extends string>(prefix: P, deps: { random: Random }, book: number): `${P}_${string}` {
  assert(Number.isInteger(book) && book >= 0 && book <= 0xffff, 'a book is 16 bits');
  const bytes = Buffer.from(deps.random.bytes(16));
  bytes.writeUInt16BE(book, 6);
  return `${prefix}_${encodeId(bytes)}`;
}

/** The 26 letters of an id without its prefix; they are also what we send to wallets as order numbers. */
export function idLetters(id: string): string {
  return id.slice(id.indexOf('_') + 1);
}

export function bookOfId(id: string): number {
  return decodeId(idLetters(id)).readUInt16BE(6);
}

/** The ledger transfer id of the n-th posting that an object causes (n from 1 to 255). */
export function legId(id: string, leg: number): bigint {
  assert(Number.isInteger(leg) && leg >= 1 && leg <= 255, 'a leg is 1..255');
  const value = valueOf(idLetters(id));
  assert((value & 255n) === 0n, 'only an object id has legs');
  return value | BigInt(leg);
}

/** True when text is an id of this prefix, letter for letter. */
export function isId<P extends string>(prefix: P, text: unknown): text is `${P}_${string}` {
  return (
    typeof text === 'string' &&
    text.length === prefix.length + 27 &&
    text.startsWith(`${prefix}_`) &&
    /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text.slice(prefix.length + 1))
  );
}

export function encodeId(bytes: Buffer): string {
  let value = BigInt(`0x${bytes.toString('hex')}`);
  const letters = Array.from<string>({ length: 26 });
  for (let i = 25; i >= 0; i--) {
    letters[i] = LETTERS[Number(value & 31n)] as string; // five bits are always inside the alphabet
    value >>= 5n;
  }
  return letters.join('');
}

export function decodeId(letters: string): Buffer {
  return Buffer.from(valueOf(letters).toString(16).padStart(32, '0'), 'hex');
}

/** Ten letters are fifty bits, which a number still holds exactly: one step of large numbers for ten of small ones. */
const LETTERS_AT_ONCE = 10;

function valueOf(letters: string): bigint {
  let value = 0n;
  for (let at = 0; at < letters.length; at += LETTERS_AT_ONCE) {
    const end = Math.min(at + LETTERS_AT_ONCE, letters.length);
    let part = 0;
    for (let place = at; place < end; place++) {
      const digit = LETTERS.indexOf(letters.charAt(place));
      assert(digit >= 0, 'an id has Crockford letters only');
      part = part * 32 + digit;
    }
    value = (value << BigInt(5 * (end - at))) | BigInt(part);
  }
  return value;
}
