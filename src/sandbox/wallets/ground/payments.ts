import { type Money, money } from '../../../money/money.ts';
import { cardAt } from './cards.ts';
import { discountsFor, type GivenDiscount, type KeptDiscount, merchantShareOf, sumOf, toKept } from './discounts.ts';
import { type Fault, faultCode } from './fault.ts';
import type { Ground } from './ground.ts';
import type { NewOrder, Order } from './order.ts';

/** A payment that somebody wanted to move in a way that its state does not allow. */
export class OrderStateError extends Error {}

/** What a request means to the books: a new order, the same once more, or another one under a used name. */
export type Repeat = { kind: 'new' } | { kind: 'same' | 'differs'; order: Order };

export function findRepeat(ground: Ground, key: string, fingerprint: string): Repeat {
  const order = ground.books.find(key);
  if (order === undefined) return { kind: 'new' };
  return { kind: order.fingerprint === fingerprint ? 'same' : 'differs', order };
}

/**
 * Takes an order: it can be paid from now on. Call it only for a name that `findRepeat` calls new. A `declined` fault for `pay`
 * is drawn here: where the order came by a call, `refuseAtOnce` tells; else its buyer is refused when confirming.
 */
export function takePayment(ground: Ground, request: NewOrder, openUntil: Date): Order {
  const fault = ground.faults.takeDecline('pay', request.orderNo);
  const fated =
    fault === null ? request : { ...request, wire: { ...request.wire, declined: declineCode(ground, fault) } };
  return record(ground, fated, openUntil, { walletId: null, originalKey: null });
}

/** Where a fault has it that this order is refused: refuses it for good and answers the wallet's code; else null. */
export function refuseAtOnce(ground: Ground, order: Order): string | null {
  const code = order.wire['declined'];
  if (code === undefined) return null;
  if (order.state === 'open') declineOrder(ground, order, code, true);
  return code;
}

/** The wallet's own reason: the one that the fault names, or the usual one. */
function declineCode(ground: Ground, fault: Fault): string {
  const { declines, noFunds } = ground.side.codes;
  return declines.find((code) => code === String(fault.value)) ?? declines[0] ?? noFunds;
}

/** Writes an order down and gives it back; also for refunds. */
export function record(
  ground: Ground,
  request: NewOrder,
  openUntil: Date,
  names: { walletId: string | null; originalKey: string | null; discounts?: readonly GivenDiscount[] },
): Order {
  const { books, clock, random } = ground;
  const { walletId, originalKey, discounts = [] } = names;
  books.record({
    line: 'ordered',
    at: clock.now().toISOString(),
    sequence: books.nextSequence(),
    openUntil: openUntil.toISOString(),
    token: random.bytes(18).toString('base64url'),
    walletId,
    originalKey,
    request,
    ...keptIn(discounts),
  });
  const order = books.find(request.key);
  if (order === undefined) throw new Error(`${request.key} was not written down`);
  return order;
}

/**
 * The payer pays. Answers the wallet's code: when it does not mean paid, the order stays open until its time is over.
 * `late` is the bank whose success arrives after the time-out.
 * @throws OrderStateError when the order is paid, closed or past its time
 */
export function payOrder(
  ground: Ground,
  order: Order,
  how: { cardIndex: number; code?: string; late?: boolean },
): string {
  if (order.kind !== 'payment') throw new OrderStateError(`${order.orderNo} is not a payment`);
  if (order.state === 'succeeded') throw new OrderStateError(`${order.orderNo} is paid already`);
  if (order.state === 'reversed' || order.state === 'failed') throw new OrderStateError(`${order.orderNo} is over`);
  if (how.late !== true && !isPayable(ground, order)) throw new OrderStateError(`${order.orderNo} is past its time`);
  const refusedFor = findDecline(ground, order);
  if (refusedFor !== null) {
    declineOrder(ground, order, refusedFor, true);
    return refusedFor;
  }
  const fault = ground.faults.take('outcome', order.orderNo);
  const { codes, brand } = ground.side;
  const code = how.code ?? faultCode(fault) ?? refusalOf(ground, how.cardIndex, brand.balance !== null) ?? codes.paid;
  if (codes.isPaid(code)) settle(ground, order, code, how.cardIndex);
  else declineOrder(ground, order, code);
  return code;
}

