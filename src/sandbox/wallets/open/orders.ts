import { createHash } from 'node:crypto';
import type { Fault } from '../ground/fault.ts';
import type { Order } from '../ground/order.ts';
import { orderKey } from '../ground/order.ts';
import { chargeCode, readPaymentCode } from '../ground/payment-codes.ts';
import {
  closeOrder,
  declineOrder,
  findRepeat,
  note,
  record,
  refuseAtOnce,
  reverseOrder,
  takePayment,
} from '../ground/payments.ts';
import { hasOnly, readAddress, readFen, readInstant, readOptional } from './read.ts';
import { showOrder, stateOf } from './show.ts';
import { type Answer, type Asked, type OpenSide, problem } from './wallet.ts';

const SCENES = ['web', 'wap', 'app', 'qr', 'jsapi', 'code'];
const MEMBERS = [
  'amount',
  'scene',
  'subject',
  'expires_at',
  'notify_url',
  'return_url',
  'buyer_ip',
  'payer_id',
  'payment_code',
];
const OPEN_DAYS_MAX = 7;
const UNDO_HOURS_MAX = 24;
/** An order that was ended before it came. */
const ENDED_BEFORE = 'ended before it came';

interface NewOrderRequest {
  fen: bigint;
  scene: string;
  subject: string;
  expiresAt: Date;
  notifyUrl: string;
  returnUrl: string;
  payerId: string | null;
  paymentCode: string | null;
}

/** POST /orders/{order_no} */
export function createOrder(side: OpenSide, asked: Asked, orderNo: string, fault: Fault | null): Answer {
  const { ground } = side;
  const wanted = readNewOrder(asked.members);
  if (wanted === null) return problem('malformed');
  if ((wanted.scene === 'code') !== (wanted.paymentCode !== null)) return problem('malformed', 'payment_code');
  if ((wanted.scene === 'jsapi') !== (wanted.payerId !== null)) return problem('malformed', 'payer_id');
  if (wanted.expiresAt.getTime() > ground.clock.now().getTime() + OPEN_DAYS_MAX * 86_400_000)
    return problem('malformed', 'expires_at');
  const fingerprint = fingerprintOf(wanted);
  const key = orderKey('payment', asked.merchant.merchantNo, orderNo);
  const repeat = findRepeat(ground, key, fingerprint);
  if (repeat.kind === 'same') return { status: 200, body: showOrder(side, repeat.order, fault) };
  if (repeat.kind === 'differs') {
    const isEndedBefore = repeat.order.fingerprint === ENDED_BEFORE && repeat.order.amount.minor === wanted.fen;
    return isEndedBefore ? { status: 200, body: showOrder(side, repeat.order, fault) } : problem('order_differs');
  }
  if (!SCENES.includes(wanted.scene)) return problem('scene_refused');
  const order = takePayment(
    ground,
    {
      key,
      kind: 'payment',
      merchantNo: asked.merchant.merchantNo,
      orderNo,
      amountFen: wanted.fen.toString(),
      subject: wanted.subject,
      via: wanted.scene,
      notifyUrl: wanted.notifyUrl,
      returnUrl: wanted.returnUrl,
      fingerprint,
      wire: { expires_at: wanted.expiresAt.toISOString() },
    },
    wanted.expiresAt,
  );
  begin(side, order, wanted);
  return { status: 201, body: showOrder(side, order, fault) };
}

/** What happens to a new order at once: a charged code, or an end before the beginning. */
function begin(side: OpenSide, order: Order, wanted: NewOrderRequest): void {
  const { ground } = side;
  const now = ground.clock.now().getTime();
  if (wanted.expiresAt.getTime() <= now) return end(side, order, 'expired');
  if (wanted.payerId !== null && wanted.payerId !== payerIdOf(order.merchantNo))
    return end(side, order, 'payer_unknown');
  if (wanted.paymentCode === null) return void refuseAtOnce(ground, order);
  if (readPaymentCode(ground, wanted.paymentCode) === null) return declineOrder(ground, order, 'code_invalid', true);
  chargeCode(ground, order, wanted.paymentCode);
}

