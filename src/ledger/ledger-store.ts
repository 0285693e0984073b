import type { Tx } from '../db/connect.ts';
import { hashEvent, idFromUuid, idHex } from './chain.ts';
import { expiryOf } from './resolve-pending.ts';
import type { AccountState, LedgerState } from './state.ts';
import type { Account, PendingStatus, Transfer } from './types.ts';
import { TransferFlags, hasFlag } from './types.ts';

/*
 * Lists travel as one PostgreSQL array literal per column, made by hand: ids, numbers and hashes need no quoting, and
 * one text parameter is cheaper than a thousand.
 */

/** How far a book has come. The hash names its whole state: equal hashes, equal accounts. */
export interface Head {
  lastTimestamp: bigint;
  hash: string;
}

/** Locks a book against every other writer until the transaction ends. */
export async function lockHead(tx: Tx, book: number): Promise<Head | undefined> {
  const [head] = await tx<{ last_timestamp: bigint; hash: string }[]>`
    select last_timestamp, encode(hash, 'hex') as hash
    from ledger_heads
    where book = ${book}
    for update`;
  return head && { lastTimestamp: head.last_timestamp, hash: head.hash };
}

export async function openBook(tx: Tx, book: number): Promise<void> {
  await tx`insert into ledger_heads (book) values (${book}) on conflict do nothing`;
}

