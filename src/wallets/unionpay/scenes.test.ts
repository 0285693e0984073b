import { describe, expect, test } from 'vitest';
import type { PayReply, PayRequest, QueryRequest, RefundRequest, Scene } from '../wallet.ts';
import { readConfig } from './config.ts';
import { merchantSettings, speak } from './pretend-unionpay.ts';
import { answering } from './test-asking.ts';
import { unionpay } from './unionpay.ts';

const ORDERED_AT = new Date('2026-11-23T02:11:12Z');
const NAME = { orderNo: '06F5KZJ8W0000000000000ABCD', orderedAt: ORDERED_AT };
const ECHO = { orderId: NAME.orderNo, txnTime: '20261123101112' };
const fen = (minor: bigint) => ({ currency: 'CNY', minor }) as const;
const PAYER = { id: 'd2hvIHBheXMgaGVyZT8+/w==', walletApp: 'UnionPay/1.0 MeituanPay' };
const QR_NO = '6226359577513731196'; // as captured
const config = readConfig(merchantSettings({ user_auth_url: 'http://127.0.0.1:1/qrcGtwWeb-web/api/userAuth' }));

function requestOf(scene: Scene): PayRequest {
  return {
    ...NAME,
    amount: fen(1234n),
    scene,
    subject: '云南咖啡 2 袋',
    expiresAt: new Date('2026-11-23T02:26:12Z'),
    notifyUrl: 'https://shop.example/notify/unionpay/wa_1',
    returnUrl: 'https://shop.example/c/pay_1/token/return',
    buyerIp: null,
    payer: scene === 'jsapi' ? PAYER : null,
    paymentCode: scene === 'code' ? QR_NO : null,
  };
}

async function pay(scene: Scene, answer: Record<string, string>, with_ = config) {
  const asked = answering(ORDERED_AT, speak({ ...ECHO, txnType: '01', respCode: '00', ...answer }).answer);
  const reply: PayReply = await unionpay.pay(asked.deps, with_, requestOf(scene));
  return { reply, sent: asked.sent[0] };
}

describe('a code that we show', () => {
  const qrCode = 'https://qr.95516.com/00010000/62130485723985710293847561029384';

  test('is ordered as 01/07 and shown as it came', async () => {
    const { reply, sent } = await pay('qr', { txnSubType: '07', qrCode });
    expect(reply).toEqual({ kind: 'pending', action: { type: 'qr', text: qrCode } });
    expect(sent?.url).toBe('http://127.0.0.1:1/gateway/api/backTransReq.do');
    expect(sent?.fields).toMatchObject({
      ...ECHO,
      txnType: '01',
      txnSubType: '07',
      bizType: '000000',
      channelType: '08',
      txnAmt: '1234',
      currencyCode: '156',
      payTimeout: '20261123102612',
    });
    expect(sent?.fields).not.toHaveProperty('frontUrl');
  });

  test('that did not come, or is no address, is unknown', async () => {
    for (const answer of [
      {},
      { qrCode: 'javascript:alert(1)' },
      { qrCode: 'https://a b' },
      { qrCode, txnType: '04' },
    ]) {
      expect((await pay('qr', { txnSubType: '07', ...answer })).reply.kind).toBe('unknown');
    }
    expect((await pay('qr', { txnSubType: '01', qrCode })).reply.kind).toBe('unknown');
    expect((await pay('qr', { txnSubType: '07', respCode: '32' })).reply).toMatchObject({ kind: 'failed' });
  });
});

