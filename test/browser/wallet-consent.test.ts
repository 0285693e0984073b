import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser as SignedIn, startWalletServer, type WalletTestServer } from '../wallet-server.ts';
import { openShop, type TestShop } from '../wallet-shop.ts';
import { axeViolations, DESKTOP, openBrowser, PHONE, type TestBrowser } from './browser.ts';
import { lookFaults } from './look-faults.ts';

/* The page on which somebody agrees that a shop may know them again, in a browser with its own rules about forms, cookies and origins. */

let browser: TestBrowser;
let server: WalletTestServer;
let shop: TestShop;
let person: SignedIn;
let site: Server;
let siteUrl = '';
/** What came to the shop's site. */
const came: string[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  server = await startWalletServer();
  shop = await openShop(server);
  person = await server.signUp('13711120001');
  site = createServer((request, response) => {
    came.push(request.url ?? '');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>shop</title><form id="evil" method="post" action="${consentUrl()}">
<input name="merchant_no" value="${shop.account.merchantNo}"><input name="return_url" value="${siteUrl}/evil">
<input name="state" value="e"><input name="answer" value="allow"></form><a id="link" href="${consentUrl()}">pay</a>`);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`; // listening on a port
});
afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => (site === undefined ? resolve(null) : site.close(resolve)));
  await shop?.stop();
  await server?.close();
});

function consentUrl(): string {
  const query = { merchant_no: shop.account.merchantNo, return_url: `${siteUrl}/back`, state: 's 1' };
  return `${server.url}/open-wallet/v1/authorize?${new URLSearchParams(query).toString()}`;
}

async function signIn(page: Page): Promise<void> {
  const flags = { domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Strict' } as const;
  await page.context().addCookies([...person.cookies].map(([name, value]) => ({ name, value, ...flags })));
}

test('somebody who comes from the shop’s page agrees, and the shop gets a code', async () => {
  await browser.withPage(PHONE, async (page) => {
    await signIn(page);
    await page.goto(`${siteUrl}/shop`);
    await page.click('#link');
    await page.click('button[value=allow]');
    await page.waitForURL(`${siteUrl}/back?**`);
    const query = new URL(page.url()).searchParams;
    expect(query.get('code')).toMatch(/^[\w-]{32}$/);
    expect(query.get('state')).toBe('s 1');
  });
});

test('a form of another site that would agree for them gets nothing', async () => {
  await browser.withPage(PHONE, async (page) => {
    await signIn(page);
    await page.goto(`${siteUrl}/shop`);
    came.length = 0;
    const [reply] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      page.evaluate("document.querySelector('#evil').submit()"),
    ]);
    expect(reply.status()).toBe(403);
    expect(came.filter((url) => url.startsWith('/evil'))).toEqual([]);
  });
});

describe.each([
  { screen: 'a phone', viewport: PHONE },
  { screen: 'a desktop', viewport: DESKTOP },
])('on $screen', ({ screen, viewport }) => {
  test.each(['zh-CN', 'en'] as const)('the page, and what is told instead of it, look finished in %s', async (lang) => {
    await browser.withPage({ ...viewport, locale: lang }, async (page) => {
      const wrong = consentUrl().replace(shop.account.merchantNo, 'H00000000000000');
      const faults: string[] = [];
      const look = async (name: string): Promise<void> => {
        const found = await lookFaults(page, { lang, isTouch: screen === 'a phone', given: ['测试茶馆'] });
        faults.push(...[...found, ...(await axeViolations(page))].map((fault) => `${name}: ${fault}`));
      };
      await page.goto(wrong);
      await look('a link that is not whole');
      await page.goto(consentUrl());
      await look('who asks');
      await page.click('button[value=allow]');
      await look('sign in first');
      expect(faults).toEqual([]);
    });
  });
});
