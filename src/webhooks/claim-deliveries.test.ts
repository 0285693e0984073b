import { type ChildProcess, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { silentLog } from '../base/log.ts';
import { LEASE_SECONDS } from '../base/limits.ts';
import { rootDir } from '../base/root.ts';
import type { Sql } from '../db/connect.ts';
import { claimDeliveries, type DeliveryJob } from './claim-deliveries.ts';
import { deleteEndpoint } from './delete-endpoint.ts';
import { listDeliveries } from './list-deliveries.ts';
import { recordTries } from './record-tries.ts';
import { tryDelivery } from './send-deliveries.ts';
import type { Room } from './sending-store.ts';
import type { EndpointId } from './webhook.ts';
import { BOOK, openShop, type Receiver, startReceiver, type TestShop, until } from './test-shop.ts';

let sql: Sql;
let url: string;
let shop: TestShop;
let receiver: Receiver;
const closing: (() => Promise<void> | void)[] = [];
const roomy: Room = { usual: 100, named: [], unwell: 100 };

beforeAll(async () => {
  ({ sql, url } = await freshDatabase());
});
beforeEach(async () => {
  await sql`update webhook_deliveries set state = 'canceled', due_at = null, leased_until = null, finished_at = now()`;
  shop = await openShop(sql);
  receiver = await startReceiver();
  closing.push(() => receiver.close());
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function claim(limit = 100, room = roomy): Promise<DeliveryJob[]> {
  return claimDeliveries(sql, BOOK, { now: shop.clock.now(), leaseSeconds: LEASE_SECONDS, limit, room });
}

/** What a try of this job came to, as if the receiver had answered so. */
async function tried(job: DeliveryJob | undefined, status: number) {
  if (job === undefined) throw new Error('there was nothing to claim');
  const send = async () => ({ kind: 'reply', status, headers: {}, body: Buffer.from('ok') }) as const;
  return tryDelivery({ ...shop, send, log: silentLog, book: BOOK }, job);
}

const record = async (...results: Awaited<ReturnType<typeof tried>>[]) =>
  sql.begin((tx) => recordTries(tx, BOOK, results));

async function onlyDelivery() {
  const page = { endpointId: null, eventId: null, state: null, cursor: null, limit: 2 };
  const { items } = await listDeliveries(shop, shop.owner, page);
  expect(items).toHaveLength(1);
  return items[0];
}

describe('claiming', () => {
  test('gives each delivery to one node only', async () => {
    await shop.hear(receiver.url);
    await shop.tell(...Array.from({ length: 40 }, () => ({ objectId: shop.anObject() })));
    const claimed = await Promise.all(Array.from({ length: 8 }, () => claim(20)));
    const ids = claimed.flat().map((job) => job.deliveryId);
    expect(new Set(ids).size).toBe(ids.length);
    ids.push(...(await claim()).map((job) => job.deliveryId));
    expect(new Set(ids).size).toBe(40);
  });

  test('takes one of each endpoint before a second of any', async () => {
    for (let count = 0; count < 3; count++) await shop.hear(receiver.url);
    await shop.tell({}, {}, {});
    const endpoints = (await claim(3)).map((job) => job.endpointId);
    expect(new Set(endpoints).size).toBe(3);
  });

  test('keeps to the room of each endpoint and of all unwell ones together', async () => {
    const endpoints: EndpointId[] = [];
    for (let count = 0; count < 4; count++) endpoints.push((await shop.hear(receiver.url)).endpoint.id);
    await shop.tell(...Array.from({ length: 10 }, () => ({ objectId: shop.anObject() })));
    const [full, unwell, alsoUnwell, well] = endpoints;
    const named: Room['named'] = [
      { endpointId: full ?? 'we_', room: 0, isUnwell: false },
      { endpointId: unwell ?? 'we_', room: 3, isUnwell: true },
      { endpointId: alsoUnwell ?? 'we_', room: 3, isUnwell: true },
    ];
    const jobs = await claim(100, { usual: 5, named, unwell: 4 });
    const count = (id: string | undefined) => jobs.filter((job) => job.endpointId === id).length;
    expect([count(full), count(unwell), count(alsoUnwell), count(well)]).toEqual([0, 2, 2, 5]);
  });

  test('passes over what waits for an earlier event of the same object, also while that is under way', async () => {
    await shop.hear(receiver.url);
    const object = shop.anObject();
    await shop.tell({ objectId: object, type: 'refund.created' }, { objectId: object, type: 'refund.succeeded' });
    const [first, ...others] = await claim();
    expect(others).toEqual([]);
    expect(first?.payload).toContain('refund.created');
    expect(await claim()).toEqual([]);
    await record(await tried(first, 200));
    const [second] = await claim();
    expect(second?.payload).toContain('refund.succeeded');
  });
});

describe('a lease that ran out', () => {
  test('lets another node send, and the result of the first is no longer taken', async () => {
    await shop.hear(receiver.url);
    await shop.tell({});
    const [slow] = await claim();
    expect(await claim()).toEqual([]);
    shop.clock.advanceMs(LEASE_SECONDS * 1000);
    const [fast] = await claim();
    expect(fast?.deliveryId).toBe(slow?.deliveryId);
    expect(await record(await tried(slow, 500))).toEqual(['stale']);
    expect(await onlyDelivery()).toMatchObject({ state: 'pending', triesCount: 0, leasedUntil: expect.any(Date) });
    expect(await record(await tried(fast, 200))).toEqual(['recorded']);
    expect(await record(await tried(slow, 500))).toEqual(['stale']); // also after that
    const delivery = await onlyDelivery();
    expect(delivery).toMatchObject({ state: 'succeeded', triesCount: 1 });
    expect(delivery?.tries.map(({ status }) => status)).toEqual([500, 200]); // both went out, both are told
  });

  test('is told apart when both results are recorded together, and recording twice is recording once', async () => {
    await shop.hear(receiver.url);
    await shop.tell({});
    const [slow] = await claim();
    shop.clock.advanceMs(LEASE_SECONDS * 1000);
    const [fast] = await claim();
    const results = [await tried(slow, 200), await tried(fast, 500)];
    expect(await record(...results)).toEqual(['stale', 'recorded']);
    expect(await onlyDelivery()).toMatchObject({ state: 'pending', triesCount: 1, lastStatus: 500 });
    expect(await record(...results)).toEqual(['stale', 'recorded']); // as after a commit whose answer was lost
    expect((await onlyDelivery())?.tries).toHaveLength(2);
  });

  test('of an endpoint deleted meanwhile changes nothing', async () => {
    const { endpoint } = await shop.hear(receiver.url);
    await shop.tell({});
    const [job] = await claim();
    await deleteEndpoint(shop, shop.owner, endpoint.id);
    expect(await record(await tried(job, 500))).toEqual(['stale']);
    expect(await onlyDelivery()).toMatchObject({ state: 'canceled' });
  });
});

describe('kill -9 of the sender', () => {
  let child: ChildProcess;

  test('between sending and recording: it is sent again, with the same id', async () => {
    await shop.hear(receiver.url);
    receiver.answers = [() => void child.kill('SIGKILL')]; // received, never answered
    await shop.tell({});
    child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', senderProgram(url)], {
      cwd: rootDir,
      stdio: 'inherit',
    });
    const [, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.once('exit', (...ending) => resolve(ending)),
    );
    expect(signal).toBe('SIGKILL');
    expect(await onlyDelivery()).toMatchObject({ state: 'pending', triesCount: 0, leasedUntil: expect.any(Date) });
    const loop = shop.startSending();
    closing.push(() => loop.stop());
    shop.clock.advanceMs(3_600_000); // well after the lease of the dead, by whose own clock it began
    loop.kick();
    await until(async () => (await onlyDelivery())?.state === 'succeeded');
    expect(receiver.received).toHaveLength(2);
    expect(receiver.received[1]?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id']);
  });
});

/** A sender in a process of its own, with the machine's own clock. */
function senderProgram(databaseUrl: string): string {
  const from = (path: string) => JSON.stringify(pathToFileURL(join(rootDir, path)).href);
  return `
    import { systemClock } from ${from('src/base/clock.ts')};
    import { silentLog } from ${from('src/base/log.ts')};
    import { systemRandom } from ${from('src/base/random.ts')};
    import { connect } from ${from('src/db/connect.ts')};
    import { createVettedSend } from ${from('src/net/vetted-send.ts')};
    import { startSendingDeliveries } from ${from('src/webhooks/send-deliveries.ts')};
    import { BOOK, openSeal } from ${from('src/webhooks/test-shop.ts')};
    const { send } = createVettedSend({
      allowPrivate: true, connectionsPerOriginMax: 4, connectTimeoutMs: 5000, idleTimeoutMs: 4000,
    });
    startSendingDeliveries({
      sql: connect(${JSON.stringify(databaseUrl)}, { connectionsMax: 2, applicationName: 'test sender' }),
      clock: systemClock, random: systemRandom, log: silentLog, seal: openSeal, send, book: BOOK, idleMs: 50,
    });`;
}
