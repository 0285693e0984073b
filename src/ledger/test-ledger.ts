import { expect } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { ManualClock } from '../base/clock.ts';
import { TRANSACTION_TRIES_MAX } from '../base/limits.ts';
import { silentLog } from '../base/log.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { CreateAccount, CreateTransfer } from './types.ts';
import { AccountFlags } from './types.ts';

/** A ledger over a fresh database, and short words for what tests do with it. Open it in beforeAll. */
export interface TestLedger {
  sql: Sql;
  url: string;
  clock: ManualClock;
  ledger: Ledger;
}

export const clock = new ManualClock(new Date('2026-11-05T08:00:00Z'));

export async function openTestLedger(): Promise<TestLedger> {
  const { sql, url } = await freshDatabase();
  const ledger = createLedger({ sql, clock, log: silentLog, book: 0 });
  await ledger.prepareMonths();
  return { sql, url, clock, ledger };
}

let nextId = 1n;
/** An id as ours are: the time in front. */
export function newId(): bigint {
  nextId += 1n;
  return (BigInt(clock.now().getTime()) << 80n) + nextId;
}

export function hex(id: bigint): string {
  return id.toString(16).padStart(32, '0');
}

export function account(over: Partial<CreateAccount> = {}): CreateAccount {
  return { id: newId(), ledger: 156, code: 100, flags: AccountFlags.none, ...over };
}

export function transfer(
  debit: CreateAccount,
  credit: CreateAccount,
  amount: bigint,
  over: Partial<CreateTransfer> = {},
): CreateTransfer {
  const [debitAccountId, creditAccountId] = [debit.id, credit.id];
  return { id: newId(), debitAccountId, creditAccountId, amount, ledger: 156, code: 1, flags: 0, ...over };
}

export async function openAccounts(ledger: Ledger, accounts: readonly CreateAccount[]): Promise<void> {
  for (const { status } of await ledger.createAccounts(accounts)) expect(status).toBe('created');
}

export async function statusesOf(ledger: Ledger, transfers: readonly CreateTransfer[]): Promise<string[]> {
  return (await ledger.createTransfers(transfers)).map(({ status }) => status);
}

export async function balancesOf(ledger: Ledger, id: bigint): Promise<bigint[]> {
  const [found] = await ledger.lookupAccounts([id]);
  if (!found) throw new Error('no such account');
  return [found.debitsPending, found.debitsPosted, found.creditsPending, found.creditsPosted];
}

/** As db/batch.ts does it: what was decided unseen and refused is done again, with looking. */
export async function transact<Result>(sql: Sql, run: (tx: Tx) => Promise<Result>): Promise<Result> {
  for (let tryNo = 1; ; tryNo++) {
    try {
      return (await sql.begin(run)) as Result; // what `run` answers
    } catch (error) {
      const isConflict = error instanceof Error && 'code' in error && error.code === '40001';
      if (!isConflict || tryNo === TRANSACTION_TRIES_MAX) throw error;
    }
  }
}
