import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountsOf } from './books.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

let orders = 0;

/** A payment of 12.34 with an app order begun; returns the payment's id and the wallet's order number. */
async function begin(minor = '1234'): Promise<{ id: string; orderNo: string }> {
  orders += 1;
  const created = await server.call('POST', '/v1/payments', {
    order_no: `order-${orders}`,
    amount: { currency: 'CNY', minor },
    subject: '龙井茶 250 克',
    return_url: 'http://127.0.0.1:9/orders/1',
  });
  expect(created.status).toBe(201);
  const started = await server.call('POST', `/v1/payments/${created.json.id}/attempts`, {
    wallet: 'unionpay',
    scene: 'app',
  });
  expect(started.status, JSON.stringify(started.json)).toBe(201);
  expect(started.json.next_action).toMatchObject({ type: 'app_order' });
  return { id: created.json.id, orderNo: started.json.id.slice('att_'.length) };
}

const show = async (id: string) => (await server.call('GET', `/v1/payments/${id}`)).json;
const inState = (id: string, state: string) =>
  eventually(`${id} to be ${state}`, async () => {
    const payment = await show(id);
    return payment.state === state && payment;
  });

describe('a payment through the 云闪付 app', () => {
  test('succeeds when the buyer pays, and the ledger has it twice', async () => {
    const before = await accountsOf(server);
    const { id, orderNo } = await begin();
    expect((await show(id)).state).toBe('requires_action');
    server.unionpay.pay(orderNo);
    const payment = await inState(id, 'succeeded');
    expect(payment.wallet).toBe('unionpay');
    expect(payment.attempts).toMatchObject([{ outcome: 'succeeded', settled: 'accepted', failure: null }]);
    const after = await accountsOf(server);
    expect(after.walletReceivable - before.walletReceivable).toBe(1234n);
    expect(after.merchantPayable - before.merchantPayable).toBe(1234n);
  });

  test('a refund goes back through the wallet, part by part, never above what was paid', async () => {
    const { id, orderNo } = await begin('1000');
    server.unionpay.pay(orderNo);
    await inState(id, 'succeeded');
    const before = await accountsOf(server);
    const part = await server.call('POST', `/v1/payments/${id}/refunds`, { amount: { currency: 'CNY', minor: '300' } });
    expect(part.status, JSON.stringify(part.json)).toBe(201);
    expect(part.json.state).toBe('pending');
    const tooMuch = await server.call('POST', `/v1/payments/${id}/refunds`, {
      amount: { currency: 'CNY', minor: '701' },
    });
    expect(tooMuch.status).toBe(409);
    expect(tooMuch.json).toMatchObject({ code: 'refund_exceeds_payment', param: 'amount.minor', left_minor: '700' });
    await eventually(
      'the refund',
      async () => (await server.call('GET', `/v1/refunds/${part.json.id}`)).json.state === 'succeeded',
    );
    const rest = await server.call('POST', `/v1/payments/${id}/refunds`, { reason: '客人退货' });
    await eventually(
      'the rest',
      async () => (await server.call('GET', `/v1/refunds/${rest.json.id}`)).json.state === 'succeeded',
    );
    expect((await show(id)).refunded).toEqual({ currency: 'CNY', minor: '1000' });
    const after = await accountsOf(server);
    expect(after.merchantPayable - before.merchantPayable).toBe(-1000n);
    expect(after.walletReceivable - before.walletReceivable).toBe(-1000n);
    expect(after.refundsInFlight).toBe(0n);
  });

  test('a hundred parallel refunds of two percent: exactly fifty pass', async () => {
    const { id, orderNo } = await begin('5000');
    server.unionpay.pay(orderNo);
    await inState(id, 'succeeded');
    const replies = await Promise.all(
      Array.from({ length: 100 }, () =>
        server.call('POST', `/v1/payments/${id}/refunds`, { amount: { currency: 'CNY', minor: '100' } }),
      ),
    );
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(50);
    expect(replies.filter((reply) => reply.json.code === 'refund_exceeds_payment')).toHaveLength(50);
    await eventually('all refunds', async () => (await show(id)).refunded.minor === '5000');
  });

  test('money that comes after the merchant canceled goes back by itself', async () => {
    const { id, orderNo } = await begin();
    const canceled = await server.call('POST', `/v1/payments/${id}/cancel`);
    expect(canceled.status, JSON.stringify(canceled.json)).toBe(200);
    expect(canceled.json).toMatchObject({ state: 'canceled', cancellation_reason: 'requested_by_merchant' });
    server.unionpay.pay(orderNo);
    const refund = await eventually('the automatic refund', async () => {
      const { json } = await server.call('GET', `/v1/refunds?payment_id=${id}`);
      return json.data[0]?.state === 'succeeded' && json.data[0];
    });
    expect(refund).toMatchObject({ automatic: true, method: 'void', amount: { minor: '1234' } });
    expect((await show(id)).state).toBe('canceled');
    expect((await accountsOf(server)).suspense).toBe(0n);
  });

  test('when two attempts are both paid, one counts and the other goes back', async () => {
    const { id, orderNo } = await begin();
    const second = await server.call('POST', `/v1/payments/${id}/attempts`, { wallet: 'unionpay', scene: 'app' });
    expect(second.status, JSON.stringify(second.json)).toBe(201);
    server.unionpay.pay(orderNo);
    server.unionpay.pay(second.json.id.slice('att_'.length));
    await inState(id, 'succeeded');
    await eventually('the automatic refund', async () => {
      const { json } = await server.call('GET', `/v1/refunds?payment_id=${id}`);
      return json.data[0]?.state === 'succeeded';
    });
    const { attempts } = await show(id);
    expect(attempts.map((attempt: { settled: string }) => attempt.settled).sort()).toEqual(['accepted', 'surplus']);
  });

  test('two hundred requests with one key make one payment and hear the same', async () => {
    const body = {
      order_no: 'twins',
      amount: { currency: 'CNY', minor: '1' },
      subject: '茶',
      return_url: 'https://shop.example/x',
    };
    const headers = { 'idempotency-key': 'twins-1' };
    const replies = await Promise.all(
      Array.from({ length: 200 }, () => server.call('POST', '/v1/payments', body, headers)),
    );
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([201]));
    expect(new Set(replies.map((reply) => reply.json.id)).size).toBe(1);
    expect(replies.filter((reply) => reply.headers.get('idempotency-replayed') === 'true')).toHaveLength(199);
    const other = await server.call('POST', '/v1/payments', { ...body, subject: '咖啡' }, headers);
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
    const taken = await server.call('POST', '/v1/payments', body);
    expect(taken).toMatchObject({ status: 409, json: { code: 'order_no_taken', param: 'order_no' } });
  });

  test('the buyer may decline and try again', async () => {
    const { id, orderNo } = await begin();
    server.unionpay.decline(orderNo, '64');
    expect((await show(id)).state).toBe('requires_action');
  });
});
