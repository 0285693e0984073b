import { describe, expect, test } from 'vitest';
import { crc16Hex } from '../../qr/crc16.ts';
import { describeText, type TextDescription } from './describe-text.ts';

const PLACES = { publicUrl: 'https://pay.hutong.example', simulatorPorts: { alipay: 4712 } };
const CODE = 'qr_01M83TZ7GP000NJM8KJQXRZAG0';
const PAYMENT = 'pay_01M83TZ7GP000NJM8KJQXRZAG0';
const seen = (text: string): TextDescription => describeText(text, PLACES);

describe('an address of ours', () => {
  test('a shop’s code and a payment’s cashier are known, and where to look further', () => {
    expect(seen(`https://pay.hutong.example/q/${CODE}`)).toMatchObject({
      kind: 'own_code',
      fields: [{ name: 'id', value: CODE }],
      next: `hutong qr show ${CODE}`,
    });
    const payment = seen(`https://pay.hutong.example/c/${PAYMENT}/Vd2mHqk1x0`);
    expect(payment).toMatchObject({ kind: 'own_payment', next: `hutong payment show ${PAYMENT}` });
    expect(JSON.stringify(payment)).not.toContain('Vd2mHqk1x0'); // who has the link may pay and look
  });

  test('of another Hutong it is said to be that', () => {
    expect(seen(`https://other.example/q/${CODE}`)).toMatchObject({
      kind: 'own_code',
      what: expect.stringContaining('of a Hutong at https://other.example; this one is at https://pay.hutong.example'),
      next: null,
    });
  });

  test('what only looks like one is an address', () => {
    for (const path of [`/q/${CODE}x`, `/q/${CODE}/more`, '/q/', `/q/${CODE.toLowerCase()}`, `/c/${PAYMENT}`])
      expect(seen(`https://pay.hutong.example${path}`).kind, path).toBe('address');
  });
});

