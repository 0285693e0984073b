import { describe, expect, test } from 'vitest';
import { addDays, isDay, walletDay, walletDayOf } from './wallet-day.ts';

describe("a wallet's day", () => {
  test('ends at midnight in Shanghai, which is 16:00 in London all year round', () => {
    expect(walletDay('2026-11-11', '00:00')).toEqual({
      day: '2026-11-11',
      startsAt: new Date('2026-11-10T16:00:00Z'),
      endsAt: new Date('2026-11-11T16:00:00Z'),
    });
    for (const day of ['2026-03-29', '2026-06-30', '2026-10-25', '2026-12-31', '2028-02-29']) {
      const { startsAt, endsAt } = walletDay(day, '00:00');
      expect(startsAt.toISOString().slice(11), day).toBe('16:00:00.000Z');
      expect(endsAt.getTime() - startsAt.getTime(), day).toBe(86_400_000);
    }
  });

  test('that ends at 23:00 puts the last hour into the next day', () => {
    const { startsAt, endsAt } = walletDay('2026-11-11', '23:00');
    expect([startsAt, endsAt]).toEqual([new Date('2026-11-10T15:00:00Z'), new Date('2026-11-11T15:00:00Z')]);
  });

  test.each([
    ['2026-11-11T15:59:59.999Z', '00:00', '2026-11-11'],
    ['2026-11-11T16:00:00.000Z', '00:00', '2026-11-12'],
    ['2026-11-11T14:59:59.999Z', '23:00', '2026-11-11'],
    ['2026-11-11T15:00:00.000Z', '23:00', '2026-11-12'],
    ['2026-12-31T15:30:00.000Z', '23:00', '2027-01-01'],
    ['2026-11-11T13:30:00.000Z', '21:30', '2026-11-12'],
  ] as const)('holds %s, ending at %s, on %s', (instant, endsAt, day) => {
    expect(walletDayOf(new Date(instant), endsAt)).toEqual(walletDay(day, endsAt));
  });

  test('follows the day before without a gap', () => {
    for (const end of ['00:00', '23:00'] as const)
      expect(walletDay('2026-03-01', end).startsAt).toEqual(walletDay(addDays('2026-03-01', -1), end).endsAt);
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  });

  test('has the name of a date that is in the calendar', () => {
    expect(isDay('2026-11-11')).toBe(true);
    for (const text of ['2026-02-29', '2026-13-01', '2026-1-1', '20261111', '1999-01-01', '2026-11-11 ', ''])
      expect(isDay(text), text).toBe(false);
  });
});
