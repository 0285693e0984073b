import { assert } from '../base/assert.ts';
import { shanghaiDay } from '../base/shanghai.ts';
import { money } from '../money/money.ts';
import type { EndedMove } from '../transfers/transfers.ts';
import { levelFor } from '../users/proof-levels.ts';
import type { ProofLevel } from '../users/users.ts';
import { MOVE_OWNED_SECONDS, REFUND_WINDOW_DAYS, UNDO_HOURS_MAX } from './figures.ts';
import type { NewNotice, Order, PayerMove, PaymentCode, Refund } from './order.ts';
import { orderReason } from './reasons.ts';

/*
 * Every decision about orders and refunds, on rows that are locked: pure but for new ids. A decision looks first and changes afterwards, so
 * that one which declines has changed nothing.
 */

/** What decisions want written besides the rows that they change. */
export interface Effects {
  moves: PayerMove[];
  endedMoves: PayerMove[];
  refunds: Refund[];
  endedRefunds: Refund[];
  usedCodes: { digest: Buffer; orderId: string }[];
  notices: NewNotice[];
}

/** Who pays with which card. */
export interface Payment {
  moveId: string;
  userId: string;
  cardId: string;
  deviceIsNew: boolean;
  level: ProofLevel;
  /** The buyer's own key of this try; null where a shop charges a code. */
  key: string | null;
}

export type CreateDecision = 'new' | 'same' | 'differs';

/** What comes with a new order besides its row. */
export interface NewOrderFacts {
  isNew: boolean;
  /** Whether this is, member for member, the request that made the row. */
  isSameRequest: boolean;
  amountMinor: bigint;
  /** Scene jsapi: nobody of this shop has this payer id. */
  isPayerUnknown: boolean;
  /** Scene code: the code's row, null where there is none. */
  code: PaymentCode | null;
  moveId: string;
}

/** POST /orders/{order_no}. A row that was just written begins here; one that was there before is compared. */
export function decideCreate(order: Order, facts: NewOrderFacts, effects: Effects, now: Date): CreateDecision {
  if (!facts.isNew) {
    const wasEndedBefore = order.fingerprint === null;
    if (wasEndedBefore) return order.amountMinor === facts.amountMinor ? 'same' : 'differs';
    return facts.isSameRequest ? 'same' : 'differs';
  }
  if (order.expiresAt <= now) close(order, 'expired');
  else if (facts.isPayerUnknown) close(order, 'payer_unknown');
  else if (order.scene === 'code') chargeCode(order, facts, effects, now);
  return 'new';
}

/** A code is good for one order, whatever becomes of it. Above the line, or where the person wants it so, the order waits for them. */
function chargeCode(order: Order, { code, moveId }: NewOrderFacts, effects: Effects, now: Date): void {
  if (code === null || code.orderId !== null || code.expiresAt <= now) return close(order, 'code_invalid');
  code.orderId = order.id;
  effects.usedCodes.push({ digest: code.digest, orderId: order.id });
  order.onlyUserId = code.userId;
  const { userId, cardId, deviceIsNew } = code;
  const amount = money('CNY', order.amountMinor);
  const level = levelFor({ kind: 'purchase', amount, deviceIsNew, payeeIsNew: false, byPaymentCode: true });
  if (code.asksAlways || level !== 'device') return;
  beginPaying(order, { moveId, userId, cardId, deviceIsNew, level, key: null }, effects, now);
}

/** Whether it can be paid by this person now. `same`: this very try was begun before. */
export function checkPayable(
  order: Order,
  { userId, key }: Pick<Payment, 'userId' | 'key'>,
  now: Date,
): 'payable' | 'same' | 'paying' | 'over' | 'foreign' {
  if (order.onlyUserId !== null && order.onlyUserId !== userId) return 'foreign';
  const isOwnTry = key !== null && order.payingKey === `${userId} ${key}`;
  if (isOwnTry) return 'same';
  if (order.payingMoveId !== null) return 'paying';
  return order.state === 'open' && order.expiresAt > now ? 'payable' : 'over';
}

/** Only where `checkPayable` says so. */
export function beginPaying(order: Order, payment: Payment, effects: Effects, now: Date): void {
  assert(order.state === 'open' && order.payingMoveId === null, 'only an open order that nobody is paying is paid');
  order.payingMoveId = payment.moveId;
  order.payingKey = payment.key === null ? null : `${payment.userId} ${payment.key}`;
  order.failure = null;
  order.dueAt = null;
  effects.moves.push({
    book: order.book,
    id: payment.moveId,
    orderId: order.id,
    kind: 'pay',
    refundId: null,
    userId: payment.userId,
    cardId: payment.cardId,
    deviceIsNew: payment.deviceIsNew,
    level: payment.level,
    amountMinor: order.amountMinor,
    originalId: null,
    state: 'asked',
    failure: null,
    createdAt: now,
    endedAt: null,
    dueAt: startedBy(now),
  });
}

