/** What a day's state may come from. */
export const CLEARING_MOVES = {
  waiting: ['unavailable'],
  read: ['waiting'],
  compared: ['read'],
  unavailable: ['waiting'],
} as const satisfies Record<string, readonly string[]>;

export type ClearingState = keyof typeof CLEARING_MOVES;

/** One day of the switch: a row of `clearing_days`. */
export interface ClearingDay {
  book: number;
  /** `2026-11-23`, as the switch counts days: they end at 23:00 in Asia/Shanghai. */
  day: string;
  state: ClearingState;
  /** Why the file cannot be had yet. */
  reason: string | null;
  /** SHA-256 of all rows in their order. */
  digest: string | null;
  rowsCount: number | null;
  /** Rows that are legs of ours and say the same. */
  matchedCount: number | null;
  createdAt: Date;
  readAt: Date | null;
  comparedAt: Date | null;
  dueAt: Date | null;
  leaseNo: bigint;
  triesCount: number;
}

/** A row of a file, as it is kept. */
export interface KeptRow {
  rowNo: number;
  stan: string;
  /** MMDDhhmmss in Asia/Shanghai (F7). */
  transmittedAt: string;
  rrn: string;
  last4: string;
  amountMinor: bigint;
  messageType: string;
  processing: string;
  issuer: string;
  responseCode: string;
  isRepeat: boolean;
  moveId: string | null;
  side: 'debit' | 'credit' | null;
}

/** ours_only: we know it was done, the file does not have it. theirs_only: the other way round. status_differs: we say it was not done. */
export const CLEARING_BREAK_KINDS = [
  'ours_only',
  'theirs_only',
  'amount_differs',
  'status_differs',
  'twice_in_file',
  'ledger_differs',
  'sums_differ',
] as const;
export type ClearingBreakKind = (typeof CLEARING_BREAK_KINDS)[number];

/** What exactly is the matter, within a kind; explain-clearing-break.ts has the words. */
export type ClearingCause =
  | 'not_in_file'
  | 'no_record'
  | 'amount'
  | 'card'
  | 'direction'
  | 'refused_here'
  | 'reversed_here'
  | 'still_unknown'
  | 'other_day'
  | 'reversal_unknown_here'
  | 'repeated'
  | 'not_booked'
  | 'booked_otherwise'
  | 'file_and_legs'
  | 'legs_and_ledger';

/** What ended a break. */
export type ClearingResolution = 'told_in_later_file' | 'reversed_in_later_file' | 'closed_by_operator';

/** One side's facts, as text, as they were when the break was found. No numbers of cards, no names. */
export type ClearingFacts = Readonly<Record<string, string>>;

export interface ClearingBreak {
  book: number;
  id: `cbk_${string}`;
  day: string;
  kind: ClearingBreakKind;
  cause: ClearingCause;
  subject: string;
  issuer: string;
  moveId: string | null;
  side: 'debit' | 'credit' | null;
  ours: ClearingFacts | null;
  theirs: ClearingFacts | null;
  state: 'open' | 'resolved';
  resolution: ClearingResolution | null;
  evidence: ClearingFacts | null;
  note: string | null;
  resolvedBy: string | null;
  createdAt: Date;
  resolvedAt: Date | null;
}

/** A break before it is written. */
export type Finding = Pick<
  ClearingBreak,
  'kind' | 'cause' | 'subject' | 'issuer' | 'moveId' | 'side' | 'ours' | 'theirs'
>;

/** A day for one issuer, in fen: taken from its cards less given to them. */
export interface ClearingSum {
  issuer: string;
  rowsCount: number;
  legsCount: number;
  fileMinor: bigint;
  legsMinor: bigint;
  ledgerMinor: bigint;
  effectsMinor: bigint;
}
