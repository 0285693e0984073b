import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { answerAsset } from '../../src/base/static-assets.ts';
import { ABILITIES } from '../../src/links/open/abilities.ts';
import { openLinkCards } from '../../src/links/preview/link-cards.ts';
import { fetchDeps, readerOf } from '../../src/links/preview/test-deps.ts';
import { HOSTILE, testLinkApp, testReadyLink } from '../../src/links/preview/test-ready-link.ts';
import { fetchTicket, fetchToken, WECHAT } from '../../src/links/preview/wechat-api.ts';
import type { WechatTickets } from '../../src/links/preview/wechat-tickets.ts';
import { createSend, type Sender } from '../../src/net/send.ts';
import { startWechatpaySandbox, type WechatpaySandbox } from '../../src/sandbox/wallets/wechatpay/wechatpay.ts';
import { assets } from '../../src/web/assets.ts';
import { linkRoutes } from '../../src/web/link/link-routes.ts';
import { previewRoutes } from '../../src/web/link/preview-routes.ts';
import { renderWechatShare } from '../../src/web/link/wechat-config.ts';
import { STAND_INS } from '../../src/web/stand-ins.ts';
import { openBrowser, PHONE, type TestBrowser } from './browser.ts';

/* A link's page inside WeChat, whose script and server are the pretend ones; the page's own policy is the real one. */

const WECHAT_PHONE = { ...PHONE, userAgent: STAND_INS.find(({ name }) => name === 'wechat')?.userAgent ?? '' };

