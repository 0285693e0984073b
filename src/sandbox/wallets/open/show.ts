import { faultCode, type Fault, faultedFen } from '../ground/fault.ts';
import type { Ground } from '../ground/ground.ts';
import type { Order } from '../ground/order.ts';
import { payPath } from '../ground/page.ts';
import { isPayable } from '../ground/payments.ts';
import { showAmount, showDiscounts } from './discounts.ts';
import type { OpenSide } from './wallet.ts';

/** An order as the protocol shows it, in every answer about it and in notifications. */
export function showOrder(side: OpenSide, order: Order, fault: Fault | null): object {
  const { ground } = side;
  const state = stateOf(ground, order);
  const isPaid = state === 'paid';
  const isOpen = state === 'open' && order.via !== 'code';
  const page = `${ground.url}${payPath(order)}`;
  return {
    order_no: order.orderNo,
    merchant_no: order.merchantNo,
    state: faultCode(fault) ?? state,
    reason: state === 'closed' ? reasonOf(order) : null,
    amount: showAmount(faultedFen(fault, order.amount.minor)),
    wallet_payment_id: isPaid ? order.walletId : null,
    paid_at: isPaid ? showTime(order.settledAt) : null,
    expires_at: showTime(new Date(order.wire['expires_at'] ?? order.openUntil)),
    refunded: showAmount(order.refunded.minor),
    web_url: isOpen ? page : null,
    app_url: isOpen ? `${side.brand.appScheme}://pay?order=${order.token}` : null,
    qr_text: isOpen ? `${ground.url}/q/${order.token}` : null,
    ...(isPaid ? showDiscounts(order) : {}),
  };
}

export function showRefund(order: Order, fault: Fault | null): object {
  const state = order.state === 'open' ? 'accepted' : order.state === 'succeeded' ? 'succeeded' : 'failed';
  const isDone = state === 'succeeded';
  return {
    refund_no: order.orderNo,
    order_no: order.wire['order_no'] ?? '',
    merchant_no: order.merchantNo,
    method: order.via,
    state: faultCode(fault) ?? state,
    reason: state === 'failed' ? order.lastCode : null,
    amount: showAmount(faultedFen(fault, order.amount.minor)),
    wallet_refund_id: isDone ? order.walletId : null,
    refunded_at: isDone ? showTime(order.settledAt) : null,
    ...(isDone ? showDiscounts(order) : {}),
  };
}

export function stateOf(ground: Ground, order: Order): 'open' | 'paid' | 'closed' | 'undone' {
  if (order.state === 'succeeded') return 'paid';
  if (order.state === 'reversed' && order.settledAt !== null) return 'undone';
  return isPayable(ground, order) ? 'open' : 'closed';
}

/** Why it will never be paid. */
function reasonOf(order: Order): string {
  if (order.state === 'reversed') return 'undone';
  return order.wire['ended'] ?? order.lastCode ?? 'expired';
}

function showTime(at: Date | null): string | null {
  return at === null ? null : at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
