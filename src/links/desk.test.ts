import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../base/id.ts';
import { LINK_VERSIONS_MAX } from '../base/link-limits.ts';
import { systemRandom } from '../base/random.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import type { LinkActor, LinkDesk } from './links.ts';
import type { ShownLink } from './show-link.ts';
import {
  BOOK,
  contentOf,
  newLinkOf,
  openTestLinks,
  OPERATOR,
  TARGET,
  type TestLink,
  type TestLinks,
} from './test-links.ts';

let world: TestLinks;
beforeAll(async () => {
  world = await openTestLinks();
});
afterAll(() => world.close());

let keys = 0;
const claimOf = (fingerprint = 'same'): KeyClaim => ({
  book: BOOK,
  merchantId: world.shop,
  key: `key-${keys++}`,
  route: 'POST /v1/links',
  fingerprint,
});
const bulk = async (links: readonly TestLink[], over: Partial<Parameters<LinkDesk['create']>[0]> = {}) =>
  await world.desk.create({
    actor: world.actor,
    book: BOOK,
    livemode: false,
    links: links.map(newLinkOf),
    reply: 'list',
    claim: null,
    ...over,
  });
const linksCount = async (): Promise<number> => Number((await world.sql`select count(*) from links`)[0]?.['count']);

describe('creating', () => {
  test('many at once answers them in order, each with a code of its own', async () => {
    const { status, body } = await bulk(Array.from({ length: 1000 }, (_, at) => ({ title: `第 ${at}` })));
    const { data }: { data: ShownLink[] } = JSON.parse(body); // links as the API shows them
    expect(status).toBe(201);
    expect(data.map(({ title }) => title)).toEqual(Array.from({ length: 1000 }, (_, at) => `第 ${at}`));
    expect(new Set(data.map(({ code }) => code)).size).toBe(1000);
    const last = data.at(-1);
    expect((await world.reader.find(null, last?.code ?? ''))?.link.id).toBe(last?.id);
  });

  test('with one that is wrong makes none, and names it', async () => {
    const before = await linksCount();
    const wrong = { page: 'https://evil.example/' };
    await expect(bulk([{}, {}, wrong, {}])).rejects.toMatchObject({
      code: 'link_host_not_proved',
      facts: { param: 'links.2.page', host: 'evil.example' },
    });
    await expect(bulk([])).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(bulk(Array.from({ length: 1001 }, () => ({})))).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(bulk([{ servedHost: TARGET }])).rejects.toMatchObject({ facts: { param: 'links.0.host' } });
    await expect(bulk([{ kind: 'collect' }])).rejects.toMatchObject({ facts: { param: 'links.0.kind' } });
    const user: LinkActor = { kind: 'user', userId: 'usr_x' };
    await expect(bulk([{ kind: 'pay' }], { actor: user })).rejects.toMatchObject({ facts: { param: 'links.0.kind' } });
    await expect(bulk([{}], { actor: OPERATOR })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(bulk([{}], { actor: world.otherActor })).rejects.toMatchObject({ code: 'link_host_not_proved' });
    expect(await linksCount()).toBe(before);
  });

  test('twice with one key makes it once, also at the same moment', async () => {
    const claim = claimOf();
    const before = await linksCount();
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => bulk([{ title: '一次' }], { claim })));
    const again = await bulk([{ title: '一次' }], { claim });
    expect(again.replayed).toBe(true);
    for (const each of tries)
      if (each.status === 'fulfilled') expect(each.value.body).toBe(again.body);
      else expect(each.reason).toMatchObject({ code: 'idempotency_key_in_use' });
    expect(await linksCount()).toBe(before + 1);
    await expect(bulk([{}], { claim: { ...claim, fingerprint: 'other' } })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });

  test('writes along what belongs to it, or nothing at all', async () => {
    const before = await linksCount();
    const seen: string[] = [];
    const shown = await world.link({
      kind: 'pay',
      within: async (tx, links) => {
        const [row] = await tx`select code from links where id = ${links[0]?.id ?? ''}`;
        seen.push(String(row?.['code']));
      },
    });
    expect(seen).toEqual([shown.code]);
    const failing = { kind: 'pay' as const, within: () => Promise.reject(new Error('no')) };
    await expect(world.link(failing)).rejects.toThrow('no');
    expect(await linksCount()).toBe(before + 1);
  });

  test('draws another code where a link has one', async () => {
    const taken = await world.link();
    const bytes = Buffer.from([...Array.from(taken.code, (letter) => LETTERS.indexOf(letter)), 0, 0]);
    let draws = 0;
    const random = { bytes: (count: number) => (count === 10 && draws++ < 3 ? bytes : systemRandom.bytes(count)) };
    const node = world.node({ random });
    const { body } = await node.desk.create({
      actor: world.actor,
      book: BOOK,
      livemode: false,
      links: [newLinkOf({}), newLinkOf({})],
      reply: 'list',
      claim: null,
    });
    const { data }: { data: ShownLink[] } = JSON.parse(body); // links as the API shows them
    expect(new Set([taken.code, ...data.map(({ code }) => code)]).size).toBe(3);
  });
});

