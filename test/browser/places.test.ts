import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STAND_INS } from '../../src/web/stand-ins.ts';
import {
  axeViolations,
  DESKTOP,
  openBrowser,
  PHONE,
  sidewaysScroll,
  SMALL_PHONE,
  type TestBrowser,
  type Viewport,
} from './browser.ts';
import { stayWhenPaid } from './hold-page.ts';
import { payInUnionpay as payInApp, returnFromUnionpay as returnFromApp } from './shop-steps.ts';
import { startWalletWorld, type WalletWorld } from './wallet-world.ts';

let world: WalletWorld;
let browser: TestBrowser;
beforeAll(async () => {
  world = await startWalletWorld();
  browser = await openBrowser();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await world.close();
});

/** A browser in a place: not standing in for it, but saying its user agent. */
function placed(name: string, javaScript = true): Viewport {
  const userAgent = STAND_INS.find((place) => place.name === name)?.userAgent;
  if (userAgent === undefined) throw new Error(`no place ${name}`);
  return { ...(name === 'desktop' ? DESKTOP : PHONE), javaScript, userAgent };
}

/** A cashier page that stays when it is paid, for as long as it is looked at. */
async function open(page: Page, url: string): Promise<void> {
  await stayWhenPaid(page);
  await page.goto(url);
}

async function waitForPaid(page: Page): Promise<void> {
  await page.locator('[data-testid=cashier][data-state=succeeded]').waitFor();
}

async function choose(page: Page, wallet: string): Promise<void> {
  await page.getByTestId(`wallet-${wallet}`).click();
  await page.getByTestId('pay').click();
}

/** The buyer pays the newest order in WeChat. */
function payInWechat(): void {
  world.wechatpay.pay(world.wechatpay.orders().at(-1)?.order_no ?? '');
}

async function expectWell(page: Page): Promise<void> {
  expect(await axeViolations(page)).toEqual([]);
  expect(await sidewaysScroll(page)).toBe(0);
}

