import { expect, test } from 'vitest';
import { LINK_CODE_CHARS, LINK_CODE_LETTERS } from '../base/link-limits.ts';
import { systemRandom } from '../base/random.ts';
import { isLinkCode, newLinkCode } from './link-code.ts';

const DRAWS = 40_000;

test('a code is of letters that nobody takes for another, each as likely at each place', () => {
  const counts = Array.from({ length: LINK_CODE_CHARS }, () => new Map<string, number>());
  for (let draw = 0; draw < DRAWS; draw++) {
    const code = newLinkCode(systemRandom);
    expect(isLinkCode(code)).toBe(true);
    Array.from(code).forEach((letter, place) => {
      const seen = counts[place];
      seen?.set(letter, (seen.get(letter) ?? 0) + 1);
    });
  }
  const expected = DRAWS / LINK_CODE_LETTERS.length;
  for (const [place, seen] of counts.entries()) {
    expect([...seen.keys()].sort().join('')).toBe(Array.from(LINK_CODE_LETTERS).sort().join(''));
    const chi = [...seen.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 56 degrees of freedom: one run in a hundred million is above 130.
    expect(chi, `place ${place}`).toBeLessThan(130);
  }
});

test('bytes that would favour the first letters are thrown away', () => {
  const drawn = [255, 57, 63, 0, 56, 191, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
  let at = 0;
  const random = { bytes: (count: number) => Buffer.from(drawn.slice(at, (at += count))) };
  // 255, 63 and 191 are 63, and 57 is 57 of 6 bits: none of them names a letter.
  expect(newLinkCode(random)).toBe([0, 56, 1, 2, 3, 4, 5, 6].map((place) => LINK_CODE_LETTERS[place]).join(''));
});

test.each([
  '',
  'abcdefg',
  'abcdefghi',
  'abcdefg0',
  'abcdefgO',
  'abcdefg1',
  'abcdefgl',
  'abcdefgI',
  'abcdefg ',
  'ａbcdefgh',
  'abc-efgh',
])('%j is no code', (text) => expect(isLinkCode(text)).toBe(false));
