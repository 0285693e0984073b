import { cardAt } from '../ground/cards.ts';
import { sumOf } from '../ground/discounts.ts';
import { type Fault, faultedFen } from '../ground/fault.ts';
import type { Ground } from '../ground/ground.ts';
import type { NewOrder, Order } from '../ground/order.ts';
import { isOver } from '../ground/payments.ts';
import { toStamp } from '../ground/stamp.ts';
import type { Facts } from './message.ts';
import type { Content } from './xml.ts';

/** A payment in a query's answer and in the answer to a payment code. */
export function paymentFacts(ground: Ground, order: Order, fault: Fault | null): Facts {
  return [
    ['tradeNum', order.orderNo],
    ['tradeType', '0'],
    ['amount', amountOf(order, fault)],
    ['currency', 'CNY'],
    ['tradeTime', order.wire['tradeTime'] ?? ''],
    ['note', order.wire['note'] ?? ''],
    ['status', statusOf(ground, order, fault)],
    ...payList(order, fault),
  ];
}

/** A refund, or the undoing of a payment, in every answer about it. `tradeType` is told where the wallet tells it. */
export function refundFacts(
  refund: NewOrder,
  original: Order,
  status: string,
  fault: Fault | null,
  tradeType: string | null,
): Facts {
  return [
    ...(tradeType === null ? [] : [['tradeType', tradeType] as const]),
    ['tradeNum', refund.orderNo],
    ['oTradeNum', original.orderNo],
    ['amount', faultedFen(fault, BigInt(refund.amountFen)).toString()],
    ['currency', 'CNY'],
    ['tradeTime', refund.wire['tradeTime'] ?? ''],
    ['note', refund.wire['note'] ?? ''],
    ['status', fault?.kind === 'status' ? String(fault.value ?? '9') : status],
  ];
}

/** What a merchant is told without asking. A payment's notification has no currency and no time of its own. */
export function notificationFacts(
  ground: Ground,
  order: Order,
  original: Order | undefined,
  fault: Fault | null,
): Facts {
  if (original !== undefined)
    return refundFacts(order, original, refundStatusOf(order), fault, order.via === 'revoke' ? '2' : '1');
  const left = ['currency', 'tradeTime'];
  return paymentFacts(ground, order, fault).filter(([name]) => !left.includes(name));
}

/** 0 created, 1 processing, 2 success, 3 failed, 4 closed. */
function statusOf(ground: Ground, order: Order, fault: Fault | null): string {
  if (fault?.kind === 'status') return String(fault.value ?? '9');
  if (order.state === 'succeeded') return '2';
  if (order.state === 'failed') return '3';
  if (isOver(ground, order)) return '4';
  return order.via === 'code' ? '1' : '0';
}

/** 0 processing, 1 success, 2 failed. */
export function refundStatusOf(order: Order): string {
  if (order.state === 'succeeded') return '1';
  return order.state === 'failed' ? '2' : '0';
}

function amountOf(order: Order, fault: Fault | null): string {
  return faultedFen(fault, order.amount.minor).toString();
}

/** How it was paid; the sum is what was paid. Whoever the payer is, names and numbers come masked. */
function payList(order: Order, fault: Fault | null): Facts {
  if (order.state !== 'succeeded' || order.settledAt === null) return [];
  const card = cardAt(order.cardIndex, true);
  const isCard = card.kind !== 'balance';
  const detail: Content = [
    ['cardHolderName', '*小明'],
    ['cardHolderMobile', '138****5678'],
    ['cardHolderType', '0'],
    ['cardHolderId', '1101**********0018'],
    ['cardNo', card.accNo],
    ['bankCode', 'PRETEND'],
    ['cardType', card.kind === 'credit' ? '2' : '1'],
  ];
  const offFen = sumOf(order.discounts);
  const common: Content = [
    ['currency', 'CNY'],
    ['tradeTime', toStamp(order.settledAt)],
  ];
  const pay: Content = [
    ['payType', isCard ? '0' : '2'],
    ['amount', (BigInt(amountOf(order, fault)) - offFen).toString()],
    ...common,
    ...(isCard ? [['detail', detail] as const] : []),
  ];
  // JD Pay V2.0, payList: a coupon is a way to pay; who pays for it is not told.
  const coupon: Content = [['payType', '3'], ['amount', offFen.toString()], ...common];
  return [['payList', [['pay', pay], ...(offFen === 0n ? [] : [['pay', coupon] as const])]]];
}
