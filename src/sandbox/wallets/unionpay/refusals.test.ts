import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import {
  type TestMerchant,
  type Wire,
  beijing,
  isTrusted,
  openMerchant,
  payFields,
  post,
  postForm,
  queryFields,
  readAnswer,
  signAs,
  undoFields,
} from './test-merchant.ts';
import { type UnionpaySandbox, startUnionpaySandbox } from './unionpay.ts';

const clock = new ManualClock(new Date('2026-11-23T10:00:00+08:00'));
let sandbox: UnionpaySandbox;
let shop: TestMerchant;
let secret: TestMerchant;

beforeAll(async () => {
  const deps = { clock, random: systemRandom, log: silentLog };
  sandbox = await startUnionpaySandbox({ port: 0, ...deps, dataDir: null, notifyDelaysMs: [], refundDelayMs: 0 });
  shop = openMerchant(sandbox.merchantSettings);
  secret = openMerchant(sandbox.extraMerchants[1] ?? shop.settings);
});

afterAll(() => sandbox.stop());

function appFields(more: Wire = {}): Wire {
  return payFields(shop, { txnTime: beijing(clock.now()), ...more });
}

async function paid(more: Wire = {}): Promise<{ fields: Wire; queryId: string }> {
  const fields = appFields(more);
  await post(shop, 'appTransReq.do', fields);
  sandbox.pay(fields.orderId ?? '');
  const found = await post(shop, 'queryTrans.do', queryFields(fields));
  return { fields, queryId: found.queryId ?? '' };
}

describe('an order is refused, in this order of precedence', () => {
  const rows: [why: string, code: string, change: Wire][] = [
    ['no version', '13', { version: '' }],
    ['no encoding', '13', { encoding: '' }],
    ['no merId', '13', { merId: '' }],
    ['an old version', '10', { version: '5.0.0' }],
    ['another encoding', '10', { encoding: 'GBK' }],
    ['an unheard-of signMethod', '10', { signMethod: '02' }],
    ['an unknown merchant', '31', { merId: '777290058119999' }],
    ['somebody else’s merchant number', '11', { merId: '777290058110097' }],
    ['another signMethod than the merchant’s', '11', { signMethod: '11' }],
    ['a transaction that the endpoint does not know', '32', { txnType: '04', txnSubType: '00' }],
    ['no channelType', '13', { channelType: '' }],
    ['no orderId', '13', { orderId: '' }],
    ['no txnTime', '13', { txnTime: '' }],
    ['no amount', '13', { txnAmt: '' }],
    ['no currency', '13', { currencyCode: '' }],
    ['no backUrl', '13', { backUrl: '' }],
    ['a hyphen in the orderId', '10', { orderId: 'ABCD-EFGH' }],
    ['an underline in the orderId', '10', { orderId: 'ABCD_EFGH' }],
    ['a short orderId', '10', { orderId: 'ABCDEFG' }],
    ['a long orderId', '10', { orderId: 'A'.repeat(41) }],
    ['an amount of nothing', '10', { txnAmt: '0' }],
    ['a negative amount', '10', { txnAmt: '-1' }],
    ['an amount with a point', '10', { txnAmt: '88.00' }],
    ['an amount of thirteen digits', '10', { txnAmt: '1'.repeat(13) }],
    ['another currency', '10', { currencyCode: '840' }],
    ['an unheard-of channelType', '10', { channelType: '09' }],
    ['a backUrl that is no web address', '10', { backUrl: 'javascript:alert(1)' }],
    ['a frontUrl that is no web address', '10', { frontUrl: 'javascript:alert(1)' }],
    ['a backUrl that is too long', '10', { backUrl: `http://127.0.0.1/${'a'.repeat(256)}` }],
    ['a bare ampersand in reqReserved', '10', { reqReserved: 'a&b' }],
    ['a brace that is never closed', '10', { reqReserved: '{a=1' }],
    ['a control character', '10', { reqReserved: 'a\nb' }],
    ['a day that does not exist', '10', { txnTime: '20260230100000' }],
    ['a txnTime two hours ago', '10', { txnTime: '20261123080000' }],
    ['a txnTime two hours ahead', '10', { txnTime: '20261123120000' }],
    ['a payTimeout in the past', '10', { payTimeout: '20261123095959' }],
    ['a second-level merchant without permission', '32', { accessType: '2' }],
    ['a product that was not signed up for', '32', { bizType: '000202' }],
  ];
  test.each(rows)('%s is answered %s', async (_why, code, change) => {
    const fields = appFields(change);
    const answer = await post(shop, 'appTransReq.do', fields);
    expect(answer.respCode).toBe(code);
    expect(answer.tn).toBeUndefined();
    if (answer.signMethod === '01') expect(isTrusted(shop.settings, answer)).toBe(true);
    expect(sandbox.orders({ orderNo: fields.orderId ?? '' })).toEqual([]);
  });

  test('a changed byte after signing is answered 11', async () => {
    const signed = signAs(shop, appFields());
    const reply = await postForm(`${sandbox.url}/gateway/api/appTransReq.do`, { ...signed, txnAmt: '8801' });
    expect(readAnswer(await reply.text()).respCode).toBe('11');
  });

  test('a certId that is not the merchant’s is answered 11, and so is a rounded one', async () => {
    for (const certId of ['68759663125', String(Number(shop.certId))]) {
      const answer = await post(shop, 'appTransReq.do', appFields({ certId: BigInt(Number(certId)).toString() }));
      expect(answer.respCode).toBe('11');
    }
  });

  test('a missing signature or certId is answered 13, a wrong shared key 11', async () => {
    const signed = signAs(shop, appFields());
    for (const name of ['signature', 'certId']) {
      const reply = await postForm(`${sandbox.url}/gateway/api/appTransReq.do`, { ...signed, [name]: '' });
      expect(readAnswer(await reply.text()).respCode).toBe('13');
    }
    const forged = { ...payFields(secret, { txnTime: beijing(clock.now()) }), signature: '0'.repeat(64) };
    const reply = await postForm(`${sandbox.url}/gateway/api/appTransReq.do`, forged);
    expect(readAnswer(await reply.text()).respCode).toBe('11');
  });

  test('the same orderId and txnTime again is answered 12, paid or not, and also later on the same day', async () => {
    const fields = appFields();
    await post(shop, 'appTransReq.do', fields);
    expect(await post(shop, 'appTransReq.do', fields)).toMatchObject({ respCode: '12' });
    sandbox.pay(fields.orderId ?? '');
    expect(await post(shop, 'appTransReq.do', fields)).toMatchObject({ respCode: '12' });
    const later = { ...fields, txnTime: beijing(new Date(clock.now().getTime() + 60_000)) };
    expect(await post(shop, 'appTransReq.do', later)).toMatchObject({ respCode: '12' });
    expect(sandbox.orders({ orderNo: fields.orderId ?? '' })).toHaveLength(1);
  });

  test('a body that is no form is answered "Invalid request."', async () => {
    const url = `${sandbox.url}/gateway/api/queryTrans.do`;
    const type = 'application/x-www-form-urlencoded';
    const bodies: [string, string | Buffer][] = [
      [type, ''],
      [type, 'nonsense'],
      [type, 'a=%ZZ'],
      [type, 'a=1&a=2'],
      [type, Buffer.from([0x61, 0x3d, 0xff])],
      ['application/json', '{"merId":"1"}'],
    ];
    for (const [contentType, body] of bodies) {
      const reply = await fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body });
      expect(await reply.text()).toBe('Invalid request.');
    }
  });
});

