import type { Lang } from '../../base/lang.ts';

export interface PayTexts {
  /** Of a link that is gone, stopped, over or paid. */
  notices: Record<PayNotice, { title: string; hint: string }>;
  /** Of a payment that went through, back from the cashier. */
  yours: { title: string; hint: string };
  /** Of one whose wallet may still say that it did; beside a form, and on a page of its own. */
  unclear: { title: string; hint: string; again: string };
  /** To the page where the next one is paid. */
  toLink: string;
  back: string;
  range(least: string, most: string): string;
  outOfRange(least: string, most: string): string;
  payTo(shop: string): string;
  together(total: string): string;
  paidOf(paid: number, all: number): string;
  beingPaid(count: number): string;
  yourName: string;
  yourNameHint: string;
  nameFault(charsMax: number): string;
  choose: string;
  chooseFault: string;
  payShare(amount: string): string;
  payChosen: string;
  shares: string;
  states: Record<'free' | 'open' | 'paid', string>;
  anybody(no: number): string;
  mayDiffer: string;
}

/** Why a link takes no payment now. */
export type PayNotice = 'gone' | 'ended' | 'paid' | 'busy' | 'share_paid' | 'order_taken' | 'over';

const chinese: PayTexts = {
  notices: {
    gone: { title: '链接不存在', hint: '请检查链接是否完整，或向发链接的人再要一次。' },
    ended: { title: '链接已停用', hint: '这个收款链接已经停用或过期，没有扣款。' },
    paid: { title: '已全部付清', hint: '不需要再付款了。' },
    busy: { title: '正在付款中', hint: '剩下的份额正有人在付。如果对方没有付完，几分钟后会再放出来。没有扣款。' },
    share_paid: { title: '这一份已经付过了', hint: '请看看还有没有别的份额。没有扣款。' },
    order_taken: { title: '这笔订单不能在这里付', hint: '请联系商家。没有扣款。' },
    over: { title: '上一笔付款已经取消或过期', hint: '那一笔没有付成。要付的话，请再按一次下面的按钮。' },
  },
  yours: { title: '付款成功', hint: '这笔付款已经完成，不用再付。' },
  unclear: {
    title: '正在确认付款结果',
    hint: '还不知道这笔付款有没有成功。如果已经付了，会算数，请不要再付；没有成功的，钱会退回。',
    again: '再看一次',
  },
  toLink: '回到收款页',
  back: '如果刚才已经付款，这里不用再付。',
  range: (least, most) => `${least} 至 ${most}`,
  outOfRange: (least, most) => `金额应在 ${least} 至 ${most} 之间。`,
  payTo: (shop) => `付款给 ${shop}`,
  together: (total) => `大家一起付，共 ${total}`,
  paidOf: (paid, all) => `已付 ${paid} / ${all} 份`,
  beingPaid: (count) => `${count} 份正在付款`,
  yourName: '怎么称呼你',
  yourNameHint: '打开这个链接的人都能看到，可以写昵称。',
  nameFault: (charsMax) => `请写 1 到 ${charsMax} 个字，只用文字和数字。`,
  choose: '选择你的那一份',
  chooseFault: '请选择一份。',
  payShare: (amount) => `付我的一份 ${amount}`,
  payChosen: '付我的一份',
  shares: '每一份',
  states: { free: '未付', open: '付款中', paid: '已付' },
  anybody: (no) => `第 ${no} 份`,
  mayDiffer: '除不尽时，各份之间最多相差一分钱，以收银台显示的为准。',
};

const english: PayTexts = {
  notices: {
    gone: { title: 'There is no such link', hint: 'Check that the link is complete, or ask for it again.' },
    ended: { title: 'This link is no longer in use', hint: 'It was stopped or has expired. Nothing was charged.' },
    paid: { title: 'All paid', hint: 'There is nothing left to pay.' },
    busy: {
      title: 'Others are paying just now',
      hint: 'What is left is being paid. What they do not finish is free again after some minutes. Nothing was charged.',
    },
    share_paid: { title: 'This share is paid already', hint: 'See whether another one is left. Nothing was charged.' },
    order_taken: { title: 'This order cannot be paid here', hint: 'Please ask the shop. Nothing was charged.' },
    over: {
      title: 'Your earlier payment was cancelled or has expired',
      hint: 'It was not paid. To pay, press the button below once more.',
    },
  },
  yours: { title: 'Your payment went through', hint: 'It is complete. There is nothing more to pay.' },
  unclear: {
    title: 'Your payment is being confirmed',
    hint: 'It is not known yet whether it went through. If you have paid, it counts: please do not pay again. What does not go through is given back.',
    again: 'Look again',
  },
  toLink: 'Back to the payment page',
  back: 'If you have just paid, there is nothing more to do here.',
  range: (least, most) => `${least} to ${most}`,
  outOfRange: (least, most) => `The amount must be between ${least} and ${most}.`,
  payTo: (shop) => `Pay ${shop}`,
  together: (total) => `Paid together, ${total} in all`,
  paidOf: (paid, all) => `${paid} of ${all} paid`,
  beingPaid: (count) => (count === 1 ? '1 is being paid' : `${count} are being paid`),
  yourName: 'Your name',
  yourNameHint: 'Everybody with this link can see it. A nickname will do.',
  nameFault: (charsMax) => `Type 1 to ${charsMax} letters or digits.`,
  choose: 'Choose your share',
  chooseFault: 'Choose a share.',
  payShare: (amount) => `Pay my share, ${amount}`,
  payChosen: 'Pay my share',
  shares: 'Shares',
  states: { free: 'open', open: 'being paid', paid: 'paid' },
  anybody: (no) => `Share ${no}`,
  mayDiffer: 'Where the total does not divide evenly, shares differ by one cent at most. The cashier shows yours.',
};

export const payTexts: Record<Lang, PayTexts> = { 'zh-CN': chinese, en: english };
