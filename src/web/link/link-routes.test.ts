import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LANDING_PACKED_BYTES_MAX } from '../../base/link-limits.ts';
import type { ReadyLink } from '../../links/link.ts';
import { ALL_APPS, appsOf, NOW, shopLink, userAgentIn } from '../../links/open/test-openings.ts';
import { HOSTILE } from '../../links/preview/test-ready-link.ts';
import { assets, assetPath } from '../assets.ts';
import { type PretendLinks, pretendLinks, SERVING } from './pretend-links.ts';

const OWN = 'pay.example';
const SAFARI = userAgentIn('browser', 'ios');
const CHROME = userAgentIn('browser', 'android');
const WECHAT = userAgentIn('wechat', 'ios');

let world: PretendLinks;
beforeEach(async () => {
  world = await pretendLinks();
});
afterEach(() => world.app.close());

async function open(url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') {
  return await world.app.inject({ method, url, headers: { host: OWN, 'user-agent': SAFARI, ...headers } });
}

function served(more: Parameters<typeof shopLink>[0] = {}): ReadyLink {
  return shopLink({ servedBy: 'lho_1', url: `https://${SERVING}/abcd2345`, ...more });
}

describe('opening', () => {
  test('a person gets the page with the best step first, packed where the browser takes it', async () => {
    world.put(null, shopLink());
    const plain = await open('/l/abcd2345');
    expect(plain.statusCode).toBe(200);
    expect(plain.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(plain.headers['cache-control']).toBe('no-store');
    expect(plain.headers['strict-transport-security']).toBe('max-age=31536000');
    expect(plain.body).toContain('data-best="universal_link"');
    const packed = await open('/l/abcd2345', { 'accept-encoding': 'gzip, deflate, br' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body);
    expect(
      (await open('/l/abcd2345', { 'accept-encoding': 'gzip;q=0, br' })).headers['content-encoding'],
    ).toBeUndefined();
  });

  test('a direct link leads on at once, to its own page and nowhere else', async () => {
    world.put(null, shopLink({ direct: true, apps: [] }));
    const reply = await open('/l/abcd2345?to=https://evil.example&via=qr');
    expect(reply.statusCode).toBe(302);
    expect(reply.headers.location).toBe('https://shop.example/item/42?sku=7&hutong_link=abcd2345');
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.headers['referrer-policy']).toBe('no-referrer');
    expect(reply.body).toBe('');
  });

  test('a robot gets the card and is counted by its name; a person in WeChat is none', async () => {
    world.put(null, shopLink({ direct: true }));
    const card = await open('/l/abcd2345', { 'user-agent': 'Twitterbot/1.0' });
    expect(card.statusCode).toBe(200);
    expect(card.body).toContain('property="og:title"');
    await open('/l/abcd2345', { 'user-agent': `${WECHAT} Process/toolsmp` });
    expect(world.opened.map(({ robot, app }) => [robot, app])).toEqual([
      ['twitter', 'browser'],
      [null, 'wechat'],
    ]);
  });

  test('English is said to whoever reads it, or asks for it', async () => {
    world.put(null, shopLink());
    expect((await open('/l/abcd2345')).body).toContain('其他方式');
    expect((await open('/l/abcd2345', { 'accept-language': 'en-GB,en;q=0.9' })).body).toContain('Other ways');
    expect((await open('/l/abcd2345?lang=en')).body).toContain('Other ways');
    expect((await open('/l/abcd2345?lang=xx')).body).toContain('其他方式');
  });

  test('where an app is to be had stands beside its button, since nobody has proved that host', async () => {
    const apps = appsOf('ios');
    world.put(null, shopLink({ apps }));
    const page = (await open('/l/abcd2345')).body;
    expect(page).toMatch(
      /<a class="way" href="https:\/\/apps\.apple\.com\/[^"]*"[^>]*>[^<]* <span[^>]*>apps\.apple\.com</,
    );
  });

  test('where the app was tried and is not there, the page comes first', async () => {
    world.put(null, shopLink());
    const reply = await open('/l/abcd2345?app=none', { 'user-agent': CHROME });
    expect(reply.body).toContain('data-best="page"');
    expect(reply.body).toContain('data-testid="lacks-app"');
    expect(world.opened).toEqual([]);
  });

  test('whoever was taken for a robot by mistake gets on from its card to the page, and is counted once', async () => {
    world.put(null, shopLink());
    const robot = { 'user-agent': 'SomethingBot/1.0 (+https://bot.example)' };
    const card = await open('/l/abcd2345', robot);
    const onward = /<a href="([^"]+)" rel="nofollow">/.exec(card.body)?.[1] ?? '';
    expect(new URL(onward).pathname).toBe('/l/abcd2345');
    const { pathname, search } = new URL(onward);
    const page = await open(`${pathname}${search}`, robot);
    expect(page.body).toContain('data-best="page"');
    expect(world.opened.map((event) => event.robot)).toEqual(['other']);
    expect((await open('/l/abcd2345', robot)).body).toBe(card.body);
  });

  test('HEAD says what GET says, and counts nothing', async () => {
    world.put(null, shopLink());
    const head = await open('/l/abcd2345', {}, 'HEAD');
    const get = await open('/l/abcd2345');
    expect(head.body).toBe('');
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(world.opened).toHaveLength(1);
  });

  test('what was drawn is drawn once, and anew when the link has changed', async () => {
    const first = shopLink();
    world.put(null, first);
    const before = await open('/l/abcd2345');
    expect((await open('/l/abcd2345')).body).toBe(before.body);
    world.put(null, { ...first, link: { ...first.link, title: '换了名字', version: 4 } });
    expect((await open('/l/abcd2345')).body).toContain('换了名字');
  });
});

