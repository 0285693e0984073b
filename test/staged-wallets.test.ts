import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { idLetters } from '../src/base/id.ts';
import { openBuyerView } from '../src/cashier/buyer-view.ts';
import { NOWHERE } from '../src/cashier/payment-decision.ts';
import { type PretendRollout, pretendRollouts } from '../src/cashier/pretend-rollouts.ts';
import { plainOffers } from '../src/offers/plain-offers.ts';
import type { Metric } from '../src/rollout/rollouts.ts';
import { eventually, startTestServer, type TestReply, type TestServer } from './server.ts';

let clock: ManualClock;
let server: TestServer;
beforeAll(async () => {
  clock = new ManualClock(new Date());
  server = await startTestServer({ clock });
});
afterAll(() => server.close());

let rollouts = 0;
let rollout: PretendRollout;
beforeEach(() => {
  server.unionpay.clearFaults();
  rollout = {
    id: `rol_${(rollouts += 1)}`,
    arms: ['treatment'],
    isHalted: false,
    atRiskMax: null,
    slowMs: 60_000,
    observed: [],
  };
  server.cashier.deps.rollouts = pretendRollouts(rollout);
  server.cashier.deps.offers = plainOffers;
});

let orders = 0;
async function create(more: object = {}): Promise<string> {
  const { status, json } = await server.call('POST', '/v1/payments', {
    order_no: `staged-${(orders += 1)}`,
    amount: { currency: 'CNY', minor: '1000' },
    subject: '雨前龙井',
    return_url: 'https://shop.example/orders',
    ...more,
  });
  expect(status, JSON.stringify(json)).toBe(201);
  return json.id;
}

const start = (id: string): Promise<TestReply> =>
  server.call('POST', `/v1/payments/${id}/attempts`, { wallet: 'unionpay', scene: 'app' });
const show = async (id: string) => (await server.call('GET', `/v1/payments/${id}`)).json;
const decisionOf = async (id: string) => (await server.call('GET', `/v1/payments/${id}/decision`)).json;
const inState = (id: string, state: string) =>
  eventually(`${id} to be ${state}`, async () => (await show(id)).state === state);
const seen = (): Metric[] => rollout.observed.map(({ metric }) => metric).sort();

async function open(id: string) {
  const { cashier_url: url } = await show(id);
  const [, token = ''] = /\/c\/[^/]+\/([^/]+)/.exec(url) ?? [];
  return await openBuyerView(server.cashier, id, token, () => NOWHERE);
}

async function paid(): Promise<string> {
  const id = await create();
  const started = await start(id);
  expect(started.status, JSON.stringify(started.json)).toBe(201);
  server.unionpay.pay(idLetters(started.json.id));
  await inState(id, 'succeeded');
  return id;
}

describe('what a payment may see', () => {
  test('is decided once: pages, attempts and reloads agree, whatever would be dealt later', async () => {
    rollout.arms = ['treatment', 'control', 'outside'];
    const id = await create();
    expect((await decisionOf(id)).wallets).toEqual([]);
    const views = [await open(id), await open(id)];
    for (const view of views) expect(view.wallets.map(({ name }) => name)).toEqual(['unionpay']);
    expect(await start(id)).toMatchObject({ status: 201 });
    const [wallet] = (await decisionOf(id)).wallets;
    expect(wallet).toMatchObject({ wallet: 'unionpay', shown: true, shown_now: true, arm: 'treatment' });
  });

  test('is decided by the first attempt where nobody opened a page', async () => {
    rollout.arms = ['treatment', 'outside'];
    const id = await create();
    expect(await start(id)).toMatchObject({ status: 201 });
    expect((await open(id)).decision?.wallets[0]?.arm).toBe('treatment');
  });

  test('is one thing for many who come at once', async () => {
    rollout.arms = ['treatment', 'control', 'treatment', 'outside', 'treatment'];
    const id = await create();
    const views = await Promise.all(Array.from({ length: 8 }, () => open(id)));
    expect(new Set(views.map(({ decision }) => decision?.wallets[0]?.arm)).size).toBe(1);
  });

  test('a wallet that is held back is not on the page and cannot be paid with', async () => {
    rollout.arms = ['control'];
    const id = await create();
    expect((await open(id)).wallets).toEqual([]);
    expect(await start(id)).toMatchObject({ status: 409, json: { code: 'wallet_not_available' } });
    expect((await server.call('GET', `/v1/payments/${id}/quote`)).json.quotes).toEqual([]);
    expect((await show(id)).attempts).toEqual([]);
  });

  test('a halt hides the wallet from who has not begun, and who has begun finishes and may try again', async () => {
    const [begun, waiting] = [await create(), await create()];
    const started = await start(begun);
    await open(waiting);
    rollout.isHalted = true;
    expect((await open(waiting)).wallets).toEqual([]);
    expect(await start(waiting)).toMatchObject({ status: 409 });
    expect((await open(begun)).wallets).toHaveLength(1);
    expect(await start(begun)).toMatchObject({ status: 201 });
    server.unionpay.pay(idLetters(started.json.id));
    await inState(begun, 'succeeded');
    expect((await decisionOf(waiting)).wallets[0]).toMatchObject({ shown: true, shown_now: false });
  });

  test('only so much is at risk at once: the next one is told that the wallet is not available', async () => {
    rollout.atRiskMax = 1n;
    const [first, second] = [await create(), await create()];
    const started = await start(first);
    expect(started.status).toBe(201);
    expect(await start(second)).toMatchObject({ status: 409, json: { code: 'wallet_not_available' } });
    server.unionpay.pay(idLetters(started.json.id));
    await inState(first, 'succeeded');
    expect(await start(second)).toMatchObject({ status: 201 });
  });
});

