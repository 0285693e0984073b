import { constants, publicEncrypt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { OutboundReply, OutboundRequest } from '../../base/outbound.ts';
import { systemRandom } from '../../base/random.ts';
import type { PayRequest, QueryRequest, RefundRequest, WalletDeps } from '../wallet.ts';
import { readConfig } from './config.ts';
import { merchant, merchantSettings, MER_ID, middle, mint, SIGNER_NAME, speak } from './pretend-unionpay.ts';
import { isSignedRsa, isSignedShared } from './sign.ts';
import { readCertificate } from './trust.ts';
import { unionpay } from './unionpay.ts';

const ORDERED_AT = new Date('2026-11-23T02:11:12Z');
const EXPIRES_AT = new Date('2026-11-23T02:26:12Z');
const NAME = { orderNo: '06F5KZJ8W0000000000000ABCD', orderedAt: ORDERED_AT };
const ECHO = { orderId: NAME.orderNo, txnTime: '20261123101112' };
const fen = (minor: bigint) => ({ currency: 'CNY', minor }) as const;
const PAY: PayRequest = {
  ...NAME,
  amount: fen(1234n),
  scene: 'web',
  subject: '云南咖啡 2 袋',
  expiresAt: EXPIRES_AT,
  notifyUrl: 'https://shop.example/notify/unionpay/wa_1',
  returnUrl: 'https://shop.example/c/pay_1/token/return',
  buyerIp: null,
  payer: null,
  paymentCode: null,
};
const QUERY: QueryRequest = { ...NAME, amount: fen(1234n), scene: 'web', expiresAt: EXPIRES_AT };
const REFUND: RefundRequest = {
  refund: { orderNo: 'REFUND000000000000000ABCDE', orderedAt: new Date('2026-11-23T03:00:00Z') },
  amount: fen(234n),
  method: 'refund',
  paid: { ...NAME, walletPaymentId: '792611231011121234568', amount: fen(1234n), scene: 'web' },
  notifyUrl: PAY.notifyUrl,
};
const REFUND_ECHO = { orderId: REFUND.refund.orderNo, txnTime: '20261123110000' };
const FOUND = {
  ...ECHO,
  txnType: '01',
  txnSubType: '01',
  txnAmt: '1234',
  currencyCode: '156',
  queryId: '792611231011121234568',
  traceTime: '1123101530',
  respCode: '00',
  origRespCode: '00',
};
const config = readConfig(merchantSettings());
const merchantKey = readCertificate(merchant.pem)?.publicKey;

describe('paying in a browser', () => {
  test('is a signed form to UnionPay, made without a call', async () => {
    const reply = await unionpay.pay(silent(), config, PAY);
    if (reply.kind !== 'pending' || reply.action?.type !== 'form_post') throw new Error('no form');
    expect(reply.action.url).toBe('http://127.0.0.1:1/gateway/api/frontTransReq.do');
    const { signature, ...fields } = reply.action.fields;
    expect(fields).toEqual({
      version: '5.1.0',
      encoding: 'UTF-8',
      signMethod: '01',
      certId: '69903611703',
      txnType: '01',
      txnSubType: '01',
      bizType: '000201',
      channelType: '07',
      accessType: '0',
      merId: MER_ID,
      ...ECHO,
      txnAmt: '1234',
      currencyCode: '156',
      payTimeout: '20261123102612',
      backUrl: PAY.notifyUrl,
      frontUrl: PAY.returnUrl,
      riskRateInfo: '{commodityName=云南咖啡 2 袋}',
    });
    expect(merchantKey && isSignedRsa({ ...fields, signature: signature ?? '' }, merchantKey)).toBe(true);
  });

  test('on a phone has channelType 08', async () => {
    const reply = await unionpay.pay(silent(), config, { ...PAY, scene: 'wap' });
    expect(reply).toMatchObject({ action: { type: 'form_post', fields: { channelType: '08' } } });
  });

  test('twice with one name is the same form', async () => {
    expect(await unionpay.pay(silent(), config, PAY)).toEqual(await unionpay.pay(silent(), config, PAY));
  });

  test('keeps signs of the wire notation in a subject from becoming fields', async () => {
    const reply = await unionpay.pay(silent(), config, { ...PAY, subject: 'A&B={x}[y]\r\nC' });
    expect(reply).toMatchObject({ action: { fields: { riskRateInfo: '{commodityName=A B x y C}' } } });
    const bare = await unionpay.pay(silent(), config, { ...PAY, subject: '&&&' });
    expect(bare.kind === 'pending' && bare.action?.type === 'form_post' && bare.action.fields).not.toHaveProperty(
      'riskRateInfo',
    );
  });

  test('an amount that UnionPay cannot take is refused before it is asked', async () => {
    for (const amount of [fen(0n), fen(-1n), fen(1_000_000_000_000n), { currency: 'USD', minor: 1n } as const]) {
      const reply = await unionpay.pay(silent(), config, { ...PAY, amount });
      expect(reply).toMatchObject({ kind: 'failed', reason: 'amount_refused' });
    }
  });

  test('is signed by the shared key under signMethod 11', async () => {
    const secureKey = '979da4cfccbae7923641daa5dd7047c2';
    const shared = readConfig({ mer_id: MER_ID, sign_method: '11', secure_key: secureKey });
    const reply = await unionpay.pay(silent(), shared, PAY);
    if (reply.kind !== 'pending' || reply.action?.type !== 'form_post') throw new Error('no form');
    expect(reply.action.url).toBe('https://gateway.95516.com/gateway/api/frontTransReq.do');
    expect(reply.action.fields).not.toHaveProperty('certId');
    expect(isSignedShared(reply.action.fields, '11', secureKey)).toBe(true);
  });
});

describe('paying in an app', () => {
  const app: PayRequest = { ...PAY, scene: 'app' };
  const accepted = { ...ECHO, txnType: '01', txnSubType: '01', respCode: '00', tn: '792611231011121234567' };

  test('asks appTransReq.do for a tn', async () => {
    const { deps, sent } = answering(speak(accepted).answer);
    expect(await unionpay.pay(deps, config, app)).toEqual({
      kind: 'pending',
      action: { type: 'app_order', orderString: '792611231011121234567', sdkMode: '01' },
    });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'http://127.0.0.1:1/gateway/api/appTransReq.do',
      timeoutMs: 10_000,
    });
    const fields = Object.fromEntries(new URLSearchParams(String(sent[0]?.body)));
    expect(fields).toMatchObject({ channelType: '08', txnAmt: '1234' });
    expect(fields).not.toHaveProperty('frontUrl');
    expect(merchantKey && isSignedRsa(fields, merchantKey)).toBe(true);
  });

  test('tells the app to use the production SDK only in production', async () => {
    const { gateway_url: _g, file_url: _f, ...production } = merchantSettings();
    const { deps } = answering(speak(accepted).answer);
    expect(await unionpay.pay(deps, readConfig(production), app)).toMatchObject({ action: { sdkMode: '00' } });
  });

  test('a documented refusal has failed, a duplicate or missing tn is unknown', async () => {
    const reply = async (fields: Record<string, string>) =>
      unionpay.pay(answering(speak({ ...accepted, ...fields }).answer).deps, config, app);
    expect(await reply({ respCode: '32', tn: '' })).toMatchObject({ kind: 'failed', reason: 'merchant_misconfigured' });
    expect(await reply({ respCode: '12', tn: '' })).toMatchObject({ kind: 'unknown', walletCode: '12' });
    expect(await reply({ tn: '' })).toMatchObject({ kind: 'unknown' });
    expect(await reply({ txnType: '04' })).toMatchObject({ kind: 'unknown' });
  });

  test('a call that was surely not sent has failed, silence is unknown', async () => {
    expect(await unionpay.pay(replying({ kind: 'not_sent', reason: 'ECONNREFUSED' }), config, app)).toMatchObject({
      kind: 'failed',
      reason: 'not_sent',
    });
    expect(await unionpay.pay(replying({ kind: 'no_answer', reason: 'slow' }), config, app)).toMatchObject({
      kind: 'unknown',
    });
  });
});

