import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Resvg } from '@resvg/resvg-js';
import type { Page } from 'playwright-core';
import { BOOK, type Hutong } from '../../src/hutong.ts';
import type { LinkAppSettings } from '../../src/links/link.ts';
import type { LinkActor } from '../../src/links/links.ts';
import { userAgents } from '../../src/wallets/detect/test-user-agents.ts';
import { fontStylesheetPath } from '../../src/web/assets.ts';
import { PHONE, type TestBrowser } from './browser.ts';

/** One app that opens the link, and the step that is right in it. */
export interface Opened {
  app: string;
  os: string;
  /** `data-best` of the landing page: links/open/opening.ts has the words. */
  best: string;
}

/**
 * A shop's product with an iOS app, an Android app, a WeChat and an Alipay mini program, opened in every app. What is right follows from what
 * each can open: an app with a mini program of the shop opens that; a browser that lets app links through opens the app; one that keeps all
 * links to itself shows the shop's page, and says how to leave.
 */
export const IN_EVERY_APP: readonly Opened[] = [
  { app: 'wechat', os: 'ios', best: 'wechat_launch_mini' },
  { app: 'wechat', os: 'android', best: 'wechat_launch_mini' },
  { app: 'wechat', os: 'harmony', best: 'page' },
  { app: 'wecom', os: 'android', best: 'page' },
  { app: 'qq', os: 'ios', best: 'page' },
  { app: 'qq', os: 'android', best: 'page' },
  { app: 'weibo', os: 'ios', best: 'page' },
  { app: 'alipay', os: 'android', best: 'alipay_scheme' },
  { app: 'taobao', os: 'ios', best: 'copy_text' },
  { app: 'taobao', os: 'android', best: 'copy_text' },
  { app: 'tmall', os: 'ios', best: 'copy_text' },
  { app: 'xianyu', os: 'ios', best: 'copy_text' },
  { app: 'dingtalk', os: 'ios', best: 'page' },
  { app: 'jd', os: 'ios', best: 'page' },
  { app: 'jd', os: 'android', best: 'page' },
  { app: 'jdfinance', os: 'android', best: 'page' },
  { app: 'pinduoduo', os: 'android', best: 'page' },
  { app: 'meituan', os: 'ios', best: 'page' },
  { app: 'dianping', os: 'android', best: 'page' },
  { app: 'unionpay', os: 'ios', best: 'page' },
  { app: 'unionpay', os: 'android', best: 'page' },
  { app: 'bank', os: 'ios', best: 'page' },
  { app: 'douyin', os: 'ios', best: 'page' },
  { app: 'douyin', os: 'android', best: 'page' },
  { app: 'tiktok', os: 'ios', best: 'page' },
  { app: 'kuaishou', os: 'android', best: 'page' },
  { app: 'xiaohongshu', os: 'ios', best: 'page' },
  { app: 'bilibili', os: 'android', best: 'page' },
  { app: 'toutiao', os: 'android', best: 'page' },
  { app: 'feishu', os: 'ios', best: 'page' },
  { app: 'qqbrowser', os: 'android', best: 'page' },
  { app: 'other_app', os: 'ios', best: 'page' },
  { app: 'browser', os: 'ios', best: 'universal_link' },
  { app: 'browser', os: 'android', best: 'intent' },
  { app: 'browser', os: 'harmony', best: 'page' },
];

/** The user agent that the app was seen to send on this system. */
export function userAgentOf(app: string, os: string): string {
  const row = userAgents.find((each) => each.app === app && each.os === os);
  if (row === undefined) throw new Error(`no user agent of ${app} on ${os}`);
  return row.text;
}

/** The shop's side: it proves its hosts, and has a picture of its tea. */
export interface SharedProduct {
  /** The address of its link. */
  url: string;
  close(): void;
}

