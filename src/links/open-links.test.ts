import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../test/server.ts';
import { LINKS_MISSED_KEPT_MAX } from '../base/link-limits.ts';
import { systemRandom } from '../base/random.ts';
import type { Sql } from '../db/connect.ts';
import { keepLinks } from './keep-links.ts';
import { keepOwners } from './keep-owners.ts';
import { newLinkCode } from './link-code.ts';
import { LINKS_CHANNEL } from './links-deps.ts';
import { standingOf } from './ready-link.ts';
import { IOS_APP, openTestLinks, OPERATOR, SERVED, TARGET, type TestLinks } from './test-links.ts';

let world: TestLinks;
beforeAll(async () => {
  world = await openTestLinks();
});
afterAll(() => world.close());

describe('a link', () => {
  test('is found by its code with everything that opening it needs', async () => {
    const shown = await world.link({ price: { currency: 'CNY', minor: 12_800n }, description: '一两' });
    const found = await world.reader.find(null, shown.code);
    expect(found).toMatchObject({
      url: `https://pay.example/l/${shown.code}`,
      servedHost: 'pay.example',
      ownerName: '茶铺',
      link: { id: shown.id, page: `https://${TARGET}/item/42`, version: 1, state: 'active' },
    });
    expect(found?.apps.map(({ id }) => id)).toEqual([world.app.id]);
    expect([...(found?.targets ?? [])]).toEqual([TARGET]);
    expect(shown).toMatchObject({ object: 'link', price: { currency: 'CNY', minor: '12800' }, description: '一两' });
  });

  test('of a serving host is unknown at another, and under our own address', async () => {
    await world.prove(world.actor, SERVED, ['serve']);
    const { code, url } = await world.link({ servedHost: SERVED });
    expect(url).toBe(`https://${SERVED}/${code}`);
    expect(await world.reader.find(SERVED, code)).not.toBeNull();
    expect(await world.reader.find(null, code)).toBeNull();
    expect(await world.reader.find('other.example', code)).toBeNull();
    expect(world.reader.servingHost(SERVED)).toMatchObject({ host: SERVED, merchantId: world.shop });
    expect(world.reader.appsOfHost(SERVED).map(({ id }) => id)).toEqual([world.app.id]);
    expect(world.reader.servingHost(TARGET)).toBeUndefined();
    expect(world.reader.appsOfHost(TARGET)).toEqual([]);
  });

  test('of a host that went to another shop is not opened there any more', async () => {
    const lost = await world.prove(world.actor, 'go.sold.example', ['serve']);
    const { code } = await world.link({ servedHost: 'go.sold.example' });
    expect(await world.reader.find('go.sold.example', code)).not.toBeNull();
    await world.desk.dropHost(world.actor, lost.id);
    expect(await world.reader.find('go.sold.example', code)).toBeNull();
    await world.prove(world.otherActor, 'go.sold.example', ['serve']);
    expect(await world.reader.find('go.sold.example', code)).toBeNull();
    expect(world.reader.servingHost('go.sold.example')?.merchantId).toBe(world.otherShop);
    // Operators still find it.
    expect((await world.reader.findByCode(code))?.link.owner).toEqual({ kind: 'merchant', merchantId: world.shop });
  });

  test('is one object as long as nothing of it changes, and answered at once', async () => {
    const first = await world.readyLink();
    const again = world.reader.find(null, first.link.code);
    expect(again).toBe(first);
    await world.link();
    expect(world.reader.find(null, first.link.code)).toBe(first);
    const edited = await world.desk.edit({ actor: world.actor, id: first.link.id, content: { title: '雨前龙井' } });
    const after = await world.reader.find(null, first.link.code);
    expect(after).not.toBe(first);
    expect(after?.link).toMatchObject({ title: '雨前龙井', version: 2 });
    expect(edited.link).toEqual(after?.link);
    expect(first.link.title).toBe('明前龙井');
    expect(await world.reader.findById(1, first.link.id)).toBe(after);
    expect(await world.reader.findById(2, first.link.id)).toBeNull();
  });

  test('is another object when an app or a host of its owner changes, and only then', async () => {
    const before = await world.readyLink();
    const second = { ...IOS_APP, scheme: 'tea2://{path}' };
    const request = {
      actor: world.actor,
      merchantId: world.shop,
      id: null,
      name: '第二',
      settings: second,
      secret: null,
    };
    world.clock.advanceMs(1); // ids of one millisecond have no order
    const added = await world.desk.putApp(request);
    const after = await world.reader.find(null, before.link.code);
    expect(after?.apps.map(({ id }) => id)).toEqual([world.app.id, added.id]);
    await world.desk.dropApp(world.actor, added.id);
    expect((await world.reader.find(null, before.link.code))?.apps).toHaveLength(1);
    expect(before.apps).toHaveLength(1);
  });

  test('of a person carries the name that others may see', async () => {
    await world.sql`
      insert into users (book, id, phone_sealed, phone_index, phone_index_version, lang, created_at)
      values (1, 'usr_someone', '\\x00', ${Buffer.alloc(32)}, 1, 'zh-CN', now())`;
    const ready = await world.readyLink({ kind: 'collect', actor: { kind: 'user', userId: 'usr_someone' } });
    expect(ready).toMatchObject({ ownerName: '**丰', apps: [], link: { owner: { kind: 'user' }, page: null } });
    expect(ready.targets.size).toBe(0);
  });

  test('is over by the clock, whatever is remembered', async () => {
    const { link } = await world.readyLink({ expiresAt: new Date('2026-11-11T03:00:00Z') });
    const at = (time: string) => standingOf(link, new Date(time));
    expect([at('2026-11-11T02:59:59.999Z'), at('2026-11-11T03:00:00Z')]).toEqual(['active', 'expired']);
    expect(standingOf({ ...link, state: 'stopped' }, new Date('2027-01-01T00:00:00Z'))).toBe('stopped');
  });
});

