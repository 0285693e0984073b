import type { Clock } from '../../base/clock.ts';
import { PROBLEMS, type ProblemCode } from '../../wallets/open/codes.ts';
import type { Break } from './pretend-breaks.ts';

/** What every part of it works with. */
export interface Pretend {
  clock: Clock;
  url: string;
  merchantNo: string;
  breaks(what: Break): boolean;
  notify(url: string, about: () => object): void;
  /** The signature under a statement. */
  signText(text: string): string;
}

/** A refund in the books of the pretend wallet. */
export interface Refund {
  no: string;
  request: string;
  orderNo: string;
  method: string;
  minor: bigint;
  notifyUrl: string;
  state: 'accepted' | 'succeeded' | 'failed';
  reason: string | null;
  walletId: string | null;
  at: string | null;
}

/** An order in its books. */
export interface Order {
  no: string;
  request: string;
  scene: string;
  amount: { currency: string; minor: unknown };
  minor: bigint;
  state: 'open' | 'paid' | 'closed' | 'undone';
  reason: string | null;
  expiresAt: Date;
  notifyUrl: string;
  walletId: string | null;
  paidAt: string | null;
  refunded: bigint;
  /** Refunded, or on its way. */
  held: bigint;
}

export interface PretendBooks {
  orders: Map<string, Order>;
  refunds: Map<string, Refund>;
  codes: Map<string, { buyer: string; isUsed: boolean }>;
  payerCodes: Set<string>;
  isDayOver: boolean;
  count: number;
}

export interface Answer {
  status: number;
  body: Buffer;
  isProblem: boolean;
}

export type Json = Record<string, unknown>;

const books = new WeakMap<Pretend, PretendBooks>();

export function booksOf(wallet: Pretend): PretendBooks {
  const kept = books.get(wallet) ?? {
    orders: new Map<string, Order>(),
    refunds: new Map<string, Refund>(),
    codes: new Map<string, { buyer: string; isUsed: boolean }>(),
    payerCodes: new Set<string>(),
    isDayOver: false,
    count: 0,
  };
  books.set(wallet, kept);
  return kept;
}

export function answer(status: number, body: object | Buffer): Answer {
  return { status, body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)), isProblem: false };
}

export function problem(code: ProblemCode): Answer {
  const { status, isFinal } = PROBLEMS[code];
  return { ...answer(status, { title: code, status, code, final: isFinal }), isProblem: true };
}

export function refuse(wallet: Pretend, code: ProblemCode): Answer {
  if (!wallet.breaks('error_without_code')) return problem(code);
  return { ...answer(PROBLEMS[code].status, { title: 'no' }), isProblem: true };
}

/** The members of an amount that may be, by what this wallet is willing to take. */
export function isAmount(wallet: Pretend, amount: unknown, isRefund = false): boolean {
  const { currency, minor } = (amount ?? {}) as Json; // looked at below
  if (currency !== 'CNY') return false;
  if (isRefund && wallet.breaks('refunds_nothing')) return true;
  if (typeof minor === 'number') return wallet.breaks('takes_numbers');
  if (typeof minor !== 'string') return false;
  if (/^[1-9]\d{0,11}$/.test(minor)) return true;
  if (isRefund) return false;
  if (minor === '0') return wallet.breaks('takes_nothing');
  if (minor.startsWith('-')) return wallet.breaks('takes_negative');
  return wallet.breaks(minor.startsWith('0') ? 'takes_zeros' : 'takes_decimals');
}
