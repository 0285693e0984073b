import { describe, expect, test } from 'vitest';
import type { OutboundReply } from '../../base/outbound.ts';
import type { Outcome, RefundRequest } from '../wallet.ts';
import { readConfig } from './config.ts';
import { answering, merchantSettings, NOW, refusal, reply } from './pretend-wechatpay.ts';
import { queryRefund, refund } from './refunds.ts';

const config = readConfig(merchantSettings());
const fen = (minor: bigint) => ({ currency: 'CNY', minor }) as const;
const REFUND: RefundRequest = {
  refund: { orderNo: 'REFUND000000000000000ABCDE', orderedAt: NOW },
  amount: fen(234n),
  method: 'refund',
  paid: {
    orderNo: '06F5KZJ8W0000000000000ABCD',
    orderedAt: NOW,
    walletPaymentId: '4200000925202101284997714292',
    amount: fen(1234n),
    scene: 'qr',
  },
  notifyUrl: 'https://hub.example/notify/wechatpay/wa_1',
};
const TAKEN = {
  refund_id: '50000000382019052709732678859',
  out_refund_no: REFUND.refund.orderNo,
  transaction_id: REFUND.paid.walletPaymentId,
  out_trade_no: REFUND.paid.orderNo,
  channel: 'ORIGINAL',
  status: 'PROCESSING',
  create_time: '2026-11-23T10:11:12+08:00',
  amount: { total: 1234, refund: 234, currency: 'CNY' },
};
const DONE = { ...TAKEN, status: 'SUCCESS', success_time: '2026-11-23T10:12:12+08:00' };
const NOT_FOUND = refusal(404, 'RESOURCE_NOT_EXISTS');

test('a refund goes out as documented', async () => {
  const { deps, sent } = answering(reply(200, TAKEN));
  expect(await refund(deps, config, REFUND)).toEqual({ kind: 'pending' });
  expect(sent[0]).toMatchObject({ method: 'POST', url: 'http://127.0.0.1:1/v3/refund/domestic/refunds' });
  expect(JSON.parse(String(sent[0]?.body))).toEqual({
    transaction_id: REFUND.paid.walletPaymentId,
    out_refund_no: REFUND.refund.orderNo,
    notify_url: REFUND.notifyUrl,
    amount: { refund: 234, total: 1234, currency: 'CNY' },
  });
});

test('a refund whose first answer was a probe may have been done, also where the second asking is never sent', async () => {
  const probe = reply(200, TAKEN, { headers: { 'wechatpay-signature': 'WECHATPAY/SIGNTEST/x' } });
  const { deps, sent } = answering(probe, { kind: 'not_sent', reason: 'ECONNREFUSED' });
  expect(await refund(deps, config, REFUND)).toMatchObject({ kind: 'unknown' });
  expect(sent).toHaveLength(2);
});

test('what cannot be refunded is refused without a call', async () => {
  const { deps, sent } = answering();
  for (const amount of [fen(0n), fen(1235n), { currency: 'USD', minor: 1n } as const])
    expect(await refund(deps, config, { ...REFUND, amount })).toMatchObject({
      kind: 'failed',
      reason: 'amount_refused',
    });
  expect(await refund(deps, config, { ...REFUND, method: 'void' })).toMatchObject({ kind: 'failed' });
  expect(sent).toEqual([]);
});

describe('how a refund stands', () => {
  const asked = (...replies: OutboundReply[]): Promise<Outcome> =>
    queryRefund(answering(...replies).deps, config, REFUND);

  test.each([
    ['SUCCESS', { kind: 'succeeded', walletPaymentId: TAKEN.refund_id, amount: fen(234n) }],
    ['PROCESSING', { kind: 'pending' }],
    ['CLOSED', { kind: 'failed', walletCode: 'CLOSED' }],
    ['ABNORMAL', { kind: 'unknown', walletCode: 'ABNORMAL' }],
    ['TELEPORTED', { kind: 'unknown', walletCode: 'TELEPORTED' }],
  ])('%s', async (status, outcome) => {
    expect(await asked(reply(200, { ...DONE, status }))).toMatchObject(outcome);
  });

  test('another refund, or another payment’s, is unknown', async () => {
    expect(await asked(reply(200, { ...DONE, out_refund_no: 'OTHER' }))).toMatchObject({ kind: 'unknown' });
    expect(await asked(reply(200, { ...DONE, out_trade_no: 'OTHER' }))).toMatchObject({ kind: 'unknown' });
  });

  test('there is none, signed; or they are in trouble', async () => {
    expect(await asked(NOT_FOUND)).toMatchObject({ kind: 'failed', reason: 'not_found' });
    expect(await asked(refusal(500, 'SYSTEM_ERROR'))).toMatchObject({ kind: 'unknown' });
    expect(await asked({ kind: 'not_sent', reason: 'ECONNREFUSED' })).toMatchObject({ kind: 'unknown' });
    expect(await asked({ kind: 'reply', status: 404, headers: {}, body: Buffer.from('{}') })).toMatchObject({
      kind: 'unknown',
    });
  });
});

describe('a refund that is refused', () => {
  const sent = (...replies: OutboundReply[]): Promise<Outcome> => refund(answering(...replies).deps, config, REFUND);

  test('has failed when there is none of that number', async () => {
    const cases: [number, string, string][] = [
      [403, 'NOT_ENOUGH', 'insufficient_funds'],
      [403, 'USER_ACCOUNT_ABNORMAL', 'declined'],
      [400, 'INVALID_REQUEST', 'other'],
      [403, 'NO_AUTH', 'merchant_misconfigured'],
    ];
    for (const [status, code, reason] of cases)
      expect(await sent(refusal(status, code), NOT_FOUND), code).toMatchObject({
        kind: 'failed',
        reason,
        walletCode: code,
      });
  });

  test('was done by an earlier try: that counts', async () => {
    expect(await sent(refusal(400, 'INVALID_REQUEST'), reply(200, DONE))).toMatchObject({ kind: 'succeeded' });
    expect(await sent(refusal(400, 'INVALID_REQUEST'), refusal(500, 'SYSTEM_ERROR'))).toMatchObject({
      kind: 'unknown',
    });
  });

  test('is unknown when they were busy, in trouble, or do not see the payment yet', async () => {
    for (const code of ['FREQUENCY_LIMITED', 'SYSTEM_ERROR', 'RESOURCE_NOT_EXISTS', 'TELEPORTED'])
      expect(await sent(refusal(500, code), NOT_FOUND), code).toMatchObject({ kind: 'unknown', walletCode: code });
  });

  test('was surely not sent, or may have been', async () => {
    expect(await sent({ kind: 'not_sent', reason: 'x' })).toMatchObject({ kind: 'failed', reason: 'not_sent' });
    expect(await sent({ kind: 'no_answer', reason: 'x' })).toMatchObject({ kind: 'unknown' });
  });
});
