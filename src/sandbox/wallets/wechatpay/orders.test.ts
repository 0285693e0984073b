import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ask,
  codeOrderOf,
  get,
  orderOf,
  paid,
  pathOf,
  post,
  refundOf,
  startTestSandbox,
  type TestSandbox,
} from './test-merchant.ts';

const NATIVE = '/v3/pay/transactions/native';
const CODEPAY = '/v3/pay/transactions/codepay';
const REFUNDS = '/v3/refund/domestic/refunds';
const HOUR_MS = 3_600_000;

let at: TestSandbox;
beforeAll(async () => {
  at = await startTestSandbox();
});
afterAll(() => at.sandbox.stop());

const isScanned = async (text: unknown): Promise<boolean> => {
  const url = `${at.sandbox.url}/sandbox/scan?text=${encodeURIComponent(String(text))}`;
  return (await fetch(url, { redirect: 'manual' })).status === 303;
};

describe('the same order again', () => {
  test('with equal parameters gets a new QR code, and the old one is dead', async () => {
    const order = orderOf(at);
    const first = await post(at, NATIVE, order);
    expect(await isScanned(first.json['code_url'])).toBe(true);
    const turned = Object.fromEntries(Object.entries(order).reverse());
    const second = await post(at, NATIVE, turned);
    expect(second.status).toBe(200);
    expect(second.json['code_url']).not.toBe(first.json['code_url']);
    expect([await isScanned(first.json['code_url']), await isScanned(second.json['code_url'])]).toEqual([false, true]);
  });

  test('with other parameters, once paid, or once closed is refused', async () => {
    const order = orderOf(at);
    await post(at, NATIVE, order);
    const differs = await post(at, NATIVE, { ...order, description: '茶' });
    expect(differs).toMatchObject({ status: 400, json: { code: 'INVALID_REQUEST' } });
    expect(differs.headers.get('request-id')).toMatch(/-268498688$/);
    at.sandbox.pay(String(order['out_trade_no']));
    expect(await post(at, NATIVE, order)).toMatchObject({ status: 400, json: { code: 'ORDER_PAID' } });
    const other = orderOf(at);
    await post(at, NATIVE, other);
    await post(at, `${pathOf(other)}/close`, { mchid: at.settings.mchid });
    expect(await post(at, NATIVE, other)).toMatchObject({ status: 400, json: { code: 'ORDER_CLOSED' } });
  });
});

describe('time', () => {
  test('a QR code lives for two hours, the order for seven days', async () => {
    const order = orderOf(at);
    const { json } = await post(at, NATIVE, order);
    at.clock.advanceMs(2 * HOUR_MS + 1000);
    expect(await isScanned(json['code_url'])).toBe(false);
    expect(await isScanned((await post(at, NATIVE, order)).json['code_url'])).toBe(true);
    at.clock.advanceMs(7 * 24 * HOUR_MS);
    expect(() => at.sandbox.pay(String(order['out_trade_no']))).toThrow(/past its time/);
  });

  test('the end of payment is not the end of the order: it stays NOTPAY until it is closed', async () => {
    const soon = new Date(at.clock.now().getTime() + 1000).toISOString().replace(/\.\d+Z/, '+00:00');
    const order = orderOf(at, { time_expire: soon });
    await post(at, NATIVE, order);
    at.clock.advanceMs(59_000); // sooner than a minute is a minute
    expect((await ask(at, order)).json['trade_state']).toBe('NOTPAY');
    at.clock.advanceMs(2000);
    expect(() => at.sandbox.pay(String(order['out_trade_no']))).toThrow(/past its time/);
    expect((await ask(at, order)).json['trade_state']).toBe('NOTPAY');
    expect(await post(at, `${pathOf(order)}/close`, { mchid: at.settings.mchid })).toMatchObject({ status: 204 });
    expect((await ask(at, order)).json['trade_state']).toBe('CLOSED');
  });
});

