import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AddedPerson } from '../../src/sandbox/bank/bank.ts';
import { eventually } from '../server.ts';
import { startWalletServer, type WalletTestServer } from '../wallet-server.ts';
import { openShop, type TestShop } from '../wallet-shop.ts';
import { openBrowser, PHONE, type TestBrowser } from './browser.ts';
import { addAuthenticator, bindCard, heard, listen, setPin, signIn, typeAmount, typePin } from './wallet-steps.ts';

/* One person's whole way through the app, on a phone, with the real server, the real rail and the pretend banks behind it. */

const PIN = '480726';
const PHONE_NO = '13711110001';

/** Banks have longer than usual, because they share a machine with all the rest; one that says nothing is waited for as long. */
const BALANCE_DEADLINE_MS = 10_000;

let browser: TestBrowser;
let server: WalletTestServer;
let shop: TestShop;
let person: AddedPerson;
let other: AddedPerson;

beforeAll(async () => {
  browser = await openBrowser();
  server = await startWalletServer({ balanceDeadlineMs: BALANCE_DEADLINE_MS });
  shop = await openShop(server);
  const owes = { amountFen: 96_000n, minimumFen: 9_600n, billedDay: '2026-11-20', dueDay: '2099-12-10' };
  person = server.bank.addPerson({
    name: '陈小满',
    phone: PHONE_NO,
    cards: [
      { bank: 'ICBC', kind: 'debit', balanceFen: 5_000_000n, limits: 'none' },
      { bank: 'CMB', kind: 'debit', balanceFen: 1_000_000n, limits: 'none' },
      { bank: 'BOC', kind: 'credit', owedFen: 96_000n, bill: owes },
    ],
  });
  other = server.bank.addPerson({
    name: '王建国',
    phone: '13711110002',
    cards: [{ bank: 'CCB', kind: 'debit', balanceFen: 0n, limits: 'none' }],
  });
});
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
  await server?.close();
});

const CODE = /\d{6}/;
const readSoFar = new Map<string, number>();

/** The code of the next message that came to this phone with one. */
async function readCode(phone: string): Promise<string> {
  const count = readSoFar.get(phone) ?? 0;
  const at = await eventually('a message', async () => {
    const found = server.phone.messagesTo(phone).findIndex(({ text }, n) => n >= count && CODE.test(text));
    return found < 0 ? null : { found };
  });
  readSoFar.set(phone, at.found + 1);
  return CODE.exec(server.phone.messagesTo(phone)[at.found]?.text ?? '')?.[0] ?? '';
}

const total = (page: Page): Promise<string | null> => page.getByTestId('total').textContent();
const numberOf = (at: number): string => person.cards[at]?.number ?? '';

describe('the wallet app with everything behind it', () => {
  test('from signing up to signing out everywhere', async () => {
    await browser.withPage(PHONE, async (page) => {
      await listen(page);
      await page.goto(server.url);
      await signIn(page, PHONE_NO, readCode);
      // A device is trusted with little for a day: this one is two days old.
      await server.hutong.sql`update user_devices set created_at = created_at - interval '2 days'`;
      await setPin(page, PIN);

      const holder = { name: person.person.name, idNumber: person.person.idNumber, phone: PHONE_NO };
      await bindCard(page, numberOf(0), holder, true, readCode);
      await page.getByText('1 张卡都已答复').waitFor();
      await expect.poll(() => total(page)).toBe('¥50,000.00');
      await bindCard(page, numberOf(1), holder, false, readCode);
      await page.getByText('2 张卡都已答复').waitFor();
      await expect.poll(() => total(page)).toBe('¥60,000.00');

      await bindByOneTap(page);
      await page.getByText('¥960.00').first().waitFor();
      await expect.poll(() => total(page)).toBe('¥60,000.00');

      const setConsent = await addPasskey(page);
      await setConsent(false);
      await transferByPin(page);
      await setConsent(true);
      await transferByPasskey(page);
      await repayInFull(page);
      await payOrder(page);
      await seeOneSlowBank(page);
      await exportHistory(page);

      await page.goto(`${server.url}/security`);
      await page.getByRole('button', { name: '在所有设备上退出' }).click();
      await page.getByRole('dialog').getByRole('button', { name: '在所有设备上退出' }).click();
      await page.getByLabel('手机号').waitFor();
      await page.goto(`${server.url}/history`);
      await page.getByLabel('手机号').waitFor();
    });
    expect(server.errors).toEqual([]);
    expect(server.bank.isBalanced()).toBe(true);
  });
});

