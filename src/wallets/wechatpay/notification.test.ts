import { describe, expect, test } from 'vitest';
import type { NotificationReading, RawNotification } from '../wallet.ts';
import { readConfig } from './config.ts';
import { readNotification } from './notification.ts';
import {
  answering,
  APPID,
  headersFor,
  MCHID,
  merchantSettings,
  mint,
  notify,
  NOW,
  platform,
  publicKey,
} from './pretend-wechatpay.ts';

const config = readConfig(merchantSettings());
const PAID = {
  mchid: MCHID,
  appid: APPID,
  out_trade_no: '06F5KZJ8W0000000000000ABCD',
  transaction_id: '4200000925202101284997714292',
  trade_type: 'NATIVE',
  trade_state: 'SUCCESS',
  trade_state_desc: '支付成功',
  bank_type: 'CMC',
  attach: '',
  success_time: '2026-11-23T10:15:30+08:00',
  payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  amount: { total: 1234, payer_total: 1200, currency: 'CNY', payer_currency: 'CNY' },
};
const REFUNDED = {
  mchid: MCHID,
  out_trade_no: PAID.out_trade_no,
  transaction_id: PAID.transaction_id,
  out_refund_no: 'REFUND000000000000000ABCDE',
  refund_id: '50200207182018070300011301001',
  refund_status: 'SUCCESS',
  success_time: '2026-11-23T10:16:30+08:00',
  user_received_account: '招商银行信用卡0403',
  amount: { total: 1234, refund: 234, payer_total: 1200, payer_refund: 234 },
};

describe('a notification', () => {
  test.each([
    ['the public key', publicKey],
    ['a certificate', platform],
  ])('of a payment is believed when it is signed by %s', async (_name, by) => {
    expect(await read(notify('TRANSACTION.SUCCESS', PAID, { by }))).toEqual({
      kind: 'payment',
      merchantNo: MCHID,
      orderNo: PAID.out_trade_no,
      orderedAt: null,
      outcome: {
        kind: 'succeeded',
        walletPaymentId: PAID.transaction_id,
        amount: { currency: 'CNY', minor: 1234n },
        occurredAt: new Date('2026-11-23T02:15:30Z'),
        facts: { trade_state: 'SUCCESS', trade_type: 'NATIVE', bank_type: 'CMC', payer_total: '1200' },
        buyerPaid: { currency: 'CNY', minor: 1200n },
      },
    });
  });

  test('of a refund tells how it ended', async () => {
    const done = await read(notify('REFUND.SUCCESS', REFUNDED));
    expect(done).toMatchObject({ kind: 'refund', orderNo: REFUNDED.out_refund_no, merchantNo: MCHID });
    expect(done).toMatchObject({ outcome: { kind: 'succeeded', amount: { currency: 'CNY', minor: 234n } } });
    const closed = await read(notify('REFUND.CLOSED', { ...REFUNDED, refund_status: 'CLOSED' }));
    expect(closed).toMatchObject({ outcome: { kind: 'failed', walletCode: 'CLOSED' } });
    const abnormal = await read(notify('REFUND.ABNORMAL', { ...REFUNDED, refund_status: 'ABNORMAL' }));
    expect(abnormal).toMatchObject({ outcome: { kind: 'unknown', walletCode: 'ABNORMAL' } });
  });

  test('is believed with keys that nobody has heard of, and for the account’s app', async () => {
    const more = { ...PAID, appid: 'wx0123456789abcdef', new_thing: { a: [1, null] } };
    expect(await read(notify('TRANSACTION.SUCCESS', more))).toMatchObject({ outcome: { kind: 'succeeded' } });
  });

  test('with no signature type is taken for the usual one', async () => {
    const headers = { 'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048' };
    expect(await read(notify('TRANSACTION.SUCCESS', PAID, { headers }))).toMatchObject({ kind: 'payment' });
  });
});

