import type { WalletCodes, Words } from '../ground/ground.ts';

/** The protocol's states and reasons, as the pretend app tells them. */
const TEXTS: Record<string, Words> = {
  paid: { zh: '支付成功', en: 'Paid' },
  open: { zh: '等待支付', en: 'Waiting' },
  expired: { zh: '订单已超时', en: 'Out of time' },
  wrong_pin: { zh: '支付密码错误', en: 'Wrong PIN' },
  declined: { zh: '交易被拒绝', en: 'Declined' },
  insufficient_funds: { zh: '余额不足', en: 'Not enough money' },
  limit_exceeded: { zh: '超过限额', en: 'Over the limit' },
  risk_refused: { zh: '账户存在风险，暂不能付款', en: 'Refused for risk' },
  code_invalid: { zh: '付款码无效', en: 'Payment code not valid' },
};

export const CODES: WalletCodes = {
  paid: 'paid',
  waiting: 'open',
  timedOut: 'expired',
  wrongPin: 'wrong_pin',
  noFunds: 'insufficient_funds',
  cardFrozen: 'risk_refused',
  declines: ['declined', 'insufficient_funds', 'limit_exceeded', 'risk_refused'],
  isPaid: (code) => code === 'paid',
  text: (code) => TEXTS[code] ?? { zh: code, en: code },
};
