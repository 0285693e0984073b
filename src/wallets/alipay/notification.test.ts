import { describe, expect, test } from 'vitest';
import { alipay } from './alipay.ts';
import { answer, merchantSettings, NOTIFIED, notification, pretendDeps, SELLER_ID } from './pretend-alipay.ts';

const config = alipay.readConfig(merchantSettings());
const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

function read(body: Buffer, headers: Record<string, string> = FORM, reply: Buffer = Buffer.alloc(0)) {
  return alipay.readNotification(pretendDeps(reply), config, { headers, body });
}

describe('a notification', () => {
  test('of a payment tells what was paid, and when', async () => {
    expect(await read(notification())).toEqual({
      kind: 'payment',
      merchantNo: SELLER_ID,
      orderNo: 'ORDER1',
      orderedAt: null,
      outcome: {
        kind: 'succeeded',
        walletPaymentId: NOTIFIED.trade_no,
        amount: { currency: 'CNY', minor: 1234n },
        occurredAt: new Date('2026-11-23T02:00:00.000Z'),
        facts: { trade_status: 'TRADE_SUCCESS' },
      },
    });
  });

  const states: [string, Record<string, string | undefined>, string][] = [
    ['WAIT_BUYER_PAY', { trade_status: 'WAIT_BUYER_PAY', gmt_payment: undefined }, 'pending'],
    ['TRADE_FINISHED', { trade_status: 'TRADE_FINISHED' }, 'succeeded'],
    ['TRADE_CLOSED, never paid', { trade_status: 'TRADE_CLOSED', gmt_payment: undefined }, 'failed'],
    ['TRADE_CLOSED, but paid', { trade_status: 'TRADE_CLOSED' }, 'unknown'],
    ['a state of nobody', { trade_status: 'TRADE_MOON' }, 'unknown'],
    ['an amount of nobody', { total_amount: '1e2' }, 'unknown'],
    ['money that went back without a name', { refund_fee: '1.00' }, 'unknown'],
    ['no money that went back', { refund_fee: '0.00' }, 'succeeded'],
  ];
  test.each(states)('with %s', async (_name, changed, kind) => {
    expect(await read(notification(changed))).toMatchObject({ kind: 'payment', outcome: { kind } });
  });

  test('with an empty field is believed by the documented rule, which leaves empty ones out', async () => {
    expect(await read(notification({ body: '' }))).toMatchObject({ outcome: { kind: 'succeeded' } });
  });

  const wrong: [string, Record<string, string | undefined>][] = [
    ['of another application', { app_id: '2021000000000099' }],
    ['of another merchant', { seller_id: '2088000000000099' }],
    ['without a merchant', { seller_id: undefined }],
    ['of another kind', { notify_type: 'servicemarket_order_notify' }],
    ['in another character set', { charset: 'gbk' }],
    ['signed by SHA-1', { sign_type: 'RSA' }],
    ['without a kind of signature', { sign_type: undefined }],
    ['without an order', { out_trade_no: undefined }],
    ['that can be cut in another way', { subject: 'x&trade_status=TRADE_SUCCESS' }],
    ['that names a certificate in key mode', { alipay_cert_sn: 'abc' }],
  ];
  test.each(wrong)('%s is refused', async (_name, changed) => {
    expect((await read(notification(changed))).kind).toBe('refused');
  });

  test.each(['application/json', 'application/x-www-form-urlencoded; charset=gbk', ''])(
    'as %s is refused',
    async (type) => {
      expect((await read(notification(), { 'content-type': type })).kind).toBe('refused');
    },
  );

  test('decoded twice by the sender is refused', async () => {
    const body = Buffer.from(notification().toString().replaceAll('%', '%25'));
    expect((await read(body)).kind).toBe('refused');
  });

  test('with any one byte changed is refused, or says the same', async () => {
    const body = notification();
    const good = await read(body);
    for (let at = 0; at < body.length; at++) {
      for (const bit of [1, 32]) {
        const bent = Buffer.from(body);
        bent[at] = (bent[at] ?? 0) ^ bit;
        const reading = await read(bent);
        // `%3a` for `%3A` is the same text, spelled in another way.
        if (reading.kind !== 'refused') expect(reading, `byte ${at}`).toEqual(good);
      }
    }
  });

  test('with a field more, or a field less, is refused', async () => {
    const body = notification().toString();
    expect((await read(Buffer.from(`${body}&body=x`))).kind).toBe('refused');
    expect((await read(Buffer.from(body.replace(/&gmt_payment=[^&]*/, '')))).kind).toBe('refused');
    expect((await read(Buffer.from(body.replace(/&sign=[^&]*/, '')))).kind).toBe('refused');
  });
});

describe('a notification of a refund', () => {
  const refunded = { out_biz_no: 'REFUND2', refund_fee: '10.34', gmt_refund: '2026-11-23 10:05:00.123' };
  const METHOD = 'alipay.trade.fastpay.refund.query';
  const told = {
    code: '10000',
    trade_no: NOTIFIED.trade_no,
    out_trade_no: 'ORDER1',
    out_request_no: 'REFUND2',
    refund_amount: '0.34',
    refund_status: 'REFUND_SUCCESS',
    gmt_refund_pay: '2026-11-23 10:05:00',
  };

  test('names what went back in all, so the refund itself is asked for', async () => {
    expect(await read(notification(refunded), FORM, answer(METHOD, told))).toMatchObject({
      kind: 'refund',
      orderNo: 'REFUND2',
      outcome: {
        kind: 'succeeded',
        amount: { minor: 34n },
        occurredAt: new Date('2026-11-23T02:05:00.000Z'),
      },
    });
  });

  test('is unknown when nobody answers', async () => {
    expect(await read(notification(refunded))).toMatchObject({ kind: 'refund', outcome: { kind: 'unknown' } });
  });

  test('of the whole, which closes the trade, is about the refund', async () => {
    const whole = notification({ ...refunded, trade_status: 'TRADE_CLOSED', refund_fee: '12.34' });
    expect(await read(whole, FORM, answer(METHOD, told))).toMatchObject({ kind: 'refund', orderNo: 'REFUND2' });
  });
});
