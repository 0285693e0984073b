import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LEASE_SECONDS } from '../src/base/limits.ts';
import { readRecords } from './kill/check-acknowledged.ts';
import { compareLedger, compareRefunds } from './kill/check-books.ts';
import { callPatiently } from './kill/patient-caller.ts';
import { eventually, type TestReply } from './server.ts';
import { type Node, startTwoNodes, type TwoNodes } from './two-nodes.ts';

let two: TwoNodes;
let a: Node;
let b: Node;
beforeAll(async () => {
  two = await startTwoNodes();
  [a, b] = two.nodes;
});
afterAll(() => two.close());

/** After every race the ledger proves itself and agrees with the wallet's own books, fen by fen. */
afterEach(async () => {
  two.unionpay.clearFaults();
  let differences: string[] = [];
  await eventually('the books to agree', async () => {
    const records = await readRecords(callPatiently(a.url, { authorization: `Bearer ${two.apiKey}` }));
    differences = [
      ...(await compareLedger(a.ledger, a.sql, two.merchantId, records, two.wallets.all)),
      ...compareRefunds(records, two.wallets.all),
    ];
    return differences.length === 0;
  }).catch((error: unknown) => {
    throw new Error(differences.join('\n'), { cause: error });
  });
});

let orders = 0;

const newOrder = (minor: string) => ({
  order_no: `race-${(orders += 1)}`,
  amount: { currency: 'CNY', minor },
  subject: '雨前龙井',
  return_url: 'https://shop.example/orders',
});

/** A payment and an app order at the wallet. */
async function begin(minor = '10000'): Promise<{ id: string; orderNo: string }> {
  const { json } = await a.call('POST', '/v1/payments', newOrder(minor));
  return { id: json.id, orderNo: await attemptOn(b, json.id) };
}

async function attemptOn(node: Node, id: string): Promise<string> {
  const started = await startOn(node, id);
  expect(started.status, JSON.stringify(started.json)).toBe(201);
  return orderNoOf(started);
}

const startOn = (node: Node, id: string, key?: string): Promise<TestReply> =>
  node.call(
    'POST',
    `/v1/payments/${id}/attempts`,
    { wallet: 'unionpay', scene: 'app' },
    key === undefined ? {} : { 'idempotency-key': key },
  );
const orderNoOf = (started: TestReply): string => started.json.id.slice('att_'.length);
const show = async (id: string, node = a) => (await node.call('GET', `/v1/payments/${id}`)).json;
const inState = (id: string, state: string) =>
  eventually(`${id} to be ${state}`, async () => (await show(id)).state === state);
const refundOn = (node: Node, id: string, body: object, key?: string): Promise<TestReply> =>
  node.call('POST', `/v1/payments/${id}/refunds`, body, key === undefined ? {} : { 'idempotency-key': key });
const fen = (minor: number) => ({ amount: { currency: 'CNY', minor: String(minor) } });
const settledOf = async (id: string): Promise<string[]> =>
  (await show(id)).attempts.map((attempt: { settled: string | null }) => attempt.settled ?? 'open');
const eventsOf = async (id: string): Promise<string[]> => {
  const rows = await a.sql<{ type: string }[]>`select type from events where object_id = ${id} order by object_seq`;
  return rows.map((row) => row.type);
};

/** No other order here is so large. */
const OFFER_OF_LARGE_ORDERS = {
  name: { 'zh-CN': '大额立减', en: 'Off large orders' },
  kind: 'flat',
  by: 'hutong',
  currency: 'CNY',
  off: '1.00',
  conditions: { min_amount: '9000.00' },
  limits: { count: { day: 1000 } },
  funders: [{ funder: 'merchant', per_mille: 1000 }],
};

/** How often the database had to end a transaction because two waited for each other. */
async function deadlocksOf(): Promise<bigint> {
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // a connection tells what it counted within a second
  const [row] = await a.sql<
    { deadlocks: bigint }[]
  >`select deadlocks from pg_stat_database where datname = current_database()`;
  return row?.deadlocks ?? 0n;
}

async function paid(minor = '10000'): Promise<string> {
  const { id, orderNo } = await begin(minor);
  two.unionpay.pay(orderNo);
  await inState(id, 'succeeded');
  return id;
}

/** What the simulator told, or would have told had it not been lost on its way. */
async function notificationOf(orderNo: string): Promise<string> {
  const sent = await eventually('the notification', async () =>
    two.unionpay.notificationsSent().find((one) => one.orderNo === orderNo),
  );
  return sent.body;
}

