import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LINK_APPS_PER_MERCHANT_MAX, LINK_HOSTS_PER_MERCHANT_MAX } from '../base/link-limits.ts';
import type { DeskDeps } from './desk-deps.ts';
import { keepLinks } from './keep-links.ts';
import type { LinkAppSettings } from './link.ts';
import { claimProofLooks, lookAgain } from './prove-host.ts';
import { IOS_APP, openTestLinks, OPERATOR, pageOf, TARGET, type TestLinks } from './test-links.ts';

let world: TestLinks;
let deps: DeskDeps;
beforeAll(async () => {
  world = await openTestLinks();
  const { lookUpText } = world.deps;
  if (lookUpText === undefined) throw new Error('the world has a name service of its own');
  deps = { ...world.deps, lookUpText, kept: keepLinks(world.deps) };
});
afterAll(() => world.close());

const add = (host: string, uses: readonly ('target' | 'serve')[] = ['target'], actor = world.actor) =>
  world.desk.addHost({ actor, merchantId: actor.merchantId, host, uses });
const prove = (id: string, actor = world.actor) => world.desk.proveHost(actor, id);
const fileOf = (host: string) => `https://${host}/.well-known/hutong-verification.txt`;
const say = (host: string, text: string, status = 200) =>
  world.outside.files.set(fileOf(host), pageOf(fileOf(host), status, text));

