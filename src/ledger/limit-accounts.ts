import { hash } from 'node:crypto';
import { assert } from '../base/assert.ts';
import { HOLD_LIMIT_CHARS_MAX, LIMIT_IDS_KNOWN_MAX } from '../base/limits.ts';
import { ledgerOf } from './chart.ts';
import type { HoldLine } from './holds.ts';
import { type CreateAccount, AccountFlags } from './types.ts';

/*
 * The chart of limits, beside the chart of money. A limit's room is an account that cannot be overdrawn: what its figure allows is
 * credited to it once, what is under way is pending on its debit side, what was used is posted there. These accounts are in ledgers of
 * their own: 1 counts uses, 1000 and the currency's ISO number count minor units. No transfer leads from them to money.
 */
export const LIMIT_KINDS = {
  /** Where rooms are filled from; one for each ledger. */
  limit_source: { code: 600, limited: false, zh: '限额来源', en: 'Source of limits' },
  /** What one limit still allows; never below zero. */
  limit_room: { code: 601, limited: true, zh: '限额余量', en: 'Room under a limit' },
  /** What was used up, of all limits; one for each ledger. */
  limit_used: { code: 602, limited: false, zh: '限额已用', en: 'Used of limits' },
  /** What one limit was used or lowered by beyond its room: it takes what becomes free. */
  limit_owed: { code: 603, limited: false, zh: '限额超用', en: 'Beyond a limit' },
} as const satisfies Record<string, { code: number; limited: boolean; zh: string; en: string }>;

export type LimitKind = keyof typeof LIMIT_KINDS;

/** Why room moves: the codes of transfers between these accounts, beside those of the chart of money. */
export const LIMIT_CODES = {
  /** limit_source → limit_room: the figure, or what it was raised by. */
  limit_filled: 60,
  /** limit_owed → limit_source: what the figure was lowered by. */
  limit_lowered: 61,
  /** limit_room → limit_owed: what is free pays what is owed. */
  limit_collected: 62,
  /** limit_room → limit_used, pending until its attempt has ended; or at once where money came late. */
  limit_used: 63,
  /** limit_owed → limit_used: money came after its hold had been given back, and there was no room any more. */
  limit_overrun: 64,
  /** limit_used → limit_room: money went back to the buyer. */
  limit_returned: 65,
} as const satisfies Record<string, number>;

/** Which ledger a line's limit is in. */
export function limitLedger(line: Pick<HoldLine, 'unit' | 'currency'>): number {
  return line.unit === 'count' ? 1 : 1000 + ledgerOf(line.currency);
}

/** The ids of accounts that were asked for lately: the limits of an offer are the same in every payment. */
const known = new Map<string, bigint>();

/** The same account always has the same id. Source and used belong to no limit: theirs is empty. */
export function limitAccountId(kind: LimitKind, limit: string, ledger: number, book: number): bigint {
  const name = `${book} ${kind} ${ledger} ${limit}`;
  const id = known.get(name);
  if (id !== undefined) return id;
  assert(limit.length <= HOLD_LIMIT_CHARS_MAX, 'a limit has at most HOLD_LIMIT_CHARS_MAX characters');
  const made = digestId('hutong limit', book, kind, limit, ledger);
  if (known.size >= LIMIT_IDS_KNOWN_MAX) known.clear();
  known.set(name, made);
  return made;
}

export function limitAccount(kind: LimitKind, limit: string, ledger: number, book: number): CreateAccount {
  const { code, limited } = LIMIT_KINDS[kind];
  const flags = limited ? AccountFlags.debits_must_not_exceed_credits : AccountFlags.none;
  return { id: limitAccountId(kind, limit, ledger, book), ledger, code, flags };
}

/** The id of a transfer that follows from what it is about. */
export function digestId(...about: readonly (string | number)[]): bigint {
  return BigInt(`0x${hash('sha256', JSON.stringify(about), 'hex').slice(0, 32)}`);
}
