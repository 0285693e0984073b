import { STATEMENT_LEASE_SECONDS } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { addSeconds } from '../cashier/ask-schedule.ts';
import { type BilledAccount, getBilledAccount } from '../cashier/billed-accounts.ts';
import { type Reply, toReply } from '../cashier/reply.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { withKey } from '../db/with-key.ts';
import { advanceStatement } from './advance-statement.ts';
import { compareWithClosed, takeFile } from './fetch-statement.ts';
import { newStatement } from './plan-statements.ts';
import { showOne } from './read-statements.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Statement } from './statement.ts';
import {
  claimStatement,
  findStatement,
  findStatementOfDay,
  insertStatement,
  updateStatementDue,
} from './statement-store.ts';
import { isDay } from './wallet-day.ts';

export interface DayOfAccount {
  /** Null: whoever runs the server asks. */
  merchantId: string | null;
  walletAccountId: string;
  day: string;
}

/**
 * Makes a day's statement due now, whether it is new, was given up, or is closed (then it is only compared). Whoever runs
 * the loops fetches it; wake them afterwards. @throws Refusal not_found, invalid_request
 */
export async function requestStatement(
  deps: SettlementDeps,
  request: DayOfAccount & { claim: KeyClaim | null },
): Promise<Reply & { replayed: boolean }> {
  const { sql, clock } = deps.cashier.deps;
  const account = await getBilledAccount(deps.cashier.deps, request.walletAccountId, request.merchantId);
  const fresh = checkedDay(deps, account, request.day);
  const now = clock.now();
  return await withKey(sql, request.claim, now, null, async (tx) => {
    const { id } = await ensureStatement(tx, fresh);
    await updateStatementDue(tx, account.book, id, now);
    const statement = await findStatement(tx, account.book, id);
    if (statement === null) throw new Error('assertion failed: what was just written is there');
    return toReply(202, await showOne(tx, statement));
  });
}

/** The same, and done here at once, by this very process. @throws also Refusal unavailable while another one is at it. */
export async function settleNow(deps: SettlementDeps, request: DayOfAccount): Promise<Statement> {
  const statement = await leaseDay(deps, request);
  await advanceStatement(deps, statement);
  return await reread(deps, statement);
}

/**
 * Takes a bill that a person has downloaded, through the same reading and the same checks as one that was fetched.
 * @throws Refusal not_found, invalid_request, unavailable, statement_closed
 */
export async function importStatement(
  deps: SettlementDeps,
  request: DayOfAccount & { file: Buffer },
): Promise<Statement> {
  const leased = await leaseDay(deps, request);
  if (leased.source === 'asking')
    throw new Refusal('invalid_request', 'this wallet has no bill: its day is reconciled by asking', { param: 'file' });
  if (leased.state === 'reconciled') return await compareImported(deps, leased, request.file);
  if (leased.state === 'waiting' || leased.state === 'refused' || leased.state === 'unavailable') {
    const taken = await takeFile(deps, leased, request.file, 'imported');
    if (taken !== null) await advanceStatement(deps, taken);
    return await reread(deps, leased);
  }
  // Another bill is half way through: it goes first, and this one is compared with it.
  await advanceStatement(deps, leased);
  const { state } = await reread(deps, leased);
  if (state !== 'reconciled')
    throw new Refusal('unavailable', `the day has another bill in hand and is ${state}; try again shortly`);
  return await compareImported(deps, await leaseDay(deps, request), request.file);
}

async function compareImported(deps: SettlementDeps, closed: Statement, file: Buffer): Promise<Statement> {
  if (!(await compareWithClosed(deps, closed, file, 'imported')))
    throw new Refusal('statement_closed', 'the day was reconciled by another bill; nothing was changed');
  return await reread(deps, closed);
}

async function leaseDay(deps: SettlementDeps, request: DayOfAccount): Promise<Statement> {
  const { sql, clock } = deps.cashier.deps;
  const account = await getBilledAccount(deps.cashier.deps, request.walletAccountId, request.merchantId);
  const { book, id } = await ensureStatement(sql, checkedDay(deps, account, request.day));
  const now = clock.now();
  const leased = await claimStatement(sql, book, id, now, addSeconds(now, STATEMENT_LEASE_SECONDS));
  if (leased === null) throw new Refusal('unavailable', 'somebody is at work on this statement; try again shortly');
  return leased;
}

async function ensureStatement(sql: Sql | Tx, fresh: Statement): Promise<Statement> {
  const found =
    (await insertStatement(sql, fresh)) ??
    (await findStatementOfDay(sql, fresh.book, fresh.walletAccountId, fresh.day));
  if (found === null) throw new Error('assertion failed: a statement that is there already is found');
  return found;
}

function checkedDay(deps: SettlementDeps, account: BilledAccount, day: string): Statement {
  if (!isDay(day)) throw new Refusal('invalid_request', 'a day is a date, such as 2026-11-11', { param: 'day' });
  const fresh = newStatement(deps, account, day);
  if (fresh.endsAt > deps.cashier.deps.clock.now())
    throw new Refusal('invalid_request', "the wallet's day has not ended yet", { param: 'day' });
  return fresh;
}

async function reread(deps: SettlementDeps, statement: Statement): Promise<Statement> {
  const found = await findStatement(deps.cashier.deps.sql, statement.book, statement.id);
  if (found === null) throw new Error('assertion failed: a statement is never deleted');
  return found;
}