/** Why a fault has this payment refused for good now, whatever the buyer does; null when none has. */
function findDecline(ground: Ground, order: Order): string | null {
  if (order.wire['declined'] !== undefined) return order.wire['declined'];
  const fault = ground.faults.takeDecline('outcome', order.orderNo);
  return fault === null ? null : declineCode(ground, fault);
}

function refusalOf(ground: Ground, cardIndex: number, hasBalance: boolean): string | null {
  const { refusal } = cardAt(cardIndex, hasBalance);
  if (refusal === null) return null;
  return refusal === 'no_funds' ? ground.side.codes.noFunds : ground.side.codes.cardFrozen;
}

/** The payer's try fails; another may succeed in time, unless it was the only one. @throws OrderStateError when not open */
export function declineOrder(ground: Ground, order: Order, code: string, final = false): void {
  needOpen(order);
  ground.books.record({ line: 'refused', key: order.key, at: ground.clock.now().toISOString(), code, final });
}

/** The time to pay is over, now; also when the merchant closes an order. @throws OrderStateError when it is not open */
export function closeOrder(ground: Ground, order: Order): void {
  needOpen(order);
  ground.books.record({ line: 'closed', key: order.key, at: ground.clock.now().toISOString() });
}

/** Undoes a payment as a whole, paid or not: nobody is told, and what was paid goes back. @throws OrderStateError */
export function reverseOrder(ground: Ground, order: Order): void {
  if (order.kind !== 'payment' || order.undone.minor > 0n)
    throw new OrderStateError(`${order.orderNo} cannot be undone`);
  if (order.state === 'reversed') return;
  ground.books.record({ line: 'reversed', key: order.key, at: ground.clock.now().toISOString() });
}

export function isPayable(ground: Ground, order: Order): boolean {
  return order.kind === 'payment' && order.state === 'open' && ground.clock.now() <= order.openUntil;
}

/** Whether an unpaid payment can never be paid any more, by whatever end. */
export function isOver(ground: Ground, order: Order): boolean {
  return order.state !== 'succeeded' && !isPayable(ground, order);
}

/** The money has moved: numbers are given, the merchant is told. */
export function settle(ground: Ground, order: Order, code: string, cardIndex: number): void {
  const { walletId, wire } = ground.side.number(order);
  const at = ground.clock.now().toISOString();
  const given =
    order.kind === 'payment' ? discountsFor(ground.discounts.list(), order.amount.minor, ground.random) : [];
  ground.books.record({ line: 'settled', key: order.key, at, code, walletId, cardIndex, wire, ...keptIn(given) });
  ground.notifier.begin(order);
}

function keptIn(discounts: readonly GivenDiscount[]): { discounts?: KeptDiscount[] } {
  return discounts.length === 0 ? {} : { discounts: discounts.map(toKept) };
}

/** What the buyer of an order pays, or has paid; of a refund what goes back to the buyer. */
export function buyersPart(order: Order): Money {
  return money('CNY', order.amount.minor - sumOf(order.discounts));
}

/** What the wallet settles with the merchant for a payment, or takes back for a refund, before fees. */
export function merchantsPart(order: Order): Money {
  return money('CNY', order.amount.minor - merchantShareOf(order.discounts));
}

/** Adds to what the wallet remembers of an order. */
export function note(ground: Ground, order: Order, wire: Record<string, string>): void {
  ground.books.record({ line: 'noted', key: order.key, wire });
}

function needOpen(order: Order): void {
  if (order.kind !== 'payment' || order.state !== 'open') throw new OrderStateError(`${order.orderNo} is not open`);
}