describe('asking and closing', () => {
  test('an unpaid order lacks what is not there yet', async () => {
    const order = orderOf(at);
    await post(at, NATIVE, order);
    const { json } = await ask(at, order);
    expect(json).not.toHaveProperty('transaction_id');
    expect(json).not.toHaveProperty('success_time');
    at.sandbox.decline(String(order['out_trade_no']));
    expect((await ask(at, order)).json['trade_state'], 'the buyer may try again').toBe('NOTPAY');
  });

  test('a paid order is found by both numbers, and cannot be closed', async () => {
    const order = await paid(at);
    const { json } = await ask(at, order);
    expect(json).toMatchObject({ trade_state: 'SUCCESS', trade_type: 'NATIVE', amount: { total: 1234 } });
    const byId = await get(at, `/v3/pay/transactions/id/${String(json['transaction_id'])}?mchid=${at.settings.mchid}`);
    expect(byId.json).toEqual(json);
    expect(await post(at, `${pathOf(order)}/close`, { mchid: at.settings.mchid })).toMatchObject({
      json: { code: 'ORDER_PAID' },
    });
    const none = orderOf(at);
    expect(await ask(at, none)).toMatchObject({ status: 404, json: { code: 'ORDER_NOT_EXIST' } });
    expect(await post(at, `${pathOf(none)}/close`, { mchid: at.settings.mchid })).toMatchObject({ status: 404 });
  });
});

describe('payment codes', () => {
  const reverse = (order: Record<string, unknown>) =>
    post(at, `${pathOf(order)}/reverse`, { appid: at.settings.appid, mchid: at.settings.mchid });

  test('are charged at once, once', async () => {
    const code = at.sandbox.paymentCode('pays');
    const order = codeOrderOf(at, code);
    const told = await post(at, CODEPAY, order);
    expect(told).toMatchObject({ status: 200, json: { trade_state: 'SUCCESS', trade_type: 'MICROPAY' } });
    expect((await post(at, CODEPAY, codeOrderOf(at, code))).json).toMatchObject({ code: 'AUTH_CODE_INVALID' });
    expect(await post(at, `${pathOf(order)}/close`, { mchid: at.settings.mchid })).toMatchObject({
      json: { code: 'INVALID_REQUEST' },
    });
    expect(at.sandbox.notificationsSent().filter((one) => one.orderNo === order['out_trade_no'])).toEqual([]);
  });

  test('wait for the PIN, and are undone while they wait', async () => {
    const order = codeOrderOf(at, at.sandbox.paymentCode('asks_pin'));
    expect(await post(at, CODEPAY, order)).toMatchObject({ status: 202, json: { code: 'USERPAYING' } });
    expect((await ask(at, order)).json['trade_state']).toBe('USERPAYING');
    expect(await reverse(order)).toMatchObject({ status: 200, json: { out_trade_no: order['out_trade_no'] } });
    expect(await reverse(order)).toMatchObject({ status: 200 });
    expect((await ask(at, order)).json['trade_state']).toBe('REVOKED');
    expect(() => at.sandbox.pay(String(order['out_trade_no']))).toThrow(/over/);
  });

  test('are undone after they were paid: the money goes back', async () => {
    const order = codeOrderOf(at, at.sandbox.paymentCode('pays'));
    await post(at, CODEPAY, order);
    expect(await reverse(order)).toMatchObject({ status: 200 });
    expect(at.sandbox.orders({ orderNo: String(order['out_trade_no']) })).toMatchObject([
      { refunded_fen: '1234', trade_state: 'REVOKED' },
    ]);
    expect(await post(at, REFUNDS, refundOf(order, 1))).toMatchObject({ status: 404 });
  });

  test('that cannot pay are refused for good', async () => {
    const order = codeOrderOf(at, at.sandbox.paymentCode('declines'));
    expect(await post(at, CODEPAY, order)).toMatchObject({ status: 403, json: { code: 'NOT_ENOUGH' } });
    expect((await ask(at, order)).json['trade_state']).toBe('PAYERROR');
  });

  test('an order by QR code cannot be reversed, and an appid is needed', async () => {
    const order = await paid(at);
    expect(await reverse(order)).toMatchObject({ status: 400, json: { code: 'INVALID_REQUEST' } });
    expect(await post(at, `${pathOf(order)}/reverse`, { mchid: at.settings.mchid })).toMatchObject({ status: 500 });
  });
});

