import type { CashierView } from '../../src/web/cashier-view.ts';
import { offerViews } from './offer-views.ts';
import { all, attempt, base, choice } from './view-parts.ts';

const unionpay = choice('unionpay');

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
  ...offerViews,
  'canceled-refunded': {
    ...base,
    state: 'canceled',
    cancellationReason: 'expired',
    refunded: { text: '¥128.00' },
    now: base.expiresAt,
  },
};
