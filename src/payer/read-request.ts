import { readStrictJson } from '../base/strict-json.ts';
import { type Members, membersOf, readOrderNo, readText, readTime } from '../wallets/open/parse.ts';

/*
 * The bodies of the protocol, read whole or not at all: null is `malformed`. docs/open-wallet-protocol.md, "Amounts, times, numbers".
 */

export interface NewOrderRequest {
  amountMinor: bigint;
  scene: string;
  subject: string;
  expiresAt: Date;
  notifyUrl: string;
  returnUrl: string;
  payerId: string | null;
  paymentCode: string | null;
}

export interface NewRefundRequest {
  orderNo: string;
  method: 'refund' | 'void';
  amountMinor: bigint;
  notifyUrl: string;
}

const ORDER_MEMBERS = [
  'amount',
  'scene',
  'subject',
  'expires_at',
  'notify_url',
  'return_url',
  'buyer_ip',
  'payer_id',
  'payment_code',
];
const ADDRESS_CHARS_MAX = 512;
const SUBJECT_LETTERS_MAX = 120;

/** The members of a request's body; null where it is no JSON object, or not the one there should be. */
export function readMembers(request: {
  method: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}): Members | null {
  if (request.method === 'GET') return request.body.length === 0 ? {} : null;
  if (!/^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(request.headers['content-type'] ?? ''))
    return null;
  try {
    return membersOf(readStrictJson(request.body));
  } catch {
    return null;
  }
}

export function readNewOrder(members: Members): NewOrderRequest | null {
  if (!hasExactly(members, ORDER_MEMBERS)) return null;
  const amountMinor = readFen(members['amount']);
  const scene = readText(members['scene'], 16);
  const subject = readSubject(members['subject']);
  const expiresAt = readTime(members['expires_at']);
  const notifyUrl = readAddress(members['notify_url']);
  const returnUrl = readAddress(members['return_url']);
  const [payerId, paymentCode, buyerIp] = [
    readOptional(members['payer_id'], 64),
    readOptional(members['payment_code'], 32),
    readOptional(members['buyer_ip'], 64),
  ];
  if (amountMinor === null || scene === null || subject === null || !expiresAt) return null;
  if (notifyUrl === null || returnUrl === null) return null;
  if (payerId === undefined || paymentCode === undefined || buyerIp === undefined) return null;
  if ((scene === 'code') !== (paymentCode !== null) || (scene === 'jsapi') !== (payerId !== null)) return null;
  return { amountMinor, scene, subject, expiresAt, notifyUrl, returnUrl, payerId, paymentCode };
}

/** The amount that close and undo name. */
export function readEnd(members: Members): bigint | null {
  return hasExactly(members, ['amount']) ? readFen(members['amount']) : null;
}

export function readNewRefund(members: Members): NewRefundRequest | null {
  if (!hasExactly(members, ['order_no', 'method', 'amount', 'notify_url'])) return null;
  const orderNo = readOrderNo(members['order_no']);
  const amountMinor = readFen(members['amount']);
  const notifyUrl = readAddress(members['notify_url']);
  const method = members['method'];
  if (orderNo === null || amountMinor === null || notifyUrl === null) return null;
  if (method !== 'refund' && method !== 'void') return null;
  return { orderNo, method, amountMinor, notifyUrl };
}

export function readPayerCode(members: Members): string | null {
  return hasExactly(members, ['code']) ? readText(members['code'], 128) : null;
}

/** `{"currency":"CNY","minor":"1234"}`, 1 to 999999999999 fen, in a text without leading zeros. */
function readFen(input: unknown): bigint | null {
  const amount = membersOf(input);
  if (amount === null || !hasExactly(amount, ['currency', 'minor']) || amount['currency'] !== 'CNY') return null;
  const minor = amount['minor'];
  return typeof minor === 'string' && /^[1-9]\d{0,11}$/.test(minor) ? BigInt(minor) : null;
}

function readSubject(input: unknown): string | null {
  const subject = readText(input, SUBJECT_LETTERS_MAX * 2);
  return subject !== null && Array.from(subject).length <= SUBJECT_LETTERS_MAX ? subject : null;
}

/** An address without name and password in it; letters that a parser would drop or turn are refused. */
export function readAddress(input: unknown): string | null {
  const text = readText(input, ADDRESS_CHARS_MAX);
  if (text === null || !/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return null;
  return new URL(text).username === '' && new URL(text).password === '' ? text : null;
}

/** Undefined is "not so", null is a null. */
function readOptional(input: unknown, charsMax: number): string | null | undefined {
  return input === null ? null : (readText(input, charsMax) ?? undefined);
}

function hasExactly(members: Members, names: readonly string[]): boolean {
  const given = Object.keys(members);
  return given.length === names.length && names.every((name) => Object.hasOwn(members, name));
}
