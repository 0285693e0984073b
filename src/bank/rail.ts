import type { CardNumber } from '../base/card-number.ts';
import type { Money } from '../money/money.ts';

/*
 * The port to the banks: what every rail offers, whether ISO 8583 to UnionPay's switch (`cups.ts`) or another one later. A rail keeps
 * nothing: whoever calls it records the stamp before the call and the reply after it.
 */

/**
 * What tells one message from all others, in request and reply alike. Recorded BEFORE it is sent and never used for another
 * message; the same message sent again (after a crash, or because nobody answered) carries the same stamp.
 */
export interface Stamp {
  /** Whole seconds; travels as MMDDhhmmss in Asia/Shanghai (F7). */
  transmittedAt: Date;
  /** Six digits, 000001 to 999999 (F11). */
  stan: string;
  /** Twelve digits; names the business act, the same in a reversal of it (F37). */
  rrn: string;
}

/** One card at one bank, as the rail has to know it. */
export interface CardAtBank {
  number: CardNumber;
  /** The institution that issued it, 8 to 11 digits: `01020000`. */
  issuer: string;
}

export type LegPurpose = 'transfer' | 'repayment' | 'purchase' | 'refund';

/** One movement at one card. A debit takes from `card`, a credit gives to it. */
export interface LegRequest {
  stamp: Stamp;
  purpose: LegPurpose;
  card: CardAtBank;
  /** CNY, 1 to 999,999,999,999 fen. */
  amount: Money;
  /** The card on the other side, for transfers and repayments. */
  other: { number: CardNumber; name: string } | null;
  /** The name of the holder of `card`. */
  holder: string;
  /** Where it is bought, for purchases and their refunds. */
  shop: { no: string; name: string; mcc: string } | null;
  /** The purchase that a refund belongs to. */
  original: { stamp: Stamp; authId: string | null; amount: Money } | null;
}

/**
 * `approved` and `refused` are final and come only from a reply with a right MAC, key and amount. `not_sent`: surely not one byte
 * left us (refused before writing). Everything else is `unknown`: it may have happened.
 */
export type LegReply =
  | {
      kind: 'approved';
      authId: string | null;
      /** The switch's settlement day (F15), `2026-11-23`: what it is booked by, never by our own clock. */
      settlementDay: string;
      /** Done, but the bank flagged a fault (A2, A4, A5, A6): to be looked at by a person. */
      isFlagged: boolean;
    }
  | { kind: 'refused'; code: string; reason: LegRefusal }
  | { kind: 'not_sent'; why: string }
  | { kind: 'unknown'; why: string; code: string | null };

/** Why a bank refuses for good, in our own words; the F39 code stands beside it. */
export type LegRefusal =
  | 'insufficient_funds'
  | 'limit_exceeded'
  | 'count_exceeded'
  | 'card_unknown'
  | 'card_lost'
  | 'card_expired'
  | 'card_restricted'
  | 'holder_may_not'
  | 'bank_down'
  | 'duplicate'
  | 'message_refused'
  | 'declined';

/** `reversed`: the money is back, or was never taken (`original not found`, which also bars an original that comes late). */
export type ReverseReply =
  | { kind: 'reversed'; settlementDay: string; wasFound: boolean }
  | { kind: 'refused'; code: string }
  | { kind: 'unknown'; why: string };

/** What a credit card has to repay. Amounts may be zero. */
export interface CardBill {
  amount: Money;
  minimum: Money;
  /** `2026-12-15`, Asia/Shanghai. */
  dueDay: string;
  billedDay: string;
}

export type EnquireReply =
  | {
      kind: 'answered';
      /** The book balance, and what can be spent; of a credit card, what is owed (negative) and the credit left. */
      ledger: Money;
      available: Money;
      bill: CardBill | null;
    }
  | { kind: 'refused'; code: string; reason: LegRefusal }
  | { kind: 'unknown'; why: string };

/** A person, as banks know people. Name and numbers are never logged. */
export interface Identity {
  name: string;
  /** GB 11643, 18 characters. */
  idNumber: string;
  /** 11 digits. */
  phone: string;
}

export type IdentityElement = 'name' | 'id_number' | 'phone' | 'card';

export type VerifyReply =
  /** Class I, II or III of the account behind the card, where the bank says so; else I. */
  | { kind: 'matches'; accountClass: 1 | 2 | 3 }
  | { kind: 'differs'; elements: IdentityElement[] }
  | { kind: 'refused'; code: string; reason: LegRefusal }
  | { kind: 'unknown'; why: string };

export interface FoundCard {
  number: CardNumber;
  issuer: string;
}

/** One row of the switch's file of a settlement day. */
export interface ClearedRow {
  stan: string;
  /** MMDDhhmmss. */
  transmittedAt: string;
  rrn: string;
  /** Masked or whole as the file has it; compared by blind index or last four. */
  card: CardNumber;
  amount: Money;
  /** 0200, 0220, 0420 and the like. */
  messageType: string;
  processing: string;
  issuer: string;
  responseCode: string;
}

export type DayFileReply =
  | { kind: 'file'; rows: ClearedRow[] }
  | { kind: 'not_ready' }
  | { kind: 'unknown'; why: string };

export interface RailStatus {
  isServing: boolean;
  /** Links that are up and signed on. */
  links: number;
  inFlight: number;
  /** Since when nothing was read, in milliseconds; null when there is no link. */
  quietMs: number | null;
  keyVersion: string;
  /** The settlement day that the switch is on. */
  settlementDay: string | null;
  counters: Readonly<Record<'sent' | 'answered' | 'late' | 'unmatched' | 'badMac' | 'reconnects', number>>;
}

export interface BankRail {
  /** Connects, signs on, takes over keys; stays connected by itself until `close`. Resolves at the first sign-on or when `waitMs` is over. */
  open(waitMs: number): Promise<void>;
  close(): Promise<void>;
  enquire(request: { stamp: Stamp; card: CardAtBank }, timeoutMs: number): Promise<EnquireReply>;
  debit(request: LegRequest): Promise<LegReply>;
  credit(request: LegRequest): Promise<LegReply>;
  /** Takes back a DEBIT whose outcome is unknown or whose other leg was refused. Repeated with the same stamp until it is answered. */
  reverse(request: { stamp: Stamp; original: LegRequest; authId: string | null }): Promise<ReverseReply>;
  verifyHolder(request: { stamp: Stamp; card: CardAtBank; identity: Identity }): Promise<VerifyReply>;
  /** One-tap binding: which of these issuers know the person, then (per issuer) which cards. The issuer checks name, id number and phone. */
  findIssuers(request: {
    stamp: Stamp;
    identity: Identity;
  }): Promise<{ kind: 'found'; issuers: string[] } | { kind: 'unknown'; why: string }>;
  findCards(request: {
    stamp: Stamp;
    identity: Identity;
    issuer: string;
  }): Promise<
    { kind: 'found'; cards: FoundCard[] } | { kind: 'refused'; code: string } | { kind: 'unknown'; why: string }
  >;
  signOn(): Promise<boolean>;
  signOff(): Promise<boolean>;
  echo(): Promise<boolean>;
  /** Asks the switch for new working keys; it pushes them, and old replies stay readable for a minute. */
  renewKeys(): Promise<boolean>;
  /** The switch's file of one settlement day, checked whole. */
  reconcile(day: string): Promise<DayFileReply>;
  status(): RailStatus;
}
