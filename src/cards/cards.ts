import type { CardNumber } from '../base/card-number.ts';
import type { CardBill } from '../bank/rail.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Money } from '../money/money.ts';
import type { Act, Session, UserId } from '../users/users.ts';

/*
 * Bank cards of people: which bank a number belongs to, binding (four elements checked by the issuer, a code to the phone), one-tap binding,
 * names, the default card, and what is on them.
 */

export type CardId = `card_${string}`;
export type CardKind = 'debit' | 'credit' | 'semi_credit' | 'prepaid';

/** What a number says of itself by (length, longest prefix). */
export interface CardFacts {
  /** `ICBC`, as the table has it. */
  bank: string;
  bankName: { 'zh-CN': string; en: string };
  kind: CardKind;
  /** The version of the table that said so. */
  tableVersion: string;
  /** False where the bank takes no part: it cannot be bound. */
  takesPart: boolean;
}

export interface Card {
  id: CardId;
  book: number;
  userId: UserId;
  bank: string;
  bankName: { 'zh-CN': string; en: string };
  kind: CardKind;
  accountClass: 1 | 2 | 3;
  last4: string;
  /** The holder's own name for it; empty when there is none. */
  alias: string;
  isDefault: boolean;
  /** `bound`: usable. `unbound`: its number is gone or will be within a day. */
  state: 'bound' | 'unbound';
  boundAt: Date;
}

/** A card opened for the rail, inside a use case and for no longer than that. */
export interface OpenedCard {
  card: Card;
  number: CardNumber;
  /** `01020000`; null while its bank takes no part: nothing new begins with it, and what is under way goes on to where it began. */
  issuer: string | null;
  holder: string;
}

/** What one bank said of one card; the others never wait for it longer than its deadline. */
export type CardBalance = { cardId: CardId; at: Date; isCached: boolean } & (
  | { kind: 'answered'; ledger: Money; available: Money; bill: CardBill | null }
  | { kind: 'refused'; reason: string }
  /** Slow or dead; `last` is what it said before, if anything. */
  | { kind: 'unknown'; last: { at: Date; ledger: Money; available: Money; bill: CardBill | null } | null }
);

export interface Cards {
  /** Null when no row of the table fits: unknown rather than guessed. */
  lookUp(number: CardNumber): CardFacts | null;
  /**
   * Four elements at the issuer, then a code to that phone. Name and ID number may be left out once the person is known. @throws Refusal
   * `card_number_invalid`, `card_not_supported`, `details_differ` (the same for every wrong element), `too_many_tries`
   */
  startBinding(
    session: Session,
    input: { number: CardNumber; phone: string; name: string | null; idNumber: string | null },
  ): Promise<StartedBinding>;
  /** @throws Refusal `code_wrong`, `card_already_bound` (only about one's own) */
  finishBinding(session: Session, input: { bindingId: string; code: string }): Promise<Card>;
  /** One tap: which banks know the person who is signed in (and who has given name and ID number). */
  findIssuers(
    session: Session,
    input: { name: string | null; idNumber: string | null },
  ): Promise<{ requestId: string; banks: { bank: string; bankName: Card['bankName'] }[] }>;
  /** The person's cards at the banks chosen; numbers stay here, the answer has masks and places to point at. */
  findCards(
    session: Session,
    input: { requestId: string; banks: readonly string[] },
  ): Promise<{ requestId: string; cards: FoundCardView[]; codeId: string; resendAfterSeconds: number }>;
  /** Binds those that were picked, after one code. */
  bindFound(session: Session, input: { requestId: string; picks: readonly string[]; code: string }): Promise<Card[]>;
  list(sql: Sql | Tx, book: number, userId: UserId): Promise<Card[]>;
  /** The same for many people in one look-up; one who has none is missing. */
  listOf(sql: Sql | Tx, book: number, userIds: readonly UserId[]): Promise<Map<UserId, Card[]>>;
  rename(session: Session, cardId: string, alias: string): Promise<Card>;
  setDefault(session: Session, cardId: string): Promise<Card>;
  /** The act that has to be proved, then the deed. Refuses `card_in_use` while money of it is under way (asked through `isInUse`). */
  unbindAct(session: Session, cardId: string): Promise<Act>;
  unbind(session: Session, cardId: string, proof: string | null): Promise<void>;
  /** All bound cards in parallel; calls `tell` as each bank answers, and resolves when all have or their deadlines are over. */
  balances(
    session: Session,
    options: { isFresh: boolean; tell?: (balance: CardBalance) => void },
  ): Promise<CardBalance[]>;
  /** Bound cards of one person by id, opened; one that is not theirs or not bound is missing from the map. */
  open(sql: Sql | Tx, book: number, ids: readonly string[]): Promise<Map<string, OpenedCard>>;
  /** The default debit card for money that comes by phone number. */
  receivingCard(sql: Sql | Tx, book: number, userId: UserId): Promise<Card | null>;
  /** For a forgotten PIN: the four elements of a card that this person has bound. @throws Refusal `details_differ`, `too_many_tries` */
  verifyPerson(
    session: Session,
    input: { number: CardNumber; name: string; idNumber: string; phone: string },
  ): Promise<void>;
  /** Once an hour: numbers of cards that were unbound a day ago are destroyed; the rows stay. */
  sweep(): Promise<number>;
}

export interface StartedBinding {
  bindingId: string;
  facts: CardFacts;
  last4: string;
  phoneMasked: string;
  resendAfterSeconds: number;
}

export interface FoundCardView {
  /** What to send back to pick it; says nothing by itself. */
  pick: string;
  bank: string;
  bankName: Card['bankName'];
  kind: CardKind;
  last4: string;
  isBound: boolean;
}
