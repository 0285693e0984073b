import { describe, expect, test } from 'vitest';
import { dayNear, isTransmittedNear, toDay, toTransmittedAt } from './stamp-time.ts';

test('F7 is the time in Shanghai', () => {
  expect(toTransmittedAt(new Date('2026-11-23T01:30:15.999Z'))).toBe('1123093015');
  expect(toTransmittedAt(new Date('2026-12-31T16:00:00Z'))).toBe('0101000000');
});

describe('a day without a year is the one next to now', () => {
  test.each([
    ['1123', '2026-11-23T01:30:15Z', '2026-11-23'],
    ['1124', '2026-11-23T15:30:00Z', '2026-11-24'],
    ['0101', '2026-12-31T15:30:00Z', '2027-01-01'],
    ['1231', '2026-12-31T16:30:00Z', '2026-12-31'],
    ['0229', '2028-02-28T16:30:00Z', '2028-02-29'],
    ['0229', '2026-02-28T16:30:00Z', null],
    ['1331', '2026-11-23T01:30:15Z', null],
    ['', '2026-11-23T01:30:15Z', null],
  ])('%s at %s', (monthDay, now, day) => {
    expect(dayNear(monthDay, new Date(now))).toBe(day);
  });
});

test('eight digits are a day only where there is one', () => {
  expect(['20261123', '20280229', '20270229', '20261301', '2026-1-1', ''].map(toDay)).toEqual([
    '2026-11-23',
    '2028-02-29',
    null,
    null,
    null,
    null,
  ]);
});

describe('F7 is of now', () => {
  test.each([
    ['1123093015', '2026-11-23T01:30:15Z', true],
    ['1123093015', '2026-11-23T02:00:15Z', true],
    ['1123093015', '2026-11-23T02:00:16Z', false],
    ['1123093015', '2026-11-23T01:00:14Z', false],
    ['0101000500', '2026-12-31T15:59:00Z', true],
    ['1231235900', '2026-12-31T16:05:00Z', true],
    ['1123093015', '2027-11-23T01:30:15Z', true], // it has no year
    ['1123993015', '2026-11-23T01:30:15Z', false],
    ['', '2026-11-23T01:30:15Z', false],
  ])('%s at %s: %s', (digits, now, isNear) => {
    expect(isTransmittedNear(digits, new Date(now), 30 * 60_000)).toBe(isNear);
  });
});
