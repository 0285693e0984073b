import type { AttemptView, CashierView, WalletChoice } from '../../src/web/cashier-view.ts';

const NAMES = {
  wechatpay: [
    { 'zh-CN': '微信支付', en: 'WeChat Pay' },
    { 'zh-CN': '微信', en: 'WeChat' },
  ],
  alipay: [
    { 'zh-CN': '支付宝', en: 'Alipay' },
    { 'zh-CN': '支付宝', en: 'Alipay' },
  ],
  unionpay: [
    { 'zh-CN': '云闪付', en: 'UnionPay QuickPass' },
    { 'zh-CN': '云闪付', en: 'UnionPay QuickPass' },
  ],
  jdpay: [
    { 'zh-CN': '京东支付', en: 'JD Pay' },
    { 'zh-CN': '京东', en: 'JD' },
  ],
  meituanpay: [
    { 'zh-CN': '美团支付', en: 'Meituan Pay' },
    { 'zh-CN': '美团', en: 'Meituan' },
  ],
  open: [
    { 'zh-CN': '胡同钱包', en: 'Lane Wallet' },
    { 'zh-CN': '胡同钱包', en: 'Lane Wallet' },
  ],
} as const;

export function choice(name: keyof typeof NAMES, more: Partial<WalletChoice> = {}): WalletChoice {
  const [label, app] = NAMES[name];
  const usual = {
    comesNext: 'page',
    available: true,
    isHome: false,
    lastUsed: false,
    hasCode: true,
    hasWayOut: false,
    price: null,
  } as const;
  return { name, label, app, ...usual, ...more };
}

export function attempt(name: keyof typeof NAMES, more: Partial<AttemptView> = {}): AttemptView {
  const [label, app] = NAMES[name];
  return { id: 'att_01JDBNQ8V4000003F5T7Y9Z2C4', wallet: name, label, app, outcome: 'pending', action: null, ...more };
}

/** A shop that takes every wallet. */
export const all = [
  choice('wechatpay'),
  choice('alipay'),
  choice('unionpay'),
  choice('jdpay'),
  choice('meituanpay'),
  choice('open'),
];

const path = '/c/pay_01JDBNQ8V4000003F5T7Y9Z2C4/tok_8f3k2m9x7w1q';

/** A payment that nobody has begun to pay. */
export const base: CashierView = {
  lang: 'zh-CN',
  path,
  url: `https://pay.example.com${path}`,
  livemode: false,
  place: { isPhone: true, isBrowser: true, app: null, standsInFor: null },
  merchantName: '胡同小铺',
  orderNo: 'S20261123-7F3K9Q',
  subject: '明前龙井 50 克',
  amount: { currency: 'CNY', text: '¥128.00' },
  price: null,
  state: 'requires_payment_method',
  cancellationReason: null,
  expiresAt: '2026-11-23T05:09:30.000Z',
  now: '2026-11-23T04:54:48.000Z',
  wallets: [choice('unionpay')],
  attempt: null,
  notice: null,
  priceBefore: null,
  isExplained: false,
  startsNow: false,
  goesOn: false,
  paidWith: null,
  paidAt: null,
  refunded: null,
  returnUrl: 'http://127.0.0.1:4001/orders/S20261123-7F3K9Q',
};
