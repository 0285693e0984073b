import type { Lang } from '../base/lang.ts';
import type { WalletName } from './wallet.ts';

export type Label = Record<Lang, string>;

/** What a wallet is called wherever we show it: the way to pay, the app that a buyer opens to scan, and its colour. */
interface WalletNames {
  pay: Label;
  app: Label;
  /** The colour that people know it by, `#rrggbb`. */
  colour: string;
}

const NAMES: Record<WalletName, WalletNames> = {
  wechatpay: {
    pay: { 'zh-CN': '微信支付', en: 'WeChat Pay' },
    app: { 'zh-CN': '微信', en: 'WeChat' },
    colour: '#07a653',
  },
  alipay: { pay: { 'zh-CN': '支付宝', en: 'Alipay' }, app: { 'zh-CN': '支付宝', en: 'Alipay' }, colour: '#1677ff' },
  unionpay: {
    pay: { 'zh-CN': '云闪付', en: 'UnionPay QuickPass' },
    app: { 'zh-CN': '云闪付', en: 'UnionPay QuickPass' },
    colour: '#d7262e',
  },
  jdpay: { pay: { 'zh-CN': '京东支付', en: 'JD Pay' }, app: { 'zh-CN': '京东', en: 'JD' }, colour: '#c81623' },
  meituanpay: {
    pay: { 'zh-CN': '美团支付', en: 'Meituan Pay' },
    app: { 'zh-CN': '美团', en: 'Meituan' },
    colour: '#ffc300',
  },
  hutongwallet: {
    pay: { 'zh-CN': '互通钱包', en: 'Hutong Wallet' },
    app: { 'zh-CN': '互通钱包', en: 'Hutong Wallet' },
    colour: '#1860d0',
  },
  open: {
    pay: { 'zh-CN': '其他钱包', en: 'Another wallet' },
    app: { 'zh-CN': '该钱包', en: 'that wallet' },
    colour: '#0f7b83',
  },
};

/** The way to pay by its real name; an `open` wallet goes by the name of the shop's account there. */
export function payLabel(wallet: WalletName, accountLabel: string): Label {
  return isNamedByShop(wallet, accountLabel) ? { 'zh-CN': accountLabel, en: accountLabel } : NAMES[wallet].pay;
}

/** The app to scan with or to open. */
export function appLabel(wallet: WalletName, accountLabel: string): Label {
  return isNamedByShop(wallet, accountLabel) ? { 'zh-CN': accountLabel, en: accountLabel } : NAMES[wallet].app;
}

/** A wallet's colour; one that we do not know by name has that of any other wallet. */
export function walletColour(wallet: string): string {
  return (Object.entries(NAMES).find(([name]) => name === wallet)?.[1] ?? NAMES.open).colour;
}

/** The order in which wallets stand on a page before we know anything about the buyer: by how many people use them. */
export const WALLET_ORDER: readonly WalletName[] = [
  'wechatpay',
  'alipay',
  'unionpay',
  'jdpay',
  'meituanpay',
  'hutongwallet',
  'open',
];

function isNamedByShop(wallet: WalletName, accountLabel: string): boolean {
  return wallet === 'open' && accountLabel !== '';
}
