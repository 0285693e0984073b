import { describe, expect, test } from 'vitest';
import { applyNews, type PaymentNews, type RefundNews } from './apply-news.ts';
import type { Heard, Order, OrderState } from './orders.ts';

const order: Order = {
  orderNo: '20261123ABCDEFGHJK',
  productId: 'tea',
  shopper: 'lin',
  lang: 'zh-CN',
  link: null,
  amount: { currency: 'CNY', minor: '12800' },
  state: 'unpaid',
  createdAt: '2026-11-23T04:54:48.000Z',
  payment: { id: 'pay_1', cashierUrl: 'http://127.0.0.1:4000/c/pay_1/tok' },
  paidWith: null,
  price: null,
  refund: null,
  heard: [],
};
const price = { paid: '12300', lines: [] };
const back = { toBuyer: '12300', toOthers: '500' };
const amount = { currency: 'CNY', minor: 12_800n };
const paid: PaymentNews = { kind: 'payment', id: 'pay_1', amount, state: 'succeeded', wallet: 'unionpay', price };
const refund: RefundNews = { kind: 'refund', paymentId: 'pay_1', state: 'succeeded', automatic: false, refund: back };

function heard(id: string): Heard {
  return { id, type: 'payment.succeeded', at: '2026-11-23T04:55:21.000Z' };
}

describe('news moves an order', () => {
  test.each<[OrderState, PaymentNews | RefundNews, OrderState]>([
    ['unpaid', paid, 'paid'],
    ['unpaid', { ...paid, state: 'canceled' }, 'closed'],
    ['unpaid', { ...paid, state: 'processing' }, 'unpaid'],
    ['closed', paid, 'closed'],
    ['paid', { ...paid, state: 'canceled' }, 'paid'],
    ['paid', { ...refund, state: 'pending' }, 'refunding'],
    ['paid', refund, 'refunded'],
    ['refunding', refund, 'refunded'],
    ['refunding', { ...refund, state: 'failed' }, 'paid'],
    ['refunding', paid, 'refunding'],
    ['refunded', paid, 'refunded'],
    ['refunded', { ...refund, state: 'pending' }, 'refunded'],
    ['paid', { ...refund, automatic: true }, 'paid'],
  ])('%s, hearing %o, is %s', (state, news, next) => {
    expect(applyNews({ ...order, state }, news, heard('evt_1')).state).toBe(next);
  });
});

test('what was paid and what went back is kept with the order, and a refund that is not the order’s own changes nothing of it', () => {
  const after = applyNews(order, paid, heard('evt_1'));
  expect(after.price).toEqual(price);
  expect(applyNews(after, { ...refund, automatic: true }, heard('evt_2')).refund).toBeNull();
  expect(applyNews(after, refund, heard('evt_2'))).toMatchObject({ price, refund: back });
});

test('the same message twice is heard once', () => {
  const once = applyNews(order, paid, heard('evt_1'));
  expect(once.heard).toHaveLength(1);
  expect(applyNews(once, paid, heard('evt_1'))).toBe(once);
});

test.each([
  ['another payment', { ...paid, id: 'pay_2' }],
  ['another amount', { ...paid, amount: { currency: 'CNY', minor: 1n } }],
  ['another currency', { ...paid, amount: { currency: 'USD', minor: 12_800n } }],
  ['a refund of another payment', { ...refund, paymentId: 'pay_2' }],
])('news of %s changes nothing', (_, news) => {
  expect(applyNews(order, news, heard('evt_1'))).toBe(order);
});

test('a webhook that is faster than the answer to the call still counts', () => {
  expect(applyNews({ ...order, payment: null }, paid, heard('evt_1')).state).toBe('paid');
});