describe('a notification that is thrown away', () => {
  const good = notify('TRANSACTION.SUCCESS', PAID);
  const withHeader = (name: string, value: string) => ({ ...good, headers: { ...good.headers, [name]: value } });
  const at = (seconds: number) => notify('TRANSACTION.SUCCESS', PAID, { at: new Date(NOW.getTime() + seconds * 1000) });
  const stranger = { ...mint('0f0f'), serial: publicKey.serial };
  const expired = mint('0e0e', { from: '2018-01-01T00:00:00Z', to: '2023-01-01T00:00:00Z' });
  const future = mint('0d0d', { from: '2028-01-01T00:00:00Z' });

  test.each(['wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-serial', 'wechatpay-signature'])(
    'lacks %s',
    async (name) => {
      expect(await reasonOf(withHeader(name, ''))).toBe('it is not signed');
    },
  );

  const cases: [name: string, raw: RawNotification, reason: RegExp][] = [
    ['is a probe', withHeader('wechatpay-signature', 'WECHATPAY/SIGNTEST/abcdef'), /probe/],
    ['is signed by a key that is not known', withHeader('wechatpay-serial', 'ABCDEF'), /not known here: ABCDEF/],
    ['names another key than signed it', withHeader('wechatpay-serial', platform.serial), /does not fit/],
    ['is signed by somebody else under a known name', notify('TRANSACTION.SUCCESS', PAID, { by: stranger }), /fit/],
    ['has another signature type', withHeader('wechatpay-signature-type', 'WECHATPAY2-SM2-WITH-SM3'), /another way/],
    ['is six minutes old', at(-360), /time is not now/],
    ['is from six minutes ahead', at(360), /time is not now/],
    ['has no readable time', withHeader('wechatpay-timestamp', 'now'), /not readable/],
    ['has another time than was signed', withHeader('wechatpay-timestamp', '1795399873'), /not fit|not now/],
    ['has another nonce than was signed', withHeader('wechatpay-nonce', 'x'), /does not fit/],
    ['is sealed with another key', notify('TRANSACTION.SUCCESS', PAID, { key: 'K'.repeat(32) }), /does not open/],
    ['is sealed about something else', resource({ associated_data: 'refund' }), /does not open/],
    ['is sealed in another way', resource({ algorithm: 'AES' }), /does not open/],
    ['has a nonce of another length', resource({ nonce: 'short' }), /does not open/],
    ['has no ciphertext', resource({ ciphertext: 'AAAA' }), /does not open/],
    ['is for another merchant', notify('TRANSACTION.SUCCESS', { ...PAID, mchid: '1900009199' }), /another mchid/],
    ['is for another appid', notify('TRANSACTION.SUCCESS', { ...PAID, appid: 'wxother' }), /another appid/],
    ['has no order number', notify('TRANSACTION.SUCCESS', { ...PAID, out_trade_no: '' }), /out_trade_no/],
    ['of a refund is for another merchant', notify('REFUND.SUCCESS', { ...REFUNDED, mchid: '1' }), /another mchid/],
    ['of a refund has no number', notify('REFUND.SUCCESS', { ...REFUNDED, out_refund_no: '' }), /out_refund_no/],
    ['says one thing outside and another inside', notify('REFUND.CLOSED', REFUNDED), /two things/],
    ['holds a refund under the name of a payment', resource({ original_type: 'refund' }), /do not do/],
    ['is about something that we do not do', notify('COUPON.USE', PAID), /do not do/],
  ];
  test.each(cases)('%s', async (_name, raw, reason) => {
    expect(await reasonOf(raw)).toMatch(reason);
  });

  test('is signed under a certificate that is not valid now', async () => {
    const pems = [platform, expired, future].map((one) => one.pem).join('\n');
    const known = readConfig(merchantSettings({ platform_certificates_pem: pems }));
    const reason = async (by: typeof expired) => {
      const { deps } = answering();
      return readNotification(deps, known, notify('TRANSACTION.SUCCESS', PAID, { by }));
    };
    expect(await reason(expired)).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/expired/) });
    expect(await reason(future)).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/not valid yet/) });
    expect(await reason(platform)).toMatchObject({ kind: 'payment' });
  });

  test('has one changed byte, wherever it is', async () => {
    for (let byte = 0; byte < good.body.length; byte += 7) {
      const body = Buffer.from(good.body);
      body[byte] = (body[byte] ?? 0) ^ 1;
      expect(await read({ ...good, body }), `byte ${byte}`).toMatchObject({ kind: 'refused' });
    }
  });

  test.each(['', 'null', '[]', '{"resource":7}', '<xml/>', '{'])('is signed but not readable: %s', async (body) => {
    expect(await reasonOf({ headers: headersFor(body), body: Buffer.from(body) })).toMatch(/not a readable/);
  });
});

function resource(changed: Record<string, unknown>): RawNotification {
  return notify('TRANSACTION.SUCCESS', PAID, { resource: changed });
}

function read(raw: RawNotification): Promise<NotificationReading> {
  return readNotification(answering().deps, config, raw);
}

async function reasonOf(raw: RawNotification): Promise<string> {
  const reading = await read(raw);
  return reading.kind === 'refused' ? reading.reason : 'it was believed';
}
