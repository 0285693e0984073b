import type { Money } from '../../../money/money.ts';
import type { GivenDiscount, KeptDiscount } from './discounts.ts';

/** What a merchant asked for, as it stays in the books. */
export interface NewOrder {
  /** Names the order in the books for good: see `orderKey`. */
  key: string;
  kind: 'payment' | 'refund';
  merchantNo: string;
  /** The merchant's number of this payment or refund. */
  orderNo: string;
  amountFen: string;
  subject: string | null;
  /** The way in: front, app, qr, jsapi, code; for refunds what the wallet calls the request. */
  via: string;
  /** Null where the wallet tells nobody. */
  notifyUrl: string | null;
  /** Where the buyer's browser goes afterwards. */
  returnUrl: string | null;
  /** Equal for requests that ask for the same: a repeat is told from a changed one by it. */
  fingerprint: string;
  /** What else the wallet has to remember of the request; it may add to it later. */
  wire: Record<string, string>;
}

/** One transaction of the books: a payment or a refund. */
export interface Order extends NewOrder {
  /** Counts all orders from 1. */
  sequence: number;
  amount: Money;
  orderedAt: Date;
  /** Payments: the last moment to pay. */
  openUntil: Date;
  /** Lets the page's forms through; nobody can guess it. */
  token: string;
  /** The wallet's own number of the transaction; null until there is one. */
  walletId: string | null;
  /** Refunds: the key of the payment that they undo. */
  originalKey: string | null;
  /**
   * open: may still be paid, or is being worked on (refunds). closed: will never be paid. reversed: a payment that was
   * undone as a whole, paid or not, before anybody counted on it.
   */
  state: 'open' | 'succeeded' | 'failed' | 'closed' | 'reversed';
  /** The last answer about the money in the wallet's own code; a payment stays open after a failed try. */
  lastCode: string | null;
  /** When it succeeded or failed for good. */
  settledAt: Date | null;
  /** When a payment was closed or reversed. */
  endedAt: Date | null;
  cardIndex: number;
  /** Payments: what was taken off when it was paid. Refunds: what goes back of that. */
  discounts: readonly GivenDiscount[];
  /** Payments: refunds that were accepted and did not fail. */
  undone: Money;
  /** Payments: refunds that have finished, and what a reversal gave back. */
  refunded: Money;
  /** Deliveries of the notification so far, and whether one was taken. */
  told: { tries: number; lastAt: Date | null; acknowledged: boolean };
}

/** A line of the books; everything is rebuilt from these. Instants are ISO 8601. */
export type BookLine =
  | {
      line: 'ordered';
      at: string;
      sequence: number;
      openUntil: string;
      token: string;
      walletId: string | null;
      originalKey: string | null;
      request: NewOrder;
      /** Refunds; left out where nothing was taken off. */
      discounts?: KeptDiscount[];
    }
  | {
      line: 'settled';
      key: string;
      at: string;
      code: string;
      walletId: string;
      cardIndex: number;
      wire: Record<string, string>;
      /** Payments; left out where nothing was taken off. */
      discounts?: KeptDiscount[];
    }
  | { line: 'refused'; key: string; at: string; code: string; final: boolean }
  | { line: 'closed'; key: string; at: string }
  | { line: 'reversed'; key: string; at: string }
  | { line: 'noted'; key: string; wire: Record<string, string> }
  | { line: 'told'; key: string; at: string; acknowledged: boolean }
  | { line: 'code'; code: string; at: string; buyer: CodeBuyer }
  /** `key` is the order that was charged to it. */
  | { line: 'code_used'; code: string; key: string };

/** What the buyer behind a payment code does: pays at once, has to enter the PIN, cannot pay. */
export type CodeBuyer = (typeof CODE_BUYERS)[number];
export const CODE_BUYERS = ['pays', 'asks_pin', 'declines'] as const;

/** The usual key. `within` narrows it where a number is unique only within something, such as a day or a payment. */
export function orderKey(kind: NewOrder['kind'], merchantNo: string, orderNo: string, within = ''): string {
  return [kind, merchantNo, orderNo, within].join('|');
}
