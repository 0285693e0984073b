import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { IDEMPOTENCY_REPLY_HOURS, LEASE_SECONDS, REFUND_LOST_SECONDS } from '../src/base/limits.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { sweepKeys } from '../src/db/idempotency-store.ts';
import { accountsOf } from './books.ts';
import { callApi, eventually, freePort, startTestServer, type TestServer } from './server.ts';

/* The clock stands still until a test moves it; loops look at rows in real time and judge them by this clock. */
const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;

let clock: ManualClock;
let server: TestServer;
beforeAll(async () => {
  clock = new ManualClock(new Date());
  server = await startTestServer({ clock, notifyDelaysMs: [0, 200, 400], refundDelayMs: 0 });
});
afterAll(() => server.close());

let orders = 0;

const newOrder = () => ({
  order_no: `expiry-${(orders += 1)}`,
  amount: { currency: 'CNY', minor: '5000' },
  subject: '普洱茶饼',
  return_url: 'https://shop.example/orders',
  expires_in_seconds: 900,
});
const create = async (): Promise<string> => (await server.call('POST', '/v1/payments', newOrder())).json.id;

async function startAttempt(id: string): Promise<string> {
  const started = await server.call('POST', `/v1/payments/${id}/attempts`, { wallet: 'unionpay', scene: 'app' });
  expect(started.status, JSON.stringify(started.json)).toBe(201);
  return started.json.id.slice('att_'.length);
}

const show = async (id: string) => (await server.call('GET', `/v1/payments/${id}`)).json;
const inState = (id: string, state: string) =>
  eventually(`${id} to be ${state}`, async () => {
    const payment = await show(id);
    return payment.state === state && payment;
  });

async function paid(): Promise<string> {
  const id = await create();
  server.unionpay.pay(await startAttempt(id));
  await inState(id, 'succeeded');
  return id;
}

const refundsOf = async (id: string) => (await server.call('GET', `/v1/refunds?payment_id=${id}`)).json.data;
const backAgain = (id: string) =>
  eventually('the money to go back', async () => {
    const refund = (await refundsOf(id)).find((one: { state: string }) => one.state === 'succeeded');
    return refund;
  });
const eventsOf = async (id: string) =>
  (await server.call('GET', `/v1/events?limit=100`)).json.data.filter(
    (event: { object_id: string }) => event.object_id === id,
  );

/** Resolves when the loops are done with everything that is due by now; what is in hand is leased from now on. */
async function allLookedAt(): Promise<void> {
  const leaseEnd = new Date(clock.now().getTime() + LEASE_SECONDS * SECOND_MS);
  await eventually('the due rows to be looked at', async () => {
    const rows = await server.sql`
      select 1 from payments where due_at <= ${clock.now()} or due_at = ${leaseEnd}
      union all select 1 from attempts where due_at <= ${clock.now()} or due_at = ${leaseEnd}
      union all select 1 from refunds where due_at <= ${clock.now()} or due_at = ${leaseEnd}`;
    return rows.length === 0;
  });
}

