import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASTES_PER_MINUTE_MAX } from '../../base/link-limits.ts';
import { createRateLimit } from '../../base/rate-limit.ts';
import { type Deferrals, openDeferrals } from '../../links/deferred/open-deferrals.ts';
import { koulingOf } from '../../links/kouling/kouling-of.ts';
import { openTestLinks, SERVED, type TestLinks } from '../../links/test-links.ts';
import { mountDeferRoutes } from './defer-routes.ts';
import { mountPasteRoutes } from './paste-routes.ts';

let world: TestLinks;
let deferrals: Deferrals;
let app: FastifyInstance;
beforeAll(async () => {
  world = await openTestLinks();
  await world.prove(world.actor, SERVED, ['serve']);
  deferrals = openDeferrals({ ...world.deps, reader: world.reader });
  app = fastify();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  );
  const rates = createRateLimit(world.clock);
  mountPasteRoutes(app, { ...world.deps, reader: world.reader, deferrals, rates });
  mountDeferRoutes(app, { reader: world.reader, deferrals, rates });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await deferrals.stop();
  await world.close();
});

let network = 0;
/** Each from a network of its own, unless the test names one. */
async function paste(text: string, more: { from?: string; headers?: Record<string, string>; lang?: string } = {}) {
  const reply = await app.inject({
    method: 'POST',
    url: `/paste?lang=${more.lang ?? 'zh-CN'}`,
    remoteAddress: more.from ?? `203.0.113.${(network += 1) % 250}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...more.headers },
    payload: new URLSearchParams({ text }).toString(),
  });
  return { status: reply.statusCode, body: reply.body, headers: reply.headers };
}

function part(body: string, id: string): string | null {
  return new RegExp(`data-testid="${id}"[^>]*>([^<]*)<`).exec(body)?.[1] ?? null;
}

function hrefOf(body: string, id: string): string | null {
  return new RegExp(`href="([^"]*)"[^>]*data-testid="${id}"`).exec(body)?.[1] ?? null;
}

describe('the page for pasted texts', () => {
  test('is a plain form in both languages that asks for no script', async () => {
    const page = await app.inject({ url: '/paste?lang=en' });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.body).toContain('<form method="post" action="/paste?lang=en"');
    expect(page.body).toMatch(/<button[^>]*hidden data-clipboard/); // by hand where there is no script
    expect((await app.inject({ url: '/paste' })).body).toContain('粘贴口令或链接');
  });

  test('leads from our own text to the link, also where an app has taken the address out', async () => {
    const ready = await world.readyLink({ title: '明前龙井' });
    const shared = koulingOf(ready, 'zh-CN');
    for (const text of [shared, shared.replace(/https?:\/\/[!-~]+/, ''), ready.url]) {
      const { body } = await paste(text);
      expect(part(body, 'title')).toBe('明前龙井');
      expect(hrefOf(body, 'go')).toBe(`${ready.url}?via=text`);
    }
  });

  test('finds a link that a merchant’s own host serves by address and by code', async () => {
    const ready = await world.readyLink({ servedHost: SERVED, title: '白茶' });
    expect(ready.url).toBe(`https://${SERVED}/${ready.link.code}`);
    for (const text of [ready.url, koulingOf(ready, 'en').replace(/https?:\/\/[!-~]+/, '')])
      expect(hrefOf((await paste(text)).body, 'go')).toBe(`${ready.url}?via=text`);
    // The same code below our own address is no link.
    expect((await paste(`https://pay.example/l/${ready.link.code}`)).body).toContain('data-kind="no_link"');
  });

  test('sends nobody to a host that the owner of a link has lost', async () => {
    const host = await world.prove(world.actor, 'go.sold.example', ['serve']);
    const ready = await world.readyLink({ servedHost: 'go.sold.example' });
    const bare = koulingOf(ready, 'en').replace(/https?:\/\/[!-~]+/, '');
    const { code } = await deferrals.issue(ready);
    expect(hrefOf((await paste(bare)).body, 'go')).toContain('go.sold.example');
    await world.desk.dropHost(world.actor, host.id);
    for (const text of [bare, code]) expect((await paste(text)).body).not.toContain('go.sold.example');
  });

  test('says so when the link is over, was stopped, or never was', async () => {
    const ready = await world.readyLink();
    await world.desk.setState({ actor: world.actor, id: ready.link.id, state: 'stopped', reason: 'sold out' });
    expect((await paste(ready.url)).body).toContain('这个链接已经停用');
    expect((await paste('https://pay.example/l/zzzzzzzz')).body).toContain('没有找到这个链接');
    const wrong = (await paste('〔互通码 abcd-2345-k〕')).body;
    expect(wrong).toContain('data-kind="mistyped"');
    expect(wrong).not.toContain('data-testid="go"');
  });

  test('shows a foreign token with its app, and opens nothing but the app', async () => {
    const { body, headers } = await paste('￥dAEYbi4KO4D￥ 打开手机淘宝');
    expect(part(body, 'token')).toBe('dAEYbi4KO4D');
    expect(hrefOf(body, 'open-app')).toBe('taobao://');
    expect(hrefOf(body, 'open-link')).toBeNull();
    expect(headers['location']).toBeUndefined();
  });

  test('shows a foreign link cleaned, with its host, as an ordinary link that tells nobody where it was', async () => {
    const { body } = await paste('https://item.taobao.com/item.htm?id=720012345678&suid=0A1B&un=abc');
    expect(hrefOf(body, 'open-link')).toBe('https://item.taobao.com/item.htm?id=720012345678');
    expect(part(body, 'host')).toBe('item.taobao.com');
    expect(body).toContain('rel="noopener noreferrer nofollow"');
    expect(body).toContain('data-warning="tracking_removed"');
  });

  test.each([
    ['https://tаobao.com/x', 'xn--', '它看起来像 taobao.com'],
    ['https://taobao.com@evil.example/x', 'evil.example', '常被用来冒充'],
    ['【淘宝】https://evil.example/x', 'evil.example', '链接并不属于它'],
  ])('warns of %s', async (text, host, words) => {
    const { body } = await paste(text);
    expect(part(body, 'host')).toContain(host);
    expect(body).toContain(words);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    '"><script>alert(1)</script>',
    'intent://x#Intent;end',
  ])('makes no link of %s, and no markup', async (text) => {
    const { body } = await paste(text);
    expect(body).not.toContain('alert(1)');
    expect([...body.matchAll(/href="([^"]*)"/g)].every(([, href = '']) => href.startsWith('/'))).toBe(true);
  });

  test('a title that is markup stays text', async () => {
    const { body } = await paste('「<img src=x onerror=alert(1)>」https://shop.example/"><script>alert(1)</script>');
    expect(body).not.toMatch(/<img|<script>/);
    expect(part(body, 'title')).toBe('&lt;img src=x onerror=alert(1)&gt;');
  });

  test('answers slowly to who asks too often, and to nobody else', async () => {
    for (let count = 0; count < PASTES_PER_MINUTE_MAX; count += 1)
      expect((await paste('x', { from: '198.51.100.1' })).status).toBe(200);
    const refused = await paste('x', { from: '198.51.100.1' });
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    expect((await paste('x', { from: '198.51.100.2' })).status).toBe(200);
  });

  test('reads no form that another site sends', async () => {
    const { status, body } = await paste('￥dAEYbi4KO4D￥', { headers: { origin: 'https://evil.example' } });
    expect(status).toBe(403);
    expect(body).not.toContain('dAEYbi4KO4D');
  });
});

