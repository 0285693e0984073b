import { describe, expect, test } from 'vitest';
import { paymentFrom, refundFrom, toStamp } from './translate.ts';
import { readXml, type XmlElement } from './xml.ts';

function message(inside: string): XmlElement {
  const root = readXml(`<jdpay>${inside}</jdpay>`);
  if (root === null) throw new Error('not XML');
  return root;
}

const PAY = (more = '', amount = '1234', payType = '2') =>
  `<pay><payType>${payType}</payType><amount>${amount}</amount><currency>CNY</currency><tradeTime>20261123101530</tradeTime>${more}</pay>`;
const payment = (status: string, more = '') =>
  message(`<tradeNum>ORDER1</tradeNum><amount>1234</amount><currency>CNY</currency><status>${status}</status>${more}`);

/** Fact sheet 4.3, typed off it a second time. */
describe('a payment with status', () => {
  test.each([
    ['0', 'pending', undefined],
    ['1', 'pending', undefined],
    ['2', 'succeeded', undefined],
    ['3', 'failed', 'declined'],
    ['4', 'failed', 'expired'],
  ])('%s is %s', (status, kind, reason) => {
    const outcome = paymentFrom(payment(status));
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === 'failed') expect(outcome).toMatchObject({ reason, walletCode: status });
  });

  test.each(['', '5', '9', '02', ' 2', '２', '-1', 'constructor'])('%j is not known', (status) => {
    expect(paymentFrom(payment(status)).kind).toBe('unknown');
  });

  test('none is not known', () => {
    expect(paymentFrom(message('<tradeNum>A</tradeNum><amount>1</amount>')).kind).toBe('unknown');
  });
});

describe('a refund with status', () => {
  test.each([
    ['0', 'pending'],
    ['1', 'succeeded'],
    ['2', 'failed'],
    ['3', 'unknown'],
    ['4', 'unknown'],
    ['', 'unknown'],
  ])('%j is %s', (status, kind) => {
    expect(refundFrom(payment(status)).kind).toBe(kind);
  });
});

describe('a coupon', () => {
  test('whose amount is not readable makes no payment unknown', () => {
    const outcome = paymentFrom(payment('2', `<payList>${PAY('', '1000', '0')}${PAY('', '2.34', '3')}</payList>`));
    expect(outcome).toMatchObject({ kind: 'succeeded', facts: { discounts: 'unreadable' } });
    expect(outcome).not.toHaveProperty('discounts');
    expect(outcome).not.toHaveProperty('buyerPaid');
  });

  test('leaves unsaid what the buyer paid where the means do not sum to the total', () => {
    const outcome = paymentFrom(payment('2', `<payList>${PAY('', '1000', '0')}${PAY('', '233', '3')}</payList>`));
    expect(outcome).toMatchObject({ amount: { minor: 1234n }, discounts: [{ minor: 233n }] });
    expect(outcome).not.toHaveProperty('buyerPaid');
  });
});

describe('success', () => {
  test('brings our number, the amount, when it was paid and by what', () => {
    const list = `<payList>${PAY('', '1000', '0')}${PAY('', '234', '3')}</payList>`;
    expect(paymentFrom(payment('2', list))).toEqual({
      kind: 'succeeded',
      walletPaymentId: 'ORDER1',
      amount: { currency: 'CNY', minor: 1234n },
      occurredAt: new Date('2026-11-23T02:15:30Z'),
      facts: { paidBy: 'bank card 1000, coupon 234' },
      buyerPaid: { currency: 'CNY', minor: 1000n },
      discounts: [{ walletOfferId: '', name: '', scope: 'order', minor: 234n, prefunded: false, parts: [] }],
    });
  });

  test('says nothing of when where JD does not: the time in the message is the merchant’s own', () => {
    const outcome = paymentFrom(payment('2', '<tradeTime>20261123101112</tradeTime>'));
    expect(outcome).toMatchObject({ occurredAt: null, facts: { tradeTime: '20261123101112' } });
  });

  test('keeps of the payer nothing but a masked card number', () => {
    const detail = (cardNo: string) =>
      `<detail><cardHolderName>张小明</cardHolderName><cardHolderMobile>13812345678</cardHolderMobile><cardHolderId>110101199001010018</cardHolderId><cardNo>${cardNo}</cardNo></detail>`;
    const told = (cardNo: string) => paymentFrom(payment('2', `<payList>${PAY(detail(cardNo))}</payList>`));
    expect(told('6216***********0018')).toMatchObject({ facts: { cardNo: '6216***********0018' } });
    expect(told('6216000000000000018')).toMatchObject({ facts: { cardNo: '***************0018' } });
    expect(told('no number')).not.toHaveProperty('facts.cardNo');
    expect(JSON.stringify(told('6216***********0018'), (_, value: unknown) => String(value))).not.toMatch(
      /张|138|1101/,
    );
  });

  test.each([
    ['no amount', '<tradeNum>A</tradeNum><currency>CNY</currency>'],
    ['a decimal amount', '<tradeNum>A</tradeNum><amount>12.34</amount><currency>CNY</currency>'],
    ['a negative amount', '<tradeNum>A</tradeNum><amount>-1</amount><currency>CNY</currency>'],
    ['a long amount', '<tradeNum>A</tradeNum><amount>1234567890123</amount><currency>CNY</currency>'],
    ['another currency', '<tradeNum>A</tradeNum><amount>1</amount><currency>USD</currency>'],
    ['no tradeNum', '<amount>1</amount><currency>CNY</currency>'],
    ['an odd tradeNum', '<tradeNum>A B</tradeNum><amount>1</amount><currency>CNY</currency>'],
  ])('with %s is not known', (_, inside) => {
    expect(paymentFrom(message(`${inside}<status>2</status>`)).kind).toBe('unknown');
  });

  test('needs no currency: a notification names none', () => {
    const told = message('<tradeNum>A</tradeNum><amount>1</amount><status>2</status>');
    expect(paymentFrom(told)).toMatchObject({ kind: 'succeeded', amount: { currency: 'CNY', minor: 1n } });
  });

  test.each(['20260230101010', '20261123246000', '2026112310153', 'soon'])('on %s happened at no time', (stamp) => {
    const list = `<payList><pay><payType>2</payType><amount>1</amount><tradeTime>${stamp}</tradeTime></pay></payList>`;
    expect(paymentFrom(payment('2', list))).toMatchObject({ kind: 'succeeded', occurredAt: null });
  });
});

test('stamps are in Beijing', () => {
  expect(toStamp(new Date('2026-12-31T16:00:00.999Z'))).toBe('20270101000000');
});
