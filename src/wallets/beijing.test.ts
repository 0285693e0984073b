import { expect, test } from 'vitest';
import { fromBeijing, fromBeijingDigits, toBeijing, toBeijingDigits } from './beijing.ts';

test('an instant is written as clocks in Beijing show it, and read back', () => {
  const at = new Date('2026-12-31T16:00:01Z');
  expect(toBeijing(at)).toBe('2027-01-01T00:00:01');
  expect(toBeijingDigits(at)).toBe('20270101000001');
  expect(fromBeijing('2027-01-01T00:00:01')).toEqual(at);
  expect(fromBeijingDigits('20270101000001')).toEqual(at);
});

test.each([
  '20260631000000',
  '20260230101112',
  '20261123240000',
  '20261123106000',
  '2026112310111',
  '2026-11-23 1011',
  '',
  'x',
])('%j is no second of any clock', (text) => {
  expect(fromBeijingDigits(text)).toBeNull();
});

test.each(['2026-06-31T00:00:00', '2026-11-23T24:00:00', '2026-11-23T10:11:12Z', '2026-11-23T10:11', '2026-11-23'])(
  '%j is none either',
  (text) => {
    expect(fromBeijing(text)).toBeNull();
  },
);
