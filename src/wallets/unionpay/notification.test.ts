import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import type { NotificationReading, WalletDeps } from '../wallet.ts';
import { readConfig } from './config.ts';
import { readNotification } from './notification.ts';
import { merchant, merchantSettings, middle, mint, SIGNER_NAME, speak } from './pretend-unionpay.ts';
import { signShared } from './sign.ts';

const config = readConfig(merchantSettings());
const deps: WalletDeps = {
  clock: new ManualClock(new Date('2026-11-23T03:00:00Z')),
  random: systemRandom,
  log: silentLog,
  send: () => Promise.reject(new Error('a notification is read without a call')),
};
const PAID = {
  txnType: '01',
  txnSubType: '01',
  bizType: '000201',
  orderId: '06F5KZJ8W0000000000000ABCD',
  txnTime: '20261123101112',
  txnAmt: '1234',
  currencyCode: '156',
  queryId: '792611231011121234568',
  traceNo: '123456',
  traceTime: '1123101530',
  settleDate: '1123',
  settleAmt: '1234',
  settleCurrencyCode: '156',
  accNo: '6216***********0018',
  respCode: '00',
};
const REFUNDED = { ...PAID, txnType: '04', txnSubType: '00', orderId: 'REFUND0001', origQryId: PAID.queryId };

