import { beforeEach, describe, expect, test } from 'vitest';
import { startCuttingProxy } from '../../../test/cutting-proxy.ts';
import { freshDatabase } from '../../../test/database.ts';
import { LINK_SPLIT_NAMES_MAX } from '../../base/link-limits.ts';
import { systemRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import { connect, type Sql } from '../../db/connect.ts';
import { createKeyring } from '../../vault/seal.ts';
import { openLinkCounter } from './open-link-counter.ts';
import { type LinkStats, readLinkStats } from './read-link-stats.ts';
import { BOOK, LINK, newCounter, openEvent, testClock, testDeps } from './test-counter.ts';

const { sql, url } = await freshDatabase();
const OTHER_LINK = 'lnk_06G2N9Y9S0000800000000002';

beforeEach(async () => {
  await sql`truncate link_days, link_salts, link_flushes`;
});

async function statsOf(linkId = LINK, until = '2026-11-23'): Promise<LinkStats> {
  return await readLinkStats(sql, { book: BOOK, linkId, from: '2026-11-23', until, by: 'day', split: 'none' });
}

describe('what is counted', () => {
  test('an open is counted by link, day, hour, app, system, referrer and way', async () => {
    const counter = newCounter(sql);
    counter.opened(openEvent());
    counter.opened(openEvent({ app: 'alipay', os: 'android', via: 'qr', referrerHost: 'weibo.com' }));
    counter.opened(openEvent({ linkId: OTHER_LINK }));
    await counter.flush();
    const { totals, tops } = await statsOf();
    expect(totals).toMatchObject({ opens: 2, robots: 0, taps: 0, payments: 0 });
    expect(tops.app).toEqual([
      { value: 'alipay', count: 1 },
      { value: 'wechat', count: 1 },
    ]);
    expect(tops.system.map(({ value }) => value)).toEqual(['android', 'ios']);
    expect(tops.referrer.map(({ value }) => value)).toEqual(['none', 'weibo.com']);
    expect(tops.via.map(({ value }) => value)).toEqual(['link', 'qr']);
    const hours = await readLinkStats(sql, {
      book: BOOK,
      linkId: LINK,
      from: '2026-11-23',
      until: '2026-11-23',
      by: 'hour',
      split: 'none',
    });
    expect(hours.points.filter(({ opens }) => opens > 0)).toMatchObject([{ at: '2026-11-23T10', opens: 2 }]);
    expect((await statsOf(OTHER_LINK)).totals.opens).toBe(1);
  });

  test('robots are counted by name and are neither people nor opens of people', async () => {
    const counter = newCounter(sql);
    for (const robot of ['googlebot', 'googlebot', 'twitterbot']) counter.opened(openEvent({ robot }));
    counter.opened(openEvent());
    await counter.flush();
    const { totals, tops } = await statsOf();
    expect(totals).toMatchObject({ opens: 1, people: 1, robots: 3 });
    expect(tops.robot).toEqual([
      { value: 'googlebot', count: 2 },
      { value: 'twitterbot', count: 1 },
    ]);
    expect(tops.app).toEqual([{ value: 'wechat', count: 1 }]);
  });

  test('taps are counted by step', async () => {
    const counter = newCounter(sql);
    counter.tapped({ book: BOOK, linkId: LINK, step: 'open_app' });
    counter.tapped({ book: BOOK, linkId: LINK, step: 'open_app' });
    counter.tapped({ book: BOOK, linkId: LINK, step: 'page' });
    await counter.flush();
    const { totals, tops } = await statsOf();
    expect(totals).toMatchObject({ opens: 0, taps: 3 });
    expect(tops.step).toEqual([
      { value: 'open_app', count: 2 },
      { value: 'page', count: 1 },
    ]);
  });

  test('a person is an address and a browser: each other one is another, the same one again is not', async () => {
    const counter = newCounter(sql);
    counter.opened(openEvent());
    counter.opened(openEvent());
    counter.opened(openEvent({ address: '203.0.113.8' }));
    counter.opened(openEvent({ userAgent: 'another phone' }));
    counter.opened(openEvent({ address: '2001:db8:1:2::1' }));
    counter.opened(openEvent({ address: '2001:db8:1:2:ffff::9' })); // the same home
    await counter.flush();
    counter.opened(openEvent());
    await counter.flush();
    expect((await statsOf()).totals).toMatchObject({ opens: 7, people: 4 });
  });

  test('days are those of Asia/Shanghai, and who comes on two days is counted on both', async () => {
    const clock = testClock('2026-11-23T15:59:59.999Z');
    const counter = newCounter(sql, clock);
    counter.opened(openEvent());
    clock.advanceMs(1);
    counter.opened(openEvent());
    await counter.flush();
    const { points, totals } = await statsOf(LINK, '2026-11-24');
    expect(points.map(({ at, opens, people }) => ({ at, opens, people }))).toEqual([
      { at: '2026-11-23', opens: 1, people: 1 },
      { at: '2026-11-24', opens: 1, people: 1 },
    ]);
    expect(totals.people).toBe(2);
  });

  test('no more names are kept than fit, over all flushes; the rest is other, and nothing is missing from the sum', async () => {
    const counter = newCounter(sql);
    for (let at = 0; at < LINK_SPLIT_NAMES_MAX + 10; at++)
      counter.opened(openEvent({ referrerHost: `a${at}.example` }));
    await counter.flush();
    for (let at = 0; at < 10; at++) counter.opened(openEvent({ referrerHost: `b${at}.example` }));
    counter.opened(openEvent({ referrerHost: 'a0.example' }));
    await counter.flush();
    const { tops } = await statsOf();
    expect(tops.referrer).toHaveLength(LINK_SPLIT_NAMES_MAX + 1);
    expect(tops.referrer.find(({ value }) => value === 'other')?.count).toBe(20);
    expect(tops.referrer.find(({ value }) => value === 'a0.example')?.count).toBe(2);
    expect(tops.referrer.reduce((sum, { count }) => sum + count, 0)).toBe(LINK_SPLIT_NAMES_MAX + 21);
  });

  test.each(['\0', 'a b', 'x'.repeat(65), '', '淘宝', '\u{d800}'])(
    'a name that is not plain (%j) is other, and stops nothing',
    async (name) => {
      const counter = newCounter(sql);
      counter.opened(openEvent({ referrerHost: name }));
      counter.opened(openEvent({ robot: name }));
      await counter.flush();
      expect((await statsOf()).tops.referrer).toEqual([{ value: 'other', count: 1 }]);
    },
  );

  test.each(['__proto__', 'constructor', 'toString'])('%s is a name like any other', async (name) => {
    const counter = newCounter(sql);
    for (let at = 0; at < 2; at++) {
      counter.opened(openEvent({ referrerHost: name }));
      await counter.flush();
    }
    expect((await statsOf()).tops.referrer).toEqual([{ value: name, count: 2 }]);
  });
});

describe('what is not kept', () => {
  test('no address and no user agent is in any table', async () => {
    const counter = newCounter(sql);
    counter.opened(openEvent({ address: '198.51.100.23', userAgent: 'a browser with a name of its own' }));
    await counter.flush();
    const rows = await sql<{ row: string }[]>`
      select d::text as row from link_days d
      union all select s::text from link_salts s
      union all select f::text from link_flushes f`;
    const all = rows.map(({ row }) => row).join('\n');
    expect(all).not.toContain('198.51');
    expect(all).not.toContain('browser with');
    expect(all).not.toContain(Buffer.from('198.51.100.23').toString('hex'));
  });

  test('the salt of a day is sealed, shared by the nodes, another one each day, and gone an hour after the day', async () => {
    const clock = testClock();
    const [one, two] = [newCounter(sql, clock), newCounter(sql, clock)];
    await one.flush();
    await two.flush();
    const saltsOf = () =>
      sql<{ day: string; sealed: string }[]>`select day::text as day, sealed from link_salts order by day`;
    const first = await saltsOf();
    expect(first.map(({ day }) => day)).toEqual(['2026-11-23', '2026-11-24']);
    expect(first.every(({ sealed }) => sealed.startsWith('v1.'))).toBe(true);
    one.opened(openEvent());
    two.opened(openEvent());
    await Promise.all([one.flush(), two.flush()]);
    expect((await statsOf()).totals).toMatchObject({ opens: 2, people: 1 });

    clock.advanceMs(14 * 3_600_000); // half past midnight
    await one.flush();
    expect((await saltsOf()).map(({ day }) => day)).toEqual(['2026-11-23', '2026-11-24', '2026-11-25']);
    clock.advanceMs(3_600_000);
    await one.flush();
    expect((await saltsOf()).map(({ day }) => day)).toEqual(['2026-11-24', '2026-11-25']);
  });

  test('the same person is another number on another day', async () => {
    const clock = testClock();
    const counter = newCounter(sql, clock);
    counter.opened(openEvent());
    await counter.flush();
    clock.advanceMs(24 * 3_600_000);
    counter.opened(openEvent());
    await counter.flush();
    const rows = await sql<{ sketch: string }[]>`select encode(sketch, 'hex') as sketch from link_days order by day`;
    expect(rows).toHaveLength(2);
    expect(rows[0]?.sketch).not.toBe(rows[1]?.sketch);
  });
});

describe('nothing is lost, nothing is counted twice', () => {
  test('stopping writes all that was counted', async () => {
    const counter = newCounter(sql);
    counter.startWork();
    for (let at = 0; at < 1234; at++) counter.opened(openEvent({ linkId: at % 2 === 0 ? LINK : OTHER_LINK }));
    await counter.stop();
    expect((await statsOf()).totals.opens + (await statsOf(OTHER_LINK)).totals.opens).toBe(1234);
  });

  test('two nodes that flush the same links at once add up', async () => {
    const nodes = [newCounter(sql), newCounter(sql), newCounter(sql)];
    for (let round = 0; round < 5; round++) {
      for (const [index, node] of nodes.entries())
        for (let at = 0; at < 40; at++)
          node.opened(openEvent({ linkId: `lnk_${at}`, address: `10.0.${index}.${round}` }));
      await Promise.all(nodes.map((node) => node.flush()));
    }
    const [sums] = await sql<{ opens: bigint; people: bigint }[]>`
      select sum(opens)::bigint as opens, max(people) as people from link_days`;
    expect(sums).toEqual({ opens: 600n, people: 15n });
  });

  test('while the database is away everything is kept, and written once when it is back', async () => {
    const away = connect('postgres://nobody@127.0.0.1:1/none', { connectionsMax: 1, applicationName: 'test' });
    let now: Sql = away;
    // What the counter asks goes to whichever database is there at the moment.
    const switching = new Proxy(sql, {
      apply: (_target, _self, args: unknown[]) => Reflect.apply(now, undefined, args) as unknown, // as the driver answers
      get: (_target, name) => Reflect.get(now, name) as unknown, // as the driver has it
    });
    const counter = openLinkCounter(testDeps(switching));
    counter.opened(openEvent());
    await expect(counter.flush()).rejects.toThrow();
    counter.opened(openEvent());
    await expect(counter.flush()).rejects.toThrow();
    now = sql;
    counter.opened(openEvent());
    await counter.flush();
    await counter.flush();
    expect((await statsOf()).totals).toMatchObject({ opens: 3, people: 1 });
    await away.end();
  });

  test.each(['deliver', 'drop'] as const)('a commit whose line is cut (%s) is found out: counted once', async (cut) => {
    const proxy = await startCuttingProxy(url);
    const through = connect(proxy.url, { connectionsMax: 2, applicationName: 'test' });
    const counter = openLinkCounter(testDeps(through));
    counter.opened(openEvent());
    proxy.cuts.push(cut);
    await expect(counter.flush()).rejects.toThrow();
    counter.opened(openEvent({ address: '203.0.113.99' }));
    await counter.flush();
    expect((await statsOf()).totals).toMatchObject({ opens: 2, people: 2 });
    await through.end({ timeout: 1 });
    await proxy.close();
  });

  test('a salt that was sealed under another master secret keeps nothing from being counted, and is said', async () => {
    await newCounter(sql).flush();
    const said: string[] = [];
    const log = { ...testDeps(sql).log, error: (_facts: object, message: string) => void said.push(message) };
    const keyring = createKeyring({ random: systemRandom }, [new Secret('quite another master secret for tests')]);
    const counter = openLinkCounter({ ...testDeps(sql), log, keyring });
    counter.opened(openEvent());
    await counter.flush();
    await counter.flush();
    expect((await statsOf()).totals).toMatchObject({ opens: 1, people: 1 });
    expect(said).toHaveLength(2); // today's and tomorrow's, once each
  });

  test('what does not fit into memory is said, never silently lost', async () => {
    const said: { facts: object; message: string }[] = [];
    const log = { ...testDeps(sql).log, error: (facts: object, message: string) => void said.push({ facts, message }) };
    const counter = openLinkCounter({ ...testDeps(sql), log }, 2000);
    for (let at = 0; at < 2000 + 5; at++) counter.opened(openEvent({ linkId: `lnk_${at}`, robot: 'bot' }));
    await counter.flush();
    const [row] = await sql<{ count: bigint }[]>`select count(*) as count from link_days`;
    expect(Number(row?.count)).toBe(2000);
    expect(said).toMatchObject([{ facts: { opens: 5 } }]);
  });
});
