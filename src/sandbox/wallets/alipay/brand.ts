import type { Brand, WalletCodes, Words } from '../ground/ground.ts';

export const BRAND: Brand = {
  name: { zh: '支付宝', en: 'Alipay' },
  colour: '#1677ff',
  colourDeep: '#0e5fd8',
  // A brush stroke in a blue square, drawn by us.
  markSvg:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#fff"/><g fill="none" stroke="#1677ff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"><path d="M8 10.5h16M16 6.5v7M10 14h12c-1.2 4.2-5.2 8.6-12.6 11M11.6 17.2c2.4 3.4 6.4 6.2 12 7.6"/></g></svg>',
  walletIdName: { zh: '支付宝交易号', en: 'Alipay number' },
  balance: { zh: '账户余额', en: 'Account balance' },
};

/** Why a payment does not come about, with the words for people. Source: error codes of alipay.trade.pay. */
const DECLINES: Readonly<Record<string, Words>> = {
  'ACQ.BUYER_BALANCE_NOT_ENOUGH': { zh: '买家余额不足', en: 'Not enough money' },
  'ACQ.BUYER_ENABLE_STATUS_FORBID': { zh: '买家状态非法', en: 'The account may not pay' },
  'ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH': { zh: '用户银行卡余额不足', en: 'Not enough money on the card' },
  'ACQ.PAYMENT_REQUEST_HAS_RISK': { zh: '支付有风险', en: 'Refused as a risk' },
  'ACQ.PAYMENT_FAIL': { zh: '支付失败', en: 'The payment failed' },
};
const WRONG_PIN = 'ACQ.ERROR_BALANCE_PAYMENT_DISABLE';

/** Alipay tells a payment by its trade_status; these are our words for what happened to the order. */
export const CODES: WalletCodes = {
  paid: '10000',
  waiting: '10003',
  timedOut: 'ACQ.TRADE_HAS_CLOSE',
  wrongPin: WRONG_PIN,
  noFunds: 'ACQ.BUYER_BALANCE_NOT_ENOUGH',
  cardFrozen: 'ACQ.BUYER_ENABLE_STATUS_FORBID',
  declines: Object.keys(DECLINES),
  isPaid: (code) => code === '10000',
  text: (code) => {
    if (code === WRONG_PIN) return { zh: '支付密码错误', en: 'Wrong PIN' };
    return DECLINES[code] ?? { zh: subMsg(code), en: code };
  },
};

const MESSAGES: Readonly<Record<string, string>> = {
  'ACQ.TRADE_NOT_EXIST': '交易不存在',
  'ACQ.TRADE_HAS_SUCCESS': '交易已被支付',
  'ACQ.TRADE_HAS_CLOSE': '交易已经关闭',
  'ACQ.TRADE_HAS_FINISHED': '交易已经完结',
  'ACQ.TRADE_STATUS_ERROR': '交易状态不合法',
  'ACQ.TRADE_CANCEL_TIME_OUT': '超过撤销时间范围',
  'ACQ.CONTEXT_INCONSISTENT': '交易信息被篡改',
  'ACQ.PAYMENT_AUTH_CODE_INVALID': '支付授权码无效',
  'ACQ.INVALID_PARAMETER': '参数无效',
  'ACQ.REASON_TRADE_STATUS_INVALID': '交易状态异常',
  'ACQ.REASON_TRADE_REFUND_FEE_ERR': '退款金额无效',
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': '退款金额超限',
  'ACQ.DISCORDANT_REPEAT_REQUEST': '不一致的请求',
  'ACQ.SYSTEM_ERROR': '系统错误',
  'isp.bill_not_exist': '账单不存在',
  'isv.invalid-signature': '验签出错',
  'isv.invalid-app-id': '无效的AppID参数',
  'isv.invalid-method': '不存在的方法名',
  'isv.invalid-timestamp': '非法的时间戳参数',
  'isv.code-invalid': '授权码code无效',
};

/** What `sub_msg` says of a sub_code; nobody may build on it. */
export function subMsg(code: string): string {
  return DECLINES[code]?.zh ?? MESSAGES[code] ?? '业务出现未知错误，请联系技术支持';
}
