import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import type { Log } from '../src/base/log.ts';
import { BOOK } from '../src/hutong.ts';
import { namesUnder, read } from './doc-pages.ts';
import { fieldsOfSchema, operationsOf, readOpenApi } from './openapi-shape.ts';
import { type ProvedHost, proveLinkHost } from './prove-link-host.ts';
import { callApi, startTestServer, type TestServer } from './server.ts';

/* Pasted texts and deferred codes over the whole server. */

const logged: string[] = [];
const note = (facts: object, message: string): void => void logged.push(JSON.stringify([facts, message]));
const log: Log = { debug: note, info: note, warn: note, error: note };

let shop: ProvedHost;
let server: TestServer;
let link: { id: string; code: string; url: string; title: string; texts: { 'zh-CN': string; en: string } };
beforeAll(async () => {
  server = await startTestServer({ log });
  shop = await proveLinkHost((method, path, body) => server.call(method, path, body));
  const made = await server.call('POST', '/v1/links', { title: '明前龙井', page: `http://${shop.host}/item/42` });
  expect(made.status, JSON.stringify(made.json)).toBe(201);
  link = made.json;
});
afterAll(async () => {
  shop.close();
  await server.close();
});

async function readText(text: string) {
  const { status, json } = await server.call('POST', '/v1/link-texts/read', { text });
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

async function defer(code: string): Promise<string> {
  const headers = { accept: 'application/json', origin: server.url };
  const reply = await fetch(`${server.url}/l/${code}/defer`, { method: 'POST', headers });
  expect(reply.status).toBe(200);
  const told = JSON.parse(await reply.text());
  return told.code;
}

describe('reading what was pasted, by API', () => {
  test('our own text leads to the link, with what anybody sees of it', async () => {
    expect(await readText(link.texts['zh-CN'])).toMatchObject({
      object: 'link_text',
      place: 'link',
      kind: 'ours',
      app: 'hutong',
      token: link.code,
      link: { code: link.code, url: link.url, title: '明前龙井', owner_name: '测试小店', state: 'active' },
      open: null,
      host: null,
    });
    expect((await readText(link.url)).link.code).toBe(link.code);
  });

  test('a code of ours beside somebody else’s address tells the link’s own address alone', async () => {
    const [written = ''] = /〔.*〕/.exec(link.texts['zh-CN']) ?? [];
    for (const other of ['https://evil.example/pay', `https://evil.example/l/${link.code}`])
      expect(await readText(`快来 ${other} ${written}`)).toMatchObject({
        place: 'link',
        kind: 'ours',
        url: link.url,
        link: { url: link.url },
      });
    expect((await readText(link.texts['zh-CN'])).url).toBe(`${link.url}?via=text`);
  });

  test('a foreign text is told with its app, its host and what to hand to the app', async () => {
    expect(await readText('【京东】https://3.cn/35RO-7uG?jkl=@W0a0c28PhTuD@ CA1565 「饭盒」')).toEqual({
      object: 'link_text',
      place: 'foreign',
      kind: 'link',
      app: 'jd',
      token: 'W0a0c28PhTuD',
      url: 'https://3.cn/35RO-7uG?jkl=@W0a0c28PhTuD@',
      title: '饭盒',
      share_code: 'CA1565',
      format: 'jd-2024',
      confidence: 'high',
      warnings: [],
      host: { shown: '3.cn', looks_like: null, suspicious: false, warnings: [] },
      open: { name_zh: '京东', name_en: 'JD', scheme: 'openapp.jdmobile://', android_package: 'com.jingdong.app.mall' },
      copy: 'https://3.cn/35RO-7uG?jkl=@W0a0c28PhTuD@',
      link: null,
    });
  });

  test('a deferred code is only named; reading it uses nothing up', async () => {
    const code = await defer(link.code);
    expect(await readText(code)).toMatchObject({ place: 'deferral', kind: 'ours', token: code, link: null });
    expect((await server.call('POST', '/v1/link-deferrals/claim', { code })).status).toBe(200);
  });

  test('no text is in the log or the database afterwards', async () => {
    const secret = 'kQ7wZ3xV9bN';
    await readText(`￥${secret}￥ 打开淘宝`);
    await fetch(`${server.url}/paste`, { method: 'POST', body: new URLSearchParams({ text: `￥${secret}￥` }) });
    expect(logged.join('\n')).not.toContain(secret);
    const kept = await server.sql`select 1 from idempotency_keys where coalesce(reply_body, '') like ${`%${secret}%`}`;
    expect(kept).toEqual([]);
  });
});

describe('claiming a deferred code, by API', () => {
  test('answers the link and to ask first, once', async () => {
    const code = await defer(link.code);
    const { status, json } = await server.call('POST', '/v1/link-deferrals/claim', { code });
    expect(status).toBe(200);
    expect(json).toMatchObject({ object: 'link_deferral', link: { id: link.id, title: '明前龙井' }, ask_first: true });
    const again = await server.call('POST', '/v1/link-deferrals/claim', { code });
    expect([again.status, again.json.code]).toEqual([404, 'not_found']);
  });

  test('another shop claims none, and the code stays for its owner', async () => {
    const other = await createMerchant(server.cashier.deps, { book: BOOK, name: '另一家', livemode: false });
    const { token } = await createApiKey(server.cashier.deps, {
      merchantId: other.id,
      label: 'test',
      scopes: ['links'],
      expiresAt: null,
    });
    const code = await defer(link.code);
    const refused = await callApi(server.url, token.reveal(), 'POST', '/v1/link-deferrals/claim', { code });
    expect(refused.status).toBe(404);
    expect((await server.call('POST', '/v1/link-deferrals/claim', { code })).status).toBe(200);
  });
});

test('a page is looked at before a link to it is made, and tells its title, picture and price', async () => {
  const shop = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      request.url === '/item'
        ? '<title>雨前龙井</title><meta property="og:image" content="/tea.png"><meta property="product:price:amount" content="128.00"><meta property="product:price:currency" content="CNY">'
        : '',
    );
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const { port } = shop.address() as AddressInfo; // it listens on a port
  const url = `http://127.0.0.1:${port}`;
  const { status, json } = await server.call('POST', '/v1/link-previews/read', { url: `${url}/item` });
  expect([status, json]).toMatchObject([
    200,
    { title: '雨前龙井', image_url: `${url}/tea.png`, price: { currency: 'CNY', minor: '12800' }, note: null },
  ]);
  shop.close();
  for (const wrong of ['file:///etc/passwd', 'nonsense'])
    expect((await server.call('POST', '/v1/link-previews/read', { url: wrong })).status, wrong).toBe(400);
  const inside = await server.call('POST', '/v1/link-previews/read', {
    url: 'http://169.254.169.254/latest/meta-data',
  });
  expect(inside.json).toMatchObject({ title: null, note: expect.any(String) });
});

test('every field that is sent stands in its page, and no other', async () => {
  const operations = operationsOf(await readOpenApi(server.url));
  const page = read('docs/reference/link-text.md');
  for (const [path, heading] of [
    ['/v1/link-texts/read', 'Fields'],
    ['/v1/link-deferrals/claim', 'Deferred codes'],
    ['/v1/link-previews/read', 'Previews'],
  ] as const) {
    const schema = operations.find((each) => each.path === path)?.replySchema ?? {};
    const sent = new Set(
      fieldsOfSchema(schema).map((field) => (heading === 'Deferred codes' ? field.split('.')[0] : field)),
    );
    expect(new Set(namesUnder(page, heading))).toEqual(sent);
  }
});