describe('a payment that nobody pays', () => {
  test('is canceled as expired when its time is over, not a moment earlier, and the shop is told', async () => {
    const id = await create();
    clock.advanceMs(900 * SECOND_MS - 1);
    await allLookedAt();
    expect(await show(id)).toMatchObject({ state: 'requires_payment_method', cancellation_reason: null });
    clock.advanceMs(1);
    const payment = await inState(id, 'canceled');
    expect(payment).toMatchObject({ cancellation_reason: 'expired', cancel_requested_at: null, attempts: [] });
    expect(await eventsOf(id)).toMatchObject([
      { type: 'payment.canceled', data: { id, state: 'canceled', cancellation_reason: 'expired' } },
    ]);
    const late = await server.call('POST', `/v1/payments/${id}/attempts`, { wallet: 'unionpay', scene: 'app' });
    expect(late).toMatchObject({ status: 409, json: { code: 'payment_not_payable' } });
    const canceled = await server.call('POST', `/v1/payments/${id}/cancel`);
    expect(canceled).toMatchObject({ status: 200, json: { state: 'canceled', cancellation_reason: 'expired' } });
  });

  test('takes no new attempt at the very instant of its end, although nobody has canceled it yet', async () => {
    const id = await create();
    clock.advanceMs(900 * SECOND_MS);
    const late = await server.call('POST', `/v1/payments/${id}/attempts`, { wallet: 'unionpay', scene: 'app' });
    expect(late.json.code).toBe('payment_not_payable');
    await inState(id, 'canceled');
  });

  test('with an open order waits for the wallet, which is asked after its own time-out, and then ends', async () => {
    const id = await create();
    await startAttempt(id);
    clock.advanceMs(900 * SECOND_MS);
    await allLookedAt();
    expect((await show(id)).state).toBe('requires_action'); // the wallet's clock may be a little behind
    clock.advanceMs(3 * SECOND_MS);
    const payment = await inState(id, 'canceled');
    expect(payment).toMatchObject({
      cancellation_reason: 'expired',
      attempts: [{ outcome: 'failed', failure: { reason: 'expired' } }],
    });
    expect(await eventsOf(id)).toMatchObject([{ type: 'payment.canceled' }]);
  });

  test('is not canceled while the wallet gives no answer that can be believed; it is when one comes', async () => {
    const id = await create();
    await startAttempt(id);
    server.unionpay.setFault({ operation: 'query', kind: 'bad_signature' });
    clock.advanceMs(903 * SECOND_MS);
    await inState(id, 'processing');
    clock.advanceMs(2 * HOUR_MS);
    await allLookedAt();
    expect((await show(id)).state).toBe('processing');
    server.unionpay.clearFaults();
    clock.advanceMs(2 * HOUR_MS);
    expect(await inState(id, 'canceled')).toMatchObject({ cancellation_reason: 'expired' });
  });
});

describe('money at the last moment', () => {
  test('that nobody told us of is found by asking before the payment is given up', async () => {
    const id = await create();
    const orderNo = await startAttempt(id);
    server.unionpay.setFault({ operation: 'notify', kind: 'silent', orderNo });
    clock.advanceMs(899 * SECOND_MS);
    await allLookedAt();
    server.unionpay.pay(orderNo);
    clock.advanceMs(10 * SECOND_MS);
    const payment = await inState(id, 'succeeded');
    expect(payment).toMatchObject({ cancellation_reason: null, attempts: [{ settled: 'accepted' }] });
    expect(await eventsOf(id)).toMatchObject([{ type: 'payment.succeeded' }]);
    server.unionpay.clearFaults();
  });

  test('counts, although an answer from before it was still on its way when the time ran out', async () => {
    const id = await create();
    const orderNo = await startAttempt(id);
    server.unionpay.setFault({ operation: 'notify', kind: 'silent', orderNo });
    clock.advanceMs(898 * SECOND_MS);
    await allLookedAt();
    // "Not yet", says the wallet, and its words take a while to arrive.
    server.unionpay.setFault({ operation: 'query', kind: 'slow', value: 600, orderNo, times: 1 });
    await server.sql`update attempts set due_at = ${clock.now()} where id = ${`att_${orderNo}`}`;
    await eventually('the wallet to be asked', async () => {
      const told = await (await fetch(`${server.unionpay.controlUrl}/faults`)).text();
      const { data }: { data: object[] } = JSON.parse(told); // the reply names every kind besides
      return !JSON.stringify(data).includes('"slow"');
    });
    server.unionpay.pay(orderNo);
    clock.advanceMs(2 * SECOND_MS + 1);
    await eventually('the answer to arrive', async () => {
      const [row] = await server.sql`select asks_count from attempts where id = ${`att_${orderNo}`}`;
      return row?.['asks_count'] === 2;
    });
    clock.advanceMs(10 * SECOND_MS);
    await inState(id, 'succeeded');
    server.unionpay.clearFaults();
  });

  test('by the clock of a wallet that is a little behind counts, although we asked before it came', async () => {
    const id = await create();
    const orderNo = await startAttempt(id);
    server.unionpay.setFault({ operation: 'notify', kind: 'silent', orderNo });
    clock.advanceMs(901 * SECOND_MS);
    await allLookedAt();
    await server.sql`update attempts set due_at = ${clock.now()} where id = ${`att_${orderNo}`}`;
    await allLookedAt();
    server.unionpay.pay(orderNo, { late: true });
    clock.advanceMs(2 * SECOND_MS);
    await inState(id, 'succeeded');
    server.unionpay.clearFaults();
  });

  test('from one of two orders counts; the other runs out without harm', async () => {
    const id = await create();
    const [first, second] = [await startAttempt(id), await startAttempt(id)];
    clock.advanceMs(898 * SECOND_MS);
    await allLookedAt();
    server.unionpay.pay(second);
    await inState(id, 'succeeded');
    await allLookedAt();
    clock.advanceMs(10 * SECOND_MS);
    const payment = await eventually('the other to run out', async () => {
      const shown = await show(id);
      return shown.attempts.every((attempt: { outcome: string }) => attempt.outcome !== 'pending') && shown;
    });
    expect(payment.state).toBe('succeeded');
    expect(payment.attempts.find((attempt: { id: string }) => attempt.id === `att_${first}`).outcome).toBe('failed');
    expect(await eventsOf(id)).toHaveLength(1);
  });
});

