import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { WEBHOOK_ENDPOINTS_PER_MERCHANT_MAX } from '../base/limits.ts';
import type { Sql } from '../db/connect.ts';
import { createEndpoint } from './create-endpoint.ts';
import { deleteEndpoint } from './delete-endpoint.ts';
import { enableEndpoint } from './enable-endpoint.ts';
import { getEndpoint } from './get-endpoint.ts';
import { getEvent } from './get-event.ts';
import { insertEvents } from './insert-events.ts';
import { getDelivery, listDeliveries } from './list-deliveries.ts';
import { listEndpoints } from './list-endpoints.ts';
import { listEvents } from './list-events.ts';
import { replayDelivery, replayParked } from './replay-delivery.ts';
import { rotateSecret } from './rotate-secret.ts';
import { showDelivery, showEndpoint, showEndpointWithSecret, showEvent } from './show-webhooks.ts';
import { BOOK, openSeal, openShop, type TestShop } from './test-shop.ts';

const URL = 'https://shop.example/hooks';
const noEvents = { type: null, objectId: null, cursor: null, limit: 100 };
const noDeliveries = { endpointId: null, eventId: null, state: null, cursor: null, limit: 100 };

let sql: Sql;
let shop: TestShop;
let other: TestShop;

beforeAll(async () => {
  ({ sql } = await freshDatabase());
});
beforeEach(async () => {
  [shop, other] = [await openShop(sql), await openShop(sql)];
});

