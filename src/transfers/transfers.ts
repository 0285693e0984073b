import type { CardNumber } from '../base/card-number.ts';
import type { Refusal } from '../base/refusal.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Money } from '../money/money.ts';
import type { Act, ProofLevel, Session, UserId } from '../users/users.ts';
import type { LimitLeft } from '../limits/limits.ts';

/*
 * Money that moves over the bank rail: between cards, to credit cards, to shops and back. A move has a debit leg, a credit leg or both, the
 * ledger holds the money in between, and every move walks the same road whatever dies on the way.
 */

export type MoveId = `tr_${string}`;
/** `transfer`, `repayment`: card to card. `purchase`: card to a shop of the wallet. `refund`: from a shop back to the card. */
export type MoveKind = 'transfer' | 'repayment' | 'purchase' | 'refund';
export type Arrival = 'instant' | 'ordinary' | 'next_day';

/**
 * scheduled → debiting → crediting → succeeded, or debiting → failed (refused), debiting/crediting → reversing → failed (the money is
 * back), scheduled → canceled. `debiting`, `crediting` and `reversing` mean: asked, and not yet known. Final: succeeded, failed, canceled.
 */
export type MoveState = 'scheduled' | 'debiting' | 'crediting' | 'reversing' | 'succeeded' | 'failed' | 'canceled';

