import { expect, test } from 'vitest';
import { orderStanding, refundOutcome } from './translate.ts';

const PAID = {
  trade_state: 'SUCCESS',
  transaction_id: '4200000001202611230000000001',
  success_time: '2026-11-23T10:15:30+08:00',
  amount: { total: 1000, payer_total: 489, currency: 'CNY', payer_currency: 'CNY' },
};
const COUPON = {
  coupon_id: '109519',
  name: '单品惠-6',
  scope: 'SINGLE',
  type: 'NOCASH',
  amount: 511,
  stock_id: '931386',
  wechatpay_contribute: 200,
  merchant_contribute: 0,
  other_contribute: 0,
  currency: 'CNY',
  goods_detail: [{ goods_id: 'a_goods1', quantity: 7, unit_price: 1, discount_amount: 4 }],
};

test('a printed sample whose contributions are 200 of 511 is kept as it is', () => {
  expect(orderStanding({ ...PAID, promotion_detail: [COUPON] }, 'qr')).toMatchObject({
    kind: 'succeeded',
    amount: { currency: 'CNY', minor: 1000n },
    buyerPaid: { currency: 'CNY', minor: 489n },
    discounts: [
      {
        walletOfferId: '109519',
        name: '单品惠-6',
        scope: 'item',
        minor: 511n,
        prefunded: false,
        parts: [{ funder: 'wallet', owner: null, minor: 200n }],
      },
    ],
  });
});

test.each([
  ['CASH', true],
  ['NOCASH', false],
])('%s was paid for beforehand: %s', (type, prefunded) => {
  const outcome = orderStanding({ ...PAID, promotion_detail: [{ ...COUPON, type, scope: 'GLOBAL' }] }, 'qr');
  expect(outcome).toMatchObject({ discounts: [{ prefunded, scope: 'order' }] });
});

test('contributions that are not told are nobody’s', () => {
  const { wechatpay_contribute: _, merchant_contribute: __, other_contribute: ___, ...bare } = COUPON;
  expect(orderStanding({ ...PAID, promotion_detail: [bare] }, 'qr')).toMatchObject({
    discounts: [{ minor: 511n, parts: [] }],
  });
});

test.each([
  ['no list', 'CASH'],
  ['something else in the list', [COUPON, 'CASH']],
  ['a kind that no document knows', [{ ...COUPON, type: 'MAGIC' }]],
  ['a scope that no document knows', [{ ...COUPON, scope: 'EVERYTHING' }]],
  ['half a fen', [{ ...COUPON, amount: 0.5 }]],
  ['yuan as a text', [{ ...COUPON, amount: '5.11' }]],
  ['less than nothing', [{ ...COUPON, merchant_contribute: -1 }]],
  ['too many', Array.from({ length: 21 }, () => COUPON)],
])('%s makes the payment not unknown: the discounts are left out, and that is said', (_what, detail) => {
  const outcome = orderStanding({ ...PAID, promotion_detail: detail }, 'qr');
  expect(outcome).toMatchObject({ kind: 'succeeded', facts: { discounts: 'unreadable' } });
  expect(outcome).not.toHaveProperty('discounts');
});

test('an empty list, or none, says nothing', () => {
  for (const more of [{}, { promotion_detail: [] }, { promotion_detail: null }]) {
    const outcome = orderStanding({ ...PAID, ...more }, 'qr');
    expect(outcome).not.toHaveProperty('discounts');
    expect(outcome).toMatchObject({ facts: { trade_state: 'SUCCESS' } });
  }
});

test('a refund says what went back to the buyer and of which coupon, not again who had paid for it', () => {
  const refund = {
    refund_id: '50000000382019052709732678859',
    status: 'SUCCESS',
    success_time: '2026-11-23T10:15:30+08:00',
    amount: { refund: 300, payer_refund: 147, discount_refund: 153, currency: 'CNY' },
    promotion_detail: [
      { promotion_id: '109519', scope: 'SINGLE', type: 'DISCOUNT', amount: 511, refund_amount: 153, goods_detail: [] },
    ],
  };
  expect(refundOutcome(refund, 'status')).toMatchObject({
    amount: { minor: 300n },
    buyerPaid: { minor: 147n },
    discounts: [{ walletOfferId: '109519', minor: 153n, prefunded: false, parts: [] }],
  });
});
