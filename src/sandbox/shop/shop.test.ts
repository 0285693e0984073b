import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startApiStandIn } from '../../../test/browser/api-stand-in.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { startShop, type Shop } from './shop.ts';

const api = await startApiStandIn();
const dataDir = mkdtempSync(join(tmpdir(), 'hutong-shop-'));
const shop = await openShop();
afterAll(async () => {
  await shop.stop();
  await api.stop();
  rmSync(dataDir, { recursive: true });
});
beforeEach(() => {
  api.isDown = false;
  api.quotes = null;
  api.paymentState = 'requires_payment_method';
  api.calls.length = 0;
});

function openShop(): Promise<Shop> {
  return startShop({
    port: 0,
    host: '127.0.0.1',
    hutongUrl: api.url,
    apiKey: 'hk_test_1',
    webhookSecret: api.secret,
    dataDir,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
}

function press(
  path: string,
  form: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(shop.url + path, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' });
}

async function buyTea(): Promise<string> {
  const reply = await press('/buy', { product: 'tea' });
  expect(reply.status).toBe(303);
  return /pay_(\w+)\//.exec(reply.headers.get('location') ?? '')?.[1] ?? '';
}

async function tell(id: string, type: string, data: object): Promise<number> {
  const { headers, body } = api.sign(id, { type, data });
  return (await fetch(`${shop.url}/webhooks`, { method: 'POST', headers, body })).status;
}

async function stateOf(orderNo: string, at: Shop = shop): Promise<string | undefined> {
  const text = await (await fetch(`${at.url}/orders/${orderNo}/state`)).text();
  return /"state":"(\w+)"/.exec(text)?.[1];
}

/** What the order page says of money, by name. */
function figures(page: string): Record<string, string> {
  return Object.fromEntries(
    [...page.matchAll(/<dd data-testid="([\w-]+)">([^<]*)</g)].map(([, name, said]) => [name, said]),
  );
}

describe('what a product costs', () => {
  const quote = (wallet: string, pay: string, saved: string) => ({
    wallet,
    to_pay: { currency: 'CNY', minor: pay },
    saved: { currency: 'CNY', minor: saved },
  });
  const productPage = async () => await (await fetch(`${shop.url}/products/tea`)).text();

  test('is said with the wallet that makes it cheapest', async () => {
    api.quotes = [quote('unionpay', '12300', '500'), quote('alipay', '12800', '0')];
    const page = await productPage();
    expect(page).toContain('到手价');
    expect(page).toMatch(/¥123\.00<\/span> <span class="best-wallet">云闪付</);
    expect(page).toContain('省 ¥5.00');
    expect(api.calls[0]?.[2]).toMatchObject({ amount: { minor: '12800' }, buyer: { id: 'shopper-lin' } });
  });

  test('names no wallet where all cost the same', async () => {
    api.quotes = [quote('unionpay', '12300', '500'), quote('alipay', '12300', '500')];
    expect(await productPage()).not.toContain('best-wallet');
  });

  test.each([
    ['nothing is taken off', [quote('unionpay', '12800', '0')], false],
    ['no wallet is there', [], false],
    ['the shop may not ask', null, false],
    ['Hutong is away', null, true],
  ])('is the plain price where %s', async (_, quotes, isDown) => {
    Object.assign(api, { quotes, isDown });
    const page = await productPage();
    expect(page).toContain('data-testid="price">¥128.00');
    expect(page).not.toContain('到手价');
  });
});

describe('who buys', () => {
  async function become(shopper: string, back = '/') {
    return await press('/shopper', { shopper, back });
  }

  test.each([
    ['zhao', { id: 'shopper-zhao', staff: false }],
    ['staff', { id: 'staff-hu', staff: true }],
    ['guest', undefined],
  ])('%s is what the payment is told', async (shopper, buyer) => {
    const cookie = (await become(shopper)).headers.getSetCookie()[0]?.split(';')[0] ?? '';
    await press('/buy', { product: 'tea' }, { cookie });
    expect(api.calls[0]?.[2]['buyer']).toEqual(buyer);
  });

  test.each([
    ['/products/tea', '/products/tea?lang=zh-CN'],
    ['//evil.example', '/?lang=zh-CN'],
    ['https://evil.example', '/?lang=zh-CN'],
    ['/orders/../../x', '/?lang=zh-CN'],
  ])('is changed on %s and goes on at %s', async (back, location) => {
    expect((await become('mei', back)).headers.get('location')).toBe(location);
  });

  test('is nobody else than the people of the shop', async () => {
    expect((await become('root')).status).toBe(400);
    const page = await (await fetch(shop.url, { headers: { cookie: 'shop_buyer="><script>' } })).text();
    expect(page).toContain('</span>林小雨</summary>');
    expect(page).not.toContain('<script>');
  });
});

describe('buying', () => {
  test('makes a payment over the API and sends the buyer to the cashier', async () => {
    const orderNo = await buyTea();
    expect(orderNo).toMatch(/^\d{8}[2-9A-HJ-NP-Z]{10}$/);
    expect(api.calls).toEqual([
      [
        'POST /v1/payments',
        `pay-${orderNo}`,
        {
          order_no: orderNo,
          amount: { currency: 'CNY', minor: '12800' },
          subject: '明前龙井 50 克',
          items: [{ id: 'tea', name: '明前龙井 50 克', quantity: 1, amount_minor: '12800' }],
          buyer: { id: 'shopper-lin', staff: false },
          return_url: `${shop.url}/orders/${orderNo}?lang=zh-CN`,
          expires_in_seconds: 900,
        },
      ],
    ]);
    expect(await stateOf(orderNo)).toBe('unpaid');
  });

  test('another site cannot press the button', async () => {
    expect((await press('/buy', { product: 'tea' }, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await press('/buy', { product: 'tea' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(api.calls).toEqual([]);
  });

  test.each([
    ['/buy', { product: 'nothing' }, 404],
    ['/orders/nothing/refund', {}, 404],
    ['/orders/nothing/pay', {}, 404],
  ])('%s of a thing that is not there is 404', async (path, form, status) => {
    expect((await press(path, form)).status).toBe(status);
  });

  test('a body without end is refused', async () => {
    const reply = await fetch(`${shop.url}/webhooks`, { method: 'POST', body: 'x'.repeat(70_000) });
    expect(reply.status).toBe(413);
  });
});

describe('webhooks', () => {
  test('a genuine one marks the order paid, and the second time changes nothing', async () => {
    const orderNo = await buyTea();
    api.paymentState = 'succeeded';
    expect(await tell('evt_1', 'payment.succeeded', api.paymentOf(orderNo, '12800'))).toBe(204);
    expect(await tell('evt_1', 'payment.succeeded', api.paymentOf(orderNo, '12800'))).toBe(204);
    expect(await stateOf(orderNo)).toBe('paid');
    const page = await (await fetch(`${shop.url}/orders/${orderNo}`)).text();
    expect(page.match(/evt_1/g)).toHaveLength(1);
  });

  test('a forged one changes nothing', async () => {
    const orderNo = await buyTea();
    api.paymentState = 'succeeded';
    const { headers, body } = api.sign('evt_2', { type: 'payment.succeeded', data: api.paymentOf(orderNo, '12800') });
    const forged = body.replace('"succeeded"', '"succeeded" ');
    expect((await fetch(`${shop.url}/webhooks`, { method: 'POST', headers, body: forged })).status).toBe(400);
    expect((await fetch(`${shop.url}/webhooks`, { method: 'POST', body })).status).toBe(400);
    expect(await stateOf(orderNo)).toBe('unpaid');
  });

  test('one about another amount changes nothing', async () => {
    const orderNo = await buyTea();
    api.paymentState = 'succeeded';
    expect(await tell('evt_3', 'payment.succeeded', api.paymentOf(orderNo, '1'))).toBe(204);
    expect(await stateOf(orderNo)).toBe('unpaid');
  });

  test('one of a type that came later, or about an order of another shop, is taken and left alone', async () => {
    const orderNo = await buyTea();
    expect(await tell('evt_4', 'payment.disputed', api.paymentOf(orderNo, '12800'))).toBe(204);
    expect(await tell('evt_5', 'payment.succeeded', api.paymentOf('other', '12800'))).toBe(204);
    expect(await stateOf(orderNo)).toBe('unpaid');
  });
});

test('a refund is asked for once however often the button is pressed, and the webhook finishes it', async () => {
  const orderNo = await buyTea();
  api.paymentState = 'succeeded';
  await tell('evt_6', 'payment.succeeded', api.paymentOf(orderNo, '12800'));
  await press(`/orders/${orderNo}/refund`);
  await press(`/orders/${orderNo}/refund`);
  const refunds = api.calls.filter(([path]) => path.endsWith('/refunds'));
  expect(refunds).toHaveLength(1);
  expect(refunds[0]?.[2]).toMatchObject({ refund_no: `R${orderNo}` });
  expect(await stateOf(orderNo)).toBe('refunding');
  expect(await tell('evt_7', 'refund.succeeded', api.refundOf(orderNo, 'succeeded'))).toBe(204);
  expect(await stateOf(orderNo)).toBe('refunded');
  const page = await (await fetch(`${shop.url}/orders/${orderNo}`)).text();
  expect(figures(page)).toEqual({
    paid: '¥123.00',
    'taken-off': '−¥5.00',
    'refund-to-buyer': '¥94.00',
    'refund-to-others': '¥5.00',
  });
});

test('when no webhook came, the shop can ask', async () => {
  const orderNo = await buyTea();
  await press(`/orders/${orderNo}/check`);
  expect(await stateOf(orderNo)).toBe('unpaid');
  api.paymentState = 'succeeded';
  await press(`/orders/${orderNo}/check`);
  expect(await stateOf(orderNo)).toBe('paid');
});

test('orders are still there after a restart', async () => {
  const orderNo = await buyTea();
  api.paymentState = 'succeeded';
  await tell('evt_8', 'payment.succeeded', api.paymentOf(orderNo, '12800'));
  const again = await openShop();
  expect(await stateOf(orderNo, again)).toBe('paid');
  await again.stop();
});

test('a Hutong that is away is told in words, and the order can be paid later', async () => {
  api.isDown = true;
  const reply = await press('/buy', { product: 'cup' });
  expect(reply.status).toBe(502);
  const page = await reply.text();
  expect(page).toContain('暂时无法下单付款');
  const orderPath = /href="(\/orders\/\w+)\?/.exec(page)?.[1] ?? '';
  api.isDown = false;
  const paying = await press(`${orderPath}/pay`);
  expect(paying.headers.get('location')).toContain('/c/pay_');
});
