import { describe, expect, test } from 'vitest';
import { readNode } from './parse.ts';
import { paymentFromNotification, paymentFromQuery, refundFromQuery } from './translate.ts';

const PAID = {
  code: '10000',
  out_trade_no: 'A1',
  trade_no: '2026112322001400000000000001',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '10.00',
  buyer_pay_amount: '8.00',
  receipt_amount: '9.50',
  send_pay_date: '2026-11-23 10:15:30',
};
const VOUCHER = {
  id: '2015102600073002039000002D5O',
  name: 'XX 超市 5 折优惠',
  type: 'ALIPAY_FIX_VOUCHER',
  amount: '2.00',
  merchant_contribute: '0.50',
  other_contribute: '1.50',
};
const BILLS = [
  { fund_channel: 'PCREDIT', amount: '8.00' },
  { fund_channel: 'DISCOUNT', amount: '1.50' },
  { fund_channel: 'MDISCOUNT', amount: '0.50' },
];

function asked(more: object) {
  const fields = readNode(JSON.stringify({ ...PAID, ...more }));
  if (fields === null) throw new Error('not a node');
  return paymentFromQuery(fields, { scene: 'web', isPastExpiry: false });
}

const wallet = (minor: bigint) => ({ funder: 'wallet', owner: null, minor });
const merchant = (minor: bigint) => ({ funder: 'merchant', owner: null, minor });
const other = (minor: bigint, owner: string | null = null) => ({ funder: 'other', owner, minor });

describe('what Alipay takes off', () => {
  test('is read with its number, its funders and what the buyer paid', () => {
    expect(asked({ fund_bill_list: BILLS, voucher_detail_list: [VOUCHER] })).toMatchObject({
      kind: 'succeeded',
      amount: { currency: 'CNY', minor: 1000n },
      buyerPaid: { currency: 'CNY', minor: 800n },
      discounts: [
        {
          walletOfferId: VOUCHER.id,
          name: VOUCHER.name,
          scope: 'order',
          minor: 200n,
          prefunded: false,
          parts: [merchant(50n), wallet(150n)],
        },
      ],
    });
  });

  test.each([
    ['of others, where Alipay’s own channels do not hold it', [VOUCHER], [BILLS[0]], [[merchant(50n), other(150n)]]],
    [
      'of whoever is named',
      [{ ...VOUCHER, other_contribute_detail: [{ contribute_type: 'BRAND', contribute_amount: '1.20' }] }],
      BILLS,
      [[merchant(50n), wallet(30n), other(120n, 'BRAND')]],
    ],
    ['by channel alone, where no voucher is told', undefined, BILLS, [[wallet(150n)], [merchant(50n)]]],
    [
      'by channel, beyond the vouchers',
      [VOUCHER],
      [...BILLS, { fund_channel: 'COUPON', amount: '0.07' }, { fund_channel: 'MCOUPON', amount: 0.3 }],
      [[merchant(50n), wallet(150n)], [wallet(7n)], [merchant(30n)]],
    ],
    ['with a gap that is kept', [{ ...VOUCHER, other_contribute: '0.20' }], BILLS, [[merchant(50n), wallet(20n)]]],
  ])('is %s', (_what, voucher_detail_list, fund_bill_list, parts) => {
    const outcome = asked({ fund_bill_list, ...(voucher_detail_list === undefined ? {} : { voucher_detail_list }) });
    if (outcome.kind !== 'succeeded') throw new Error(outcome.kind);
    expect(outcome.discounts?.map((discount) => discount.parts)).toEqual(parts);
  });

  test('is of an item where the voucher is', () => {
    const list = [{ ...VOUCHER, type: 'ALIPAY_ITEM_VOUCHER' }];
    expect(asked({ voucher_detail_list: list })).toMatchObject({ discounts: [{ scope: 'item' }] });
  });

  test('is told by a notification in other names', () => {
    const { send_pay_date: _, ...rest } = PAID;
    const fields = {
      ...rest,
      gmt_payment: '2026-11-23 10:15:30',
      fund_bill_list: '[{"amount":"8.00","fundChannel":"ALIPAYACCOUNT"},{"amount":"2.00","fundChannel":"DISCOUNT"}]',
      voucher_detail_list:
        '[{"voucherId":"V1","name":"N","type":"ALIPAY_FIX_VOUCHER","amount":"2.00","merchantContribute":"0.00","otherContribute":"2.00"}]',
    };
    expect(paymentFromNotification(fields)).toMatchObject({
      discounts: [{ walletOfferId: 'V1', minor: 200n, parts: [wallet(200n)] }],
    });
  });

  test.each([
    ['no list', { voucher_detail_list: { a: 1 } }],
    ['something else in the list', { voucher_detail_list: ['x'] }],
    ['a voucher without an amount', { voucher_detail_list: [{ id: '1' }] }],
    ['three decimals', { voucher_detail_list: [{ ...VOUCHER, amount: '2.001' }] }],
    ['less than nothing', { voucher_detail_list: [{ ...VOUCHER, merchant_contribute: '-1.00' }] }],
    ['a channel without an amount', { fund_bill_list: [{ fund_channel: 'DISCOUNT' }] }],
  ])('makes the payment not unknown when it is not readable: %s', (_what, more) => {
    const outcome = asked(more);
    expect(outcome).toMatchObject({ kind: 'succeeded', facts: { discounts: 'unreadable' } });
    expect(outcome).not.toHaveProperty('discounts');
  });

  test('is nothing where nothing is told', () => {
    expect(asked({ fund_bill_list: [{ fund_channel: 'ALIPAYACCOUNT', amount: '10.00' }] })).not.toHaveProperty(
      'discounts',
    );
  });
});

describe('what a refund takes back', () => {
  const BACK = {
    code: '10000',
    out_request_no: 'R1',
    trade_no: PAID.trade_no,
    refund_status: 'REFUND_SUCCESS',
    refund_amount: '5.00',
    present_refund_buyer_amount: '4.00',
    present_refund_discount_amount: '0.75',
    present_refund_mdiscount_amount: '0.25',
  };

  test('is read from its three amounts', () => {
    expect(refundFromQuery(BACK, 'R1')).toMatchObject({
      amount: { minor: 500n },
      buyerPaid: { minor: 400n },
      discounts: [
        { walletOfferId: '', minor: 75n, parts: [wallet(75n)] },
        { walletOfferId: '', minor: 25n, parts: [merchant(25n)] },
      ],
    });
  });

  test('is read with the vouchers’ numbers where they are told', () => {
    const list = [{ ...VOUCHER, amount: '1.00', merchant_contribute: '0.25', other_contribute: '0.75' }];
    const outcome = refundFromQuery({ ...BACK, refund_voucher_detail_list: JSON.stringify(list) }, 'R1');
    expect(outcome).toMatchObject({
      discounts: [{ walletOfferId: VOUCHER.id, minor: 100n, parts: [merchant(25n), wallet(75n)] }],
    });
  });
});
