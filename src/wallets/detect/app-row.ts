import type { WalletName } from '../wallet.ts';

/** The apps whose built-in browser we know, plus `other_app` (some app's web view) and `browser` (a plain browser). */
export type AppName =
  | 'unionpay'
  | 'jdfinance'
  | 'jd'
  | 'meituan'
  | 'dianping'
  | 'bank'
  | 'wecom'
  | 'wechat'
  | 'alipayhk'
  | 'alipay'
  | 'dingtalk'
  | 'tmall'
  | 'xianyu'
  | 'taobao'
  | 'qq'
  | 'weibo'
  | 'tiktok'
  | 'douyin'
  | 'toutiao'
  | 'kuaishou'
  | 'xiaohongshu'
  | 'baidu'
  | 'pinduoduo'
  | 'bilibili'
  | 'feishu'
  | 'qqbrowser'
  | 'other_app'
  | 'browser';

/** Where an app keeps "open in browser": behind the dots or the share button at the top right, or no such menu is known. */
export type BrowserMenu = 'dots_top_right' | 'share_top_right' | 'none';

export interface AppRow {
  app: AppName;
  zh: string;
  en: string;
  /** What its user agent contains. The rows are asked from the top, the first that fits wins. */
  mark: RegExp;
  /** The first group is the app's version; null where the user agent does not tell it. */
  version: RegExp | null;
  /** Wallets whose own browser this is: the page may pay by the wallet's own means. UnionPay's network is told apart by its id. */
  home: readonly WalletName[];
  /** Wallets whose payment page does not open, or cannot reach its app from here. */
  blocked: readonly WalletName[];
  browserMenu: BrowserMenu;
  /** documented: a document or many captured user agents say so. reported: common experience, the cautious reading. */
  evidence: 'documented' | 'reported';
  because: string;
}
