import { fromBeijing, toBeijing } from '../beijing.ts';
import { plainText } from '../plain-text.ts';
import { discountFacts, discountsIn } from '../reported-discounts.ts';
import type { FailedOutcome, FailureReason, Outcome, Scene, UnknownOutcome } from '../wallet.ts';
import { readAmount } from './amount.ts';
import { isNotThere } from './codes.ts';
import type { Fields } from './sign.ts';
import { buyerPaidIn, readRefundedVouchers, readVouchers } from './vouchers.ts';

/** What else an answer about a payment must be read with. */
export interface Reading {
  scene: Scene;
  /** Past time_expire no buyer can open the order any more; before it an order that is not there may still come. */
  isPastExpiry: boolean;
}

/** A payment, from alipay.trade.query. */
export function paymentFromQuery(fields: Fields, reading: Reading): Outcome {
  const code = fields['code'] ?? '';
  if (isNotThere(fields)) {
    // A page that nobody opened and a code that nobody scanned have made no trade yet. Source: Alipay OpenAPI v2.
    return reading.isPastExpiry ? failed('not_found', fields) : { kind: 'pending' };
  }
  if (code !== '10000') return unknown('the query was not answered', fields);
  if (fields['out_trade_no'] === undefined) return unknown('the answer names no order', fields);
  const status = fields['trade_status'] ?? '';
  switch (status) {
    case 'WAIT_BUYER_PAY':
      return { kind: 'pending' };
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return succeeded(fields, fields['send_pay_date']);
    case 'TRADE_CLOSED':
      return closed(fields, reading.scene);
    default:
      return unknown('a state that is not documented', fields);
  }
}

/**
 * TRADE_CLOSED is told of an order that was never paid, and of one that was paid and then wholly refunded. The time of
 * payment tells them apart. An order by payment code that was paid and closed was undone: we ask about those only until they
 * are known to be paid, and nobody refunds them before.
 */
function closed(fields: Fields, scene: Scene): Outcome {
  if (scene === 'code') return failed('expired', fields, 'TRADE_CLOSED');
  if (fields['send_pay_date']) return succeeded(fields, fields['send_pay_date']);
  const moved = ['receipt_amount', 'buyer_pay_amount'].some((name) => /[1-9]/.test(fields[name] ?? ''));
  if (moved) return unknown('closed, with money moved but no time of payment', fields);
  return failed('expired', fields, 'TRADE_CLOSED');
}

/** A payment by payment code, from alipay.trade.pay's own answer with code 10000. */
export function paymentFromCharge(fields: Fields): Outcome {
  if (fields['out_trade_no'] === undefined) return unknown('the answer names no order', fields);
  return succeeded(fields, fields['gmt_payment']);
}

/**
 * A payment, from a notification. TRADE_CLOSED of a paid order is left to a query, which knows the scene: it may have been
 * undone or refunded.
 */
export function paymentFromNotification(fields: Fields): Outcome {
  const status = fields['trade_status'] ?? '';
  switch (status) {
    case 'WAIT_BUYER_PAY':
      return { kind: 'pending' };
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return succeeded(fields, fields['gmt_payment']);
    case 'TRADE_CLOSED':
      if (fields['gmt_payment']) return unknown('closed after it was paid', fields);
      return failed('expired', fields, 'TRADE_CLOSED');
    default:
      return unknown('a state that is not documented', fields);
  }
}

/**
 * A refund, from alipay.trade.fastpay.refund.query: success is the word REFUND_SUCCESS alone. An answer that has neither state
 * nor amount means that there is no such refund, or that it failed. Source: Alipay OpenAPI v2.
 */
export function refundFromQuery(fields: Fields, refundNo: string): Outcome {
  if (fields['code'] !== '10000') return unknown('the query was not answered', fields);
  const status = fields['refund_status'];
  if (status === undefined && fields['refund_amount'] === undefined) return failed('not_found', fields);
  if (fields['out_request_no'] !== refundNo) return unknown('the answer is about another refund', fields);
  if (status !== 'REFUND_SUCCESS') return unknown('a state that is not documented', fields);
  const amount = readAmount(fields['refund_amount']);
  if (amount === null) return unknown('success without a readable amount', fields);
  const walletPaymentId = readTradeNo(fields);
  if (walletPaymentId === null) return unknown('success without a trade_no', fields);
  const discounts = readRefundedVouchers(fields);
  return {
    kind: 'succeeded',
    walletPaymentId,
    amount,
    occurredAt: fromStamp(fields['gmt_refund_pay'] ?? ''),
    facts: discountFacts(discounts),
    ...discountsIn(discounts),
    ...buyerPaidIn(fields, 'present_refund_buyer_amount'),
  };
}

/** Success needs its evidence: Alipay's own number and an amount. */
function succeeded(fields: Fields, paidAt: string | undefined): Outcome {
  const amount = readAmount(fields['total_amount']);
  if (amount === null) return unknown('success without a readable amount', fields);
  const walletPaymentId = readTradeNo(fields);
  if (walletPaymentId === null) return unknown('success without a trade_no', fields);
  const discounts = readVouchers(fields);
  return {
    kind: 'succeeded',
    walletPaymentId,
    amount,
    occurredAt: fromStamp(paidAt ?? ''),
    facts: { ...readFacts(fields), ...discountFacts(discounts) },
    ...discountsIn(discounts),
    ...buyerPaidIn(fields, 'buyer_pay_amount'),
  };
}

export function readTradeNo(fields: Fields): string | null {
  const tradeNo = fields['trade_no'] ?? '';
  return /^[0-9A-Za-z]{1,64}$/.test(tradeNo) ? tradeNo : null;
}

const FACT_NAMES = ['trade_status', 'buyer_logon_id', 'receipt_amount', 'buyer_pay_amount', 'point_amount'] as const;

function readFacts(fields: Fields): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const name of FACT_NAMES) {
    const value = fields[name];
    if (value === undefined || (name === 'buyer_logon_id' && !value.includes('*'))) continue; // it should come masked
    facts[name] = plainText(value, 64);
  }
  return facts;
}

export function failed(reason: FailureReason, fields: Fields, code?: string): FailedOutcome {
  const walletCode = code ?? fields['sub_code'] ?? fields['code'] ?? '';
  return {
    kind: 'failed',
    reason,
    walletCode: plainText(walletCode, 64),
    walletMessage: plainText(fields['sub_msg'] ?? fields['msg'] ?? '', 200),
  };
}

export function unknown(reason: string, fields: Fields = {}): UnknownOutcome {
  const walletCode = fields['sub_code'] ?? fields['trade_status'] ?? fields['refund_status'] ?? fields['code'] ?? '';
  return walletCode === ''
    ? { kind: 'unknown', reason }
    : { kind: 'unknown', reason, walletCode: plainText(walletCode, 64) };
}

/** An instant as Alipay writes it: `yyyy-MM-dd HH:mm:ss` in Beijing. */
export function toStamp(at: Date): string {
  return toBeijing(at).replace('T', ' ');
}

/** Null unless the text is a real date and time; a fraction of the second is cut off. */
export function fromStamp(text: string): Date | null {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,3})?$/.exec(text);
  return parts === null ? null : fromBeijing(`${parts[1]}T${parts[2]}`);
}
