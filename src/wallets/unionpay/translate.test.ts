import { describe, expect, test } from 'vitest';
import { RESP_CODES } from './codes.ts';
import {
  acceptance,
  fromStamp,
  paymentFromNotification,
  paymentFromQuery,
  refundFromNotification,
  refundFromQuery,
  toStamp,
} from './translate.ts';

/** UnionPay's table of response codes, typed off a second time: S success, F failed, U unknown. */
const SECTION_13 = {
  S: '00 A6'.split(' '),
  F: (
    '01 02 06 10 11 13 14 30 31 32 33 35 36 38 39 40 41 42 43 44 45 46 60 61 62 63 64 65 66 67 68 69 71 72 73 ' +
    '76 77 78 79 80 81 82 85 86 87 88 89 90 91 92 93 94 95 96 99'
  ).split(' '),
  U: '03 04 05 12 34 37 70 74 75 83 98'.split(' '),
};

/** Documented as "not yet"; the other U codes say nothing about this transaction. */
const WAITING = ['03', '04', '05', '70', '83'];

const FOUND = {
  txnTime: '20261123101112',
  txnAmt: '1234',
  currencyCode: '156',
  queryId: '792611231011121234568',
  traceNo: '123456',
  traceTime: '1123101530',
  settleDate: '1123',
  accNo: '6216***********0018',
};
const open = { isPastPayTimeout: false, isOneTry: false, maskAccount: (accNo: string) => accNo };
const past = { ...open, isPastPayTimeout: true };
const oneTry = { ...open, isOneTry: true };
const succeeded = {
  kind: 'succeeded',
  walletPaymentId: '792611231011121234568',
  amount: { currency: 'CNY', minor: 1234n },
  occurredAt: new Date('2026-11-23T02:15:30Z'),
  facts: { settleDate: '1123', traceNo: '123456', traceTime: '1123101530', accNo: '6216***********0018' },
};
const codes = Object.values(SECTION_13).flat();

test('the table has exactly the codes of section 13', () => {
  expect(Object.keys(RESP_CODES).sort()).toEqual(codes.sort());
});

describe.each(codes)('respCode %s', (code) => {
  const found = { ...FOUND, respCode: '00', origRespCode: code, origRespMsg: '原因' };
  const told = { ...FOUND, respCode: code, respMsg: '原因' };
  const isSuccess = SECTION_13.S.includes(code);
  const isFailed = SECTION_13.F.includes(code);
  const isWaiting = WAITING.includes(code);

  test('of a payment that may still be paid: success is final, the payer may retry after a failure', () => {
    const expected = isSuccess ? succeeded : { kind: isFailed || isWaiting || code === '34' ? 'pending' : 'unknown' };
    expect(paymentFromQuery(found, open)).toMatchObject(expected);
    expect(paymentFromNotification(told, open)).toMatchObject(expected);
  });

  test('of a payment past its payTimeout: everything documented but success has failed', () => {
    const outcome = paymentFromQuery(found, past);
    if (isSuccess) expect(outcome).toEqual(succeeded);
    else if (isFailed) expect(outcome).toMatchObject({ kind: 'failed', walletCode: code, walletMessage: '原因' });
    else if (isWaiting) expect(outcome).toMatchObject({ kind: 'failed', reason: 'expired', walletCode: code });
    else if (code === '34') expect(outcome).toMatchObject({ kind: 'failed', reason: 'not_found', walletCode: '34' });
    else expect(outcome).toMatchObject({ kind: 'unknown', walletCode: code });
  });

  test('of a charged payment code: what failed has failed at once, what waits is never over by the time', () => {
    const isNotFound = code === '34';
    const expected = isSuccess
      ? succeeded
      : { kind: isFailed ? 'failed' : isWaiting || isNotFound ? 'pending' : 'unknown' };
    expect(paymentFromQuery(found, oneTry)).toMatchObject(expected);
    expect(paymentFromNotification(told, oneTry)).toMatchObject(expected);
    const late = paymentFromQuery(found, { ...oneTry, isPastPayTimeout: true });
    expect(late).toMatchObject(isNotFound ? { kind: 'failed', reason: 'not_found' } : expected);
    const answered = { kind: isSuccess || isWaiting ? 'pending' : isFailed ? 'failed' : 'unknown' };
    expect(acceptance({ respCode: code }, 'charge')).toMatchObject(answered);
  });

  test('of a refund that was asked for or told about', () => {
    const expected = isSuccess
      ? succeeded
      : isFailed
        ? { kind: 'failed', walletCode: code, walletMessage: '原因' }
        : { kind: isWaiting ? 'pending' : 'unknown' };
    expect(refundFromQuery(found, open)).toMatchObject(expected);
    expect(refundFromNotification(told, open)).toMatchObject(expected);
  });

  test('in the answer to an order or a refund: success means accepted, unclear has to be asked for', () => {
    const expected = { kind: isSuccess ? 'pending' : isFailed ? 'failed' : 'unknown' };
    expect(acceptance({ respCode: code }, 'order')).toMatchObject(expected);
    const refund = code === '34' ? { kind: 'failed', reason: 'not_found' } : expected;
    expect(acceptance({ respCode: code }, 'refund')).toMatchObject(refund);
  });

  test('of the query itself: only 00 and 34 say anything', () => {
    const answer = { ...FOUND, respCode: code, respMsg: '原因' };
    for (const reading of [open, past]) {
      const outcome = paymentFromQuery(answer, reading);
      if (code === '34') expect(outcome.kind).toBe(reading.isPastPayTimeout ? 'failed' : 'pending');
      else expect(outcome.kind).toBe('unknown');
      expect(refundFromQuery(answer, reading)).toMatchObject(
        code === '34' ? { kind: 'failed', reason: 'not_found', walletCode: '34' } : { kind: 'unknown' },
      );
    }
  });
});

