import { SANDBOX_REFUND_WINDOW_DAYS } from '../../../base/limits.ts';
import type { NewOrder, Order } from '../ground/order.ts';
import { reverseOrder } from '../ground/payments.ts';
import { fitRefund, takeRefund } from '../ground/refunds.ts';
import type { Fields } from './form.ts';
import { type Decision, type Gateway, type Refused, refuse } from './gateway.ts';
import { toQueryId, transactionKey } from './numbers.ts';
import { clearingDay, daysBetween } from './stamp.ts';
import { findNamesake, toNewOrder } from './take-payment.ts';

/** Accepts a refund (04) or a void (31); it finishes by itself after `refundDelayMs` and is then told. */
export function takeUndo(gateway: Gateway, fields: Fields, what: 'refund' | 'void'): Decision {
  const request = toNewOrder(fields, what, 'refund');
  if (findNamesake(gateway, request) !== undefined) return refuse('12');
  const original = findOriginal(gateway, fields);
  if (original === undefined) return refuse('35');
  const refusal = what === 'refund' ? checkRefund(gateway, request, original) : checkVoid(gateway, request, original);
  if (refusal !== null) return refusal;
  const walletId = toQueryId(request.wire.txnTime ?? '', gateway.books.nextSequence());
  takeRefund(gateway, request, original, { walletId, atOnce: false });
  const told = { queryId: walletId, origQryId: original.walletId, txnAmt: request.amountFen };
  return { kind: 'answer', respCode: '00', fields: told };
}

/**
 * Only charged payment codes can be reversed, paid or not, on their clearing day, and not once a part went back. The gateway
 * cannot see what the merchant does not know. UnionPay 5.1.0, 冲正.
 */
export function takeReversal(gateway: Gateway, fields: Fields): Decision {
  const { merId = '', orderId = '', txnTime = '' } = fields;
  const original = gateway.books.find(transactionKey({ merId, orderId, txnTime }));
  if (original === undefined || original.kind !== 'payment') return refuse('35');
  if (original.via !== 'code') return refuse('32', '该产品不支持冲正');
  if (original.state === 'reversed') return refuse('46');
  if (original.state === 'failed' || original.state === 'closed') return refuse('35');
  if (original.undone.minor > 0n) return refuse('45');
  const from = original.settledAt ?? original.orderedAt;
  if (clearingDay(from) !== clearingDay(gateway.clock.now())) return refuse('39');
  reverseOrder(gateway, original);
  return { kind: 'answer', respCode: '00' };
}

function findOriginal(gateway: Gateway, fields: Fields): Order | undefined {
  const { merId = '', origOrderId = '', origTxnTime = '' } = fields;
  const original = fields.origQryId
    ? gateway.books.findByWalletId(fields.origQryId)
    : gateway.books.find(transactionKey({ merId, orderId: origOrderId, txnTime: origTxnTime }));
  const isPaid = original?.merchantNo === merId && original.kind === 'payment' && original.state === 'succeeded';
  return isPaid ? original : undefined;
}

// UnionPay is not consistent about the code for too much: 45 when nothing is left, 36 above the whole, 33 above the rest.
function checkRefund(gateway: Gateway, request: NewOrder, original: Order): Refused | null {
  const fit = fitRefund(original, BigInt(request.amountFen));
  if (fit === 'nothing_left') return refuse('45');
  if (fit === 'above_whole') return refuse('36', '退货金额大于原交易金额');
  if (fit === 'above_rest') return refuse('33', '累计退货金额大于原交易金额');
  const paidAt = original.settledAt ?? original.orderedAt;
  if (daysBetween(paidAt, gateway.clock.now()) > SANDBOX_REFUND_WINDOW_DAYS) return refuse('39');
  return null;
}

function checkVoid(gateway: Gateway, request: NewOrder, original: Order): Refused | null {
  if (original.undone.minor > 0n) return refuse('45');
  const paidAt = original.settledAt ?? original.orderedAt;
  if (clearingDay(paidAt) !== clearingDay(gateway.clock.now())) return refuse('39');
  if (BigInt(request.amountFen) !== original.amount.minor) return refuse('36');
  return null;
}
