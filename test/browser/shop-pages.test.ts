import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { startShop, type Shop } from '../../src/sandbox/shop/shop.ts';
import { startApiStandIn, type ApiStandIn } from './api-stand-in.ts';
import {
  axeViolations,
  DESKTOP,
  openBrowser,
  PHONE,
  sidewaysScroll,
  SMALL_PHONE,
  type TestBrowser,
} from './browser.ts';
import { buyProduct, refundInShop, waitForOrder } from './shop-steps.ts';

let browser: TestBrowser;
let api: ApiStandIn;
let shop: Shop;
beforeAll(async () => {
  browser = await openBrowser();
  api = await startApiStandIn();
  shop = await startShop({
    port: 0,
    host: '127.0.0.1',
    hutongUrl: api.url,
    apiKey: 'hk_test_1',
    webhookSecret: api.secret,
    dataDir: null,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
});
afterAll(async () => {
  await browser.close();
  await shop.stop();
  await api.stop();
});

async function tell(id: string, type: string, data: object): Promise<void> {
  const { headers, body } = api.sign(id, { type, data });
  await fetch(`${shop.url}/webhooks`, { method: 'POST', headers, body });
}

describe.each(['/', '/products/tea', '/products/noodles', '/nothing'])('the page %s', (path) => {
  test.each(['zh-CN', 'en'])('has no violation and never scrolls sideways, in %s', async (lang) => {
    for (const viewport of [SMALL_PHONE, PHONE, DESKTOP]) {
      await browser.withPage(viewport, async (page) => {
        await page.goto(`${shop.url}${path}?lang=${lang}`);
        expect(await sidewaysScroll(page)).toBe(0);
        if (viewport === PHONE) expect(await axeViolations(page)).toEqual([]);
      });
    }
  });
});

test('a product with its best price, and the menu of who buys, are usable by everybody', async () => {
  api.quotes = [
    { wallet: 'unionpay', to_pay: { currency: 'CNY', minor: '9400' }, saved: { currency: 'CNY', minor: '500' } },
    { wallet: 'alipay', to_pay: { currency: 'CNY', minor: '9900' }, saved: { currency: 'CNY', minor: '0' } },
  ];
  for (const viewport of [SMALL_PHONE, PHONE, DESKTOP])
    await browser.withPage(viewport, async (page) => {
      await page.goto(`${shop.url}/products/umbrella`);
      expect(await page.getByTestId('best-price').innerText()).toMatch(/到手价\s*¥94.00\s*云闪付/);
      await page.getByTestId('shoppers').locator('summary').click();
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole('button', { name: '梅兰' }).click();
      await page.getByTestId('shoppers').locator('summary').filter({ hasText: '梅兰' }).waitFor();
      await page.getByTestId('best-price').waitFor();
    });
  api.quotes = null;
});

describe('sharing a product', () => {
  test.each(['zh-CN', 'en'])('opens a sheet that everybody can use, in %s', async (lang) => {
    for (const viewport of [SMALL_PHONE, PHONE, DESKTOP])
      await browser.withPage(viewport, async (page) => {
        await page.goto(`${shop.url}/products/tea?lang=${lang}`);
        await page.getByTestId('share').click();
        const sheet = page.getByRole('dialog');
        await sheet.getByTestId('share-card').waitFor();
        await expect.poll(() => sheet.getByTestId('share-link').inputValue()).toBe(`${api.url}/l/Ab3dEf7h`);
        expect(await sidewaysScroll(page)).toBe(0);
        expect(await axeViolations(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await page.locator('[data-testid=share]:focus').waitFor();
        await expect.poll(() => sheet.count()).toBe(0);
      });
  });

  test('says what was copied, and hands the link to the phone', async () => {
    await browser.withPage(PHONE, async (page) => {
      await page.addInitScript({
        content: `window.said = [];
          new MutationObserver(() => window.said.push(document.querySelector('[data-said]')?.textContent)).observe(document, { subtree: true, childList: true });
          navigator.share = (what) => { window.shared = what; return Promise.resolve(); };
          Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text) => { window.copied = text; return Promise.resolve(); } } });`,
      });
      await page.goto(`${shop.url}/products/tea`);
      await page.getByTestId('share').click();
      await page.getByRole('button', { name: '复制 口令' }).click();
      await expect.poll(() => page.evaluate("window.said.join('\\n')")).toContain('已复制');
      expect(await page.evaluate('window.copied')).toContain('「茶」点开');
      await page.getByRole('button', { name: '发送到应用…' }).click();
      await expect.poll(() => page.evaluate('window.shared.url')).toBe(`${api.url}/l/Ab3dEf7h`);
    });
  });

  test('is a page of its own without script', async () => {
    for (const viewport of [SMALL_PHONE, DESKTOP])
      await browser.withPage({ ...viewport, javaScript: false }, async (page) => {
        await page.goto(`${shop.url}/products/tea`);
        await page.getByTestId('share').click();
        await page.getByTestId('share-sheet').waitFor();
        expect(new URL(page.url()).pathname).toBe('/products/tea/share');
        expect(await page.getByRole('button', { name: '复制' }).count()).toBe(0);
      });
  });
});

test.each([
  ['with script', true],
  ['without script', false],
])('%s, buying leads to the cashier', async (_, javaScript) => {
  await browser.withPage({ ...PHONE, javaScript }, async (page) => {
    await buyProduct(page, shop.url, 'umbrella');
    await page.waitForURL((url) => url.href.startsWith(`${api.url}/c/pay_`));
  });
});

test('an open order page follows the webhooks from waiting to paid to refunded', async () => {
  await browser.withPage(PHONE, async (page) => {
    await buyProduct(page, shop.url, 'umbrella');
    const orderNo = /pay_(\w+)\//.exec(page.url())?.[1] ?? '';
    await page.goto(`${shop.url}/orders/${orderNo}`);
    expect(await axeViolations(page)).toEqual([]);

    api.paymentState = 'succeeded';
    await tell(`evt_paid_${orderNo}`, 'payment.succeeded', api.paymentOf(orderNo, '9900'));
    await waitForOrder(page, 'paid');
    await page.locator('[role=status]').filter({ hasText: '付款成功' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await refundInShop(page);
    await waitForOrder(page, 'refunding');
    await tell(`evt_refunded_${orderNo}`, 'refund.succeeded', api.refundOf(orderNo, 'succeeded'));
    await waitForOrder(page, 'refunded');
    await expect.poll(() => page.getByTestId('heard').locator('li').count()).toBe(2);
    expect(await sidewaysScroll(page)).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
  });
});
