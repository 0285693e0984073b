import type { Bill, Card, CardLimits, CardStatus, Person } from './card.ts';
import type { Algorithm } from './seal.ts';

export type MoneyOperation = 'purchase' | 'transfer_out' | 'transfer_in' | 'refund' | 'reversal';

/** Everything that can happen to the pretend banks. The present is what these add up to, so a restart plays them again. */
export type WorldEvent =
  | { kind: 'member'; institution: string; name: string; transportKey: string; algorithm: Algorithm }
  | { kind: 'key'; institution: string; which: 'pin' | 'mac'; key: string }
  | ({ kind: 'person' } & Person)
  | ({ kind: 'card'; at: string } & CardOpening)
  | { kind: 'status'; number: string; status: CardStatus }
  | { kind: 'tries'; number: string; count: number }
  | ({ kind: 'act' } & ActLine)
  | { kind: 'barred'; key: string }
  | { kind: 'day'; day: string; at: string };

export interface CardOpening {
  number: string;
  bank: string;
  person: string;
  cardKind: Card['kind'];
  accountClass: Card['accountClass'];
  phone: string;
  pin: string;
  /** What the holder has (debit) or owes (credit) to begin with. */
  openingFen: string;
  creditFen: string;
  bill: { [Key in keyof Bill]: Bill[Key] extends bigint ? string : Bill[Key] } | null;
  limits: { [Key in keyof CardLimits]: string | null };
}

/** A message about money and its final answer, approved or not. */
export interface ActLine {
  /** F7, F11, F32, F33. */
  key: string;
  operation: MoneyOperation;
  at: string;
  /** The day that the switch booked it to. */
  day: string;
  /** Who asked (F32). */
  institution: string;
  /** The issuer's code; empty when no issuer has such a card. */
  bank: string;
  number: string;
  amountFen: string;
  /** F39. */
  code: string;
  /** F22 of the request, for the day's file. */
  entryMode: string;
  /** F38 of an approved debit. */
  authId: string | null;
  /** The key of the message that a reversal or refund is about. */
  original: string | null;
  /** The answer without its MAC, one character a byte: what a repeat is told again. */
  body: string;
}

/** An act as it lives in memory. */
export interface Act extends Omit<ActLine, 'amountFen' | 'at'> {
  amountFen: bigint;
  /** The settlement day on which it was taken back; null while it stands. */
  reversedOn: string | null;
  /** Of a purchase. */
  refundedFen: bigint;
}
