import type { Sql, Tx } from '../db/connect.ts';
import type { Money } from '../money/money.ts';
import type { Refusal } from '../base/refusal.ts';

/*
 * How much may move: figures are dated rows of data, counters are reserved before anything is sent, in the transaction that records the
 * move, and kept while its outcome is unknown. Days, months and years are those of Asia/Shanghai.
 */

export type LimitKind = 'transfer' | 'repayment' | 'purchase';

/** Class I, II or III of a person's bank account; cards are class I unless the bank says otherwise. */
export type AccountClass = 1 | 2 | 3;

/**
 * Grades of the central bank's rules for bar code payments (银发〔2017〕296): A signed by a certificate or key and two factors (a passkey; the
 * PIN and a code), B two factors (the PIN on a known device), C fewer (the device alone), D a static code, whatever was proved.
 */
export type PurchaseGrade = 'A' | 'B' | 'C' | 'D';

export interface Reservation {
  book: number;
  /** The move's id (`tr_…`): reserving twice under one id changes nothing. */
  id: string;
  userId: string;
  cardId: string;
  /** `ICBC`: which bank's rows count. */
  bank: string;
  accountClass: AccountClass;
  kind: LimitKind;
  /** The card that is paid, where somebody has bound it here: a credit card's repayments have a count of their own per month. Null otherwise. */
  targetCardId: string | null;
  /** The class of the account behind it: II and III take only so much. Null where there is no such card. */
  targetClass: AccountClass | null;
  /** For purchases: how they were proved, in the grades of the rules for bar code payments. Null for all else. */
  grade: PurchaseGrade | null;
  amount: Money;
  /** The day of the reservation counts, also when the money arrives after midnight. */
  at: Date;
  deviceIsNew: boolean;
}

/** What is left under one rule, for a quote, the planner and the page of limits. */
export interface LimitLeft {
  rule: string;
  window: 'payment' | 'day' | 'month' | 'year' | 'balance';
  subject: 'user' | 'card' | 'target_card';
  unit: 'money' | 'count';
  /** What one payment has to be at least, in fen; only in the window `payment`, 0 elsewhere. */
  min: bigint;
  /** Fen or a count. `max` is what counts: the least of ours, the bank's and the holder's own. */
  max: bigint;
  used: bigint;
  held: bigint;
  /** Who set `max`: shown with it. */
  setBy: 'hutong' | 'bank' | 'holder' | 'law';
  /** When the window begins anew; null for `payment` and `balance`. */
  renewsAt: Date | null;
}

export interface Limits {
  /**
   * Reserves each whole or not at all, in the order given; `used + held + x <= max` is decided under row locks taken in sorted order. Same
   * index out as in: null, or the Refusal (`limit_exceeded` with rule, window, unit, max, left and renews_at as
   * facts; `amount_below_minimum` with rule and min).
   */
  reserve(tx: Tx, items: readonly Reservation[]): Promise<(Refusal | null)[]>;
  /** Held becomes used. A repeat changes nothing. */
  use(tx: Tx, book: number, ids: readonly string[]): Promise<void>;
  /** Held is given back. A repeat changes nothing; what was used stays used. */
  release(tx: Tx, book: number, ids: readonly string[]): Promise<void>;
  /** What is left for each of these, now. Same index out as in. */
  left(sql: Sql | Tx, items: readonly Omit<Reservation, 'id' | 'amount'>[]): Promise<LimitLeft[][]>;
}