async function bindByOneTap(page: Page): Promise<void> {
  await page.goto(`${server.url}/cards/one-tap`);
  await page.getByRole('button', { name: '开始查找' }).click();
  await page.getByRole('button', { name: '查找我的卡' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  await page.getByLabel('验证码', { exact: true }).fill(await readCode(PHONE_NO));
  await page.getByRole('button', { name: '绑定 1 张卡' }).click();
  await page.getByRole('link', { name: /中国银行.*信用卡/ }).waitFor();
}

/** Proved by the PIN and a message. @returns what says whether the person agrees when their device asks */
async function addPasskey(page: Page): Promise<(isAgreeing: boolean) => Promise<void>> {
  await page.goto(`${server.url}/security`);
  const { session, id } = await addAuthenticator(page);
  await page.getByTestId('add-passkey').click();
  await page.locator('.pin').waitFor();
  await typePin(page, PIN);
  await page.getByLabel('验证码', { exact: true }).fill(await readCode(PHONE_NO));
  await page.getByRole('button', { name: '确认', exact: true }).click();
  await heard(page, '通行密钥已添加');
  return async (isAgreeing) => {
    await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: isAgreeing });
  };
}

async function chooseStranger(page: Page): Promise<void> {
  await page.goto(`${server.url}/transfer`);
  await page.getByLabel('收款人姓名').fill(other.person.name);
  await page.getByLabel('收款卡号').fill(other.cards[0]?.number ?? '');
  await page.getByTestId('bank').getByText('建设银行').waitFor();
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByTestId('amount').waitFor();
}

async function transferByPin(page: Page): Promise<void> {
  await chooseStranger(page);
  await typeAmount(page, '1234.56');
  await page.getByTestId('quote-button').click();
  await page.getByTestId('confirm').click();
  // The passkey would do it in one tap, if its person agreed; this one is proved by hand.
  await page.getByRole('button', { name: '改用支付密码' }).click();
  await page.locator('.pin').waitFor();
  await typePin(page, PIN);
  await page.getByText('转账成功').waitFor();
  await eventually('the money is there', async () => server.bank.balanceOf(other.cards[0]?.number ?? '') === 123_456n);
  await seeTotal(page, '58,765.44');
}

async function transferByPasskey(page: Page): Promise<void> {
  await chooseStranger(page);
  await typeAmount(page, '52000');
  await page.getByTestId('quote-button').click();
  await page.getByText('分 2 张卡支付').waitFor();
  await page.getByTestId('confirm').click();
  await page.getByRole('heading', { name: '转账成功', exact: true }).waitFor();
  await expect.poll(() => server.bank.balanceOf(other.cards[0]?.number ?? '')).toBe(5_323_456n);
  await seeTotal(page, '6,765.44');
}

/** The app asks the banks anew after money has moved, and shows no figure from before. */
async function seeTotal(page: Page, figure: string): Promise<void> {
  await page.getByRole('link', { name: '完成' }).click();
  await page.locator('[data-testid=total]', { hasText: figure }).waitFor();
}

async function repayInFull(page: Page): Promise<void> {
  await page.goto(`${server.url}/repay`);
  await page.getByRole('button', { name: /还款 / }).click();
  await page.getByRole('radio', { name: /全额还款.*960\.00/ }).check();
  await page.getByTestId('quote-button').click();
  await page.getByTestId('confirm').click();
  await page.getByText('还款成功').waitFor();
  await expect.poll(() => server.bank.balanceOf(numberOf(2))).toBe(0n);
}

async function payOrder(page: Page): Promise<void> {
  const no = shop.freshNo();
  await shop.order(no, 12_800);
  const token = await eventually('the order', async () => {
    const [row] = await server.hutong.sql<{ token: string }[]>`select token from payer_orders where order_no = ${no}`;
    return row?.token;
  });
  await page.goto(`${server.url}/pay/${token}`);
  await page.getByText('测试茶馆').first().waitFor();
  await page.getByRole('radio', { name: /招商银行/ }).check();
  await page.getByTestId('pay').click();
  await page.getByText('付款成功').waitFor();
  expect(await page.getByTestId('back-to-shop').getAttribute('href')).toMatch(/^https:\/\/shop\.example\/return/);
}

/** The other cards are there at once; the slow bank is named and not in the sum. */
async function seeOneSlowBank(page: Page): Promise<void> {
  server.bank.setFault({ kind: 'drop_request', operation: 'balance', bank: 'CMB' });
  await page.goto(server.url);
  await page.getByRole('button', { name: '刷新余额' }).click();
  await page.getByText(/招商银行没有答复，合计只含 2 张卡中的 1 张/).waitFor();
  server.bank.clearFaults();
}

async function exportHistory(page: Page): Promise<void> {
  await page.goto(`${server.url}/history`);
  await page.getByText('测试茶馆').waitFor();
  for (const format of ['CSV', 'OFX', 'Beancount']) {
    await page.getByRole('button', { name: '导出记录' }).click();
    await page.getByRole('radio', { name: format }).check();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export').click()]);
    const stream = await download.createReadStream();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
    const file = Buffer.concat(chunks).toString();
    expect(file).toContain('128.00');
    expect(file).not.toContain(numberOf(0));
  }
}
