import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/database.ts';
import { testLinkApp } from '../preview/test-ready-link.ts';
import { openReports } from './open-reports.ts';
import { OPERATOR, openTestSafety, type TestSafety } from './test-safety.ts';

let db: FreshDatabase;
let safety: TestSafety;
beforeAll(async () => {
  db = await freshDatabase();
  safety = openTestSafety(db.sql);
});
afterAll(() => safety.reports.stop());

/** Each is another network; the last of them sets the brake. */
const NETWORKS = ['9.0.1.1', '9.0.2.1', '2001:db8:1:1::1', '9.0.4.1', '9.0.5.1'];

async function reportByAll(ready: ReturnType<TestSafety['link']>, networks = NETWORKS) {
  const braked: boolean[] = [];
  await safety.open(ready, networks);
  for (const address of networks) {
    safety.clock.advanceMs(60_000);
    braked.push((await safety.report(ready, address)).braked);
  }
  return braked;
}

const alertsOf = async (id: string) => await db.sql`select kind, detail from alerts where subject_id = ${id}`;
const linkOf = (id: string) => ({ kind: 'link', id }) as const;

describe('a report', () => {
  test('is written down with what was said, cleaned, and its contact sealed', async () => {
    const ready = safety.link();
    const { id } = await safety.report(ready, '9.1.0.1', {
      reason: 'fraud',
      words: ' 收了钱\u202e不发货\n\n第二行\0 ',
      contact: ' li@shop.example ',
      lang: 'en',
    });
    const report = await safety.reports.get(OPERATOR, id);
    expect(report).toMatchObject({
      linkId: ready.link.id,
      code: ready.link.code,
      linkVersion: 3,
      owner: 'mer_06F5KZJ8W0000000000000ABCD',
      targetHost: 'shop.example',
      reason: 'fraud',
      words: '收了钱 不发货 第二行',
      hasContact: true,
      contact: 'li@shop.example',
      state: 'open',
      resolvedAt: null,
      acts: [],
    });
    const [row] = await db.sql`select * from link_reports where id = ${id}`;
    expect(JSON.stringify(row)).not.toMatch(/li@shop|9\.1\.0\.1/);
  });

  test('of the same network on the same day corrects the first; on another day it is another', async () => {
    const ready = safety.link();
    const first = await safety.report(ready, '2001:db8:7:7::1', {
      reason: 'other',
      words: 'one',
      contact: 'a@b.example',
    });
    safety.clock.advanceMs(120_000);
    const second = await safety.report(ready, '2001:db8:7:7:ffff::9', { reason: 'illegal', contact: 'c@d.example' });
    expect(second.id).toBe(first.id);
    expect(await safety.reports.get(OPERATOR, first.id)).toMatchObject({
      reason: 'illegal',
      words: 'one',
      contact: 'c@d.example',
    });
    safety.clock.advanceMs(86_400_000);
    expect((await safety.report(ready, '2001:db8:7:7::1')).id).not.toBe(first.id);
  });

  test('that is decided is not opened again by the same network', async () => {
    const ready = safety.link();
    const { id } = await safety.report(ready, '9.1.0.3', { words: 'one' });
    await safety.reports.resolve({
      actor: OPERATOR,
      linkId: ready.link.id,
      verdict: { kind: 'dismissed' },
      note: 'fine',
    });
    expect((await safety.report(ready, '9.1.0.3', { words: 'two' })).id).toBe(id);
    expect(await safety.reports.get(OPERATOR, id)).toMatchObject({ state: 'dismissed', words: 'one' });
  });

  test('nobody sends many in a minute', async () => {
    safety.clock.advanceMs(60_000);
    for (let i = 0; i < 5; i++) await safety.report(safety.link(), '9.1.0.9');
    await expect(safety.report(safety.link(), '9.1.0.9')).rejects.toMatchObject({ code: 'too_many_tries' });
    await expect(safety.report(safety.link(), '9.1.0.10')).resolves.toBeTruthy();
    safety.clock.advanceMs(60_000);
    await expect(safety.report(safety.link(), '9.1.0.9')).resolves.toBeTruthy();
  });

  test('a hundred at once from one network are one', async () => {
    const ready = safety.link();
    const another = openTestSafety(db.sql); // counts tries by itself
    const many = Array.from({ length: 20 }, (_, node) => (node % 4 === 0 ? openTestSafety(db.sql) : another));
    safety.clock.advanceMs(60_000);
    const sent = await Promise.allSettled(many.map((each) => each.report(ready, '9.1.1.1')));
    const ids = new Set(sent.flatMap((each) => (each.status === 'fulfilled' ? [each.value.id] : [])));
    expect(ids.size).toBe(1);
    expect(await db.sql`select id from link_reports where link_id = ${ready.link.id}`).toHaveLength(1);
  });
});

