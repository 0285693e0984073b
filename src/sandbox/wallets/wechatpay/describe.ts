import { standingCode } from '../ground/control.ts';
import { type Fault, faultCode, faultedFen } from '../ground/fault.ts';
import type { Order } from '../ground/order.ts';
import { isErrorCode, wordsOf } from './codes.ts';
import { noCashOf, offOf, toPromotions, toRefundedPromotions } from './promotions.ts';
import type { Gateway } from './gateway.ts';
import { toStamp } from './stamp.ts';

type Facts = Record<string, unknown>;

const TRADE_TYPES: Readonly<Record<string, string>> = {
  jsapi: 'JSAPI',
  app: 'APP',
  h5: 'MWEB',
  native: 'NATIVE',
  codepay: 'MICROPAY',
};

/** Banks of the pretend cards, the balance first. */
const BANK_TYPES = ['OTHERS', 'WUTONG_DEBIT', 'CHANGQIAO_CREDIT', 'QINGHE_DEBIT', 'BEICHEN_CREDIT'];

/** How an order stands. An order whose time is over stays NOTPAY until somebody closes it. Source: API v3, trade_state. */
export function tradeState(order: Order): string {
  switch (order.state) {
    case 'succeeded':
      return order.undone.minor > 0n ? 'REFUND' : 'SUCCESS';
    case 'closed':
      return 'CLOSED';
    case 'failed':
      return order.via === 'codepay' ? 'PAYERROR' : 'CLOSED'; // PAYERROR leaves every other order open to another try
    case 'reversed':
      return 'REVOKED';
    case 'open':
      return order.via === 'codepay' ? 'USERPAYING' : 'NOTPAY';
    default:
      return order.state satisfies never;
  }
}

const STATE_WORDS: Readonly<Record<string, string>> = {
  SUCCESS: '支付成功',
  REFUND: '订单发生过退款',
  NOTPAY: '订单未支付',
  CLOSED: '订单已关闭',
  REVOKED: '订单已撤销',
  USERPAYING: '用户支付中',
};

/** A transaction, as queries, charged codes and notifications tell it. What is not there yet is left out. */
export function toTransaction(order: Order, fault: Fault | null): Facts {
  const state = toldState(order, fault);
  const facts: Facts = {
    appid: order.wire.appid,
    mchid: order.merchantNo,
    out_trade_no: order.orderNo,
    trade_state: state,
    trade_state_desc: STATE_WORDS[state] ?? (order.lastCode === null ? state : wordsOf(order.lastCode).zh),
    attach: order.wire.attach ?? '',
  };
  if (order.walletId === null || order.settledAt === null) return { ...facts, payer: {}, promotion_detail: [] };
  const total = Number(faultedFen(fault, order.amount.minor));
  return {
    ...facts,
    transaction_id: order.walletId,
    trade_type: TRADE_TYPES[order.via],
    bank_type: BANK_TYPES[order.cardIndex] ?? 'OTHERS',
    success_time: toStamp(order.settledAt),
    payer: { openid: order.wire.openid },
    amount: { total, payer_total: total - offOf(order), currency: 'CNY', payer_currency: 'CNY' },
    promotion_detail: toPromotions(order),
  };
}

/** A fault may name a state that nobody knows; codes of errors are answered as errors instead. */
function toldState(order: Order, fault: Fault | null): string {
  const code = faultCode(fault);
  return code === null || isErrorCode(code) ? tradeState(order) : code;
}

export function refundStatus(gateway: Gateway, refund: Order): string {
  if (refund.state === 'open') return 'PROCESSING';
  if (refund.state === 'succeeded') return 'SUCCESS';
  return standingCode(gateway, refund) === 'ABNORMAL' ? 'ABNORMAL' : 'CLOSED';
}

/** A refund, as requests and queries are answered. */
export function toRefund(gateway: Gateway, refund: Order, fault: Fault | null): Facts {
  const original = originalOf(gateway, refund);
  const code = faultCode(fault);
  const fen = Number(faultedFen(fault, refund.amount.minor));
  const total = Number(original.amount.minor);
  return {
    refund_id: refund.walletId,
    out_refund_no: refund.orderNo,
    transaction_id: original.walletId,
    out_trade_no: original.orderNo,
    channel: 'ORIGINAL',
    user_received_account: receivedBy(original),
    ...(refund.state === 'succeeded' && refund.settledAt !== null ? { success_time: toStamp(refund.settledAt) } : {}),
    create_time: toStamp(refund.orderedAt),
    status: code === null || isErrorCode(code) ? refundStatus(gateway, refund) : code,
    funds_account: 'AVAILABLE',
    amount: {
      total,
      refund: fen,
      payer_total: total - offOf(original),
      payer_refund: fen - offOf(refund),
      settlement_refund: fen - noCashOf(refund),
      settlement_total: total - noCashOf(original),
      discount_refund: offOf(refund),
      currency: 'CNY',
    },
    promotion_detail: toRefundedPromotions(refund),
  };
}

/** A refund, as notifications tell it: other names, fewer fields. */
export function toNotifiedRefund(gateway: Gateway, refund: Order, fault: Fault | null): Facts {
  const original = originalOf(gateway, refund);
  const fen = Number(faultedFen(fault, refund.amount.minor));
  const total = Number(original.amount.minor);
  return {
    mchid: refund.merchantNo,
    transaction_id: original.walletId,
    out_trade_no: original.orderNo,
    refund_id: refund.walletId,
    out_refund_no: refund.orderNo,
    refund_status: refundStatus(gateway, refund),
    ...(refund.state === 'succeeded' && refund.settledAt !== null ? { success_time: toStamp(refund.settledAt) } : {}),
    user_received_account: receivedBy(original),
    amount: { total, refund: fen, payer_total: total - offOf(original), payer_refund: fen - offOf(refund) },
  };
}

function receivedBy(original: Order): string {
  return original.cardIndex === 0 ? '支付用户零钱' : '支付用户银行卡';
}

export function originalOf(gateway: Gateway, refund: Order): Order {
  const original = gateway.books.find(refund.originalKey ?? '');
  if (original === undefined) throw new Error(`${refund.orderNo} has no payment`);
  return original;
}