export async function findAccountStates(tx: Tx, book: number, ids: readonly bigint[]): Promise<AccountState[]> {
  if (ids.length === 0) return [];
  const rows = await tx<[bigint, number, number, boolean, bigint, bigint, bigint, bigint][]>`
    select k.n, b.ledger, b.flags, b.closed, b.debits_pending, b.debits_posted, b.credits_pending, b.credits_posted
    from unnest(${idList(ids)}::uuid[]) with ordinality as k (id, n)
    join ledger_balances b on b.book = ${book} and b.account_id = k.id`.values();
  return rows.map((row) => ({
    id: ids[Number(row[0]) - 1] as bigint, // n counts this very list from 1
    ledger: row[1] as number, // the columns above, in their order
    flags: row[2] as number,
    closed: row[3] as boolean,
    debitsPending: row[4] as bigint,
    debitsPosted: row[5] as bigint,
    creditsPending: row[6] as bigint,
    creditsPosted: row[7] as bigint,
  }));
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

export interface FoundTransfer {
  transfer: Transfer;
  /** Null unless it is a pending transfer. */
  status: PendingStatus | null;
}

/** Transfers by id, each with what became of it if it is a pending one. */
export async function findTransfers(tx: Tx, book: number, ids: readonly bigint[]): Promise<FoundTransfer[]> {
  if (ids.length === 0) return [];
  const rows = await tx<(TransferRow & { status: PendingStatus | null })[]>`
    select t.id, t.debit_account_id, t.credit_account_id, t.amount, t.pending_id, t.user_data_128, t.user_data_64,
      t.user_data_32, t.timeout_seconds, t.ledger, t.code, t.flags, t.timestamp, p.status
    from ledger_transfers t
    left join ledger_pending_transfers p on p.book = t.book and p.transfer_id = t.id
    where t.book = ${book} and t.id = any(${idList(ids)}::uuid[])`;
  return rows.map((row) => ({ transfer: toTransfer(row), status: row.status }));
}

export async function findFailedIds(tx: Tx, book: number, ids: readonly bigint[]): Promise<bigint[]> {
  if (ids.length === 0) return [];
  const rows = await tx<{ id: string }[]>`
    select id
    from ledger_failed_transfers
    where book = ${book} and id = any(${idList(ids)}::uuid[])`;
  return rows.map((row) => idFromUuid(row.id));
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

/**
 * Writes what the engine decided: the events with their hashes, the balances, what became of pending transfers, burnt ids,
 * and the new head, which it answers. The head must be the one that lockHead read in this transaction.
 */
export async function writeState(tx: Tx, book: number, head: Head, state: LedgerState): Promise<Head> {
  const writes: Promise<unknown>[] = [];
  const accounts: { account: Account; hash: string }[] = [];
  const transfers = new TransferColumns();
  const newPending: Transfer[] = [];
  let { hash, lastTimestamp } = head;
  const expiries: { transferId: bigint; timestamp: bigint; hash: string }[] = [];
  for (const event of state.events) {
    if (event.kind === 'transfer') {
      hash = transfers.add(hash, book, event.transfer);
      lastTimestamp = event.transfer.timestamp;
      if (hasFlag(event.transfer.flags, TransferFlags.pending)) newPending.push(event.transfer);
      continue;
    }
    hash = hashEvent(hash, book, event);
    if (event.kind === 'account') {
      accounts.push({ account: event.account, hash });
      lastTimestamp = event.account.timestamp;
    } else {
      expiries.push({ ...event.expiry, hash });
      lastTimestamp = event.expiry.timestamp;
    }
  }
  if (accounts.length > 0) writes.push(...insertAccounts(tx, book, accounts));
  if (transfers.count > 0) writes.push(insertTransfers(tx, book, transfers));
  if (newPending.length > 0) writes.push(insertPending(tx, book, newPending, state));
  const newIds = new Set(newPending.map((transfer) => transfer.id));
  const resolved = [...state.changedPending].filter((id) => !newIds.has(id));
  if (resolved.length > 0) writes.push(updatePending(tx, book, resolved, state));
  if (expiries.length > 0) writes.push(insertExpiries(tx, book, expiries));
  if (state.changedAccounts.size > 0) writes.push(updateBalances(tx, book, [...state.changedAccounts]));
  if (state.history.length > 0) writes.push(insertHistory(tx, book, state));
  if (state.newlyFailed.size > 0) writes.push(insertFailed(tx, book, state));
  if (state.events.length > 0) writes.push(updateHead(tx, book, lastTimestamp, hash));
  await Promise.all(writes);
  return { lastTimestamp, hash };
}

function insertAccounts(tx: Tx, book: number, created: { account: Account; hash: string }[]): Promise<unknown>[] {
  const accounts = created.map(({ account }) => account);
  const ids = idList(accounts.map(({ id }) => id));
  const ledgers = list(accounts.map(({ ledger }) => ledger));
  const flags = list(accounts.map(({ flags }) => flags));
  return [
    tx`
      insert into ledger_accounts
        (book, id, ledger, code, flags, user_data_128, user_data_64, user_data_32, timestamp, hash)
      select ${book}, a.id, a.ledger, a.code, a.flags, a.user_data_128, a.user_data_64, a.user_data_32, a.timestamp,
        decode(a.hash, 'hex')
      from unnest(
        ${ids}::uuid[],
        ${ledgers}::integer[],
        ${list(accounts.map(({ code }) => code))}::integer[],
        ${flags}::integer[],
        ${list(accounts.map(({ userData128 }) => idOrNull(userData128)))}::uuid[],
        ${list(accounts.map(({ userData64 }) => userData64))}::bigint[],
        ${list(accounts.map(({ userData32 }) => userData32))}::integer[],
        ${list(accounts.map(({ timestamp }) => timestamp))}::bigint[],
        ${list(created.map(({ hash }) => hash))}::text[]
      ) as a (id, ledger, code, flags, user_data_128, user_data_64, user_data_32, timestamp, hash)`,
    tx`
      insert into ledger_balances (book, account_id, ledger, flags, closed)
      select ${book}, a.id, a.ledger, a.flags, a.flags & 32 <> 0
      from unnest(${ids}::uuid[], ${ledgers}::integer[], ${flags}::integer[]) as a (id, ledger, flags)`,
  ];
}

/** The columns of many transfers as growing array literals, and the hash over each on the way, in one pass. */
class TransferColumns {
  count = 0;
  ids = '{';
  debits = '{';
  credits = '{';
  amounts = '{';
  timestamps = '{';
  pendingIds = '{';
  userData128s = '{';
  userData64s = '{';
  userData32s = '{';
  timeouts = '{';
  ledgers = '{';
  codes = '{';
  flags = '{';
  hashes = '{';

  add(previous: string, book: number, transfer: Transfer): string {
    const hash = hashEvent(previous, book, { kind: 'transfer', transfer });
    const comma = this.count === 0 ? '' : ',';
    this.count += 1;
    this.ids += comma + idHex(transfer.id);
    this.debits += comma + idHex(transfer.debitAccountId);
    this.credits += comma + idHex(transfer.creditAccountId);
    this.amounts += comma + transfer.amount.toString();
    this.timestamps += comma + transfer.timestamp.toString();
    this.pendingIds += comma + idOrNull(transfer.pendingId);
    this.userData128s += comma + idOrNull(transfer.userData128);
    this.userData64s += comma + transfer.userData64.toString();
    this.userData32s += comma + transfer.userData32.toString();
    this.timeouts += comma + transfer.timeoutSeconds.toString();
    this.ledgers += comma + transfer.ledger.toString();
    this.codes += comma + transfer.code.toString();
    this.flags += comma + transfer.flags.toString();
    this.hashes += comma + hash;
    return hash;
  }
}

function insertTransfers(tx: Tx, book: number, t: TransferColumns): Promise<unknown> {
  return tx`
    insert into ledger_transfers
      (book, id, debit_account_id, credit_account_id, amount, timestamp, pending_id, user_data_128, user_data_64,
       user_data_32, timeout_seconds, ledger, code, flags, hash)
    select ${book}, t.id, t.debit_account_id, t.credit_account_id, t.amount, t.timestamp, t.pending_id, t.user_data_128,
      t.user_data_64, t.user_data_32, t.timeout_seconds, t.ledger, t.code, t.flags, decode(t.hash, 'hex')
    from unnest(
      ${`${t.ids}}`}::uuid[],
      ${`${t.debits}}`}::uuid[],
      ${`${t.credits}}`}::uuid[],
      ${`${t.amounts}}`}::bigint[],
      ${`${t.timestamps}}`}::bigint[],
      ${`${t.pendingIds}}`}::uuid[],
      ${`${t.userData128s}}`}::uuid[],
      ${`${t.userData64s}}`}::bigint[],
      ${`${t.userData32s}}`}::integer[],
      ${`${t.timeouts}}`}::integer[],
      ${`${t.ledgers}}`}::integer[],
      ${`${t.codes}}`}::integer[],
      ${`${t.flags}}`}::integer[],
      ${`${t.hashes}}`}::text[]
    ) as t (id, debit_account_id, credit_account_id, amount, timestamp, pending_id, user_data_128, user_data_64,
      user_data_32, timeout_seconds, ledger, code, flags, hash)`;
}

