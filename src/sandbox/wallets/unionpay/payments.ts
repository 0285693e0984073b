import { SANDBOX_ORDER_OPEN_MINUTES } from '../../../base/limits.ts';
import { cardAt } from './cards.ts';
import { type Fields, readBraces } from './form.ts';
import { type Decision, type Gateway, refuse } from './gateway.ts';
import { type Order, type Request, orderKey } from './orders.ts';
import { clearingDay, fromStamp } from './stamp.ts';

/** A payment that somebody wanted to move in a way that its state does not allow. */
export class OrderStateError extends Error {}

/** Takes a front or app order: it can be paid from now on. The same orderId on the same day is answered 12. */
export function takePayment(gateway: Gateway, fields: Fields, via: 'front' | 'app'): Decision {
  const request = toRequest(fields, via, '01');
  const taken = findNamesake(gateway, request);
  if (taken !== undefined) return refuse('12');
  const { clock, books, random } = gateway;
  const now = clock.now();
  const sequence = books.nextSequence();
  const token = random.bytes(18).toString('base64url');
  // 21 digits: the second and a running number.
  const tn = via === 'app' ? request.txnTime + String(sequence % 10_000_000).padStart(7, '0') : null;
  const openUntil = fromStamp(fields.payTimeout ?? '') ?? new Date(now.getTime() + SANDBOX_ORDER_OPEN_MINUTES * 60_000);
  books.record({
    line: 'ordered',
    key: orderKey(request),
    sequence,
    at: now.toISOString(),
    openUntil: openUntil.toISOString(),
    token,
    tn,
    queryId: null,
    originalKey: null,
    request,
  });
  return via === 'front' ? { kind: 'page', token } : { kind: 'answer', respCode: '00', fields: { tn } };
}

/**
 * The payer pays. Answers `00` or `A6` when the money moved, else the issuer's code; the order then stays open until its
 * time is over. `late` is the bank whose success arrives after the time-out.
 * @throws OrderStateError when the order is paid, closed or past its time
 */
export function payOrder(
  gateway: Gateway,
  order: Order,
  how: { cardIndex: number; respCode?: string; late?: boolean },
): string {
  if (order.txnType !== '01') throw new OrderStateError(`${order.orderId} is not a payment`);
  if (order.state === 'succeeded') throw new OrderStateError(`${order.orderId} is paid already`);
  if (how.late !== true && !isPayable(gateway, order)) throw new OrderStateError(`${order.orderId} is past its time`);
  const fault = gateway.faults.take('outcome', order.orderId);
  const respCode = how.respCode ?? (fault?.value === undefined ? null : String(fault.value));
  const code = respCode ?? cardAt(how.cardIndex).refusal ?? '00';
  if (code !== '00' && code !== 'A6') {
    declineOrder(gateway, order, code);
    return code;
  }
  settle(gateway, order, code, how.cardIndex);
  return code;
}

/** The payer's try fails; another may succeed until payTimeout. @throws OrderStateError when the order is not open */
export function declineOrder(gateway: Gateway, order: Order, respCode: string): void {
  if (order.txnType !== '01' || order.state !== 'open') throw new OrderStateError(`${order.orderId} is not open`);
  const at = gateway.clock.now().toISOString();
  gateway.books.record({ line: 'refused', key: order.key, at, respCode });
}

/** The time to pay is over, now. @throws OrderStateError when the order is not open */
export function expireOrder(gateway: Gateway, order: Order): void {
  if (order.txnType !== '01' || order.state !== 'open') throw new OrderStateError(`${order.orderId} is not open`);
  gateway.books.record({ line: 'closed', key: order.key, at: gateway.clock.now().toISOString() });
}

export function isPayable(gateway: Gateway, order: Order): boolean {
  return order.txnType === '01' && order.state === 'open' && gateway.clock.now() <= order.openUntil;
}

/** The money has moved: numbers are given, the merchant is told. */
export function settle(gateway: Gateway, order: Order, respCode: string, cardIndex: number): void {
  const now = gateway.clock.now();
  gateway.books.record({
    line: 'settled',
    key: order.key,
    at: now.toISOString(),
    respCode,
    queryId: order.queryId ?? toQueryId(order.txnTime, order.sequence),
    traceNo: toTraceNo(order),
    settleDate: clearingDay(now).slice(4),
    cardIndex,
  });
  gateway.notifier.begin(order);
}

/** An orderId is used up for the day of its txnTime, whatever it was used for. */
export function findNamesake(gateway: Gateway, request: Request): Order | undefined {
  return gateway.books
    .listByOrderId(request.orderId)
    .find((order) => order.merId === request.merId && order.txnTime.slice(0, 8) === request.txnTime.slice(0, 8));
}

/** 21 digits as in captured messages: two digits, the txnTime as yymmddhhmmss, six running digits, `8`. */
export function toQueryId(txnTime: string, sequence: number): string {
  const lead = String(Math.floor(sequence / 1_000_000) % 100).padStart(2, '0');
  return `${lead}${txnTime.slice(2)}${String(sequence % 1_000_000).padStart(6, '0')}8`;
}

/** Fields that passed the checks, as they are kept. */
export function toRequest(fields: Fields, via: Request['via'], txnType: Request['txnType']): Request {
  const text = (name: string) => fields[name] ?? '';
  const goods = readBraces(fields.riskRateInfo).commodityName;
  return {
    merId: text('merId'),
    orderId: text('orderId'),
    txnTime: text('txnTime'),
    via,
    txnType,
    txnSubType: text('txnSubType'),
    bizType: text('bizType'),
    accessType: text('accessType'),
    channelType: text('channelType'),
    encoding: text('encoding'),
    amountFen: BigInt(text('txnAmt')).toString(),
    backUrl: text('backUrl'),
    ...(fields.frontUrl ? { frontUrl: fields.frontUrl } : {}),
    ...(fields.frontFailUrl ? { frontFailUrl: fields.frontFailUrl } : {}),
    ...(fields.reqReserved ? { reqReserved: fields.reqReserved } : {}),
    ...(goods ? { subject: goods } : {}),
    encrypted: Boolean(fields.encryptCertId),
    signature: text('signature'),
  };
}

/** In refunds the trace number differs from the digits inside the queryId, in payments it is the same. */
function toTraceNo(order: Order): string {
  const shift = order.originalKey === null ? 0 : 371_293;
  return String((order.sequence + shift) % 1_000_000).padStart(6, '0');
}