/** For the pages that no other test looks at: in the dark, and on the smallest phone. */
async function expectWellEverywhere(page: Page): Promise<void> {
  await expectWell(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await axeViolations(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: SMALL_PHONE.width, height: SMALL_PHONE.height });
  expect(await sidewaysScroll(page)).toBe(0);
  for (const target of await page.locator('a, button, summary, input:not([type=hidden])').all()) {
    if (await target.isVisible()) expect((await target.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(44);
  }
  await page.setViewportSize({ width: PHONE.width, height: PHONE.height });
}

describe('one code for all: scanned with a wallet, the payment opens at once in it', () => {
  test.each(['alipay', 'unionpay', 'bank'])('%s, whose window closes over the cashier', async (place) => {
    const { url } = await world.newCashier();
    await browser.withPage(placed(place), async (page) => {
      await open(page, url);
      await payInApp(page);
      while (!page.url().startsWith(url)) await page.goBack();
      await waitForPaid(page);
      await expectWell(page);
    });
  });

  test.each(['jd'])('%s, whose page leads back', async (place) => {
    const { url } = await world.newCashier();
    await browser.withPage(placed(place), async (page) => {
      await open(page, url);
      await payInApp(page);
      await returnFromApp(page);
      await waitForPaid(page);
      await expectWell(page);
    });
  });

  test('meituan, where the buyer agrees first', async () => {
    const { url } = await world.newCashier();
    await browser.withPage(placed('meituan'), async (page) => {
      await open(page, url);
      await page.locator('button[name=answer][value=allow]').click();
      await payInApp(page);
      await returnFromApp(page);
      await waitForPaid(page);
    });
  });

  test('wechat, by its own bridge, whose word alone changes nothing', async () => {
    const { id, url } = await world.newCashier();
    await browser.withPage(placed('wechat'), async (page) => {
      let calls = 0;
      await page.exposeFunction('payInApp', () => {
        calls += 1;
        if (calls > 1) payInWechat();
      });
      await page.addInitScript(`window.WeixinJSBridge = { invoke: (name, fields, done) =>
        window.payInApp().then(() => done({ err_msg: 'get_brand_wcpay_request:ok' })) };`);
      await open(page, url);
      await page.getByTestId('came-back').waitFor(); // the bridge said ok, nothing was paid
      await expectWell(page);
      expect(await world.stateOf(id)).toBe('requires_action');
      await page.getByTestId('call-bridge').click();
      await waitForPaid(page);
    });
  });

  test('a desktop shows the code, a phone scans it, and the desktop turns to paid', async () => {
    const { url } = await world.newCashier();
    await browser.withPage(DESKTOP, async (desktop) => {
      await open(desktop, url);
      await desktop.getByTestId('any-wallet').waitFor();
      await expectWell(desktop);
      await browser.withPage(placed('alipay'), async (phone) => {
        await open(phone, url);
        await payInApp(phone);
      });
      await waitForPaid(desktop);
    });
  });
});

describe.each(['wechatpay', 'alipay', 'unionpay', 'jdpay', 'meituanpay'])('%s in a browser', (wallet) => {
  test.each([
    ['on a phone', true],
    ['on a phone without script', false],
  ])('%s', async (_, javaScript) => {
    const { url } = await world.newCashier();
    await browser.withPage(placed('phone', javaScript), async (page) => {
      await open(page, url);
      await choose(page, wallet);
      if (!javaScript) await page.locator('[data-testid=continue], [data-testid=app-fallback]').click();
      await payInApp(page);
      await returnFromApp(page);
      await waitForPaid(page);
    });
  });

  test('on a desktop', async () => {
    const { url } = await world.newCashier();
    await browser.withPage(placed('desktop'), async (page) => {
      await open(page, url);
      await choose(page, wallet);
      if (wallet === 'wechatpay') {
        await page.getByTestId('scan').waitFor();
        await expectWell(page);
        payInWechat();
      } else {
        await payInApp(page);
        await returnFromApp(page);
      }
      await waitForPaid(page);
    });
  });
});

describe('no dead end', () => {
  test('Alipay chosen inside WeChat: the way out, then paid in the browser', async () => {
    const { url } = await world.newCashier();
    const help = await browser.withPage(placed('wechat'), async (page) => {
      await open(page, `${url}?stay=1`);
      await choose(page, 'alipay');
      await page.getByTestId('browser-help').waitFor();
      await expectWellEverywhere(page);
      await page.getByTestId('copy').click();
      await page.getByText(/已复制|长按/).waitFor();
      await page.getByTestId('back').click();
      await page.getByTestId('pay').waitFor();
      await page.goBack();
      return page.url();
    });
    // The app's menu opens the very page in the browser.
    await browser.withPage(placed('phone'), async (page) => {
      await open(page, help);
      expect(await page.locator('input[value=alipay]').isChecked()).toBe(true);
      await page.getByTestId('pay').click();
      await payInApp(page);
      await returnFromApp(page);
      await waitForPaid(page);
    });
  });

  test('WeChat Pay chosen inside Taobao: a code for another phone, or on to a browser', async () => {
    const { url } = await world.newCashier();
    await browser.withPage(placed('taobao'), async (page) => {
      await open(page, url);
      await choose(page, 'wechatpay');
      await page.getByTestId('scan').waitFor();
      await expectWell(page);
      await page.getByTestId('other-wallet').locator('summary').click();
      await page.getByTestId('elsewhere').click();
      await expect.poll(() => page.getByTestId('link').inputValue()).toBe(`${url}?wallet=wechatpay`);
      await expectWell(page);
    });
  });

  test('a declined payment: the buyer comes back, reads what to do and pays with another wallet', async () => {
    const { url } = await world.newCashier();
    await browser.withPage(placed('phone'), async (page) => {
      await open(page, url);
      await choose(page, 'unionpay');
      await page.locator('button[name=action][value=decline]').click();
      await returnFromApp(page);
      await page.getByText('如果钱包显示失败、被拒绝').waitFor();
      await expectWell(page);
      await choose(page, 'alipay');
      await payInApp(page);
      await returnFromApp(page);
      await waitForPaid(page);
    });
  });
});

describe('a shop’s printed code', () => {
  test.each([
    ['with script', true],
    ['without script', false],
  ])('%s: scan, type, pay', async (_, javaScript) => {
    const code = await world.server.call('POST', '/v1/qr-codes', { label: '收银台', currency: 'CNY' });
    const path = `/q/${code.json.id}`;
    await browser.withPage(placed(javaScript ? 'alipay' : 'phone', javaScript), async (page) => {
      await open(page, world.server.url + path);
      if (javaScript) await expectWell(page);
      await page.getByTestId('amount-field').fill('12.345');
      await page.getByTestId('next').click();
      await page.getByTestId('amount-fault').waitFor();
      if (javaScript) await expectWellEverywhere(page);
      await page.getByTestId('amount-field').fill('12.5');
      await page.getByTestId('next').click();
      if (!javaScript) {
        await choose(page, 'alipay');
        await page.getByTestId('continue').click();
      }
      await payInApp(page);
      if (javaScript) while (!page.url().includes('/c/')) await page.goBack();
      else await returnFromApp(page);
      await waitForPaid(page);
      await page.getByTestId('result').filter({ hasText: '12.50' }).waitFor();
    });
  });
});