describe('when many networks report a link within the hour', () => {
  test('people are warned, and the operator is told once', async () => {
    const ready = safety.link();
    expect(safety.reports.warningOf(ready)).toBeNull();
    const before = safety.reports.revision();
    expect(await reportByAll(ready)).toEqual([false, false, false, false, true]);
    expect(safety.reports.warningOf(ready)).toEqual({ kind: 'reported', host: 'shop.example', brand: null });
    expect(safety.reports.revision()).toBeGreaterThan(before);
    expect((await safety.report(ready, '9.0.0.6')).braked).toBe(false);
    expect(await alertsOf(ready.link.id)).toMatchObject([{ kind: 'link_reported' }]);
    const acts = await safety.reports.acts(OPERATOR, ready.link.id, 10);
    expect(acts).toMatchObject([{ act: 'brake_set', by: 'automatic', linksCount: 0 }]);
    expect(safety.asked).toEqual([]); // nothing is taken down by itself
  });

  test('one network alone never sets a brake, however it writes itself', async () => {
    const ready = safety.link();
    const one = ['9.2.0.1', '::ffff:9.2.0.1', '9.2.0.1', '::FFFF:9.2.0.1', '9.2.0.1', '9.2.0.1'];
    expect(await reportByAll(ready, one)).not.toContain(true);
    const six = [
      '2001:db8:9::1',
      '2001:db8:9::2',
      '2001:db8:9:0:1::',
      '2001:db8:9::f',
      '2001:db8:9::a',
      '2001:db8:9::b',
    ];
    expect(await reportByAll(ready, six)).not.toContain(true);
    expect(safety.reports.warningOf(ready)).toBeNull();
  });

  test('one party with many addresses of its own sets none', async () => {
    const ready = safety.link();
    const rented = Array.from({ length: 40 }, (_, at) => `9.4.${at % 2}.${at}`);
    expect(await reportByAll(ready, rented)).not.toContain(true);
    expect(await alertsOf(ready.link.id)).toEqual([]);
    const homes = Array.from({ length: 20 }, (_, at) => `2001:db8:44:${at.toString(16)}::1`);
    expect(await reportByAll(safety.link(), homes)).not.toContain(true);
  });

  test('who has not opened it counts half', async () => {
    const ready = safety.link();
    const strangers = Array.from({ length: 10 }, (_, at) => `9.5.${at}.1`);
    const braked: boolean[] = [];
    for (const address of strangers) {
      safety.clock.advanceMs(60_000);
      braked.push((await safety.report(ready, address)).braked);
    }
    expect(braked.indexOf(true)).toBe(9);
  });

  test('who opened it in another browser has not, and who opens it and reports again counts whole', async () => {
    const ready = safety.link();
    await safety.open(ready, ['9.6.0.1']);
    const opened = async (id: string) =>
      (await db.sql`select opened from link_reports where id = ${id}`)[0]?.['opened'];
    const { id } = await safety.report(ready, '9.6.0.1', { userAgent: 'curl/8' });
    expect(await opened(id)).toBe(false);
    await safety.report(ready, '9.6.0.1');
    expect(await opened(id)).toBe(true);
    await safety.report(ready, '9.6.0.1', { userAgent: 'curl/8' });
    expect(await opened(id)).toBe(true);
  });

  test('of a link that many open it takes more; the operator is told first, once', async () => {
    const ready = safety.link();
    const people = Array.from({ length: 600 }, (_, at) => `10.${at >> 8}.${at & 255}.1`);
    await safety.open(ready, people);
    const braked = await reportByAll(ready, people.slice(0, 13));
    expect(braked.indexOf(true)).toBe(11);
    const details = (await alertsOf(ready.link.id)).map(({ detail }) => String(detail));
    expect(details).toHaveLength(2);
    expect(details.filter((detail) => detail.includes('too little for a warning'))).toHaveLength(1);
  });

  test('slowly, over hours, sets none', async () => {
    const ready = safety.link();
    await safety.open(ready, NETWORKS);
    for (const address of NETWORKS) {
      safety.clock.advanceMs(20 * 60_000);
      expect((await safety.report(ready, address)).braked).toBe(false);
    }
  });

  test('all at the same moment sets exactly one', async () => {
    const ready = safety.link();
    safety.clock.advanceMs(60_000);
    const nodes = NETWORKS.map(() => openTestSafety(db.sql));
    await nodes[0]?.open(ready, NETWORKS);
    const sent = await Promise.all(nodes.map((node, at) => node.report(ready, NETWORKS[at] ?? '')));
    expect(sent.filter(({ braked }) => braked)).toHaveLength(1);
    expect(await alertsOf(ready.link.id)).toHaveLength(1);
  });

  test('a dismissal lifts the warning, and the next needs as many again', async () => {
    const ready = safety.link();
    await reportByAll(ready);
    const done = await safety.reports.resolve({
      actor: OPERATOR,
      linkId: ready.link.id,
      verdict: { kind: 'dismissed' },
      note: 'a competitor',
    });
    expect(done).toEqual({ reports: 5, links: 0 });
    expect(safety.reports.warningOf(ready)).toBeNull();
    expect(await reportByAll(ready, ['9.3.1.1', '9.3.2.1', '9.3.3.1', '9.3.4.1'])).not.toContain(true);
    await safety.open(ready, ['9.3.5.1']);
    expect((await safety.report(ready, '9.3.5.1')).braked).toBe(true);
    // What was done in one millisecond has no order.
    const acts = await safety.reports.acts(OPERATOR, ready.link.id, 10);
    expect(acts.map(({ act, by }) => `${act} ${by}`).sort()).toEqual([
      'brake_lifted wang',
      'brake_set automatic',
      'brake_set automatic',
      'dismissed wang',
    ]);
  });

  test('a warning that an operator set stays after a dismissal', async () => {
    const ready = safety.link();
    await safety.reports.setBrake({ actor: OPERATOR, subject: linkOf(ready.link.id), effect: 'warn', reason: 'odd' });
    await reportByAll(ready);
    await safety.reports.resolve({
      actor: OPERATOR,
      linkId: ready.link.id,
      verdict: { kind: 'dismissed' },
      note: 'fine',
    });
    expect(safety.reports.warningOf(ready)).toMatchObject({ kind: 'reported' });
  });
});

