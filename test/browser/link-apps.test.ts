import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../server.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { drawSheet, IN_EVERY_APP, openInEach, shareProduct } from './link-sheet.ts';

const CHROMIUM_START_MS = 120_000;

let server: TestServer;
let browser: TestBrowser;
beforeAll(async () => {
  server = await startTestServer();
  browser = await openBrowser();
}, CHROMIUM_START_MS);
afterAll(async () => {
  await browser.close();
  await server.close();
});

/** What the first button says. WeChat's own tag needs WeChat's own script; until that is there, the page is offered. */
const LABELS: Readonly<Record<string, string>> = {
  wechat_launch_mini: '查看商品',
  page: '查看商品',
  copy_text: '复制链接',
  alipay_scheme: '打开支付宝小程序',
  universal_link: '打开 胡同茶铺',
  intent: '打开 胡同茶铺',
};

test('one link shows the right next step in every app; all of them stand on one sheet', async () => {
  const product = await shareProduct(server, server.merchant.id);
  const shown = await openInEach(browser, product.url, IN_EVERY_APP);
  product.close();
  expect(shown.map(({ app, os, best }) => ({ app, os, best }))).toEqual(IN_EVERY_APP);
  for (const { app, os, best, label } of shown) expect([app, os, label]).toEqual([app, os, LABELS[best ?? '']]);
  expect(new Set(shown.map(({ app }) => app)).size).toBeGreaterThanOrEqual(20);
  const sheet = await drawSheet(browser, shown);
  expect(sheet.length).toBeGreaterThan(100_000); // a picture of thirty pages
  const path = process.env['HUTONG_LINK_SHEET'];
  if (path !== undefined) writeFileSync(path, sheet);
});