describe('asking for a payment', () => {
  test('names it by merId, orderId and txnTime', async () => {
    const { deps, sent } = answering(speak(FOUND).answer);
    expect(await unionpay.query(deps, config, QUERY)).toMatchObject({
      kind: 'succeeded',
      walletPaymentId: '792611231011121234568',
      amount: fen(1234n),
      occurredAt: new Date('2026-11-23T02:15:30Z'),
    });
    expect(sent[0]?.url).toBe('http://127.0.0.1:1/gateway/api/queryTrans.do');
    const fields = Object.fromEntries(new URLSearchParams(String(sent[0]?.body)));
    expect(fields).toMatchObject({ ...ECHO, merId: MER_ID, txnType: '00', txnSubType: '00', bizType: '000000' });
    expect(fields).not.toHaveProperty('txnAmt');
  });

  test('a failure and "not found" stay open up to payTimeout and are final after it', async () => {
    const at = async (instant: Date, fields: Record<string, string>) => {
      const { deps, clock } = answering(speak({ ...FOUND, ...fields }).answer);
      clock.advanceMs(instant.getTime() - clock.now().getTime());
      return unionpay.query(deps, config, QUERY);
    };
    const after = new Date(EXPIRES_AT.getTime() + 1000);
    expect(await at(EXPIRES_AT, { origRespCode: '64' })).toEqual({ kind: 'pending' });
    expect(await at(after, { origRespCode: '64' })).toMatchObject({ kind: 'failed', reason: 'insufficient_funds' });
    const notFound = { respCode: '34', origRespCode: '', txnType: '00' };
    expect(await at(EXPIRES_AT, notFound)).toEqual({ kind: 'pending' });
    expect(await at(after, notFound)).toMatchObject({ kind: 'failed', reason: 'not_found' });
    expect(await at(after, {})).toMatchObject({ kind: 'succeeded' });
  });

  test('cancel asks too: UnionPay closes nothing before payTimeout, and a cancelled payment can still turn out paid', async () => {
    const open = answering(speak({ ...FOUND, origRespCode: '05', queryId: '' }).answer);
    expect(await unionpay.cancel(open.deps, config, QUERY)).toEqual({ kind: 'pending' });
    const paid = answering(speak(FOUND).answer);
    expect(await unionpay.cancel(paid.deps, config, QUERY)).toMatchObject({ kind: 'succeeded' });
    expect(unionpay.can.closeUnpaid).toBe(false);
  });

  test('an account that is sealed for the merchant is opened and masked', async () => {
    if (!merchantKey) throw new Error('no key');
    const key = { key: merchantKey, padding: constants.RSA_PKCS1_PADDING };
    const accNo = publicEncrypt(key, Buffer.from('6226090000000048')).toString('base64');
    const { deps } = answering(speak({ ...FOUND, accNo }).answer);
    expect(await unionpay.query(deps, config, QUERY)).toMatchObject({ facts: { accNo: '622609******0048' } });
  });
});

