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
  } as const;
  return { name, label, app, ...usual, ...more };
}

function attempt(name: keyof typeof NAMES, more: Partial<AttemptView> = {}): AttemptView {
  const [label, app] = NAMES[name];
  return { id: 'att_01JDBNQ8V4000003F5T7Y9Z2C4', wallet: name, label, app, outcome: 'pending', action: null, ...more };
}

const unionpay = choice('unionpay');
const all = [choice('wechatpay'), choice('alipay'), unionpay, choice('jdpay'), choice('meituanpay'), choice('open')];
const path = '/c/pay_01JDBNQ8V4000003F5T7Y9Z2C4/tok_8f3k2m9x7w1q';

const base: CashierView = {
  lang: 'zh-CN',
  path,
  url: `https://pay.example.com${path}`,
  livemode: false,
  place: { isPhone: true, isBrowser: true, app: null, standsInFor: null },
  merchantName: '胡同小铺',
  orderNo: 'S20261123-7F3K9Q',
  subject: '明前龙井 50 克',
  amount: { currency: 'CNY', text: '¥128.00' },
  state: 'requires_payment_method',
  cancellationReason: null,
  expiresAt: '2026-11-23T05:09:30.000Z',
  now: '2026-11-23T04:54:48.000Z',
  wallets: [unionpay],
  attempt: null,
  notice: null,
  startsNow: false,
  goesOn: false,
  paidWith: null,
  paidAt: null,
  refunded: null,
  returnUrl: 'http://127.0.0.1:4001/orders/S20261123-7F3K9Q',
};

const atWallet: Partial<CashierView> = { attempt: attempt('unionpay') };
const paid: Partial<CashierView> = {
  state: 'succeeded',
  attempt: attempt('unionpay', { outcome: 'succeeded' }),
  paidWith: 'unionpay',
  paidAt: '2026-11-23T04:55:21.000Z',
};

/** Every face of the cashier page, by a name that also names its screenshot. */
export const cashierViews: Record<string, CashierView> = {
  choose: base,
  'choose-last-used': {
    ...base,
    wallets: [choice('unionpay', { lastUsed: true }), choice('open', { available: false })],
  },
  'choose-all': { ...base, wallets: all },
  'choose-desktop': {
    ...base,
    place: { isPhone: false, isBrowser: true, app: null, standsInFor: null },
    wallets: [
      choice('wechatpay', { comesNext: 'code', lastUsed: true }),
      ...all.slice(1, 4),
      choice('meituanpay', { comesNext: 'code' }),
      choice('open', { comesNext: 'other_browser' }),
    ],
  },
  'choose-in-wechat': {
    ...base,
    place: { isPhone: true, isBrowser: false, app: { 'zh-CN': '微信', en: 'WeChat' }, standsInFor: 'wechat' },
    wallets: [
      choice('wechatpay', { isHome: true, hasWayOut: true }),
      unionpay,
      choice('jdpay'),
      choice('alipay', { comesNext: 'other_browser' }),
    ],
    notice: 'payer_unknown',
  },
  'choose-long': {
    ...base,
    livemode: true,
    merchantName: '北京市东城区南锣鼓巷胡同深处有家手作茶器与文房用品专营店（旗舰店）',
    subject: '景德镇手绘青花玲珑瓷盖碗三才杯 Hand-painted-porcelain-gaiwan-with-a-very-long-unbroken-name 两件套',
    orderNo: 'ORDER-2026-11-23-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789',
    amount: { currency: 'CNY', text: '¥92233720368547758.07' },
    expiresAt: '2026-11-24T04:54:48.000Z',
  },
  'no-wallets': { ...base, wallets: [] },
  failed: {
    ...base,
    attempt: attempt('unionpay', { outcome: 'failed', failureText: '银行卡余额不足。' }),
  },
  'requires-action': { ...base, ...atWallet, state: 'requires_action' },
  'came-back': { ...base, ...atWallet, state: 'requires_action', notice: 'came_back' },
  scan: {
    ...base,
    wallets: all,
    state: 'requires_action',
    attempt: attempt('wechatpay', { action: { type: 'qr', text: 'weixin://wxpay/bizpayurl?pr=NwY5Mz9zz' } }),
    place: { isPhone: false, isBrowser: true, app: null, standsInFor: null },
  },
  'scan-on-phone': {
    ...base,
    wallets: all,
    state: 'requires_action',
    attempt: attempt('alipay', { action: { type: 'qr', text: 'https://qr.alipay.com/bax08431vbxxlvpvkgmz3000' } }),
  },
  bridge: {
    ...base,
    wallets: all,
    state: 'requires_action',
    attempt: attempt('wechatpay', {
      action: {
        type: 'jsapi',
        bridge: 'WeixinJSBridge',
        fields: { appId: 'wx8888888888888888', package: 'prepay_id=wx26112221580621e9b071c00d9e093b0000' },
        testPageUrl: null,
      },
    }),
  },
  'open-app': {
    ...base,
    wallets: all,
    state: 'requires_action',
    attempt: attempt('meituanpay', {
      action: { type: 'open_app', appUrl: 'examplewallet://pay?id=1', fallbackUrl: 'http://127.0.0.1:1/pay' },
    }),
  },
  continue: {
    ...base,
    wallets: all,
    state: 'requires_action',
    attempt: attempt('alipay', { action: { type: 'redirect', url: 'https://openapi.alipay.com/gateway.do?a=1' } }),
  },
  processing: { ...base, ...atWallet, state: 'processing' },
  unknown: { ...base, state: 'processing', attempt: attempt('unionpay', { outcome: 'unknown' }) },
  succeeded: { ...base, ...paid },
  refunded: { ...base, ...paid, refunded: { text: '¥128.00' } },
  expired: { ...base, state: 'canceled', cancellationReason: 'expired', now: base.expiresAt },
  canceled: { ...base, state: 'canceled', cancellationReason: 'requested_by_merchant' },
  'canceled-refunded': {
    ...base,
    state: 'canceled',
    cancellationReason: 'expired',
    refunded: { text: '¥128.00' },
    now: base.expiresAt,
  },
};