function updateBalances(tx: Tx, book: number, accounts: AccountState[]): Promise<unknown> {
  return tx`
    update ledger_balances b
    set debits_pending = a.debits_pending, debits_posted = a.debits_posted, credits_pending = a.credits_pending,
      credits_posted = a.credits_posted, closed = a.closed
    from unnest(
      ${idList(accounts.map(({ id }) => id))}::uuid[],
      ${list(accounts.map(({ debitsPending }) => debitsPending))}::bigint[],
      ${list(accounts.map(({ debitsPosted }) => debitsPosted))}::bigint[],
      ${list(accounts.map(({ creditsPending }) => creditsPending))}::bigint[],
      ${list(accounts.map(({ creditsPosted }) => creditsPosted))}::bigint[],
      ${list(accounts.map(({ closed }) => closed))}::boolean[]
    ) as a (id, debits_pending, debits_posted, credits_pending, credits_posted, closed)
    where b.book = ${book} and b.account_id = a.id`;
}

function insertPending(tx: Tx, book: number, transfers: Transfer[], state: LedgerState): Promise<unknown> {
  return tx`
    insert into ledger_pending_transfers (book, transfer_id, timestamp, expires_at, status)
    select ${book}, p.id, p.timestamp, p.expires_at, p.status
    from unnest(
      ${idList(transfers.map(({ id }) => id))}::uuid[],
      ${list(transfers.map(({ timestamp }) => timestamp))}::bigint[],
      ${list(transfers.map((transfer) => expiryOf(transfer) ?? null))}::bigint[],
      ${list(transfers.map(({ id }) => state.pending.get(id) ?? null))}::text[]
    ) as p (id, timestamp, expires_at, status)`;
}