describe('several nodes', () => {
  test('hear of a stop and of a lost host by themselves', async () => {
    const other = world.node({ sql: world.connect(4) });
    other.startWork();
    await other.ready();
    const { link } = await world.readyLink();
    const seen = async () => await other.reader.find(null, link.code);
    expect((await seen())?.link.state).toBe('active');
    await world.desk.setState({ actor: world.actor, id: link.id, state: 'stopped', reason: '卖完了' });
    await eventually('the stop', async () => (await seen())?.link.state === 'stopped');
    expect((await seen())?.link.stateReason).toBe('卖完了');

    const host = await world.prove(world.actor, 'tea.example', ['target', 'serve']);
    await eventually('the host', async () => other.reader.servingHost('tea.example') !== undefined);
    await expect.poll(async () => (await seen())?.targets.has('tea.example')).toBe(true);
    await world.desk.dropHost(world.actor, host.id);
    await eventually('the host is gone', async () => other.reader.servingHost('tea.example') === undefined);
    await expect.poll(async () => (await seen())?.targets.has('tea.example')).toBe(false);
    await other.stop();
  });

  test('read anew what they cannot have heard of', async () => {
    const deaf = world.node({ sql: world.connect(2) }); // never started: it hears nothing
    const { link } = await world.readyLink();
    await deaf.reader.find(null, link.code);
    await world.desk.setState({ actor: world.actor, id: link.id, state: 'stopped', reason: null });
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect((await deaf.reader.find(null, link.code))?.link.state).toBe('stopped');
  });

  test('open nothing that they cannot ask about', async () => {
    const sql = world.connect(2);
    const cut = world.node({ sql });
    const { link } = await world.readyLink();
    expect((await cut.reader.find(null, link.code))?.link.id).toBe(link.id);
    // On a busy machine what was read may be old before it is looked at: looked for until it is at hand.
    await expect.poll(() => cut.reader.find(null, link.code) instanceof Promise).toBe(false);
    const ended = sql.end({ timeout: 1 });
    expect(cut.reader.find(null, link.code)).toMatchObject({ link: { id: link.id } });
    await ended;
    await new Promise((resolve) => setTimeout(resolve, 1050));
    await expect((async () => await cut.reader.find(null, link.code))()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('agree while links are changed from everywhere', async () => {
    const nodes = [world.node({ sql: world.connect(3) }), world.node({ sql: world.connect(3) })];
    for (const node of nodes) node.startWork();
    const links = await Promise.all(Array.from({ length: 8 }, () => world.readyLink()));
    const changes = links.flatMap(({ link }, at) =>
      [1, 2, 3].map((round) => async () => {
        const node = nodes[(at + round) % 2] ?? world;
        await node.desk.edit({ actor: world.actor, id: link.id, content: { title: `${at} in round ${round}` } });
        await nodes[round % 2]?.reader.find(null, link.code);
      }),
    );
    await Promise.all(changes.map((change) => change()));
    await eventually('all agree', async () => {
      const found = await Promise.all(
        links.map(
          async ({ link }) =>
            await Promise.all([world, ...nodes].map(async ({ reader }) => (await reader.find(null, link.code))?.link)),
        ),
      );
      return found.every(([first, ...rest]) =>
        rest.every((each) => each?.version === 4 && each.version === first?.version && each.title === first.title),
      );
    });
    await Promise.all(nodes.map((node) => node.stop()));
  });
});

describe('the memory', () => {
  test('is bounded: the oldest that nobody asks for leaves', async () => {
    const links = await Promise.all(Array.from({ length: 6 }, () => world.link()));
    const codes = links.map(({ code }) => code);
    const queries: string[] = [];
    const kept = keepLinks({ ...world.deps, sql: counting(world.sql, queries) }, 4);
    for (const code of codes.slice(0, 4)) await kept.find(null, code);
    const first = codes[0] ?? '';
    const before = await kept.find(null, first);
    for (const code of codes.slice(4)) await kept.find(null, code); // the first was asked for again and stays
    expect(kept.find(null, first)).toBe(before);
    const asked = queries.length;
    await kept.find(null, codes[1] ?? '');
    expect(queries.length).toBe(asked + 1);
    await kept.stop();
  });

  test('asks once for what many want at once, and for a while not at all for what there is not', async () => {
    const queries: string[] = [];
    const kept = keepLinks({ ...world.deps, sql: counting(world.sql, queries) });
    await kept.ready();
    const { code } = await world.link();
    queries.length = 0;
    const wrong = Array.from({ length: 200 }, () => newLinkCode(systemRandom));
    const found = await Promise.all([...wrong, code, code, code].map(async (each) => await kept.find(null, each)));
    expect(found.filter((each) => each !== null)).toHaveLength(3);
    expect(queries.filter((text) => text.includes('from links')).length).toBe(1);
    queries.length = 0;
    for (const each of wrong) expect(kept.find(null, each)).toBeNull();
    for (const each of ['', 'x', "' or 1=1", '../../etc', 'abcdefg0', code.slice(1)])
      expect(kept.find(null, each)).toBeNull();
    expect(queries).toEqual([]);
    await kept.stop();
  });

  test('forgets a miss when the code is given out', async () => {
    const codes = ['abcdefgh', 'bcdefghi'];
    const random = {
      bytes: (count: number) => (count === 10 ? lettersOf(codes.shift() ?? '') : systemRandom.bytes(count)),
    };
    const node = world.node({ random });
    expect(await node.reader.find(null, 'abcdefgh')).toBeNull();
    await node.desk.create({
      actor: world.actor,
      book: 1,
      livemode: false,
      links: [{ kind: 'page', servedHost: null, content: (await world.readyLink()).link }],
      reply: 'one',
      claim: null,
    });
    expect(await node.reader.find(null, 'abcdefgh')).not.toBeNull();
  });

  test('holds no more guesses than it may', () => {
    expect(LINKS_MISSED_KEPT_MAX).toBeLessThanOrEqual(100_000);
  });

  test('keeps serving hosts until it has read which there are now', async () => {
    const owners = keepOwners(world.deps);
    await world.prove(world.actor, 'go.kept.example', ['serve']);
    await owners.startAnew(world.sql, () => {});
    const broken = world.connect(1);
    await broken.end();
    await expect(owners.startAnew(broken, () => {})).rejects.toThrow();
    expect(owners.servingHost('go.kept.example')?.merchantId).toBe(world.shop);
  });

  test('forgets everything rather than reading more changes than it may', async () => {
    const { link } = await world.readyLink();
    const node = world.node();
    const before = await node.reader.find(null, link.code);
    await world.sql`update links set revision = ${(await nextRevision()) + 1n} where book = 1`;
    await world.sql`update link_books set revision = revision + 2 where book = 1`;
    await world.sql`select pg_notify(${LINKS_CHANNEL}, '')`;
    await new Promise((resolve) => setTimeout(resolve, 1050));
    const after = await node.reader.find(null, link.code);
    expect(after).toEqual(before);
  });
});

describe('who looks', () => {
  test('sees only what is theirs, and cannot tell it from what is not there', async () => {
    const { id } = await world.link();
    for (const viewer of [world.otherActor, { kind: 'user', userId: 'usr_someone' }] as const) {
      await expect(world.desk.get(viewer, id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(world.desk.history(viewer, id)).rejects.toMatchObject({ code: 'not_found' });
      const page = await world.desk.list({ viewer, state: null, before: null, itemsMax: 100 });
      expect(page.data.filter(({ link }) => link.id === id)).toEqual([]);
    }
    expect((await world.desk.get(OPERATOR, id)).link.id).toBe(id);
    expect((await world.desk.get(world.actor, id)).link.id).toBe(id);
  });

  test('pages through links from new to old', async () => {
    const seen: string[] = [];
    for (let before: string | null = null; ; ) {
      const page: Awaited<ReturnType<TestLinks['desk']['list']>> = await world.desk.list({
        viewer: world.actor,
        state: 'active',
        before,
        itemsMax: 7,
      });
      seen.push(...page.data.map(({ link }) => link.id));
      expect(page.data.every(({ link }) => link.state === 'active')).toBe(true);
      before = page.next;
      if (before === null) break;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(seen.toSorted().reverse());
    expect(seen.length).toBeGreaterThan(20);
  });
});

async function nextRevision(): Promise<bigint> {
  const [row] = await world.sql<{ revision: bigint }[]>`select revision from link_books where book = 1`;
  return row?.revision ?? 0n;
}

/** Bytes that the letters of a code are drawn from. */
function lettersOf(code: string): Buffer {
  const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  return Buffer.from([...Array.from(code, (letter) => letters.indexOf(letter)), 0, 0]);
}

/** The same connections; keeps the text of every query that is made. */
function counting(sql: Sql, queries: string[]): Sql {
  return new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      const [strings] = args;
      const text = Array.isArray(strings) ? strings.join(' ') : '';
      if (/^\s*(select|insert|update)/.test(text) && !text.includes('left join link_hosts h')) queries.push(text);
      else if (text.includes('l.code = any')) queries.push(`from links ${text}`);
      return Reflect.apply(target, self, args) as unknown; // whatever the driver makes of it
    },
  });
}