describe('a refund or void is refused', () => {
  test('35 when the payment is not there, not paid, or somebody else’s', async () => {
    const { fields, queryId } = await paid();
    const nowhere = undoFields(fields, '0'.repeat(21), '04');
    expect(await post(shop, 'backTransReq.do', nowhere)).toMatchObject({ respCode: '35' });
    const open = appFields();
    await post(shop, 'appTransReq.do', open);
    const byName = { origQryId: '', origOrderId: open.orderId ?? '', origTxnTime: open.txnTime ?? '' };
    expect(await post(shop, 'backTransReq.do', undoFields(open, '', '04', byName))).toMatchObject({ respCode: '35' });
    const theirs = undoFields({ ...fields, merId: secret.settings.mer_id, signMethod: '11' }, queryId, '04');
    expect(await post(secret, 'backTransReq.do', theirs)).toMatchObject({ respCode: '35' });
  });

  test('36 above the payment, 13 without naming it, 12 with a used orderId', async () => {
    const { fields, queryId } = await paid();
    const more = undoFields(fields, queryId, '04', { txnAmt: '8801' });
    expect(await post(shop, 'backTransReq.do', more)).toMatchObject({ respCode: '36' });
    const nameless = undoFields(fields, '', '04');
    expect(await post(shop, 'backTransReq.do', nameless)).toMatchObject({ respCode: '13' });
    const used = undoFields(fields, queryId, '04', { orderId: fields.orderId ?? '' });
    expect(await post(shop, 'backTransReq.do', used)).toMatchObject({ respCode: '12' });
  });

  test('a reversal is refused: 32 for a front or app payment, 35 for none', async () => {
    const { fields } = await paid();
    const reversal = { ...fields, txnType: '99', txnSubType: '01' };
    expect(await post(shop, 'backTransReq.do', reversal)).toMatchObject({ respCode: '32' });
    const none = { ...appFields(), txnType: '99', txnSubType: '01' };
    expect(await post(shop, 'backTransReq.do', none)).toMatchObject({ respCode: '35' });
  });

  test('39 for a void after 23:00, while a refund is taken until 330 days have gone by', async () => {
    const { fields, queryId } = await paid();
    clock.advanceMs(13 * 3_600_000 - 1_000);
    const early = undoFields(fields, queryId, '31', { txnTime: beijing(clock.now()), txnAmt: '1' });
    expect(await post(shop, 'backTransReq.do', early)).toMatchObject({ respCode: '36' });
    clock.advanceMs(1_000);
    const late = undoFields(fields, queryId, '31', { txnTime: beijing(clock.now()) });
    expect(await post(shop, 'backTransReq.do', late)).toMatchObject({ respCode: '39' });
    clock.advanceMs(329 * 24 * 3_600_000);
    const refund = undoFields(fields, queryId, '04', { txnTime: beijing(clock.now()), txnAmt: '1' });
    expect(await post(shop, 'backTransReq.do', refund)).toMatchObject({ respCode: '00' });
    clock.advanceMs(24 * 3_600_000);
    const tooLate = undoFields(fields, queryId, '04', { txnTime: beijing(clock.now()), txnAmt: '1' });
    expect(await post(shop, 'backTransReq.do', tooLate)).toMatchObject({ respCode: '39' });
  });
});

test('payTimeout closes the order at its second', async () => {
  const payTimeout = beijing(new Date(clock.now().getTime() + 900_000));
  const fields = appFields({ payTimeout });
  await post(shop, 'appTransReq.do', fields);
  clock.advanceMs(900_000);
  expect(await post(shop, 'queryTrans.do', queryFields(fields))).toMatchObject({ origRespCode: '05' });
  clock.advanceMs(1_000);
  expect(await post(shop, 'queryTrans.do', queryFields(fields))).toMatchObject({ origRespCode: '69' });
  expect(() => sandbox.pay(fields.orderId ?? '')).toThrow('past its time');
});
