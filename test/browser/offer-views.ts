import type { CashierView, OfferLine, PriceView, WalletChoice } from '../../src/web/cashier-view.ts';
import { explainDecision } from '../../src/rollout/explain-decision.ts';
import type { WhyView, WhyWallet } from '../../src/web/why-view.ts';
import { all, attempt, base, choice } from './view-parts.ts';

/* The faces of the cashier page at a shop with offers; the words of single offers are like those that the offers bring. */

const threshold = line(
  ['云闪付满 100 减 5', 'UnionPay: 5 off 100'],
  ['立减 ¥5.00，云闪付出资', '¥5.00 off, paid by UnionPay'],
);
const welcome = line(['小铺新人立减', 'Welcome to the shop'], ['立减 ¥3.00，商家出资', '¥3.00 off, paid by the shop']);
const draw = line(
  ['京东随机立减', 'JD lucky draw'],
  ['随机立减 ¥1.00–¥8.00，京东出资', '¥1.00 to ¥8.00 off by draw, paid by JD'],
);
const own = line(['微信摇一摇', 'WeChat shake'], ['最多 ¥6.66，以微信为准', 'up to ¥6.66, as WeChat decides']);

const prices: Record<string, PriceView> = {
  unionpay: price('123.00', {
    saved: '¥5.00',
    used: [threshold],
    notUsed: [
      line(
        ['小铺新人立减', 'Welcome to the shop'],
        ['不能与“云闪付满 100 减 5”同用', 'cannot be combined with “UnionPay: 5 off 100”'],
      ),
      line(['满 200 减 20', '20 off 200'], ['还差 ¥72.00', '¥72.00 short of it']),
    ],
  }),
  jdpay: price('127.00', { saved: '¥1.00', maySave: { text: '¥7.00', by: 'draw' }, used: [draw] }),
  wechatpay: price('128.00', { maySave: { text: '¥6.66', by: 'wallet' }, used: [own], notUsed: [otherWallet()] }),
  alipay: price('125.00', { saved: '¥3.00', used: [welcome], notUsed: [otherWallet()] }),
  meituanpay: price('128.00', { notUsed: [otherWallet()] }),
};

const offered = ['unionpay', 'alipay', 'jdpay', 'wechatpay', 'meituanpay'].map((name) => priced(name));

const paidPrice = price('121.34', {
  saved: '¥6.66',
  used: [line(['微信摇一摇', 'WeChat shake'], ['立减 ¥6.66，微信出资', '¥6.66 off, paid by WeChat'])],
});

const paid: Partial<CashierView> = {
  state: 'succeeded',
  wallets: offered,
  attempt: attempt('wechatpay', { outcome: 'succeeded' }),
  paidWith: 'wechatpay',
  paidAt: '2026-11-23T04:55:21.000Z',
  price: paidPrice,
};

export const offerViews: Record<string, CashierView> = {
  'offers-choose': { ...base, wallets: offered, isExplained: true },
  'offers-choose-desktop': {
    ...base,
    place: { isPhone: false, isBrowser: true, app: null, standsInFor: null },
    wallets: offered.map((wallet) => ({ ...wallet, lastUsed: wallet.name === 'alipay' })),
  },
  'offers-everywhere': {
    ...base,
    wallets: all.map((wallet) => ({ ...wallet, price: price('125.00', { saved: '¥3.00', used: [welcome] }) })),
  },
  'offers-changed': {
    ...base,
    wallets: offered.map((wallet) => (wallet.name === 'unionpay' ? priced('unionpay', 'meituanpay') : wallet)),
    notice: 'price_changed',
    priceBefore: '¥123.00',
  },
  'offers-waiting': {
    ...base,
    wallets: offered,
    state: 'requires_action',
    attempt: attempt('unionpay'),
    price: { ...(prices['unionpay'] ?? paidPrice), notUsed: [] },
  },
  'offers-waiting-estimate': {
    ...base,
    wallets: offered,
    state: 'requires_action',
    attempt: attempt('wechatpay'),
    price: { ...(prices['wechatpay'] ?? paidPrice), notUsed: [] },
  },
  'offers-succeeded': { ...base, ...paid },
  'offers-refunded': { ...base, ...paid, refunded: { text: '¥121.34' } },
};

function priced(name: string, as = name): WalletChoice {
  const found = all.find((wallet) => wallet.name === name) ?? choice('open');
  return { ...found, price: prices[as] ?? null };
}

function price(pay: string, more: Partial<PriceView>): PriceView {
  return {
    pay: { text: `¥${pay}`, minor: pay.replace('.', '') },
    saved: null,
    maySave: null,
    used: [],
    notUsed: [],
    ...more,
  };
}

function line([zh, en]: [string, string], [saidZh, saidEn]: [string, string]): OfferLine {
  return { name: { 'zh-CN': zh, en }, said: { 'zh-CN': saidZh, en: saidEn } };
}

function otherWallet(): OfferLine {
  return line(
    ['云闪付满 100 减 5', 'UnionPay: 5 off 100'],
    ['只在用云闪付支付时可用', 'only when paying with UnionPay'],
  );
}

/** Why the wallets of `offers-choose` are these: one is staged and shown, one is staged and not reached yet. */
export const whyView: WhyView = {
  lang: 'zh-CN',
  path: base.path,
  place: base.place,
  merchantName: base.merchantName,
  amount: base.amount.text,
  wallets: [
    ...offered.map(({ name, label, price: own }) => ({ name, label, price: own, shown: true, said: saidOf(name) })),
    { name: 'open', label: choice('open').label, price: null, shown: false, said: saidOf('open') },
  ],
};

function saidOf(name: string): WhyWallet['said'] {
  const rollout = { id: 'rol_01JDBNQ8V4000003F5T7Y9Z2C4', version: 2, step: 1, sharePpm: 50_000 };
  if (name === 'unionpay')
    return explainDecision({ wallet: 'unionpay', shown: true, arm: 'treatment', reason: 'SPLIT', rollout });
  if (name === 'open')
    return explainDecision({ wallet: 'open', shown: false, arm: 'outside', reason: 'SPLIT', rollout });
  return explainDecision({ wallet: 'alipay', shown: true, arm: 'outside', reason: 'STATIC', rollout: null });
}
