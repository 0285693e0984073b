import { encodeId } from '../../base/id.ts';
import type { Random } from '../../base/random.ts';

/** 128 bits. */
const CODE_BYTES = 16;

export type DeferralCode = `HT-${string}`;

/** `HT-` and 26 letters that say nothing. */
export function newDeferralCode(random: Random): DeferralCode {
  return `HT-${encodeId(random.bytes(CODE_BYTES))}`;
}

/** The code in a text that is nothing but a code, or null; small letters and white space around it do no harm. */
export function readDeferralCode(text: string): DeferralCode | null {
  const letters = /^\s*HT-([0-7][0-9A-HJKMNP-TV-Z]{25})\s*$/i.exec(text)?.[1];
  return letters === undefined ? null : `HT-${letters.toUpperCase()}`;
}
