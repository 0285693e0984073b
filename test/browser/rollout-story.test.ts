import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createBuyers } from '../../src/cli/demo/rollout/buyers.ts';
import { BOOK } from '../../src/hutong.ts';
import { createOperatorLink } from '../../src/operators/operator-sessions.ts';
import { readPlan } from '../../src/rollout/read-plan.ts';
import { type Shop, startShop } from '../../src/sandbox/shop/shop.ts';
import { eventually } from '../server.ts';
import { DESKTOP, openBrowser, PHONE, type TestBrowser } from './browser.ts';
import { startWalletWorld, type WalletWorld } from './wallet-world.ts';

/*
 * The whole story over the demo shop: some buyers see the new wallet with what it saves, the others do not; its simulator is told to fail one
 * payment of five, and nobody sees it any more.
 */

const STORM_PAYMENTS_MAX = 4000;
const BECAUSE = { by: 'test', reason: 'the story' };

let world: WalletWorld;
let shop: Shop;
let browser: TestBrowser;
let rolloutId: string;
let offerId: string;

beforeAll(async () => {
  world = await startWalletWorld();
  const { server } = world;
  const published = await server.offers.publish({
    actor: { kind: 'operator', name: 'test' },
    merchantId: server.merchant.id,
    campaign: {
      name: { 'zh-CN': '云闪付立减 5 元', en: '¥5 off with UnionPay' },
      kind: 'flat',
      by: 'hutong',
      currency: 'CNY',
      off: '5.00',
      funders: [{ funder: 'wallet', owner: 'unionpay', per_mille: 1000 }],
      when: { until: '2099-12-31' },
      conditions: { wallets: ['unionpay'] },
      limits: { money: { campaign: '100000.00' } },
    },
    reason: null,
    claim: null,
  });
  ({ id: offerId } = JSON.parse(published.body) as { id: string }); // an offer as the API shows it
  const plan = readPlan({
    key: 'wallet.unionpay',
    wallet: 'unionpay',
    merchant: server.merchant.id,
    when: { '!=': [{ var: 'buyer_id' }, 'shopper-zhao'] },
    always: { staff: true, buyers: ['shopper-lin'] },
    steps: [
      { share: '50%', for: '1d', payments: 1_000_000 },
      { share: '100%', for: '1d', payments: 1_000_000 },
    ],
  });
  rolloutId = await server.sql.begin(async (tx) => {
    const { id } = await server.rollouts.create(tx, BOOK, plan, BECAUSE);
    await server.rollouts.act(tx, { book: BOOK, id, merchantId: null }, { action: 'start' }, BECAUSE);
    return id;
  });
  shop = await startShop({
    port: 0,
    host: '127.0.0.1',
    hutongUrl: server.url,
    apiKey: server.apiKey,
    webhookSecret: null,
    dataDir: null,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
  await world?.close();
});

/** The cashier page of one of the shop's people for a tea bowl of ¥68. */
async function atTheCashier<T>(shopper: string, look: (page: Page) => Promise<T>): Promise<T> {
  return await browser.withPage(PHONE, async (page) => {
    await page.goto(`${shop.url}/products/cup`);
    await page.context().addCookies([{ name: 'shop_buyer', value: shopper, url: shop.url }]);
    await page.reload();
    await page.getByTestId('buy').click();
    await page.getByTestId('cashier').waitFor();
    return await look(page);
  });
}

async function offered(page: Page, wallet: string): Promise<number> {
  await page.waitForLoadState();
  return await page.getByTestId(`wallet-${wallet}`).count();
}

/** A server that was held up for a second shows no staged wallet, to be safe; the next order is decided anew. */
async function seesUnionpay(shopper: string, look: (page: Page) => Promise<void>): Promise<void> {
  await eventually(`${shopper} to see 云闪付`, () =>
    atTheCashier(shopper, async (page) => {
      const isSeen = (await offered(page, 'unionpay')) === 1;
      if (isSeen) await look(page);
      return isSeen;
    }),
  );
}

const stateNow = async (): Promise<string> => {
  const at = { book: BOOK, id: rolloutId, merchantId: null };
  return (await world.server.rollouts.report(at)).rollout.state;
};

test('some see the new wallet with what it saves; when it fails one payment of five it halts by itself, and nobody does', async () => {
  await eventually('the rollout to be known', async () => {
    const { server } = world;
    return server.rollouts.isPlain(BOOK, server.merchant.id, ['unionpay']) ? null : true;
  });
  await seesUnionpay('lin', async (page) => {
    await expect.poll(() => page.getByTestId('best').textContent()).toBe('用云闪付付 ¥63.00，省 ¥5.00');
  });
  await seesUnionpay('staff', () => Promise.resolve());
  await atTheCashier('zhao', async (page) => {
    expect(await offered(page, 'unionpay')).toBe(0);
    expect(await offered(page, 'wechatpay')).toBe(1);
  });

  const { server, wechatpay } = world;
  server.unionpay.setFault({ operation: 'pay', kind: 'declined', share: 20 });
  const buyers = createBuyers({ url: server.url, apiKey: server.apiKey, unionpay: server.unionpay, wechatpay });
  const bought = await buyers.buy(STORM_PAYMENTS_MAX, async () => (await stateNow()) === 'halted');
  await eventually('the halt', async () => (await stateNow()) === 'halted');

  await eventually('the halt to be known', async () =>
    (await buyers.whoSees(['somebody-new', 'somebody-else'])).every((sees) => !sees),
  );
  for (const shopper of ['lin', 'staff', 'zhao'])
    await atTheCashier(shopper, async (page) => {
      expect(await offered(page, 'unionpay')).toBe(0);
      expect(await offered(page, 'wechatpay')).toBe(1);
    });
  await atTheConsole(async (page) => {
    await page.goto(`${server.url}/console/rollouts/${rolloutId}`);
    expect(await page.getByTestId('share').textContent()).toBe('0%');
    expect(await page.locator('main').innerText()).toContain('已停止');
    await page.goto(`${server.url}/console/offers/${offerId}`);
    const used = bought.filter(({ wallet, succeeded }) => wallet === 'unionpay' && succeeded).length * 5;
    expect(used).toBeGreaterThan(0);
    const usage = page.getByTestId('usage-money/campaign').filter({ hasText: `已用 ¥${used}.00，共 ¥100000.00` });
    await usage.waitFor(); // the page follows what is used
  });
});

/** The operator's pages, by a link as `hutong console link` prints it. */
async function atTheConsole(look: (page: Page) => Promise<void>): Promise<void> {
  const { sql, url } = world.server;
  const operators = { sql, clock: systemClock, random: systemRandom, log: silentLog, book: BOOK };
  const { code } = await createOperatorLink(operators, { operator: '张伟', lastsMs: 3_600_000 });
  await browser.withPage(DESKTOP, async (page) => {
    await page.goto(`${url}/console/enter?link=${code.reveal()}`);
    await page.getByTestId('enter').click();
    await page.waitForURL('**/console');
    await look(page);
  });
}