describe('what is counted', () => {
  test.each([
    ['/l/abcd2345', {}, { via: 'link', referrerHost: null }],
    ['/l/abcd2345?via=qr', {}, { via: 'qr' }],
    ['/l/abcd2345?via=text&x=1', {}, { via: 'text' }],
    ['/l/abcd2345?via=evil', {}, { via: 'link' }],
    ['/l/abcd2345?via=qr&via=text', {}, { via: 'link' }],
    ['/l/abcd2345', { referer: 'https://weibo.com/u/1?x=2' }, { referrerHost: 'weibo.com' }],
    ['/l/abcd2345', { referer: 'https://go.example/' }, { referrerHost: null }],
    ['/l/abcd2345', { referer: 'javascript:alert(1)' }, { referrerHost: null }],
    ['/l/abcd2345', { referer: `https://a.example/${'x'.repeat(5000)}` }, { referrerHost: null }],
  ])('%s with %j', async (url, headers, event) => {
    world.put(null, shopLink());
    await open(url, headers);
    expect(world.opened).toHaveLength(1);
    expect(world.opened[0]).toMatchObject({
      book: 7,
      linkId: shopLink().link.id,
      app: 'browser',
      os: 'ios',
      robot: null,
      ...event,
    });
  });

  test('a browser that fetches ahead has opened nothing', async () => {
    world.put(null, shopLink());
    await open('/l/abcd2345', { 'sec-purpose': 'prefetch;prerender' });
    await open('/l/abcd2345', { purpose: 'prefetch' });
    expect(world.opened).toEqual([]);
  });

  test('a tap is told by the step’s name and by nothing else', async () => {
    world.put(null, shopLink());
    const tap = (payload: string, url = '/l/abcd2345/tap') =>
      world.app.inject({
        method: 'POST',
        url,
        payload,
        headers: { host: OWN, 'content-type': 'text/plain;charset=UTF-8' },
      });
    expect((await tap('intent')).statusCode).toBe(204);
    expect((await tap('page')).statusCode).toBe(204);
    expect((await tap('nonsense')).statusCode).toBe(204);
    expect((await tap('page', '/l/zzzz2345/tap')).statusCode).toBe(204);
    expect((await tap('x'.repeat(1000))).statusCode).toBeGreaterThanOrEqual(400);
    expect(world.tapped.map(({ step }) => step)).toEqual(['intent', 'page']);
  });
});

