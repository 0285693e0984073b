import type { AccountClass } from '../limits/limits.ts';
import type { ProofLevel, UserId } from '../users/users.ts';
import type { Arrival, PartyView } from './transfers.ts';

/** One card's part of a quote, with what its reservation and its leg need to know of the card. */
export interface QuotePart {
  cardId: string;
  bank: string;
  institution: string;
  accountClass: AccountClass;
  last4: string;
  nameMasked: string;
  amountMinor: bigint;
}

/** A quote as it is stored; never changed but for its one confirmation. */
export interface QuoteRow {
  book: number;
  id: `quo_${string}`;
  userId: UserId;
  kind: 'transfer' | 'repayment';
  amountMinor: bigint;
  arrival: Arrival;
  arrivesAt: Date;
  payeeKind: 'card' | 'own_card' | 'phone';
  /** Of a card named by number. */
  payeeId: string | null;
  /** Of a phone number that somebody has here. */
  toUserId: string | null;
  /** Of a card that is bound here; null for a phone number that nobody has, or whose owner has no card to receive with. */
  toCardId: string | null;
  /** What limits of the card that is paid count by, and the class of its account: a card that is bound here, or a credit card however named. */
  toTargetId: string | null;
  toClass: AccountClass | null;
  toBank: string;
  toInstitution: string | null;
  toLast4: string;
  toNameMasked: string;
  /** What the person was shown: of a phone number no more than the number itself. */
  shownTo: PartyView;
  parts: QuotePart[];
  note: string;
  explanation: { 'zh-CN': string; en: string };
  level: ProofLevel;
  advice: 'choose_later_arrival' | null;
  createdAt: Date;
  expiresAt: Date;
  confirmedAt: Date | null;
  confirmedKey: string | null;
  /** The one key that can confirm it; null: any. */
  boundKey: string | null;
}