test('one buyer who begins again and again does not take a staged wallet from all others', async () => {
  rollout.atRiskMax = 100n;
  const id = await create();
  const tries: number[] = [];
  for (let count = 0; count < 4; count++) tries.push((await start(id)).status);
  expect(tries).toEqual([201, 201, 201, 409]);
  expect((await start(await create())).status).toBe(201);
});

describe('what a rollout counts', () => {
  test('of a payment that went well: begun, then its end, each once', async () => {
    await paid();
    expect(seen()).toEqual(['begun', 'decided', 'first_succeeded', 'wallet_succeeded']);
    expect(rollout.observed.find(({ metric }) => metric === 'begun')).toEqual({
      rolloutId: rollout.id,
      version: 1,
      since: 1,
      step: 0,
      entered: 0,
      arm: 'treatment',
      payer: null, // the buyer is not named
      metric: 'begun',
    });
  });

  test('of one that was given up: that it failed, once', async () => {
    const id = await create();
    await start(id);
    await server.call('POST', `/v1/payments/${id}/cancel`);
    await inState(id, 'canceled');
    expect(seen().filter((metric) => metric !== 'wallet_failed')).toEqual(['begun', 'decided', 'first_failed']);
  });

  test('of the control arm the same, by the payments of other wallets: here none can be begun', async () => {
    rollout.arms = ['control'];
    await start(await create());
    expect(seen()).toEqual([]);
  });

  test('that nobody knew for a while', async () => {
    server.unionpay.setFault({ operation: 'pay', kind: 'drop_after' });
    const id = await create();
    const started = await start(id);
    server.unionpay.clearFaults();
    server.unionpay.pay(idLetters(started.json.id));
    await inState(id, 'succeeded');
    expect(seen()).toEqual(['begun', 'decided', 'first_succeeded', 'unknown', 'wallet_succeeded']);
  });

  test('that the wallet was slow', async () => {
    rollout.slowMs = -1; // every answer takes longer
    await start(await create());
    expect(seen()).toEqual(['begun', 'decided', 'slow']);
  });

  test('a refund, once, and a complaint, once', async () => {
    const id = await paid();
    for (const minor of ['100', '200']) {
      const refund = await server.call('POST', `/v1/payments/${id}/refunds`, { amount: { currency: 'CNY', minor } });
      expect(refund.status).toBe(201);
    }
    await eventually('both refunds', async () => {
      clock.advanceMs(5000);
      return (await show(id)).refunded.minor === '300';
    });
    const complaints = [];
    for (const reason of ['扣了两次', '又来了'])
      complaints.push(await server.call('POST', `/v1/payments/${id}/complaints`, { reason }));
    expect(complaints.map(({ json }) => json.reason)).toEqual(['扣了两次', '扣了两次']);
    expect(seen()).toEqual(['begun', 'complained', 'decided', 'first_succeeded', 'refunded', 'wallet_succeeded']);
  });

  test('money that came twice', async () => {
    const id = await create();
    const started = [await start(id), await start(id)];
    for (const { json } of started) server.unionpay.pay(idLetters(json.id));
    await eventually('the second to go back', async () => seen().includes('duplicate'));
    // Whichever of the two was heard first paid it; the first attempt ended once, one way or the other.
    expect(seen().filter((metric) => metric.startsWith('first_'))).toHaveLength(1);
    expect(seen().filter((metric) => metric === 'duplicate')).toHaveLength(1);
  });
});

describe('what a shop tells with a payment', () => {
  const items = [
    { id: 'tea', name: '龙井', quantity: 2, amount_minor: '900' },
    { id: 'box', name: '茶盒', quantity: 1, amount_minor: '100' },
  ];

  test('is told back, but for the phone number, of which nothing is kept that could be read', async () => {
    const buyer = { id: 'u-7', phone: '13800138000', region: 'CN-SH', app_version: '9.4.1', staff: true };
    const id = await create({ buyer, items, vouchers: ['9QXD-4TPA-HW3N-7K2M', 'no code'] });
    expect(await show(id)).toMatchObject({
      buyer: { id: 'u-7', device: null, region: 'CN-SH', app_version: '9.4.1', staff: true },
      items,
      vouchers: ['3N7K2M'],
    });
    const [row] = await server.sql`select buyer::text, buyer_key, vouchers::text from payments where id = ${id}`;
    expect(row?.buyer_key).toBe('b/u-7');
    expect(row?.buyer).not.toContain('13800138000');
    // Nobody who reads rows, replies or webhooks can use a voucher that was not used in the end.
    expect(row?.vouchers).not.toMatch(/9QXD|4TPA/);
  });

  test.each([
    ['lines that are not the amount', { items: items.slice(1) }, 'items'],
    ['an article in two lines', { items: [items[0], { ...items[1], id: 'tea' }] }, 'items'],
    ['a phone number that is none', { buyer: { phone: '12345678901' } }, 'buyer.phone'],
  ])('%s is refused', async (_, more, param) => {
    const order = {
      order_no: `staged-${(orders += 1)}`,
      amount: { currency: 'CNY', minor: '1000' },
      subject: '雨前龙井',
      return_url: 'https://shop.example/orders',
      ...more,
    };
    const refused = await server.call('POST', '/v1/payments', order);
    expect(refused).toMatchObject({ status: 400, json: { code: 'invalid_request', param } });
  });
});
