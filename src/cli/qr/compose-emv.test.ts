import { describe, expect, test } from 'vitest';
import type { HeldQrCode } from '../../cashier/operator-reads.ts';
import { readEmv } from '../../qr/read-emv.ts';
import { composeEmv, type EmvWish } from './compose-emv.ts';

const at = new Date('2026-11-23T04:00:00Z');
const HELD: HeldQrCode = {
  code: {
    book: 1,
    id: 'qr_01M83TZ7GP000NJM8KJQXRZAG0',
    merchantId: 'mer_01M83TZ7GP000NJM8KJQXRZAG0',
    label: '前台',
    currency: 'CNY',
    amountMinor: null,
    returnUrl: null,
    enabled: true,
    createdAt: at,
    updatedAt: at,
  },
  shop: { book: 1, id: 'mer_01M83TZ7GP000NJM8KJQXRZAG0', name: '胡同小铺', livemode: false, createdAt: at },
};
const WISH: EmvWish = {
  mcc: '5812',
  city: 'Beijing',
  name: 'Hutong Tea',
  localName: null,
  localCity: '北京',
  country: 'CN',
  postcode: '100007',
  unionpay: '4800070248000702800070254994353',
  template: null,
  store: 'S1',
  terminal: '7',
};
const withAmount = (amountMinor: bigint, currency: 'CNY' | 'JPY'): HeldQrCode => ({
  ...HELD,
  code: { ...HELD.code, amountMinor, currency },
});
const read = (held: HeldQrCode, wish: EmvWish) => readEmv(composeEmv(held, wish));

describe('the EMVCo text of a shop’s code', () => {
  test('names the shop in Latin and in Chinese, and the account', () => {
    expect(read(HELD, WISH)).toMatchObject({
      kind: 'code',
      code: {
        initiation: 'static',
        accounts: [{ tag: '15', value: WISH.unionpay }],
        currencyNumber: '156',
        amount: null,
        merchantName: 'Hutong Tea',
        city: 'Beijing',
        postcode: '100007',
        additional: { storeLabel: 'S1', terminal: '7' },
        localized: { language: 'ZH', merchantName: '胡同小铺', city: '北京' },
      },
    });
  });

  test('has the code’s own amount, in its currency', () => {
    expect(read(withAmount(300n, 'CNY'), WISH)).toMatchObject({ code: { amount: '3.00', currencyNumber: '156' } });
    expect(read(withAmount(300n, 'JPY'), WISH)).toMatchObject({ code: { amount: '300', currencyNumber: '392' } });
  });

  test('takes templates of payment systems, several of them', () => {
    const wish = { ...WISH, unionpay: null, template: '26:com.example.pay,01=M001,02=a,b;27:org.other,05=x;y' };
    expect(read(HELD, wish)).toMatchObject({
      code: {
        accounts: [],
        systems: [
          {
            tag: '26',
            id: 'com.example.pay',
            fields: [
              { tag: '01', value: 'M001' },
              { tag: '02', value: 'a,b' },
            ],
          },
          { tag: '27', id: 'org.other', fields: [{ tag: '05', value: 'x;y' }] },
        ],
      },
    });
  });

  test('a shop with a Latin name needs no other', () => {
    const held = { ...HELD, shop: { ...HELD.shop, name: 'Tea House' } };
    expect(read(held, { ...WISH, name: null, localCity: null })).toMatchObject({
      code: { merchantName: 'Tea House', localized: null },
    });
    expect(() => composeEmv(held, { ...WISH, name: null })).toThrow('--local-city needs --local-name');
  });

  test.each<[string, Partial<EmvWish>, string]>([
    ['no account', { unionpay: null }, '02-51 (the account to pay to) is missing. Give --unionpay or --template.'],
    ['a category of three digits', { mcc: '581' }, '--mcc is four digits'],
    ['a country in small letters', { country: 'cn' }, '--country is two capital letters'],
    ['a long name', { name: 'x'.repeat(26) }, '59 (merchant name) is longer than EMVCo allows'],
    ['a long city', { city: 'x'.repeat(16) }, '60 (city) is longer than EMVCo allows'],
    ['a long Chinese name', { localName: '胡'.repeat(26) }, '64.01 (merchant name) is longer than EMVCo allows'],
    ['a long till', { terminal: 'x'.repeat(26) }, '62.07 (terminal) is longer than EMVCo allows'],
    ['a Chinese city', { city: '北京' }, '--city: EMVCo takes Latin letters'],
    ['a Chinese till', { terminal: '一号' }, '--terminal: EMVCo takes Latin letters'],
    ['a line end', { name: 'Tea\nHouse' }, '--name: EMVCo takes Latin letters'],
    ['no Latin name', { name: null }, "--name is missing: EMVCo wants the shop's name in Latin letters"],
    ['30 characters of UnionPay’s', { unionpay: '480007024800070280007025499435' }, '--unionpay has 31 characters'],
    ['a bare merchant number', { unionpay: '898110250001234' }, '--unionpay has 31 characters'],
    ['another tag', { template: '80:com.example' }, '80 is not one of 26 to 51'],
    ['a template of no form', { template: 'com.example' }, '--template is such as 26:com.example.pay'],
    ['one template twice', { template: '26:a.b;26:c.d' }, '26 (account at a payment system) stands there twice'],
    ['one field twice', { template: '26:a.b,01=x,01=y' }, "26.01 (the system's own field) stands there twice"],
    ['an empty field', { template: '26:a.b,01=' }, "26.01 (the system's own field) has no value"],
    ['a long template', { template: `26:a.b,01=${'x'.repeat(99)}` }, '26 (account at a payment system) is longer'],
    ['a long id', { template: `26:${'a'.repeat(33)}` }, "26.00 (the system's own id) is longer"],
  ])('%s: refused with the reason', (_name, changed, why) => {
    expect(() => composeEmv(HELD, { ...WISH, ...changed })).toThrow(why);
  });
});