describe('an answer that is not believed leaves everything unknown', () => {
  const spoken = speak(FOUND);
  const text = spoken.answer.toString();
  const expired = mint({
    commonName: SIGNER_NAME,
    issuer: middle,
    isAuthority: false,
    serial: '12',
    notAfter: '2026-11-01T00:00:00Z',
  });
  const { signPubKeyCert: _, ...uncertified } = spoken.fields;
  const cases: [name: string, reply: OutboundReply][] = [
    ['silence', { kind: 'no_answer', reason: 'no answer within 10000 ms' }],
    ['nobody there', { kind: 'not_sent', reason: 'ECONNREFUSED' }],
    ['HTTP 500 with a good body', { ...http(spoken.answer), status: 500 }],
    ['HTTP 302', { ...http(Buffer.alloc(0)), status: 302 }],
    ['a page', http(Buffer.from('<html>Invalid request.</html>'))],
    ['an empty body', http(Buffer.alloc(0))],
    ['a form-encoded body', http(spoken.form)],
    ['an empty signature', http(Buffer.from(text.replace(/signature=[^&]*/, 'signature=')))],
    ['a changed amount', http(Buffer.from(text.replace('txnAmt=1234', 'txnAmt=1235')))],
    ['a changed code', http(Buffer.from(text.replace('origRespCode=00', 'origRespCode=A6')))],
    ['a blank for a + in the signature', http(Buffer.from(text.replaceAll('+', ' ')))],
    ['a certificate with LF', http(Buffer.from(text.replaceAll('\r\n', '\n')))],
    ['no certificate', http(Buffer.from(pairs(uncertified)))],
    ['an expired certificate', http(speak(FOUND, expired).answer)],
    ["a merchant's certificate", http(speak(FOUND, merchant).answer)],
    ['an older version', http(speak({ ...FOUND, version: '5.0.0' }).answer)],
    ['another signMethod', http(speak({ ...FOUND, signMethod: '11' }).answer)],
    ['another merchant', http(speak({ ...FOUND, merId: '777290058110097' }).answer)],
    ['another order', http(speak({ ...FOUND, orderId: '06F5KZJ8W0000000000000ABCE' }).answer)],
    ['no order', http(speak({ ...FOUND, orderId: '' }).answer)],
    ['another txnTime', http(speak({ ...FOUND, txnTime: '20261123101113' }).answer)],
    ['a refund where a payment was asked for', http(speak({ ...FOUND, txnType: '04' }).answer)],
  ];
  test.each(cases)('%s', async (name, reply) => {
    expect((await unionpay.query(replying(reply), config, QUERY)).kind).toBe('unknown');
    expect(
      (await unionpay.queryRefund(replying(reply), config, { ...REFUND, refund: NAME, method: 'void' })).kind,
    ).toBe('unknown');
    if (reply.kind !== 'not_sent' && !name.startsWith('a refund')) {
      const refund = await unionpay.refund(replying(reply), config, { ...REFUND, refund: NAME });
      expect(refund.kind).toBe('unknown');
    }
  });

  test('the same answer untouched is believed, also with more fields, Chinese text and encoding in other letters', async () => {
    expect((await unionpay.query(replying(http(spoken.answer)), config, QUERY)).kind).toBe('succeeded');
    const other = speak({
      ...FOUND,
      encoding: 'utf-8',
      respMsg: '交易成功，谢谢[0000000]',
      aNewField: '{x=1&y=[2]}',
      Upper: 'Z',
    });
    expect((await unionpay.query(replying(http(other.answer)), config, QUERY)).kind).toBe('succeeded');
  });
});