describe('what waits', () => {
  test('stands by how many networks reported it, then by age', async () => {
    const own = await freshDatabase();
    const world = openTestSafety(own.sql);
    const [quiet, loud, later] = [world.link(), world.link(), world.link()];
    await world.report(quiet, '9.8.0.1', { reason: 'broken' });
    world.clock.advanceMs(1_000);
    await world.report(loud, '9.8.0.1', { reason: 'fraud' });
    await world.report(loud, '9.8.0.2', { reason: 'fraud' });
    await world.report(loud, '9.8.0.3', { reason: 'other' });
    world.clock.advanceMs(1_000);
    await world.report(later, '9.8.0.4');
    await world.reports.setBrake({ actor: OPERATOR, subject: linkOf(quiet.link.id), effect: 'warn', reason: 'x' });
    expect(await world.reports.waiting(OPERATOR, 10)).toMatchObject([
      {
        linkId: loud.link.id,
        openCount: 3,
        networksCount: 3,
        reasons: [
          { reason: 'fraud', count: 2 },
          { reason: 'other', count: 1 },
        ],
        brake: null,
      },
      { linkId: quiet.link.id, openCount: 1, networksCount: 1, brake: 'warn' },
      { linkId: later.link.id, brake: null },
    ]);
    expect(await world.reports.waiting(OPERATOR, 1)).toHaveLength(1);
  });

  test('comes in pages, newest first', async () => {
    const ready = safety.link();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      safety.clock.advanceMs(1_000);
      ids.unshift((await safety.report(ready, `9.9.0.${i}`)).id);
    }
    const seen: string[] = [];
    for (let before: string | null = null; ; ) {
      const page = await safety.reports.list({
        viewer: OPERATOR,
        state: null,
        linkId: ready.link.id,
        before,
        itemsMax: 2,
      });
      seen.push(...page.data.map(({ id }) => id));
      before = page.next;
      if (before === null) break;
    }
    expect(seen).toEqual(ids);
  });
});

