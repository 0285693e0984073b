import { inflateSync } from 'node:zlib';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import {
  type TestMerchant,
  type Wire,
  beijing,
  openMerchant,
  payFields,
  post,
  queryFields,
  readAnswer,
  postForm,
  signAs,
  undoFields,
} from './test-merchant.ts';
import { type UnionpaySandbox, startUnionpaySandbox } from './unionpay.ts';

const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
let sandbox: UnionpaySandbox;
let shop: TestMerchant;

beforeAll(async () => {
  const deps = { clock, random: systemRandom, log: silentLog };
  sandbox = await startUnionpaySandbox({ port: 0, ...deps, dataDir: null, notifyDelaysMs: [], refundDelayMs: 0 });
  shop = openMerchant(sandbox.merchantSettings);
});
afterEach(() => sandbox.clearFaults());
afterAll(() => sandbox.stop());

const SHOWN = { txnSubType: '07', bizType: '000000' };
const SCANNED = { txnSubType: '06', bizType: '000000' };
const IN_WALLET = { bizType: '000000', channelType: '07', tradeType: 'mobileWeb' };

function fieldsOf(more: Wire): Wire {
  return payFields(shop, { txnTime: beijing(clock.now()), ...more });
}

function queryOf(fields: Wire): Promise<Wire> {
  return post(shop, 'queryTrans.do', queryFields(fields));
}

describe('a code that the merchant shows', () => {
  test('leads whoever scans it to the page where it is paid', async () => {
    const fields = fieldsOf(SHOWN);
    const { respCode, qrCode = '' } = await post(shop, 'backTransReq.do', fields);
    expect(respCode).toBe('00');
    expect(qrCode).toMatch(/\/00010000\/\d+$/);
    for (const url of [qrCode, `${sandbox.controlUrl}/scan?text=${encodeURIComponent(qrCode)}`]) {
      expect(await (await fetch(url)).text()).toContain('¥88.00');
    }
    expect(await queryOf(fields)).toMatchObject({ origRespCode: '05', txnSubType: '07' });
    sandbox.pay(fields.orderId ?? '');
    expect(await queryOf(fields)).toMatchObject({ origRespCode: '00', txnAmt: '8800' });
    expect(await post(shop, 'backTransReq.do', fields)).toMatchObject({ respCode: '12' });
  });

  test('of nobody is 404, and without the product 32', async () => {
    expect((await fetch(`${sandbox.url}/00010000/1234`)).status).toBe(404);
    expect(await post(shop, 'backTransReq.do', fieldsOf({ ...SHOWN, bizType: '000201' }))).toMatchObject({
      respCode: '32',
    });
  });
});