describe('a refund', () => {
  const answer = {
    ...REFUND_ECHO,
    txnType: '04',
    txnSubType: '00',
    txnAmt: '234',
    respCode: '00',
    queryId: '7926112311000000001',
  };

  test('is accepted, not finished', async () => {
    const { deps, sent } = answering(speak(answer).answer);
    expect(await unionpay.refund(deps, config, REFUND)).toEqual({ kind: 'pending' });
    expect(sent[0]?.url).toBe('http://127.0.0.1:1/gateway/api/backTransReq.do');
    expect(Object.fromEntries(new URLSearchParams(String(sent[0]?.body)))).toMatchObject({
      ...REFUND_ECHO,
      txnType: '04',
      txnSubType: '00',
      bizType: '000201',
      txnAmt: '234',
      origQryId: '792611231011121234568',
      backUrl: PAY.notifyUrl,
    });
  });

  test('is refused with a documented code, unknown with the rest', async () => {
    const reply = async (respCode: string) =>
      unionpay.refund(answering(speak({ ...answer, respCode }).answer).deps, config, REFUND);
    expect(await reply('36')).toMatchObject({ kind: 'failed', reason: 'amount_refused' });
    expect(await reply('33')).toMatchObject({ kind: 'failed', reason: 'amount_refused' });
    expect(await reply('45')).toMatchObject({ kind: 'failed', reason: 'already_undone' });
    for (const code of ['03', '04', '05', '12', '84']) expect(await reply(code)).toMatchObject({ kind: 'unknown' });
  });

  test('is asked for by its own name, and found to be done', async () => {
    const done = { ...answer, currencyCode: '156', origRespCode: '00', settleDate: '1123' };
    const { deps, sent } = answering(speak(done).answer);
    expect(await unionpay.queryRefund(deps, config, REFUND)).toMatchObject({ kind: 'succeeded', amount: fen(234n) });
    expect(Object.fromEntries(new URLSearchParams(String(sent[0]?.body)))).toMatchObject({
      ...REFUND_ECHO,
      txnType: '00',
    });
    const payment = answering(speak({ ...done, txnType: '01' }).answer);
    expect(await unionpay.queryRefund(payment.deps, config, REFUND)).toMatchObject({ kind: 'unknown' });
  });

  test('within the clearing day is a void of the whole payment', async () => {
    const voiding: RefundRequest = { ...REFUND, method: 'void', amount: fen(1234n) };
    const { deps, sent } = answering(speak({ ...answer, txnType: '31', txnAmt: '1234' }).answer);
    expect(await unionpay.refund(deps, config, voiding)).toEqual({ kind: 'pending' });
    expect(Object.fromEntries(new URLSearchParams(String(sent[0]?.body)))).toMatchObject({
      txnType: '31',
      txnAmt: '1234',
    });
    const part = await unionpay.refund(silent(), config, { ...voiding, amount: fen(1n) });
    expect(part).toMatchObject({ kind: 'failed', reason: 'amount_refused' });
    const other = answering(speak(answer).answer);
    expect(await unionpay.refund(other.deps, config, voiding)).toMatchObject({ kind: 'unknown' });
  });
});

function silent(): WalletDeps {
  return {
    ...replying({ kind: 'no_answer', reason: '' }),
    send: () => Promise.reject(new Error('no call was expected')),
  };
}

function replying(reply: OutboundReply): WalletDeps {
  return {
    send: () => Promise.resolve(reply),
    clock: new ManualClock(ORDERED_AT),
    random: systemRandom,
    log: silentLog,
  };
}

function answering(body: Buffer): { deps: WalletDeps; clock: ManualClock; sent: OutboundRequest[] } {
  const sent: OutboundRequest[] = [];
  const clock = new ManualClock(ORDERED_AT);
  const send = (request: OutboundRequest): Promise<OutboundReply> => {
    sent.push(request);
    return Promise.resolve(http(body));
  };
  return { deps: { send, clock, random: systemRandom, log: silentLog }, clock, sent };
}

function http(body: Buffer): OutboundReply & { kind: 'reply' } {
  return { kind: 'reply', status: 200, headers: {}, body };
}

function pairs(fields: Record<string, string>): string {
  return Object.entries(fields)
    .map((pair) => pair.join('='))
    .join('&');
}
