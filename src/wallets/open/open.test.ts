import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PayRequest, QueryRequest, RefundRequest, Scene } from '../wallet.ts';
import { identify } from './identify.ts';
import { type OpenWorld, startOpenWorld } from './test-sandbox.ts';

/* What the shared contract does not ask: this protocol's own promises, told by a connector against the simulator. */

let world: OpenWorld;
beforeAll(async () => {
  world = await startOpenWorld('meituanpay');
});
afterAll(() => world.stop());

describe('an order that has not arrived', () => {
  test('is not there yet, and never will be once its time is over by the wallet’s own clock', async () => {
    const order = orderOf('web');
    expect((await query(order)).kind).toBe('pending');
    world.clock.advanceMs(15 * 60_000 - 1000);
    expect((await query(order)).kind).toBe('pending');
    world.clock.advanceMs(3000);
    expect(await query(order)).toMatchObject({ kind: 'failed', reason: 'not_found' });
    expect((await world.wallet.pay(world.deps, world.config, order)).kind, 'it comes late').toBe('failed');
  });

  test('can be closed: when it comes it is refused', async () => {
    const order = orderOf('web');
    expect((await cancel(order)).kind).toBe('failed');
    expect((await pay(order)).kind).toBe('failed');
    expect(() => world.sandbox.pay(order.orderNo)).toThrow();
    expect(await query(order)).toMatchObject({ kind: 'failed', reason: 'expired', walletCode: 'closed' });
  });

  test('at a till can be undone: when it comes the code is not charged', async () => {
    const order = orderOf('code', world.sandbox.paymentCode('pays'));
    expect((await cancel(order)).kind).toBe('failed');
    expect((await pay(order)).kind).toBe('failed');
    expect(world.sandbox.orders({ orderNo: order.orderNo })).toMatchObject([{ state: 'closed', settled_at: null }]);
  });
});

describe('a payment code', () => {
  test('that was paid and is undone gives the money back', async () => {
    const order = orderOf('code', world.sandbox.paymentCode('pays'));
    expect((await pay(order)).kind).toBe('succeeded');
    expect(await cancel(order)).toMatchObject({ kind: 'failed', reason: 'already_undone' });
    expect(await query(order)).toMatchObject({ kind: 'failed', reason: 'already_undone' });
    expect(world.sandbox.orders({ orderNo: order.orderNo })).toMatchObject([
      { state: 'reversed', refunded_fen: '1234' },
    ]);
  });

  test('cannot be undone once something was refunded, nor after a day: the truth is told', async () => {
    const order = orderOf('code', world.sandbox.paymentCode('pays'));
    await pay(order);
    const refund = await refundOf(order, 34n);
    expect((await world.wallet.refund(world.deps, world.config, refund)).kind).toBe('pending');
    expect((await cancel(order)).kind).toBe('succeeded');
    const old = orderOf('code', world.sandbox.paymentCode('pays'));
    await pay(old);
    world.clock.advanceMs(24 * 3_600_000 + 1000);
    expect((await cancel(old)).kind).toBe('succeeded');
  });

  test('of nobody, or one that was used, says so', async () => {
    expect(await pay(orderOf('code', `9601${'0'.repeat(16)}`))).toMatchObject({
      kind: 'failed',
      reason: 'code_invalid',
    });
    const code = world.sandbox.paymentCode('pays');
    await pay(orderOf('code', code));
    expect(await pay(orderOf('code', code))).toMatchObject({ kind: 'failed', reason: 'code_invalid' });
    expect(await pay(orderOf('code', world.sandbox.paymentCode('declines')))).toMatchObject({
      reason: 'insufficient_funds',
    });
  });
});