describe('warnings', () => {
  test.each([
    ['https://shop.example/', null],
    ['https://xn--czru2d.xn--fiqs8s/', null],
    ['http://127.0.0.1:4700/a', null],
    ['https://taoba0.com/', { kind: 'look_alike', host: 'taoba0.com', brand: 'taobao.com' }],
    ['https://xn--80ak6aa92e.com/', { kind: 'look_alike', host: 'xn--80ak6aa92e.com', brand: 'apple.com' }],
    [
      `https://${new URL('https://shоp.example').host}/`,
      { kind: 'mixed_scripts', host: 'xn--shp-ted.example', brand: null },
    ],
    [null, null],
  ])('%s', (page, warning) => {
    expect(safety.reports.warningOf(safety.link({ page }))).toEqual(warning);
  });

  test('where an app leads or is to be had counts as well as the page', async () => {
    const settings = { kind: 'ios', appId: 'TEAMID1234.com.example.shop', scheme: null } as const;
    const ways = [
      { ...settings, universalHost: 'open.blocked.example', storeUrl: null },
      { ...settings, universalHost: null, storeUrl: 'https://open.blocked.example/app' },
    ];
    const links = ways.map((way) => safety.link({ apps: [testLinkApp(way)] }));
    for (const ready of links) expect(safety.reports.warningOf(ready)).toBeNull();
    const subject = { kind: 'host', id: 'open.blocked.example' } as const;
    await safety.reports.setBrake({ actor: OPERATOR, subject, effect: 'block', reason: 'malware' });
    for (const ready of links) expect(safety.reports.warningOf(ready)).toMatchObject({ kind: 'blocked' });
    await safety.reports.liftBrake({ actor: OPERATOR, subject, reason: 'gone' });
  });

  test('a stronger brake takes the place of a weaker one, of whatever subject', async () => {
    const ready = safety.link({ page: 'https://warned.example/' });
    const host = { kind: 'host', id: 'warned.example' } as const;
    await safety.reports.setBrake({ actor: OPERATOR, subject: linkOf(ready.link.id), effect: 'warn', reason: 'a' });
    await safety.reports.setBrake({ actor: OPERATOR, subject: host, effect: 'warn', reason: 'b' });
    expect(safety.reports.warningOf(ready)).toMatchObject({ kind: 'reported' });
    const brake = await safety.reports.setBrake({ actor: OPERATOR, subject: host, effect: 'block', reason: 'c' });
    const again = await safety.reports.setBrake({ actor: OPERATOR, subject: host, effect: 'block', reason: 'd' });
    expect(again.id).toBe(brake.id);
    expect(safety.reports.warningOf(ready)).toMatchObject({ kind: 'blocked' });
    expect((await safety.reports.listBrakes(OPERATOR)).filter(({ subject }) => subject.id === host.id)).toMatchObject([
      { effect: 'block', reason: 'c', setBy: 'wang' },
    ]);
  });

  test('are heard of by every node', async () => {
    const far = openReports(safety.deps);
    far.startWork();
    try {
      const ready = safety.link();
      await safety.reports.setBrake({ actor: OPERATOR, subject: linkOf(ready.link.id), effect: 'warn', reason: 'x' });
      await expect.poll(() => far.warningOf(ready)).toMatchObject({ kind: 'reported' });
      await safety.reports.liftBrake({ actor: OPERATOR, subject: linkOf(ready.link.id), reason: 'y' });
      await expect.poll(() => far.warningOf(ready)).toBeNull();
    } finally {
      await far.stop();
    }
  });
});

test('a flood from networks that are known leaves room for those that are not', async () => {
  safety.clock.advanceMs(60_000);
  const refused = async (address: string) =>
    await safety.report(safety.link(), address).then(
      () => false,
      () => true,
    );
  const flood = Array.from({ length: 400 }, (_, at) => `11.${at % 100}.1.${at >> 1}`); // of a hundred wider networks
  const first = await Promise.all(flood.slice(0, 100).map(refused));
  expect(first).not.toContain(true); // each is new
  safety.clock.advanceMs(60_000);
  const second = await Promise.all(flood.map(refused));
  expect(second.filter((each) => !each)).toHaveLength(150);
  expect(await refused('12.1.1.1')).toBe(false);
  expect(await refused('2001:db8:1212::1')).toBe(false);
});

test('who reported is forgotten after its days; what was reported stays', async () => {
  const ready = safety.link();
  const { id } = await safety.report(ready, '9.10.0.1', { words: 'w', contact: 'a@b.example' });
  const row = async () => (await db.sql`select network, near, contact from link_reports where id = ${id}`)[0];
  safety.clock.advanceMs(8 * 86_400_000);
  await safety.reports.forget();
  expect(await row()).toMatchObject({ network: null, near: null, contact: expect.stringMatching(/^v1\./) });
  safety.clock.advanceMs(83 * 86_400_000);
  expect(await safety.reports.forget()).toBeGreaterThan(0);
  expect(await row()).toEqual({ network: null, near: null, contact: null });
  expect(await safety.reports.get(OPERATOR, id)).toMatchObject({ words: 'w', contact: null, hasContact: false });
  expect(await safety.reports.forget()).toBe(0);
});
