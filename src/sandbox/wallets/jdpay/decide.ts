import { createHash } from 'node:crypto';
import { SANDBOX_ORDER_OPEN_MINUTES, SANDBOX_PAYMENT_CODE_SECONDS } from '../../../base/limits.ts';
import type { Fault } from '../ground/fault.ts';
import { type NewOrder, type Order, orderKey } from '../ground/order.ts';
import { chargeCode, readPaymentCode } from '../ground/payment-codes.ts';
import { closeOrder, declineOrder, isPayable, takePayment } from '../ground/payments.ts';
import { fitRefund, takeRefund } from '../ground/refunds.ts';
import { type Result, RESULTS } from './codes.ts';
import { paymentFacts, refundFacts, refundStatusOf } from './describe.ts';
import type { Operation } from './fields.ts';
import type { SandboxMerchant } from './keys.ts';
import type { Facts, Fields } from './message.ts';
import type { World } from './world.ts';

export interface Decision {
  result: Result;
  facts: Facts;
}

/** What a browser's order came to; `order` is also there where the same number is waiting already. */
export interface Saved {
  result: Result;
  order: Order | null;
}

/** Does what a checked call asks for. Synchronous: nothing comes between looking and recording. */
export function decide(
  world: World,
  operation: Exclude<Operation, 'saveOrder'>,
  merchant: SandboxMerchant,
  fields: Fields,
  fault: Fault | null,
): Decision {
  switch (operation) {
    case 'uniorder':
      return uniorder(world, merchant, fields);
    case 'fkmPay':
      return fkmPay(world, merchant, fields, fault);
    case 'query':
      return query(world, merchant, fields, fault);
    case 'queryRefund':
      return listRefunds(world, merchant, fields, fault);
    case 'refund':
    case 'revoke':
      return undo(world, operation, merchant, fields, fault);
    default:
      return operation satisfies never;
  }
}

/** A number is used once: the same order a second time is refused too. */
export function saveOrder(world: World, merchant: SandboxMerchant, fields: Fields, via: 'web' | 'wap'): Saved {
  const { ground } = world;
  const order = takeOrder(world, merchant, fields, via);
  if (order !== null) return { result: RESULTS.ok, order };
  const namesake = ground.books.find(orderKey('payment', merchant.merchantNo, fields.get('tradeNum') ?? ''));
  const isSame = namesake !== undefined && namesake.fingerprint === fingerprintOf(fields);
  return { result: RESULTS.repeated, order: isSame && isPayable(ground, namesake) ? namesake : null };
}

function uniorder(world: World, merchant: SandboxMerchant, fields: Fields): Decision {
  const isQr = fields.get('tradeType') === 'QR';
  const order = takeOrder(world, merchant, fields, isQr ? 'qr' : 'app');
  if (order === null) return refuse(RESULTS.repeated);
  const facts: Facts = [
    ['orderId', order.wire['orderId'] ?? ''],
    ['merchantName', merchant.name],
    ['amount', order.amountFen],
    ['expireTime', fields.get('expireTime') ?? String(SANDBOX_ORDER_OPEN_MINUTES * 60)],
    ['tradeNum', order.orderNo],
    ...(isQr ? [['qrCode', `${world.ground.url}/code?c=${order.wire['code']}`] as const] : []),
  ];
  return { result: RESULTS.ok, facts };
}

/** A code that is nobody's, was used or is too old fails its order, which stays in the books as failed. */
function fkmPay(world: World, merchant: SandboxMerchant, fields: Fields, fault: Fault | null): Decision {
  const { ground } = world;
  const order = takeOrder(world, merchant, fields, 'code');
  if (order === null) return refuse(RESULTS.repeated);
  const code = fields.get('token') ?? '';
  if (readPaymentCode(ground, code) === null) declineOrder(ground, order, 'bad_code', true);
  else chargeCode(ground, order, code);
  return { result: RESULTS.ok, facts: paymentFacts(ground, order, fault) };
}

function query(world: World, merchant: SandboxMerchant, fields: Fields, fault: Fault | null): Decision {
  const { ground } = world;
  const orderNo = fields.get('tradeNum') ?? '';
  if (fields.get('tradeType') === '0') {
    const order = ground.books.find(orderKey('payment', merchant.merchantNo, orderNo));
    if (order === undefined) return refuse(RESULTS.noOrder);
    return { result: RESULTS.ok, facts: paymentFacts(ground, order, fault) };
  }
  const order = ground.books.find(orderKey('refund', merchant.merchantNo, orderNo));
  const original = order === undefined ? undefined : ground.books.find(order.originalKey ?? '');
  if (order === undefined || original === undefined || original.orderNo !== fields.get('oTradeNum')) {
    return refuse(RESULTS.noOrder);
  }
  return { result: RESULTS.ok, facts: refundFacts(order, original, refundStatusOf(order), fault, '1') };
}

