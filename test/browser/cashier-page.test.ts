import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
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
import { openNothing } from './hold-page.ts';
import type { PageServer } from './page-server.ts';
import { choice } from './view-parts.ts';
import { type CashierVisit, viewNamed, visitCashier } from './visit-cashier.ts';

const CHROMIUM_START_MS = 120_000;
const NO_SCRIPT: Viewport = { ...PHONE, javaScript: false };

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
}, CHROMIUM_START_MS);
afterAll(() => browser.close());

type Steps = (page: Page, server: PageServer) => Promise<void>;

function visit(name: string, viewport: Viewport, steps: Steps, more: Partial<CashierVisit> = {}): Promise<void> {
  return visitCashier(browser, { view: viewNamed(name), viewport, ...more }, steps);
}

describe.each(Object.keys(cashierViews))('%s', (name) => {
  test('has no violation that axe-core finds, in both languages, light and dark, and fits a phone and a small one', async () => {
    const look: Steps = async (page, server) => {
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
      expect(await axeViolations(page)).toEqual([]);
      expect(await lowTargets(page)).toEqual([]);
      expect(await sidewaysScroll(page)).toBe(0);
      await page.setViewportSize({ width: SMALL_PHONE.width, height: SMALL_PHONE.height });
      expect(await sidewaysScroll(page)).toBe(0);
      await page.setViewportSize({ width: PHONE.width, height: PHONE.height });
      await page.goto(`${server.pageUrl}?lang=en`);
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      expect(await axeViolations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await axeViolations(page)).toEqual([]);
    };
    await visit(name, PHONE, look, { query: '?lang=zh-CN', before: openNothing });
  });

  test('never scrolls sideways on a desktop', async () => {
    const look: Steps = async (page) => expect(await sidewaysScroll(page)).toBe(0);
    await visit(name, DESKTOP, look, { before: openNothing });
  });
});

/** What can be touched and is less than 44 pixels high. */
function lowTargets(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`Array.from(document.querySelectorAll('a, button, summary, label'))
    .filter((target) => target.checkVisibility({ visibilityProperty: true }))
    .map((target) => [target.getBoundingClientRect(), target.outerHTML])
    .filter(([{ width, height }]) => width > 0 && height > 0 && height < 44)
    .map(([{ height }, html]) => height + ': ' + html)`);
}

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
      await expect.poll(() => focused(page)).toBe('unionpay');
      await page.keyboard.press('Tab');
      await expect.poll(() => focused(page)).toBe('pay');
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
      server.isDown = true; // the page cannot find out by itself before the button is pressed
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
      await page.evaluate('dispatchEvent(new Event("online"))');
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
    const before = (page: Page): Promise<void> => stopClock(page, '2031-01-01T00:00:00Z');
    const look: Steps = async (page) => {
      expect(await page.locator('#time-left').textContent()).toBe('14:42');
      await page.clock.runFor(60_000);
      await expect.poll(() => page.locator('#time-left').textContent()).toBe('13:42');
    };
    await visit('choose', PHONE, look, { before });
  });
});

describe('back to the shop', () => {
  test('a paid order returns to the shop by itself', async () => {
    const before: Steps = async (page, server) => {
      server.view = { ...server.view, returnUrl: `${server.url}/orders/S20261123-7F3K9Q` };
      await stopClock(page);
    };
    const steps: Steps = async (page) => {
      await page.getByTestId('auto-return').waitFor();
      await page.clock.runFor(11_000);
      await page.getByTestId('arrived').waitFor();
    };
    await visit('succeeded', PHONE, steps, { returns: true, before });
  });

  test('the buyer may stop that, and stays', async () => {
    const steps: Steps = async (page, server) => {
      await page.getByTestId('stay').click();
      await page.getByTestId('auto-return').waitFor({ state: 'hidden' });
      await page.clock.runFor(60_000);
      expect(page.url()).toBe(server.pageUrl);
    };
    await visit('succeeded', PHONE, steps, { returns: true, before: (page) => stopClock(page) });
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

/** From here on the page's time passes only as the test says. */
async function stopClock(page: Page, at = '2026-11-23T04:54:48Z'): Promise<void> {
  await page.clock.install({ time: new Date(at) });
  await page.clock.pauseAt(new Date(Date.parse(at) + 1000));
}

function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.value || document.activeElement.dataset.testid');
}