describe('a host', () => {
  test('counts from when its file or its DNS record shows the token', async () => {
    const host = await add('file.example');
    expect(host.provedAt).toBeNull();
    await expect(world.link({ page: 'https://file.example/' })).rejects.toMatchObject({ code: 'link_host_not_proved' });
    await expect(prove(host.id)).rejects.toMatchObject({
      code: 'link_proof_missing',
      facts: {
        expected: `hutong-verification=${host.proofToken}`,
        file_url: fileOf('file.example'),
        file_found: 'status 404',
        dns_name: '_hutong.file.example',
        dns_found: 'there is no such record',
      },
    });
    say('file.example', `# ours\r\n  hutong-verification=${host.proofToken}  \r\n`);
    expect((await prove(host.id)).provedAt).toEqual(world.clock.now());
    await world.link({ page: 'https://file.example/' });

    const byName = await world.prove(world.actor, 'dns.example', ['target']);
    expect(byName.provedAt).not.toBeNull();
  });

  test('is not proved by what only looks like a proof', async () => {
    const host = await add('nearly.example');
    const url = fileOf('nearly.example');
    const line = `hutong-verification=${host.proofToken}`;
    const other = await add('other.example');
    const tries: [string, Parameters<typeof world.outside.files.set>[1]][] = [
      ['another token', pageOf(url, 200, `hutong-verification=${other.proofToken}`)],
      ['a part of the line', pageOf(url, 200, line.slice(0, -1))],
      ['more behind it', pageOf(url, 200, `${line}x`)],
      ['a page that shows addresses back', pageOf(url, 404, line)],
      ['an error of theirs', pageOf(url, 500, line)],
      ['another address', { ...pageOf(url, 200, line), url: 'https://evil.example/' } as ReturnType<typeof pageOf>], // of the same kind
      ['what may not be asked', { kind: 'refused', reason: 'too many hops', hops: [url] }],
      ['nobody there', { kind: 'unreachable', reason: 'timeout', hops: [url] }],
    ];
    for (const [name, page] of tries) {
      world.outside.files.set(url, page);
      await expect(prove(host.id), name).rejects.toMatchObject({ code: 'link_proof_missing' });
    }
    world.outside.texts.set('nearly.example', { kind: 'found', texts: [line] });
    world.outside.texts.set('_hutong.nearly.example', { kind: 'found', texts: ['v=spf1', `x ${line}`] });
    await expect(prove(host.id)).rejects.toMatchObject({ facts: { dns_found: 'no record says it' } });
  });

  test('that serves links is proved in DNS alone: the pages under it are ours', async () => {
    const host = await add('go.example', ['serve']);
    say('go.example', `hutong-verification=${host.proofToken}`);
    world.outside.asked.length = 0;
    await expect(prove(host.id)).rejects.toMatchObject({ code: 'link_proof_missing' });
    expect(world.outside.asked).toEqual([]);
  });

  test('serves the links of one merchant, and goes to another only when its proof is gone', async () => {
    const mine = await world.prove(world.actor, 'moves.example', ['serve']);
    const theirs = await add('moves.example', ['serve'], world.otherActor);
    const both = [mine, theirs].map(({ proofToken }) => `hutong-verification=${proofToken}`);
    world.outside.texts.set('_hutong.moves.example', { kind: 'found', texts: both });
    await expect(prove(theirs.id, world.otherActor)).rejects.toMatchObject({ code: 'link_host_taken' });
    world.outside.texts.set('_hutong.moves.example', { kind: 'found', texts: both.slice(1) });
    await prove(theirs.id, world.otherActor);
    const [first] = (await world.desk.listHosts(world.actor, world.shop)).filter(({ id }) => id === mine.id);
    expect(first?.provedAt).toBeNull();
    await world.reader.find(null, (await world.link()).code);
    expect(world.reader.servingHost('moves.example')?.merchantId).toBe(world.otherShop);
  });

  test('may be proved by two shops as a place to lead to', async () => {
    const theirs = await world.prove(world.otherActor, TARGET, ['target']);
    expect(theirs.id).not.toBe(world.host.id);
    expect(theirs.proofToken).not.toBe(world.host.proofToken);
    await world.link({ actor: world.otherActor });
  });

  test('named again is the same, with fewer uses stays proved, with another is to be proved anew', async () => {
    const host = await world.prove(world.actor, 'uses.example', ['target', 'serve']);
    expect(await add('uses.example', ['serve', 'target'])).toMatchObject({ id: host.id, provedAt: host.provedAt });
    expect(await add('USES.example', ['target'])).toMatchObject({
      id: host.id,
      uses: ['target'],
      provedAt: host.provedAt,
    });
    expect(await add('uses.example', ['target', 'serve'])).toMatchObject({ id: host.id, provedAt: null });
  });

  test('given up leads nowhere, and its links stay', async () => {
    const host = await world.prove(world.actor, 'gone.example', ['target']);
    const ready = await world.readyLink({ page: 'https://gone.example/' });
    expect(ready.targets.has('gone.example')).toBe(true);
    await world.desk.dropHost(world.actor, host.id);
    const after = await world.reader.find(null, ready.link.code);
    expect(after?.targets.has('gone.example')).toBe(false);
    expect(after?.link.page).toBe('https://gone.example/');
    await expect(world.desk.dropHost(world.actor, host.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(prove(host.id)).rejects.toMatchObject({ code: 'not_found' });
    const anew = await add('gone.example');
    expect(anew.id).not.toBe(host.id);
  });

  test.each<[string, readonly ('target' | 'serve')[], string]>([
    ['pay.example', ['target'], 'host'],
    ['pay.example', ['serve'], 'host'],
    ['127.0.0.1', ['target'], 'host'],
    ['shop.example:8443', ['serve'], 'host'],
    ['a.example', [], 'uses'],
  ])('%s for %j is refused', async (host, uses, param) => {
    await expect(add(host, uses)).rejects.toMatchObject({ code: 'invalid_request', facts: { param } });
  });

  test('of somebody else is not there', async () => {
    for (const actor of [world.otherActor, { kind: 'user', userId: 'usr_x' }] as const) {
      await expect(world.desk.proveHost(actor, world.host.id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(world.desk.dropHost(actor, world.host.id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(world.desk.listHosts(actor, world.shop)).rejects.toMatchObject({ code: 'not_found' });
    }
    expect((await world.desk.listHosts(OPERATOR, world.shop)).length).toBeGreaterThan(1);
    const nobody = { actor: OPERATOR, merchantId: 'mer_nobody', host: 'a.example', uses: ['target'] as const };
    await expect(world.desk.addHost(nobody)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('more than fit, also at once, are refused', async () => {
    const actor = world.otherActor;
    const hosts = Array.from({ length: LINK_HOSTS_PER_MERCHANT_MAX + 4 }, (_, at) => `h${at}.example`);
    const tries = await Promise.allSettled(hosts.map((host) => add(host, ['target'], actor)));
    expect((await world.desk.listHosts(actor, world.otherShop)).length).toBe(LINK_HOSTS_PER_MERCHANT_MAX);
    for (const each of tries)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'link_hosts_max' });
  });
});

describe('a proof that was seen', () => {
  const lookAll = async (): Promise<number> => {
    const due = await claimProofLooks(deps, 100);
    for (const each of due) await lookAgain(deps, each);
    return due.length;
  };
  const provedAt = async (id: string) =>
    (await world.desk.listHosts(world.actor, world.shop)).find((host) => host.id === id)?.provedAt ?? null;
  const pass = (hours: number) => world.clock.advanceMs(hours * 3_600_000 + 1000);

  test('is looked for once a day; gone three days in a row it proves nothing, and the operator is told', async () => {
    const host = await world.prove(world.actor, 'lapses.example', ['target']);
    const there = world.outside.texts.get('_hutong.lapses.example') ?? { kind: 'none' };
    expect(await lookAll()).toBe(0);
    pass(24);
    expect(await lookAll()).toBeGreaterThan(0);
    expect(await lookAll()).toBe(0);
    world.outside.texts.delete('_hutong.lapses.example');
    for (const proved of [true, true]) {
      pass(24);
      await lookAll();
      expect((await provedAt(host.id)) !== null).toBe(proved);
    }
    world.outside.texts.set('_hutong.lapses.example', there); // back in time: it counts from the beginning
    pass(24);
    await lookAll();
    world.outside.texts.delete('_hutong.lapses.example');
    for (const proved of [true, true, false]) {
      pass(24);
      await lookAll();
      expect((await provedAt(host.id)) !== null).toBe(proved);
    }
    const alerts = await world.sql`select kind, detail from alerts where subject_id = ${host.id}`;
    expect(alerts).toMatchObject([{ kind: 'link_host_lapsed' }]);
    world.outside.texts.set('_hutong.lapses.example', there);
    expect((await prove(host.id)).provedAt).not.toBeNull();
  });

  test('that cannot be looked for stays good for two weeks', async () => {
    const host = await world.prove(world.actor, 'silent.example', ['target']);
    world.outside.texts.set('_hutong.silent.example', { kind: 'unreachable', reason: 'ESERVFAIL' });
    world.outside.files.set(fileOf('silent.example'), { kind: 'unreachable', reason: 'timeout', hops: [] });
    for (let day = 1; day <= 13; day++) {
      pass(24);
      await lookAll();
    }
    expect(await provedAt(host.id)).not.toBeNull();
    pass(48);
    await lookAll();
    expect(await provedAt(host.id)).toBeNull();
  });

  test('is looked for by one node at a time', async () => {
    pass(24);
    const [one, two] = await Promise.all([claimProofLooks(deps, 100), claimProofLooks(deps, 100)]);
    const both = new Set([...one, ...two].map(({ id }) => id));
    expect(one.length + two.length).toBe(both.size);
    expect(both.size).toBeGreaterThan(0);
  });
});

describe('an app', () => {
  const put = (settings: LinkAppSettings, over: { id?: string; secret?: string } = {}) =>
    world.desk.putApp({
      actor: world.actor,
      merchantId: world.shop,
      id: over.id ?? null,
      name: '茶铺',
      settings,
      secret: over.secret ?? null,
    });
  const account = { kind: 'wechat_account', appId: 'wx0123456789abcdef', openAppId: null } as const;

  test('keeps its secret sealed, and until another is given', async () => {
    const secret = '0123456789abcdef0123456789abcdef';
    const app = await put(account, { secret });
    expect(await world.desk.openAppSecret(app)).toBe(secret);
    const [row] = await world.sql`select * from link_apps where id = ${app.id}`;
    expect(JSON.stringify(row)).not.toContain(secret);
    const changed = await put({ ...account, openAppId: 'wxfedcba9876543210' }, { id: app.id });
    expect(await world.desk.openAppSecret(changed)).toBe(secret);
    await put(account, { id: app.id, secret: 'fedcba9876543210' });
    expect(await world.desk.openAppSecret(app)).toBe('fedcba9876543210');
    await expect(put(account)).rejects.toMatchObject({ code: 'link_apps_max' });
    await expect(put(IOS_APP, { id: app.id })).rejects.toMatchObject({ facts: { param: 'settings.kind' } });
    await expect(put(IOS_APP, { secret })).rejects.toMatchObject({ facts: { param: 'secret' } });
    await world.desk.dropApp(world.actor, app.id);
    expect(await world.desk.openAppSecret(app)).toBeNull();
    await expect(world.desk.dropApp(world.actor, app.id)).rejects.toMatchObject({ code: 'not_found' });
    await put(account);
  });

  test('claims proved hosts alone, and loses one that is lost', async () => {
    await expect(put({ ...IOS_APP, universalHost: 'evil.example' })).rejects.toMatchObject({
      code: 'link_host_not_proved',
    });
    const host = await world.prove(world.actor, 'app.example', ['target']);
    const app = await put({ ...IOS_APP, universalHost: 'app.example' });
    const { link } = await world.readyLink();
    const hostNow = async () => {
      const found = (await world.reader.find(null, link.code))?.apps.find(({ id }) => id === app.id)?.settings;
      return found?.kind === 'ios' ? found.universalHost : undefined;
    };
    expect(await hostNow()).toBe('app.example');
    await world.desk.dropHost(world.actor, host.id);
    expect(await hostNow()).toBeNull();
    await world.desk.dropApp(world.actor, app.id);
  });

  test('of somebody else is not there', async () => {
    const request = { merchantId: world.shop, id: world.app.id, name: 'x', settings: IOS_APP, secret: null };
    await expect(world.desk.putApp({ ...request, actor: world.otherActor })).rejects.toMatchObject({
      code: 'not_found',
    });
    const moved = { ...request, actor: world.otherActor, merchantId: world.otherShop };
    await expect(world.desk.putApp(moved)).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.desk.putApp({ ...request, actor: OPERATOR, merchantId: world.otherShop })).rejects.toMatchObject(
      {
        code: 'not_found',
      },
    );
    await expect(world.desk.dropApp(world.otherActor, world.app.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.desk.listApps(world.otherActor, world.shop)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('more than fit, also at once, are refused', async () => {
    const tries = await Promise.allSettled(Array.from({ length: LINK_APPS_PER_MERCHANT_MAX + 3 }, () => put(IOS_APP)));
    expect((await world.desk.listApps(world.actor, world.shop)).length).toBe(LINK_APPS_PER_MERCHANT_MAX);
    for (const each of tries)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'link_apps_max' });
  });
});

test('hosts of a sandbox’s own machine are proved over plain http, or at once where links are served under them', async () => {
  const sandbox = world.node({ isSandbox: true, linkUrl: 'http://127.0.0.1:4700', publicUrl: 'http://127.0.0.1:4700' });
  const addLocal = (host: string, uses: readonly ('target' | 'serve')[]) =>
    sandbox.desk.addHost({ actor: world.actor, merchantId: world.shop, host, uses });
  const shop = await addLocal('127.0.0.1:4701', ['target']);
  const url = 'http://127.0.0.1:4701/.well-known/hutong-verification.txt';
  world.outside.files.set(url, pageOf(url, 200, `hutong-verification=${shop.proofToken}\n`));
  expect((await sandbox.desk.proveHost(world.actor, shop.id)).provedAt).not.toBeNull();
  const go = await addLocal('go.localhost:4700', ['serve']);
  await sandbox.desk.proveHost(world.actor, go.id);
  const { body } = await sandbox.desk.create({
    actor: world.actor,
    book: 1,
    livemode: false,
    links: [
      {
        kind: 'page',
        servedHost: 'go.localhost:4700',
        content: { ...(await world.readyLink()).link, page: 'http://127.0.0.1:4701/p' },
      },
    ],
    reply: 'one',
    claim: null,
  });
  expect(JSON.parse(body).url).toMatch(/^http:\/\/go\.localhost:4700\/[\w]{8}$/);
  await expect(addLocal('127.0.0.1:4700', ['serve'])).rejects.toMatchObject({ code: 'invalid_request' });
});