function listRefunds(world: World, merchant: SandboxMerchant, fields: Fields, fault: Fault | null): Decision {
  const { books } = world.ground;
  const original = books.find(orderKey('payment', merchant.merchantNo, fields.get('oTradeNum') ?? ''));
  if (original === undefined) return refuse(RESULTS.noOrder);
  const wanted = fields.get('tradeNum') ?? '';
  const shown = ['tradeNum', 'oTradeNum', 'amount', 'tradeTime', 'status'];
  const refunds = books
    .listRefunds(original)
    .filter((refund) => wanted === '' || refund.orderNo === wanted)
    .map((refund) => {
      const facts = refundFacts(refund, original, refundStatusOf(refund), fault, null).filter(([name]) =>
        shown.includes(name),
      );
      return ['refund', facts] as const;
    });
  return {
    result: RESULTS.ok,
    facts: [
      ['oTradeNum', original.orderNo],
      ['refList', refunds],
    ],
  };
}

/** A refund of a part or the whole; a revoke of the whole. A revoke of what is not paid closes it. */
function undo(
  world: World,
  operation: 'refund' | 'revoke',
  merchant: SandboxMerchant,
  fields: Fields,
  fault: Fault | null,
): Decision {
  const { ground } = world;
  const request = toUndo(operation, merchant, fields);
  if (isTaken(world, merchant, request.orderNo)) return refuse(RESULTS.repeated);
  const original = ground.books.find(orderKey('payment', merchant.merchantNo, fields.get('oTradeNum') ?? ''));
  if (original === undefined) return refuse(RESULTS.noOrder);
  const amountFen = BigInt(request.amountFen);
  const tradeType = operation === 'revoke' ? '2' : null;
  const without = (status: string): Decision => ({
    result: RESULTS.ok,
    facts: refundFacts(request, original, status, fault, tradeType),
  });
  if (operation === 'revoke' && isPayable(ground, original) && amountFen === original.amount.minor) {
    closeOrder(ground, original);
    return without('1');
  }
  if (original.state !== 'succeeded') return refuse(RESULTS.wrongState);
  const isWhole = amountFen === original.amount.minor;
  if (fitRefund(original, amountFen) !== 'fits' || (operation === 'revoke' && !isWhole)) return without('2');
  // Who is told of a revoke, which names no address of its own, is not documented: the payment's address is.
  const notifyUrl = operation === 'revoke' ? original.notifyUrl : request.notifyUrl;
  const order = takeRefund(ground, { ...request, notifyUrl }, original, {
    walletId: toWalletId(world),
    atOnce: ground.refundDelayMs === 0,
  });
  return { result: RESULTS.ok, facts: refundFacts(order, original, refundStatusOf(order), fault, tradeType) };
}

/** Null when the number is taken. */
function takeOrder(world: World, merchant: SandboxMerchant, fields: Fields, via: string): Order | null {
  const { ground } = world;
  const orderNo = fields.get('tradeNum') ?? '';
  if (isTaken(world, merchant, orderNo)) return null;
  const usualSeconds = via === 'code' ? SANDBOX_PAYMENT_CODE_SECONDS : SANDBOX_ORDER_OPEN_MINUTES * 60;
  const openSeconds = Number(fields.get('expireTime') ?? usualSeconds);
  const request: NewOrder = {
    key: orderKey('payment', merchant.merchantNo, orderNo),
    kind: 'payment',
    merchantNo: merchant.merchantNo,
    orderNo,
    amountFen: fields.get('amount') ?? '',
    subject: fields.get('tradeName') ?? null,
    via,
    notifyUrl: fields.get('notifyUrl') || null,
    returnUrl: fields.get('callbackUrl') || null,
    fingerprint: fingerprintOf(fields),
    wire: {
      tradeTime: fields.get('tradeTime') ?? '',
      note: fields.get('note') ?? '',
      orderId: toWalletId(world),
      code: ground.random.bytes(9).toString('hex'),
    },
  };
  return takePayment(ground, request, new Date(ground.clock.now().getTime() + openSeconds * 1000));
}

function toUndo(operation: 'refund' | 'revoke', merchant: SandboxMerchant, fields: Fields): NewOrder {
  const orderNo = fields.get('tradeNum') ?? '';
  return {
    key: orderKey('refund', merchant.merchantNo, orderNo),
    kind: 'refund',
    merchantNo: merchant.merchantNo,
    orderNo,
    amountFen: fields.get('amount') ?? '',
    subject: null,
    via: operation,
    notifyUrl: fields.get('notifyUrl') || null,
    returnUrl: null,
    fingerprint: fingerprintOf(fields),
    wire: { tradeTime: fields.get('tradeTime') ?? '', note: fields.get('note') ?? '' },
  };
}

/** Payments, refunds and revokes share their numbers. */
function isTaken(world: World, merchant: SandboxMerchant, orderNo: string): boolean {
  const { books } = world.ground;
  return (['payment', 'refund'] as const).some((kind) => books.find(orderKey(kind, merchant.merchantNo, orderNo)));
}

/** JD numbers transactions with 22 digits. */
function toWalletId(world: World): string {
  return `1029${String(world.ground.books.nextSequence()).padStart(18, '0')}`;
}

function fingerprintOf(fields: Fields): string {
  const pairs = [...fields].filter(([name]) => name !== 'sign').sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(pairs)).digest('hex');
}

function refuse(result: Result): Decision {
  return { result, facts: [] };
}