describe('codes that are not documented', () => {
  test.each(['84', '97', 'ZZ', '', '0', '000', ' 00', 'constructor', 'toString', 'A6 '])('%j is unknown', (code) => {
    const found = { ...FOUND, respCode: '00', origRespCode: code };
    for (const reading of [open, past]) {
      expect(paymentFromQuery(found, reading).kind).toBe('unknown');
      expect(refundFromQuery(found, reading).kind).toBe('unknown');
      expect(paymentFromQuery({ ...FOUND, respCode: code }, reading).kind).toBe('unknown');
      expect(paymentFromNotification({ ...FOUND, respCode: code }, reading).kind).toBe('unknown');
      expect(refundFromNotification({ ...FOUND, respCode: code }, reading).kind).toBe('unknown');
    }
    expect(acceptance({ respCode: code }, 'order').kind).toBe('unknown');
    expect(acceptance({ respCode: code }, 'refund').kind).toBe('unknown');
  });
});

describe('success without its evidence is unknown', () => {
  const cases: [name: string, changed: Record<string, string>][] = [
    ['no amount', { txnAmt: '' }],
    ['an amount with a decimal point', { txnAmt: '12.34' }],
    ['a negative amount', { txnAmt: '-1' }],
    ['an amount of 13 digits', { txnAmt: '1000000000000' }],
    ['an amount in other digits', { txnAmt: '１２' }],
    ['no currency', { currencyCode: '' }],
    ['another currency', { currencyCode: '840' }],
    ['no queryId', { queryId: '' }],
    ['an odd queryId', { queryId: "1'; drop" }],
  ];
  test.each(cases)('%s', (_name, changed) => {
    const fields = { ...FOUND, respCode: '00', origRespCode: '00', ...changed };
    expect(paymentFromQuery(fields, past).kind).toBe('unknown');
    expect(refundFromQuery(fields, past).kind).toBe('unknown');
    expect(paymentFromNotification(fields, open).kind).toBe('unknown');
  });

  test('a refund that is only accepted has no clearing day and is not done', () => {
    const { settleDate: _, ...accepted } = { ...FOUND, respCode: '00' };
    expect(refundFromNotification(accepted, open).kind).toBe('unknown');
  });
});

test.each(['1', '10', '110', '1200', '1234', '99999999', '999999999999'])('%s fen are told back exactly', (fen) => {
  const outcome = paymentFromQuery({ ...FOUND, txnAmt: fen, respCode: '00', origRespCode: '00' }, open);
  expect(outcome).toMatchObject({ amount: { currency: 'CNY', minor: BigInt(fen) } });
});

test('a text of theirs is kept short and without control characters', () => {
  const message = `bad\r\n\u0000${'x'.repeat(500)}`;
  const outcome = acceptance({ respCode: '30', respMsg: message }, 'order');
  expect(outcome.kind === 'failed' && outcome.walletMessage).toMatch(/^bad {3}x{194}$/);
});

describe('time stamps', () => {
  test('are Beijing time, eight hours ahead, in summer too', () => {
    expect(toStamp(new Date('2026-11-23T02:11:12.999Z'))).toBe('20261123101112');
    expect(toStamp(new Date('2026-07-01T16:00:00Z'))).toBe('20260702000000');
    expect(fromStamp('20261123101112')).toEqual(new Date('2026-11-23T02:11:12Z'));
    expect(fromStamp('20240229235959')).toEqual(new Date('2024-02-29T15:59:59Z'));
  });

  test.each([
    '',
    '2026112310111',
    '20260231000000',
    '20261301000000',
    '20261123250000',
    '2026112310111x',
    ' 20261123101112',
  ])('%j is not one', (text) => {
    expect(fromStamp(text)).toBeNull();
  });

  test('a traceTime after New Year belongs to the next year', () => {
    const fields = { ...FOUND, respCode: '00', origRespCode: '00', txnTime: '20261231235900' };
    const occurredAt = (traceTime: string): unknown => {
      const outcome = paymentFromQuery({ ...fields, traceTime }, open);
      return outcome.kind === 'succeeded' ? outcome.occurredAt : 'no success';
    };
    expect(occurredAt('0101000130')).toEqual(new Date('2026-12-31T16:01:30Z'));
    expect(occurredAt('1231235930')).toEqual(new Date('2026-12-31T15:59:30Z'));
    expect(occurredAt('')).toBeNull();
    expect(occurredAt('9999999999')).toBeNull();
  });
});
