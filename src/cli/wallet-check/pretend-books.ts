import { createRefund, queryRefund } from './pretend-refunds.ts';
import {
  type Answer,
  answer,
  booksOf,
  isAmount,
  type Json,
  type Order,
  type Pretend,
  refuse,
} from './pretend-state.ts';
import { writeStatement } from './pretend-statement.ts';

const MEMBERS = 'amount scene subject expires_at notify_url return_url buyer_ip payer_id payment_code'.split(' ');

/** What the addresses of the pretend wallet, and its test hooks, do to its books. */
export async function dispatch(wallet: Pretend, method: string, path: string, body: string): Promise<Answer> {
  const [, kind = '', no = '', action = ''] = path.split('/');
  const given = body === '' ? {} : readJson(body);
  if (given === null) return refuse(wallet, 'malformed');
  const call = `${method} ${kind} ${action}`.trim();
  switch (call) {
    case 'POST orders':
      return createOrder(wallet, no, given);
    case 'GET orders': {
      const order = booksOf(wallet).orders.get(no);
      if (order !== undefined) return answer(200, showOrder(wallet, order));
      if (!wallet.breaks('unknown_is_closed')) return refuse(wallet, 'order_not_found');
      return answer(200, { ...showOrder(wallet, newOrder(wallet, no, given)), state: 'closed' });
    }
    case 'POST orders close':
    case 'POST orders undo':
      return endOrder(wallet, no, given, action === 'undo');
    case 'POST refunds':
      return await createRefund(wallet, no, given);
    case 'GET refunds':
      return queryRefund(wallet, no);
    case 'POST payers':
      return exchangePayer(wallet, String(given['code']));
    case 'GET statements': {
      const isReady = booksOf(wallet).isDayOver || wallet.breaks('statement_early');
      return isReady ? answer(200, writeStatement(wallet, no)) : refuse(wallet, 'statement_not_ready');
    }
    default:
      return refuse(wallet, 'not_found');
  }
}

function createOrder(wallet: Pretend, no: string, given: Json): Answer {
  const { orders } = booksOf(wallet);
  const isKnown = Object.keys(given).every((name) => MEMBERS.includes(name)) || wallet.breaks('takes_unknown_members');
  if (!isAmount(wallet, given['amount']) || !isKnown) return refuse(wallet, 'malformed');
  const kept = orders.get(no);
  const wanted = newOrder(wallet, no, given);
  if (kept !== undefined) {
    const isSame = kept.request === wanted.request || kept.request === '';
    if (kept.request === wanted.request && wallet.breaks('repeat_refused')) return refuse(wallet, 'order_differs');
    if (isSame && wallet.breaks('two_payments') && kept.state === 'paid') pay(wallet, kept);
    if (isSame) return answer(200, showOrder(wallet, kept));
    if (!wallet.breaks('overwrites')) return refuse(wallet, 'order_differs');
    orders.set(no, wanted);
    return answer(200, showOrder(wallet, wanted));
  }
  orders.set(no, wanted);
  if (wallet.breaks('takes_late') && wanted.expiresAt <= wallet.clock.now()) wanted.expiresAt = new Date(8.64e15);
  const isStranger = given['payer_id'] !== null && given['payer_id'] !== 'payer-1';
  if (isStranger && !wallet.breaks('strangers_pay')) close(wanted, 'payer_unknown');
  const isForced = wanted.scene === 'code' && wallet.breaks('charges_late');
  if (wanted.expiresAt <= wallet.clock.now() && !isForced) close(wanted, 'expired');
  if (wanted.scene === 'code' && wanted.state === 'open') charge(wallet, wanted, String(given['payment_code']));
  return answer(wallet.breaks('create_is_200') ? 200 : 201, showOrder(wallet, wanted));
}

function newOrder(wallet: Pretend, no: string, given: Json): Order {
  const { buyer_ip: _, ...compared } = given;
  const { minor: written } = (given['amount'] ?? { minor: '1' }) as Json; // checked by isAmount
  const minor = BigInt(/^\d+/.exec(String(written))?.[0] ?? '0');
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : '');
  return {
    no,
    request: JSON.stringify(compared),
    scene: String(given['scene']),
    amount: { currency: 'CNY', minor: minor.toString() },
    minor,
    state: 'open',
    reason: null,
    expiresAt: new Date(text('expires_at') || wallet.clock.now()),
    notifyUrl: text('notify_url'),
    walletId: null,
    paidAt: null,
    refunded: 0n,
    held: 0n,
  };
}

function charge(wallet: Pretend, order: Order, code: string): void {
  const kept = booksOf(wallet).codes.get(code);
  if (kept === undefined || (kept.isUsed && !wallet.breaks('code_reused'))) return close(order, 'code_invalid');
  kept.isUsed = true;
  if (kept.buyer === 'pays' && !wallet.breaks('code_never_paid')) pay(wallet, order);
  if (kept.buyer === 'declines' && !wallet.breaks('declined_stays_open')) close(order, 'insufficient_funds');
  if (kept.buyer === 'asks_pin' && wallet.breaks('pin_fails')) close(order, 'declined');
}

