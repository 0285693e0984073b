import type { Fault } from '../ground/fault.ts';
import { type NewOrder, type Order, orderKey } from '../ground/order.ts';
import { findRepeat, record } from '../ground/payments.ts';
import { fitRefund, takeRefund } from '../ground/refunds.ts';
import { shanghaiDay } from './day.ts';
import { hasOnly, readAddress, readFen, readNo } from './read.ts';
import { showRefund } from './show.ts';
import { type Answer, type Asked, type OpenSide, problem } from './wallet.ts';

const WINDOW_DAYS = 365;

/** POST /refunds/{refund_no}. What is refused for good is written down too: asked again, it is the same refund. */
export function createRefund(side: OpenSide, asked: Asked, refundNo: string, fault: Fault | null): Answer {
  const { ground } = side;
  const request = readNewRefund(asked, refundNo);
  if (request === null) return problem('malformed');
  const repeat = findRepeat(ground, request.key, request.fingerprint);
  if (repeat.kind === 'differs') return problem('refund_differs');
  if (repeat.kind === 'same') return { status: 200, body: showRefund(repeat.order, fault) };
  const original = ground.books.find(orderKey('payment', request.merchantNo, request.wire['order_no'] ?? ''));
  const reason = whyNot(side, request, original);
  const refund =
    original !== undefined && reason === null
      ? takeRefund(ground, request, original, { walletId: null, atOnce: false })
      : refuse(side, request, reason ?? 'not_paid');
  return { status: 201, body: showRefund(refund, fault) };
}

/** GET /refunds/{refund_no} */
export function queryRefund(side: OpenSide, asked: Asked, refundNo: string, fault: Fault | null): Answer {
  const refund = side.ground.books.find(orderKey('refund', asked.merchant.merchantNo, refundNo));
  if (refund === undefined) return problem('refund_not_found');
  return { status: 200, body: showRefund(refund, fault) };
}

function whyNot(side: OpenSide, request: NewOrder, original: Order | undefined): string | null {
  if (original?.state !== 'succeeded' || original.settledAt === null) return 'not_paid';
  const now = side.ground.clock.now();
  if (now.getTime() - original.settledAt.getTime() > WINDOW_DAYS * 86_400_000) return 'window_over';
  if (fitRefund(original, BigInt(request.amountFen)) !== 'fits') return 'exceeds_payment';
  if (request.via === 'refund') return null;
  const isWhole = BigInt(request.amountFen) === original.amount.minor;
  return isWhole && shanghaiDay(now) === shanghaiDay(original.settledAt) ? null : 'not_voidable';
}

/** A refund that has failed before it began: no money was ever held for it. */
function refuse(side: OpenSide, request: NewOrder, reason: string): Order {
  const { ground } = side;
  const now = ground.clock.now();
  const refund = record(ground, request, now, { walletId: null, originalKey: null });
  ground.books.record({ line: 'refused', key: refund.key, at: now.toISOString(), code: reason, final: true });
  ground.notifier.begin(refund);
  return refund;
}

function readNewRefund(asked: Asked, refundNo: string): NewOrder | null {
  const { members, merchant } = asked;
  const fen = readFen(members['amount']);
  const orderNo = readNo(members['order_no']);
  const notifyUrl = readAddress(members['notify_url']);
  const method = members['method'];
  if (fen === null || orderNo === null || notifyUrl === null) return null;
  if (method !== 'refund' && method !== 'void') return null;
  if (!hasOnly(members, ['amount', 'order_no', 'notify_url', 'method'])) return null;
  return {
    key: orderKey('refund', merchant.merchantNo, refundNo),
    kind: 'refund',
    merchantNo: merchant.merchantNo,
    orderNo: refundNo,
    amountFen: fen.toString(),
    subject: null,
    via: method,
    notifyUrl,
    returnUrl: null,
    fingerprint: JSON.stringify([orderNo, method, fen.toString(), notifyUrl]),
    wire: { order_no: orderNo },
  };
}