describe('what the operator has blocked', () => {
  test('is not led to, by no new link and by no edit, and a blocked shop makes none', async () => {
    const blocked = new Set<string>();
    const node = world.node({ isBlocked: ({ kind, id }) => blocked.has(`${kind} ${id}`) });
    const make = (desk: LinkDesk) =>
      desk.create({
        actor: world.actor,
        book: BOOK,
        livemode: false,
        links: [newLinkOf({})],
        reply: 'one',
        claim: null,
      });
    const { id }: ShownLink = JSON.parse((await make(node.desk)).body);
    blocked.add(`host ${TARGET}`);
    const refusal = { code: 'link_blocked' };
    await expect(make(node.desk)).rejects.toMatchObject(refusal);
    await expect(node.desk.edit({ actor: world.actor, id, content: { title: '另一个' } })).rejects.toMatchObject(
      refusal,
    );
    blocked.clear();
    blocked.add(`merchant ${world.shop}`);
    await expect(make(node.desk)).rejects.toMatchObject(refusal);
    await node.stop();
  });
});

describe('editing', () => {
  test('changes what is given and keeps every version', async () => {
    const { id } = await world.link({ description: '一两', price: { currency: 'CNY', minor: 100n } });
    world.clock.advanceMs(1000);
    await world.desk.edit({ actor: world.actor, id, content: { title: '雨前', price: null } });
    await world.desk.setState({ actor: world.actor, id, state: 'stopped', reason: '卖完了' });
    const { link } = await world.desk.get(world.actor, id);
    expect(link).toMatchObject({ title: '雨前', description: '一两', price: null, version: 3, stateReason: '卖完了' });
    const history = await world.desk.history(world.actor, id);
    expect(
      history.map(({ version, state, stateReason, content, by }) => [version, state, stateReason, content.title, by]),
    ).toEqual([
      [3, 'stopped', '卖完了', '雨前', 'key_of_the_shop'],
      [2, 'active', null, '雨前', 'key_of_the_shop'],
      [1, 'active', null, '明前龙井', 'key_of_the_shop'],
    ]);
    expect(history.at(-1)?.content).toEqual(
      contentOf({ description: '一两', price: { currency: 'CNY', minor: 100n } }),
    );
  });

  test('with nothing new makes no version', async () => {
    const { id } = await world.link();
    const { link } = await world.desk.edit({ actor: world.actor, id, content: { title: ' 明前龙井 ' } });
    expect(link.version).toBe(1);
    expect((await world.desk.setState({ actor: world.actor, id, state: 'active', reason: null })).link.version).toBe(1);
  });

  test('from many sides at once loses nothing', async () => {
    const { id } = await world.link();
    const edits = [
      ...Array.from({ length: 10 }, (_, at) =>
        world.desk.edit({ actor: world.actor, id, content: { description: `${at}` } }),
      ),
      world.desk.edit({ actor: world.actor, id, content: { title: '新题' } }),
      world.desk.setState({ actor: OPERATOR, id, state: 'stopped', reason: '看一看' }),
      world.desk.edit({ actor: world.actor, id, content: { direct: true } }),
    ];
    await Promise.all(edits);
    const { link } = await world.desk.get(world.actor, id);
    expect(link).toMatchObject({ title: '新题', direct: true, state: 'stopped', version: 14 });
    const history = await world.desk.history(world.actor, id);
    expect(history.map(({ version }) => version)).toEqual(Array.from({ length: 14 }, (_, at) => 14 - at));
    expect((await world.reader.find(null, link.code))?.link.version).toBe(14);
  });

  test('of a host that is lost, of another shop, of a wrong id is refused', async () => {
    const { id } = await world.link();
    const edit = (actor: LinkActor, to: string, page: string) => world.desk.edit({ actor, id: to, content: { page } });
    await expect(edit(world.actor, id, 'https://evil.example/')).rejects.toMatchObject({
      code: 'link_host_not_proved',
    });
    await expect(edit(world.otherActor, id, `https://${TARGET}/x`)).rejects.toMatchObject({ code: 'not_found' });
    for (const other of [
      'lnk_1',
      '',
      'pay_01M83E1H4Q000ND8XG5P3H3Z00',
      newId('lnk', world.deps, BOOK),
      newId('lnk', world.deps, 2),
    ])
      await expect(edit(world.actor, other, `https://${TARGET}/x`)).rejects.toMatchObject({ code: 'not_found' });
    expect((await edit(OPERATOR, id, `https://${TARGET}/x`)).link.version).toBe(2);
  });

  test('ends at the most versions, stopping does not', async () => {
    const { id } = await world.link();
    await world.sql`
      insert into link_versions (book, link_id, version, kind, page, page_host, title, direct, state, created_at, created_by)
      values (1, ${id}, ${LINK_VERSIONS_MAX}, 'page', 'https://shop.example/', 'shop.example', 'x', false, 'active', now(), 'test')`;
    await world.sql`update links set version = ${LINK_VERSIONS_MAX} where id = ${id}`;
    await expect(world.desk.edit({ actor: world.actor, id, content: { title: 'y' } })).rejects.toMatchObject({
      code: 'versions_max',
    });
    await world.desk.setState({ actor: world.actor, id, state: 'stopped', reason: null });
    await expect(world.desk.setState({ actor: world.actor, id, state: 'active', reason: null })).rejects.toMatchObject({
      code: 'versions_max',
    });
  });
});