async function notify(node: Node, body: string): Promise<number> {
  const reply = await fetch(`${node.url}/notify/unionpay/${two.walletAccountId}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  return reply.status;
}

describe('one key on two nodes at once', () => {
  test('makes one payment, and everybody hears the same', async () => {
    const body = newOrder('100');
    const send = (node: Node) => node.call('POST', '/v1/payments', body, { 'idempotency-key': 'two-nodes-create' });
    const replies = await Promise.all(Array.from({ length: 80 }, (_, index) => send(index % 2 === 0 ? a : b)));
    expect(replies.map((reply) => reply.status)).toEqual(Array(80).fill(201));
    expect(new Set(replies.map((reply) => JSON.stringify(reply.json))).size).toBe(1);
    expect((await a.call('GET', `/v1/payments?order_no=${body.order_no}`)).json.data).toHaveLength(1);
  });

  test('of one order number under many keys, one payment is made', async () => {
    const body = newOrder('100');
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? a : b).call('POST', '/v1/payments', body)),
    );
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1);
    expect(replies.filter((reply) => reply.json.code === 'order_no_taken')).toHaveLength(39);
  });

  test('starts one attempt; who comes too early is told to wait, and later hears the same', async () => {
    const { json } = await a.call('POST', '/v1/payments', newOrder('100'));
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => startOn(index % 2 === 0 ? a : b, json.id, 'two-nodes-attempt')),
    );
    expect(
      replies.filter((reply) => reply.status !== 201).every((one) => one.json.code === 'idempotency_key_in_use'),
    ).toBe(true);
    const later = await Promise.all([a, b].map((node) => startOn(node, json.id, 'two-nodes-attempt')));
    const heard = [...replies.filter((reply) => reply.status === 201), ...later].map((reply) => reply.json.id);
    expect(new Set(heard).size).toBe(1);
    expect((await show(json.id)).attempts).toHaveLength(1);
  });

  test('refunds once', async () => {
    const id = await paid('1000');
    const send = (index: number) => refundOn(index % 2 === 0 ? a : b, id, fen(300), 'two-nodes-refund');
    const replies = await Promise.all(Array.from({ length: 40 }, (_, index) => send(index)));
    expect(new Set(replies.map((reply) => reply.json.id)).size).toBe(1);
    await eventually('the refund', async () => (await show(id)).refunded.minor === '300');
    expect((await a.call('GET', `/v1/refunds?payment_id=${id}`)).json.data).toHaveLength(1);
  });
});

describe('refunds that race', () => {
  test('60 and 60 of 100: exactly one succeeds, in every one of ten rounds', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await paid('100');
      const replies = await Promise.all([refundOn(a, id, fen(60)), refundOn(b, id, fen(60))]);
      expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([201, 409]));
      expect(replies.find((reply) => reply.status === 409)?.json.code).toBe('refund_exceeds_payment');
    }
  });

  test('a hundred at once over two nodes never give back more than was paid', async () => {
    const id = await paid('5000');
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, index) => refundOn(index % 2 === 0 ? a : b, id, fen(100))),
    );
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(50);
    expect(replies.filter((reply) => reply.json.code === 'refund_exceeds_payment')).toHaveLength(50);
    await eventually('all refunds', async () => (await show(id)).refunded.minor === '5000');
  });

  test('a refund number is good for one refund, whichever node and payment it is sent to', async () => {
    const [first, second] = [await paid('1000'), await paid('1000')];
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        refundOn(index % 2 === 0 ? a : b, index % 4 < 2 ? first : second, { ...fen(10), refund_no: 'return-77' }),
      ),
    );
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1);
    expect(replies.filter((reply) => reply.json.code === 'refund_no_taken')).toHaveLength(19);
  });

  test('a number sent to both nodes while they hold limits of an offer: good once, and no node waits for the other in a circle', async () => {
    const made = await a.call('POST', '/v1/offers', { campaign: OFFER_OF_LARGE_ORDERS });
    expect(made.status, JSON.stringify(made.json)).toBe(201);
    const [first, second] = [await paid('1000'), await paid('1000')];
    const deadlocksBefore = await deadlocksOf();
    for (let round = 0; round < 20; round++) {
      const large = await Promise.all(
        [a, a, b, b].map((node) => node.call('POST', '/v1/payments', newOrder('900000'))),
      );
      const ids: string[] = large.map(({ json }) => json.id);
      const wanted = { ...fen(1), refund_no: `return-${round}` };
      const [refundA, refundB, ...started] = await Promise.all([
        refundOn(a, first, wanted),
        refundOn(b, second, wanted),
        ...ids.map((id, index) => startOn(index % 2 === 0 ? a : b, id)),
      ]);
      expect(new Set([refundA.status, refundB.status])).toEqual(new Set([201, 409]));
      expect(started.map(({ json }) => json.discount?.minor)).toEqual(['100', '100', '100', '100']);
    }
    expect(await deadlocksOf()).toBe(deadlocksBefore);
  });

  test('a whole refund and many parts at once add up to what was paid', async () => {
    const id = await paid('1000');
    await Promise.all([refundOn(a, id, {}), ...[1, 2, 3, 4].map(() => refundOn(b, id, fen(250))), refundOn(a, id, {})]);
    await eventually('all refunds', async () => (await show(id)).refunded.minor === '1000');
  });
});

describe('notifications that race', () => {
  test('the same one fifty times, to both nodes, credits once', async () => {
    const { id, orderNo } = await begin();
    two.unionpay.setFault({ operation: 'notify', kind: 'silent', orderNo });
    two.unionpay.pay(orderNo);
    const body = await notificationOf(orderNo);
    const statuses = await Promise.all(Array.from({ length: 50 }, (_, index) => notify(index % 2 === 0 ? a : b, body)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await eventsOf(id)).toEqual(['payment.succeeded']);
    expect((await show(id)).attempts).toMatchObject([{ outcome: 'succeeded', settled: 'accepted' }]);
  });

  test('a cancel on one node asks the wallet while the other node hears that it was paid', async () => {
    for (let round = 0; round < 10; round++) {
      const { id, orderNo } = await begin();
      two.unionpay.setFault({ operation: 'notify', kind: 'silent', orderNo });
      two.unionpay.pay(orderNo);
      const body = await notificationOf(orderNo);
      const [canceled] = await Promise.all([b.call('POST', `/v1/payments/${id}/cancel`), notify(a, body)]);
      // The wallet is asked before anything is closed, so money that is there counts.
      expect([canceled.json.state, canceled.json.code]).toContainEqual(
        canceled.status === 200 ? 'succeeded' : 'payment_already_succeeded',
      );
      expect(await show(id)).toMatchObject({ state: 'succeeded', cancellation_reason: null });
      expect(await eventsOf(id)).toEqual(['payment.succeeded']);
    }
  });

  test('what was paid never changes again, however late an older word comes', async () => {
    const id = await paid('700');
    const { attempts } = await show(id);
    const orderNo = attempts[0].id.slice('att_'.length);
    const canceled = await b.call('POST', `/v1/payments/${id}/cancel`);
    expect(canceled).toMatchObject({ status: 409, json: { code: 'payment_already_succeeded' } });
    two.unionpay.setFault({ operation: 'query', kind: 'resp_code', value: 'orig:05', orderNo });
    await a.sql`update attempts set due_at = now() where id = ${attempts[0].id}`;
    await eventually('the wallet was asked', async () => two.queries.includes(orderNo));
    expect(await notify(b, await notificationOf(orderNo))).toBe(200);
    expect(await show(id)).toMatchObject({ state: 'succeeded', attempts: [{ outcome: 'succeeded' }] });
    expect(await eventsOf(id)).toEqual(['payment.succeeded']);
  });
});

describe('a cancel on one node', () => {
  test('and the buyer who pays at the same moment: succeeded, or canceled and the money goes back', async () => {
    for (let round = 0; round < 20; round++) {
      const { id, orderNo } = await begin('888');
      const canceling = b.call('POST', `/v1/payments/${id}/cancel`);
      await new Promise((resolve) => setTimeout(resolve, round));
      two.unionpay.pay(orderNo);
      const canceled = await canceling;
      const { state } = await show(id);
      if (state === 'succeeded') expect(canceled.json.state ?? canceled.json.code).toMatch(/succeeded/);
      else await eventually('the money to come back', async () => (await settledOf(id))[0] === 'surplus');
      const told = await eventually('the end to be told', async () => {
        const types = await eventsOf(id);
        return types.length > 0 && types;
      });
      expect(told).toEqual([`payment.${(await show(id)).state}`]);
    }
  });

  test('and an attempt that starts on the other: never money without a refund', async () => {
    for (let round = 0; round < 20; round++) {
      const { json } = await a.call('POST', '/v1/payments', newOrder('999'));
      const [started, canceled] = await Promise.all([
        startOn(a, json.id),
        b.call('POST', `/v1/payments/${json.id}/cancel`),
      ]);
      expect(canceled).toMatchObject({ status: 200, json: { state: 'canceled' } });
      if (started.status === 201) {
        // The order is at the wallet, and somebody may pay it although the shop has closed.
        two.unionpay.pay(orderNoOf(started));
        await eventually('the money to come back', async () => (await settledOf(json.id))[0] === 'surplus');
      } else expect(started.json.code).toBe('payment_not_payable');
      expect((await show(json.id)).state).toBe('canceled');
    }
  });

  test('asked for on both nodes with one key is one cancel, told once', async () => {
    const { id } = await begin();
    const cancel = (node: Node) =>
      node.call('POST', `/v1/payments/${id}/cancel`, undefined, { 'idempotency-key': 'two-nodes-cancel' });
    const replies = await Promise.all([cancel(a), cancel(b), cancel(a), cancel(b)]);
    expect(replies.some((reply) => reply.status === 200)).toBe(true);
    expect((await cancel(b)).json.state).toBe('canceled');
    expect(await eventsOf(id)).toEqual(['payment.canceled']);
  });
});

test('a node whose clock is a little behind cancels what another node has just made', async () => {
  const behind = await two.openNode({ clock: { now: () => new Date(two.clock.now().getTime() - 3_000) } });
  const { json } = await a.call('POST', '/v1/payments', newOrder('100'));
  const canceled = await behind.call('POST', `/v1/payments/${json.id}/cancel`);
  expect(canceled, JSON.stringify(canceled.json)).toMatchObject({ status: 200, json: { state: 'canceled' } });
});

describe('two attempts of one payment', () => {
  test('are not begun while nobody knows whether the first went through', async () => {
    const { json } = await a.call('POST', '/v1/payments', newOrder('300'));
    two.unionpay.setFault({ operation: 'app', kind: 'drop_after', times: 1 });
    two.unionpay.setFault({ operation: 'query', kind: 'bad_signature' });
    const first = await startOn(a, json.id);
    expect(first).toMatchObject({ status: 201, json: { outcome: 'unknown', next_action: null } });
    expect(await startOn(b, json.id)).toMatchObject({
      status: 409,
      json: { code: 'payment_processing', retryable: true },
    });
    two.unionpay.clearFaults();
    two.clock.leap(60_000);
    await inState(json.id, 'requires_action'); // the wallet knows the order, and that it is unpaid
    two.unionpay.pay(await attemptOn(b, json.id));
    await inState(json.id, 'succeeded');
  });

  test('both paid at the same moment, told to different nodes: one counts, the other goes back', async () => {
    const { id, orderNo } = await begin('4200');
    const second = await attemptOn(a, id);
    for (const one of [orderNo, second]) {
      two.unionpay.setFault({ operation: 'notify', kind: 'silent', orderNo: one });
      two.unionpay.pay(one);
    }
    const bodies = [await notificationOf(orderNo), await notificationOf(second)] as const;
    expect(await Promise.all([notify(a, bodies[0]), notify(b, bodies[1])])).toEqual([200, 200]);
    expect(new Set(await settledOf(id))).toEqual(new Set(['accepted', 'surplus']));
    expect((await show(id)).refunded.minor).toBe('0');
    await eventually('the surplus to go back', async () => {
      const { json } = await a.call('GET', `/v1/refunds?payment_id=${id}`);
      return json.data.length === 1 && json.data[0].automatic && json.data[0].state === 'succeeded';
    });
  });

  test('one runs out after the other was paid: the payment stays paid', async () => {
    const { json } = await a.call('POST', '/v1/payments', { ...newOrder('100'), expires_in_seconds: 60 });
    const [first, second] = [await attemptOn(a, json.id), await attemptOn(b, json.id)];
    two.unionpay.pay(second);
    await inState(json.id, 'succeeded');
    two.unionpay.expire(first);
    two.clock.leap(70_000);
    await eventually('the other to fail', async () => (await show(json.id)).attempts[0].outcome === 'failed');
    expect(await show(json.id)).toMatchObject({ state: 'succeeded', cancellation_reason: null });
    expect(await eventsOf(json.id)).toEqual(['payment.succeeded']);
  });
});

describe('two nodes that look after the same rows', () => {
  test('ask the wallet once for each time that an attempt is due', async () => {
    const begun = await Promise.all(Array.from({ length: 30 }, () => begin('100')));
    two.unionpay.setFault({ operation: 'notify', kind: 'silent' });
    for (const { orderNo } of begun.slice(0, 15)) two.unionpay.pay(orderNo);
    const asked = () => begun.map(({ orderNo }) => two.queries.filter((one) => one === orderNo).length);
    expect(asked()).toEqual(Array(30).fill(0));

    two.clock.leap(31_000); // UnionPay's first time to be asked is after 30 seconds
    await eventually('everybody to be asked', async () => asked().every((count) => count > 0));
    for (const { id } of begun.slice(0, 15)) await inState(id, 'succeeded');
    expect(asked()).toEqual(Array(30).fill(1));

    two.clock.leap(90_000); // the next one after 120
    await eventually('the open ones to be asked', async () =>
      asked()
        .slice(15)
        .every((count) => count > 1),
    );
    for (const { id } of begun.slice(15)) expect((await show(id)).state).toBe('requires_action');
    expect(asked()).toEqual([...Array(15).fill(1), ...Array(15).fill(2)]);
  });

  test('send each refund once', async () => {
    const id = await paid('3000');
    two.unionpay.setFault({ operation: 'refund', kind: 'slow', value: 300 });
    await Promise.all(Array.from({ length: 30 }, (_, index) => refundOn(index % 2 === 0 ? a : b, id, fen(100))));
    await eventually('all refunds', async () => (await show(id)).refunded.minor === '3000');
    const { json } = await a.call('GET', `/v1/refunds?payment_id=${id}&limit=100`);
    for (const refund of json.data)
      expect(two.unionpay.orders({ orderNo: refund.id.slice('rf_'.length) })).toHaveLength(1);
  });
});

describe('a node that dies while it starts an attempt', () => {
  const dying = (reaches: boolean) =>
    two.openNode({
      wrapSend: (send) => async (request) => {
        if (reaches) await send(request);
        throw new Error('this node has died');
      },
    });

  test('before the wallet has heard: the same key starts anew when the lease is over, and is good for one', async () => {
    const node = await dying(false);
    const { json } = await a.call('POST', '/v1/payments', newOrder('500'));
    await startOn(node, json.id, 'crash-1');
    expect((await startOn(a, json.id, 'crash-1')).json.code).toBe('idempotency_key_in_use');
    two.clock.leap(LEASE_SECONDS * 1000);
    const replies = await Promise.all([a, b, a, b].map((one) => startOn(one, json.id, 'crash-1')));
    const started = replies.filter((reply) => reply.status === 201);
    expect(new Set(started.map((reply) => reply.json.id)).size).toBe(1);
    const again = await startOn(b, json.id, 'crash-1');
    expect(again.json.id).toBe(started[0]?.json.id);
    expect((await show(json.id)).attempts).toHaveLength(2); // the one that nobody heard of, and this one
    two.unionpay.pay(orderNoOf(again));
    await inState(json.id, 'succeeded');
    expect((await show(json.id)).attempts.map((one: { outcome: string }) => one.outcome)).toContain('succeeded');
  });

  test('after the wallet has heard: should both orders be paid, one goes back', async () => {
    const node = await dying(true);
    const { json } = await a.call('POST', '/v1/payments', newOrder('600'));
    await startOn(node, json.id, 'crash-2');
    const lost = (await show(json.id)).attempts[0].id.slice('att_'.length);
    two.clock.leap(LEASE_SECONDS * 1000);
    const again = await startOn(a, json.id, 'crash-2');
    expect(again.status, JSON.stringify(again.json)).toBe(201);
    two.unionpay.pay(lost);
    two.unionpay.pay(orderNoOf(again));
    await eventually('both to be known', async () => !(await settledOf(json.id)).includes('open'));
    expect(new Set(await settledOf(json.id))).toEqual(new Set(['accepted', 'surplus']));
  });

  test('while it cancels: the wish stands, and the other node sees it through', async () => {
    const node = await dying(false);
    const { id } = await begin('700');
    await node.call('POST', `/v1/payments/${id}/cancel`, undefined, { 'idempotency-key': 'crash-3' });
    expect((await startOn(b, id)).json.code).toBe('payment_not_payable');
    two.clock.leap(LEASE_SECONDS * 1000 + 1000);
    await inState(id, 'canceled');
    const again = await a.call('POST', `/v1/payments/${id}/cancel`, undefined, { 'idempotency-key': 'crash-3' });
    expect(again).toMatchObject({
      status: 200,
      json: { state: 'canceled', cancellation_reason: 'requested_by_merchant' },
    });
    expect(await eventsOf(id)).toEqual(['payment.canceled']);
  });
});
