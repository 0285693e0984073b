import type { CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';

/** How a person does things in the wallet app, for tests against the stand-in and against the real server alike. */

/** Keeps what the app says in passing (its toasts), which goes by itself after a few seconds. Before the page is opened. */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(`{
    window.heard = [];
    new MutationObserver(() => {
      const said = document.querySelector('.toast')?.textContent;
      if (said && said !== window.heard.at(-1)) window.heard.push(said);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  }`);
}

/** Waits until the app has said so since this document was opened, however briefly. The page is one that `listen` was called for. */
export async function heard(page: Page, words: string): Promise<void> {
  await expect.poll(() => page.evaluate<string>("window.heard.join('\\n')")).toContain(words);
}

export type ReadCode = (phone: string) => Promise<string>;

export async function signIn(page: Page, phone: string, readCode: ReadCode): Promise<void> {
  await page.getByLabel('手机号').fill(phone);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  await page.getByLabel('验证码', { exact: true }).fill(await readCode(phone));
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByTestId('total').waitFor();
}

/** Sets the first PIN, typed on the app's own keys. */
export async function setPin(page: Page, pin: string): Promise<void> {
  await page.getByRole('link', { name: /设置支付密码/ }).click();
  await page.getByRole('heading', { name: '输入新密码' }).waitFor();
  await typePin(page, pin);
  await page.getByRole('heading', { name: '再输入一次' }).waitFor();
  await typePin(page, pin);
  await page.getByTestId('total').waitFor();
}

export async function typePin(page: Page, pin: string): Promise<void> {
  const pad = page.locator('.pin').last();
  for (const digit of pin) await pad.getByRole('button', { name: digit, exact: true }).click();
}

/** Digits of an amount on the keypad; it is the page's only pad. */
export async function typeAmount(page: Page, amount: string): Promise<void> {
  const pad = page.locator('.amount-entry .pad');
  for (const key of amount) await pad.getByRole('button', { name: key, exact: true }).click();
}

export interface Holder {
  name: string;
  idNumber: string;
  phone: string;
}

/** From home: a card by its number. `isFirst`: name and ID number are asked for. */
export async function bindCard(
  page: Page,
  number: string,
  holder: Holder,
  isFirst: boolean,
  readCode: ReadCode,
): Promise<void> {
  await page.getByRole('link', { name: isFirst ? '输入卡号添加' : '添加银行卡' }).click();
  await page.getByLabel('银行卡号').fill(number);
  await page.getByRole('button', { name: '下一步' }).click();
  if (isFirst) {
    await page.getByLabel('姓名').fill(holder.name);
    await page.getByLabel('身份证号').fill(holder.idNumber);
  }
  await page.getByLabel('银行预留手机号').fill(holder.phone);
  await page.getByRole('button', { name: '核对并获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  await page.getByLabel('验证码', { exact: true }).fill(await readCode(holder.phone));
  await page.getByRole('button', { name: '完成绑定' }).click();
  await page.getByTestId('total').waitFor();
}

/** Chromium's authenticator of the device: it has a screen lock, and its person agrees at once. */
export async function addAuthenticator(page: Page): Promise<{ session: CDPSession; id: string }> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { session, id: authenticatorId };
}
