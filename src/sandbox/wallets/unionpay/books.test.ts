import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import {
  type Listener,
  listen,
  openMerchant,
  payFields,
  post,
  queryFields,
  undoFields,
  until,
} from './test-merchant.ts';
import { type UnionpaySandbox, startUnionpaySandbox } from './unionpay.ts';

let dataDir: string;
let sandbox: UnionpaySandbox | null = null;
let merchant: Listener;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hutong-sandbox-'));
  merchant = await listen();
});

afterEach(async () => {
  await sandbox?.stop();
  await merchant.close();
  rmSync(dataDir, { recursive: true });
});

async function start(more: { notifyDelaysMs?: number[]; refundDelayMs?: number } = {}): Promise<UnionpaySandbox> {
  await sandbox?.stop();
  const deps = { clock: systemClock, random: systemRandom, log: silentLog };
  sandbox = await startUnionpaySandbox({ port: 0, ...deps, dataDir, ...more });
  return sandbox;
}

test('keys and books are the same after a restart, for the owner’s eyes only', async () => {
  const before = await start({ refundDelayMs: 0 });
  const shop = openMerchant(before.merchantSettings);
  const fields = payFields(shop, { backUrl: merchant.url });
  const { tn } = await post(shop, 'appTransReq.do', fields);
  before.pay(fields.orderId ?? '');
  const { queryId = '' } = await post(shop, 'queryTrans.do', queryFields(fields));
  const refund = undoFields(fields, queryId, '04', { txnAmt: '800' });
  await post(shop, 'backTransReq.do', refund);
  await until(() => before.orders().every((order) => order.notify_acknowledged));
  const [orders, totals] = [before.orders(), before.totals()];

  const after = await start({ refundDelayMs: 0 });
  expect(after.orders()).toEqual(orders);
  expect(after.totals()).toEqual(totals);
  expect(after.merchantSettings).toEqual({
    ...before.merchantSettings,
    gateway_url: after.url,
    user_auth_url: `${after.url}/qrcGtwWeb-web/api/userAuth`,
    file_url: `${after.url}/filedownload/`,
  });
  const again = openMerchant(after.merchantSettings);
  expect(await post(again, 'queryTrans.do', queryFields(fields))).toMatchObject({ origRespCode: '00', queryId });
  expect(await post(again, 'appTransReq.do', fields)).toMatchObject({ respCode: '12' });
  const next = await post(again, 'appTransReq.do', payFields(again, { txnTime: fields.txnTime ?? '' }));
  expect(next.tn).not.toBe(tn);
  for (const name of ['keys.json', 'orders.jsonl']) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
});

test('what was still owed is done after a restart: the refund finishes and both are told', async () => {
  const before = await start({ notifyDelaysMs: [3_600_000], refundDelayMs: 3_600_000 });
  const shop = openMerchant(before.merchantSettings);
  const fields = payFields(shop, { backUrl: merchant.url });
  await post(shop, 'appTransReq.do', fields);
  before.pay(fields.orderId ?? '');
  const { queryId = '' } = await post(shop, 'queryTrans.do', queryFields(fields));
  const refund = undoFields(fields, queryId, '04');
  await post(shop, 'backTransReq.do', refund);
  expect(merchant.received).toEqual([]);

  const after = await start({ notifyDelaysMs: [0], refundDelayMs: 0 });
  await until(() => merchant.received.length === 2);
  expect(new Set(merchant.received.map((one) => one.txnType))).toEqual(new Set(['01', '04']));
  expect(after.totals()[0]).toMatchObject({ paid_fen: '8800', refunded_fen: '8800', net_fen: '0' });
});

test('a last line that was cut short is forgotten, and the books go on after it', async () => {
  const before = await start({ notifyDelaysMs: [] });
  const shop = openMerchant(before.merchantSettings);
  const [first, second] = [payFields(shop), payFields(shop)];
  await post(shop, 'appTransReq.do', first);
  await post(shop, 'appTransReq.do', second);
  await before.stop();
  const path = join(dataDir, 'orders.jsonl');
  truncateSync(path, statSync(path).size - 7);

  const after = await start({ notifyDelaysMs: [] });
  expect(after.orders().map((order) => order.order_no)).toEqual([first.orderId]);
  expect(await post(openMerchant(after.merchantSettings), 'appTransReq.do', second)).toMatchObject({ respCode: '00' });
  expect(
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).line),
  ).toEqual(['ordered', 'ordered']);
  expect((await start()).orders()).toHaveLength(2);
});

test('a line that is no JSON and keys that are no keys stop the start with the file’s name', async () => {
  const before = await start();
  await before.stop();
  const books = join(dataDir, 'orders.jsonl');
  appendFileSync(books, 'nonsense\n');
  await expect(start()).rejects.toThrow(`line 1 of ${books}`);
  writeFileSync(books, '');
  const keys = join(dataDir, 'keys.json');
  writeFileSync(keys, '{"version":2}');
  await expect(start()).rejects.toThrow(keys);
});
