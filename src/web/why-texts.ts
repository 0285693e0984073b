import type { Lang } from '../base/lang.ts';

/** What is said around the decisions; the decisions themselves are explained by rollouts and offers. */
export interface WhyTexts {
  link: string;
  title: string;
  hint(amount: string): string;
  hidden: string;
  back: string;
}

export const whyTexts: Record<Lang, WhyTexts> = {
  'zh-CN': {
    link: '为什么是这些方式',
    title: '为什么是这些支付方式',
    hint: (amount) => `订单金额 ${amount}。每个钱包为什么展示、为什么是这个价格。只有测试环境能看到这一页。`,
    hidden: '未展示',
    back: '返回收银台',
  },
  en: {
    link: 'Why this list',
    title: 'Why these wallets',
    hint: (amount) =>
      `The order is ${amount}. Why each wallet is shown, and why at this price. Only test mode has this page.`,
    hidden: 'Not shown',
    back: 'Back to checkout',
  },
};