describe('a payment code', () => {
  const charge = (qrNo: string, fields = fieldsOf({ ...SCANNED, qrNo })) => post(shop, 'backTransReq.do', fields);

  test('is charged once: 00, 05 while the PIN is entered, 64 without money, 88 for nobody’s', async () => {
    const code = sandbox.paymentCode('pays');
    expect(code).toMatch(/^62\d{17}$/);
    expect(await charge(code)).toMatchObject({ respCode: '00' });
    expect(await charge(code)).toMatchObject({ respCode: '88' });
    expect(await charge(sandbox.paymentCode('declines'))).toMatchObject({ respCode: '64' });
    expect(await charge('6200000000000000000')).toMatchObject({ respCode: '88' });
    expect(await charge('1300000000000000000')).toMatchObject({ respCode: '10' });
    const fields = fieldsOf({ ...SCANNED, qrNo: sandbox.paymentCode('asks_pin') });
    expect(await charge('', fields)).toMatchObject({ respCode: '05' });
    expect(await queryOf(fields)).toMatchObject({ origRespCode: '05' });
    sandbox.pay(fields.orderId ?? '');
    expect(await queryOf(fields)).toMatchObject({ origRespCode: '00' });
  });

  test('can be undone on its clearing day, paid or not; afterwards a query tells 46', async () => {
    for (const buyer of ['pays', 'asks_pin'] as const) {
      const fields = fieldsOf({ ...SCANNED, qrNo: sandbox.paymentCode(buyer) });
      await charge('', fields);
      const reversal = { ...fields, txnType: '99', txnSubType: '01' };
      expect(await post(shop, 'backTransReq.do', reversal)).toMatchObject({ respCode: '00', txnType: '99' });
      expect(await post(shop, 'backTransReq.do', reversal)).toMatchObject({ respCode: '46' });
      expect(await queryOf(fields)).toMatchObject({ origRespCode: '46' });
      expect(() => sandbox.pay(fields.orderId ?? '')).toThrow('is over');
    }
  });

  test('cannot be undone after 23:00, after a refund, or when it has failed', async () => {
    const undo = (fields: Wire) => post(shop, 'backTransReq.do', { ...fields, txnType: '99', txnSubType: '01' });
    const failed = fieldsOf({ ...SCANNED, qrNo: sandbox.paymentCode('declines') });
    await charge('', failed);
    expect(await undo(failed)).toMatchObject({ respCode: '35' });
    const refunded = fieldsOf({ ...SCANNED, qrNo: sandbox.paymentCode('pays') });
    await charge('', refunded);
    const { queryId = '' } = await queryOf(refunded);
    const { qrNo: _, ...rest } = refunded;
    await post(shop, 'backTransReq.do', undoFields(rest, queryId, '04', { txnAmt: '1' }));
    expect(await undo(refunded)).toMatchObject({ respCode: '45' });
    const late = fieldsOf({ ...SCANNED, qrNo: sandbox.paymentCode('pays') });
    await charge('', late);
    clock.advanceMs(13 * 3_600_000);
    expect(await undo(late)).toMatchObject({ respCode: '39' });
  });
});

describe('in the wallet’s browser', () => {
  const ask = (query: string) => fetch(`${sandbox.merchantSettings.user_auth_url}?${query}`, { redirect: 'manual' });
  const exchange = (userAuthCode: string, more: Wire = {}) => {
    const { backUrl: _b, frontUrl: _f, txnAmt: _a, currencyCode: _c, ...rest } = fieldsOf({});
    const asked = { txnType: '00', txnSubType: '10', bizType: '000000', appUpIdentifier: 'UnionPay/1.0 CloudPay' };
    return post(shop, 'newAppTransReq.do', { ...rest, ...asked, userAuthCode, ...more });
  };
  const comeBack = async () => {
    const reply = await ask(`version=1.0.0&redirectUrl=${encodeURIComponent('http://127.0.0.1:9/who?a=1')}`);
    return reply.headers.get('location') ?? '';
  };

  test('a one-time code with a bare + comes back beside what was there, and is exchanged for the payer', async () => {
    const location = await comeBack();
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:9\/who\?a=1&userAuthCode=\+[^&]+&respCode=00$/);
    const code = /userAuthCode=([^&]+)/.exec(location)?.[1] ?? '';
    const { appUserId = '' } = await exchange(code);
    expect(appUserId).toHaveLength(64);
    expect(await exchange(code)).toMatchObject({ respCode: '80' });
    const fields = fieldsOf({ ...IN_WALLET, appUserId });
    const { respCode, payUrl = '' } = await post(shop, 'newAppTransReq.do', fields);
    expect(respCode).toBe('00');
    expect(await (await fetch(payUrl)).text()).toContain('¥88.00');
    sandbox.pay(fields.orderId ?? '');
    expect(await queryOf(fields)).toMatchObject({ origRespCode: '00', bizType: '000000' });
  });

  test('somebody else’s payer id and an odd wallet are refused', async () => {
    const appUserId = 'A'.repeat(64);
    expect(await post(shop, 'newAppTransReq.do', fieldsOf({ ...IN_WALLET, appUserId }))).toMatchObject({
      respCode: '10',
    });
    expect(await exchange('whatever', { appUpIdentifier: 'Chrome' })).toMatchObject({ respCode: '10' });
  });

  test('an address that is none is not gone to, and a fault sends the browser back with its code', async () => {
    expect((await ask('version=1.0.0&redirectUrl=javascript:alert(1)')).status).toBe(400);
    expect((await ask('version=9&redirectUrl=http://127.0.0.1:9/')).status).toBe(400);
    sandbox.setFault({ operation: 'identify', kind: 'code', value: '34', times: 1 });
    expect(await comeBack()).toBe('http://127.0.0.1:9/who?a=1&respCode=34');
  });
});