/** Whoever records a move starts it at once; when that has not happened by now, somebody else does. */
function startedBy(now: Date): Date {
  return new Date(now.getTime() + MOVE_OWNED_SECONDS * 1000);
}

/** Time is over for an open order that nobody is paying. True when that changed it. */
export function decideExpiry(order: Order, now: Date): boolean {
  if (order.state !== 'open' || order.payingMoveId !== null || order.expiresAt > now) return false;
  close(order, 'expired');
  return true;
}

export type EndDecision = 'answered' | 'differs' | 'scene_refused';

/** POST /orders/{order_no}/close and /undo. */
export function decideEnd(
  order: Order,
  wanted: { how: 'close' | 'undo'; amountMinor: bigint; moveId: string },
  effects: Effects,
  now: Date,
): EndDecision {
  if (order.amountMinor !== wanted.amountMinor) return 'differs';
  if (wanted.how === 'undo' && order.scene !== 'code' && order.scene !== null) return 'scene_refused';
  decideExpiry(order, now);
  if (order.state === 'open' && order.payingMoveId === null) close(order, wanted.how === 'undo' ? 'undone' : 'closed');
  else if (order.state === 'open') order.ending = wanted.how === 'undo' ? 'undone' : (order.ending ?? 'closed');
  else if (wanted.how === 'undo' && canUndo(order, now))
    beginUndo(order, wanted.moveId, effects, { now, dueAt: startedBy(now) });
  return 'answered';
}

function canUndo(order: Order, now: Date): boolean {
  const ageMs = now.getTime() - order.createdAt.getTime();
  const isUntouched = order.refundedMinor === 0n && order.refundingMinor === 0n && order.undoMoveId === null;
  return order.state === 'paid' && isUntouched && ageMs <= UNDO_HOURS_MAX * 3_600_000;
}

function beginUndo(order: Order, moveId: string, effects: Effects, times: { now: Date; dueAt: Date }): void {
  order.undoMoveId = moveId;
  const back = { kind: 'undo', id: moveId, refundId: null, amountMinor: order.amountMinor } as const;
  effects.moves.push(goingBack(order, { ...back, ...times }));
}

function goingBack(
  order: Order,
  back: { kind: 'undo' | 'refund'; id: string; refundId: string | null; amountMinor: bigint; now: Date; dueAt: Date },
): PayerMove {
  const { paidMoveId, paidUserId, paidCardId } = order;
  assert(paidMoveId !== null && paidUserId !== null && paidCardId !== null, 'only what was paid goes back');
  return {
    book: order.book,
    id: back.id,
    orderId: order.id,
    kind: back.kind,
    refundId: back.refundId,
    userId: paidUserId,
    cardId: paidCardId,
    deviceIsNew: false,
    level: null,
    amountMinor: back.amountMinor,
    originalId: paidMoveId,
    state: 'asked',
    failure: null,
    createdAt: back.now,
    endedAt: null,
    dueAt: back.dueAt,
  };
}

/** POST /refunds/{refund_no}, of a number that is new: accepted with its move, or failed for good. `order` is null where there is none. */
export function decideRefund(order: Order | null, refund: Refund, effects: Effects, now: Date): void {
  const reason = whyNotRefunded(order, refund, now);
  effects.refunds.push(refund);
  if (reason !== null || order === null || refund.moveId === null) {
    refund.state = 'failed';
    refund.reason = reason ?? 'not_paid';
    refund.endedAt = now;
    refund.moveId = null;
    effects.notices.push(refundNotice(refund));
    return;
  }
  order.refundingMinor += refund.amountMinor;
  const { moveId: id, id: refundId, amountMinor } = refund;
  effects.moves.push(goingBack(order, { kind: 'refund', id, refundId, amountMinor, now, dueAt: startedBy(now) }));
}

