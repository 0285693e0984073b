import { CardNumber } from '../../base/card-number.ts';
import type { BlockCipher } from './block-cipher.ts';

/*
 * F48 holds, by its first two letters: `NK` a new working key, `WB` which banks know a person, `WC` which cards a bank has of a person.
 */

const CARD_LETTERS = 32;
const INSTITUTION_DIGITS = 8;

/** The new key of a key change, still under the transport key: 32 hexadecimal letters. Null when it holds no such thing. */
export function readNewKey(f48: string): Buffer | null {
  return /^NK[0-9A-F]{32}$/.test(f48) ? Buffer.from(f48.slice(2), 'hex') : null;
}

/** Institutions that know the person; null when it is not such a list. */
export function readBanks(f48: string): string[] | null {
  const items = readItems(f48, 'WB', INSTITUTION_DIGITS);
  return items?.every((item) => /^\d+$/.test(item)) === true ? items : null;
}

/** Card numbers, each 16 bytes of packed digits filled up with F, under the PIN key. Null when it is not such a list under this key. */
export function readCards(f48: string, key: BlockCipher): CardNumber[] | null {
  const items = readItems(f48, 'WC', CARD_LETTERS);
  if (items === null) return null;
  const cards: CardNumber[] = [];
  for (const item of items) {
    if (!/^[0-9A-F]{32}$/.test(item)) return null;
    const clear = key.decrypt(Buffer.from(item, 'hex'));
    const digits = /^(\d{12,19})f+$/.exec(clear.toString('hex'))?.[1];
    clear.fill(0);
    const card = CardNumber.read(digits);
    if (card === null) return null;
    cards.push(card);
  }
  return cards;
}

/** Two digits of how many, then items of one length. */
function readItems(f48: string, tag: string, letters: number): string[] | null {
  const count = /^\d\d/.exec(f48.slice(2))?.[0];
  if (!f48.startsWith(tag) || count === undefined || f48.length !== 4 + Number(count) * letters) return null;
  return Array.from({ length: Number(count) }, (_, index) => f48.slice(4 + index * letters, 4 + (index + 1) * letters));
}