let browser: TestBrowser;
let sandbox: WechatpaySandbox;
let sender: Sender;
let app: FastifyInstance;
let dir: string;
let url: string;
/** While true no ticket is to be had. */
let hasOutage = false;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hutong-link-wechat-'));
  const base = { port: 0, clock: systemClock, random: systemRandom, log: silentLog, dataDir: dir };
  [browser, sandbox] = await Promise.all([openBrowser(), startWechatpaySandbox(base)]);
  sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 60_000, idleTimeoutMs: 1000 });
  const reader = readerOf();
  app = fastify({ forceCloseConnections: true });
  await app.register(
    linkRoutes({
      reader,
      counter: { opened() {}, tapped() {} },
      clock: systemClock,
      log: silentLog,
      abilities: ABILITIES,
      publicUrl: 'http://127.0.0.1',
      wechat: renderWechatShare,
    }),
  );
  const preview = { cards: openLinkCards(fetchDeps(systemClock)), tickets: ticketsOfSandbox(), place: WECHAT };
  await app.register(
    previewRoutes({
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
      reader,
      preview,
      linkUrl: '',
      isBlocked: () => false,
    }),
  );
  app.get('/assets/*', async (request, reply) => {
    const asset = assets.get(request.url);
    if (asset === undefined) return reply.code(404).send();
    const answer = await answerAsset(asset, '');
    return reply.headers(answer.headers).send(answer.body);
  });
  url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/l/abcd2345`;
  Object.assign(reader, readerOf(newLink()));
});
afterAll(async () => {
  await Promise.all([browser.close(), app.close(), sandbox.stop(), sender.destroy()]);
  await rm(dir, { recursive: true });
});
beforeEach(() => {
  hasOutage = false;
});

function newLink() {
  const { appid } = sandbox.merchantSettings;
  const apps = [
    testLinkApp({ kind: 'wechat_account', appId: appid, openAppId: 'wxfedcba9876543210' }),
    testLinkApp(
      { kind: 'wechat_mini', appId: 'wx1111111111111111', originalId: 'gh_0123456789ab', page: 'pages/item?id={path}' },
      'lap_2',
    ),
    testLinkApp(
      {
        kind: 'android',
        package: 'com.example.shop',
        certificates: [],
        scheme: null,
        appLinkHost: null,
        storeUrl: null,
      },
      'lap_3',
    ),
  ];
  return testReadyLink({ apps, url, title: `云南咖啡 ${HOSTILE}` });
}

function ticketsOfSandbox(): WechatTickets {
  return {
    async ticketOf() {
      const place = { ...WECHAT, apiUrl: sandbox.url };
      const { appid: appId, app_secret: secret } = sandbox.merchantSettings;
      const token = hasOutage ? null : await fetchToken(sender.send, place, { appId, secret });
      const ticket = token?.kind === 'given' ? await fetchTicket(sender.send, place, token.value) : null;
      return ticket?.kind === 'given'
        ? { kind: 'ticket', ticket: ticket.value }
        : { kind: 'none', reason: 'an outage' };
    },
  };
}

/** Opens the link's page with the pretend script in place of WeChat's, and waits until it is decided what may be done. */
async function open(page: Page, more = ''): Promise<void> {
  await page.route(`${WECHAT.scriptUrl}**`, async (route) => {
    const reply = await fetch(
      sandbox.url + new URL(route.request().url()).pathname + new URL(route.request().url()).search,
    );
    await route.fulfill({ status: 200, contentType: 'application/javascript', body: await reply.text() });
  });
  await page.goto(url + more);
  await page.waitForSelector('[data-wechat-share][data-state]', { state: 'attached' });
}

const stateOf = (page: Page) => page.getAttribute('[data-wechat-share]', 'data-state');
const shownTags = (page: Page) => page.locator('[data-wechat-tag]:visible').count();

describe('a link’s page inside WeChat', () => {
  test('is shared as the link’s own card, and opens the owner’s app and mini program at one tap', async () => {
    await browser.withPage(WECHAT_PHONE, async (page) => {
      await open(page, '?from=timeline&isappinstalled=0');
      await expect.poll(() => stateOf(page)).toBe('ready');
      await expect.poll(() => sandbox.sharedCards().length).toBe(2);
      expect(sandbox.sharedCards().map(({ to, title, link, imgUrl }) => [to, title, link, imgUrl])).toEqual(
        ['friend', 'timeline'].map((to) => [to, `云南咖啡 ${HOSTILE} ¥59.00`, url, `${url}/card.png?v=3&shape=square`]),
      );
      await expect.poll(() => shownTags(page)).toBe(2);
      const launched = page.evaluate(
        "new Promise((resolve) => document.querySelector('wx-open-launch-weapp').addEventListener('launch', (event) => resolve(event.detail.errMsg)))",
      );
      const box = await page.locator('[data-wechat-tag]').first().boundingBox();
      await page.touchscreen.tap((box?.x ?? 0) + 30, (box?.y ?? 0) + (box?.height ?? 0) / 2);
      expect(await launched).toBe('launch:ok');
    });
  });

  test.each([
    ['#old', 'ready', 'open tags are not there: it is shared all the same'],
    ['', 'failed', 'there is no ticket'],
  ])('%s: %s, the ordinary steps stay (%s)', async (more, state) => {
    hasOutage = state === 'failed';
    await browser.withPage(WECHAT_PHONE, async (page) => {
      await open(page, more);
      await expect.poll(() => stateOf(page)).toBe(state);
      await expect.poll(() => shownTags(page)).toBe(0);
      expect(await page.locator('a[data-step]:visible').count()).toBeGreaterThan(0);
    });
  });

  test('a tag that does not open goes away', async () => {
    await browser.withPage(WECHAT_PHONE, async (page) => {
      await open(page, '#pasted');
      await expect.poll(() => shownTags(page)).toBe(2);
      await page.locator('[data-wechat-tag]:visible').first().tap();
      await expect.poll(() => shownTags(page)).toBe(1);
    });
  });

  test('whose script does not come stays as it is', async () => {
    await browser.withPage(WECHAT_PHONE, async (page) => {
      await page.route(`${WECHAT.scriptUrl}**`, (route) => route.abort());
      await page.goto(url);
      await page.waitForSelector('[data-state="failed"]', { state: 'attached' });
      await expect.poll(() => shownTags(page)).toBe(0);
    });
  });
});

describe('a link’s page elsewhere', () => {
  test.each([
    ['with script', true],
    ['without', false],
  ])('%s has its data for machines and breaks no policy', async (_name, javaScript) => {
    await browser.withPage({ ...PHONE, javaScript }, async (page) => {
      await page.goto(url);
      const data = (await page.locator('script[type="application/ld+json"]').textContent()) ?? '';
      expect(JSON.parse(data).name).toBe(`云南咖啡 ${HOSTILE}`);
      expect(await page.locator('[data-wechat-share]').count()).toBe(0);
      expect(await page.locator('h1').textContent()).toBe(`云南咖啡 ${HOSTILE}`);
    });
  });

  test('what a robot gets is a page that breaks no policy either', async () => {
    await browser.withPage({ ...PHONE, userAgent: 'Twitterbot/1.0' }, async (page) => {
      await page.goto(url);
      const data = (await page.locator('script[type="application/ld+json"]').textContent()) ?? '';
      expect(JSON.parse(data)['@type']).toBe('Product');
      await expect.poll(() => page.evaluate("document.querySelector('img').naturalWidth")).toBe(1200);
    });
  });
});
