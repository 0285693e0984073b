import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { type Clock, ManualClock, systemClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import {
  type Listener,
  type TestMerchant,
  type Wire,
  beijing,
  isTrusted,
  listen,
  openMerchant,
  payFields,
  post,
  until,
} from './test-merchant.ts';
import { type UnionpaySandbox, startUnionpaySandbox } from './unionpay.ts';

// Keys are minted once for all of these tests; the books begin empty in each.
const dataDir = mkdtempSync(join(tmpdir(), 'hutong-sandbox-'));
const running: { stop(): Promise<void> }[] = [];
let ears: Listener[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  for (const ear of ears) await ear.close();
  ears = [];
  rmSync(join(dataDir, 'orders.jsonl'), { force: true });
});
afterAll(() => rmSync(dataDir, { recursive: true }));

async function start(notifyDelaysMs: number[], clock: Clock = systemClock): Promise<[UnionpaySandbox, TestMerchant]> {
  const deps = { clock, random: systemRandom, log: silentLog };
  const sandbox = await startUnionpaySandbox({ port: 0, ...deps, dataDir, notifyDelaysMs });
  running.push(sandbox);
  return [sandbox, openMerchant(sandbox.merchantSettings)];
}

async function ear(statuses: number[] = []): Promise<Listener> {
  const made = await listen(statuses);
  ears.push(made);
  return made;
}

async function paid(sandbox: UnionpaySandbox, shop: TestMerchant, backUrl: string, more: Wire = {}): Promise<string> {
  const fields = payFields(shop, { backUrl, ...more });
  await post(shop, 'appTransReq.do', fields);
  sandbox.pay(fields.orderId ?? '');
  return fields.orderId ?? '';
}

test('a notification is sent again until it is answered 200, and then never more', async () => {
  const [sandbox, shop] = await start([0, 1, 1, 1, 1]);
  const merchant = await ear([500, 302, 204]);
  const orderNo = await paid(sandbox, shop, merchant.url);
  await until(() => sandbox.orders({ orderNo })[0]?.notify_acknowledged === true);
  expect(sandbox.notificationsSent().map((one) => [one.tryNo, one.status])).toEqual([
    [1, 500],
    [2, 302],
    [3, 204],
    [4, 200],
  ]);
  expect(new Set(merchant.received.map((one) => one.signature)).size).toBe(1);
});

test('after the last try nobody is told any more', async () => {
  const [sandbox, shop] = await start([0, 1, 1]);
  const merchant = await ear([500, 500, 500, 500]);
  const orderNo = await paid(sandbox, shop, merchant.url);
  await until(() => sandbox.orders({ orderNo })[0]?.notify_tries === 3);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(merchant.received).toHaveLength(3);
  expect(sandbox.orders({ orderNo })[0]?.notify_acknowledged).toBe(false);
});

test('the tries follow the clock: at once, then after 1, 2, 4 and 5 minutes', async () => {
  const clock = new ManualClock(new Date());
  const deps = { clock, random: systemRandom, log: silentLog };
  const sandbox = await startUnionpaySandbox({ port: 0, ...deps, dataDir });
  running.push(sandbox);
  const merchant = await ear([500, 500, 500, 500, 500]);
  const orderNo = await paid(sandbox, openMerchant(sandbox.merchantSettings), merchant.url, {
    txnTime: beijing(clock.now()),
  });
  const tries = () => sandbox.orders({ orderNo })[0]?.notify_tries;
  await until(() => tries() === 1);
  for (const [index, minutes] of [1, 2, 4, 5].entries()) {
    clock.advanceMs(minutes * 60_000);
    await until(() => tries() === index + 2);
  }
  expect(merchant.received).toHaveLength(5);
});

test('a merchant that is not there is tried again', async () => {
  const [sandbox, shop] = await start([0, 1]);
  const orderNo = await paid(sandbox, shop, 'http://127.0.0.1:9/notify');
  await until(() => sandbox.orders({ orderNo })[0]?.notify_tries === 2);
  expect(sandbox.notificationsSent().map((one) => one.status)).toEqual([null, null]);
});

test('a declined payment is told to nobody', async () => {
  const [sandbox, shop] = await start([0]);
  const merchant = await ear();
  const fields = payFields(shop, { backUrl: merchant.url });
  await post(shop, 'appTransReq.do', fields);
  sandbox.decline(fields.orderId ?? '', '64');
  await paid(sandbox, shop, merchant.url);
  await until(() => merchant.received.length > 0);
  expect(merchant.received.map((one) => one.orderId)).not.toContain(fields.orderId);
});

const unworthy = ['bad_signature', 'expired_certificate', 'wrong_name', 'foreign_certificate'];
test.each(unworthy)('with the fault %s a careful merchant does not believe the first delivery', async (kind) => {
  const [sandbox, shop] = await start([0, 1]);
  const merchant = await ear([500]);
  sandbox.setFault({ operation: 'notify', kind, times: 1 });
  await paid(sandbox, shop, merchant.url);
  await until(() => merchant.received.length === 2);
  expect(merchant.received.map((one) => isTrusted(shop.settings, one))).toEqual([false, true]);
});

test('a wrong amount is rightly signed', async () => {
  const [sandbox, shop] = await start([0]);
  const merchant = await ear();
  sandbox.setFault({ operation: 'notify', kind: 'wrong_amount', times: 1 });
  await paid(sandbox, shop, merchant.url);
  await until(() => merchant.received.length === 1);
  expect(merchant.received[0]).toMatchObject({ txnAmt: '8801', settleAmt: '8801' });
  expect(isTrusted(shop.settings, merchant.received[0] ?? {})).toBe(true);
});

test('lost, doubled, late and flawed notifications', async () => {
  const [sandbox, shop] = await start([0, 1]);
  const merchant = await ear();
  sandbox.setFault({ operation: 'notify', kind: 'silent', times: 1 });
  const lost = await paid(sandbox, shop, merchant.url);
  await until(() => sandbox.orders({ orderNo: lost })[0]?.notify_tries === 2);
  expect(merchant.received).toHaveLength(1);
  sandbox.setFault({ operation: 'notify', kind: 'duplicate', value: 3, times: 1 });
  await paid(sandbox, shop, merchant.url);
  await until(() => merchant.received.length === 4);
  sandbox.setFault({ operation: 'notify', kind: 'late', value: 30, times: 1 });
  const late = await paid(sandbox, shop, merchant.url);
  expect(sandbox.orders({ orderNo: late })[0]?.notify_tries).toBe(0);
  await until(() => merchant.received.length === 5);
  sandbox.setFault({ operation: 'outcome', kind: 'resp_code', value: 'A6', times: 1 });
  await paid(sandbox, shop, merchant.url);
  await until(() => merchant.received.length === 6);
  expect(merchant.received[5]?.respCode).toBe('A6');
});

test('many merchants at once are all told', async () => {
  const [sandbox, shop] = await start([0]);
  const merchant = await ear();
  const orders = await Promise.all(Array.from({ length: 200 }, () => paid(sandbox, shop, merchant.url)));
  await until(() => merchant.received.length === 200);
  expect(new Set(merchant.received.map((one) => one.orderId))).toEqual(new Set(orders));
  expect(new Set(merchant.received.map((one) => one.queryId)).size).toBe(200);
});
