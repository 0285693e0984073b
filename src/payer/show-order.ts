import { API_PATH, type Order, type Refund } from './order.ts';
import type { PayerDeps } from './payer-deps.ts';

/** The order as docs/open-wallet-protocol.md has it: in every answer about it and in notifications. */
export function showOrder(deps: Pick<PayerDeps, 'walletUrl'>, order: Order): object {
  const { state } = order;
  const isPaid = state === 'paid';
  const isWaiting = state === 'open' && order.scene !== 'code' && order.scene !== null;
  const page = isWaiting ? `${deps.walletUrl}/pay/${order.token}` : null;
  return {
    order_no: order.orderNo,
    merchant_no: order.merchantNo,
    state,
    reason: order.reason,
    amount: showAmount(order.amountMinor),
    wallet_payment_id: isPaid ? order.paidMoveId : null,
    paid_at: isPaid ? showTime(order.paidAt) : null,
    expires_at: showTime(order.expiresAt),
    refunded: showAmount(order.refundedMinor),
    web_url: page,
    // The app is a web app: its page is the way in, and the link that opens it where it is installed.
    app_url: page?.startsWith('https:') ? page : null,
    qr_text: page,
  };
}

export function showRefund(refund: Refund): object {
  const isDone = refund.state === 'succeeded';
  return {
    refund_no: refund.refundNo,
    order_no: refund.orderNo,
    merchant_no: refund.merchantNo,
    method: refund.method,
    state: refund.state,
    reason: refund.reason,
    amount: showAmount(refund.amountMinor),
    wallet_refund_id: isDone ? refund.moveId : null,
    refunded_at: isDone ? showTime(refund.endedAt) : null,
  };
}

export function apiUrl(deps: Pick<PayerDeps, 'walletUrl'>): string {
  return deps.walletUrl + API_PATH;
}

function showAmount(minor: bigint): { currency: 'CNY'; minor: string } {
  return { currency: 'CNY', minor: minor.toString() };
}

/** Whole milliseconds in UTC: a query and a statement say the same instant. */
function showTime(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
