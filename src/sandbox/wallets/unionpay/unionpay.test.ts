import { constants, privateDecrypt, publicEncrypt, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import {
  type Listener,
  type TestMerchant,
  type Wire,
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
  const deps = { clock: systemClock, random: systemRandom, log: silentLog };
  sandbox = await startUnionpaySandbox({ port: 0, ...deps, dataDir: null, refundDelayMs: 20 });
  shop = openMerchant(sandbox.merchantSettings);
  ear = await listen();
});

afterAll(async () => {
  sandbox.clearFaults();
  await sandbox.stop();
  await ear.close();
});

interface Opened {
  fields: Wire;
  answer: Wire;
  orderNo: string;
}

async function openApp(more: Wire = {}, merchant = shop): Promise<Opened> {
  const fields = payFields(merchant, { backUrl: ear.url, ...more });
  return { fields, answer: await post(merchant, 'appTransReq.do', fields), orderNo: fields.orderId ?? '' };
}

async function payApp(more: Wire = {}, merchant = shop): Promise<Opened & { queryId: string }> {
  const opened = await openApp(more, merchant);
  sandbox.pay(opened.orderNo);
  const found = await post(merchant, 'queryTrans.do', queryFields(opened.fields));
  return { ...opened, queryId: found.queryId ?? '' };
}

async function toldAbout(orderNo: string | undefined): Promise<Wire> {
  await until(() => ear.received.some((one) => one.orderId === orderNo));
  return ear.received.find((one) => one.orderId === orderNo) ?? {};
}

describe('an app order', () => {
  test('is answered with a 21-digit tn in an answer that the minted chain vouches for', async () => {
    const { answer, fields } = await openApp();
    expect(answer).toMatchObject({ respCode: '00', merId: shop.settings.mer_id, orderId: fields.orderId });
    expect(answer.tn).toMatch(/^\d{21}$/);
    expect(answer.respMsg).toContain('[0000000]');
    expect(answer.signPubKeyCert).toMatch(/^-----BEGIN CERTIFICATE-----\r\n[\s\S]*\r\n-----END CERTIFICATE-----$/);
    expect(isTrusted(shop.settings, answer)).toBe(true);
    expect(isTrusted(shop.settings, { ...answer, tn: '0' })).toBe(false);
  });

  test('is paid, told to the merchant and found by a query with the same facts', async () => {
    const { fields, orderNo } = await openApp();
    expect(sandbox.pay(orderNo)).toBe('00');
    const told = await toldAbout(orderNo);
    expect(isTrusted(shop.settings, told)).toBe(true);
    const found = await post(shop, 'queryTrans.do', queryFields(fields));
    expect(isTrusted(shop.settings, found)).toBe(true);
    expect(found).toMatchObject({ respCode: '00', origRespCode: '00', txnType: '01', settleAmt: '8800' });
    expect(found.queryId).toMatch(/^\d{21}$/);
    expect(found.queryId?.slice(14, 20)).toBe(found.traceNo);
    expect(told).toMatchObject({ respCode: '00', queryId: found.queryId, traceNo: found.traceNo, txnAmt: '8800' });
    expect(told.accNo).toBe('6216***********0018');
  });

  test('keeps the merchant’s own field and the case of its encoding', async () => {
    const { orderNo, answer } = await openApp({ encoding: 'utf-8', reqReserved: '{a=1&b=[2&3]}' });
    expect(answer.encoding).toBe('utf-8');
    sandbox.pay(orderNo);
    const told = await toldAbout(orderNo);
    expect(told).toMatchObject({ reqReserved: '{a=1&b=[2&3]}', encoding: 'utf-8' });
    expect(isTrusted(shop.settings, told)).toBe(true);
  });
});