describe('a payment code', () => {
  test('is charged as 01/06; a synchronous 00 is not taken for the money', async () => {
    const { reply, sent } = await pay('code', { txnSubType: '06' });
    expect(reply).toEqual({ kind: 'pending', action: null });
    expect(sent?.fields).toMatchObject({ txnSubType: '06', bizType: '000000', channelType: '08', qrNo: QR_NO });
    for (const name of ['payTimeout', 'frontUrl', 'appUserId']) expect(sent?.fields).not.toHaveProperty(name);
    expect(unionpay.secretFields).toContain('qrNo');
  });

  test.each([
    ['05', { kind: 'pending', action: null }],
    ['03', { kind: 'pending', action: null }],
    ['64', { kind: 'failed', reason: 'insufficient_funds' }],
    ['86', { kind: 'failed', reason: 'code_invalid' }],
    ['88', { kind: 'failed', reason: 'code_invalid' }],
    ['12', { kind: 'unknown', walletCode: '12' }],
    ['34', { kind: 'unknown', walletCode: '34' }],
    ['ZZ', { kind: 'unknown', walletCode: 'ZZ' }],
  ])('answered %s', async (respCode, expected) => {
    expect((await pay('code', { txnSubType: '06', respCode })).reply).toMatchObject(expected);
  });

  test('has a rule that fits what UnionPay, JD and banks show, and no other wallet', () => {
    const pattern = unionpay.can.paymentCode?.pattern ?? /^$/;
    for (const code of [QR_NO, '6225735053201615202']) expect(code).toMatch(pattern);
    for (const code of ['134567890123456789', '281234567890123456', `${QR_NO}0`, QR_NO.slice(1)])
      expect(code).not.toMatch(pattern);
  });

  test('that nobody scanned is not sent', async () => {
    const { deps } = answering(ORDERED_AT);
    const reply = await unionpay.pay(deps, config, { ...requestOf('code'), paymentCode: null });
    expect(reply).toMatchObject({ kind: 'failed', reason: 'code_invalid' });
  });
});

describe('undoing a charged code', () => {
  const QUERY: QueryRequest = {
    ...NAME,
    amount: fen(1234n),
    scene: 'code',
    expiresAt: new Date('2026-11-23T02:26:12Z'),
  };
  const PAID = { ...ECHO, txnType: '01', txnSubType: '06', respCode: '00', txnAmt: '1234', currencyCode: '156' };
  const cancel = async (reversal: Record<string, string>, query: Record<string, string> = {}) => {
    const undo = speak({ ...ECHO, txnType: '99', txnSubType: '01', ...reversal }).answer;
    const asked = answering(ORDERED_AT, undo, speak({ ...PAID, ...query }).answer);
    return { outcome: await unionpay.cancel(asked.deps, config, QUERY), sent: asked.sent };
  };

  test('is a reversal by the name of the charge; done, it has failed', async () => {
    const { outcome, sent } = await cancel({ respCode: '00' });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'already_undone' });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.url).toBe('http://127.0.0.1:1/gateway/api/backTransReq.do');
    expect(sent[0]?.fields).toMatchObject({ ...ECHO, txnType: '99', txnSubType: '01', bizType: '000000' });
    expect(sent[0]?.fields).not.toHaveProperty('qrNo');
    expect((await cancel({ respCode: '46' })).outcome).toMatchObject({ kind: 'failed', reason: 'already_undone' });
  });

  test('that is unclear or too busy is unknown, to be asked again', async () => {
    for (const respCode of ['03', '04', '05', '06', '12', 'ZZ']) {
      const { outcome, sent } = await cancel({ respCode });
      expect(outcome.kind, respCode).toBe('unknown');
      expect(sent).toHaveLength(1);
    }
    expect((await cancel({ respCode: '00', txnType: '31' })).outcome.kind).toBe('unknown');
  });

  test('that is refused says how the charge stands instead: paid stays paid, failed stays failed', async () => {
    const paid = await cancel({ respCode: '39' }, { origRespCode: '00', queryId: '792611231011121234568' });
    expect(paid.outcome).toMatchObject({ kind: 'succeeded', amount: fen(1234n) });
    expect(paid.sent.map((one) => one.url.split('/').at(-1))).toEqual(['backTransReq.do', 'queryTrans.do']);
    const declined = await cancel({ respCode: '35' }, { origRespCode: '64' });
    expect(declined.outcome).toMatchObject({ kind: 'failed', reason: 'insufficient_funds' });
    const never = await cancel({ respCode: '35' }, { respCode: '34', txnType: '00', txnSubType: '00' });
    expect(never.outcome).toEqual({ kind: 'pending' }); // it may still be on its way
  });

  test('is never done to other scenes: they are asked about', async () => {
    const asked = answering(ORDERED_AT, speak({ ...PAID, txnSubType: '01', origRespCode: '05' }).answer);
    const outcome = await unionpay.cancel(asked.deps, config, { ...QUERY, scene: 'qr' });
    expect(outcome).toEqual({ kind: 'pending' });
    expect(asked.sent[0]?.url).toMatch(/queryTrans\.do$/);
  });
});