/** The one person who pays in this simulator, as this merchant knows them. */
export function payerIdOf(merchantNo: string): string {
  return `payer_${createHash('sha256').update(`a person of ${merchantNo}`).digest('hex').slice(0, 24)}`;
}

/** GET /orders/{order_no} */
export function queryOrder(side: OpenSide, asked: Asked, orderNo: string, fault: Fault | null): Answer {
  const order = find(side, asked, orderNo);
  return order === undefined ? problem('order_not_found') : { status: 200, body: showOrder(side, order, fault) };
}

/** POST /orders/{order_no}/close and /undo. A number that is not there yet is closed for good. */
export function endOrder(
  side: OpenSide,
  asked: Asked,
  orderNo: string,
  how: 'close' | 'undo',
  fault: Fault | null,
): Answer {
  const { ground } = side;
  const fen = readFen(asked.members['amount']);
  if (fen === null || !hasOnly(asked.members, ['amount'])) return problem('malformed');
  const order = find(side, asked, orderNo) ?? endBefore(side, asked, orderNo, fen);
  if (order.amount.minor !== fen) return problem('order_differs');
  const isUndoable = order.via === 'code' || order.fingerprint === ENDED_BEFORE;
  if (how === 'undo' && !isUndoable) return problem('scene_refused', 'only for payment codes');
  const state = stateOf(ground, order);
  if (how === 'close' && state === 'open') end(side, order, 'closed');
  if (how === 'undo' && (state === 'open' || (state === 'paid' && canUndo(side, order)))) reverseOrder(ground, order);
  return { status: 200, body: showOrder(side, order, fault) };
}

function canUndo(side: OpenSide, order: Order): boolean {
  const ageMs = side.ground.clock.now().getTime() - order.orderedAt.getTime();
  return order.undone.minor === 0n && ageMs <= UNDO_HOURS_MAX * 3_600_000;
}

function endBefore(side: OpenSide, asked: Asked, orderNo: string, fen: bigint): Order {
  const { merchantNo } = asked.merchant;
  const order = record(
    side.ground,
    {
      key: orderKey('payment', merchantNo, orderNo),
      kind: 'payment',
      merchantNo,
      orderNo,
      amountFen: fen.toString(),
      subject: null,
      via: '',
      notifyUrl: null,
      returnUrl: null,
      fingerprint: ENDED_BEFORE,
      wire: {},
    },
    side.ground.clock.now(),
    { walletId: null, originalKey: null },
  );
  end(side, order, 'closed');
  return order;
}

function end(side: OpenSide, order: Order, reason: string): void {
  closeOrder(side.ground, order);
  note(side.ground, order, { ended: reason });
}

function find(side: OpenSide, asked: Asked, orderNo: string): Order | undefined {
  return side.ground.books.find(orderKey('payment', asked.merchant.merchantNo, orderNo));
}

function readNewOrder(members: Asked['members']): NewOrderRequest | null {
  const fen = readFen(members['amount']);
  const scene = readOptional(members['scene'], 16);
  const subject = readOptional(members['subject'], 256);
  const expiresAt = readInstant(members['expires_at']);
  const notifyUrl = readAddress(members['notify_url']);
  const returnUrl = readAddress(members['return_url']);
  const payerId = readOptional(members['payer_id'], 64);
  const paymentCode = readOptional(members['payment_code'], 32);
  const buyerIp = readOptional(members['buyer_ip'], 64);
  if (fen === null || !scene || !subject || expiresAt === null || notifyUrl === null || returnUrl === null) return null;
  if (payerId === undefined || paymentCode === undefined || buyerIp === undefined) return null;
  if (!hasOnly(members, MEMBERS)) return null;
  return { fen, scene, subject, expiresAt, notifyUrl, returnUrl, payerId, paymentCode };
}

/** The buyer's address may change between two tries; all else makes it another order. A code is never kept. */
function fingerprintOf(wanted: NewOrderRequest): string {
  const { fen, expiresAt, ...rest } = wanted;
  const text = JSON.stringify([fen.toString(), expiresAt.getTime(), ...Object.entries(rest)]);
  return createHash('sha256').update(text).digest('hex');
}
