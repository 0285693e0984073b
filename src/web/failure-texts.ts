import type { FailureReason } from '../wallets/wallet.ts';
import type { Label } from '../wallets/wallet-names.ts';

const OTHER: Label = { 'zh-CN': '钱包没有完成这笔付款。', en: 'The wallet did not complete the payment.' };

/** What a buyer can do something with; never the wallet's own words, which are for the shop. */
export const FAILURE_TEXTS: Record<FailureReason, Label> = {
  declined: { 'zh-CN': '银行或钱包拒绝了这笔付款。', en: 'The bank or wallet declined the payment.' },
  insufficient_funds: { 'zh-CN': '余额不足，请换一张卡。', en: 'Not enough funds. Try another card.' },
  limit_exceeded: { 'zh-CN': '超出支付限额。', en: 'The amount is above a limit.' },
  card_invalid: { 'zh-CN': '这张卡无法使用，请换一张。', en: 'This card cannot be used. Try another one.' },
  code_invalid: {
    'zh-CN': '付款码无效或已过期，请刷新后再试。',
    en: 'The payment code is not valid any more. Refresh it.',
  },
  authentication_failed: { 'zh-CN': '密码或验证信息有误。', en: 'The password or the details were wrong.' },
  risk_refused: { 'zh-CN': '出于安全考虑，付款被拒绝。', en: 'The payment was refused for safety.' },
  expired: { 'zh-CN': '支付超时。', en: 'The time to pay ran out.' },
  not_found: OTHER,
  not_sent: {
    'zh-CN': '暂时连不上钱包，请稍后再试。',
    en: 'The wallet cannot be reached right now. Try again shortly.',
  },
  wallet_busy: { 'zh-CN': '钱包繁忙，请稍后再试。', en: 'The wallet is busy. Try again shortly.' },
  window_closed: OTHER,
  already_undone: OTHER,
  amount_refused: { 'zh-CN': '钱包不接受这个金额。', en: 'The wallet does not take this amount.' },
  merchant_misconfigured: {
    'zh-CN': '商户的钱包设置有误，请换一种方式。',
    en: "The shop's wallet is not set up right. Choose another one.",
  },
  other: OTHER,
};