/** A product of a shop that has proved its hosts and registered its apps. */
export async function shareProduct({ links }: Pick<Hutong, 'links'>, merchantId: string): Promise<SharedProduct> {
  const operator: LinkActor = { kind: 'operator', name: 'operator' };
  const tokens: string[] = [];
  const drawn = new Resvg(TEA).render().asPng();
  const shop = createServer((request, response) => {
    if (request.url === '/tea.png') response.setHeader('content-type', 'image/png').end(drawn);
    else
      response
        .setHeader('content-type', 'text/plain')
        .end(tokens.map((one) => `hutong-verification=${one}\n`).join(''));
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const { port } = shop.address() as AddressInfo; // it listens on a port
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    const added = await links.desk.addHost({ actor: operator, merchantId, host, uses: ['target'] });
    tokens.push(added.proofToken);
    await links.desk.proveHost(operator, added.id);
  }
  for (const settings of appsOf(`localhost:${port}`))
    await links.desk.putApp({ actor: operator, merchantId, id: null, name: '胡同茶铺', settings, secret: null });
  const reply = await links.desk.create({
    actor: { kind: 'merchant', merchantId, keyId: 'key_sheet' },
    book: BOOK,
    livemode: false,
    links: [
      {
        kind: 'page',
        servedHost: null,
        content: {
          page: `http://127.0.0.1:${port}/item/42`,
          appPath: null,
          title: '雨前龙井 50 克',
          description: '清明前采摘，杭州直发。',
          imageUrl: `http://127.0.0.1:${port}/tea.png`,
          price: { currency: 'CNY', minor: 12800n },
          availability: 'in_stock',
          direct: false,
          expiresAt: null,
        },
      },
    ],
    reply: 'one',
    claim: null,
  });
  const { url }: { url: string } = JSON.parse(reply.body); // our own reply
  return { url, close: () => void shop.close() };
}

const TEA = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="480" viewBox="0 0 800 480">
<rect width="800" height="480" fill="#dfeadb"/><circle cx="620" cy="110" r="60" fill="#f3d27a"/>
<path d="M0 360 L180 200 L320 330 L470 170 L640 320 L800 230 V480 H0Z" fill="#9cc08f"/>
<path d="M300 250h200l-24 150q-4 20-28 20h-96q-24 0-28-20Z" fill="#fff"/><path d="M500 280q70 0 60 55t-82 45" fill="none" stroke="#fff" stroke-width="18"/>
<path d="M310 270h180l-4 28H314Z" fill="#7fa650"/><path d="M360 220q-14-24 0-46t0-46M420 220q-14-24 0-46t0-46" fill="none" stroke="#fff" stroke-width="8" stroke-linecap="round" opacity=".8"/></svg>`;

function appsOf(universalHost: string): LinkAppSettings[] {
  const certificates = [Array.from({ length: 32 }, () => '3C').join(':')];
  return [
    {
      kind: 'ios',
      appId: 'TEAM123456.cn.hutong.tea',
      scheme: 'hutongtea://item/{path}',
      universalHost,
      storeUrl: null,
    },
    {
      kind: 'android',
      package: 'cn.hutong.tea',
      certificates,
      scheme: 'hutongtea://item/{path}',
      appLinkHost: universalHost,
      storeUrl: null,
    },
    { kind: 'wechat_mini', appId: 'wx0123456789abcdef', originalId: 'gh_0123456789ab', page: 'pages/item?path={path}' },
    { kind: 'wechat_account', appId: 'wxfedcba9876543210', openAppId: null },
    { kind: 'alipay_mini', appId: '2021000123456789', page: 'pages/item?path={path}' },
  ];
}

/** What one app showed. */
export interface Shown {
  app: string;
  os: string;
  best: string | null;
  /** The words of what to tap first. */
  label: string;
  picture: Buffer;
}

/** Opens the link as each of them does, on a phone of 390 points or (where there is no touch) a wide screen. */
export async function openInEach(browser: TestBrowser, url: string, opened: readonly Opened[]): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const { app, os } of opened) {
    const viewport = { ...PHONE, userAgent: userAgentOf(app, os) };
    shown.push(
      await browser.withPage(viewport, async (page) => {
        await showLetters(page, url);
        const main = page.getByTestId('link');
        return {
          app,
          os,
          best: await main.getAttribute('data-best'),
          label: (await page.locator('.ways a, .ways button').first().innerText()).trim(),
          picture: await page.screenshot({ type: 'jpeg', quality: 70 }),
        };
      }),
    );
  }
  return shown;
}

/** The page has the phone's own fonts and no other; this machine may have no Chinese one, so the pictures borrow the cashier's. */
async function showLetters(page: Page, url: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setBypassCSP', { enabled: true }); // the page's own policy has tests of its own
  await page.goto(url);
  await page.addStyleTag({ url: fontStylesheetPath });
  await page.addStyleTag({ content: '*{font-family:"Noto Sans SC Variable",sans-serif!important}' });
  await page.evaluate('document.fonts.ready');
}

/** All pictures on one sheet, each with its app and the step that it offers first. */
export async function drawSheet(browser: TestBrowser, shown: readonly Shown[]): Promise<Buffer> {
  const figures = shown.map(
    ({ app, os, best, picture }) =>
      `<figure><img src="data:image/jpeg;base64,${picture.toString('base64')}"><figcaption>${app}, ${os}<br><b>${best ?? 'none'}</b></figcaption></figure>`,
  );
  const style =
    'body{margin:16px;display:grid;grid-template-columns:repeat(8,1fr);gap:14px;font:13px/1.4 sans-serif;background:#eef1f5;color:#111}' +
    'figure{margin:0}img{width:100%;border-radius:10px;border:1px solid #c5ccd6;display:block}figcaption{padding:6px 2px}';
  return await browser.withPage({ width: 1440, height: 900, javaScript: true }, async (page) => {
    await page.setContent(`<!doctype html><meta charset="utf-8"><style>${style}</style>${figures.join('')}`);
    return await page.screenshot({ type: 'jpeg', quality: 72, fullPage: true });
  });
}
