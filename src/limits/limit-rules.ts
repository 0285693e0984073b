import type { LimitKind, LimitLeft, PurchaseGrade } from './limits.ts';

/** What a rule counts, and for whom. How much it allows is data: rows of `limit_figures`, and what holders set for themselves. */
export interface LimitRule {
  subject: LimitLeft['subject'];
  window: LimitLeft['window'];
  unit: LimitLeft['unit'];
  kinds: readonly LimitKind[];
  /** Only purchases that were proved like this. */
  grade: PurchaseGrade | null;
  /** Only from devices that are new, where what was counted the day before counts too: 24 hours touch two days. */
  newDevice: boolean;
  /** The holder may set a lower figure. */
  isHolders: boolean;
  zh: string;
  en: string;
}

const ALL = ['transfer', 'repayment', 'purchase'] as const;
const PAID_CARD = ['transfer', 'repayment'] as const;

/**
 * Every rule, in the order in which they are checked: whoever is refused hears of the first that is reached. Days, months and
 * years are those of the calendar in Asia/Shanghai.
 */
export const LIMIT_RULES = {
  transfer_payment: rule('card', 'payment', ['transfer'], '转账单笔限额', 'One transfer', { isHolders: true }),
  repayment_payment: rule('card', 'payment', ['repayment'], '还款单笔限额', 'One repayment', { isHolders: true }),
  purchase_payment: rule('card', 'payment', ['purchase'], '支付单笔限额', 'One purchase', { isHolders: true }),
  purchase_a_payment: rule('card', 'payment', ['purchase'], '强验证支付单笔限额', 'One purchase, strongly proved', {
    grade: 'A',
  }),
  out_card_balance: rule('card', 'balance', ALL, 'Ⅲ类账户余额上限', 'What the paying account may hold'),
  in_card_balance: rule('target_card', 'balance', PAID_CARD, '收款Ⅲ类账户余额上限', 'What the paid account may hold'),
  transfer_card_day: rule('card', 'day', ['transfer'], '单卡每日转账', 'Transfers of a card a day', {
    isHolders: true,
  }),
  transfer_user_day: rule('user', 'day', ['transfer'], '每日转账总额', 'Transfers a day', { isHolders: true }),
  transfer_user_day_count: rule('user', 'day', ['transfer'], '每日转账笔数', 'Number of transfers a day', {
    unit: 'count',
  }),
  repayment_target_month_count: rule(
    'target_card',
    'month',
    ['repayment'],
    '每张信用卡每月还款次数',
    'Repayments of a credit card a month',
    { unit: 'count' },
  ),
  purchase_user_day: rule('user', 'day', ['purchase'], '每日支付总额', 'Purchases a day', { isHolders: true }),
  purchase_a_user_day: rule('user', 'day', ['purchase'], '强验证支付每日', 'Strongly proved purchases a day', {
    grade: 'A',
  }),
  purchase_b_user_day: rule('user', 'day', ['purchase'], '密码支付每日', 'Purchases by PIN a day', { grade: 'B' }),
  purchase_c_user_day: rule('user', 'day', ['purchase'], '免密支付每日', 'Purchases without PIN a day', { grade: 'C' }),
  purchase_d_user_day: rule('user', 'day', ['purchase'], '静态码支付每日', 'Purchases by static code a day', {
    grade: 'D',
  }),
  out_card_day: rule('card', 'day', ALL, '单卡每日支出', 'Out of a card a day', { isHolders: true }),
  out_card_month: rule('card', 'month', ALL, '单卡每月支出', 'Out of a card a month', { isHolders: true }),
  out_card_year: rule('card', 'year', ALL, '单卡每年支出', 'Out of a card a year', { isHolders: true }),
  in_card_day: rule('target_card', 'day', PAID_CARD, '收款账户每日转入', 'Into an account a day'),
  in_card_year: rule('target_card', 'year', PAID_CARD, '收款账户每年转入', 'Into an account a year'),
  new_device_day: rule('user', 'day', ALL, '新设备首日限额', 'A new device in its first 24 hours', { newDevice: true }),
} as const satisfies Record<string, LimitRule>;

export type LimitRuleName = keyof typeof LIMIT_RULES;

export const limitRuleNames = Object.keys(LIMIT_RULES) as LimitRuleName[]; // the table's own keys

export function isLimitRule(text: string): text is LimitRuleName {
  return Object.hasOwn(LIMIT_RULES, text);
}

/** What the rule is called on pages and receipts. */
export function labelOfRule(name: LimitRuleName): { 'zh-CN': string; en: string } {
  const { zh, en } = LIMIT_RULES[name];
  return { 'zh-CN': zh, en };
}

function rule(
  subject: LimitRule['subject'],
  window: LimitRule['window'],
  kinds: readonly LimitKind[],
  zh: string,
  en: string,
  more: Partial<Pick<LimitRule, 'unit' | 'grade' | 'newDevice' | 'isHolders'>> = {},
): LimitRule {
  return { subject, window, kinds, zh, en, unit: 'money', grade: null, newDevice: false, isHolders: false, ...more };
}
