import type { Page } from 'playwright-core';

/*
 * The cashier page leaves by itself: to the shop, some seconds after it was paid, and into a wallet's app as soon as it is open. A test that looks
 * at the page meanwhile would depend on how quick it is; and where a test opens another address in the very moment in which the page leaves for an
 * app, Chromium's word of the new page is lost, and Playwright waits for it in vain. Both are called before the page is opened.
 */

/** A paid page counts its seconds so slowly that it stays; all else on it is as ever. */
export async function stayWhenPaid(page: Page): Promise<void> {
  await page.addInitScript(`{
    const every = window.setInterval;
    window.setInterval = (work, ms, ...more) => every(work, ms === 1000 ? 86400000 : ms, ...more);
  }`);
}

/** As in a browser that keeps nothing for pages: without storage no app opens and no form is sent by itself. */
export async function openNothing(page: Page): Promise<void> {
  await page.addInitScript(`Object.defineProperty(window, 'sessionStorage', {
    get() { throw new DOMException('storage is off', 'SecurityError'); },
  })`);
}
