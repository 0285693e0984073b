import { createHash } from 'node:crypto';
import type { Random } from '../../../base/random.ts';
import type { Order } from '../ground/order.ts';
import type { Gateway } from './gateway.ts';
import { newDigits } from './mint.ts';
import { toDigits } from './stamp.ts';

/** `wx`, the second in Beijing and 20 hex digits, 36 characters as in live traffic. */
export function newPrepayId(gateway: Gateway): string {
  return `wx${toDigits(gateway.clock.now())}${gateway.random.bytes(10).toString('hex')}`;
}

/** The text of a QR code for WeChat's scanner. */
export function newCodeUrl(gateway: Gateway): string {
  return `weixin://wxpay/bizpayurl?pr=${gateway.random.bytes(7).toString('base64url')}z1`;
}

/** 28 digits: a kind, the day and a running number. */
export function toTransactionId(gateway: Gateway, sequence: number): string {
  return `42000${newDigits(gateway.random, 5)}${toDigits(gateway.clock.now()).slice(0, 8)}${pad(sequence)}`;
}

export function toRefundId(gateway: Gateway, sequence: number): string {
  return `50300${newDigits(gateway.random, 5)}${toDigits(gateway.clock.now()).slice(0, 8)}${pad(sequence)}`;
}

/** 18 digits beginning 10 to 15. */
export function newPaymentCode(random: Random): string {
  return `1${(random.bytes(1)[0] ?? 0) % 6}${newDigits(random, 16)}`;
}

/** A person is known to each appid by another name. */
export function openidOf(appid: string, person: string): string {
  return `o${createHash('sha256').update(`${appid}|${person}`).digest('base64url').slice(0, 27)}`;
}

/** The pretend person who holds the phone. */
export const PERSON = 'person-1';

/** The same for every delivery of one notification, in the form of a UUID. */
export function notificationId(order: Order): string {
  const hex = createHash('sha256').update(`notification|${order.key}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

function pad(sequence: number): string {
  return String(sequence % 10_000_000_000).padStart(10, '0');
}
