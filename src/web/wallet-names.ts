import type { Lang } from '../base/lang.ts';
import type { WalletName } from '../wallets/wallet.ts';

export type Label = Record<Lang, string>;

/** What a wallet is called on our pages: the way to pay, and the app that a buyer opens to scan. */
interface WalletNames {
  pay: Label;
  app: Label;
}

const NAMES: Record<WalletName, WalletNames> = {
  wechatpay: { pay: { 'zh-CN': '微信支付', en: 'WeChat Pay' }, app: { 'zh-CN': '微信', en: 'WeChat' } },
  alipay: { pay: { 'zh-CN': '支付宝', en: 'Alipay' }, app: { 'zh-CN': '支付宝', en: 'Alipay' } },
  unionpay: {
    pay: { 'zh-CN': '云闪付', en: 'UnionPay QuickPass' },
    app: { 'zh-CN': '云闪付', en: 'UnionPay QuickPass' },
  },
  jdpay: { pay: { 'zh-CN': '京东支付', en: 'JD Pay' }, app: { 'zh-CN': '京东', en: 'JD' } },
  meituanpay: { pay: { 'zh-CN': '美团支付', en: 'Meituan Pay' }, app: { 'zh-CN': '美团', en: 'Meituan' } },
  open: { pay: { 'zh-CN': '其他钱包', en: 'Another wallet' }, app: { 'zh-CN': '该钱包', en: 'that wallet' } },
};

/** The way to pay by its real name; an `open` wallet goes by the name of the shop's account there. */
export function payLabel(wallet: WalletName, accountLabel: string): Label {
  return isNamedByShop(wallet, accountLabel) ? { 'zh-CN': accountLabel, en: accountLabel } : NAMES[wallet].pay;
}

/** The app to scan with or to open. */
export function appLabel(wallet: WalletName, accountLabel: string): Label {
  return isNamedByShop(wallet, accountLabel) ? { 'zh-CN': accountLabel, en: accountLabel } : NAMES[wallet].app;
}

/** The order in which wallets stand on a page before we know anything about the buyer: by how many people use them. */
export const WALLET_ORDER: readonly WalletName[] = ['wechatpay', 'alipay', 'unionpay', 'jdpay', 'meituanpay', 'open'];

function isNamedByShop(wallet: WalletName, accountLabel: string): boolean {
  return wallet === 'open' && accountLabel !== '';
}
