import type { FailureReason } from '../wallet.ts';
import type { Fields } from './sign.ts';

/**
 * Business refusals (code 40004) of placing an order: this try is over and nothing was paid. Source: error enums of
 * alipay.trade.pay, create and precreate.
 */
const ORDER_REFUSALS: Readonly<Record<string, FailureReason>> = {
  'ACQ.PAYMENT_AUTH_CODE_INVALID': 'code_invalid',
  'ACQ.BUYER_BALANCE_NOT_ENOUGH': 'insufficient_funds',
  'ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH': 'insufficient_funds',
  'ACQ.ERROR_BALANCE_PAYMENT_DISABLE': 'declined',
  'ACQ.BUYER_SELLER_EQUAL': 'declined',
  'ACQ.BUYER_ENABLE_STATUS_FORBID': 'declined',
  'ACQ.PULL_MOBILE_CASHIER_FAIL': 'declined',
  'ACQ.PAYMENT_FAIL': 'declined',
  'ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE': 'declined',
  'ACQ.TOTAL_FEE_EXCEED': 'amount_refused',
  'ACQ.BEYOND_PAY_RESTRICTION': 'limit_exceeded',
  'ACQ.BEYOND_PER_RECEIPT_RESTRICTION': 'limit_exceeded',
  'ACQ.PAYMENT_REQUEST_HAS_RISK': 'risk_refused',
  'ACQ.EXIST_FORBIDDEN_WORD': 'other',
  'ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR': 'expired',
  'ACQ.ACCESS_FORBIDDEN': 'merchant_misconfigured',
  'ACQ.INVALID_PARAMETER': 'merchant_misconfigured',
  'ACQ.SELLER_BEEN_BLOCKED': 'merchant_misconfigured',
};

/**
 * Refusals of a refund: no money moved by this call. Source: error enum of alipay.trade.refund.
 * ACQ.DISCORDANT_REPEAT_REQUEST is not here: an earlier refund has the same number, and how it stands is to be asked.
 */
const REFUND_REFUSALS: Readonly<Record<string, FailureReason>> = {
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': 'insufficient_funds',
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': 'amount_refused',
  'ACQ.REASON_TRADE_REFUND_FEE_ERR': 'amount_refused',
  'ACQ.REFUND_FEE_ERROR': 'amount_refused',
  'ACQ.NOT_ALLOW_PARTIAL_REFUND': 'amount_refused',
  'ACQ.TRADE_HAS_FINISHED': 'window_closed',
  'ACQ.TRADE_HAS_CLOSE': 'already_undone',
  'ACQ.TRADE_STATUS_ERROR': 'declined',
  'ACQ.TRADE_NOT_ALLOW_REFUND': 'declined',
  'ACQ.BUYER_ERROR': 'declined',
  'ACQ.TRADE_NOT_EXIST': 'not_found',
};

/**
 * Refusals of the gateway itself: the call was not accepted and nothing was created. 20000 (service unavailable) is not one:
 * it leaves the outcome open. Source: gateway codes.
 */
const GATEWAY_REFUSALS: Readonly<Record<string, FailureReason>> = {
  '20001': 'merchant_misconfigured',
  '40001': 'merchant_misconfigured',
  '40002': 'merchant_misconfigured',
  '40003': 'merchant_misconfigured',
  '40005': 'wallet_busy',
  '40006': 'merchant_misconfigured',
};

/** Why a call was surely refused; null where the answer leaves it open, as every undocumented code does. */
export function refusalOf(fields: Fields, asked: 'order' | 'refund'): FailureReason | null {
  const code = fields['code'] ?? '';
  if (Object.hasOwn(GATEWAY_REFUSALS, code)) return GATEWAY_REFUSALS[code] ?? null;
  if (code !== '40004') return null;
  const subCode = fields['sub_code'] ?? '';
  const table = asked === 'order' ? ORDER_REFUSALS : REFUND_REFUSALS;
  return Object.hasOwn(table, subCode) ? (table[subCode] ?? null) : null;
}

/** The order is paid already: the call's own answer does not tell it, a query does. */
export function isPaidAlready(fields: Fields): boolean {
  return fields['code'] === '40004' && fields['sub_code'] === 'ACQ.TRADE_HAS_SUCCESS';
}

/** No trade of that number: never opened by a buyer, or never placed. */
export function isNotThere(fields: Fields): boolean {
  return fields['code'] === '40004' && fields['sub_code'] === 'ACQ.TRADE_NOT_EXIST';
}

/** What alipay.trade.close says of an order that is paid or closed. */
export function isNotOpen(fields: Fields): boolean {
  const codes = ['ACQ.TRADE_STATUS_ERROR', 'ACQ.REASON_TRADE_STATUS_INVALID', 'ACQ.REASON_ILLEGAL_STATUS'];
  return fields['code'] === '40004' && codes.includes(fields['sub_code'] ?? '');
}

/** What alipay.trade.cancel says a day after the charge. Source: Alipay OpenAPI v2. */
export function isTooLateToUndo(fields: Fields): boolean {
  return fields['code'] === '40004' && fields['sub_code'] === 'ACQ.TRADE_CANCEL_TIME_OUT';
}
