import { formatMinor, MINOR_MAX } from '../../../money/money.ts';
import { type Fault, faultCode } from '../ground/fault.ts';
import { type NewOrder, type Order, orderKey } from '../ground/order.ts';
import { payPath } from '../ground/page.ts';
import { chargeCode, readPaymentCode } from '../ground/payment-codes.ts';
import {
  closeOrder,
  findRepeat,
  isPayable,
  note,
  refuseAtOnce,
  reverseOrder,
  takePayment,
} from '../ground/payments.ts';
import { personOf, tradeNode, tradeStatus, wasPaid } from './describe.ts';
import { type Call, type Decision, done, type Gateway, gatewayNode, refuse, textOf } from './gateway.ts';
import { daysBetween, fromStamp, timeoutAt, toStamp } from './stamp.ts';

export type Way = 'page' | 'wap' | 'app' | 'precreate' | 'create' | 'charge';

const USUAL_OPEN_MS = 15 * 24 * 3_600_000;
const FEN_MAX = 10_000_000_000n;

/** Places an order. The same one again is answered with how it stands; another one under its number is refused. */
export function place(gateway: Gateway, call: Call, way: Way, fault: Fault | null): Decision {
  const request = toNewOrder(call, way);
  const openUntil = openUntilOf(gateway, call);
  if (request === null || openUntil === null) return refuse('ACQ.INVALID_PARAMETER');
  const repeat = findRepeat(gateway, request.key, request.fingerprint);
  if (repeat.kind === 'differs') return refuse('ACQ.CONTEXT_INCONSISTENT');
  if (repeat.kind === 'same') return standing(gateway, call, repeat.order, way, fault);
  if (openUntil <= gateway.clock.now()) return refuse('ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR');
  const code = textOf(call.content, 'auth_code');
  if (way === 'charge' && readPaymentCode(gateway, code) === null) return refuse('ACQ.PAYMENT_AUTH_CODE_INVALID');
  if (way === 'create' && !isKnownBuyer(call)) return refuse('ACQ.INVALID_PARAMETER');
  if (way === 'precreate') request.wire.qrCode = `bax${gateway.random.bytes(12).toString('hex')}`;
  const order = takePayment(gateway, request, openUntil);
  // Nobody waits for an answer where the order comes from a browser or an app: its buyer is refused when confirming.
  const refusedFor = way === 'precreate' || way === 'create' ? refuseAtOnce(gateway, order) : null;
  if (refusedFor !== null) return refuse(refusedFor);
  // A code to scan makes no trade before somebody scans it.
  if (way !== 'precreate') open(gateway, order);
  if (way !== 'charge') return placed(gateway, order, way);
  const told = chargeCode(gateway, order, code);
  if (told === '10000') return done(chargeNode(gateway, call, order, fault));
  const trade = { trade_no: order.wire.tradeNo, out_trade_no: order.orderNo };
  if (told === '10003') return { kind: 'node', node: { ...gatewayNode('10003'), ...trade } };
  return refuse(told, trade);
}

/** Somebody has opened the order: from now on it is a trade with a number. */
export function open(gateway: Gateway, order: Order): void {
  if (order.wire.tradeNo === undefined) note(gateway, order, { tradeNo: toTradeNo(order) });
}

export function query(gateway: Gateway, call: Call, fault: Fault | null): Decision {
  const order = findTrade(gateway, call);
  if (order === undefined) return noTrade(call);
  const state = fault?.kind === 'state' ? String(fault.value) : tradeStatus(gateway, order);
  const paidAt = wasPaid(order) ? { send_pay_date: toStamp(order.settledAt ?? order.orderedAt) } : {};
  const { voucher_detail_list: vouchers, ...node } = tradeNode(call.merchant, order, fault);
  // Told only to who asks for it. Source: alipay.trade.query, query_options.
  const options = call.content.query_options;
  const wants = vouchers !== undefined && Array.isArray(options) && options.includes('voucher_detail_list');
  const told = wants ? { ...node, voucher_detail_list: vouchers } : node;
  return done({ ...told, trade_status: state, ...paidAt });
}

export function close(gateway: Gateway, call: Call): Decision {
  const order = findTrade(gateway, call);
  if (order === undefined) return refuse('ACQ.TRADE_NOT_EXIST');
  if (!isPayable(gateway, order)) return refuse('ACQ.REASON_TRADE_STATUS_INVALID');
  closeOrder(gateway, order);
  return done({ trade_no: order.wire.tradeNo, out_trade_no: order.orderNo });
}

/** Undoes a trade as a whole, within a day. A number that nobody knows is answered as done, without an action. */
export function cancel(gateway: Gateway, call: Call): Decision {
  const order = findTrade(gateway, call);
  if (order === undefined) return done({ out_trade_no: textOf(call.content, 'out_trade_no'), retry_flag: 'N' });
  const names = { trade_no: order.wire.tradeNo, out_trade_no: order.orderNo };
  if (daysBetween(order.orderedAt, gateway.clock.now()) > 1) return refuse('ACQ.TRADE_CANCEL_TIME_OUT', names);
  if (order.undone.minor > 0n) return refuse('ACQ.REASON_TRADE_STATUS_INVALID', names);
  const action = wasPaid(order) ? 'refund' : 'close';
  if (order.state === 'open' || order.state === 'succeeded') reverseOrder(gateway, order);
  return done({ ...names, retry_flag: 'N', action });
}

