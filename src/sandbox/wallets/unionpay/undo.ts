import { SANDBOX_REFUND_WINDOW_DAYS } from '../../../base/limits.ts';
import { subtractMoney } from '../../../money/money.ts';
import type { Fields } from './form.ts';
import { type Decision, type Gateway, type Refused, refuse } from './gateway.ts';
import { type Order, type Request, orderKey } from './orders.ts';
import { findNamesake, settle, toQueryId, toRequest } from './payments.ts';
import { clearingDay, daysBetween } from './stamp.ts';

/** Accepts a refund (04) or a void (31); it finishes by itself after `refundDelayMs` and is then told. */
export function takeUndo(gateway: Gateway, fields: Fields, what: 'refund' | 'void'): Decision {
  const request = toRequest(fields, 'back', what === 'refund' ? '04' : '31');
  if (findNamesake(gateway, request) !== undefined) return refuse('12');
  const original = findOriginal(gateway, fields);
  if (original === undefined) return refuse('35');
  const refusal = what === 'refund' ? checkRefund(gateway, request, original) : checkVoid(gateway, request, original);
  if (refusal !== null) return refusal;

  const { books, clock, random } = gateway;
  const now = clock.now();
  const sequence = books.nextSequence();
  const key = orderKey(request);
  const queryId = toQueryId(request.txnTime, sequence);
  books.record({
    line: 'ordered',
    key,
    sequence,
    at: now.toISOString(),
    openUntil: now.toISOString(),
    token: random.bytes(18).toString('base64url'),
    tn: null,
    queryId,
    originalKey: original.key,
    request,
  });
  const order = books.orders.get(key);
  if (order !== undefined) planFinish(gateway, order);
  return {
    kind: 'answer',
    respCode: '00',
    fields: { queryId, origQryId: original.queryId, txnAmt: request.amountFen },
  };
}

/** Lets an accepted refund or void finish when its time has come; also after a restart. */
export function planFinish(gateway: Gateway, order: Order): void {
  const due = new Date(order.orderedAt.getTime() + gateway.refundDelayMs);
  gateway.schedule.at(due, () => finishUndo(gateway, order));
}

/** Only payments with an unknown outcome that were made without the payer's browser or app can be reversed. */
export function takeReversal(gateway: Gateway, fields: Fields): Decision {
  const { merId = '', orderId = '', txnTime = '' } = fields;
  const original = gateway.books.find({ merId, orderId, txnTime });
  if (original === undefined || original.txnType !== '01') return refuse('35');
  return refuse('32', '该产品不支持冲正');
}

function finishUndo(gateway: Gateway, order: Order): void {
  const fault = gateway.faults.take('outcome', order.orderId);
  const respCode = fault?.value === undefined ? '00' : String(fault.value);
  if (respCode === '00' || respCode === 'A6') return settle(gateway, order, respCode, order.cardIndex);
  gateway.books.record({ line: 'refused', key: order.key, at: gateway.clock.now().toISOString(), respCode });
  gateway.notifier.begin(order);
}

function findOriginal(gateway: Gateway, fields: Fields): Order | undefined {
  const { merId = '', origOrderId = '', origTxnTime = '' } = fields;
  const original = fields.origQryId
    ? gateway.books.findByQueryId(fields.origQryId)
    : gateway.books.find({ merId, orderId: origOrderId, txnTime: origTxnTime });
  const isPaid = original?.merId === merId && original.txnType === '01' && original.state === 'succeeded';
  return isPaid ? original : undefined;
}

// UnionPay is not consistent about the code for too much: 45 when nothing is left, 36 above the whole, 33 above the rest.
function checkRefund(gateway: Gateway, request: Request, original: Order): Refused | null {
  const amountFen = BigInt(request.amountFen);
  const rest = subtractMoney(original.amount, original.undone);
  if (rest.minor === 0n) return refuse('45');
  if (amountFen > original.amount.minor) return refuse('36', '退货金额大于原交易金额');
  if (amountFen > rest.minor) return refuse('33', '累计退货金额大于原交易金额');
  const paidAt = original.settledAt ?? original.orderedAt;
  if (daysBetween(paidAt, gateway.clock.now()) > SANDBOX_REFUND_WINDOW_DAYS) return refuse('39');
  return null;
}

function checkVoid(gateway: Gateway, request: Request, original: Order): Refused | null {
  if (original.undone.minor > 0n) return refuse('45');
  const paidAt = original.settledAt ?? original.orderedAt;
  if (clearingDay(paidAt) !== clearingDay(gateway.clock.now())) return refuse('39');
  if (BigInt(request.amountFen) !== original.amount.minor) return refuse('36');
  return null;
}
