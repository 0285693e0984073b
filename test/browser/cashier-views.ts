import type { CashierView } from '../../src/web/cashier-view.ts';

const base: CashierView = {
  lang: 'zh-CN',
  path: '/c/pay_01JDBNQ8V4000003F5T7Y9Z2C4/tok_8f3k2m9x7w1q',
  livemode: false,
  merchantName: '胡同小铺',
  orderNo: 'S20261123-7F3K9Q',
  subject: '明前龙井 50 克',
  amount: { currency: 'CNY', text: '¥128.00' },
  state: 'requires_payment_method',
  cancellationReason: null,
  expiresAt: '2026-11-23T05:09:30.000Z',
  now: '2026-11-23T04:54:48.000Z',
  wallets: [
    { name: 'unionpay', label: { 'zh-CN': '云闪付', en: 'UnionPay' }, scene: 'wap', available: true, lastUsed: false },
  ],
  attempt: null,
  paidWith: null,
  paidAt: null,
  refunded: null,
  returnUrl: 'http://127.0.0.1:4001/orders/S20261123-7F3K9Q',
};

const atWallet: Partial<CashierView> = { attempt: { wallet: 'unionpay', outcome: 'pending' } };
const paid: Partial<CashierView> = {
  state: 'succeeded',
  attempt: { wallet: 'unionpay', outcome: 'succeeded' },
  paidWith: 'unionpay',
  paidAt: '2026-11-23T04:55:21.000Z',
};

/** Every face of the cashier page, by a name that also names its screenshot. */
export const cashierViews: Record<string, CashierView> = {
  choose: base,
  'choose-last-used': {
    ...base,
    wallets: [
      ...base.wallets.map((wallet) => ({ ...wallet, lastUsed: true })),
      {
        name: 'example',
        label: { 'zh-CN': '示例钱包', en: 'Example wallet' },
        scene: 'wap',
        available: false,
        reason: '该商家尚未开通',
        lastUsed: false,
      },
    ],
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
    attempt: { wallet: 'unionpay', outcome: 'failed', failureText: '银行卡余额不足。' },
  },
  'requires-action': { ...base, ...atWallet, state: 'requires_action' },
  processing: { ...base, ...atWallet, state: 'processing' },
  unknown: { ...base, state: 'processing', attempt: { wallet: 'unionpay', outcome: 'unknown' } },
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
