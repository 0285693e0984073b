import type { Lang } from '../base/lang.ts';
import type { PriceView } from './cashier-view.ts';

/** What is said of prices, savings and offers, in both languages. Names and reasons of single offers come with the offers. */
export interface PriceTexts {
  best(wallet: string, pay: string): string;
  bestSaves(saved: string): string;
  everyone(saved: string): string;
  bestTag: string;
  was: string;
  saved(saved: string): string;
  maySave(by: NonNullable<PriceView['maySave']>['by'], most: string): string;
  why: string;
  used: string;
  notUsed: string;
  withWallet(wallet: string): string;
  payWithoutPrice: string;
  offers: string;
  price: string;
  paid: string;
  changedTitle: string;
  changed(before: string | null, wallet: string, now: string): string;
  changedHint: string;
  refundedHint: string;
}

const chinese: PriceTexts = {
  best: (wallet, pay) => `用${wallet}付 ${pay}`,
  bestSaves: (saved) => `省 ${saved}`,
  everyone: (saved) => `本单已优惠 ${saved}，任选一种方式支付`,
  bestTag: '最优惠',
  was: '原价',
  saved: (saved) => `已减 ${saved}`,
  maySave: (by, most) =>
    by === 'draw' ? `随机立减，最多再减 ${most}` : `最多可再减 ${most}，以${by === 'both' ? '实际' : '钱包'}为准`,
  why: '优惠说明',
  used: '已使用',
  notUsed: '未使用',
  withWallet: (wallet) => `用${wallet}支付的价格`,
  payWithoutPrice: '确认支付',
  offers: '优惠',
  price: '订单金额',
  paid: '实付',
  changedTitle: '优惠有变化，请再确认一次',
  changed: (before, wallet, now) =>
    before === null ? `用${wallet}支付现在是 ${now}。` : `刚才显示 ${before}，用${wallet}支付现在是 ${now}。`,
  changedHint: '您没有被扣款。',
  refundedHint: '优惠部分退回出资方。',
};

const english: PriceTexts = {
  best: (wallet, pay) => `Pay ${pay} with ${wallet}`,
  bestSaves: (saved) => `save ${saved}`,
  everyone: (saved) => `${saved} is taken off this order, however you pay`,
  bestTag: 'Best price',
  was: 'Before',
  saved: (saved) => `${saved} off`,
  maySave: (by, most) =>
    by === 'draw'
      ? `A draw may take off up to ${most} more`
      : `Up to ${most} more off, ${by === 'both' ? 'known after paying' : 'as the wallet decides'}`,
  why: 'About the offers',
  used: 'Used',
  notUsed: 'Not used',
  withWallet: (wallet) => `Price with ${wallet}`,
  payWithoutPrice: 'Pay',
  offers: 'Offers',
  price: 'Order',
  paid: 'Paid',
  changedTitle: 'An offer has changed: please confirm again',
  changed: (before, wallet, now) =>
    before === null ? `With ${wallet} it is now ${now}.` : `It was ${before}; with ${wallet} it is now ${now}.`,
  changedHint: 'You were not charged.',
  refundedHint: 'What offers took off goes back to who paid for it.',
};

export const priceTexts: Record<Lang, PriceTexts> = { 'zh-CN': chinese, en: english };
