import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { openShop, type Received, type Receiver, startReceiver, type TestShop, until } from './test-shop.ts';
import type { Sql } from '../db/connect.ts';

const EVENTS = 1_000;
const OBJECTS = 500;

let sql: Sql;
let shop: TestShop;
let healthy: Receiver[];
let dead: Receiver;
let slow: Receiver;
const closing: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  ({ sql } = await freshDatabase());
  shop = await openShop(sql);
  const receivers = await Promise.all(Array.from({ length: 5 }, () => startReceiver()));
  closing.push(() => receivers.forEach((receiver) => receiver.close()));
  [dead, slow] = receivers.splice(0, 2) as [Receiver, Receiver]; // there are five
  healthy = receivers;
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** Ids of the events in the order they came in, each once. */
function eventIds(received: readonly Received[]): string[] {
  return [...new Set(received.map(({ headers }) => headers['webhook-id'] ?? ''))];
}

/** Every object's second event came after its first. */
function expectOrder(received: readonly Received[]): void {
  const seen = new Map<string, number>();
  for (const { body } of received) {
    const { data }: { data: { id: string; n: number } } = JSON.parse(body);
    if (data.n === 2) expect(seen.get(data.id), `${data.id} came out of order`).toBeGreaterThanOrEqual(1);
    seen.set(data.id, Math.max(seen.get(data.id) ?? 0, data.n));
  }
}

test('one receiver dead for days and one stuck do not keep anything from the others, and all of it arrives', async () => {
  for (const receiver of [dead, slow, ...healthy]) await shop.hear(receiver.url);
  const stuck: (() => void)[] = [];
  let isStuck = true;
  dead.usually = (response) => void response.destroy();
  slow.usually = (response) => {
    const answer = () => void response.writeHead(200).end();
    if (isStuck) stuck.push(answer);
    else answer();
  };
  const loop = shop.startSending();
  closing.push(() => loop.stop());

  const objects = Array.from({ length: OBJECTS }, () => shop.anObject());
  for (const n of [1, 2]) {
    for (let from = 0; from < OBJECTS; from += 100) {
      await shop.tell(...objects.slice(from, from + 100).map((objectId) => ({ objectId, data: { id: objectId, n } })));
      loop.kick();
    }
  }

  // The healthy have everything while the stuck one has answered nothing and the dead one has got nothing.
  await until(() => healthy.every((receiver) => receiver.received.length >= EVENTS));
  expect(stuck.length).toBeGreaterThan(0);
  expect(stuck.length).toBeLessThan(EVENTS / 10); // two at first, then one after each time-out
  expect(slow.received.length).toBe(stuck.length);
  for (const receiver of healthy) {
    expect(receiver.received.length).toBe(EVENTS);
    expect(eventIds(receiver.received)).toHaveLength(EVENTS);
    expectOrder(receiver.received);
  }

  // The stuck one lets go, and gets the rest; the hour is for what it had answered too late.
  isStuck = false;
  for (const answer of stuck) answer();
  shop.clock.advanceMs(3_600_000);
  loop.kick();
  await until(() => eventIds(slow.received).length === EVENTS);
  expectOrder(slow.received);

  // Three days of the dead one. Its messages are tried now and then, and none is lost.
  for (let day = 1; day <= 3; day++) {
    shop.clock.advanceMs(86_400_000);
    loop.kick();
    await until(nothingIsDue);
  }
  const [tried] = await sql<{ fewest: number; most: number }[]>`
    select min(tries_count) as fewest, max(tries_count) as most from webhook_deliveries where state = 'pending'`;
  expect(tried?.fewest).toBe(0); // second events wait for the first of their object
  expect(tried?.most).toBeGreaterThanOrEqual(4);

  // It comes back and gets everything, in order.
  const before = dead.received.length;
  dead.usually = 200;
  shop.clock.advanceMs(86_400_000);
  loop.kick();
  await until(() => eventIds(dead.received.slice(before)).length === EVENTS);
  expectOrder(dead.received.slice(before));
  await until(async () => (await countPending()) === 0);
  expect(await countSucceeded()).toBe(EVENTS * 5);
});

async function nothingIsDue(): Promise<boolean> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from webhook_deliveries d
    where state = 'pending' and due_at <= ${shop.clock.now()}`;
  return row?.count === 0 && (await countLeased()) === 0;
}

async function countLeased(): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from webhook_deliveries where leased_until is not null`;
  return row?.count ?? 0;
}

async function countPending(): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from webhook_deliveries where state = 'pending'`;
  return row?.count ?? 0;
}

async function countSucceeded(): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from webhook_deliveries where state = 'succeeded'`;
  return row?.count ?? 0;
}
