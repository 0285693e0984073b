import { CODE_SECONDS } from '../base/limits.ts';
import { formatMoney } from '../money/money.ts';
import type { Act, CodePurpose, Session } from './users.ts';

type Lang = Session['lang'];

/** What a message may carry besides our own words: longer payees are cut, so that amount and code are always read. */
const SAYS_CHARS_MAX = 100;
const PAYEE_CHARS_MAX = 40;
const MINUTES = CODE_SECONDS / 60;

/** The whole message. `says` tells what the code is for where the purpose alone does not. */
export function codeText(message: { code: string; purpose: CodePurpose; says: string; lang: Lang }): string {
  const use = PURPOSES[message.purpose][message.lang];
  const says = tidy(message.says, SAYS_CHARS_MAX);
  return message.lang === 'zh-CN'
    ? `【互通】验证码 ${message.code}，用于${use}${says}，${MINUTES} 分钟内有效。请勿告诉任何人，包括自称客服的人。`
    : `[Hutong] ${message.code} is your code ${use}${says === '' ? '' : ` ${says}`}. Good for ${MINUTES} minutes. Tell nobody, not even us.`;
}

const PURPOSES: Readonly<Record<CodePurpose, Record<Lang, string>>> = {
  sign_in: { 'zh-CN': '登录', en: 'to sign in' },
  bind_card: { 'zh-CN': '绑定', en: 'to bind' },
  step_up: { 'zh-CN': '', en: 'to' },
  reset_pin: { 'zh-CN': '重设支付密码', en: 'to set your payment PIN anew' },
  change_phone: { 'zh-CN': '更换手机号', en: 'to change your phone number' },
};

/** An act in the words of a message: what, whom to, how much. */
export function describeAct(act: Act, lang: Lang): string {
  const amount = act.amount === null ? '' : formatMoney(act.amount);
  const payee = tidy(act.payee, PAYEE_CHARS_MAX);
  if (lang === 'en') return [ACTS[act.kind].en, amount, payee === '' ? '' : `to ${payee}`].filter(Boolean).join(' ');
  return `${payee === '' ? '' : `向 ${payee} `}${ACTS[act.kind]['zh-CN']}${amount === '' ? '' : ` ${amount}`}`;
}

const ACTS: Readonly<Record<Act['kind'], Record<Lang, string>>> = {
  bind_card: { 'zh-CN': '绑定银行卡', en: 'bind a card' },
  unbind_card: { 'zh-CN': '解绑银行卡', en: 'unbind a card' },
  transfer: { 'zh-CN': '转账', en: 'transfer' },
  repayment: { 'zh-CN': '还款', en: 'repay' },
  purchase: { 'zh-CN': '付款', en: 'pay' },
  raise_limit: { 'zh-CN': '提高限额', en: 'raise a limit' },
  change_phone: { 'zh-CN': '更换手机号', en: 'change your phone number' },
  reset_pin: { 'zh-CN': '重设支付密码', en: 'set your payment PIN anew' },
  add_passkey: { 'zh-CN': '添加通行密钥', en: 'add a passkey' },
  remove_passkey: { 'zh-CN': '删除通行密钥', en: 'remove a passkey' },
};

/** A shop chose its name: it gets no second line, no sender of its own in 【】, no link that phones make into one. */
function tidy(text: string, charsMax: number): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}【】[\]]/gu, '')
    .replace(/:\/\/|www\./gi, ' ')
    .trim()
    .slice(0, charsMax);
}
