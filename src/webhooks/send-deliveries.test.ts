import { Webhook } from 'standardwebhooks';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import type { Sql } from '../db/connect.ts';
import { TRIES_MAX, TRY_AFTER_SECONDS } from './decide-delivery.ts';
import { enableEndpoint } from './enable-endpoint.ts';
import { getEndpoint } from './get-endpoint.ts';
import { listDeliveries } from './list-deliveries.ts';
import { replayDelivery, replayParked } from './replay-delivery.ts';
import { rotateSecret } from './rotate-secret.ts';
import { openShop, type Receiver, startReceiver, type TestShop, until } from './test-shop.ts';

let sql: Sql;
const closing: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  ({ sql } = await freshDatabase());
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(): Promise<{ shop: TestShop; receiver: Receiver }> {
  return { shop: await openShop(sql), receiver: await anotherReceiver() };
}

async function anotherReceiver(): Promise<Receiver> {
  const receiver = await startReceiver();
  closing.push(() => receiver.close());
  return receiver;
}

function send(shop: TestShop): { kick(): void } {
  const loop = shop.startSending();
  closing.push(() => loop.stop());
  return loop;
}

async function deliveries(shop: TestShop) {
  const page = { endpointId: null, eventId: null, state: null, cursor: null, limit: 100 };
  return (await listDeliveries(shop, shop.owner, page)).items;
}

async function settled(shop: TestShop): Promise<void> {
  await until(async () => (await deliveries(shop)).every((each) => each.leasedUntil === null && each.triesCount > 0));
}

