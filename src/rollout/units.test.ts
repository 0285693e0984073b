import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDuration, readShare, showDuration, showShare } from './units.ts';

describe('shares', () => {
  test.each([
    ['1‰', 1000],
    ['0.1%', 1000],
    ['1%', 10_000],
    ['100%', 1_000_000],
    ['0.0001%', 1],
    ['250ppm', 250],
    ['0.5‰', 500],
    ['1000‰', 1_000_000],
    ['0%', 0],
  ])('%s is %i millionths', (text, ppm) => {
    expect(readShare(text)).toBe(ppm);
  });

  test.each(['1', '5', '100.1%', '0.00001%', '0.5ppm', '-1%', '1 %', '1％', '', '%', '1e3%', '0.0001‰'])(
    '%o is no share',
    (text) => {
      expect(readShare(text)).toBeNull();
    },
  );

  test('every share is told in a way that is read back exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (ppm) => {
        expect(readShare(showShare(ppm))).toBe(ppm);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('durations', () => {
  test.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ])('%s is %i ms and back', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
    expect(readDuration(showDuration(ms))).toBe(ms);
  });

  test.each(['90', '1.5h', '30 m', '-1s', 'm', '1w', '1234567s'])('%o is no duration', (text) => {
    expect(readDuration(text)).toBeNull();
  });
});
