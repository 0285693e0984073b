import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OpenedOffers } from '../../src/offers/open-offers.ts';
import { axeViolations, DESKTOP, openBrowser, PHONE, sidewaysScroll, type TestBrowser } from './browser.ts';
import { stayWhenPaid } from './hold-page.ts';
import { payInUnionpay, payWithUnionpay, returnFromUnionpay } from './shop-steps.ts';
import { startWalletWorld, type WalletWorld } from './wallet-world.ts';

/* The cashier page over the real offers, their limits in the ledger and the real simulators. */

let world: WalletWorld;
let offers: OpenedOffers;
let browser: TestBrowser;
let unionpayOfferId: string;

beforeAll(async () => {
  world = await startWalletWorld();
  ({ offers } = world.server);
  unionpayOfferId = await publish({
    name: { 'zh-CN': '云闪付满 10 减 2', en: 'UnionPay: 2 off 10' },
    kind: 'threshold',
    tiers: [{ at: '10.00', off: '2.00' }],
    funders: [{ funder: 'wallet', owner: 'unionpay', per_mille: 1000 }],
    conditions: { wallets: ['unionpay'] },
  });
  await publish({
    name: { 'zh-CN': '京东随机立减', en: 'JD lucky draw' },
    kind: 'random',
    off_from: '0.10',
    off_to: '1.00',
    conditions: { wallets: ['jdpay'] },
  });
  await publish({
    name: { 'zh-CN': '支付宝随机立减', en: "Alipay's draw" },
    kind: 'random',
    by: 'wallet',
    off_from: '0.50',
    off_to: '5.00',
    funders: [{ funder: 'wallet', per_mille: 1000 }],
    conditions: { wallets: ['alipay'] },
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await world.close();
});
beforeEach(() => setState('published'));

async function publish(campaign: object): Promise<string> {
  const usual = { by: 'hutong', currency: 'CNY', funders: [{ funder: 'platform', per_mille: 1000 }] };
  const reply = await offers.publish({
    actor: { kind: 'operator', name: 'test' },
    merchantId: null,
    campaign: { ...usual, when: { until: '2030-12-31' }, limits: { money: { campaign: '1000.00' } }, ...campaign },
    reason: null,
    claim: null,
  });
  expect(reply.status, reply.body).toBe(201);
  const { id }: { id: string } = JSON.parse(reply.body); // an offer as the API shows it
  return id;
}

let state: 'published' | 'stopped' = 'published';
async function setState(to: typeof state): Promise<void> {
  if (state === to) return;
  state = to;
  const actor = { kind: 'operator', name: 'test' } as const;
  await offers.switch({ actor, id: unionpayOfferId, to, reason: 'test', claim: null });
}

async function open(page: Page): Promise<string> {
  const { id, url } = await world.newCashier();
  await stayWhenPaid(page);
  await page.goto(url);
  await page.getByTestId('best').waitFor();
  return id;
}

test.each([
  ['a phone', PHONE],
  ['a desktop', DESKTOP],
])('on %s the best deal is chosen, paid, and said again when it is paid', async (_, viewport) => {
  await browser.withPage(viewport, async (page) => {
    const id = await open(page);
    await expect.poll(() => page.getByTestId('best').textContent()).toBe('用云闪付付 ¥10.34，省 ¥2.00');
    await expect.poll(() => page.getByTestId('why-alipay').innerText()).toContain('最多可再减 ¥5.00，以钱包为准');
    await expect.poll(() => page.getByTestId('why-jdpay').innerText()).toContain('随机立减 ¥0.10 至 ¥1.00');
    expect(await axeViolations(page)).toEqual([]);
    await payWithUnionpay(page, { javaScript: true });
    await payInUnionpay(page);
    await returnFromUnionpay(page);
    await page.getByTestId('result').waitFor();
    expect(await page.getByTestId('amount').innerText()).toContain('10.34');
    expect(await page.getByTestId('result').innerText()).toContain('立减 ¥2.00，云闪付出资');
    expect(await sidewaysScroll(page)).toBe(0);
    const payment = (await world.server.call('GET', `/v1/payments/${id}`)).json;
    expect(payment).toMatchObject({ state: 'succeeded', buyer_paid: { minor: '1034' }, discount: { minor: '200' } });
  });
});

test('an offer that is stopped while the page is open costs nobody anything: the buyer is asked again', async () => {
  await browser.withPage(PHONE, async (page) => {
    const id = await open(page);
    await page.route('**/state?*', (route) => route.abort()); // the page does not find out by itself
    await setState('stopped');
    await page.getByTestId('pay').click();
    await page.getByTestId('price-changed').waitFor();
    expect(await page.getByTestId('price-changed').innerText()).toContain('¥12.34。您没有被扣款。');
    await expect.poll(async () => (await page.getByTestId('pay').innerText()).trim()).toBe('确认支付 ¥12.34');
    expect((await world.server.call('GET', `/v1/payments/${id}`)).json.attempts).toEqual([]);
    await payWithUnionpay(page, { javaScript: true });
    expect((await world.server.call('GET', `/v1/payments/${id}`)).json.attempts[0]).toMatchObject({
      to_pay: { minor: '1234' },
    });
  });
});

test('a draw shows its range before, and what was drawn after the wallet was chosen', async () => {
  await browser.withPage(PHONE, async (page) => {
    const id = await open(page);
    await page.getByTestId('wallet-jdpay').click();
    await expect.poll(async () => (await page.getByTestId('pay').innerText()).trim()).toBe('确认支付 ¥12.24');
    const address = page.url();
    await page.getByTestId('pay').click();
    await page.waitForURL((url) => url.href !== address);
    const [attempt] = (await world.server.call('GET', `/v1/payments/${id}`)).json.attempts;
    expect(Number(attempt.discount.minor)).toBeGreaterThanOrEqual(10);
    await page.goto(`${address.split('?')[0]}?stay=1`);
    await page.getByTestId('waiting').waitFor();
    const drawn = `¥0.${String(attempt.discount.minor).padStart(2, '0')}`;
    expect(await page.getByTestId('taken-off').innerText()).toContain(
      attempt.discount.minor === '100' ? '¥1.00' : drawn,
    );
  });
});