describe('the bill', () => {
  async function fetchBill(settleDate: string): Promise<Wire> {
    const { encoding = '', version = '', signMethod = '', accessType = '', merId = '' } = fieldsOf({});
    const named = { encoding, version, signMethod, accessType, merId, txnTime: beijing(clock.now()) };
    const asked = { ...named, txnType: '76', txnSubType: '01', bizType: '000000', settleDate, fileType: '00' };
    const reply = await postForm(sandbox.merchantSettings.file_url, signAs(shop, asked));
    return readAnswer(await reply.text());
  }

  test('of a clearing day is there at nine the next morning: fixed widths, masked, fees by their letter', async () => {
    clock.advanceMs(24 * 3_600_000);
    const day = beijing(new Date(clock.now().getTime() + 3_600_000)).slice(0, 8);
    const fields = fieldsOf({ txnAmt: '10000' });
    await post(shop, 'appTransReq.do', fields);
    sandbox.pay(fields.orderId ?? '');
    const { queryId = '' } = await queryOf(fields);
    const refund = undoFields(fields, queryId, '04', { txnAmt: '2500' });
    await post(shop, 'backTransReq.do', refund);
    await expect.poll(() => sandbox.orders({ orderNo: refund.orderId ?? '' })[0]?.state).toBe('succeeded');
    expect(await fetchBill(day.slice(4))).toMatchObject({ respCode: '98' });
    clock.advanceMs(36 * 3_600_000);
    const answer = await fetchBill(day.slice(4));
    expect(answer).toMatchObject({ respCode: '00', fileName: `${shop.settings.mer_id}_${day}.zip` });
    const files = unzipSync(inflateSync(Buffer.from(answer.fileContent ?? '', 'base64')));
    const lead = `INN${day.slice(2)}88`;
    expect(Object.keys(files)).toEqual([`${lead}ZM_${shop.settings.mer_id}`, `${lead}ZME_${shop.settings.mer_id}`]);
    const [paid = '', back = '', end] = strFromU8(Object.values(files)[0] ?? new Uint8Array()).split('\r\n');
    expect(end).toBe('');
    // Offsets and widths as the documents have them.
    const cells = (line: string) =>
      [
        [0, 3],
        [46, 19],
        [66, 12],
        [87, 21],
        [112, 32],
        [166, 13],
        [180, 13],
        [215, 2],
        [271, 21],
        [293, 15],
      ].map(([at = 0, width = 0]) => line.slice(at, at + width).trim());
    expect(cells(paid)).toEqual([
      'S22',
      '6216***********0018',
      '000000010000',
      queryId,
      fields.orderId,
      'D000000000038',
      'C000000009962',
      '01',
      '',
      shop.settings.mer_id,
    ]);
    expect(cells(back)).toMatchObject({ 0: 'S30', 2: '000000002500', 4: refund.orderId, 7: '04', 8: queryId });
    expect([paid, back].map((line) => line.length)).toEqual([607, 607]);
  });

  test('of a day without anything is 98', async () => {
    expect(await fetchBill('0101')).toMatchObject({ respCode: '98' });
    expect(await fetchBill('1399')).toMatchObject({ respCode: '10' });
  });
});
