import type { Page } from 'playwright-core';
import { stayWhenPaid } from './hold-page.ts';

/*
 * The way of a buyer, step by step, for tests against a whole running server. Each step ends when the page that it leads
 * to is there. They work with and without script.
 */

/** The pretend app takes any six digits. */
const PIN = '123456';

/** In the shop: opens a product and buys it. Ends on the cashier page, which will stay when it is paid until the buyer goes back. */
export async function buyProduct(page: Page, shopUrl: string, productId: string): Promise<void> {
  await stayWhenPaid(page);
  await page.goto(shopUrl);
  await page.getByTestId(`product-${productId}`).click();
  await page.getByTestId('buy').click();
  await page.getByTestId('cashier').waitFor();
}

/** On the cashier page: picks a wallet and presses the button. Ends on 云闪付's page. */
export async function payWithUnionpay(page: Page, options: { javaScript: boolean }): Promise<void> {
  await page.getByTestId('wallet-unionpay').click();
  await page.getByTestId('pay').click();
  if (!options.javaScript) await page.getByTestId('continue').click();
  await page.locator('button[name=action][value=pay]').waitFor();
}

/** On 云闪付's pretend page: enters the PIN and pays. Ends on its result. */
export async function payInUnionpay(page: Page): Promise<void> {
  await page.locator('#pin').fill(PIN);
  await page.locator('button[name=action][value=pay]').click();
  await page.locator('.result').waitFor();
}

/** On 云闪付's pretend page: the issuer declines. Ends on its result. */
export async function declineInUnionpay(page: Page): Promise<void> {
  await page.locator('button[name=action][value=decline]').click();
  await page.locator('.result').waitFor();
}

/** On 云闪付's result, good or bad: back to the cashier page that sent the buyer. */
export async function returnFromUnionpay(page: Page): Promise<void> {
  await page.locator('.result form button, .result a[rel=noreferrer]').click();
  await page.getByTestId('cashier').waitFor();
}

/** On the cashier page: waits until it says so and goes back to the shop. Ends on the shop's order page. */
export async function returnToShop(page: Page): Promise<void> {
  await page.locator('[data-testid=cashier][data-state=succeeded]').waitFor();
  await page.getByTestId('return').click();
  await page.getByTestId('order').waitFor();
}

/** On the shop's order page: waits for a state that only a webhook (or the shop's own question) brings. */
export async function waitForOrder(page: Page, state: 'paid' | 'refunding' | 'refunded' | 'closed'): Promise<void> {
  await page.locator(`[data-testid=order][data-state=${state}]`).waitFor();
}

/** On the shop's order page: presses the refund button. */
export async function refundInShop(page: Page): Promise<void> {
  await page.getByTestId('refund').click();
}

/** From the shop's front page to an order that the shop knows is paid; the order page's address. */
export async function buyAndPay(page: Page, shopUrl: string, productId: string): Promise<string> {
  await buyProduct(page, shopUrl, productId);
  await payWithUnionpay(page, { javaScript: true });
  await payInUnionpay(page);
  await returnFromUnionpay(page);
  await returnToShop(page);
  await waitForOrder(page, 'paid');
  return page.url();
}
