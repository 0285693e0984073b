import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { startShop, type Shop } from '../../src/sandbox/shop/shop.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { axeViolations, DESKTOP, openBrowser, PHONE, type TestBrowser } from './browser.ts';
import {
  buyAndPay,
  buyProduct,
  declineInUnionpay,
  payInUnionpay,
  payWithUnionpay,
  refundInShop,
  returnFromUnionpay,
  returnToShop,
  waitForOrder,
} from './shop-steps.ts';

let server: TestServer;
let shop: Shop;
let browser: TestBrowser;
beforeAll(async () => {
  server = await startTestServer();
  shop = await startShop({
    port: 0,
    host: '127.0.0.1',
    hutongUrl: server.url,
    apiKey: server.apiKey,
    webhookSecret: null,
    dataDir: null,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
  const endpoint = await server.call('POST', '/v1/webhook-endpoints', { url: `${shop.url}/webhooks` });
  expect(endpoint.status, JSON.stringify(endpoint.json)).toBe(201);
  shop.setWebhookSecret(endpoint.json.secret);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await shop.stop();
  await server.close();
});

async function heardOf(page: Page): Promise<string[]> {
  return await page.getByTestId('heard').locator('code').allTextContents();
}

test.each([
  ['a phone', PHONE],
  ['a desktop', DESKTOP],
])('on %s, a buyer pays an order of the shop with 云闪付 and the shop hears of it', async (_, viewport) => {
  await browser.withPage(viewport, async (page) => {
    await buyAndPay(page, shop.url, 'tea');
    await page.getByTestId('heard').waitFor();
    await expect.poll(() => heardOf(page)).toEqual(['payment.succeeded']);
  });
});

test('without script the same buyer comes just as far', async () => {
  await browser.withPage({ ...PHONE, javaScript: false }, async (page) => {
    await buyProduct(page, shop.url, 'cup');
    await payWithUnionpay(page, { javaScript: false });
    await payInUnionpay(page);
    await returnFromUnionpay(page);
    await returnToShop(page);
    await waitForOrder(page, 'paid');
  });
});

test('a declined payment leads back to the wallets, and the second try pays', async () => {
  await browser.withPage(PHONE, async (page) => {
    await buyProduct(page, shop.url, 'noodles');
    await payWithUnionpay(page, { javaScript: true });
    await declineInUnionpay(page);
    await returnFromUnionpay(page);
    await page.getByTestId('came-back').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await payWithUnionpay(page, { javaScript: true });
    await payInUnionpay(page);
    await returnFromUnionpay(page);
    await returnToShop(page);
    await waitForOrder(page, 'paid');
  });
});

test('a refund in the shop arrives, and the cashier page says so', async () => {
  await browser.withPage(PHONE, async (page) => {
    await buyProduct(page, shop.url, 'haws');
    const cashierUrl = page.url();
    await payWithUnionpay(page, { javaScript: true });
    await payInUnionpay(page);
    await returnFromUnionpay(page);
    await returnToShop(page);
    await waitForOrder(page, 'paid');
    await refundInShop(page);
    await waitForOrder(page, 'refunded');
    await expect.poll(() => heardOf(page)).toEqual(expect.arrayContaining(['payment.succeeded', 'refund.succeeded']));
    await page.goto(cashierUrl);
    await page.getByTestId('result').filter({ hasText: '已退款 ¥10.00' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });
});

test('a page that stayed open on the desktop turns to paid while the buyer pays elsewhere', async () => {
  await browser.withPage(DESKTOP, async (page) => {
    await buyProduct(page, shop.url, 'bookmark');
    const cashierUrl = page.url();
    await browser.withPage(PHONE, async (phone) => {
      await phone.goto(cashierUrl);
      await payWithUnionpay(phone, { javaScript: true });
      await payInUnionpay(phone);
    });
    await page.locator('[data-testid=cashier][data-state=succeeded]').waitFor();
  });
});