describe('refunds', () => {
  test('are one when they are asked for twice, and differ in nothing', async () => {
    const order = await paid(at);
    const body = refundOf(order, 600);
    const first = await post(at, REFUNDS, body);
    expect(first).toMatchObject({ status: 200, json: { channel: 'ORIGINAL', amount: { refund: 600, total: 1234 } } });
    expect((await post(at, REFUNDS, body)).json['refund_id']).toBe(first.json['refund_id']);
    const other = { ...body, amount: { refund: 601, total: 1234, currency: 'CNY' } };
    expect(await post(at, REFUNDS, other)).toMatchObject({ status: 400, json: { code: 'INVALID_REQUEST' } });
    expect((await ask(at, order)).json['trade_state']).toBe('REFUND');
  });

  test('never exceed the payment, tell its amount rightly, and are of a paid order of this merchant', async () => {
    const order = await paid(at);
    expect(await post(at, REFUNDS, refundOf(order, 1235))).toMatchObject({ json: { code: 'INVALID_REQUEST' } });
    await post(at, REFUNDS, refundOf(order, 1000));
    expect(await post(at, REFUNDS, refundOf(order, 235))).toMatchObject({ json: { code: 'INVALID_REQUEST' } });
    const wrongTotal = refundOf(order, 1, { amount: { refund: 1, total: 1233, currency: 'CNY' } });
    expect(await post(at, REFUNDS, wrongTotal)).toMatchObject({ json: { code: 'PARAM_ERROR' } });
    const unpaid = orderOf(at);
    await post(at, NATIVE, unpaid);
    expect(await post(at, REFUNDS, refundOf(unpaid, 1))).toMatchObject({
      status: 404,
      json: { code: 'RESOURCE_NOT_EXISTS' },
    });
    const stranger = { ...at, settings: at.sandbox.extraMerchants[0] ?? at.settings };
    expect(await post(stranger, REFUNDS, refundOf(order, 1))).toMatchObject({ status: 404 });
    expect(await get(at, `${REFUNDS}/NONE`)).toMatchObject({ status: 404, json: { code: 'RESOURCE_NOT_EXISTS' } });
  });

  test('are at most fifty, and within a year', async () => {
    const order = await paid(at);
    for (let part = 0; part < 50; part++)
      expect(await post(at, REFUNDS, refundOf(order, 1))).toMatchObject({ status: 200 });
    expect(await post(at, REFUNDS, refundOf(order, 1))).toMatchObject({ json: { code: 'INVALID_REQUEST' } });
    const old = await paid(at);
    at.clock.advanceMs(366 * 24 * HOUR_MS);
    expect(await post(at, REFUNDS, refundOf(old, 1))).toMatchObject({ json: { code: 'INVALID_REQUEST' } });
  });

  test('end otherwise when the sandbox is told so', async () => {
    for (const [code, status] of [
      ['ABNORMAL', 'ABNORMAL'],
      ['NOT_ENOUGH', 'CLOSED'],
    ]) {
      const order = await paid(at);
      at.sandbox.setFault({ operation: 'outcome', kind: 'code', value: code ?? '', times: 1 });
      const body = refundOf(order, 34);
      await post(at, REFUNDS, body);
      const path = `${REFUNDS}/${String(body['out_refund_no'])}`;
      await expect.poll(async () => (await get(at, path)).json['status']).toBe(status);
    }
  });
});
