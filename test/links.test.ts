import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ProvedHost, proveLinkHost } from './prove-link-host.ts';
import { refuse } from './refused.ts';
import { startTestServer, type TestReply, type TestServer } from './server.ts';

let server: TestServer;
let proved: ProvedHost;
beforeAll(async () => {
  server = await startTestServer();
  proved = await proveLinkHost((method, path, body) => server.call(method, path, body));
  expect(proved.replies.proved.json.proved_at, JSON.stringify(proved.replies.proved.json)).not.toBeNull();
});
afterAll(async () => {
  proved.close();
  await server.close();
});

const page = (path = '/item/42') => `http://${proved.host}${path}`;
const create = (body: object): Promise<TestReply> => server.call('POST', '/v1/links', body);
const refused = async (status: number, method: string, path: string, body?: unknown) =>
  (await refuse(server, status, { method, path, body })).json;

describe('links by the API', () => {
  test('are created, shown, changed, stopped and let go on, with every version', async () => {
    const made = await create({
      title: '明前龙井',
      page: page('/茶?q=1'),
      app_path: '/item/42',
      price: { currency: 'CNY', minor: '12800' },
      availability: 'in_stock',
      expires_at: '2030-01-01T00:00:00+08:00',
    });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      object: 'link',
      kind: 'page',
      page: page('/%E8%8C%B6?q=1'),
      price: { currency: 'CNY', minor: '12800' },
      expires_at: '2029-12-31T16:00:00.000Z',
      direct: false,
      version: 1,
      state: 'active',
      livemode: false,
      url: `${server.url}/l/${made.json.code}`,
    });
    const at = `/v1/links/${made.json.id}`;
    expect((await server.call('GET', at)).json).toEqual(made.json);
    const changed = await server.call('PATCH', at, { title: '雨前龙井', price: null });
    expect(changed.json).toMatchObject({ title: '雨前龙井', price: null, version: 2, app_path: '/item/42' });
    const stopped = await server.call('PATCH', at, { state: 'stopped', reason: '卖完了' });
    expect(stopped.json).toMatchObject({ state: 'stopped', state_reason: '卖完了', version: 3 });
    expect((await server.call('PATCH', at, { state: 'active' })).json).toMatchObject({ state: 'active', version: 4 });
    const versions = (await server.call('GET', `${at}/versions`)).json.data;
    expect(
      versions.map((each: { version: number; state: string; title: string }) => [each.version, each.state, each.title]),
    ).toEqual([
      [4, 'active', '雨前龙井'],
      [3, 'stopped', '雨前龙井'],
      [2, 'active', '雨前龙井'],
      [1, 'active', '明前龙井'],
    ]);
  });

  test('are created a thousand at once, and answered again by the same key', async () => {
    const links = Array.from({ length: 1000 }, (_, at) => ({ title: `第 ${at}`, page: page(`/item/${at}`) }));
    const headers = { 'idempotency-key': 'a-thousand' };
    const made = await server.call('POST', '/v1/links/bulk', { links }, headers);
    expect(made.status).toBe(201);
    expect(made.json.data.map(({ title }: { title: string }) => title)).toEqual(links.map(({ title }) => title));
    const again = await server.call('POST', '/v1/links/bulk', { links }, headers);
    expect(again.json).toEqual(made.json);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await server.call('GET', '/v1/links?limit=100&state=active')).json.data).toHaveLength(100);
  });

  test('with one that is wrong are not made, and it is named', async () => {
    const good = { title: '茶', page: page() };
    const body = (wrong: object) => ({ links: [good, { ...good, ...wrong }] });
    const cases: [number, object, string][] = [
      [409, { page: 'https://evil.example/' }, 'links.1.page'],
      [400, { page: `http://a@${proved.host}/` }, 'links.1.page'],
      [400, { title: '' }, 'links.1.title'],
      [400, { colour: 'red' }, 'links.1.colour'],
      [409, { host: 'evil.example' }, 'links.1.host'],
      [409, { image_url: 'https://evil.example/a.png' }, 'links.1.image_url'],
      [400, { expires_at: '2020-01-01T00:00:00Z' }, 'links.1.expires_at'],
    ];
    for (const [status, wrong, param] of cases)
      expect((await refused(status, 'POST', '/v1/links/bulk', body(wrong))).param).toBe(param);
    for (const links of [[], Array.from({ length: 1001 }, () => good)])
      expect((await refused(400, 'POST', '/v1/links/bulk', { links })).param).toBe('links');
    const large = {
      links: Array.from({ length: 1000 }, () => ({
        ...good,
        description: '茶'.repeat(300),
        app_path: `/${'x'.repeat(1023)}`,
        page: page(`/${'x'.repeat(900)}`),
      })),
    };
    await refused(413, 'POST', '/v1/links/bulk', large);
    const keys = {
      links: [{ ...good, price: Object.fromEntries(Array.from({ length: 20_001 }, (_, at) => [`k${at}`, 1])) }],
    };
    expect((await refused(400, 'POST', '/v1/links/bulk', keys)).code).toBe('invalid_json');
  });

  const wrong: [string, unknown[]][] = [
    ['title', ['', null, 1, 'x'.repeat(121), 'a\nb', 'a\u0000', 'a\u202eb']],
    [
      'page',
      ['', 1, 'javascript:alert(1)', '//evil.example/', 'https:evil', 'http://', 'ftp://a.example/', 'x'.repeat(3000)],
    ],
    ['app_path', ['', 'item', 1, '//evil.example', '/a#b', '/a b', '/茶', '/a;b', `/${'x'.repeat(1024)}`]],
    ['description', ['', 1, 'x'.repeat(301), 'a\u0007']],
    ['image_url', ['', 1, 'data:image/png;base64,AA', '//cdn.example/a.png']],
    ['price', [1, '1', [], {}]],
    [
      'price.minor',
      [
        { currency: 'CNY', minor: 1 },
        { currency: 'CNY', minor: '0' },
        { currency: 'CNY', minor: '-1' },
        { currency: 'CNY', minor: '9'.repeat(13) },
      ],
    ],
    ['availability', ['yes', 1, '']],
    ['direct', ['true', 1, null]],
    ['expires_at', ['tomorrow', 1, '2020-01-01T00:00:00Z', '2030-13-01T00:00:00Z']],
    ['kind', ['free', 'collect', null]],
    ['host', ['', 1, 'x'.repeat(300)]],
    ['code', ['abcdefgh']],
    ['state', ['stopped']],
    ['merchant_id', ['mer_1']],
  ];
  test.each(wrong)('%s has a type, a length and a range', async (field, values) => {
    const [name = ''] = field.split('.');
    for (const value of values) {
      const problem = await refused(400, 'POST', '/v1/links', { title: '茶', page: page(), [name]: value });
      expect(problem.param ?? '', `${field} = ${JSON.stringify(value)} → ${JSON.stringify(problem)}`).toContain(name);
    }
  });

  test('are not changed from a version that somebody else has changed since, and an answer that was lost is given again', async () => {
    const { id } = (await create({ title: '茶', page: page() })).json;
    const at = `/v1/links/${id}`;
    const change = { title: '雨前龙井', from_version: 1 };
    expect((await server.call('PATCH', at, change)).json).toMatchObject({ title: '雨前龙井', version: 2 });
    expect((await server.call('PATCH', at, change)).json).toMatchObject({ title: '雨前龙井', version: 2 });
    for (const body of [{ title: '碧螺春' }, { price: null, description: '今年的' }, { state: 'stopped' }])
      expect(await refused(409, 'PATCH', at, { ...body, from_version: 1 })).toMatchObject({
        code: 'link_version_outdated',
        version: 2,
      });
    const stopped = await server.call('PATCH', at, { state: 'stopped', from_version: 2 });
    expect(stopped.json).toMatchObject({ state: 'stopped', version: 3 });
  });

  test('are not changed in ways that contradict themselves', async () => {
    const { id } = (await create({ title: '茶', page: page() })).json;
    const at = `/v1/links/${id}`;
    for (const [body, param] of [
      [{}, undefined],
      [{ from_version: 1 }, undefined],
      [{ title: 'x', from_version: 0 }, 'from_version'],
      [{ title: 'x', from_version: '1' }, 'from_version'],
      [{ state: 'taken_down' }, 'state'],
      [{ state: 'stopped', title: 'x' }, 'state'],
      [{ reason: 'x' }, 'reason'],
      [{ state: 'active', reason: 'x' }, 'reason'],
      [{ page: null }, 'page'],
      [{ kind: 'pay' }, 'kind'],
      [{ host: 'a.example' }, 'host'],
    ] as const)
      expect((await refused(400, 'PATCH', at, body)).param, JSON.stringify(body)).toBe(param);
  });
});

