import { LINK_CODE_CHARS, LINK_CODE_LETTERS } from '../base/link-limits.ts';
import type { Random } from '../base/random.ts';

/** A byte of which more are thrown away would favour the first letters. */
const BITS = 63;
const CODE = new RegExp(`^[${LINK_CODE_LETTERS}]{${LINK_CODE_CHARS}}$`);

/** A code that says nothing about its link: each letter is any of LINK_CODE_LETTERS with the same chance. */
export function newLinkCode(random: Random): string {
  let code = '';
  while (code.length < LINK_CODE_CHARS) {
    for (const byte of random.bytes(LINK_CODE_CHARS + 2)) {
      code += LINK_CODE_LETTERS[byte & BITS] ?? '';
      if (code.length === LINK_CODE_CHARS) break;
    }
  }
  return code;
}

/** Whether a text can be a code at all: anything else is looked up nowhere. */
export function isLinkCode(text: string): boolean {
  return text.length === LINK_CODE_CHARS && CODE.test(text);
}