describe('what opens nothing', () => {
  const active = shopLink();
  test.each([
    ['stopped', 410, { ...active, link: { ...active.link, state: 'stopped' } }],
    ['taken_down', 410, { ...active, link: { ...active.link, state: 'taken_down' } }],
    ['expired', 410, shopLink({ expiresAt: NOW })],
    ['host_not_proved', 410, { ...active, targets: new Set<string>() }],
  ] as const)('%s: %i', async (reason, status, ready) => {
    world.put(null, ready);
    for (const agent of [SAFARI, 'Twitterbot/1.0']) {
      const reply = await open('/l/abcd2345', { 'user-agent': agent });
      expect(reply.statusCode).toBe(status);
      expect(reply.body).toContain(`data-reason="${reason}"`);
      expect(reply.body).toContain('content="noindex"');
      expect(reply.body).not.toContain(ready.link.title);
    }
    expect(world.opened).toEqual([]);
  });

  test('a link expires while its page is kept', async () => {
    world.put(null, shopLink({ expiresAt: new Date(NOW.getTime() + 1000) }));
    expect((await open('/l/abcd2345')).statusCode).toBe(200);
    world.clock.advanceMs(1000);
    expect((await open('/l/abcd2345')).statusCode).toBe(410);
  });

  test.each(['/l/zzzz2345', '/l/short', '/l/abcd2345x', '/l/0OIl0OIl', '/l/%00%00', '/l/..%2f..%2f'])(
    '%s: 404',
    async (url) => {
      const reply = await open(url);
      expect(reply.statusCode).toBe(404);
      expect(reply.body).toContain('data-reason="unknown"');
    },
  );

  test('where a link cannot be looked up, people are told to come again', async () => {
    world.breakReader();
    const reply = await open('/l/abcd2345');
    expect(reply.statusCode).toBe(503);
    expect(reply.body).toContain('data-reason="busy"');
    expect(reply.body).not.toContain('database');
    expect(reply.body).toContain('href="?lang=zh-CN" data-testid="again"');
  });

  test('a link that was cut short leads to the box for pasting, in the language it was read in', async () => {
    const pasted = 'data-testid="paste"';
    expect((await open('/l/zzzz2345?lang=en')).body).toContain(`href="/paste?lang=en" ${pasted}`);
    expect((await open('/l/zzzz2345?lang=en')).body).toContain('<a href="?lang=zh-CN" lang="zh-CN"');
    world.put(null, { ...active, link: { ...active.link, state: 'stopped' } });
    expect((await open('/l/abcd2345')).body).not.toContain(pasted);
  });
});