describe('codes of wallets, by their form', () => {
  test.each<[string, string, RegExp]>([
    ['weixin://wxpay/bizpayurl?pr=abc123', 'wechatpay', /^An order at WeChat Pay/],
    ['weixin://pay.weixin.qq.com/bizpayurl/up?pr=abc&groupid=00', 'wechatpay', /^An order at WeChat Pay/],
    ['https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=1&package=2', 'wechatpay', /H5支付/],
    ['weixin://dl/business', 'wechatpay', /not of the form that orders have/],
    ['https://qr.alipay.com/bax03431ljhokirwl38f00a7', 'alipay', /^An order at Alipay/],
    ['https://qr.alipay.com/other', 'alipay', /not of the form that orders have/],
    ['https://qr.95516.com/00010000/62200001234567890', 'unionpay', /UnionPay's network/],
    [
      'https://qr.95516.com/qrcGtwWeb-web/api/userAuth?version=1.0.0&redirectUrl=https%3A%2F%2Fshop.example%2F',
      'unionpay',
      /learns who pays/,
    ],
    ['https://h5pay.jd.com/code?c=123abc', 'jdpay', /^An order at JD Pay/],
    ['http://127.0.0.1:4712/qr/baxaa', 'alipay', /pretend Alipay/],
  ])('%s', (text, wallet, what) => {
    expect(seen(text)).toMatchObject({ kind: 'wallet_code', wallets: [wallet], what: expect.stringMatching(what) });
  });

  test('their parts are told', () => {
    expect(seen('https://qr.95516.com/00010000/6220').fields).toMatchObject([
      { name: 'institution', value: '00010000', meaning: 'UnionPay itself' },
      { name: 'number', value: '6220' },
    ]);
  });

  test.each([
    'https://qr.alipay.com.evil.example/bax03431',
    'https://qr.alipay.com@evil.example/bax03431',
    'https://evil.example/qr.95516.com/00010000/62',
    'http://qr.95516.com/00010000/62',
    'https://qr.95516.com:8443/00010000/62',
    'https://h5pay.jd.com.evil.example/code?c=1',
    'http://127.0.0.1:4713/qr/baxaa',
  ])('%s only looks like one', (text) => {
    expect(seen(text)).toMatchObject({ kind: 'address', wallets: [] });
  });

  test('a name before the @ is pointed at', () => {
    expect(seen('https://qr.alipay.com@evil.example/').what).toMatch(/^An address at evil.example.*before the @/);
  });
});

describe('payment codes', () => {
  test.each<[string, string[]]>([
    ['134567890123456789', ['wechatpay']],
    ['280000000000000000', ['alipay']],
    [' 6212 3456 7890 1234 567\r\n', ['unionpay']],
  ])('%s', (text, wallets) => {
    const { kind, what, wallets: found } = seen(text);
    expect([kind, found]).toEqual(['payment_code', expect.arrayContaining(wallets)]);
    expect(what).not.toContain(text.replace(/\s/g, '')); // money for a minute is not written down
  });

  test('digits of no wallet', () => {
    expect(seen('99')).toMatchObject({ kind: 'unknown', what: expect.stringContaining('no payment code') });
  });
});

describe('EMVCo codes', () => {
  const sealed = (body: string): string => `${body}6304${crc16Hex(`${body}6304`)}`;
  const BODY =
    '00020101021215314800070248000702800070254994353' +
    '26200008com.x.ab0104M001' +
    '5204581253031565405100.05802CN5904SHOP6007BEIJING' +
    '62110307STORE-1' +
    '64150002ZH0105胡同小铺店';

  test('every field is told by name, in the order of the code', () => {
    const { kind, fault, fields } = seen(sealed(BODY));
    expect([kind, fault]).toEqual(['emv', null]);
    expect(fields.map(({ tag, name, value, meaning }) => [tag, name, value, meaning])).toEqual([
      ['00', 'format', '01', null],
      ['01', 'how often it is used', '12', 'dynamic: good for one payment'],
      [
        '15',
        'account at UnionPay (银联)',
        '4800070248000702800070254994353',
        'acquirer 48000702, forwarding institution 48000702, merchant 800070254994353',
      ],
      ['26.00', "the system's own id", 'com.x.ab', null],
      ['26.01', "the system's own field", 'M001', null],
      ['52', 'merchant category code', '5812', null],
      ['53', 'currency', '156', 'CNY'],
      ['54', 'amount', '100.0', '¥100.00'],
      ['58', 'country', 'CN', null],
      ['59', 'merchant name', 'SHOP', null],
      ['60', 'city', 'BEIJING', null],
      ['62.03', 'store', 'STORE-1', null],
      ['64.00', 'language', 'ZH', null],
      ['64.01', 'merchant name', '胡同小铺店', null],
      ['63', 'CRC', crc16Hex(`${BODY}6304`), 'right'],
    ]);
  });

  test('a wrong CRC is told with the right one', () => {
    const text = sealed(BODY);
    const right = text.slice(-4);
    const { fault, fields } = seen(`${text.slice(0, -4)}${right === '0000' ? '0001' : '0000'}`);
    expect(fault).toBe('63 (CRC) does not fit the text');
    expect(fields.at(-1)?.meaning).toBe(`wrong: it should be ${right}`);
    expect(fields.find(({ tag }) => tag === '54')?.meaning).toBeNull(); // nothing of a broken code is believed
  });

  test.each<[string, string, RegExp]>([
    ['cut off', '000201520458', /^52 \(merchant category code\) has fewer characters/],
    [
      'no account',
      sealed('0002015204581253031565802CN5904SHOP6007BEIJING'),
      /^02-51 \(the account to pay to\) is missing$/,
    ],
    ['no CRC', '00020152045812', /^63 \(CRC\) is missing$/],
    ['a bare beginning', '0002', /^00 \(format\)/],
  ])('%s: the rule that is broken', (_name, text, fault) => {
    expect(seen(text)).toMatchObject({ kind: 'emv', fault: expect.stringMatching(fault) });
  });

  test('a bare merchant number at UnionPay, and one of no form', () => {
    const meaningOf = (value: string): string | null | undefined =>
      seen(sealed(`00020115${value.length}${value}`)).fields.find(({ tag }) => tag === '15')?.meaning;
    expect(meaningOf('898110250001234')).toBe('a merchant number alone');
    expect(meaningOf('89811025000123')).toBe("not of UnionPay's form");
  });
});

test.each(['', '  ', 'hello', '{"a":1}', '\u001b[2J', 'x'.repeat(7089)])('nothing is known of %j', (text) => {
  expect(seen(text)).toMatchObject({ kind: 'unknown', wallets: [], fields: [], next: null });
});
