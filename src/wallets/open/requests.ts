import { assert } from '../../base/assert.ts';
import type { Money } from '../../money/money.ts';
import type { PayRequest, QueryRequest, RefundRequest } from '../wallet.ts';

/** One call before it is signed. The path begins below the wallet's address. */
export interface Call {
  method: 'GET' | 'POST';
  path: string;
  /** Null where the method has no body. */
  body: object | null;
}

/** Open Wallet Protocol, "Orders" and "Refunds". */

export function createOrderCall(request: PayRequest): Call {
  return {
    method: 'POST',
    path: orderPath(request.orderNo),
    body: {
      amount: toAmount(request.amount),
      scene: request.scene,
      subject: toSubject(request.subject),
      expires_at: toTime(request.expiresAt),
      notify_url: request.notifyUrl,
      return_url: request.returnUrl,
      buyer_ip: request.buyerIp,
      payer_id: request.payer?.id ?? null,
      payment_code: request.paymentCode,
    },
  };
}

export function queryOrderCall(request: QueryRequest): Call {
  return { method: 'GET', path: orderPath(request.orderNo), body: null };
}

/** Both name the amount: an order that has not arrived yet is closed before it comes. */
export function endOrderCall(request: QueryRequest, how: 'close' | 'undo'): Call {
  return { method: 'POST', path: `${orderPath(request.orderNo)}/${how}`, body: { amount: toAmount(request.amount) } };
}

export function createRefundCall(request: RefundRequest): Call {
  return {
    method: 'POST',
    path: refundPath(request.refund.orderNo),
    body: {
      order_no: request.paid.orderNo,
      method: request.method,
      amount: toAmount(request.amount),
      notify_url: request.notifyUrl,
    },
  };
}

export function queryRefundCall(request: RefundRequest): Call {
  return { method: 'GET', path: refundPath(request.refund.orderNo), body: null };
}

function orderPath(orderNo: string): string {
  return `/orders/${checked(orderNo)}`;
}

function refundPath(refundNo: string): string {
  return `/refunds/${checked(refundNo)}`;
}

function checked(orderNo: string): string {
  assert(/^[0-9A-Za-z]{8,32}$/.test(orderNo), 'the protocol takes order numbers of 8 to 32 letters and digits');
  return orderNo;
}

function toAmount(amount: Money): { currency: string; minor: string } {
  return { currency: amount.currency, minor: amount.minor.toString() };
}

function toTime(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Letters for people: no control characters, 1 to 120 of them. */
function toSubject(subject: string): string {
  const text = subject.replace(/\p{Cc}+/gu, ' ').trim();
  return text === '' ? '-' : Array.from(text).slice(0, 120).join('');
}