describe('taking down', () => {
  test('is the operator’s alone, and so is taking it back; its owner reads why', async () => {
    const { id } = await world.link();
    const set = (actor: LinkActor, state: 'active' | 'stopped' | 'taken_down', reason: string | null = null) =>
      world.desk.setState({ actor, id, state, reason });
    await expect(set(world.actor, 'taken_down', 'x')).rejects.toMatchObject({ facts: { param: 'state' } });
    await expect(set(OPERATOR, 'taken_down')).rejects.toMatchObject({ facts: { param: 'reason' } });
    await set(OPERATOR, 'taken_down', '有人举报');
    for (const state of ['active', 'stopped'] as const)
      await expect(set(world.actor, state)).rejects.toMatchObject({
        code: 'link_taken_down',
        facts: { reason: '有人举报' },
      });
    await expect(world.desk.edit({ actor: world.actor, id, content: { title: 'x' } })).rejects.toMatchObject({
      code: 'link_taken_down',
    });
    expect((await world.desk.get(world.actor, id)).link.stateReason).toBe('有人举报');
    await set(OPERATOR, 'active');
    expect((await set(world.actor, 'stopped', '停')).link.version).toBe(4);
    await expect(set(world.actor, 'active', 'x')).rejects.toMatchObject({ facts: { param: 'reason' } });
  });

  test('all of a host takes those whose page is there now, whatever their state, and no other', async () => {
    const other = await world.prove(world.actor, 'bad.example', ['target']);
    const at = (page: string) => world.link({ page });
    const [active, stopped, moved, elsewhere] = [
      await at('https://bad.example/1'),
      await at('https://bad.example/2'),
      await at('https://bad.example/3'),
      await at(`https://${TARGET}/4`),
    ];
    await world.desk.setState({ actor: world.actor, id: stopped.id, state: 'stopped', reason: null });
    await world.desk.edit({ actor: world.actor, id: moved.id, content: { page: `https://${TARGET}/3` } });
    const which = { kind: 'host', host: 'bad.example' } as const;
    const request = { actor: OPERATOR, book: BOOK, which, reason: '钓鱼' };
    expect((await world.desk.takeDownAll(request)).sort()).toEqual([active.id, stopped.id].sort());
    expect(await world.desk.takeDownAll(request)).toEqual([]);
    await expect(world.desk.takeDownAll({ ...request, actor: world.actor })).rejects.toMatchObject({
      code: 'not_found',
    });
    for (const { code } of [active, stopped])
      expect((await world.reader.find(null, code))?.link).toMatchObject({ state: 'taken_down', stateReason: '钓鱼' });
    for (const { code } of [moved, elsewhere]) expect((await world.reader.find(null, code))?.link.state).toBe('active');
    await world.desk.dropHost(world.actor, other.id);
  });

  test('all of a merchant, more than fit in one transaction', async () => {
    await world.prove(world.otherActor, 'books.example', ['target']);
    for (let round = 0; round < 2; round++)
      await bulk(
        Array.from({ length: 600 }, () => ({ page: 'https://books.example/' })),
        { actor: world.otherActor },
      );
    const which = { kind: 'merchant', merchantId: world.otherShop } as const;
    const taken = await world.desk.takeDownAll({ actor: OPERATOR, book: BOOK, which, reason: '关店' });
    expect(taken.length).toBe(1200);
    const page = await world.desk.list({ viewer: world.otherActor, state: 'active', before: null, itemsMax: 1 });
    expect(page.data).toEqual([]);
    expect(
      (await world.desk.list({ viewer: world.actor, state: 'active', before: null, itemsMax: 1 })).data,
    ).toHaveLength(1);
  });
});

