import { beforeEach, describe, expect, test } from 'vitest';
import { startCuttingProxy } from '../../../test/cutting-proxy.ts';
import { freshDatabase } from '../../../test/database.ts';
import { LINK_CONVERSION_ITEMS } from '../../base/link-limits.ts';
import { connect } from '../../db/connect.ts';
import { money } from '../../money/money.ts';
import type { LinkedPayment } from '../links.ts';
import { countConversions } from './count-conversions.ts';
import { openLinkCounter } from './open-link-counter.ts';
import { readLinkStats } from './read-link-stats.ts';
import { BOOK, LINK, pretendPayments, testClock, testDeps } from './test-counter.ts';

const { sql, url } = await freshDatabase();

beforeEach(async () => {
  await sql`truncate link_paid_days, link_paid_cursors`;
});

type Paid = Omit<LinkedPayment, 'cursor'>;

function paid(changed: Partial<Paid> = {}): Paid {
  return {
    linkId: LINK,
    merchantId: 'mer_1',
    money: money('CNY', 1234n),
    at: new Date('2026-11-23T02:00:00Z'),
    ...changed,
  };
}

async function totalsOf(linkId = LINK) {
  const wish = { book: BOOK, linkId, from: '2026-11-23', until: '2026-11-24', by: 'day', split: 'none' } as const;
  return await readLinkStats(sql, wish);
}

function depsOf(list: Paid[], over = sql) {
  return { sql: over, clock: testClock(), book: BOOK, payments: pretendPayments(list) };
}

describe('payments that came by a link', () => {
  test('they are counted by day and currency, and the days are those of Asia/Shanghai', async () => {
    const list = [
      paid(),
      paid({ money: money('CNY', 66n) }),
      paid({ money: money('HKD', 500n) }),
      paid({ at: new Date('2026-11-23T16:00:00Z') }),
    ];
    expect(await countConversions(depsOf(list))).toBe(4);
    const { totals, points } = await totalsOf();
    expect(totals.payments).toBe(4);
    expect(totals.amounts).toEqual([
      { currency: 'CNY', payments: 3, minor: 2534n },
      { currency: 'HKD', payments: 1, minor: 500n },
    ]);
    expect(points.map(({ at, payments }) => [at, payments])).toEqual([
      ['2026-11-23', 3],
      ['2026-11-24', 1],
    ]);
  });

  test('a payment that named the link of somebody else counts for nobody, and is passed', async () => {
    const deps = depsOf([paid({ linkId: null }), paid()]);
    expect(await countConversions(deps)).toBe(2);
    expect(await countConversions(deps)).toBe(0);
    expect((await totalsOf()).totals.payments).toBe(1);
  });

  test('each is counted once, page after page, however many nodes look at once', async () => {
    const list = Array.from({ length: LINK_CONVERSION_ITEMS + 37 }, () => paid());
    const deps = depsOf(list);
    for (let round = 0; round < 4; round++)
      await Promise.all([countConversions(deps), countConversions(deps), countConversions(deps)]);
    list.push(paid());
    expect(await countConversions(deps)).toBe(1);
    expect((await totalsOf()).totals.payments).toBe(LINK_CONVERSION_ITEMS + 38);
  });

  test.each(['deliver', 'drop'] as const)('a commit whose line is cut (%s) counts once', async (cut) => {
    const proxy = await startCuttingProxy(url);
    const through = connect(proxy.url, { connectionsMax: 1, applicationName: 'test' });
    const deps = depsOf([paid()], through);
    proxy.cuts.push(cut);
    await expect(countConversions(deps)).rejects.toThrow();
    await countConversions(deps);
    expect((await totalsOf()).totals.payments).toBe(1);
    await through.end({ timeout: 1 });
    await proxy.close();
  });

  test('the counter at work counts them by itself', async () => {
    const payments = pretendPayments([paid()]);
    const counter = openLinkCounter({ ...testDeps(sql), payments });
    counter.startWork();
    await expect.poll(async () => (await totalsOf()).totals.payments).toBe(1);
    await counter.stop();
    expect((await totalsOf()).totals.payments).toBe(1);
  });
});
