import type { Order } from '../ground/order.ts';
import type { Gateway } from './gateway.ts';
import { clearingDay } from './stamp.ts';

/** A transaction's name at UnionPay, whatever it is: merchant, number and second. */
export function transactionKey(name: { merId: string; orderId: string; txnTime: string }): string {
  return `${name.merId}|${name.orderId}|${name.txnTime}`;
}

/** 21 digits as in captured messages: two digits, the txnTime as yymmddhhmmss, six running digits, `8`. */
export function toQueryId(txnTime: string, sequence: number): string {
  const lead = String(Math.floor(sequence / 1_000_000) % 100).padStart(2, '0');
  return `${lead}${txnTime.slice(2)}${String(sequence % 1_000_000).padStart(6, '0')}8`;
}

/** 21 digits for the app SDK: the second and a running number. */
export function toTn(txnTime: string, sequence: number): string {
  return txnTime + String(sequence % 10_000_000).padStart(7, '0');
}

/** What is fixed when the money moves. */
export function settledNumbers(gateway: Gateway, order: Order): { walletId: string; wire: Record<string, string> } {
  const { txnTime = '' } = order.wire;
  return {
    walletId: order.walletId ?? toQueryId(txnTime, order.sequence),
    wire: { traceNo: toTraceNo(order), settleDate: clearingDay(gateway.clock.now()).slice(4) },
  };
}

/** In refunds the trace number differs from the digits inside the queryId, in payments it is the same. */
function toTraceNo(order: Order): string {
  const shift = order.kind === 'payment' ? 0 : 371_293;
  return String((order.sequence + shift) % 1_000_000).padStart(6, '0');
}