describe('a query', () => {
  test('tells an unpaid order as accepted, with no money settled and no queryId', async () => {
    const { fields } = await openApp();
    const found = await post(shop, 'queryTrans.do', queryFields(fields));
    expect(found).toMatchObject({ respCode: '00', origRespCode: '05', settleAmt: '0', txnAmt: '8800' });
    expect(found.queryId).toBeUndefined();
    expect(found.traceNo).toBeUndefined();
  });

  test('tells a declined order’s code, and success when the payer tries again', async () => {
    const { fields, orderNo } = await openApp();
    sandbox.decline(orderNo, '64');
    expect(await post(shop, 'queryTrans.do', queryFields(fields))).toMatchObject({ origRespCode: '64' });
    expect(sandbox.pay(orderNo, { card: 2 })).toBe('64');
    expect(sandbox.pay(orderNo)).toBe('00');
    expect(await post(shop, 'queryTrans.do', queryFields(fields))).toMatchObject({ origRespCode: '00' });
  });

  test('tells an order past its time as failed; a late success still counts', async () => {
    const { fields, orderNo } = await openApp();
    sandbox.expire(orderNo);
    expect(await post(shop, 'queryTrans.do', queryFields(fields))).toMatchObject({ origRespCode: '69' });
    expect(() => sandbox.pay(orderNo)).toThrow('past its time');
    expect(sandbox.pay(orderNo, { late: true })).toBe('00');
    expect(await post(shop, 'queryTrans.do', queryFields(fields))).toMatchObject({ origRespCode: '00' });
  });

  test('answers 34 and echoes txnType 00 for an order that nobody made, also for another merchant’s', async () => {
    const missing = await post(shop, 'queryTrans.do', queryFields(payFields(shop)));
    expect(missing).toMatchObject({ respCode: '34', txnType: '00' });
    expect(missing.origRespCode).toBeUndefined();
    const { fields } = await openApp();
    const other = openMerchant(sandbox.extraMerchants[0] ?? shop.settings);
    const asked = { ...queryFields(fields), merId: other.settings.mer_id };
    expect(await post(other, 'queryTrans.do', asked)).toMatchObject({ respCode: '34' });
  });

  test('finds a payment by its queryId', async () => {
    const { fields, queryId } = await payApp();
    const asked = { ...queryFields(fields), orderId: '', txnTime: '', txnSubType: '02', queryId };
    expect(await post(shop, 'queryTrans.do', asked)).toMatchObject({ respCode: '00', orderId: fields.orderId });
  });
});

describe('a refund', () => {
  test('is accepted, finishes by itself, is told and can be asked for by its own orderId', async () => {
    const { fields, queryId } = await payApp();
    const refund = undoFields(fields, queryId, '04', { txnAmt: '3000' });
    const answer = await post(shop, 'backTransReq.do', refund);
    expect(answer).toMatchObject({ respCode: '00', origQryId: queryId, txnAmt: '3000', txnType: '04' });
    expect(isTrusted(shop.settings, answer)).toBe(true);
    const told = await toldAbout(refund.orderId);
    expect(told).toMatchObject({ txnType: '04', respCode: '00', origQryId: queryId, queryId: answer.queryId });
    expect(told.settleAmt).toBe('3000');
    expect(told.queryId?.slice(14, 20)).not.toBe(told.traceNo);
    expect(await post(shop, 'queryTrans.do', queryFields(refund))).toMatchObject({ txnType: '04', origRespCode: '00' });
    const paid = await post(shop, 'queryTrans.do', queryFields(fields));
    expect(paid).toMatchObject({ origRespCode: '00', settleAmt: '8800' });
  });

  test('never goes over what was paid, however many are sent at once', async () => {
    const { fields, queryId } = await payApp();
    const refunds = Array.from({ length: 20 }, () => undoFields(fields, queryId, '04', { txnAmt: '1000' }));
    const answers = await Promise.all(refunds.map((refund) => post(shop, 'backTransReq.do', refund)));
    const codes = answers.map((answer) => answer.respCode);
    expect(codes.filter((code) => code === '00')).toHaveLength(8);
    expect(codes.filter((code) => code === '33')).toHaveLength(12);
    const rest = undoFields(fields, queryId, '04', { txnAmt: '800' });
    expect(await post(shop, 'backTransReq.do', rest)).toMatchObject({ respCode: '00' });
    const more = undoFields(fields, queryId, '04', { txnAmt: '1' });
    expect(await post(shop, 'backTransReq.do', more)).toMatchObject({ respCode: '45' });
  });

  test('names its payment by order number too', async () => {
    const { fields } = await payApp();
    const byName = { origQryId: '', origOrderId: fields.orderId ?? '', origTxnTime: fields.txnTime ?? '' };
    const refund = undoFields(fields, '', '04', byName);
    expect(await post(shop, 'backTransReq.do', refund)).toMatchObject({ respCode: '00' });
  });

  test('that fails at the issuer gives the amount free again', async () => {
    const { fields, queryId } = await payApp();
    const refund = undoFields(fields, queryId, '04');
    sandbox.setFault({ operation: 'outcome', kind: 'resp_code', value: '60', times: 1, orderNo: refund.orderId ?? '' });
    expect(await post(shop, 'backTransReq.do', refund)).toMatchObject({ respCode: '00' });
    expect(await toldAbout(refund.orderId)).toMatchObject({ respCode: '60', settleAmt: '0' });
    const again = undoFields(fields, queryId, '04');
    expect(await post(shop, 'backTransReq.do', again)).toMatchObject({ respCode: '00' });
  });
});

