import type { Stamp } from '../bank/rail.ts';
import type { UserId } from '../users/users.ts';
import type { Arrival, MoveId, MoveKind, MoveState } from './transfers.ts';

/** One end of a move that is a card: bound by us (`cardId`) or named by number (`payeeId`). */
export interface CardEnd {
  cardId: string | null;
  payeeId: string | null;
  /** The person here whose card it is, where that is another person. */
  userId: string | null;
  bank: string;
  institution: string;
  last4: string;
  nameMasked: string;
}

/** A move as it is stored. Money in fen. */
export interface MoveRow {
  book: number;
  id: MoveId;
  kind: MoveKind;
  state: MoveState;
  userId: UserId;
  quoteId: string | null;
  /** Of a refund: the purchase. */
  originalId: MoveId | null;
  amountMinor: bigint;
  from: CardEnd | null;
  to: CardEnd | null;
  shop: { no: string; name: string; mcc: string } | null;
  note: string;
  arrival: Arrival;
  /** When a scheduled one sets out. */
  arrivesAt: Date | null;
  failure: string | null;
  /** Declined before anything was sent; declined for ever under this id. */
  wasRefused: boolean;
  /** What of it stands in the transit account: nothing or all. */
  onBooksMinor: bigint;
  /** Of a purchase: what is being given back, and what has been. */
  refundingMinor: bigint;
  refundedMinor: bigint;
  createdAt: Date;
  endedAt: Date | null;
  dueAt: Date | null;
}

export type LegSide = 'debit' | 'credit' | 'reversal';

/** One message to a bank, written before it is sent and sent again exactly as it stands here. */
export interface Leg {
  book: number;
  moveId: MoveId;
  side: LegSide;
  /** `sent`: recorded, and since then perhaps sent. `unknown`: asked, and no good answer. */
  state: 'sent' | 'approved' | 'refused' | 'unknown';
  stamp: Stamp;
  institution: string;
  cardId: string | null;
  last4: string;
  amountMinor: bigint;
  authId: string | null;
  code: string | null;
  reason: string | null;
  /** Of an approved one, the switch's (F15): `2026-11-23`. */
  settlementDay: string | null;
  isFlagged: boolean;
  wasFound: boolean | null;
  sendsCount: number;
  firstSentAt: Date;
  lastSentAt: Date;
  toldAt: Date | null;
}

/** A move with its legs, locked; decisions change it in place and note what else must be written. */
export interface MoveFolder {
  move: MoveRow;
  debit: Leg | null;
  credit: Leg | null;
  reversal: Leg | null;
  /** Of a refund: its purchase, locked too, and how that was taken. */
  original: MoveRow | null;
  originalDebit: Leg | null;
}

export function newFolder(move: MoveRow): MoveFolder {
  return { move, debit: null, credit: null, reversal: null, original: null, originalDebit: null };
}