describe('in the wallet’s own browser', () => {
  const payUrl = 'https://qr.95516.com/pay?x=1';

  test('an order names the payer and leads to the address of the answer', async () => {
    const { reply, sent } = await pay('jsapi', { txnSubType: '01', payUrl });
    expect(reply).toEqual({ kind: 'pending', action: { type: 'redirect', url: payUrl } });
    expect(sent?.url).toBe('http://127.0.0.1:1/gateway/api/newAppTransReq.do');
    expect(sent?.fields).toMatchObject({
      txnType: '01',
      txnSubType: '01',
      bizType: '000000',
      channelType: '07',
      tradeType: 'mobileWeb',
      appUserId: PAYER.id,
    });
  });

  test('the field of the address can be named, and in production it is an https address', async () => {
    const named = readConfig(merchantSettings({ pay_url_field: 'payInfo' }));
    expect((await pay('jsapi', { txnSubType: '01', payInfo: payUrl }, named)).reply.kind).toBe('pending');
    expect((await pay('jsapi', { txnSubType: '01', payUrl }, named)).reply.kind).toBe('unknown');
    const { gateway_url: _g, file_url: _f, ...live } = merchantSettings();
    const production = readConfig(live);
    expect((await pay('jsapi', { txnSubType: '01', payUrl }, production)).reply.kind).toBe('pending');
    const plain = { txnSubType: '01', payUrl: 'http://qr.95516.com/pay' };
    expect((await pay('jsapi', plain, production)).reply.kind).toBe('unknown');
  });

  test('nobody pays whom nobody has named', async () => {
    const reply = await unionpay.pay(answering(ORDERED_AT).deps, config, { ...requestOf('jsapi'), payer: null });
    expect(reply).toMatchObject({ kind: 'failed', reason: 'merchant_misconfigured' });
  });

  test('the wallet is asked through userAuth, which carries our state in the address to come back to', () => {
    const asked = { returnUrl: 'https://shop.example/c/who?a=1', state: 's&1' };
    const url = new URL(unionpay.identify?.askUrl(config, asked) ?? '');
    expect(url.origin + url.pathname).toBe('http://127.0.0.1:1/qrcGtwWeb-web/api/userAuth');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      version: '1.0.0',
      redirectUrl: 'https://shop.example/c/who?a=1&state=s%261',
    });
    const { gateway_url: _g, file_url: _f, ...live } = merchantSettings();
    expect(unionpay.identify?.askUrl(readConfig(live), asked)).toMatch(
      /^https:\/\/qr\.95516\.com\/qrcGtwWeb-web\/api\/userAuth\?version=1\.0\.0&redirectUrl=https%3A/,
    );
  });

  const come = async (
    query: Record<string, string>,
    answer: Record<string, string>,
    userAgent = 'x (UnionPay/1.0 JDJR) y',
  ) => {
    const asked = answering(ORDERED_AT, speak({ ...ECHO, txnType: '00', txnSubType: '10', ...answer }).answer);
    const reading = await unionpay.identify?.read(asked.deps, config, { query, userAgent, name: NAME });
    return { reading, sent: asked.sent };
  };

  test('the code that came back is exchanged, its + restored, for the app that the browser names', async () => {
    const answer = { respCode: '00', appUserId: PAYER.id };
    const { reading, sent } = await come({ respCode: '00', userAuthCode: ' a/b c==' }, answer);
    expect(reading).toEqual({ kind: 'payer', payer: { id: PAYER.id, walletApp: 'UnionPay/1.0 JDJR' } });
    expect(sent[0]?.url).toBe('http://127.0.0.1:1/gateway/api/newAppTransReq.do');
    expect(sent[0]?.fields).toMatchObject({
      txnType: '00',
      txnSubType: '10',
      bizType: '000000',
      userAuthCode: '+a/b+c==',
      appUpIdentifier: 'UnionPay/1.0 JDJR',
    });
    const plain = await come({ respCode: '00', userAuthCode: 'abc' }, answer, 'Mozilla/5.0');
    expect(plain.reading).toMatchObject({ payer: { walletApp: 'UnionPay/1.0 CloudPay' } });
  });

  test('a no is told as a no, and what is not clear as unknown', async () => {
    expect((await come({ respCode: '34' }, {})).reading).toMatchObject({ kind: 'refused' });
    expect((await come({}, {})).sent).toHaveLength(0);
    expect((await come({ respCode: '00' }, {})).reading).toMatchObject({ kind: 'unknown' });
    const good = { respCode: '00', userAuthCode: 'abc' };
    expect((await come(good, { respCode: '80' })).reading).toMatchObject({ kind: 'refused' });
    expect((await come(good, { respCode: '04' })).reading).toMatchObject({ kind: 'unknown' });
    expect((await come(good, { respCode: '00' })).reading).toMatchObject({ kind: 'unknown' });
    expect((await come(good, { respCode: '00', appUserId: 'x'.repeat(300) })).reading?.kind).toBe('unknown');
    expect((await come(good, { respCode: '00', appUserId: 'x', orderId: 'ANOTHERORDER' })).reading?.kind).toBe(
      'unknown',
    );
  });
});

