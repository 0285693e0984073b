import { SANDBOX_ORDER_OPEN_MINUTES } from '../../../base/limits.ts';
import type { NewOrder, Order } from '../ground/order.ts';
import { payPath } from '../ground/page.ts';
import { refuseAtOnce, takePayment as takeOrder } from '../ground/payments.ts';
import { type Fields, readBraces } from './form.ts';
import { type Decision, type Gateway, refuse } from './gateway.ts';
import { toTn, transactionKey } from './numbers.ts';
import { newCodeNumber, shownCodeOf } from './shown-code.ts';
import { fromStamp } from './stamp.ts';

/** What is kept of a request besides what every wallet keeps. */
const KEPT = [
  'txnTime',
  'txnType',
  'txnSubType',
  'bizType',
  'accessType',
  'channelType',
  'encoding',
  'frontUrl',
  'frontFailUrl',
  'reqReserved',
];

/** Takes an order that waits for its payer. The same orderId on the same day is answered 12. */
export function takePayment(gateway: Gateway, fields: Fields, via: 'front' | 'app' | 'qr' | 'jsapi'): Decision {
  const request = toNewOrder(fields, via, 'payment');
  if (findNamesake(gateway, request) !== undefined) return refuse('12');
  const { clock, books } = gateway;
  if (via === 'app') request.wire.tn = toTn(request.wire.txnTime ?? '', books.nextSequence());
  if (via === 'qr') request.wire.codeNumber = newCodeNumber(gateway.random);
  const usual = new Date(clock.now().getTime() + SANDBOX_ORDER_OPEN_MINUTES * 60_000);
  const order = takeOrder(gateway, request, fromStamp(fields.payTimeout ?? '') ?? usual);
  // A browser is not told no before its payer confirms: by then nobody waits for an answer.
  const refusedFor = via === 'front' ? null : refuseAtOnce(gateway, order);
  if (refusedFor !== null) return refuse(refusedFor);
  switch (via) {
    case 'front':
      return { kind: 'page', path: payPath(order) };
    case 'app':
      return { kind: 'answer', respCode: '00', fields: { tn: order.wire.tn } };
    case 'qr':
      return { kind: 'answer', respCode: '00', fields: { qrCode: shownCodeOf(gateway, order) } };
    case 'jsapi':
      return { kind: 'answer', respCode: '00', fields: { payUrl: gateway.url + payPath(order) } };
    default:
      return via satisfies never;
  }
}

/** An orderId is used up for the day of its txnTime, whatever it was used for. */
export function findNamesake(gateway: Gateway, request: NewOrder): Order | undefined {
  const day = (order: NewOrder) => (order.wire.txnTime ?? '').slice(0, 8);
  return gateway.books
    .listByOrderNo(request.orderNo)
    .find((order) => order.merchantNo === request.merchantNo && day(order) === day(request));
}

/** Fields that passed the checks, as they are kept. */
export function toNewOrder(fields: Fields, via: string, kind: NewOrder['kind']): NewOrder {
  const text = (name: string) => fields[name] ?? '';
  const kept = KEPT.filter((name) => fields[name]).map((name): [string, string] => [name, text(name)]);
  const name = { merId: text('merId'), orderId: text('orderId'), txnTime: text('txnTime') };
  return {
    key: transactionKey(name),
    kind,
    merchantNo: name.merId,
    orderNo: name.orderId,
    amountFen: BigInt(text('txnAmt')).toString(),
    subject: readBraces(fields.riskRateInfo).commodityName || null,
    via,
    notifyUrl: fields.backUrl || null,
    returnUrl: fields.frontUrl || null,
    // The same request again is recognised by its own signature.
    fingerprint: text('signature'),
    // Sensitive values are to be encrypted in what we send to whoever encrypts.
    wire: { ...Object.fromEntries(kept), ...(fields.encryptCertId ? { encrypted: 'yes' } : {}) },
  };
}
