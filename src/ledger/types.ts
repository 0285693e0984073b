/*
 * Accounts and transfers as TigerBeetle documents them (docs.tigerbeetle.com, reference: Account, Transfer), with three
 * plain differences: amounts and balances are 63 bits (PostgreSQL's bigint) instead of 128, user_data_64 likewise, and
 * imported events are refused. Ids are 128 bits, flags 16, ledger and timeout 31, code 16.
 */

/** The largest amount, in minor units. As the amount of a post it means "all", in a balancing transfer "as much as there is". */
export const AMOUNT_MAX = 2n ** 63n - 1n;

/** Reserved: neither an account nor a transfer may have this id, nor 0. */
export const ID_MAX = 2n ** 128n - 1n;

export const AccountFlags = {
  none: 0,
  /** All or nothing with the next account of the list. */
  linked: 1 << 0,
  /** debits_pending + debits_posted never exceed credits_posted: a purse that cannot be overdrawn. */
  debits_must_not_exceed_credits: 1 << 1,
  /** credits_pending + credits_posted never exceed debits_posted: a claim that cannot be collected twice. */
  credits_must_not_exceed_debits: 1 << 2,
  /** Every change of the balances leaves a row for `accountBalances`. */
  history: 1 << 3,
  /** Not supported: such an event is refused with imported_event_not_expected. */
  imported: 1 << 4,
  /** Refuses everything but a void; also set and lifted by closing transfers. */
  closed: 1 << 5,
} as const;

export const TransferFlags = {
  none: 0,
  /** All or nothing with the next transfer of the list. */
  linked: 1 << 0,
  /** Reserves the amount; a later post, void or the timeout resolves it. */
  pending: 1 << 1,
  post_pending_transfer: 1 << 2,
  void_pending_transfer: 1 << 3,
  /** Takes at most what keeps the debit account's debits within its posted credits. */
  balancing_debit: 1 << 4,
  /** Takes at most what keeps the credit account's credits within its posted debits. */
  balancing_credit: 1 << 5,
  /** With `pending`: closes the debit account until the transfer is voided or expires. */
  closing_debit: 1 << 6,
  /** With `pending`: closes the credit account until the transfer is voided or expires. */
  closing_credit: 1 << 7,
  /** Not supported: such an event is refused with imported_event_not_expected. */
  imported: 1 << 8,
} as const;

export const ACCOUNT_FLAGS_ALL = (1 << 6) - 1;
export const TRANSFER_FLAGS_ALL = (1 << 9) - 1;

/** Four sums in minor units, never negative. */
export interface Balances {
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
}

/** Numbers of the caller's own; the ledger keeps and compares them and reads nothing into them. Absent is 0. */
export interface UserData {
  userData128?: bigint;
  userData64?: bigint;
  userData32?: number;
}

export interface CreateAccount extends UserData {
  id: bigint;
  /** Which currency: accounts of different ledgers never meet. */
  ledger: number;
  /** What kind of account; chart.ts lists ours. */
  code: number;
  flags: number;
}

export interface Account extends Required<UserData>, Balances {
  id: bigint;
  ledger: number;
  code: number;
  /** As created, with `closed` as it is now. */
  flags: number;
  /** Nanoseconds since 1970, unique and increasing over all events of the book. */
  timestamp: bigint;
}

export interface CreateTransfer extends UserData {
  /** Also the idempotency key: the same id with the same content is `exists`. */
  id: bigint;
  /** In a post or void 0 means: as in the pending transfer. So do creditAccountId, ledger and code. */
  debitAccountId: bigint;
  creditAccountId: bigint;
  /** Minor units, 0 to AMOUNT_MAX. */
  amount: bigint;
  ledger: number;
  code: number;
  flags: number;
  /** Which pending transfer a post or void resolves. */
  pendingId?: bigint;
  /** Only with `pending`; absent or 0 never expires. */
  timeoutSeconds?: number;
}

export interface Transfer extends Required<UserData> {
  id: bigint;
  debitAccountId: bigint;
  creditAccountId: bigint;
  /** What was really moved: balancing and posting may make it less than what was asked for. */
  amount: bigint;
  pendingId: bigint;
  timeoutSeconds: number;
  ledger: number;
  code: number;
  flags: number;
  timestamp: bigint;
}

export type PendingStatus = 'pending' | 'posted' | 'voided' | 'expired';

/** A pending transfer gave its amount back because nobody resolved it in time. */
export interface Expiry {
  transferId: bigint;
  timestamp: bigint;
}

/** The balances of a `history` account right after the event of that timestamp. */
export interface BalancesAt extends Balances {
  timestamp: bigint;
}

export interface AccountFilter {
  accountId: bigint;
  /** Inclusive, nanoseconds; absent is no bound. */
  timestampMin?: bigint;
  timestampMax?: bigint;
  /** Which side of the account; absent is both. */
  side?: 'debits' | 'credits';
  /** Newest first. */
  reversed?: boolean;
  limit: number;
}

/** Which transfers to add up: those of some accounts that carry a number of the caller's own, as a day of settlement. */
export interface SumFilter {
  accountIds: readonly bigint[];
  userData32: number;
  /** Inclusive, nanoseconds: keeps the walk to the months it can lie in. */
  timestampMin: bigint;
  timestampMax: bigint;
}

/** What these transfers put on the two sides of one account, by code. */
export interface TransferSum {
  accountId: bigint;
  code: number;
  debits: bigint;
  credits: bigint;
  count: number;
}

export function hasFlag(flags: number, flag: number): boolean {
  return (flags & flag) !== 0;
}