describe('the wallet', () => {
  test('changes its key without a stop', async () => {
    const order = orderOf('web');
    await pay(order);
    world.sandbox.setFault({ operation: 'any', kind: 'next_key' });
    world.sandbox.pay(order.orderNo);
    expect((await query(order)).kind).toBe('succeeded');
    await expect.poll(() => world.heard(order.orderNo).length).toBeGreaterThan(0);
    world.sandbox.clearFaults();
    const [notification] = world.heard(order.orderNo);
    if (notification === undefined) throw new Error('not notified');
    const reading = await world.wallet.readNotification(world.deps, world.config, notification);
    expect(reading).toMatchObject({ kind: 'payment', outcome: { kind: 'succeeded' } });
    const old = { ...world.config, walletKeys: new Map([...world.config.walletKeys].filter(([id]) => id !== 'w2')) };
    expect((await world.wallet.readNotification(world.deps, old, notification)).kind, 'a key not taken over').toBe(
      'refused',
    );
  });

  test.each(['unsigned', 'unbound', 'bad_signature'])('is not believed when its reply is %s', async (kind) => {
    const order = orderOf('web');
    world.sandbox.setFault({ operation: 'query', kind });
    expect((await query(order)).kind).toBe('unknown');
    world.sandbox.clearFaults();
  });

  test.each([
    ['too_many_requests', 'unknown'],
    ['unavailable', 'unknown'],
    ['merchant_refused', 'unknown'],
    ['order_differs', 'unknown'],
    ['signature_refused', 'unknown'],
    ['scene_refused', 'failed'],
    ['malformed', 'failed'],
  ])('that answers %s to an order leaves it %s', async (value, kind) => {
    world.sandbox.setFault({ operation: 'pay', kind: 'code', value });
    expect((await pay(orderOf('web'))).kind).toBe(kind);
    world.sandbox.clearFaults();
  });

  test('that took the order with another amount is not trusted with it', async () => {
    world.sandbox.setFault({ operation: 'pay', kind: 'wrong_amount' });
    expect((await pay(orderOf('web'))).kind).toBe('unknown');
    world.sandbox.clearFaults();
  });

  test('says no to a number that is taken by another order, and nothing is known by that', async () => {
    const order = orderOf('web');
    await pay(order);
    expect(await pay({ ...order, amount: { currency: 'CNY', minor: 1n } })).toMatchObject({
      kind: 'unknown',
      walletCode: 'order_differs',
    });
    expect(await query(order)).toMatchObject({ kind: 'pending' });
  });

  test('is not asked for what the protocol does not take', async () => {
    for (const minor of [0n, 1_000_000_000_000n])
      expect(await pay({ ...orderOf('web'), amount: { currency: 'CNY', minor } })).toMatchObject({
        reason: 'amount_refused',
      });
    expect(await pay({ ...orderOf('web'), amount: { currency: 'USD', minor: 1n } })).toMatchObject({
      reason: 'amount_refused',
    });
  });

  test('that nobody reaches was not sent anything', async () => {
    const config = { ...world.config, walletUrl: 'http://127.0.0.1:1/open-wallet/v1' };
    expect(await world.wallet.pay(world.deps, config, orderOf('web'))).toMatchObject({
      kind: 'failed',
      reason: 'not_sent',
    });
    expect((await world.wallet.query(world.deps, config, orderOf('web'))).kind).toBe('unknown');
  });
});

describe('a notification', () => {
  test('for another merchant of the same wallet, or old, is refused', async () => {
    const order = orderOf('web');
    await pay(order);
    world.sandbox.pay(order.orderNo);
    await expect.poll(() => world.heard(order.orderNo).length).toBeGreaterThan(0);
    const [notification] = world.heard(order.orderNo);
    if (notification === undefined) throw new Error('not notified');
    const { wallet, deps, config } = world;
    const other = wallet.readConfig(world.sandbox.extraMerchants[0]);
    expect(await wallet.readNotification(deps, other, notification)).toEqual({
      kind: 'refused',
      reason: 'for another merchant',
    });
    world.clock.advanceMs(301_000);
    expect((await wallet.readNotification(deps, config, notification)).kind).toBe('refused');
  });
});

describe('a person', () => {
  const name = { orderNo: 'A'.repeat(26), orderedAt: new Date(0) };
  const came = (query: Record<string, string>) =>
    identify.read(world.deps, world.config, { query, userAgent: '', name });

  test('who said no, or whose code is not the wallet’s, is nobody', async () => {
    expect((await came({ error: 'refused', state: 's' })).kind).toBe('refused');
    expect((await came({ state: 's' })).kind).toBe('unknown');
    expect((await came({ code: 'made-up' })).kind).toBe('refused');
  });

  test('who is not known cannot be charged', async () => {
    const order = { ...orderOf('jsapi'), payer: { id: 'payer_of_somebody_else', walletApp: null } };
    expect(await pay(order)).toMatchObject({ kind: 'failed', reason: 'authentication_failed' });
  });

  test('is asked for with everything that must come back', () => {
    const url = new URL(identify.askUrl(world.config, { returnUrl: 'https://hub.example/a?b=1&c=2', state: 'x&y' }));
    expect(url.pathname).toBe('/open-wallet/v1/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      merchant_no: world.config.merchantNo,
      return_url: 'https://hub.example/a?b=1&c=2',
      state: 'x&y',
    });
  });
});

