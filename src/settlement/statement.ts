import type { MerchantId, WalletAccountId } from '../cashier/payment.ts';
import type { Currency } from '../money/money.ts';
import type { WalletName } from '../wallets/wallet.ts';

/** What a statement's state may come from. Read by code and by docs/reference/statement.md. */
export const STATEMENT_MOVES = {
  waiting: [],
  asking: ['waiting', 'unavailable'],
  fetched: ['waiting', 'refused', 'unavailable'],
  refused: ['waiting', 'fetched', 'unavailable'],
  unavailable: ['waiting'],
  read: ['waiting', 'asking', 'fetched', 'refused', 'unavailable'],
  compared: ['read'],
  reconciled: ['compared'],
} as const satisfies Record<string, readonly string[]>;

export type StatementState = keyof typeof STATEMENT_MOVES;

/** What a break's state may come from; a break is born `open`, `carried` or `left_for_operator`. */
export const BREAK_MOVES = {
  open: ['carried'],
  carried: ['open'],
  left_for_operator: ['open', 'carried'],
  resolved: ['open', 'carried', 'left_for_operator'],
} as const satisfies Record<string, readonly string[]>;

export type BreakState = keyof typeof BREAK_MOVES;
export type StatementId = `stm_${string}`;
export type BreakId = `brk_${string}`;

/** The bill of one wallet account and day; a row of `statements`. */
export interface Statement {
  book: number;
  id: StatementId;
  merchantId: MerchantId;
  walletAccountId: WalletAccountId;
  wallet: WalletName;
  /** As the wallet counts days, `yyyy-mm-dd`. */
  day: string;
  startsAt: Date;
  endsAt: Date;
  /** `asking`: the wallet has no bill; its answers about each of our records take the place of one. */
  source: 'bill' | 'asking';
  state: StatementState;
  /** Why it was refused, or cannot be had yet. */
  reason: string | null;
  fileId: string | null;
  /** Of all lines in whatever order: the same bill packed anew is the same. */
  linesDigest: string | null;
  /** `asking`: the last record that was asked about. */
  askedThrough: string | null;
  currency: Currency | null;
  /** The agreed fee that the lines were compared with. */
  feeBps: number | null;
  theirs: Sums | null;
  ours: Sums | null;
  /** What the ledger has for our records. */
  booked: Sums | null;
  matchedCount: number | null;
  /** What the wallet kept, in thousandths of a minor unit; null where the bill does not say. */
  feesMilli: bigint | null;
  feesPostedMinor: bigint | null;
  createdAt: Date;
  readAt: Date | null;
  reconciledAt: Date | null;
  dueAt: Date | null;
  leaseNo: bigint;
  triesCount: number;
}

/** How many payments and refunds, and how much in minor units. */
export interface Sums {
  paymentsCount: number;
  paymentsMinor: bigint;
  refundsCount: number;
  refundsMinor: bigint;
}

/**
 * ours_only: we have it, their bill does not. theirs_only: the other way round. status_differs: they say paid, our record
 * does not. ledger_differs: our record and the ledger disagree.
 */
export const BREAK_KINDS = [
  'ours_only',
  'theirs_only',
  'amount_differs',
  'fee_differs',
  'status_differs',
  'ledger_differs',
] as const;
export type BreakKind = (typeof BREAK_KINDS)[number];

/** What exactly is the matter, within a kind; explain-break.ts has the words. */
export type BreakCause =
  | 'not_in_bill'
  | 'near_cut_off'
  | 'no_record'
  | 'foreign_order_no'
  | 'no_refund_no'
  | 'other_account'
  | 'told_before'
  | 'amount'
  | 'settled'
  | 'fee'
  | 'not_final'
  | 'failed'
  | 'not_booked'
  | 'booked_otherwise'
  | 'booked_without_record';

/** What ended a break. */
export type Resolution =
  | 'told_in_later_bill'
  | 'wallet_confirmed'
  | 'record_brought_up_to_date'
  | 'undone_at_wallet'
  | 'closed_by_operator';

export interface Break {
  book: number;
  id: BreakId;
  statementId: StatementId;
  merchantId: MerchantId;
  walletAccountId: WalletAccountId;
  kind: BreakKind;
  record: 'payment' | 'refund';
  /** Our order number, or what stands in its place in their bill. */
  orderNo: string;
  cause: BreakCause;
  ours: BreakSide | null;
  theirs: BreakSide | null;
  state: BreakState;
  resolution: Resolution | null;
  /** What was learned after the break was found. */
  evidence: Record<string, string> | null;
  note: string | null;
  resolvedBy: string | null;
  createdAt: Date;
  resolvedAt: Date | null;
  dueAt: Date | null;
  leaseNo: bigint;
  triesCount: number;
}

/** One side's facts, as text, as they were when the break was found. */
export type BreakSide = Readonly<Record<string, string>>;