export interface Move {
  id: MoveId;
  book: number;
  kind: MoveKind;
  state: MoveState;
  userId: UserId;
  /** The parts of one planned transfer share it: the id of the quote. Null for purchases and refunds. */
  quoteId: string | null;
  amount: Money;
  fee: Money;
  fromCardId: string | null;
  toCardId: string | null;
  /**
   * What people may see: bank code and last four digits, and the masked name. Of a purchase or refund the other end is the shop, by its
   * name alone.
   */
  from: PartyView | null;
  to: PartyView | null;
  note: string;
  arrival: Arrival;
  /** When a scheduled one is due. */
  dueAt: Date | null;
  /** Why it failed, in the words of `LegRefusal` and a few of ours. */
  failure: string | null;
  /** The receipt's number, the same at the bank (F37). */
  rrn: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

export interface PartyView {
  bank: string;
  last4: string;
  nameMasked: string;
}

/** What the money goes to. A number that is not bound by us is sealed with the quote. */
export type Payee =
  | { kind: 'card'; number: CardNumber; name: string }
  | { kind: 'own_card'; cardId: string }
  | { kind: 'phone'; phone: string }
  /** Somebody here whom the payer knows by this name alone: nobody's phone number is looked up or told. */
  | { kind: 'person'; userId: UserId; shownName: string }
  /** One who was paid before, by the id that the history shows. */
  | { kind: 'known'; payeeId: string };

export interface QuoteInput {
  kind: 'transfer' | 'repayment';
  /** Null: the planner chooses the cards. */
  fromCardIds: readonly string[] | null;
  payee: Payee;
  amount: Money;
  arrival: Arrival;
  note: string;
  /** The one key under which it can be confirmed, for what counts whatever is confirmed under that key; left out: any key. */
  boundKey?: string;
}

/** Somebody named by card number who was paid before. */
export interface KnownPayee {
  payeeId: string;
  party: PartyView;
  lastPaidAt: Date;
}

/** Immutable once made; good for five minutes and one confirmation. */
export interface Quote {
  id: `quo_${string}`;
  kind: 'transfer' | 'repayment';
  amount: Money;
  /** Always zero within the limits; shown all the same. */
  fee: Money;
  arrival: Arrival;
  arrivesAt: Date;
  to: PartyView;
  /** One or more cards; amounts sum to the whole. */
  parts: { fromCardId: string; from: PartyView; amount: Money; left: LimitLeft[] }[];
  /** Why it was split, or why this card: for people, both languages. */
  explanation: { 'zh-CN': string; en: string };
  act: Act;
  level: ProofLevel;
  /** Set for a new payee above a line: later arrival is advised. */
  advice: 'choose_later_arrival' | null;
  expiresAt: Date;
}

/** A purchase or refund that payer/ has recorded under this id before it asks for it. Asking twice is asking once. */
export interface MoveOrder {
  id: MoveId;
  book: number;
  kind: 'purchase' | 'refund';
  userId: UserId;
  cardId: string;
  amount: Money;
  deviceIsNew: boolean;
  /** What the buyer proved: decides which limit a purchase counts in. A refund needs none. */
  level: ProofLevel | null;
  shop: { no: string; name: string; mcc: string };
  /** For a refund: the purchase it belongs to. */
  originalId: MoveId | null;
}

/** A purchase or refund that has ended, handed to payer/ inside the transaction that ended it. */
export interface EndedMove {
  id: MoveId;
  book: number;
  kind: MoveKind;
  state: 'succeeded' | 'failed' | 'canceled';
  amount: Money;
  failure: string | null;
  endedAt: Date;
  rrn: string | null;
}

export type OnEnded = (tx: Tx, ended: readonly EndedMove[]) => Promise<void>;

export interface MoveFilter {
  text: string | null;
  kind: MoveKind | null;
  cardId: string | null;
  /** `2026-11`: a month of Asia/Shanghai. */
  month: string | null;
  cursor: string | null;
  itemsMax: number;
}

export type LegState = 'sent' | 'approved' | 'refused' | 'unknown' | 'reversing' | 'reversed';

/** One leg as it was recorded, by what the switch's file knows it by. */
export interface LegRecord {
  moveId: MoveId;
  side: 'debit' | 'credit';
  state: LegState;
  stan: string;
  transmittedAt: Date;
  rrn: string;
  cardId: string | null;
  last4: string;
  issuer: string;
  amount: Money;
  settlementDay: string | null;
}

export interface Transfers {
  quote(session: Session, input: QuoteInput): Promise<Quote>;
  /** The act of a quote of one's own, and how much has to be proved from this session. @throws Refusal `not_found` */
  quoteAct(session: Session, quoteId: string): Promise<{ act: Act; level: ProofLevel }>;
  /** Whom a quote of one's own pays, and how much. @throws Refusal `not_found` */
  quotedTo(session: Session, quoteId: string): Promise<{ toUserId: string | null; amount: Money }>;
  /** What each of these persons' keys has confirmed, as far as it has: the state of every part. */
  confirmedBy(
    sql: Sql | Tx,
    book: number,
    keys: readonly { userId: UserId; key: string }[],
  ): Promise<Map<string, MoveState[]>>;
  /** Whom this person has paid by card number, the last first. */
  knownPayees(session: Session): Promise<KnownPayee[]>;
  /** Records every part with its limit reservation, uses up the proof, then sets out. The same key again answers the same. */
  confirm(session: Session, input: { quoteId: string; proof: string | null; key: string }): Promise<Move[]>;
  /** Starts what payer/ recorded. A Refusal means: it did not start and never will under this id. Resolves when it is recorded, not when it ends. */
  start(order: MoveOrder): Promise<Move | Refusal>;
  /** Resolves when the move has ended or `waitMs` is over, with what it is then. */
  settle(id: MoveId, waitMs: number): Promise<Move>;
  cancel(session: Session, id: string): Promise<Move>;
  find(book: number, ids: readonly string[]): Promise<Map<string, Move>>;
  list(session: Session, filter: MoveFilter): Promise<{ moves: Move[]; nextCursor: string | null }>;
  /** Whether money of this card is under way; cards/ asks before it unbinds. */
  isInUse(tx: Tx, book: number, cardId: string): Promise<boolean>;
  /**
   * For clearing: debits and credits of one settlement day in pages, in order of id, with those that are still open and were sent before that
   * day was over (they come again on every later day until they are known); legs by stamp (`MMDDhhmmss stan`) around that day.
   */
  legsOfDay(
    book: number,
    day: string,
    after: string | null,
    itemsMax: number,
  ): Promise<{ legs: LegRecord[]; next: string | null }>;
  findLegs(book: number, day: string, stamps: readonly { transmittedAt: string; stan: string }[]): Promise<LegRecord[]>;
  /**
   * What the switch's file proves about legs that are still unknown, through the same door as every reply. What is known already stays.
   * "Not done" is believed only of a file whose day began after the day in which the message was sent for the last time.
   */
  learn(
    book: number,
    items: readonly { moveId: MoveId; side: 'debit' | 'credit'; isDone: boolean; settlementDay: string }[],
  ): Promise<void>;
  startWork(): void;
  stop(): Promise<void>;
}
