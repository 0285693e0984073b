import type { Lang } from '../../base/lang.ts';

const WALLET_NAMES: Record<string, Record<Lang, string>> = {
  wechatpay: { 'zh-CN': '微信支付', en: 'WeChat Pay' },
  alipay: { 'zh-CN': '支付宝', en: 'Alipay' },
  unionpay: { 'zh-CN': '云闪付', en: 'UnionPay' },
  jdpay: { 'zh-CN': '京东支付', en: 'JD Pay' },
  meituanpay: { 'zh-CN': '美团支付', en: 'Meituan Pay' },
  hutongwallet: { 'zh-CN': '互通钱包', en: 'Hutong Wallet' },
};

/** A wallet as the shop's buyers know it. */
export function walletName(wallet: string, lang: Lang): string {
  return WALLET_NAMES[wallet]?.[lang] ?? wallet;
}
