import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../server.ts';
import { axeViolations, DESKTOP, openBrowser, PHONE, sidewaysScroll, type TestBrowser } from './browser.ts';
import { standInDir, startWalletStandIn, type WalletStandIn } from './wallet-api-stand-in.ts';
import { settleIn } from './wallet-stand-in-world.ts';
import { stayWhenPaid } from './hold-page.ts';
import { payInUnionpay, payWithUnionpay, returnFromUnionpay } from './shop-steps.ts';
import { typeAmount } from './wallet-steps.ts';

let browser: TestBrowser;
let server: TestServer;
let wallet: WalletStandIn;

beforeAll(async () => {
  [browser, server, wallet] = await Promise.all([openBrowser(), startTestServer(), startWalletStandIn(standInDir)]);
  settleIn(wallet.world);
});
afterAll(async () => {
  await browser.close();
  await server.close();
  await wallet.stop();
});

const cny = (minor: string) => ({ currency: 'CNY', minor });

async function makeLink(body: object): Promise<string> {
  const { code } = (await server.call('POST', '/v1/links', body)).json;
  return `${server.url}/l/${code}/pay?lang=zh-CN`;
}

async function orderNoOfNewest(): Promise<string> {
  return (await server.call('GET', '/v1/payments?limit=1')).json.data[0].order_no;
}

async function expectFit(page: Page): Promise<void> {
  expect(await axeViolations(page)).toEqual([]);
  expect(await sidewaysScroll(page)).toBe(0);
}

describe.each([
  ['phone', PHONE],
  ['desktop', DESKTOP],
])('on a %s', (name, viewport) => {
  const shoot = async (page: Page, what: string): Promise<void> => {
    await expectFit(page);
    const dir = process.env['HUTONG_SHOTS'];
    if (dir !== undefined) await page.screenshot({ path: `${dir}/${what}-${name}.png`, fullPage: true });
  };

  test('a group pays: a name, a share, the cashier, and back to how far it is', async () => {
    const url = await makeLink({ kind: 'group', title: '周五聚餐', group: { total: cny('10003'), shares: 4 } });
    await browser.withPage(viewport, async (page) => {
      await page.goto(url);
      await page.getByText('已付 0 / 4 份').waitFor();
      await shoot(page, 'group');
      await page.getByLabel('怎么称呼你').fill('老王');
      await page.getByTestId('next').click();
      await page.waitForURL(/\/c\/pay_/);
      await expect.poll(() => page.content()).toContain('25.01');
      await page.goto(url);
      await page.getByText('1 份正在付款').waitFor();
      await shoot(page, 'group-open');
    });
  });

  test('a group by names lets each choose', async () => {
    const people = ['老王', '小李', '阿芳'].map((who, at) => ({ name: who, amount: cny(String(1000 * (at + 1))) }));
    const url = await makeLink({ kind: 'group', title: '合租水电', group: { total: cny('6000'), people } });
    await browser.withPage(viewport, async (page) => {
      await page.goto(url);
      await shoot(page, 'group-named');
      await page.getByTestId('next').click();
      await page.getByText('请选择一份。').waitFor();
      await page.getByLabel(/小李/).check();
      await page.getByTestId('next').click();
      await page.waitForURL(/\/c\/pay_/);
    });
  });

  test('whoever has paid reads so on coming back, also when the link has ended meanwhile', async () => {
    const made = (await server.call('POST', '/v1/links', { kind: 'pay', title: '押金', pay: { amount: cny('5000') } }))
      .json;
    await browser.withPage(viewport, async (page) => {
      await stayWhenPaid(page);
      await page.goto(`${server.url}/l/${made.code}/pay?lang=zh-CN`);
      await page.getByTestId('next').click();
      await page.getByTestId('cashier').waitFor();
      await payWithUnionpay(page, { javaScript: true });
      await payInUnionpay(page);
      await returnFromUnionpay(page);
      await page.locator('[data-testid=cashier][data-state=succeeded]').waitFor();
      const back = (await page.getByTestId('return').getAttribute('href')) ?? '';
      await page.goto(back);
      await page.getByRole('heading', { name: '付款成功' }).waitFor();
      await page.getByText('¥50.00').waitFor();
      await shoot(page, 'back-paid');
      await page.getByTestId('on').click();
      await page.getByTestId('pay-form').waitFor();
      expect((await server.call('PATCH', `/v1/links/${made.id}`, { state: 'stopped' })).status).toBe(200);
      await page.goto(back);
      await page.getByRole('heading', { name: '付款成功' }).waitFor();
      expect(await page.getByTestId('on').count()).toBe(0);
      await shoot(page, 'back-paid-ended');
      await page.goto(`${server.url}/l/${made.code}/pay?lang=zh-CN`);
      await page.getByRole('heading', { name: '链接已停用' }).waitFor();
    });
  });

  test('a group reads of the own payment above how far it is', async () => {
    const url = await makeLink({ kind: 'group', title: '周五聚餐', group: { total: cny('10003'), shares: 4 } });
    await browser.withPage(viewport, async (page) => {
      await page.goto(url);
      await page.getByLabel('怎么称呼你').fill('老王');
      await page.getByTestId('next').click();
      await page.getByTestId('cashier').waitFor();
      await payWithUnionpay(page, { javaScript: true });
      const back = `${url}&back=${await orderNoOfNewest()}`;
      await page.goto(back);
      await page.locator('[data-testid=back][data-kind=unclear]').waitFor();
      await shoot(page, 'back-unclear-group');
    });
  });

  test('a link that asks for an amount tells its bounds', async () => {
    const url = await makeLink({ kind: 'pay', title: '请喝茶', pay: { min: cny('100'), max: cny('50000') } });
    await browser.withPage(viewport, async (page) => {
      await page.goto(url);
      await page.getByTestId('amount-field').fill('600');
      await page.getByTestId('next').click();
      await page.getByTestId('amount-fault').waitFor();
      await shoot(page, 'pay-amount');
    });
  });

  test('the wallet: begin a collection, its link, who has paid, and paying somebody else’s', async () => {
    await browser.withPage(viewport, async (page) => {
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await page.goto(`${wallet.url}/collect`);
      await page.getByTestId('collections').waitFor();
      await shoot(page, 'collections');
      await page.getByRole('link', { name: '发起收款' }).click();
      await page.getByLabel('为什么收款').fill('周五聚餐');
      await page.getByLabel(/几个人付/).fill('4');
      await typeAmount(page, '352');
      await page.getByText('每人约 ¥88.00').waitFor();
      await shoot(page, 'new-collection');
      await page.getByTestId('make').click();
      await page.getByTestId('collection').waitFor();
      await shoot(page, 'collection');
      await page.goto(`${wallet.url}/collect/tea22222`);
      await page.getByTestId('asked').waitFor();
      await shoot(page, 'collect');
      await page.getByTestId('collect-pay').click();
      await page.getByTestId('quote').waitFor();
      await page.getByTestId('quote').filter({ hasText: '**丰' }).waitFor();
      await shoot(page, 'collect-quote');
      await page.getByTestId('confirm').click();
      await page.getByTestId('result').waitFor();
      expect(wallet.calls.some(({ route }) => route === 'POST /api/collect/:code/pay')).toBe(true);
    });
  });
});