describe('money that comes after the end', () => {
  async function expired(): Promise<{ id: string; orderNo: string }> {
    const id = await create();
    const orderNo = await startAttempt(id);
    clock.advanceMs(903 * SECOND_MS);
    await inState(id, 'canceled');
    return { id, orderNo };
  }

  test('goes back whole by itself, and the shop is told of it', async () => {
    const before = await accountsOf(server);
    const { id, orderNo } = await expired();
    server.unionpay.pay(orderNo, { late: true });
    const refund = await backAgain(id);
    expect(refund).toMatchObject({ automatic: true, method: 'void', amount: { minor: '5000' } });
    expect(await show(id)).toMatchObject({ state: 'canceled', cancellation_reason: 'expired', paid_at: null });
    expect(await accountsOf(server)).toEqual(before);
    const told = (await eventsOf(refund.id)).map((event: { type: string }) => event.type);
    expect(new Set(told)).toEqual(new Set(['refund.created', 'refund.succeeded']));
  });

  test('goes back as a refund when it is too late to undo the payment itself', async () => {
    const { id, orderNo } = await expired();
    server.unionpay.setFault({ operation: 'void', kind: 'resp_code', value: '39', times: 1 });
    server.unionpay.pay(orderNo, { late: true });
    expect(await backAgain(id)).toMatchObject({ automatic: true, method: 'refund', amount: { minor: '5000' } });
    const ends = (await refundsOf(id)).map((one: { method: string; state: string }) => `${one.method} ${one.state}`);
    expect(new Set(ends)).toEqual(new Set(['void failed', 'refund succeeded']));
    expect((await accountsOf(server)).suspense).toBe(0n);
  });

  test('goes back even when it comes days later', async () => {
    const { id, orderNo } = await expired();
    clock.advanceMs(3 * DAY_MS);
    server.unionpay.pay(orderNo, { late: true });
    expect(await backAgain(id)).toMatchObject({ automatic: true, amount: { minor: '5000' } });
    expect((await accountsOf(server)).suspense).toBe(0n);
  });
});

describe('a refund', () => {
  test('that never reached the wallet has failed only when it can no longer be on its way; then it may be asked anew', async () => {
    const id = await paid();
    const before = await accountsOf(server);
    server.unionpay.setFault({ operation: 'refund', kind: 'html', times: 1 });
    const { json } = await server.call('POST', `/v1/payments/${id}/refunds`, {});
    await eventually('it to be sent', async () => {
      const [row] = await server.sql`select outcome from refunds where id = ${json.id}`;
      return row?.['outcome'] === 'unknown';
    });
    clock.advanceMs((REFUND_LOST_SECONDS - 1) * SECOND_MS);
    await allLookedAt();
    expect((await server.call('GET', `/v1/refunds/${json.id}`)).json.state).toBe('pending');
    expect((await server.call('POST', `/v1/payments/${id}/refunds`, {})).json.code).toBe('refund_exceeds_payment');
    clock.advanceMs(HOUR_MS);
    await eventually('it to fail', async () => {
      const { json: shown } = await server.call('GET', `/v1/refunds/${json.id}`);
      return shown.state === 'failed' && shown.failure.reason === 'not_found';
    });
    expect(await accountsOf(server)).toEqual(before);
    expect((await server.call('POST', `/v1/payments/${id}/refunds`, {})).status).toBe(201);
    await eventually('the new one', async () => (await show(id)).refunded.minor === '5000');
  });
});