/** By out_trade_no, or by trade_no, which wins. What nobody has opened is no trade. */
export function findTrade(gateway: Gateway, call: Call): Order | undefined {
  const tradeNo = textOf(call.content, 'trade_no');
  const key = orderKey('payment', call.merchant.sellerId, textOf(call.content, 'out_trade_no'));
  const order = tradeNo === '' ? gateway.books.find(key) : gateway.books.findByWire('tradeNo', tradeNo);
  const isOurs = order?.merchantNo === call.merchant.sellerId && order.kind === 'payment';
  return isOurs && order.wire.tradeNo !== undefined ? order : undefined;
}

function standing(gateway: Gateway, call: Call, order: Order, way: Way, fault: Fault | null): Decision {
  if (way === 'page' || way === 'wap' || way === 'app') return placed(gateway, order, way);
  if (order.state === 'succeeded') return refuse('ACQ.TRADE_HAS_SUCCESS');
  if (!isPayable(gateway, order)) return refuse('ACQ.TRADE_HAS_CLOSE');
  if (way !== 'charge') return placed(gateway, order, way);
  const node = { ...gatewayNode(faultCode(fault) ?? '10003'), ...tradeNode(call.merchant, order, null) };
  return { kind: 'node', node };
}

function placed(gateway: Gateway, order: Order, way: Exclude<Way, 'charge'>): Decision {
  if (way === 'precreate') {
    return done({ out_trade_no: order.orderNo, qr_code: `${gateway.url}/qr/${order.wire.qrCode ?? ''}` });
  }
  if (way === 'create') return done({ out_trade_no: order.orderNo, trade_no: order.wire.tradeNo });
  return { kind: 'page', path: payPath(order) };
}

function chargeNode(gateway: Gateway, call: Call, order: Order, fault: Fault | null): Record<string, unknown> {
  const paidAt = toStamp(order.settledAt ?? gateway.clock.now());
  return { ...tradeNode(call.merchant, order, fault), gmt_payment: paidAt };
}

function noTrade(call: Call): Decision {
  const nothing = { buyer_pay_amount: '0.00', invoice_amount: '0.00', point_amount: '0.00', receipt_amount: '0.00' };
  return refuse('ACQ.TRADE_NOT_EXIST', { ...nothing, out_trade_no: textOf(call.content, 'out_trade_no') });
}

/** 28 digits: the day, a fixed middle, a running number. */
function toTradeNo(order: Order): string {
  const day = toStamp(order.orderedAt).slice(0, 10).replaceAll('-', '');
  return `${day}22001400${String(order.sequence).padStart(12, '0')}`;
}

/** Null when something that every order needs is missing or not as documented. */
function toNewOrder(call: Call, way: Way): NewOrder | null {
  const text = (name: string) => textOf(call.content, name);
  const orderNo = text('out_trade_no');
  const amountFen = readFen(text('total_amount'));
  const subject = text('subject');
  if (!/^[0-9A-Za-z_]{1,64}$/.test(orderNo) || amountFen === null) return null;
  if (subject === '' || subject.length > 256 || /[/=&]/.test(subject)) return null;
  if (way === 'charge' && text('scene') !== 'bar_code') return null;
  const { merchant, params } = call;
  const notifyUrl = params.notify_url ?? '';
  return {
    key: orderKey('payment', merchant.sellerId, orderNo),
    kind: 'payment',
    merchantNo: merchant.sellerId,
    orderNo,
    amountFen: amountFen.toString(),
    subject,
    via: way === 'charge' ? 'code' : way,
    notifyUrl: notifyUrl === '' ? null : notifyUrl,
    returnUrl: params.return_url ?? null,
    fingerprint: JSON.stringify([way, amountFen.toString(), subject]),
    wire: { appId: merchant.appId, ...(text('passback_params') ? { passback: text('passback_params') } : {}) },
  };
}

/** Yuan with up to two decimals, from 0.01 to 100,000,000, in fen. */
export function readFen(text: string): bigint | null {
  const parts = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text);
  if (parts === null) return null;
  const fen = BigInt(parts[1] ?? '') * 100n + BigInt((parts[2] ?? '').padEnd(2, '0'));
  return fen > 0n && fen <= FEN_MAX && fen < MINOR_MAX ? fen : null;
}

/** time_expire wins over timeout_express. */
function openUntilOf(gateway: Gateway, call: Call): Date | null {
  const expire = textOf(call.content, 'time_expire');
  const express = textOf(call.content, 'timeout_express');
  if (expire !== '') return fromStamp(expire);
  if (express !== '') return timeoutAt(express, gateway.clock.now());
  return new Date(gateway.clock.now().getTime() + USUAL_OPEN_MS);
}

function isKnownBuyer(call: Call): boolean {
  const { user_id, open_id } = personOf(call.merchant);
  const buyer = textOf(call.content, 'buyer_id') || textOf(call.content, 'buyer_open_id');
  return buyer === (user_id ?? open_id);
}

export function yuan(order: Order): string {
  return formatMinor(order.amount);
}
