import { expect, test } from 'vitest';
import { readCoupons } from './coupons.ts';
import { paymentFromNotification } from './translate.ts';

/** As a public page prints it: UnionPay and the merchant pay five yuan each. */
const ROWS = [
  { type: 'DD01', spnsrId: '00010000', offstAmt: '500', id: 'cupcp01000023', desc: '银联优惠 随机立减' },
  { type: 'DD01', spnsrId: '848120048712365', offstAmt: '500', id: 'cupcp01000023', desc: '银联优惠 随机立减' },
];
const READ = {
  walletOfferId: 'cupcp01000023',
  name: '银联优惠 随机立减',
  scope: 'order',
  minor: 1000n,
  prefunded: false,
  parts: [
    { funder: 'wallet', owner: null, minor: 500n },
    { funder: 'merchant', owner: null, minor: 500n },
  ],
};
const PAID = {
  respCode: '00',
  txnType: '01',
  txnSubType: '01',
  queryId: '632611231015300000018',
  txnAmt: '10000',
  currencyCode: '156',
  txnTime: '20261123101530',
};
const reading = { isPastPayTimeout: false, isOneTry: false, maskAccount: () => null };

test.each([
  ['as JSON', JSON.stringify(ROWS)],
  ['as base64 of JSON', Buffer.from(JSON.stringify(ROWS)).toString('base64')],
])('one activity of two who pay is one discount of two parts, %s', (_how, couponInfo) => {
  expect(readCoupons({ couponInfo })).toEqual([READ]);
  const outcome = paymentFromNotification({ ...PAID, couponInfo }, reading);
  expect(outcome).toMatchObject({ kind: 'succeeded', amount: { minor: 10_000n }, discounts: [READ] });
  expect(outcome, 'what the buyer paid is not told').not.toHaveProperty('buyerPaid');
});

test.each([
  ['00010000', 'wallet', null],
  ['01020000', 'bank', '01020000'],
  ['QRA194853315031', 'merchant', null],
  ['BRAND', 'other', 'BRAND'],
  ['', 'other', null],
])('a part of sponsor %j is paid by %s', (spnsrId, funder, owner) => {
  const couponInfo = JSON.stringify({ ...ROWS[0], spnsrId });
  expect(readCoupons({ couponInfo })).toMatchObject([{ parts: [{ funder, owner, minor: 500n }] }]);
});

test('a type that comes one day changes no money', () => {
  expect(readCoupons({ couponInfo: JSON.stringify([{ ...ROWS[0], type: 'ZZ09' }]) })).toMatchObject([{ minor: 500n }]);
});

test('an activity about single goods is one', () => {
  const issAddnData = JSON.stringify({ dctDetail: [{ id: 'sku1', dctPrice: '500', dctId: 'cupcp01000023' }] });
  expect(readCoupons({ couponInfo: JSON.stringify(ROWS), issAddnData })).toMatchObject([{ scope: 'item' }]);
});

test.each([
  ['sealed for somebody else', 'kJ7Xb1H0nVbq'],
  ['cut short', '[{"type":"DD01"'],
  ['a number', '7'],
  ['half a fen', JSON.stringify([{ ...ROWS[0], offstAmt: '0.5' }])],
  ['less than nothing', JSON.stringify([{ ...ROWS[0], offstAmt: '-5' }])],
  ['without an amount', JSON.stringify([{ spnsrId: '00010000' }])],
  ['rows of nothing', JSON.stringify([null])],
])('couponInfo that is %s makes no payment unknown', (_what, couponInfo) => {
  const outcome = paymentFromNotification({ ...PAID, couponInfo }, reading);
  expect(outcome).toMatchObject({ kind: 'succeeded', facts: { discounts: 'unreadable' } });
  expect(outcome).not.toHaveProperty('discounts');
});

test('no couponInfo, or one of nothing, says nothing', () => {
  for (const fields of [{}, { couponInfo: '' }, { couponInfo: '[]' }]) {
    expect(paymentFromNotification({ ...PAID, ...fields }, reading)).not.toHaveProperty('discounts');
  }
});