describe('a code for after the installation', () => {
  async function defer(path: string, headers: Record<string, string> = {}, from = '198.51.100.9') {
    return await app.inject({ method: 'POST', url: path, remoteAddress: from, headers });
  }

  test('is made by a tap on the link’s page, for people and for scripts', async () => {
    const { link } = await world.readyLink({ title: '祁门红茶' });
    const page = await defer(`/l/${link.code}/defer?lang=zh-CN`);
    expect(page.statusCode).toBe(200);
    const code = /data-testid="code"/.test(page.body) ? (/value="(HT-[0-9A-Z]{26})"/.exec(page.body)?.[1] ?? '') : '';
    expect(part((await paste(`你好 ${code}`)).body, 'title')).toBe('祁门红茶');
    const told = (await defer(`/l/${link.code}/defer`, { accept: 'application/json' })).json();
    expect(told).toEqual({
      code: expect.stringMatching(/^HT-[0-9A-Z]{26}$/),
      referrer: `hutong_deferral=${told.code}`,
      expires_at: expect.any(String),
    });
  });

  test('is asked about before it opens, works once, and from any network and browser', async () => {
    const { link } = await world.readyLink();
    const told = (
      await defer(
        `/l/${link.code}/defer`,
        { accept: 'application/json', 'user-agent': 'MicroMessenger' },
        '198.51.100.20',
      )
    ).json();
    const first = await paste(told.code, { from: '192.0.2.77', headers: { 'user-agent': 'Safari' } });
    expect(first.body).toContain('data-kind="deferred"');
    expect(first.body).toContain('确认是你要的内容再打开');
    expect((await paste(told.code)).body).toContain('data-kind="spent"');
    // The same network and browser without the code get nothing.
    const same = { from: '198.51.100.20', headers: { 'user-agent': 'MicroMessenger' } };
    expect((await paste('HT-', same)).body).toContain('data-kind="nothing"');
  });

  test('is not made by other sites, nor for links that are not there', async () => {
    const { link } = await world.readyLink();
    expect((await defer(`/l/${link.code}/defer`, { origin: 'https://evil.example' })).statusCode).not.toBe(200);
    expect((await defer('/l/zzzzzzzz/defer')).statusCode).not.toBe(200);
    expect((await app.inject({ url: `/l/${link.code}/defer` })).statusCode).toBe(404);
  });
});