describe('a notification', () => {
  test('of a payment is believed when it is signed', async () => {
    expect(await read(speak(PAID).form)).toEqual({
      kind: 'payment',
      merchantNo: '777290058110048',
      orderNo: PAID.orderId,
      orderedAt: new Date('2026-11-23T02:11:12Z'),
      outcome: {
        kind: 'succeeded',
        walletPaymentId: PAID.queryId,
        amount: { currency: 'CNY', minor: 1234n },
        occurredAt: new Date('2026-11-23T02:15:30Z'),
        facts: {
          settleDate: '1123',
          settleAmt: '1234',
          traceNo: '123456',
          traceTime: '1123101530',
          accNo: '6216***********0018',
        },
      },
    });
  });

  test.each(['04', '31'])('of a refund or void (txnType %s) is a refund', async (txnType) => {
    const reading = await read(speak({ ...REFUNDED, txnType }).form);
    expect(reading).toMatchObject({ kind: 'refund', orderNo: 'REFUND0001', outcome: { kind: 'succeeded' } });
    const failed = await read(speak({ ...REFUNDED, txnType, respCode: '45' }).form);
    expect(failed).toMatchObject({ outcome: { kind: 'failed', reason: 'already_undone', walletCode: '45' } });
  });

  test('says the same when it comes again', async () => {
    const { form } = speak(PAID);
    expect(await read(form)).toEqual(await read(form));
  });

  test('is believed with fields that nobody has heard of, and with values in braces', async () => {
    const more = {
      ...PAID,
      newThing2030: '甲 & 乙'.replace(' & ', ' '),
      sysReserved: '{aaa=a&bbb=b}',
      payType: '0001',
    };
    expect(await read(speak(more).form)).toMatchObject({ kind: 'payment', outcome: { kind: 'succeeded' } });
  });

  test('is believed when values that are empty came along unsigned', async () => {
    const form = Buffer.concat([speak(PAID).form, Buffer.from('&payCardType=')]);
    expect(await read(form)).toMatchObject({ kind: 'payment' });
  });

  test('of a payment that failed leaves it open: the payer may try again', async () => {
    expect(await read(speak({ ...PAID, respCode: '64' }).form)).toMatchObject({ outcome: { kind: 'pending' } });
  });

  test('hides an account that came whole', async () => {
    const reading = await read(speak({ ...PAID, accNo: '6226090000000048' }).form);
    expect(
      JSON.stringify(reading, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
    ).toContain('622609******0048');
  });
});

describe('a notification that is thrown away', () => {
  test('has one changed byte, wherever it is', async () => {
    const { form } = speak(PAID);
    for (let at = 0; at < form.length; at += 13) {
      const changed = Buffer.from(form);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await read(changed), `byte ${at}`).toMatchObject({ kind: 'refused' });
    }
  });

  test('lost the CR of its certificate, or turned + into a blank', async () => {
    const text = speak(PAID).form.toString();
    expect(await read(Buffer.from(text.replaceAll('%0D%0A', '%0A')))).toMatchObject({ kind: 'refused' });
    expect(await read(Buffer.from(text.replaceAll('%2B', '+')))).toMatchObject({ kind: 'refused' });
  });

  test('has a parameter more that is not signed, as if it came from the address', async () => {
    expect(await read(Buffer.from(`${speak(PAID).form.toString()}&attempt=1`))).toMatchObject({ kind: 'refused' });
  });

  test('has one field cut in two, or two glued into one', async () => {
    // Both sign to the same text as the honest message.
    const { respCode: _, ...uncut } = PAID;
    const cut = speak({ ...uncut, reserved: '{a=1&respCode=00}' }).fields;
    const otherwise = { kind: 'refused', reason: 'the signed text can be read in another way' };
    expect(await read(form({ ...cut, reserved: '{a=1', respCode: '00}' }))).toMatchObject(otherwise);
    const glued: Record<string, string> = { ...speak(PAID).fields };
    glued['queryId'] = `${glued['queryId']}&respCode=${glued['respCode']}`;
    delete glued['respCode'];
    expect(await read(form(glued))).toMatchObject(otherwise);
  });

  const signers: [name: string, commonName: string, notAfter: string][] = [
    ['an expired certificate', SIGNER_NAME, '2026-11-22T00:00:00Z'],
    ['the name of somebody else', '041@1@某商户@00000001', '2040-01-01T00:00:00Z'],
  ];
  test.each(signers)('is signed with %s', async (_name, commonName, notAfter) => {
    const other = mint({ commonName, issuer: middle, isAuthority: false, serial: '11', notAfter });
    expect(await read(speak(PAID, other).form)).toMatchObject({ kind: 'refused' });
    expect(await read(speak(PAID, merchant).form)).toMatchObject({ kind: 'refused' });
  });

  test('is in another version, or signed in another way than the merchant is', async () => {
    expect(await read(speak({ ...PAID, version: '5.0.0' }).form)).toMatchObject({ kind: 'refused' });
    const fields = { ...PAID, version: '5.1.0', signMethod: '11', merId: '777290058110048' };
    expect(await read(form({ ...fields, signature: signShared(fields, '11', '') }))).toMatchObject({ kind: 'refused' });
  });

  test('is for another merchant', async () => {
    expect(await read(speak({ ...PAID, merId: '777290058110097' }).form)).toMatchObject({ kind: 'refused' });
  });

  test("is really a query's answer, an order's answer or a refund's acceptance, all signed by UnionPay", async () => {
    expect(await read(speak({ ...PAID, origRespCode: '05' }).form)).toMatchObject({ kind: 'refused' });
    const { queryId: _q, txnAmt: _a, currencyCode: _c, ...ordered } = { ...PAID, tn: '792611231011121234567' };
    expect(await read(speak(ordered).form)).toMatchObject({ outcome: { kind: 'unknown' } });
    const { settleDate: _s, ...accepted } = REFUNDED;
    expect(await read(speak(accepted).form)).toMatchObject({ outcome: { kind: 'unknown' } });
  });

  test('is about a kind of transaction that we do not make', async () => {
    for (const txnType of ['00', '02', '99', '']) {
      expect(await read(speak({ ...PAID, txnType }).form)).toMatchObject({ kind: 'refused' });
    }
    expect(await read(speak({ ...PAID, txnSubType: '03' }).form)).toMatchObject({ kind: 'refused' });
    expect(await read(speak({ ...PAID, orderId: '' }).form)).toMatchObject({ kind: 'refused' });
  });

  test('is not a form in UTF-8', async () => {
    const { form: body, answer } = speak(PAID);
    for (const contentType of ['application/json', 'application/x-www-form-urlencoded; charset=GBK', '']) {
      expect(await read(body, contentType)).toMatchObject({ kind: 'refused' });
    }
    expect(await read(body, 'application/x-www-form-urlencoded')).toMatchObject({ kind: 'payment' });
    expect(await read(answer)).toMatchObject({ kind: 'refused' });
    expect(await read(Buffer.alloc(0))).toMatchObject({ kind: 'refused' });
  });
});

test.each(['11', '12'] as const)('signMethod %s: believed with the shared key only', async (method) => {
  const secureKey = '979da4cfccbae7923641daa5dd7047c2';
  const shared = readConfig({ mer_id: '777290058110048', sign_method: method, secure_key: secureKey });
  const fields = { ...PAID, version: '5.1.0', signMethod: method, merId: '777290058110048' };
  const good = form({ ...fields, signature: signShared(fields, method, secureKey) });
  const bad = form({ ...fields, signature: signShared(fields, method, 'another key of sixteen') });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(await readNotification(deps, shared, { headers, body: good })).toMatchObject({ kind: 'payment' });
  expect(await readNotification(deps, shared, { headers, body: bad })).toMatchObject({ kind: 'refused' });
});

function read(
  body: Buffer,
  contentType = 'application/x-www-form-urlencoded;charset=UTF-8',
): Promise<NotificationReading> {
  return readNotification(deps, config, { headers: { 'content-type': contentType }, body });
}

function form(fields: Record<string, string>): Buffer {
  return Buffer.from(new URLSearchParams(fields).toString());
}
