import { describe, expect, test } from 'vitest';
import { ManualClock } from './clock.ts';
import { bookOfId, decodeId, encodeId, idLetters, isId, legId, newId } from './id.ts';
import { systemRandom } from './random.ts';

const clock = new ManualClock(new Date('2026-11-11T00:00:00Z'));
const deps = { clock, random: systemRandom };

describe('an id', () => {
  test('has its prefix, 26 letters, and says its book', () => {
    for (const book of [0, 1, 77, 65_535]) {
      const id = newId('pay', deps, book);
      expect(isId('pay', id)).toBe(true);
      expect(bookOfId(id)).toBe(book);
      expect(encodeId(decodeId(idLetters(id)))).toBe(idLetters(id));
    }
  });

  test('sorts by time', () => {
    const ids = Array.from({ length: 50 }, () => {
      clock.advanceMs(1);
      return newId('pay', deps, 1);
    });
    expect([...ids].sort()).toEqual(ids);
  });

  test('gives each posting an id of its own, next to its object', () => {
    const id = newId('att', deps, 1);
    expect(legId(id, 1) >> 8n).toBe(legId(id, 2) >> 8n);
    expect(new Set([1, 2, 3, 255].map((leg) => legId(id, leg))).size).toBe(4);
    expect(() => legId(id, 0)).toThrow();
    expect(() => legId(id, 256)).toThrow();
  });

  test.each([
    '',
    'pay_',
    `pay_${'0'.repeat(25)}`,
    `pay_${'0'.repeat(27)}`,
    `pay_${'I'.repeat(26)}`,
    `pay_8${'0'.repeat(25)}`,
    `PAY_${'0'.repeat(26)}`,
    `rf_${'0'.repeat(26)}`,
    `pay_${'0'.repeat(25)}\n`,
    7,
    null,
  ])('is not %j', (text) => expect(isId('pay', text)).toBe(false));
});
