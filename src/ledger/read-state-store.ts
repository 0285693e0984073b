import type { Tx } from '../db/connect.ts';
import { idList } from './array-literal.ts';
import { idFromUuid } from './chain.ts';
import type { AccountState } from './state.ts';
import type { Account, PendingStatus, Transfer } from './types.ts';

/** How far a book has come. The hash names its whole state: equal hashes, equal accounts. */
export interface Head {
  lastTimestamp: bigint;
  hash: string;
  /** Commits that were looked up and not found. */
  lostCommits: bigint;
}

/**
 * Locks a book against every other writer until the transaction ends. From here to its end the statements go from key to
 * key only. Once there are many accounts (4 MB of them) they also run by stored plans, because planning takes longer than
 * a small batch itself; before, a plan stored while the tables were empty would go on reading all of them. Until a table was first
 * analyzed the planner takes a book for a few rows of it: neither a bitmap of the whole book nor a copy of it kept beside a join is
 * let pass for a way from key to key.
 */
export async function lockHead(tx: Tx, book: number): Promise<Head | undefined> {
  const [head] = await tx<{ last_timestamp: bigint; hash: string; lost_commits: bigint }[]>`
    select last_timestamp, encode(hash, 'hex') as hash, lost_commits,
      set_config('plan_cache_mode',
        case when pg_relation_size('ledger_balances') < 131072 then 'force_custom_plan' else 'force_generic_plan' end, true),
      set_config('enable_seqscan', 'off', true),
      set_config('enable_hashjoin', 'off', true),
      set_config('enable_mergejoin', 'off', true),
      set_config('enable_bitmapscan', 'off', true),
      set_config('enable_material', 'off', true)
    from ledger_heads
    where book = ${book}
    for update`;
  return head && { lastTimestamp: head.last_timestamp, hash: head.hash, lostCommits: head.lost_commits };
}

export async function openBook(tx: Tx, book: number): Promise<void> {
  await tx`insert into ledger_heads (book) values (${book}) on conflict do nothing`;
}

export async function findAccountStates(tx: Tx, book: number, ids: readonly bigint[]): Promise<AccountState[]> {
  if (ids.length === 0) return [];
  const rows = await tx<AccountStateRow[]>`
    select account_id, ledger, flags, closed, debits_pending, debits_posted, credits_pending, credits_posted
    from ledger_balances
    where book = ${book} and account_id = any(${idList(ids)}::uuid[])`;
  return rows.map((row) => ({
    id: idFromUuid(row.account_id),
    ledger: row.ledger,
    flags: row.flags,
    closed: row.closed,
    debitsPending: row.debits_pending,
    debitsPosted: row.debits_posted,
    creditsPending: row.credits_pending,
    creditsPosted: row.credits_posted,
  }));
}

interface AccountStateRow {
  account_id: string;
  ledger: number;
  flags: number;
  closed: boolean;
  debits_pending: bigint;
  debits_posted: bigint;
  credits_pending: bigint;
  credits_posted: bigint;
}

/** Accounts as they were created: without balances, and `closed` only if they were born so. */
export async function findCreatedAccounts(tx: Tx, book: number, ids: readonly bigint[]): Promise<Account[]> {
  if (ids.length === 0) return [];
  const rows = await tx<AccountRow[]>`
    select id, ledger, code, flags, user_data_128, user_data_64, user_data_32, timestamp
    from ledger_accounts
    where book = ${book} and id = any(${idList(ids)}::uuid[])`;
  return rows.map(toAccount);
}

export interface AccountRow {
  id: string;
  ledger: number;
  code: number;
  flags: number;
  user_data_128: string | null;
  user_data_64: bigint;
  user_data_32: number;
  timestamp: bigint;
}

export function toAccount(row: AccountRow): Account {
  return {
    id: idFromUuid(row.id),
    ledger: row.ledger,
    code: row.code,
    flags: row.flags,
    userData128: row.user_data_128 === null ? 0n : idFromUuid(row.user_data_128),
    userData64: row.user_data_64,
    userData32: row.user_data_32,
    debitsPending: 0n,
    debitsPosted: 0n,
    creditsPending: 0n,
    creditsPosted: 0n,
    timestamp: row.timestamp,
  };
}

export interface TransferRow {
  id: string;
  debit_account_id: string;
  credit_account_id: string;
  amount: bigint;
  pending_id: string | null;
  user_data_128: string | null;
  user_data_64: bigint;
  user_data_32: number;
  timeout_seconds: number;
  ledger: number;
  code: number;
  flags: number;
  timestamp: bigint;
}

export function toTransfer(row: TransferRow): Transfer {
  return {
    id: idFromUuid(row.id),
    debitAccountId: idFromUuid(row.debit_account_id),
    creditAccountId: idFromUuid(row.credit_account_id),
    amount: row.amount,
    pendingId: row.pending_id === null ? 0n : idFromUuid(row.pending_id),
    userData128: row.user_data_128 === null ? 0n : idFromUuid(row.user_data_128),
    userData64: row.user_data_64,
    userData32: row.user_data_32,
    timeoutSeconds: row.timeout_seconds,
    ledger: row.ledger,
    code: row.code,
    flags: row.flags,
    timestamp: row.timestamp,
  };
}

/** What is known about a transfer id: the transfer, with what became of it if it is a pending one; or only that it failed. */
export type KnownTransfer =
  | { kind: 'transfer'; transfer: Transfer; pendingStatus: PendingStatus | null }
  | { kind: 'failed'; id: bigint };

export async function findKnownTransfers(tx: Tx, book: number, ids: readonly bigint[]): Promise<KnownTransfer[]> {
  if (ids.length === 0) return [];
  const rows = await tx<(TransferRow & { pending_status: PendingStatus | null; failed: boolean })[]>`
    select t.id, t.debit_account_id, t.credit_account_id, t.amount, t.pending_id, t.user_data_128, t.user_data_64,
      t.user_data_32, t.timeout_seconds, t.ledger, t.code, t.flags, t.timestamp, p.status as pending_status,
      false as failed
    from ledger_transfers t
    left join ledger_pending_transfers p on p.book = t.book and p.transfer_id = t.id
    where t.book = ${book} and t.id = any(${idList(ids)}::uuid[])
    union all
    select f.id, null, null, null, null, null, null, null, null, null, null, null, null, null, true
    from ledger_failed_transfers f
    where f.book = ${book} and f.id = any(${idList(ids)}::uuid[])`;
  return rows.map((row) =>
    row.failed
      ? { kind: 'failed', id: idFromUuid(row.id) }
      : { kind: 'transfer', transfer: toTransfer(row), pendingStatus: row.pending_status },
  );
}

/** Pending transfers whose time is up, in the order in which they expire. */
export async function findDuePending(tx: Tx, book: number, now: bigint, limit: number): Promise<bigint[]> {
  const rows = await tx<{ transfer_id: string }[]>`
    select transfer_id
    from ledger_pending_transfers
    where book = ${book} and status = 'pending' and expires_at <= ${now}
    order by expires_at, timestamp
    limit ${limit}`;
  return rows.map((row) => idFromUuid(row.transfer_id));
}