describe('an endpoint', () => {
  test('shows its secret once, keeps it sealed in its own row, and lists new to old', async () => {
    const first = await createEndpoint(shop, shop.owner, { url: URL, eventTypes: ['*'], withEd25519: true });
    shop.clock.advanceMs(1);
    const second = await shop.hear(URL, ['refund.failed', 'refund.failed', 'payment.succeeded']);
    expect(showEndpointWithSecret(first).secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(showEndpoint(first.endpoint)).toMatchObject({
      object: 'webhook_endpoint',
      event_types: ['*'],
      signatures: ['v1', 'v1a'],
      public_key: expect.stringMatching(/^whpk_/),
      state: 'enabled',
    });
    const stored = await getEndpoint(shop, shop.owner, first.endpoint.id);
    expect(JSON.stringify(showEndpoint(stored))).not.toContain(first.secret);
    expect(openSeal.open(stored.secretSealed ?? '', `webhook_endpoints/${BOOK}/${stored.id}`)).toContain(first.secret);
    const page = await listEndpoints(shop, shop.owner, { cursor: null, limit: 1 });
    expect(page.items).toEqual([second.endpoint]);
    expect(page.items[0]?.eventTypes).toEqual(['refund.failed', 'payment.succeeded']);
    const next = await listEndpoints(shop, shop.owner, { cursor: page.nextCursor, limit: 1 });
    expect(next).toEqual({ items: [first.endpoint], nextCursor: null });
  });

  test.each([[[]], [['payment.paid']], [['payment.succeeded', 'x'.repeat(1000)]]])(
    'is refused for the event types %j',
    async (eventTypes) => {
      await expect(shop.hear(URL, eventTypes)).rejects.toMatchObject({
        code: 'invalid_request',
        facts: { param: 'event_types' },
      });
    },
  );

  test('is refused when there are too many, and possible again after one is deleted', async () => {
    for (let count = 0; count < WEBHOOK_ENDPOINTS_PER_MERCHANT_MAX; count++) await shop.hear(URL);
    await expect(shop.hear(URL)).rejects.toMatchObject({ code: 'webhook_endpoints_max' });
    const [last] = (await listEndpoints(shop, shop.owner, { cursor: null, limit: 1 })).items;
    await deleteEndpoint(shop, shop.owner, last?.id ?? '');
    await shop.hear(URL);
  });

  test('that is deleted is gone, its secrets with it, and what was owed is canceled', async () => {
    const { endpoint } = await shop.hear(URL);
    await rotateSecret(shop, shop.owner, endpoint.id, { overlapSeconds: 60 });
    await shop.tell({});
    await deleteEndpoint(shop, shop.owner, endpoint.id);
    for (const use of [getEndpoint, deleteEndpoint, enableEndpoint]) {
      await expect(use(shop, shop.owner, endpoint.id)).rejects.toMatchObject({ code: 'not_found' });
    }
    const [row] =
      await sql`select secret_sealed, previous_secret_sealed from webhook_endpoints where id = ${endpoint.id}`;
    expect(row).toEqual({ secret_sealed: null, previous_secret_sealed: null });
    const [delivery] = (await listDeliveries(shop, shop.owner, noDeliveries)).items;
    expect(delivery?.state).toBe('canceled');
    await expect(replayDelivery(shop, shop.owner, delivery?.id ?? '')).rejects.toMatchObject({
      code: 'webhook_endpoint_disabled',
    });
  });

  test('keeps two secrets at most, and with no overlap only the new one', async () => {
    const { endpoint } = await shop.hear(URL);
    const rotated = await rotateSecret(shop, shop.owner, endpoint.id, { overlapSeconds: 60 });
    expect(rotated.endpoint.previousSecretSealed).toBe(endpoint.secretSealed);
    expect(rotated.endpoint.previousSecretUntil).toEqual(new Date(shop.clock.now().getTime() + 60_000));
    const again = await rotateSecret(shop, shop.owner, endpoint.id, { overlapSeconds: 0 });
    expect(again.endpoint.previousSecretSealed).toBeNull();
    for (const overlapSeconds of [-1, 1.5, 7 * 86_400 + 1, Number.NaN]) {
      await expect(rotateSecret(shop, shop.owner, endpoint.id, { overlapSeconds })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
  });
});

describe('events', () => {
  test('go to those endpoints that want their type, numbered per object', async () => {
    const all = await shop.hear(URL);
    const refunds = await shop.hear(URL, ['refund.created', 'refund.succeeded']);
    const [payment, refund] = [shop.anObject(), shop.anObject()];
    await shop.tell(
      { objectId: payment, type: 'payment.succeeded' },
      { objectId: refund, type: 'refund.created' },
      { objectId: payment, type: 'payment.canceled' },
    );
    await shop.tell({ objectId: refund, type: 'refund.succeeded' });
    const { items } = await listDeliveries(shop, shop.owner, noDeliveries);
    const told = (id: string) => items.filter((each) => each.endpointId === id).map((each) => each.eventType);
    expect(told(all.endpoint.id).sort()).toEqual([
      'payment.canceled',
      'payment.succeeded',
      'refund.created',
      'refund.succeeded',
    ]);
    expect(told(refunds.endpoint.id).sort()).toEqual(['refund.created', 'refund.succeeded']);
    const events = (await listEvents(shop, shop.owner, { ...noEvents, objectId: payment })).items;
    expect(events.map(({ objectSeq, type }) => `${objectSeq} ${type}`).sort()).toEqual([
      '1 payment.succeeded',
      '2 payment.canceled',
    ]);
  });

  test('are kept also when nobody listens, and shown word for word', async () => {
    await shop.tell({ type: 'refund.failed', data: { id: 'rf_1', reason: '余额不足' } });
    const [event] = (await listEvents(shop, shop.owner, noEvents)).items;
    const shown = showEvent(await getEvent(shop, shop.owner, event?.id ?? ''));
    expect(shown).toMatchObject({ object: 'event', type: 'refund.failed', data: { id: 'rf_1', reason: '余额不足' } });
    expect(shown.timestamp).toBe(shop.clock.now().toISOString());
    expect((await listDeliveries(shop, shop.owner, noDeliveries)).items).toEqual([]);
    expect((await listEvents(shop, shop.owner, { ...noEvents, type: 'payment.succeeded' })).items).toEqual([]);
  });

  test('happen with their cause or not at all', async () => {
    await shop.hear(URL);
    const event = { merchantId: shop.owner.merchantId, type: 'payment.succeeded', objectId: shop.anObject() } as const;
    const undone = sql.begin(async (tx) => {
      await insertEvents(shop, tx, BOOK, [{ ...event, occurredAt: shop.clock.now(), data: {} }]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect((await listEvents(shop, shop.owner, noEvents)).items).toEqual([]);
    expect((await listDeliveries(shop, shop.owner, noDeliveries)).items).toEqual([]);
  });

  test('about an object that has grown too large only name it, and never fail', async () => {
    const object = shop.anObject();
    await shop.tell({ objectId: object, data: { id: object, text: '汉'.repeat(7_000) } });
    await shop.tell({ objectId: object, data: { id: object, text: '汉'.repeat(6_000) } });
    const events = (await listEvents(shop, shop.owner, { ...noEvents, objectId: object })).items;
    const [full, short] = events.sort((a, b) => b.objectSeq - a.objectSeq).map((each) => showEvent(each).data);
    expect(short).toEqual({ id: object, shortened: true });
    expect(full).toMatchObject({ id: object, text: expect.any(String) });
  });

  test('are never rewritten, nor is the log of tries', async () => {
    await shop.tell({});
    await expect(sql`update events set payload = '{}'`).rejects.toThrow('never rewritten');
    await expect(sql`update webhook_tries set status = 200`).rejects.toThrow('never rewritten');
  });

  test('page from new to old without gaps while new ones arrive', async () => {
    for (let count = 0; count < 5; count++) {
      await shop.tell({});
      shop.clock.advanceMs(1);
    }
    const all = (await listEvents(shop, shop.owner, noEvents)).items.map(({ id }) => id);
    const first = await listEvents(shop, shop.owner, { ...noEvents, limit: 2 });
    await shop.tell({});
    const second = await listEvents(shop, shop.owner, { ...noEvents, limit: 2, cursor: first.nextCursor });
    const third = await listEvents(shop, shop.owner, { ...noEvents, limit: 2, cursor: second.nextCursor });
    expect([...first.items, ...second.items, ...third.items].map(({ id }) => id)).toEqual(all);
    expect(third.nextCursor).toBeNull();
  });
});

describe("somebody else's webhooks", () => {
  test('cannot be seen, changed, listed or replayed', async () => {
    const { endpoint } = await other.hear(URL);
    await other.tell({});
    const [delivery] = (await listDeliveries(other, other.owner, noDeliveries)).items;
    const event = delivery?.eventId ?? '';
    const refused = { code: 'not_found' };
    await expect(getEndpoint(shop, shop.owner, endpoint.id)).rejects.toMatchObject(refused);
    await expect(deleteEndpoint(shop, shop.owner, endpoint.id)).rejects.toMatchObject(refused);
    await expect(enableEndpoint(shop, shop.owner, endpoint.id)).rejects.toMatchObject(refused);
    await expect(rotateSecret(shop, shop.owner, endpoint.id, { overlapSeconds: 0 })).rejects.toMatchObject(refused);
    await expect(getEvent(shop, shop.owner, event)).rejects.toMatchObject(refused);
    await expect(getDelivery(shop, shop.owner, delivery?.id ?? '')).rejects.toMatchObject(refused);
    await expect(replayDelivery(shop, shop.owner, delivery?.id ?? '')).rejects.toMatchObject(refused);
    await expect(replayParked(shop, shop.owner, endpoint.id)).rejects.toMatchObject(refused);
    for (const filter of [{ endpointId: endpoint.id }, { eventId: event }, {}]) {
      expect((await listDeliveries(shop, shop.owner, { ...noDeliveries, ...filter })).items).toEqual([]);
    }
    expect((await listEvents(shop, shop.owner, noEvents)).items).toEqual([]);
    expect((await listEndpoints(shop, shop.owner, { cursor: null, limit: 10 })).items).toEqual([]);
    expect(await getEndpoint(other, other.owner, endpoint.id)).toEqual(endpoint);
  });

  test('ids and cursors that are none are refused, not searched for', async () => {
    for (const id of ['', 'we_', "we_' or 1=1--", 'evt_01ARZ3NDEKTSV4RRFFQ69G5FAV', '\u0000']) {
      await expect(getEndpoint(shop, shop.owner, id)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(listEvents(shop, shop.owner, { ...noEvents, cursor: 'junk' })).rejects.toMatchObject({
      code: 'invalid_cursor',
    });
    await expect(listDeliveries(shop, shop.owner, { ...noDeliveries, endpointId: 'x' })).rejects.toMatchObject({
      code: 'invalid_request',
      facts: { param: 'endpoint_id' },
    });
  });
});

test('a delivery is shown with its log', async () => {
  await shop.hear(URL);
  await shop.tell({ type: 'payment.succeeded' });
  const [delivery] = (await listDeliveries(shop, shop.owner, { ...noDeliveries, state: 'pending' })).items;
  expect(delivery && showDelivery(delivery)).toMatchObject({
    object: 'webhook_delivery',
    event_type: 'payment.succeeded',
    state: 'pending',
    tries_count: 0,
    next_try_at: shop.clock.now().toISOString(),
    finished_at: null,
    tries: [],
  });
});
