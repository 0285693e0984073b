import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { answerAsset } from '../../src/base/static-assets.ts';
import type { ReadyLink } from '../../src/links/link.ts';
import { shopLink, userAgentIn } from '../../src/links/open/test-openings.ts';
import { assets } from '../../src/web/assets.ts';
import { type PretendLinks, pretendLinks } from '../../src/web/link/pretend-links.ts';
import {
  axeViolations,
  DESKTOP,
  openBrowser,
  PHONE,
  sidewaysScroll,
  SMALL_PHONE,
  type TestBrowser,
} from './browser.ts';

const CHROMIUM_START_MS = 120_000;

let browser: TestBrowser;
let world: PretendLinks;
let origin: string;
beforeAll(async () => {
  browser = await openBrowser();
  world = await pretendLinks('http://127.0.0.1', (app) => {
    app.get('/assets/*', async (request, reply) => {
      const asset = assets.get(request.url);
      if (asset === undefined) return reply.code(404).send();
      const { headers, body } = await answerAsset(asset, '');
      return reply.headers(headers).send(body);
    });
  });
  origin = await world.app.listen({ port: 0, host: '127.0.0.1' });
  for (const [name, ready] of Object.entries(links)) world.put(null, { ...ready, url: `${origin}/l/${name}` });
}, CHROMIUM_START_MS);
afterAll(async () => {
  await browser.close();
  await world.app.close();
});

const links: Record<string, ReadyLink> = {
  product2: withCode('product2', shopLink()),
  nakedone: withCode('nakedone', shopLink({ apps: [], price: null, description: null })),
  groupone: withCode('groupone', shopLink({ kind: 'group', page: null, expiresAt: new Date('2026-12-31T15:59:00Z') })),
  manyword: withCode(
    'manyword',
    shopLink({ title: '很长的名字'.repeat(24), description: 'words '.repeat(50), ownerName: 'A'.repeat(60) }),
  ),
  stopped2: withCode('stopped2', { ...shopLink(), link: { ...shopLink().link, state: 'stopped' } }),
};

function withCode(code: string, ready: ReadyLink): ReadyLink {
  return { ...ready, link: { ...ready.link, code, id: `lnk_${code}` } };
}

/** Where a page is opened, by its place's own user agent. */
const places = {
  Safari: userAgentIn('browser', 'ios'),
  WeChat: userAgentIn('wechat', 'android'),
  Taobao: userAgentIn('taobao', 'ios'),
  Douyin: userAgentIn('douyin', 'android'),
  desktop: userAgentIn('browser', 'windows', 'desk'),
};

async function visit(
  code: string,
  place: keyof typeof places,
  steps: (page: Page) => Promise<void>,
  more = {},
): Promise<void> {
  const viewport = place === 'desktop' ? DESKTOP : PHONE;
  await browser.withPage({ ...viewport, userAgent: places[place], ...more }, async (page) => {
    await page.goto(`${origin}/l/${code}`);
    await steps(page);
  });
}

describe.each(Object.keys(links))('the page of %s', (code) => {
  test.each(Object.keys(places) as (keyof typeof places)[])(
    'has no violation that axe-core finds in %s',
    async (place) => {
      await visit(code, place, async (page) => {
        await picture(page, `${code}-${place}`);
        expect(await axeViolations(page)).toEqual([]);
        await page.goto(`${origin}/l/${code}?lang=en`);
        await page.emulateMedia({ colorScheme: 'dark' });
        await picture(page, `${code}-${place}-dark`);
        expect(await axeViolations(page)).toEqual([]);
      });
    },
  );

  test('never scrolls sideways', async () => {
    for (const { width, height } of [SMALL_PHONE, PHONE, { width: 800, height: 600 }, DESKTOP])
      for (const place of ['Taobao', 'desktop'] as const)
        await visit(code, place, async (page) => expect(await sidewaysScroll(page)).toBe(0), { width, height });
  });
});

describe('without script', () => {
  test('the menu’s place is shown by its address, and every step can be taken', async () => {
    await visit(
      'product2',
      'WeChat',
      async (page) => {
        expect(await page.getByTestId('browser-help').isVisible()).toBe(false);
        await page.locator('[data-step=open_in_browser]').click();
        await page.getByTestId('browser-help').waitFor();
        await picture(page, 'browser-help');
        await page.locator('#browser .button').click();
        await page.getByTestId('browser-help').waitFor({ state: 'hidden' });
        expect(await page.locator('[data-step=page]').getAttribute('href')).toContain('https://shop.example/item/42');
        expect(await page.locator('[data-needs-script]').isVisible()).toBe(false);
      },
      { javaScript: false },
    );
  });
});

describe('with script', () => {
  test('a link is copied, and the tap is told', async () => {
    world.tapped.length = 0;
    await visit('nakedone', 'Taobao', async (page) => {
      await page.evaluate(
        'navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }',
      );
      const told = page.waitForResponse((response) => response.url().endsWith('/l/nakedone/tap'));
      await page.locator('[data-copy]').click();
      expect((await told).status()).toBe(204);
      await expect.poll(() => page.evaluate('window.copied')).toBe(`${origin}/l/nakedone?via=text`);
      await expect.poll(() => page.locator('[data-copy]').textContent()).toBe('已复制');
    });
    await expect.poll(() => world.tapped).toEqual([{ linkId: 'lnk_nakedone', step: 'copy_text' }]);
  });

  test('where an app did not open, the page says so and goes on without it', async () => {
    await visit('product2', 'Douyin', async (page) => {
      await page.evaluate("document.addEventListener('click', (event) => event.preventDefault())");
      await page.locator('[data-step=scheme]').click();
      await page.locator('#not-opened').waitFor({ state: 'visible' });
      await page.goto(`${origin}/l/product2?app=none`);
      expect(await page.getByTestId('link').getAttribute('data-best')).toBe('page');
    });
  });
});

/** Pictures of every page, for whoever wants to look: HUTONG_PICTURES names the folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['HUTONG_PICTURES'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: false });
}
