import { assert } from '../../base/assert.ts';
import { LINK_CODE_CHARS, LINK_CODE_LETTERS } from '../../base/link-limits.ts';

const COUNT = LINK_CODE_LETTERS.length;
assert(COUNT % 2 === 1, 'weights of 1 and 2 find every error only among an odd number of letters');

/**
 * The letter that a code is written with by people: the numbers of all letters, weighed 1 and 2 in turn, sum up to a multiple of their count.
 * One wrong letter, or two neighbours swapped, never do: 1, 2 and their difference have no factor in common with an odd number.
 */
export function checkLetter(code: string): string {
  let sum = 0;
  for (let at = 0; at < code.length; at += 1) sum += valueOf(code.charAt(at)) * weightAt(at, code.length);
  return LINK_CODE_LETTERS.charAt((COUNT - (sum % COUNT)) % COUNT);
}

/** The code of `abcd2345k`, its check letter last; null where the letters are not ours or do not fit together. */
export function readChecked(letters: string): string | null {
  if (letters.length !== LINK_CODE_CHARS + 1) return null;
  for (let at = 0; at < letters.length; at += 1) if (!LINK_CODE_LETTERS.includes(letters.charAt(at))) return null;
  const code = letters.slice(0, LINK_CODE_CHARS);
  return checkLetter(code) === letters.charAt(LINK_CODE_CHARS) ? code : null;
}

/** The check letter itself weighs 1, the one before it 2, and so on. */
function weightAt(at: number, length: number): 1 | 2 {
  return (length - at) % 2 === 1 ? 2 : 1;
}

function valueOf(letter: string): number {
  const value = LINK_CODE_LETTERS.indexOf(letter);
  assert(letter !== '' && value >= 0, 'a code has letters of LINK_CODE_LETTERS only');
  return value;
}