function whyNotRefunded(order: Order | null, refund: Refund, now: Date): string | null {
  if (order?.state !== 'paid' || order.paidAt === null) return 'not_paid';
  if (now.getTime() - order.paidAt.getTime() > REFUND_WINDOW_DAYS * 86_400_000) return 'window_over';
  const given = order.refundingMinor + order.refundedMinor;
  if (order.undoMoveId !== null || given + refund.amountMinor > order.amountMinor) return 'exceeds_payment';
  if (refund.method === 'refund') return null;
  const isWhole = given === 0n && refund.amountMinor === order.amountMinor;
  return isWhole && shanghaiDay(now) === shanghaiDay(order.paidAt) ? null : 'not_voidable';
}

/**
 * A move has ended, and the money with it. Told twice changes nothing: whatever has ended once is left as it is.
 * `nextMoveId` is for the way back of an order that was undone while it was being paid.
 */
export function decideEnded(
  rows: { order: Order; move: PayerMove; refund: Refund | null },
  ended: Pick<EndedMove, 'state' | 'failure' | 'endedAt'>,
  nextMoveId: string,
  effects: Effects,
): void {
  const { order, move, refund } = rows;
  if (move.state !== 'asked') return;
  const isDone = ended.state === 'succeeded';
  move.state = isDone ? 'succeeded' : 'failed';
  move.failure = isDone ? null : (ended.failure ?? 'declined');
  move.endedAt = ended.endedAt;
  move.dueAt = null;
  effects.endedMoves.push(move);
  switch (move.kind) {
    case 'pay':
      return isDone
        ? decidePaid(order, move, ended.endedAt, nextMoveId, effects)
        : decideUnpaid(order, move, ended.endedAt);
    case 'undo':
      return isDone ? decideUndone(order, ended.endedAt) : decideNotUndone(order, effects);
    case 'refund':
      assert(refund !== null, 'a refund move has its refund');
      return decideRefundEnded(order, refund, move, effects);
  }
}

function decidePaid(order: Order, move: PayerMove, at: Date, nextMoveId: string, effects: Effects): void {
  assert(order.state === 'open' && order.payingMoveId === move.id, 'the move that paid is the one that was asked');
  order.state = 'paid';
  order.payingMoveId = null;
  order.paidMoveId = move.id;
  order.paidUserId = move.userId;
  order.paidCardId = move.cardId;
  order.paidAt = at;
  if (order.ending === 'undone') return beginUndo(order, nextMoveId, effects, { now: at, dueAt: at }); // nobody waits for it: the loop starts it
  order.ending = null;
  effects.notices.push(...orderNotice(order));
}

/** A charged code is tried once; everything else stays open for the next try, unless somebody or time has ended it. */
function decideUnpaid(order: Order, move: PayerMove, at: Date): void {
  assert(order.state === 'open' && order.payingMoveId === move.id, 'the move that failed is the one that was asked');
  order.payingMoveId = null;
  order.failure = move.failure;
  const wasCharged = order.scene === 'code' && order.payingKey === null;
  if (order.ending !== null) close(order, order.ending);
  else if (wasCharged) close(order, orderReason(move.failure));
  else if (order.expiresAt <= at) close(order, 'expired');
  else order.dueAt = order.expiresAt;
}

function decideUndone(order: Order, at: Date): void {
  order.state = 'undone';
  order.undoneAt = at;
  order.refundedMinor = order.amountMinor;
  order.ending = null;
}

/** The bank would not take it back. It stays paid, and its shop hears that if it has not yet; another undo tries anew. */
function decideNotUndone(order: Order, effects: Effects): void {
  order.undoMoveId = null;
  order.ending = null;
  effects.notices.push(...orderNotice(order));
}

function decideRefundEnded(order: Order, refund: Refund, move: PayerMove, effects: Effects): void {
  order.refundingMinor -= refund.amountMinor;
  if (move.state === 'succeeded') order.refundedMinor += refund.amountMinor;
  refund.state = move.state === 'succeeded' ? 'succeeded' : 'failed';
  refund.reason = move.state === 'succeeded' ? null : 'declined';
  refund.endedAt = move.endedAt;
  effects.endedRefunds.push(refund);
  effects.notices.push(refundNotice(refund));
}

function close(order: Order, reason: string): void {
  order.state = 'closed';
  order.reason = reason;
  order.ending = null;
  order.dueAt = null;
}

function orderNotice(order: Order): NewNotice[] {
  if (order.notifyUrl === null) return [];
  return [{ kind: 'order', subjectId: order.id, merchantNo: order.merchantNo, url: order.notifyUrl }];
}

function refundNotice(refund: Refund): NewNotice {
  return { kind: 'refund', subjectId: refund.id, merchantNo: refund.merchantNo, url: refund.notifyUrl };
}