describe('what is kept for a time', () => {
  test('a reply is repeated for two days; after that the order number still stands for one payment', async () => {
    const body = newOrder();
    const send = () => server.call('POST', '/v1/payments', body, { 'idempotency-key': 'kept-for-a-time' });
    const first = await send();
    clock.advanceMs(IDEMPOTENCY_REPLY_HOURS * HOUR_MS);
    await sweepKeys(server.sql, clock.now());
    const again = await send();
    expect(again).toMatchObject({ status: 201, json: first.json });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    clock.advanceMs(1);
    expect(await sweepKeys(server.sql, clock.now())).toBeGreaterThan(0);
    expect(await send()).toMatchObject({ status: 409, json: { code: 'order_no_taken' } });
  });

  test('an API key opens nothing from its last instant on', async () => {
    const expiresAt = new Date(clock.now().getTime() + HOUR_MS);
    const { deps } = server.cashier;
    const { token } = await createApiKey(deps, {
      merchantId: server.merchant.id,
      label: 'for an hour',
      scopes: ['read'],
      expiresAt,
    });
    const ask = () => callApi(server.url, token.reveal(), 'GET', '/v1/payments');
    clock.advanceMs(HOUR_MS - 2 * SECOND_MS);
    expect((await ask()).status).toBe(200);
    clock.advanceMs(2 * SECOND_MS);
    expect(await ask()).toMatchObject({ status: 401, json: { code: 'api_key_invalid' } });
  });

  test('a webhook waits for days while nobody listens, and then comes in order', async () => {
    const port = await freePort();
    const endpoint = await server.call('POST', '/v1/webhook-endpoints', { url: `http://127.0.0.1:${port}/` });
    const id = await paid();
    const { json: refund } = await server.call('POST', `/v1/payments/${id}/refunds`, {});
    await eventually('the refund', async () => (await show(id)).refunded.minor === '5000');
    for (let hours = 0; hours < 50; hours += 10) {
      clock.advanceMs(10 * HOUR_MS);
      await eventually('it to be tried', async () => {
        const rows = await server.sql`
          select 1 from webhook_deliveries d
          where endpoint_id = ${endpoint.json.id} and state = 'pending' and due_at <= ${clock.now()}
            and not exists (select 1 from webhook_deliveries e where e.endpoint_id = d.endpoint_id
              and e.object_id = d.object_id and e.object_seq < d.object_seq and e.state = 'pending')`;
        return rows.length === 0;
      });
    }
    const heard: string[] = [];
    const shop = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        const { type, data }: { type: string; data: { id: string } } = JSON.parse(text);
        if ([id, refund.id].includes(data.id)) heard.push(`${type} ${data.id}`);
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => shop.listen(port, '127.0.0.1', resolve));
    try {
      clock.advanceMs(2 * DAY_MS);
      await eventually('everything to be heard', async () => heard.length === 3);
    } finally {
      shop.closeAllConnections();
      shop.close();
    }
    expect(heard).toContain(`payment.succeeded ${id}`);
    expect(heard.filter((one) => one.endsWith(refund.id))).toEqual([
      `refund.created ${refund.id}`,
      `refund.succeeded ${refund.id}`,
    ]);
  });
});

test('when the wallet takes refunds no longer, we refuse them, and not a day earlier', async () => {
  const id = await paid();
  const other = await paid();
  clock.advanceMs(330 * DAY_MS);
  await server.ledger.prepareMonths(); // the minute that would have done it has not come
  const part = { amount: { currency: 'CNY', minor: '1' } };
  expect((await server.call('POST', `/v1/payments/${other}/refunds`, part)).status).toBe(201);
  clock.advanceMs(SECOND_MS);
  const late = await server.call('POST', `/v1/payments/${id}/refunds`, part);
  expect(late).toMatchObject({ status: 409, json: { code: 'payment_not_refundable', refund_window_days: 330 } });
  expect(await refundsOf(id)).toEqual([]);
});
