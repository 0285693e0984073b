import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { CashierView } from '../../src/web/cashier-view.ts';
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
import { cashierViews } from './cashier-views.ts';
import { startPageServer, type PageServer } from './page-server.ts';
import { choice } from './view-parts.ts';

const CHROMIUM_START_MS = 120_000;
const NO_SCRIPT: Viewport = { ...PHONE, javaScript: false };

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
}, CHROMIUM_START_MS);
afterAll(() => browser.close());

function viewNamed(name: string): CashierView {
  const view = cashierViews[name];
  if (view === undefined) throw new Error(`no view ${name}`);
  return view;
}

async function visit(
  name: string,
  viewport: Viewport,
  steps: (page: Page, server: PageServer) => Promise<void>,
): Promise<void> {
  const server = await startPageServer(viewNamed(name));
  try {
    await browser.withPage(viewport, async (page) => {
      await page.goto(server.pageUrl);
      await steps(page, server);
    });
  } finally {
    await server.stop();
  }
}

describe.each(Object.keys(cashierViews))('%s', (name) => {
  test('has no violation that axe-core finds, in both languages, light and dark', async () => {
    await visit(name, PHONE, async (page, server) => {
      for (const lang of ['zh-CN', 'en']) {
        await page.goto(`${server.pageUrl}?lang=${lang}`);
        expect(await page.locator('html').getAttribute('lang')).toBe(lang);
        expect(await axeViolations(page)).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await axeViolations(page)).toEqual([]);
    });
  });

  test('never scrolls sideways, from the smallest phone to a desktop', async () => {
    for (const viewport of [SMALL_PHONE, PHONE, DESKTOP]) {
      await visit(name, viewport, async (page) => {
        expect(await sidewaysScroll(page)).toBe(0);
      });
    }
  });

  test('everything that can be touched is at least 44 pixels high', async () => {
    await visit(name, PHONE, async (page) => {
      for (const target of await page.locator('a, button, summary, label').all()) {
        if (await target.isVisible()) expect((await target.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(44);
      }
    });
  });
});

describe('choosing a wallet', () => {
  test.each([
    ['with script', PHONE],
    ['without script', NO_SCRIPT],
  ])('%s, the buyer reaches the wallet by POST with every field unchanged', async (_, viewport) => {
    await visit('choose', viewport, async (page, server) => {
      await page.getByTestId('pay').click();
      if (!viewport.javaScript) await page.getByTestId('continue').click();
      await page.getByTestId('arrived').waitFor();
      expect(server.posted.map(([path]) => path)).toEqual([`${server.view.path}/attempts`, '/wallet']);
      expect(server.posted[0]?.[1]).toBe('wallet=unionpay');
      expect(new URLSearchParams(server.posted[1]?.[1]).get('reserved')).toBe('{a=1&b="2"}<é>云');
    });
  });

  test('Back from the wallet leads to the cashier and not into the wallet again', async () => {
    await visit('choose', PHONE, async (page, server) => {
      await page.getByTestId('pay').click();
      await page.getByTestId('arrived').waitFor();
      await page.goBack();
      await page.getByTestId('pay').waitFor();
      expect(new URL(page.url()).pathname).toBe(server.view.path);
      expect(server.posted).toHaveLength(2);
    });
  });

  test('works by keyboard alone', async () => {
    await visit('choose-last-used', DESKTOP, async (page, server) => {
      await page.keyboard.press('Tab'); // the sandbox's own choice of places
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('unionpay');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('pay');
      await page.keyboard.press('Enter');
      await page.getByTestId('arrived').waitFor();
      expect(server.posted[0]?.[1]).toBe('wallet=unionpay');
    });
  });

  test('the wallet used last is chosen already, and one that is not available cannot be', async () => {
    await visit('choose-last-used', PHONE, async (page) => {
      expect(await page.locator('input[value=unionpay]').isChecked()).toBe(true);
      expect(await page.locator('input[value=open]').isDisabled()).toBe(true);
    });
  });

  test('pressing twice sends one form', async () => {
    await visit('choose', PHONE, async (page, server) => {
      await page.getByTestId('pay').dblclick();
      await page.getByTestId('arrived').waitFor();
      expect(server.posted.filter(([path]) => path.endsWith('/attempts'))).toHaveLength(1);
    });
  });
});

describe('following the payment', () => {
  test('an open page turns from waiting to paid by itself and tells a screen reader', async () => {
    await visit('requires-action', PHONE, async (page, server) => {
      await page.getByTestId('have-paid').focus();
      server.view = viewNamed('succeeded');
      await page.getByTestId('result').waitFor();
      expect(await page.locator('#announce').textContent()).toBe('支付成功 ¥128.00');
      expect(await page.title()).toContain('支付成功');
      expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
      expect(await axeViolations(page)).toEqual([]);
    });
  });

  test('"I have paid" asks at once', async () => {
    await visit('requires-action', PHONE, async (page, server) => {
      server.view = viewNamed('succeeded');
      await page.getByTestId('have-paid').click();
      await page.getByTestId('result').waitFor();
    });
  });

  test('a failed attempt brings the wallets back with the reason', async () => {
    await visit('requires-action', PHONE, async (page, server) => {
      server.view = viewNamed('failed');
      await page.getByTestId('failure').waitFor();
      expect(await page.getByTestId('failure').textContent()).toContain('银行卡余额不足');
      await page.getByTestId('pay').waitFor();
    });
  });

  test('another wallet can be chosen while one is waited for, also without script', async () => {
    await visit('requires-action', NO_SCRIPT, async (page, server) => {
      await page.getByTestId('other-wallet').locator('summary').click();
      await page.getByTestId('pay').click();
      await page.getByTestId('continue').waitFor();
      expect(server.posted[0]?.[1]).toBe('wallet=unionpay');
    });
  });

  test('without script a waiting page reloads itself until it is paid', async () => {
    await visit('requires-action', NO_SCRIPT, async (page, server) => {
      server.view = viewNamed('succeeded');
      await page.getByTestId('result').waitFor();
      expect(await page.getByTestId('auto-return').isVisible()).toBe(false);
    });
  });

  test('a server that is away for a while is only mentioned, and the page catches up', async () => {
    await visit('requires-action', PHONE, async (page, server) => {
      server.isDown = true;
      await page.locator('#connection').waitFor({ state: 'visible' });
      server.view = viewNamed('succeeded');
      server.isDown = false;
      await page.getByTestId('have-paid').click();
      await page.getByTestId('result').waitFor();
      await page.locator('#connection').waitFor({ state: 'hidden' });
    });
  });

  test('the choice of a buyer survives a change of the page', async () => {
    await visit('choose-last-used', PHONE, async (page, server) => {
      const other = { ...choice('open'), name: 'other' };
      server.view = { ...server.view, wallets: [...server.view.wallets, other] };
      await page.evaluate('dispatchEvent(new Event("online"))');
      await page.getByTestId('wallet-other').click();
      server.view = { ...server.view, attempt: viewNamed('failed').attempt };
      await page.evaluate('dispatchEvent(new Event("online"))');
      await page.getByTestId('failure').waitFor();
      expect(await page.locator('input[value=other]').isChecked()).toBe(true);
    });
  });

  test('the countdown follows the server and not the clock of the phone', async () => {
    await visit('choose', PHONE, async (page, server) => {
      await page.clock.install({ time: new Date('2031-01-01T00:00:00Z') });
      await page.goto(server.pageUrl);
      expect(await page.locator('#time-left').textContent()).toMatch(/^14:4\d$/);
    });
  });
});

describe('back to the shop', () => {
  test('a paid order returns to the shop by itself', async () => {
    await visit('succeeded', PHONE, async (page, server) => {
      server.view = { ...server.view, returnUrl: `${server.url}/orders/S20261123-7F3K9Q` };
      await page.clock.install();
      await page.goto(server.pageUrl);
      await page.clock.runFor(11_000);
      await page.getByTestId('arrived').waitFor();
    });
  });

  test('the buyer may stop that, and stays', async () => {
    await visit('succeeded', PHONE, async (page, server) => {
      await page.clock.install();
      await page.goto(server.pageUrl);
      await page.getByTestId('stay').click();
      await page.clock.runFor(60_000);
      expect(page.url()).toBe(server.pageUrl);
      expect(await page.getByTestId('auto-return').isVisible()).toBe(false);
    });
  });

  test.each(['refunded', 'expired', 'canceled'])('%s stays where it is', async (name) => {
    await visit(name, PHONE, async (page) => {
      await page.getByTestId('return').waitFor();
      expect(await page.getByTestId('auto-return').count()).toBe(0);
    });
  });
});

test('a page that does not exist is told in words', async () => {
  await visit('choose', PHONE, async (page, server) => {
    await page.goto(`${server.url}/c/nothing`);
    expect(await page.getByTestId('message').textContent()).toContain('没有找到这个页面');
    expect(await axeViolations(page)).toEqual([]);
  });
});

function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.value || document.activeElement.dataset.testid');
}