describe('a webhook', () => {
  test("goes out after the commit, and the standard's own library verifies it", async () => {
    const { shop, receiver } = await open();
    const { secret } = await shop.hear(receiver.url);
    const loop = send(shop);
    await shop.tell({ type: 'payment.succeeded', data: { id: 'pay_1', subject: '一杯茶 ☕' } });
    loop.kick();
    await until(() => receiver.received.length === 1);
    const { headers, body } = receiver.received[0] ?? { headers: {}, body: '' };
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      type: 'payment.succeeded',
      timestamp: shop.clock.now().toISOString(),
      data: { id: 'pay_1', subject: '一杯茶 ☕' },
    });
    expect(headers['webhook-id']).toMatch(/^evt_/);
    expect(headers['content-type']).toBe('application/json');
    await settled(shop);
    expect(await deliveries(shop)).toMatchObject([
      { state: 'succeeded', triesCount: 1, lastStatus: 204, lastReason: null, dueAt: null, tries: [{ status: 204 }] },
    ]);
  });

  test('carries two signatures while a secret is being changed, and one after that', async () => {
    const { shop, receiver } = await open();
    const { endpoint, secret: before } = await shop.hear(receiver.url);
    const { secret: today } = await rotateSecret(shop, shop.owner, endpoint.id, { overlapSeconds: 60 });
    const loop = send(shop);
    await shop.tell({});
    loop.kick();
    await until(() => receiver.received.length === 1);
    const both = receiver.received[0] ?? { headers: {}, body: '' };
    expect(new Webhook(before).verify(both.body, both.headers)).toBeTruthy();
    expect(new Webhook(today).verify(both.body, both.headers)).toBeTruthy();
    shop.clock.advanceMs(60_000);
    await shop.tell({});
    loop.kick();
    await until(() => receiver.received.length === 2);
    const one = receiver.received[1] ?? { headers: {}, body: '' };
    expect(new Webhook(today).verify(one.body, one.headers)).toBeTruthy();
    expect(() => new Webhook(before).verify(one.body, one.headers)).toThrow('No matching signature');
  });

  test('is tried again on the schedule with the same id and a fresh time, until a 2xx comes', async () => {
    const { shop, receiver } = await open();
    const { secret } = await shop.hear(receiver.url);
    receiver.answers = [500, (response) => void response.writeHead(302, { location: '/elsewhere' }).end(), 200];
    const loop = send(shop);
    await shop.tell({});
    loop.kick();
    for (const count of [1, 2, 3]) {
      await until(() => receiver.received.length === count);
      await settled(shop);
      shop.clock.advanceMs((TRY_AFTER_SECONDS[count] ?? 0) * 1100);
      loop.kick();
    }
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const times = receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(times[1]).toBeGreaterThanOrEqual((times[0] ?? 0) + 4);
    expect(times[2]).toBeGreaterThanOrEqual((times[1] ?? 0) + 270);
    const first = receiver.received[0] ?? { headers: {}, body: '' };
    expect(new Webhook(secret).verify(first.body, first.headers)).toBeTruthy();
    const [delivery] = await deliveries(shop);
    expect(delivery).toMatchObject({ state: 'succeeded', triesCount: 3 });
    expect(delivery?.tries.map(({ status, reason }) => [status, reason])).toEqual([
      [500, 'status 500'],
      [302, 'status 302'],
      [200, null],
    ]);
  });

  test('is not sent again before its time', async () => {
    const { shop, receiver } = await open();
    await shop.hear(receiver.url);
    receiver.answers = [(response) => void response.writeHead(503, { 'retry-after': '3600' }).end('busy')];
    const loop = send(shop);
    await shop.tell({});
    loop.kick();
    await until(() => receiver.received.length === 1);
    await settled(shop);
    const [waiting] = await deliveries(shop);
    expect(waiting?.dueAt).toEqual(new Date(shop.clock.now().getTime() + 3_600_000));
    expect(waiting?.tries).toMatchObject([{ reply: 'busy' }]);
    shop.clock.advanceMs(3_599_000);
    await shop.tell({}); // another one goes out meanwhile
    loop.kick();
    await until(() => receiver.received.length === 2);
    await settled(shop);
    expect(receiver.received[1]?.headers['webhook-id']).not.toBe(receiver.received[0]?.headers['webhook-id']);
    shop.clock.advanceMs(1_000);
    loop.kick();
    await until(() => receiver.received.length === 3);
    expect(receiver.received[2]?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id']);
  });

  test('is parked after the last try, and a replay sends it once more', async () => {
    const { shop, receiver } = await open();
    await shop.hear(receiver.url);
    receiver.usually = 500;
    const loop = send(shop);
    await shop.tell({});
    for (let count = 1; count <= TRIES_MAX; count++) {
      loop.kick();
      await until(() => receiver.received.length === count);
      await settled(shop);
      shop.clock.advanceMs((TRY_AFTER_SECONDS[count] ?? 0) * 1100);
    }
    const [parked] = await deliveries(shop);
    expect(parked).toMatchObject({ state: 'parked', triesCount: TRIES_MAX, dueAt: null });
    receiver.usually = 200;
    await replayDelivery(shop, shop.owner, parked?.id ?? '');
    loop.kick();
    await until(() => receiver.received.length === TRIES_MAX + 1);
    await settled(shop);
    expect(await deliveries(shop)).toMatchObject([{ state: 'succeeded', triesCount: TRIES_MAX + 1 }]);
    expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(parked?.eventId);
  });

  test('that was delivered is sent again when the shop asks for it', async () => {
    const { shop, receiver } = await open();
    await shop.hear(receiver.url);
    const loop = send(shop);
    await shop.tell({});
    loop.kick();
    await until(() => receiver.received.length === 1);
    await settled(shop);
    const [delivery] = await deliveries(shop);
    await replayDelivery(shop, shop.owner, delivery?.id ?? '');
    loop.kick();
    await until(() => receiver.received.length === 2);
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body);
  });

  test('is told nobody who answers 410, until the endpoint is enabled and what was parked is replayed', async () => {
    const { shop, receiver } = await open();
    const { endpoint } = await shop.hear(receiver.url);
    receiver.answers = [410];
    const loop = send(shop);
    const object = shop.anObject();
    await shop.tell({ objectId: object }, { objectId: object, type: 'payment.canceled' });
    loop.kick();
    await until(async () => (await deliveries(shop)).every(({ state }) => state === 'parked'));
    expect(await getEndpoint(shop, shop.owner, endpoint.id)).toMatchObject({
      state: 'disabled',
      disabledReason: 'gone',
    });
    await shop.tell({}); // nobody listens
    expect(await deliveries(shop)).toHaveLength(2);
    const [parked] = await deliveries(shop);
    await expect(replayDelivery(shop, shop.owner, parked?.id ?? '')).rejects.toMatchObject({
      code: 'webhook_endpoint_disabled',
    });
    await enableEndpoint(shop, shop.owner, endpoint.id);
    expect(await replayParked(shop, shop.owner, endpoint.id)).toBe(2);
    loop.kick();
    await until(() => receiver.received.length === 3);
    await settled(shop);
    expect((await deliveries(shop)).map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
  });

  test.each([
    ['breaks off', (response: { destroy(): void }) => response.destroy()],
    [
      'speaks no HTTP',
      (response: { socket: { end(text: string): void } | null }) => response.socket?.end('hello\r\n\r\n'),
    ],
    ['sends a megabyte', (response: { end(text: string): void }) => response.end('x'.repeat(1024 * 1024))],
  ])('is tried again when the receiver %s', async (_what, answer) => {
    const { shop, receiver } = await open();
    await shop.hear(receiver.url);
    receiver.answers = [answer];
    const loop = send(shop);
    await shop.tell({});
    loop.kick();
    await until(() => receiver.received.length === 1);
    await settled(shop);
    expect(await deliveries(shop)).toMatchObject([{ state: 'pending', triesCount: 1, lastStatus: null }]);
    shop.clock.advanceMs(6_000);
    loop.kick();
    await until(async () => (await deliveries(shop))[0]?.state === 'succeeded');
  });

  test('whose secret does not open is not sent unsigned, and is parked in the end', async () => {
    const { shop, receiver } = await open();
    const [mine, other] = [await shop.hear(receiver.url), await shop.hear(receiver.url, ['refund.failed'])];
    await sql`
      update webhook_endpoints set secret_sealed = ${other.endpoint.secretSealed} where id = ${mine.endpoint.id}`;
    const loop = send(shop);
    await shop.tell({});
    for (let count = 1; count <= TRIES_MAX; count++) {
      loop.kick();
      await until(async () => (await deliveries(shop))[0]?.triesCount === count);
      shop.clock.advanceMs((TRY_AFTER_SECONDS[count] ?? 0) * 1100);
    }
    expect(receiver.received).toHaveLength(0);
    expect(await deliveries(shop)).toMatchObject([{ state: 'parked', lastReason: expect.stringContaining('secret') }]);
  });
});

