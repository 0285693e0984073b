import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  axeViolations,
  DESKTOP,
  openBrowser,
  PHONE,
  sidewaysScroll,
  type TestBrowser,
  type Viewport,
} from './browser.ts';
import type { PageServer } from './page-server.ts';
import { viewNamed, visitCashier } from './visit-cashier.ts';

/* The cashier page at a shop with offers. That it is usable by everybody is tried with every other face in cashier-page.test.ts. */

const NO_SCRIPT: Viewport = { ...PHONE, javaScript: false };

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

function visit(
  name: string,
  viewport: Viewport,
  steps: (page: Page, server: PageServer) => Promise<void>,
  query = '',
): Promise<void> {
  return visitCashier(browser, { view: viewNamed(name), viewport, query }, steps);
}

/** The wallets in the order of the page. */
function order(page: Page): Promise<string> {
  return page.evaluate<string>(
    "Array.from(document.querySelectorAll('input[name=wallet]'), (input) => input.value).join(' ')",
  );
}

describe('the price of each wallet', () => {
  test.each([
    ['zh-CN', '用云闪付付 ¥123.00，省 ¥5.00', '确认支付 ¥123.00'],
    ['en', 'Pay ¥123.00 with UnionPay QuickPass, save ¥5.00', 'Pay ¥123.00'],
  ])('in %s the best deal is said, chosen, and on the button', async (lang, best, button) => {
    const look = async (page: Page): Promise<void> => {
      expect(await page.getByTestId('best').textContent()).toBe(best);
      expect(await page.locator('input[value=unionpay]').isChecked()).toBe(true);
      expect((await page.getByTestId('pay').innerText()).trim()).toBe(button);
    };
    await visit('offers-choose', DESKTOP, look, `?lang=${lang}`);
  });

  test('the amount and the button follow the choice', async () => {
    await visit('offers-choose', PHONE, async (page) => {
      await page.getByTestId('wallet-jdpay').click();
      await expect.poll(() => page.getByTestId('amount').innerText()).toContain('127.00');
      expect(await page.getByTestId('taken-off').innerText()).toContain('已减 ¥1.00');
      expect((await page.getByTestId('pay').innerText()).trim()).toBe('确认支付 ¥127.00');
      await page.getByTestId('wallet-meituanpay').click();
      await expect.poll(() => page.getByTestId('amount').innerText()).toContain('128.00');
      await page.getByTestId('taken-off').waitFor({ state: 'hidden' });
    });
  });

  test('without script the button names no price that may be another wallet’s', async () => {
    await visit('offers-choose', NO_SCRIPT, async (page) => {
      await page.getByTestId('wallet-jdpay').click();
      expect((await page.getByTestId('pay').innerText()).trim()).toBe('确认支付');
      expect(await page.getByTestId('wallet-jdpay').innerText()).toContain('¥127.00');
    });
  });

  test.each([
    ['with script', PHONE],
    ['without script', NO_SCRIPT],
  ])('%s, what was shown goes back with the form', async (_, viewport) => {
    await visit('offers-choose', viewport, async (page, server) => {
      await page.getByTestId('wallet-alipay').click();
      await page.getByTestId('pay').click();
      if (!viewport.javaScript) await page.getByTestId('continue').click();
      await page.getByTestId('arrived').waitFor();
      const form = new URLSearchParams(server.posted[0]?.[1]);
      expect(form.get('wallet')).toBe('alipay');
      expect(form.get('pay-alipay')).toBe('12500');
    });
  });

  test('a price that changes while the page is open is shown without moving a wallet or the choice', async () => {
    await visit('offers-choose', PHONE, async (page, server) => {
      const before = await order(page);
      await page.getByTestId('wallet-alipay').click();
      const wallets = server.view.wallets.map((wallet) =>
        wallet.name === 'unionpay'
          ? { ...wallet, price: viewNamed('offers-changed').wallets[0]?.price ?? null }
          : wallet,
      );
      server.view = { ...server.view, wallets: [...wallets].reverse() };
      await page.evaluate('dispatchEvent(new Event("online"))');
      await page.getByTestId('best').filter({ hasText: '用支付宝付 ¥125.00' }).waitFor();
      expect(await order(page)).toBe(before);
      expect(await page.locator('input[value=alipay]').isChecked()).toBe(true);
      expect((await page.getByTestId('pay').innerText()).trim()).toBe('确认支付 ¥125.00');
    });
  });
});

describe('why', () => {
  test.each([
    ['with script', PHONE],
    ['without script', NO_SCRIPT],
  ])('%s, each wallet says which offers it uses and what the others lack', async (_, viewport) => {
    await visit('offers-choose', viewport, async (page) => {
      const why = page.getByTestId('why-unionpay');
      expect(await why.getByText('还差 ¥72.00').isVisible()).toBe(false);
      await why.locator('summary').click();
      await why.getByText('还差 ¥72.00').waitFor();
    });
  });

  test('in test mode a page explains every wallet, also those that are not shown', async () => {
    await visit('offers-choose', PHONE, async (page, server) => {
      for (const lang of ['zh-CN', 'en']) {
        await page.goto(`${server.pageUrl}?lang=${lang}`);
        await page.getByTestId('why').click();
        await page.getByTestId('why-page').waitFor();
        expect(await axeViolations(page)).toEqual([]);
        expect(await sidewaysScroll(page)).toBe(0);
        await expect.poll(() => page.locator('[data-testid^=decided-]').count()).toBe(6);
      }
      expect(await page.getByTestId('decided-open').innerText()).toContain('not reached yet');
      await page.getByTestId('back').click();
      await page.getByTestId('cashier').waitFor();
    });
  });

  test('an offer that is gone is said before anything is charged, with both prices', async () => {
    await visit('offers-changed', PHONE, async (page) => {
      const said = (await page.getByTestId('price-changed').textContent()) ?? '';
      expect(said).toContain('刚才显示 ¥123.00，用云闪付支付现在是 ¥128.00。');
      expect(said).toContain('您没有被扣款。');
    });
  });
});

describe('after choosing', () => {
  test('a wallet’s own discount is an estimate until the wallet has told of it', async () => {
    await visit('offers-waiting-estimate', PHONE, async (page, server) => {
      expect(await page.getByTestId('amount').innerText()).toContain('128.00');
      expect(await page.getByTestId('may-save').textContent()).toBe('最多可再减 ¥6.66，以钱包为准');
      server.view = viewNamed('offers-succeeded');
      await page.getByTestId('result').waitFor();
      expect(await page.getByTestId('amount').innerText()).toContain('121.34');
      expect(await page.locator('#announce').textContent()).toBe('支付成功 ¥121.34');
      expect(await page.getByTestId('result').innerText()).toContain('立减 ¥6.66，微信出资');
    });
  });
});