function endOrder(wallet: Pretend, no: string, given: Json, isUndo: boolean): Answer {
  const { orders } = booksOf(wallet);
  if (!isAmount(wallet, given['amount'])) return refuse(wallet, 'malformed');
  const kept = orders.get(no);
  if (kept === undefined) {
    const closed = { ...newOrder(wallet, no, given), request: '' };
    close(closed, 'closed');
    if (!wallet.breaks(isUndo ? 'undo_forgets' : 'close_forgets')) orders.set(no, closed);
    return answer(200, showOrder(wallet, closed));
  }
  if (isUndo && kept.state === 'paid') {
    kept.state = 'undone';
    if (!wallet.breaks('undo_keeps_money')) kept.refunded = kept.minor;
  } else if (isUndo && kept.state === 'open') close(kept, 'undone');
  else if (kept.state === 'open' && !wallet.breaks('close_does_nothing')) close(kept, 'closed');
  else if (kept.state === 'paid' && wallet.breaks('close_unpays')) close(kept, 'closed');
  return answer(200, showOrder(wallet, kept));
}

function exchangePayer(wallet: Pretend, code: string): Answer {
  const { payerCodes } = booksOf(wallet);
  if (!payerCodes.has(code)) return refuse(wallet, 'payer_code_refused');
  if (!wallet.breaks('payer_code_reused')) payerCodes.delete(code);
  return answer(200, { payer_id: wallet.breaks('payer_changes') ? `payer-${code}` : 'payer-1' });
}

export function pay(wallet: Pretend, order: Order): void {
  const kept = booksOf(wallet);
  order.state = 'paid';
  order.reason = null;
  order.walletId = `PW${String((kept.count += 1)).padStart(10, '0')}`;
  order.paidAt = wallet.clock.now().toISOString();
  if (wallet.breaks('wrong_amount')) order.amount = { currency: 'CNY', minor: String(order.minor + 1n) };
  if (wallet.breaks('no_notifications') || order.notifyUrl === '') return;
  wallet.notify(order.notifyUrl, () => {
    const shown = showOrder(wallet, order);
    const other = { currency: 'CNY', minor: String(order.minor + 1n) };
    const told = wallet.breaks('notification_other_amount') ? { ...shown, amount: other } : shown;
    return { type: 'order', merchant_no: wallet.merchantNo, order: told };
  });
}

export function close(order: Order, reason: string): void {
  order.state = 'closed';
  order.reason = reason;
}

export function showOrder(wallet: Pretend, order: Order): Json {
  if (order.state === 'open' && order.expiresAt < wallet.clock.now() && !wallet.breaks('never_expires'))
    close(order, 'expired');
  const isOpen = order.state === 'open' && order.scene !== 'code';
  const amount = wallet.breaks('float_amounts') ? { currency: 'CNY', minor: Number(order.minor) } : order.amount;
  return {
    order_no: order.no,
    merchant_no: wallet.merchantNo,
    state: order.state,
    reason: order.reason,
    amount,
    wallet_payment_id: wallet.breaks('paid_without_number') ? null : order.walletId,
    paid_at: order.paidAt,
    expires_at: order.expiresAt.toISOString(),
    refunded: { currency: 'CNY', minor: order.refunded.toString() },
    web_url: isOpen ? `${wallet.url}/pay/${order.no}` : null,
    app_url: null,
    qr_text: isOpen && !wallet.breaks('no_qr_text') ? `${wallet.url}/q/${order.no}` : null,
    ...(order.state === 'paid' && wallet.breaks('discounts_overflow') ? overflowing(order) : {}),
  };
}

/** A fen taken off, and nothing less paid. */
function overflowing(order: Order): Json {
  const amount = { currency: 'CNY', minor: '1' };
  const parts = [{ funder: 'wallet', owner: null, amount }];
  return {
    buyer_paid: order.amount,
    discounts: [{ id: null, name: null, scope: 'order', amount, prefunded: false, parts }],
  };
}

/** Appendix A: the buyer's hands. */
export function hook(wallet: Pretend, path: string, body: Buffer): Answer {
  const kept = booksOf(wallet);
  const given = readJson(body.toString('utf8')) ?? {};
  const [, kind, no = '', action] = path.split('/');
  const order = kept.orders.get(no);
  if (kind === 'orders' && order !== undefined) {
    const isOpen = showOrder(wallet, order)['state'] === 'open';
    const isForced =
      (order.reason === 'closed' && wallet.breaks('closed_can_be_paid')) ||
      (order.reason === 'undone' && wallet.breaks('undone_can_be_paid'));
    if (!isOpen && !isForced) return answer(409, { error: 'it is not open' });
    if (action === 'pay') pay(wallet, order);
    else if (wallet.breaks('decline_closes')) close(order, 'declined');
    return answer(200, {});
  }
  kept.count += 1;
  if (kind === 'payment-codes') {
    const code = `9123${String(kept.count).padStart(wallet.breaks('code_short') ? 14 : 16, '0')}`;
    kept.codes.set(code, { buyer: String(given['buyer']), isUsed: false });
    return answer(200, { code });
  }
  if (kind === 'payer-codes') {
    const code = `person-${kept.count}`;
    kept.payerCodes.add(code);
    return answer(200, { code });
  }
  if (kind !== 'day-end') return answer(404, {});
  kept.isDayOver = true;
  return answer(200, { day: new Date(wallet.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10) });
}

function readJson(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null; // an object of unknowns
  } catch {
    return null;
  }
}
