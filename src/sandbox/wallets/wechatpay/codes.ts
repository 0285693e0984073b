import type { Words } from '../ground/ground.ts';

/** An error as API v3 tells it: the HTTP status, the code, and the number at the end of Request-ID. */
interface ErrorRow {
  status: number;
  message: string;
  english: string;
}

/** In the spelling with underscores. Source: API v3, 公共错误码 and the pages of each call. */
const ERRORS = {
  PARAM_ERROR: { status: 400, message: '参数错误', english: 'A parameter is wrong' },
  INVALID_REQUEST: { status: 400, message: '请求参数符合参数格式，但不符合业务规则', english: 'Against the rules' },
  APPID_MCHID_NOT_MATCH: { status: 400, message: 'appid和mchid不匹配', english: 'appid does not belong to mchid' },
  ORDER_CLOSED: { status: 400, message: '订单已关闭', english: 'The order is closed' },
  ORDER_PAID: { status: 400, message: '该订单已支付', english: 'The order is paid' },
  AUTH_CODE_INVALID: { status: 400, message: '付款码无效或已使用', english: 'The payment code is not valid' },
  NO_STATEMENT_EXIST: { status: 400, message: '账单文件不存在', english: 'There is no bill of that day' },
  STATEMENT_CREATING: { status: 400, message: '账单生成中', english: 'The bill is being made' },
  SIGN_ERROR: { status: 401, message: '签名错误', english: 'The signature is wrong' },
  NO_AUTH: { status: 403, message: '商户无此接口权限', english: 'No permission' },
  NOT_ENOUGH: { status: 403, message: '余额不足', english: 'Not enough money' },
  ACCOUNT_ERROR: { status: 403, message: '账号异常', english: 'Something is wrong with the account' },
  TRADE_ERROR: { status: 403, message: '交易失败', english: 'The payment was refused' },
  RULE_LIMIT: { status: 403, message: '业务规则限制', english: 'A limit was reached' },
  OUT_TRADE_NO_USED: { status: 403, message: '商户订单号重复', english: 'The order number was used' },
  USER_ACCOUNT_ABNORMAL: { status: 403, message: '用户账号异常', english: 'The buyer’s account is not usable' },
  ORDER_NOT_EXIST: { status: 404, message: '订单不存在', english: 'There is no such order' },
  RESOURCE_NOT_EXISTS: { status: 404, message: '查询的资源不存在', english: 'There is no such thing' },
  FREQUENCY_LIMITED: { status: 429, message: '频率超限', english: 'Too often' },
  SYSTEM_ERROR: { status: 500, message: '系统异常，请用相同参数重新调用', english: 'Trouble, ask again' },
  BANK_ERROR: { status: 500, message: '银行系统异常', english: 'The bank has trouble' },
  OPENID_MISMATCH: { status: 500, message: 'openid和appid不匹配', english: 'openid does not belong to appid' },
  SERVICE_UNAVAILABLE: { status: 503, message: '服务不可用', english: 'Not available' },
  USERPAYING: { status: 202, message: '用户支付中，需要输入密码', english: 'The buyer is entering the PIN' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** Codes after which the work was done all the same, now and then; a fault acts that out. */
export const UNCLEAR_CODES: readonly string[] = ['SYSTEM_ERROR', 'BANK_ERROR', 'SERVICE_UNAVAILABLE'];

export function errorRow(code: string): ErrorRow {
  return isErrorCode(code) ? ERRORS[code] : { status: 400, message: code, english: code };
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** What a payment can fail of on the page; the first is the usual one. */
export const DECLINE_CODES: readonly ErrorCode[] = ['TRADE_ERROR', 'NOT_ENOUGH', 'RULE_LIMIT', 'ACCOUNT_ERROR'];

const OTHER_WORDS: Readonly<Record<string, Words>> = {
  SUCCESS: { zh: '支付成功', en: 'Paid' },
  NOTPAY: { zh: '订单未支付', en: 'Not paid yet' },
  CLOSED: { zh: '订单已关闭', en: 'Closed' },
  WRONG_PIN: { zh: '支付密码错误', en: 'The PIN is wrong' },
};

export function wordsOf(code: string): Words {
  const row = errorRow(code);
  return OTHER_WORDS[code] ?? { zh: row.message, en: row.english };
}
