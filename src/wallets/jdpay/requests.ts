import { assert } from '../../base/assert.ts';
import type { OrderName, PayRequest, QueryRequest, RefundRequest } from '../wallet.ts';
import type { CodeParty, JdpayConfig, JdpayParty } from './config.ts';
import { toStamp } from './translate.ts';

/** Fields of each request before they are signed, empty ones left out later. Source: JD Pay V2.0. */
export type Fields = Record<string, string>;

/** A browser's form, and the same for uniorder with its tradeType. */
export function saveOrderFields(config: JdpayConfig, request: PayRequest, now: Date): Fields {
  return {
    ...orderFields(config, config.main, request, now),
    orderType: config.orderType,
    callbackUrl: request.returnUrl,
    userId: request.orderNo,
  };
}

/** `GEN` for the SDK of a merchant's app, `QR` for a code that is shown to the buyer. */
export function uniorderFields(config: JdpayConfig, request: PayRequest, now: Date, tradeType: 'GEN' | 'QR'): Fields {
  return {
    ...orderFields(config, config.main, request, now),
    orderType: config.orderType,
    // JD ties remembered cards to it. We do not know the buyer, and two buyers must never look like one.
    userId: request.orderNo,
    tradeType,
  };
}

export function fkmPayFields(config: JdpayConfig, party: CodeParty, request: PayRequest): Fields {
  return {
    ...baseFields(party, request),
    token: request.paymentCode ?? '',
    device: party.device,
    tradeName: tradeName(request.subject),
    amount: request.amount.minor.toString(),
    currency: 'CNY',
    notifyUrl: request.notifyUrl,
    industryCategoryCode: config.industryCategoryCode,
  };
}

export function queryFields(party: JdpayParty, name: Pick<OrderName, 'orderNo'>): Fields {
  return { version: 'V2.0', merchant: party.merchant, tradeNum: tradeNum(name.orderNo), tradeType: '0' };
}

/** A refund, or the undoing of an order, by its own number. */
export function queryRefundFields(party: JdpayParty, orderNo: string, paymentOrderNo: string): Fields {
  return {
    version: 'V2.0',
    merchant: party.merchant,
    tradeNum: tradeNum(orderNo),
    oTradeNum: paymentOrderNo,
    tradeType: '1',
  };
}

export function refundFields(party: JdpayParty, request: RefundRequest): Fields {
  return {
    ...baseFields(party, request.refund),
    oTradeNum: request.paid.orderNo,
    amount: request.amount.minor.toString(),
    currency: 'CNY',
    notifyUrl: request.notifyUrl,
  };
}

export function revokeFields(party: JdpayParty, request: QueryRequest, now: Date): Fields {
  return {
    ...baseFields(party, { orderNo: undoNo(request.orderNo), orderedAt: now }),
    oTradeNum: request.orderNo,
    amount: request.amount.minor.toString(),
    currency: 'CNY',
  };
}

/** The number under which an order is undone: one for each order, so that asking again makes no second one. */
export function undoNo(orderNo: string): string {
  return `${orderNo}U`;
}

/** The order number that an undo is about; null when it is none of ours. */
export function undoneOrderNo(tradeNumOfUndo: string): string | null {
  return tradeNumOfUndo.endsWith('U') ? tradeNumOfUndo.slice(0, -1) : null;
}

function orderFields(config: JdpayConfig, party: JdpayParty, request: PayRequest, now: Date): Fields {
  const secondsLeft = Math.floor((request.expiresAt.getTime() - now.getTime()) / 1000);
  return {
    ...baseFields(party, request),
    tradeName: tradeName(request.subject),
    amount: request.amount.minor.toString(),
    currency: 'CNY',
    notifyUrl: request.notifyUrl,
    expireTime: String(Math.max(1, secondsLeft)),
    ip: request.buyerIp ?? '',
    industryCategoryCode: config.industryCategoryCode,
  };
}

function baseFields(party: JdpayParty, name: OrderName): Fields {
  return {
    version: 'V2.0',
    merchant: party.merchant,
    tradeNum: tradeNum(name.orderNo),
    tradeTime: toStamp(name.orderedAt),
  };
}

function tradeNum(orderNo: string): string {
  assert(/^[0-9A-Za-z]{1,50}$/.test(orderNo), 'JD takes order numbers of up to 50 letters and digits');
  return orderNo;
}

const WIDE: Readonly<Record<string, string>> = { '&': '＆', '=': '＝', '<': '＜', '>': '＞' };

/**
 * A form's signature joins `k=v&k=v` without escaping: with these signs in a title another set of fields could sign to the
 * same text. The buyer sees their wide forms instead.
 */
function tradeName(subject: string): string {
  const name = subject
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[&=<>]/g, (sign) => WIDE[sign] ?? '')
    .trim();
  return Array.from(name).slice(0, 60).join('') || '商品';
}