describe('a statement', () => {
  test('tells a payment that was undone on a later day as a refund, and one of the same day not at all', async () => {
    const late = orderOf('code', world.sandbox.paymentCode('pays'));
    await pay(late);
    const sameDay = orderOf('code', world.sandbox.paymentCode('pays'));
    await pay(sameDay);
    await cancel(sameDay);
    const day = shanghaiDay();
    world.clock.advanceMs(23 * 3_600_000);
    expect((await cancel(late)).kind).toBe('failed');
    const nextDay = shanghaiDay();
    world.clock.advanceMs(48 * 3_600_000);
    expect(await linesOf(day, late.orderNo)).toMatchObject([{ kind: 'payment', amountMinor: 1234n }]);
    expect(await linesOf(nextDay, late.orderNo)).toMatchObject([{ kind: 'refund', paymentOrderNo: late.orderNo }]);
    expect([...(await linesOf(day, sameDay.orderNo)), ...(await linesOf(nextDay, sameDay.orderNo))]).toEqual([]);
  });

  test('that was forged, or is of no day, is not one', async () => {
    world.sandbox.setFault({ operation: 'bill', kind: 'forged_file' });
    const reply = await world.wallet.statement?.fetch(world.deps, world.config, '2026-11-20');
    world.sandbox.clearFaults();
    if (reply?.kind !== 'file') throw new Error('no file');
    const items = [];
    for await (const item of world.wallet.statement?.read(world.config, reply.file) ?? []) items.push(item);
    expect(items.at(-1)).toMatchObject({ kind: 'broken', reason: 'the signature does not fit' });
    expect((await world.wallet.statement?.fetch(world.deps, world.config, '2026-02-30'))?.kind).toBe('failed');
  });

  async function linesOf(day: string, orderNo: string) {
    const source = world.wallet.statement;
    const reply = await source?.fetch(world.deps, world.config, day);
    if (source == null || reply?.kind !== 'file') throw new Error(`no file: ${reply?.kind}`);
    const lines = [];
    for await (const item of source.read(world.config, reply.file))
      if ((item.kind === 'payment' || item.kind === 'refund') && item.orderNo === orderNo) lines.push(item);
    return lines;
  }

  function shanghaiDay(): string {
    return new Date(world.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  }
});

test('no payment code and no key was logged', () => {
  const { merchant_private_key_pem: pem } = world.sandbox.merchantSettings;
  expect(world.logged()).not.toContain(pem.split('\n')[1]);
  expect(world.logged()).not.toMatch(/\b96\d{18}\b/);
});

function orderOf(scene: Scene, paymentCode: string | null = null): PayRequest {
  world.clock.advanceMs(1000);
  const orderedAt = new Date(Math.floor(world.clock.now().getTime() / 1000) * 1000);
  return {
    orderNo: `T${world.deps.random.bytes(12).toString('hex').toUpperCase()}`,
    orderedAt,
    amount: { currency: 'CNY', minor: 1234n },
    scene,
    subject: '茶',
    expiresAt: new Date(orderedAt.getTime() + 15 * 60_000),
    notifyUrl: world.notifyUrl,
    returnUrl: 'https://shop.example/back',
    buyerIp: null,
    payer: null,
    paymentCode,
  };
}

async function refundOf(order: PayRequest, minor: bigint): Promise<RefundRequest> {
  const outcome = await query(order);
  if (outcome.kind !== 'succeeded') throw new Error('not paid');
  const { orderNo, orderedAt, scene, amount } = order;
  return {
    refund: { orderNo: `R${orderNo.slice(1)}`, orderedAt: world.clock.now() },
    amount: { currency: 'CNY', minor },
    method: 'refund',
    paid: { orderNo, orderedAt, scene, amount, walletPaymentId: outcome.walletPaymentId },
    notifyUrl: world.notifyUrl,
  };
}

const pay = (order: PayRequest) => world.wallet.pay(world.deps, world.config, order);
const query = (order: QueryRequest) => world.wallet.query(world.deps, world.config, order);
const cancel = (order: QueryRequest) => world.wallet.cancel(world.deps, world.config, order);
