import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import {
  type Listener,
  type TestMerchant,
  isTrusted,
  listen,
  openMerchant,
  payFields,
  post,
  postForm,
  queryFields,
  readAnswer,
  signAs,
  undoFields,
  until,
} from './test-merchant.ts';
import { type UnionpaySandbox, startUnionpaySandbox } from './unionpay.ts';

let sandbox: UnionpaySandbox;
let shop: TestMerchant;
let ear: Listener;

beforeAll(async () => {
  sandbox = await startUnionpaySandbox({
    port: 0,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    dataDir: null,
    refundDelayMs: 20,
  });
  shop = openMerchant(sandbox.merchantSettings);
  ear = await listen();
});

afterAll(async () => {
  await sandbox.stop();
  await ear.close();
});

async function openApp(more: Record<string, string> = {}, merchant = shop) {
  const fields = payFields(merchant, { backUrl: ear.url, ...more });
  const answer = await post(merchant, 'appTransReq.do', fields);
  return { fields, answer, orderNo: fields.orderId as string };
}

describe('an app order', () => {
  test('is answered with a 21-digit tn in an answer that the minted chain vouches for', async () => {
    const { answer, fields } = await openApp();
    expect(answer).toMatchObject({ respCode: '00', merId: shop.settings.mer_id, orderId: fields.orderId });
    expect(answer.tn).toMatch(/^\d{21}$/);
    expect(answer.respMsg).toContain('[0000000]');
    expect(answer.signPubKeyCert).toMatch(/^-----BEGIN CERTIFICATE-----\r\n[\s\S]*\r\n-----END CERTIFICATE-----$/);
    expect(isTrusted(shop.settings, answer)).toBe(true);
  });
  test('is paid, told to the merchant and found by a query with the same facts', async () => {
    const { fields, orderNo } = await openApp();
    expect(sandbox.pay(orderNo)).toBe('00');
    await until(() => ear.received.some((one) => one.orderId === orderNo));
    const told = ear.received.find((one) => one.orderId === orderNo) ?? {};
    expect(isTrusted(shop.settings, told)).toBe(true);
    const found = await post(shop, 'queryTrans.do', queryFields(fields));
    expect(isTrusted(shop.settings, found)).toBe(true);
    expect(found).toMatchObject({
      respCode: '00',
      origRespCode: '00',
      txnType: '01',
      txnAmt: '8800',
      settleAmt: '8800',
    });
    expect(told).toMatchObject({ respCode: '00', queryId: found.queryId, traceNo: found.traceNo, txnAmt: '8800' });
    expect(found.queryId).toMatch(/^\d{21}$/);
  });
});

test('one front payment, one refund', async () => {
  const fields = payFields(shop, { backUrl: ear.url });
  const reply = await postForm(`${sandbox.url}/gateway/api/frontTransReq.do`, signAs(shop, fields));
  expect(reply.status).toBe(303);
  const page = await (await fetch(new URL(reply.headers.get('location') ?? '', sandbox.url))).text();
  expect(page).toContain('¥88.00');
  sandbox.pay(fields.orderId as string);
  const found = await post(shop, 'queryTrans.do', queryFields(fields));
  const refund = undoFields(fields, found.queryId ?? '', '04', { txnAmt: '3000' });
  const answer = await post(shop, 'backTransReq.do', refund);
  expect(answer).toMatchObject({ respCode: '00', origQryId: found.queryId });
  await until(() => ear.received.some((one) => one.orderId === refund.orderId));
});
void readAnswer;