describe('a void', () => {
  test('undoes the whole payment once', async () => {
    const { fields, queryId } = await payApp();
    const undo = undoFields(fields, queryId, '31');
    expect(await post(shop, 'backTransReq.do', undo)).toMatchObject({ respCode: '00', txnType: '31' });
    expect(await toldAbout(undo.orderId)).toMatchObject({ txnType: '31', respCode: '00', settleAmt: '8800' });
    const again = undoFields(fields, queryId, '31');
    expect(await post(shop, 'backTransReq.do', again)).toMatchObject({ respCode: '45' });
    const refund = undoFields(fields, queryId, '04');
    expect(await post(shop, 'backTransReq.do', refund)).toMatchObject({ respCode: '45' });
  });

  test('is refused for another amount and after a partial refund', async () => {
    const { fields, queryId } = await payApp();
    const wrong = undoFields(fields, queryId, '31', { txnAmt: '8799' });
    expect(await post(shop, 'backTransReq.do', wrong)).toMatchObject({ respCode: '36' });
    const refund = undoFields(fields, queryId, '04', { txnAmt: '1' });
    await post(shop, 'backTransReq.do', refund);
    const late = undoFields(fields, queryId, '31');
    expect(await post(shop, 'backTransReq.do', late)).toMatchObject({ respCode: '45' });
  });
});

describe('merchants', () => {
  test('with signMethod 11 and 12 pay and are answered with the shared key', async () => {
    const shared = sandbox.extraMerchants.filter((settings) => settings.sign_method !== '01').map(openMerchant);
    expect(shared.map((merchant) => merchant.settings.sign_method)).toEqual(['11', '12']);
    for (const merchant of shared) {
      const { answer, orderNo } = await openApp({}, merchant);
      expect(answer.respCode).toBe('00');
      expect(answer.signPubKeyCert).toBeUndefined();
      expect(signAs(merchant, answer).signature).toBe(answer.signature);
      sandbox.pay(orderNo);
      const told = await toldAbout(orderNo);
      expect(signAs(merchant, told).signature).toBe(told.signature);
    }
  });

  test('have certificate numbers of which one does not fit a double', () => {
    const second = openMerchant(sandbox.extraMerchants[0] ?? shop.settings);
    expect(BigInt(shop.certId ?? 0)).toBeGreaterThan(2n ** 53n);
    expect(BigInt(second.certId ?? 0)).toBeLessThan(2n ** 53n);
  });

  test('that encrypt are answered encrypted to their own key', async () => {
    const enc = new X509Certificate(shop.settings.encryption_certificate_pem);
    const encryptCertId = BigInt(`0x${enc.serialNumber}`).toString();
    const padding = constants.RSA_PKCS1_PADDING;
    const accNo = publicEncrypt({ key: enc.publicKey, padding }, Buffer.from('6226090000000048')).toString('base64');
    const { answer, orderNo } = await openApp({ encryptCertId, accNo });
    expect(answer.respCode).toBe('00');
    sandbox.pay(orderNo);
    const told = await toldAbout(orderNo);
    if (shop.key === null) throw new Error('the shop has a key');
    const raw = { key: shop.key, padding: constants.RSA_NO_PADDING };
    const block = privateDecrypt(raw, Buffer.from(told.accNo ?? '', 'base64'));
    expect(block.subarray(block.indexOf(0, 2) + 1).toString()).toBe('6216***********0018');
    expect((await openApp({ encryptCertId, accNo: 'AAAA' })).answer.respCode).toBe('10');
    expect((await openApp({ encryptCertId: '1', accNo })).answer.respCode).toBe('10');
  });

  test('get the encryption certificate by asking for it', async () => {
    const { frontUrl: _, ...common } = payFields(shop);
    const ask = { ...common, txnType: '95', txnSubType: '00', bizType: '000000', certType: '01', channelType: '07' };
    const answer = await post(shop, 'backTransReq.do', ask);
    expect(answer).toMatchObject({ respCode: '00', certType: '01' });
    expect(isTrusted(shop.settings, answer)).toBe(true);
    const fingerprint = new X509Certificate(shop.settings.encryption_certificate_pem).fingerprint256;
    expect(new X509Certificate(answer.encryptPubKeyCert ?? '').fingerprint256).toBe(fingerprint);
  });

  test('are told 98 when they ask for a bill file', async () => {
    const { orderId: _, ...common } = queryFields(payFields(shop));
    const ask = { ...common, txnType: '76', txnSubType: '01', settleDate: '0119', fileType: '00' };
    const reply = await postForm(shop.settings.file_url, signAs(shop, ask));
    expect(readAnswer(await reply.text())).toMatchObject({ respCode: '98', txnType: '76' });
  });
});

test('the books tell paid minus refunded for each merchant', async () => {
  const second = openMerchant(sandbox.extraMerchants[0] ?? shop.settings);
  const { fields, queryId } = await payApp({ txnAmt: '10000' }, second);
  const refund = undoFields(fields, queryId, '04', { txnAmt: '2500' });
  await post(second, 'backTransReq.do', refund);
  await toldAbout(refund.orderId);
  expect(sandbox.totals().find((one) => one.merchant_no === second.settings.mer_id)).toMatchObject({
    mer_id: second.settings.mer_id,
    payments: 1,
    paid_fen: '10000',
    refunds: 1,
    refunded_fen: '2500',
    net_fen: '7500',
  });
});
