import type { Lang } from '../base/lang.ts';
import type { AmountFault } from '../money/read-amount.ts';

export interface CodeTexts {
  title(shop: string): string;
  amount: string;
  note: string;
  notePlaceholder: string;
  next: string;
  pay(amount: string): string;
  busy: string;
  faults: Record<AmountFault, string>;
  noteTooLong(charsMax: number): string;
  takes: string;
}

const chinese: CodeTexts = {
  title: (shop) => `付款给 ${shop}`,
  amount: '付款金额',
  note: '备注（选填）',
  notePlaceholder: '给商家留言',
  next: '下一步',
  pay: (amount) => `支付 ${amount}`,
  busy: '请稍候…',
  faults: {
    empty: '请输入金额。',
    not_a_number: '请只输入数字，例如 12.50。',
    too_precise: '金额最多两位小数。',
    too_small: '金额要大于零。',
    too_large: '金额太大了，请分几次付。',
  },
  noteTooLong: (charsMax) => `备注最多 ${charsMax} 个字。`,
  takes: '支持',
};

const english: CodeTexts = {
  title: (shop) => `Pay ${shop}`,
  amount: 'Amount',
  note: 'Note (optional)',
  notePlaceholder: 'A word to the shop',
  next: 'Next',
  pay: (amount) => `Pay ${amount}`,
  busy: 'One moment…',
  faults: {
    empty: 'Type an amount.',
    not_a_number: 'Type digits only, such as 12.50.',
    too_precise: 'There are too many decimals.',
    too_small: 'The amount must be more than zero.',
    too_large: 'That is too much at once. Pay in parts.',
  },
  noteTooLong: (charsMax) => `A note has at most ${charsMax} characters.`,
  takes: 'Takes',
};

export const codeTexts: Record<Lang, CodeTexts> = { 'zh-CN': chinese, en: english };
