import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/database.ts';
import { money } from '../../money/money.ts';
import { countConversions } from './count-conversions.ts';
import { linkAmountsCsv, linkStatsCsv } from './link-stats-csv.ts';
import { readLinkStats, readOpens, type StatsWish } from './read-link-stats.ts';
import { showLinkStats } from './show-link-stats.ts';
import { BOOK, LINK, newCounter, openEvent, pretendPayments, testClock } from './test-counter.ts';

const { sql } = await freshDatabase();

const wish: StatsWish = { book: BOOK, linkId: LINK, from: '2026-11-22', until: '2026-11-24', by: 'day', split: 'none' };

beforeAll(async () => {
  const clock = testClock('2026-11-22T17:00:00Z'); // one in the morning of the 23rd
  const counter = newCounter(sql, clock);
  counter.opened(openEvent({ referrerHost: 'weibo.com' }));
  counter.opened(openEvent({ app: 'alipay', address: '203.0.113.8' }));
  counter.opened(openEvent({ robot: 'googlebot' }));
  clock.advanceMs(24 * 3_600_000);
  counter.opened(openEvent({ referrerHost: '=cmd|calc!a0' }));
  counter.tapped({ book: BOOK, linkId: LINK, step: 'open_app' });
  await counter.flush();
  const at = new Date('2026-11-23T04:00:00Z');
  const payments = pretendPayments([{ linkId: LINK, merchantId: 'mer_1', money: money('CNY', 990n), at }]);
  await countConversions({ sql, clock, book: BOOK, payments });
});

describe('reading', () => {
  test('every day of the span is there, also those on which nothing happened', async () => {
    const { points, totals } = await readLinkStats(sql, wish);
    expect(points).toEqual([
      { at: '2026-11-22', opens: 0, people: 0, robots: 0, taps: 0, payments: 0 },
      { at: '2026-11-23', opens: 2, people: 2, robots: 1, taps: 0, payments: 1 },
      { at: '2026-11-24', opens: 1, people: 1, robots: 0, taps: 1, payments: 0 },
    ]);
    expect(totals).toEqual({
      opens: 3,
      people: 3,
      robots: 1,
      taps: 1,
      payments: 1,
      amounts: [{ currency: 'CNY', payments: 1, minor: 990n }],
    });
  });

  test('hours are those of the day in Asia/Shanghai', async () => {
    const { points } = await readLinkStats(sql, { ...wish, by: 'hour', from: '2026-11-23', until: '2026-11-23' });
    expect(points).toHaveLength(24);
    expect(points[1]).toEqual({
      at: '2026-11-23T01',
      opens: 2,
      people: null,
      robots: null,
      taps: null,
      payments: null,
    });
  });

  test('days are split by name, the most first', async () => {
    const { rows } = await readLinkStats(sql, { ...wish, split: 'app' });
    expect(rows).toEqual([
      { at: '2026-11-23', value: 'alipay', count: 1 },
      { at: '2026-11-23', value: 'wechat', count: 1 },
      { at: '2026-11-24', value: 'wechat', count: 1 },
    ]);
  });

  test('a link that was never opened has zeros', async () => {
    const never = await readLinkStats(sql, { ...wish, linkId: 'lnk_never' });
    expect(never.totals).toMatchObject({ opens: 0, people: 0, amounts: [] });
    expect(never.points).toHaveLength(3);
    const lists = await readOpens(sql, { book: BOOK, linkIds: [LINK, 'lnk_never'], until: '2026-11-24', days: 3 });
    expect(lists.get(LINK)).toEqual({ opens: [0, 2, 1], total: 3 });
    expect(lists.get('lnk_never')).toEqual({ opens: [0, 0, 0], total: 0 });
  });

  test.each([
    ['a day that is none', { from: '2026-02-30' }, 'from'],
    ['a day in another form', { until: '24.11.2026' }, 'until'],
    ['an end before the beginning', { from: '2026-11-25' }, 'until'],
    ['more than a year', { from: '2025-11-23' }, 'from'],
    ['hours of more than a month', { by: 'hour', from: '2026-10-24' }, 'from'],
    ['hours by app', { by: 'hour', split: 'app' }, 'split'],
  ] as const)('%s is refused', async (_, changed, param) => {
    const asked = readLinkStats(sql, { ...wish, ...changed });
    await expect(asked).rejects.toMatchObject({ code: 'invalid_request', facts: { param } });
  });

  test('what is shown is JSON', async () => {
    const shown = showLinkStats(await readLinkStats(sql, wish));
    expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
    expect(shown.totals.amounts).toEqual([{ currency: 'CNY', payments: 1, minor: '990' }]);
  });
});

describe('as a file for spreadsheet programs', () => {
  test('a line per day', async () => {
    expect(linkStatsCsv(await readLinkStats(sql, wish))).toBe(
      '\u{feff}day,opens,people,robots,taps,payments\r\n2026-11-22,0,0,0,0,0\r\n2026-11-23,2,2,1,0,1\r\n2026-11-24,1,1,0,1,0\r\n',
    );
  });

  test('the money of the span, a line per currency', async () => {
    expect(linkAmountsCsv(await readLinkStats(sql, wish))).toBe('\u{feff}currency,payments,amount\r\nCNY,1,9.90\r\n');
  });

  test('a name from outside computes nothing', async () => {
    const text = linkStatsCsv(await readLinkStats(sql, { ...wish, split: 'referrer' }));
    expect(text).toContain("2026-11-24,'=cmd|calc!a0,1\r\n");
    expect(text).not.toMatch(/(^|,|\n)"?[=+\-@]/);
  });
});