describe('the tables', () => {
  test('keep what a link said and whose it is, whoever asks', async () => {
    const { id } = await world.link();
    const refused = [
      world.sql`update link_versions set title = 'x' where link_id = ${id}`,
      world.sql`delete from link_versions where link_id = ${id}`,
      world.sql`truncate link_versions cascade`,
      world.sql`delete from links where id = ${id}`,
      world.sql`update links set merchant_id = ${world.otherShop} where id = ${id}`,
      world.sql`update links set code = 'abcdefgh' where id = ${id}`,
      world.sql`update links set kind = 'pay' where id = ${id}`,
      world.sql`update links set version = 0 where id = ${id}`,
      world.sql`update links set state = 'gone' where id = ${id}`,
      world.sql`update links set state_reason = 'x' where id = ${id}`,
    ];
    for (const query of refused) await expect((async () => await query)()).rejects.toThrow();
  });

  test('refuse what no link can be', async () => {
    const insert = (over: Record<string, string | null | boolean>) => {
      const row = {
        book: 1,
        id: `lnk_${keys++}`,
        code: 'ABCDEFGH',
        kind: 'page',
        merchant_id: world.shop,
        user_id: null,
        livemode: false,
        state: 'active',
        version: 1,
        created_at: new Date(0),
        updated_at: new Date(0),
        ...over,
      };
      return world.sql`insert into links ${world.sql(row)}`;
    };
    for (const over of [
      { code: 'ABCDEFG' },
      { code: 'ABCDEFG0' },
      { code: 'ABCDEFGI' },
      { kind: 'free' },
      { merchant_id: null },
      { kind: 'collect' },
      { merchant_id: 'mer_nobody' },
      { served_by: world.host.id, merchant_id: world.otherShop },
      { served_by: 'lho_none' },
      { state: 'taken_down' },
    ])
      await expect((async () => await insert(over))(), JSON.stringify(over)).rejects.toThrow();
  });
});

const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
