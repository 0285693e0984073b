import {
  type Answer,
  answer,
  booksOf,
  isAmount,
  type Json,
  type Order,
  type Pretend,
  type Refund,
  refuse,
} from './pretend-state.ts';

export async function createRefund(wallet: Pretend, no: string, given: Json): Promise<Answer> {
  const { orders, refunds } = booksOf(wallet);
  if (!isAmount(wallet, given['amount'], true)) return refuse(wallet, 'malformed');
  const request = JSON.stringify(given);
  const kept = refunds.get(no);
  if (kept !== undefined) {
    if (kept.request !== request && !wallet.breaks('refund_overwrites')) return refuse(wallet, 'refund_differs');
    const order = orders.get(kept.orderNo);
    if (order !== undefined && kept.state === 'succeeded' && wallet.breaks('refund_twice'))
      order.refunded += kept.minor;
    return answer(200, showRefund(wallet, kept));
  }
  const refund = newRefund(no, request, given);
  const order = orders.get(refund.orderNo);
  refund.reason = whyNot(wallet, refund, order);
  if (wallet.breaks('refund_race')) await new Promise((resolve) => setTimeout(resolve, 200));
  if (refund.reason === null && order !== undefined) order.held += refund.minor;
  finish(wallet, refund, order);
  if (refund.state === 'succeeded' || !wallet.breaks('refused_refund_forgotten')) refunds.set(no, refund);
  return answer(201, showRefund(wallet, refund));
}

export function queryRefund(wallet: Pretend, no: string): Answer {
  const refund = booksOf(wallet).refunds.get(no);
  if (refund !== undefined) return answer(200, showRefund(wallet, refund));
  if (!wallet.breaks('unknown_refund_failed')) return refuse(wallet, 'refund_not_found');
  const given = { order_no: '', method: 'refund', amount: { minor: '1' }, notify_url: '' };
  return answer(200, { ...showRefund(wallet, newRefund(no, '', given)), state: 'failed' });
}

function newRefund(no: string, request: string, given: Json): Refund {
  const { minor } = given['amount'] as Json; // isAmount has looked
  return {
    no,
    request,
    orderNo: String(given['order_no']),
    method: String(given['method']),
    minor: BigInt(/^\d+$/.test(String(minor)) ? String(minor) : '0'),
    notifyUrl: String(given['notify_url']),
    state: 'accepted',
    reason: null,
    walletId: null,
    at: null,
  };
}

function whyNot(wallet: Pretend, refund: Refund, order: Order | undefined): string | null {
  if (order === undefined) return 'not_paid';
  if (order.state !== 'paid') return wallet.breaks('refunds_unpaid') ? null : 'not_paid';
  const isPart = refund.minor !== order.minor || order.held > 0n;
  if (refund.method === 'void' && isPart && !wallet.breaks('voids_parts')) return 'not_voidable';
  const isOver = order.held + refund.minor > order.minor;
  // One part too much, and not the plain "more than the whole", which another case asks for.
  if (isOver && wallet.breaks('refund_exceeds') && order.held > 0n) return null;
  return isOver ? 'exceeds_payment' : null;
}

function finish(wallet: Pretend, refund: Refund, order: Order | undefined): void {
  const books = booksOf(wallet);
  refund.state = refund.reason === null ? 'succeeded' : 'failed';
  if (refund.state === 'succeeded') {
    refund.walletId = `PW${String((books.count += 1)).padStart(10, '0')}`;
    refund.at = wallet.clock.now().toISOString();
    if (order !== undefined) order.refunded += refund.minor;
    if (order !== undefined && wallet.breaks('refund_closes_order')) order.state = 'closed';
  }
  if (wallet.breaks('no_refund_notification') || wallet.breaks('no_notifications')) return;
  const about = () => ({ type: 'refund', merchant_no: wallet.merchantNo, refund: showRefund(wallet, refund) });
  wallet.notify(refund.notifyUrl, about);
}

function showRefund(wallet: Pretend, refund: Refund): Json {
  return {
    refund_no: refund.no,
    order_no: refund.orderNo,
    merchant_no: wallet.merchantNo,
    method: refund.method,
    state: refund.state,
    reason: refund.reason,
    amount: { currency: 'CNY', minor: refund.minor.toString() },
    wallet_refund_id: refund.walletId,
    refunded_at: refund.at,
  };
}