describe('no open redirect', () => {
  test('no address, query, Host or browser leads to a host that is not proved', async () => {
    world.put(null, shopLink({ direct: true, apps: ALL_APPS }));
    world.put(SERVING, served({ direct: true, apps: [] }));
    const evil = fc.constantFrom(
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      'shop.example@evil.example',
      '%0d%0aLocation:%20https://evil.example',
      '..',
      '#',
      '?',
    );
    const path = fc.oneof(
      fc.constantFrom('/l/abcd2345', '/abcd2345', '/l/zzzz2345', '/l-at/go.shop.example/abcd2345'),
      evil.map((text) => `/l/${encodeURIComponent(text)}`),
      evil.map((text) => `/l/abcd2345/${encodeURIComponent(text)}`),
    );
    const query = fc.array(
      fc.tuple(fc.constantFrom('to', 'url', 'next', 'page', 'hutong_link', 'lang', 'app', 'via', 'redirect'), evil),
      { maxLength: 3 },
    );
    const host = fc.oneof(fc.constantFrom(OWN, SERVING, 'evil.example', 'evil.example:443'), fc.domain());
    const agent = fc.constantFrom(
      SAFARI,
      CHROME,
      WECHAT,
      userAgentIn('browser', 'windows', 'desk'),
      'Twitterbot/1.0',
      '',
    );
    await fc.assert(
      fc.asyncProperty(path, query, host, agent, async (address, pairs, hostHeader, userAgent) => {
        const search = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
        const reply = await open(`${address}?${search}`, {
          host: hostHeader,
          'user-agent': userAgent,
          'x-forwarded-host': 'evil.example',
        });
        const { location } = reply.headers;
        if (location !== undefined) expect(new URL(location).host).toBe('shop.example');
        const leads = [...reply.body.matchAll(/(?:href|src|action)="([^"]*)"/g)].map((match) => match[1] ?? '');
        for (const lead of leads) expect(lead).not.toMatch(/evil\.example|javascript:/);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the page itself', () => {
  const everywhere = [
    ['Safari', SAFARI, shopLink()],
    ['Chrome', CHROME, shopLink()],
    ['WeChat', WECHAT, shopLink()],
    ['Taobao', userAgentIn('taobao', 'ios'), shopLink()],
    ['a desktop', userAgentIn('browser', 'windows', 'desk'), shopLink({ imageUrl: 'https://shop.example/a.jpg' })],
    ['a bank, to pay', userAgentIn('bank', 'ios'), shopLink({ kind: 'group', page: null })],
  ] as const;

  test.each(everywhere)(
    'works without script in %s: every step is a link or can be copied by hand',
    async (_name, agent, ready) => {
      world.put(null, ready);
      const { body } = await open('/l/abcd2345', { 'user-agent': agent });
      const withoutScript = body.replace(/<(\w+)[^>]* hidden[\s\S]*?<\/\1>/g, '');
      expect(withoutScript).toMatch(/<a class="button" href="[^"#]|<input class="field" id="link" value="https:/);
      expect(withoutScript).not.toMatch(/\son[a-z]+="/);
    },
  );

  test.each(everywhere)('with its style and script it is below 15 kB packed in %s', async (_name, agent, ready) => {
    world.put(null, ready);
    const page = await open('/l/abcd2345', { 'user-agent': agent, 'accept-encoding': 'gzip' });
    const script = await assets.get(assetPath('link.js'))?.body();
    const icon = await assets.get(assetPath('icon.svg'))?.body();
    const packed = page.rawPayload.length + gzipSync(script ?? '').length + gzipSync(icon ?? '').length;
    expect(packed).toBeLessThan(LANDING_PACKED_BYTES_MAX);
    expect(packed).toBeGreaterThan(2000);
  });

  test.each(everywhere)('asks no other host for anything in %s', async (_name, agent, ready) => {
    world.put(null, ready);
    const { body, headers } = await open('/l/abcd2345', { 'user-agent': agent });
    expect([...body.matchAll(/\ssrc="([^"]*)"/g)].every(([, src]) => src?.startsWith('/'))).toBe(true);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toMatch(/style-src 'sha256-[A-Za-z0-9+/]{43}=';/);
    expect(policy).toContain("img-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|data:|https:/);
  });

  test('what a shop writes stays words', async () => {
    world.put(
      null,
      shopLink({ title: HOSTILE, description: HOSTILE, ownerName: HOSTILE, imageUrl: 'https://shop.example/a.jpg' }),
    );
    for (const agent of [SAFARI, 'Twitterbot/1.0']) {
      const { body } = await open('/l/abcd2345', { 'user-agent': agent });
      expect(body).not.toContain('<script>alert');
      expect(body.replace(/="[^"]*"/g, '')).not.toMatch(/<[^>]*\son\w+\s*=/i);
    }
  });

  test('the host that it leads to is said beside the button', async () => {
    world.put(null, shopLink({ apps: appsOf('ios') }));
    expect((await open('/l/abcd2345')).body).toContain('前往 shop.example');
  });

  test('where to find "open in browser" is drawn for the app around the page, and shown by its address', async () => {
    world.put(null, shopLink());
    const wechat = await open('/l/abcd2345', { 'user-agent': WECHAT });
    expect(wechat.body).toContain('href="#browser"');
    expect(wechat.body).toContain('class="over over-dots" id="browser"');
    const xiaohongshu = await open('/l/abcd2345', { 'user-agent': userAgentIn('xiaohongshu', 'ios') });
    expect(xiaohongshu.body).toContain('class="over over-share" id="browser"');
    expect((await open('/l/abcd2345')).body).not.toContain('id="browser"');
  });

  test('a large screen shows a code that leads back here', async () => {
    world.put(null, shopLink());
    const desk = await open('/l/abcd2345', { 'user-agent': userAgentIn('browser', 'mac', 'desk') });
    expect(desk.body).toContain('<svg class="qr"');
    expect((await open('/l/abcd2345')).body).not.toContain('<svg class="qr"');
  });
});