function updatePending(tx: Tx, book: number, ids: bigint[], state: LedgerState): Promise<unknown> {
  return tx`
    update ledger_pending_transfers p
    set status = r.status
    from unnest(
      ${idList(ids)}::uuid[],
      ${list(ids.map((id) => state.pending.get(id) ?? null))}::text[]
    ) as r (id, status)
    where p.book = ${book} and p.transfer_id = r.id`;
}

function insertExpiries(
  tx: Tx,
  book: number,
  expiries: { transferId: bigint; timestamp: bigint; hash: string }[],
): Promise<unknown> {
  return tx`
    insert into ledger_expiries (book, transfer_id, timestamp, hash)
    select ${book}, e.id, e.timestamp, decode(e.hash, 'hex')
    from unnest(
      ${idList(expiries.map(({ transferId }) => transferId))}::uuid[],
      ${list(expiries.map(({ timestamp }) => timestamp))}::bigint[],
      ${list(expiries.map(({ hash }) => hash))}::text[]
    ) as e (id, timestamp, hash)`;
}

function insertHistory(tx: Tx, book: number, { history }: LedgerState): Promise<unknown> {
  return tx`
    insert into ledger_balance_history
      (book, account_id, timestamp, debits_pending, debits_posted, credits_pending, credits_posted)
    select ${book}, h.id, h.timestamp, h.debits_pending, h.debits_posted, h.credits_pending, h.credits_posted
    from unnest(
      ${idList(history.map(({ accountId }) => accountId))}::uuid[],
      ${list(history.map(({ timestamp }) => timestamp))}::bigint[],
      ${list(history.map(({ debitsPending }) => debitsPending))}::bigint[],
      ${list(history.map(({ debitsPosted }) => debitsPosted))}::bigint[],
      ${list(history.map(({ creditsPending }) => creditsPending))}::bigint[],
      ${list(history.map(({ creditsPosted }) => creditsPosted))}::bigint[]
    ) as h (id, timestamp, debits_pending, debits_posted, credits_pending, credits_posted)`;
}

function insertFailed(tx: Tx, book: number, { newlyFailed }: LedgerState): Promise<unknown> {
  const facts = [...newlyFailed.values()];
  return tx`
    insert into ledger_failed_transfers (book, id, status, timestamp)
    select ${book}, f.id, f.status, f.timestamp
    from unnest(
      ${idList([...newlyFailed.keys()])}::uuid[],
      ${list(facts.map(({ status }) => status))}::text[],
      ${list(facts.map(({ timestamp }) => timestamp))}::bigint[]
    ) as f (id, status, timestamp)`;
}

function updateHead(tx: Tx, book: number, lastTimestamp: bigint, hash: string): Promise<unknown> {
  return tx`
    update ledger_heads
    set last_timestamp = ${lastTimestamp}, hash = decode(${hash}, 'hex')
    where book = ${book}`;
}

/** An array literal; the values are numbers, booleans, hexadecimal or our own words, none of which needs quoting. */
function list(values: readonly (string | number | bigint | boolean | null)[]): string {
  return `{${values.map((value) => value ?? 'null').join(',')}}`;
}

function idList(ids: readonly bigint[]): string {
  return `{${ids.map(idHex).join(',')}}`;
}

function idOrNull(id: bigint): string {
  return id === 0n ? 'null' : idHex(id);
}