describe('a refund', () => {
  test.each([
    ['web', '000201', '07'],
    ['app', '000201', '07'],
    ['qr', '000000', '08'],
    ['jsapi', '000000', '08'],
    ['code', '000000', '08'],
  ] as const)('of a payment in scene %s has bizType %s', async (scene, bizType, channelType) => {
    const refund = { orderNo: 'REFUND000000000000000ABCDE', orderedAt: ORDERED_AT };
    const echo = { ...ECHO, orderId: refund.orderNo, txnType: '04', respCode: '00' };
    const asked = answering(ORDERED_AT, speak(echo).answer);
    const request: RefundRequest = {
      refund,
      amount: fen(1n),
      method: 'refund',
      paid: { ...NAME, scene, walletPaymentId: '792611231011121234568', amount: fen(1234n) },
      notifyUrl: 'https://shop.example/notify',
    };
    expect(await unionpay.refund(asked.deps, config, request)).toEqual({ kind: 'pending' });
    expect(asked.sent[0]?.fields).toMatchObject({ bizType, channelType });
  });
});

describe('the scenes of an account', () => {
  test('are what the merchant has signed up for, and in-wallet pages need an address to ask at', () => {
    const scenesOf = (more: Record<string, unknown>) => unionpay.scenes(readConfig(merchantSettings(more)));
    expect(unionpay.scenes(config)).toEqual(unionpay.can.scenes);
    expect(scenesOf({})).not.toContain('jsapi');
    expect(scenesOf({ scenes: 'code, web' })).toEqual(['web', 'code']);
    const { gateway_url: _g, file_url: _f, ...live } = merchantSettings();
    expect(unionpay.scenes(readConfig(live))).toEqual(unionpay.can.scenes);
  });

  test.each([
    ['scenes', 'web, fax'],
    ['scenes', ' '],
    ['pay_url_field', 'pay url'],
    ['pay_url_field', '__proto__'],
    ['user_auth_url', 'https://qr.example.com/'],
    ['user_auth_url', 'https://qr.95516.com/?a=1'],
  ])('the setting %s is refused by name as %j', (name, value) => {
    expect(() => readConfig(merchantSettings({ [name]: value }))).toThrow(
      expect.objectContaining({ facts: { param: `settings.${name}` } }),
    );
  });
});
