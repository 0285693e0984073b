import type { Brand, WalletCodes, Words } from '../ground/ground.ts';

export const BRAND: Brand = {
  name: { zh: '京东支付', en: 'JD Pay' },
  colour: '#c81623',
  colourDeep: '#a0121c',
  // The letters J and D in one stroke each, drawn by us.
  markSvg:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="10" fill="#fff"/><path d="M16.5 12v11.5a4.5 4.5 0 0 1-8 2.8M22 12v16h2.5a7.5 8 0 0 0 0-16z" fill="none" stroke="#c81623" stroke-width="3.4" stroke-linecap="round" stroke-linejoin="round"/></svg>',
  walletIdName: { zh: '京东订单号', en: 'JD order' },
  balance: { zh: '京东钱包余额', en: 'JD wallet balance' },
};

/** Statuses of a payment (JD Pay V2.0); why one failed is not told to merchants, so those names are ours. */
const TEXTS: Record<string, Words> = {
  '0': { zh: '待支付', en: 'Waiting to be paid' },
  '1': { zh: '处理中', en: 'Being processed' },
  '2': { zh: '支付成功', en: 'Paid' },
  '3': { zh: '支付失败', en: 'Failed' },
  '4': { zh: '交易关闭', en: 'Closed' },
  wrong_pin: { zh: '支付密码错误', en: 'The PIN is wrong' },
  no_funds: { zh: '余额不足', en: 'Not enough money' },
  card_frozen: { zh: '银行卡状态异常', en: 'The card cannot be used' },
  risk: { zh: '交易存在风险，已拒绝', en: 'Refused as risky' },
  bad_code: { zh: '付款码无效或已使用', en: 'The payment code is not good or was used' },
};

export const CODES: WalletCodes = {
  paid: '2',
  waiting: '0',
  timedOut: '4',
  wrongPin: 'wrong_pin',
  noFunds: 'no_funds',
  cardFrozen: 'card_frozen',
  declines: ['no_funds', 'card_frozen', 'risk'],
  isPaid: (code) => code === '2',
  text: (code) => TEXTS[code] ?? { zh: '支付失败', en: 'Failed' },
};

/**
 * Result codes of a call. Only 000000 is documented in public; others were seen without their meaning (JD Pay V2.0), so
 * which of them is used for what is made up here, and no client may lean on it.
 */
export const RESULTS = {
  ok: { code: '000000', desc: '成功' },
  malformed: { code: '000001', desc: '报文格式错误' },
  unsigned: { code: '000002', desc: '签名验证失败' },
  noMerchant: { code: '000003', desc: '商户不存在或未开通该业务' },
  missing: { code: '000004', desc: '参数错误' },
  noOrder: { code: '000005', desc: '订单不存在' },
  repeated: { code: '000006', desc: '重复的交易流水号' },
  wrongState: { code: '000007', desc: '订单状态不允许该操作' },
} as const;

export interface Result {
  code: string;
  desc: string;
}

/** The same result with what exactly is wrong. */
export function detailed(result: Result, detail: string): Result {
  return { code: result.code, desc: `${result.desc}:${detail}` };
}