describe('hosts and apps by the API', () => {
  test('a host is named, proved, listed and given up', async () => {
    expect(proved.replies.added).toMatchObject({
      status: 201,
      json: { object: 'link_host', proved_at: null, uses: ['target'] },
    });
    const { data, next_cursor: next } = (await server.call('GET', '/v1/link-hosts')).json;
    expect(data.map(({ id }: { id: string }) => id)).toContain(proved.id);
    expect(next).toBeNull();
    const other = (await server.call('POST', '/v1/link-hosts', { host: 'Shop.Example', uses: ['serve'] })).json;
    expect(other).toMatchObject({ host: 'shop.example', proof: { file_url: null, dns_name: '_hutong.shop.example' } });
    const files = [{ name: 'MP_verify_H2Jt0ih2ZyTRl0pO.txt', content: 'H2Jt0ih2ZyTRl0pO' }];
    expect((await server.call('PATCH', `/v1/link-hosts/${other.id}`, { files })).json.files).toEqual(files);
    const page = [{ name: 'index.html', content: 'x' }];
    const { param } = await refused(400, 'PATCH', `/v1/link-hosts/${other.id}`, { files: page });
    expect(param).toBe('files.0.name');
    expect((await server.call('DELETE', `/v1/link-hosts/${other.id}`)).status).toBe(204);
    await refused(404, 'DELETE', `/v1/link-hosts/${other.id}`);
    await refused(404, 'POST', `/v1/link-hosts/${other.id}/prove`);
    for (const [body, param] of [
      [{ host: 'https://a.example', uses: ['target'] }, 'host'],
      [{ host: '10.0.0.1', uses: ['target'] }, 'host'],
      [{ host: 'com.cn', uses: ['target'] }, 'host'],
      [{ host: new URL(server.url).host, uses: ['serve'] }, 'host'],
      [{ host: 'a.example', uses: [] }, 'uses'],
      [{ host: 'a.example', uses: ['target', 'target'] }, 'uses'],
      [{ host: 'a.example', uses: ['own'] }, 'uses.0'],
    ] as const)
      expect((await refused(400, 'POST', '/v1/link-hosts', body)).param, JSON.stringify(body)).toBe(param);
  });

  test('one key names one host', async () => {
    const headers = { 'idempotency-key': 'one-host' };
    const first = await server.call('POST', '/v1/link-hosts', { host: 'one.example', uses: ['target'] }, headers);
    const again = await server.call('POST', '/v1/link-hosts', { host: 'one.example', uses: ['target'] }, headers);
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await server.call('POST', '/v1/link-hosts', { host: 'two.example', uses: ['target'] }, headers);
    expect(other.json.code).toBe('idempotency_key_reused');
  });

  test('an app is registered, changed and forgotten; its secret is never told', async () => {
    const secret = 'a-secret-of-a-service-account';
    const settings = { kind: 'wechat_account', app_id: 'wx0123456789abcdef' };
    const made = await server.call('POST', '/v1/link-apps', { name: '公众号', settings, secret });
    expect(made.json).toMatchObject({ object: 'link_app', settings: { ...settings, open_app_id: null } });
    const at = `/v1/link-apps/${made.json.id}`;
    const changed = await server.call('PATCH', at, { name: '服务号' });
    expect(changed.json).toMatchObject({ name: '服务号', settings: { app_id: 'wx0123456789abcdef' } });
    const ios = { kind: 'ios', app_id: 'TEAMID1234.com.example.shop' };
    expect((await refused(400, 'PATCH', at, { settings: ios })).param).toBe('settings.kind');
    const list = await server.call('GET', '/v1/link-apps');
    for (const reply of [made, changed, list]) expect(JSON.stringify(reply.json)).not.toContain(secret);
    const [row] = await server.sql`select string_agg(reply_body, ' ') as replies from idempotency_keys`;
    expect(JSON.stringify(row)).not.toContain(secret);
    expect((await server.call('DELETE', at)).status).toBe(204);
    await refused(404, 'PATCH', at, { name: 'x' });
  });

  test.each<[object, string]>([
    [{ kind: 'ios', app_id: 'com.example' }, 'settings'],
    [{ kind: 'ios', app_id: 'TEAMID1234.com.example', scheme: 'javascript://x' }, 'settings.scheme'],
    [{ kind: 'ios', app_id: 'TEAMID1234.com.example', universal_host: 'evil.example' }, 'settings.universal_host'],
    [{ kind: 'ios', app_id: 'TEAMID1234.com.example', store_url: 'http://a.example/' }, 'settings.store_url'],
    [{ kind: 'android', package: 'com.example', certificates: [] }, 'settings'],
    [
      { kind: 'wechat_mini', app_id: 'wx0123456789abcdef', original_id: 'gh_0123456789ab', page: '/a' },
      'settings.page',
    ],
    [{ kind: 'other' }, 'settings'],
    [{}, 'settings'],
  ])('settings %j are refused by name', async (settings, param) => {
    const reply = await server.call('POST', '/v1/link-apps', { name: 'x', settings });
    expect([400, 409]).toContain(reply.status);
    expect(reply.json.param).toContain(param);
  });
});

test.each([
  ['until=2026-13-45', 'until'],
  ['until=2026-02-30', 'until'],
  ['from=2026-13-45', 'from'],
  ['from=2026-03-01&until=2026-02-28', 'until'],
])('figures of %s are refused, and the parameter is named', async (query, param) => {
  const { json } = await create({ page: page(), title: '青花盖碗' });
  expect((await refused(400, 'GET', `/v1/links/${json.id}/stats?${query}`)).param).toBe(param);
});