describe('events of one object', () => {
  test('arrive in order, and a failing one holds up only its own object', async () => {
    const { shop, receiver } = await open();
    await shop.hear(receiver.url);
    const [failing, other] = [shop.anObject(), shop.anObject()];
    let isDown = true;
    receiver.usually = (response, { body }) => {
      response.writeHead(isDown && body.includes(failing) ? 500 : 200).end();
    };
    const loop = send(shop);
    await shop.tell({ objectId: failing, type: 'refund.created', data: { id: failing, n: 1 } });
    await shop.tell({ objectId: failing, type: 'refund.succeeded', data: { id: failing, n: 2 } });
    await shop.tell({ objectId: other, data: { id: other, n: 1 } }, { objectId: other, data: { id: other, n: 2 } });
    loop.kick();
    await until(() => receiver.received.filter(({ body }) => body.includes(other)).length === 2);
    await until(() => receiver.received.some(({ body }) => body.includes(failing)));
    await until(async () => (await deliveries(shop)).every((each) => each.leasedUntil === null));
    const numbers = (object: string) =>
      receiver.received.filter(({ body }) => body.includes(object)).map(({ body }) => /"n":(\d)/.exec(body)?.[1]);
    expect(numbers(other)).toEqual(['1', '2']);
    expect(numbers(failing)).toEqual(['1']);
    isDown = false;
    shop.clock.advanceMs(6_000);
    loop.kick();
    await until(() => numbers(failing).length === 3);
    expect(numbers(failing)).toEqual(['1', '1', '2']);
  });

  test('go on with the next one when the one before was parked', async () => {
    const { shop, receiver } = await open();
    await shop.hear(receiver.url);
    const object = shop.anObject();
    receiver.usually = (response, { body }) => void response.writeHead(body.includes('"n":1') ? 500 : 200).end();
    const loop = send(shop);
    await shop.tell({ objectId: object, data: { n: 1 } }, { objectId: object, data: { n: 2 } });
    for (let count = 1; count <= TRIES_MAX; count++) {
      loop.kick();
      await until(async () =>
        (await deliveries(shop)).some((each) => each.triesCount === count && each.leasedUntil === null),
      );
      if (count < TRIES_MAX) expect(receiver.received.every(({ body }) => body.includes('"n":1'))).toBe(true);
      shop.clock.advanceMs((TRY_AFTER_SECONDS[count] ?? 0) * 1100);
    }
    loop.kick();
    await until(async () => (await deliveries(shop)).some(({ state }) => state === 'succeeded'));
    expect((await deliveries(shop)).map(({ state }) => state).sort()).toEqual(['parked', 'succeeded']);
  });

  test('are let go at once when a person replays the one that holds them up', async () => {
    const { shop, receiver } = await open();
    await shop.hear(receiver.url);
    const object = shop.anObject();
    receiver.answers = [500];
    const loop = send(shop);
    await shop.tell({ objectId: object, data: { n: 1 } }, { objectId: object, data: { n: 2 } });
    loop.kick();
    await until(async () =>
      (await deliveries(shop)).some((each) => each.triesCount === 1 && each.leasedUntil === null),
    );
    const first = (await deliveries(shop)).find(({ triesCount }) => triesCount === 1);
    expect((await deliveries(shop)).every(({ dueAt }) => (dueAt ?? shop.clock.now()) > shop.clock.now())).toBe(true);
    await replayDelivery(shop, shop.owner, first?.id ?? '');
    loop.kick();
    await until(async () => (await deliveries(shop)).every(({ state }) => state === 'succeeded'));
    expect(receiver.received.map(({ body }) => /"n":(\d)/.exec(body)?.[1])).toEqual(['1', '1', '2']);
  });
});
