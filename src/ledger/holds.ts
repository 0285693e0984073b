import type { Currency } from '../money/money.ts';

/*
 * Limits as accounts: a budget of an offer, a count per buyer and day, the money at risk in a staged wallet. What is under way holds
 * its part (a pending transfer), success commits it and failure gives it back. The ledger itself refuses the eleventh of ten, whoever asks.
 * These accounts live in ledgers of their own, apart from real money: a limit is nobody's claim.
 */

/** A part of one limit that something under way needs. */
export interface HoldLine {
  /** Which limit, for ever: `off_…/count`, `off_…/user/2026-11-23/<hash of the buyer>`, `rol_…/money`. At most 200 characters. */
  limit: string;
  /** `count` counts uses; `money` is in minor units of `currency`. */
  unit: 'count' | 'money';
  currency: Currency;
  /** Every figure that the limit has had, oldest first; the last is in force. */
  figures: readonly bigint[];
  amount: bigint;
  /** What becomes of it when the attempt has succeeded: used up, or given back as it is after a failure. */
  onSuccess: 'commit' | 'release';
}

export interface HoldRequest {
  /** The attempt's id; its lines' transfers follow from it, so that asking twice holds once. */
  id: string;
  lines: readonly HoldLine[];
}

/** All lines are held, or none: `refused` is the index of the first line that has no room. */
export type HoldResult = { kind: 'held' } | { kind: 'refused'; line: number };
