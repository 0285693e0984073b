import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startApiStandIn } from '../../../test/browser/api-stand-in.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { startShop, type Shop } from './shop.ts';

const api = await startApiStandIn();
const dataDir = mkdtempSync(join(tmpdir(), 'hutong-share-'));
const shop = await openShop();
afterAll(async () => {
  await shop.stop();
  await api.stop();
  rmSync(dataDir, { recursive: true });
});
beforeEach(() => {
  api.isDown = false;
  api.calls.length = 0;
});

function openShop(): Promise<Shop> {
  const asked = { hutongUrl: api.url, apiKey: 'hk_test_1', webhookSecret: api.secret, dataDir };
  return startShop({ ...asked, port: 0, host: '127.0.0.1', clock: systemClock, random: systemRandom, log: silentLog });
}

function press(
  path: string,
  form: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(shop.url + path, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' });
}

const called = (): string[] => api.calls.map(([call]) => call);

describe('sharing a product', () => {
  test('proves the host, names the apps, makes a link and shows it; the second time it shows the same', async () => {
    const reply = await press('/products/tea/share?lang=zh-CN');
    expect(reply.headers.get('location')).toBe('/products/tea/share?lang=zh-CN');
    expect(called()).toEqual([
      'GET /v1/link-hosts',
      'POST /v1/link-hosts',
      'POST /v1/link-hosts/lho_1/prove',
      'GET /v1/link-apps',
      ...Array.from({ length: 4 }, () => 'POST /v1/link-apps'),
      'POST /v1/links',
    ]);
    expect(api.calls.at(-1)?.[2]).toEqual({
      page: `${shop.url}/products/tea?lang=zh-CN`,
      app_path: '/item/tea',
      title: '明前龙井 50 克',
      description: expect.stringContaining('清明前'),
      image_url: `${shop.url}/pictures/tea.png`,
      price: { currency: 'CNY', minor: '12800' },
      availability: 'in_stock',
    });
    const page = await (await fetch(`${shop.url}/products/tea/share`)).text();
    for (const said of [`${api.url}/l/Ab3dEf7h`, '「茶」点开', '/products/tea/card.png?lang=zh-CN', '<svg'])
      expect(page).toContain(said);
    api.calls.length = 0;
    await press('/products/tea/share?lang=zh-CN');
    expect(called()).toEqual(['GET /v1/links/lnk_1']);
    await shop.joinLinks();
    expect(called()).toEqual(['GET /v1/links/lnk_1', 'GET /v1/link-hosts', 'GET /v1/link-apps']);
  });

  test('the link is kept across a restart, and made anew where the shop has moved', async () => {
    await press('/products/tea/share?lang=en');
    api.calls.length = 0;
    const again = await openShop();
    const page = await fetch(`${again.url}/products/tea/share?lang=en`);
    expect(await page.text()).toContain('/l/Ab3dEf7h');
    await fetch(`${again.url}/products/tea/share?lang=en`, { method: 'POST' });
    expect(api.calls.at(-1)?.[2]).toMatchObject({ page: `${again.url}/products/tea?lang=en` });
    await again.stop();
  });

  test('ten at once make one link', async () => {
    await Promise.all(Array.from({ length: 10 }, () => press('/products/cup/share')));
    expect(called().filter((call) => call === 'POST /v1/links')).toHaveLength(1);
  });

  test('a link that was stopped gives way to a new one', async () => {
    await press('/products/haws/share');
    for (const each of api.links.links) each['state'] = 'stopped';
    api.calls.length = 0;
    await press('/products/haws/share');
    expect(called().at(-1)).toBe('POST /v1/links');
    for (const each of api.links.links) each['state'] = 'active';
  });

  test('the proof stands where Hutong looks for it', async () => {
    await shop.joinLinks();
    const proof = await fetch(`${shop.url}/.well-known/hutong-verification.txt`);
    expect(await proof.text()).toBe('hutong-verification=proof-of-the-shop');
    expect(proof.headers.get('content-type')).toContain('text/plain');
  });

  test('the picture for previews and the card are PNGs', async () => {
    await press('/products/tea/share?lang=zh-CN');
    for (const path of ['/pictures/tea.png', '/products/tea/card.png?lang=zh-CN']) {
      const reply = await fetch(shop.url + path);
      expect(reply.headers.get('content-type')).toBe('image/png');
      expect(
        Buffer.from(await reply.arrayBuffer())
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    }
  });

  test('a link is made by the button alone, and not for other sites', async () => {
    const reply = await fetch(`${shop.url}/products/noodles/share`, { redirect: 'manual' });
    expect(reply.headers.get('location')).toBe('/products/noodles?lang=zh-CN');
    const wanted = await press('/products/noodles/share', {}, { 'sec-fetch-site': 'cross-site' });
    expect(wanted.status).toBe(403);
    expect(called()).toEqual([]);
  });

  test('a Hutong that is away is told in words', async () => {
    api.isDown = true;
    const reply = await press('/products/bookmark/share');
    expect(reply.status).toBe(502);
    expect(await reply.text()).toContain('暂时无法生成分享链接');
  });

  test.each(['/pictures/nothing.png', '/pictures/..png', '/products/nothing/share', '/products/tea/share/more'])(
    '%s is not there',
    async (path) => {
      expect((await fetch(shop.url + path)).status).toBe(404);
    },
  );
});

describe('who came by a link', () => {
  const payment = (): Record<string, unknown> | undefined =>
    api.calls.find(([call]) => call === 'POST /v1/payments')?.[2];

  test('buys in its name, also when they looked around first', async () => {
    const reply = await fetch(`${shop.url}/products/tea?lang=en&hutong_link=Ab3dEf7h`);
    expect(await reply.text()).toContain('<input type="hidden" name="link" value="Ab3dEf7h">');
    const cookie = reply.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    await press('/buy', { product: 'cup' }, { cookie });
    expect(payment()).toMatchObject({ link: 'Ab3dEf7h', items: [{ id: 'cup' }] });
  });

  test('and without cookies by the form', async () => {
    await press('/buy', { product: 'tea', link: 'Ab3dEf7h' });
    expect(payment()).toMatchObject({ link: 'Ab3dEf7h' });
  });

  test.each(['', 'x', '"><script>', 'Ab3dEf7hAb3dEf7hAb'])('is nobody where the code is %j', async (code) => {
    const page = await fetch(`${shop.url}/products/tea?hutong_link=${encodeURIComponent(code)}`);
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(await page.text()).not.toContain('name="link"');
    await press('/buy', { product: 'tea', link: code });
    expect(payment()).not.toHaveProperty('link');
  });
});
