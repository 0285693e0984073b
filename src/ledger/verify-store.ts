import type { Sql, Tx } from '../db/connect.ts';
import { idHex, idFromUuid } from './chain.ts';
import type { AccountRow, TransferRow } from './read-state-store.ts';
import { toAccount, toTransfer } from './read-state-store.ts';
import type { LedgerEvent } from './state.ts';
import type { Balances, BalancesAt, PendingStatus } from './types.ts';

const ROWS_AT_A_TIME = 5000;

export interface StoredEvent {
  event: LedgerEvent;
  hash: string;
}
export interface StoredBalances extends Balances {
  accountId: bigint;
  ledger: number;
  flags: number;
  closed: boolean;
}
export interface StoredPending {
  transferId: bigint;
  status: PendingStatus;
  expiresAt: bigint | null;
}
export interface StoredHead {
  book: number;
  lastTimestamp: bigint;
  hash: string;
}

/** Hands `work` one unmoving picture of the database; writers are not held up. */
export async function withSnapshot<T>(sql: Sql, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await sql.begin('isolation level repeatable read, read only', async (tx) => {
    await tx`set local statement_timeout = 0`;
    await tx`set local idle_in_transaction_session_timeout = 0`;
    return { value: await work(tx) };
  });
  return result.value;
}

export async function listHeads(tx: Tx): Promise<StoredHead[]> {
  const rows = await tx<{ book: number; last_timestamp: bigint; hash: string }[]>`
    select book, last_timestamp, encode(hash, 'hex') as hash
    from ledger_heads
    order by book`;
  return rows.map((row) => ({ book: row.book, lastTimestamp: row.last_timestamp, hash: row.hash }));
}

/** Everything that happened in a book, in order. */
export async function* readEvents(tx: Tx, book: number): AsyncGenerator<StoredEvent> {
  await tx`
    declare ledger_events no scroll cursor for
    select 'account' as kind, timestamp, id, encode(hash, 'hex') as hash, ledger, code, flags, user_data_128,
      user_data_64, user_data_32, null::uuid as debit_account_id, null::uuid as credit_account_id,
      null::bigint as amount, null::uuid as pending_id, null::integer as timeout_seconds
    from ledger_accounts
    where book = ${tx.unsafe(String(book))}
    union all
    select 'transfer', timestamp, id, encode(hash, 'hex'), ledger, code, flags, user_data_128,
      user_data_64, user_data_32, debit_account_id, credit_account_id, amount, pending_id, timeout_seconds
    from ledger_transfers
    where book = ${tx.unsafe(String(book))}
    union all
    select 'expiry', timestamp, transfer_id, encode(hash, 'hex'), null, null, null, null,
      null, null, null, null, null, null, null
    from ledger_expiries
    where book = ${tx.unsafe(String(book))}
    order by timestamp`;
  for await (const row of fetchAll<EventRow>(tx, 'ledger_events')) yield toStoredEvent(row);
}

type EventRow = AccountRow & TransferRow & { kind: 'account' | 'transfer' | 'expiry'; hash: string };

function toStoredEvent(row: EventRow): StoredEvent {
  const { hash, timestamp } = row;
  if (row.kind === 'account') return { hash, event: { kind: 'account', account: toAccount(row) } };
  if (row.kind === 'transfer') return { hash, event: { kind: 'transfer', transfer: toTransfer(row) } };
  return { hash, event: { kind: 'expiry', expiry: { transferId: idFromUuid(row.id), timestamp } } };
}

/** The balances that were kept of `history` accounts, in order of time, then account. */
export async function* readHistory(tx: Tx, book: number): AsyncGenerator<BalancesAt & { accountId: bigint }> {
  await tx`
    declare ledger_history no scroll cursor for
    select timestamp, account_id, debits_pending, debits_posted, credits_pending, credits_posted
    from ledger_balance_history
    where book = ${tx.unsafe(String(book))}
    order by timestamp, account_id`;
  for await (const row of fetchAll<BalanceRow & { timestamp: bigint }>(tx, 'ledger_history')) {
    yield { accountId: idFromUuid(row.account_id), timestamp: row.timestamp, ...toBalances(row) };
  }
}

export async function* readBalances(tx: Tx, book: number): AsyncGenerator<StoredBalances> {
  await tx`
    declare ledger_balances_now no scroll cursor for
    select account_id, ledger, flags, closed, debits_pending, debits_posted, credits_pending, credits_posted
    from ledger_balances
    where book = ${tx.unsafe(String(book))}
    order by account_id`;
  type Row = BalanceRow & { ledger: number; flags: number; closed: boolean };
  for await (const row of fetchAll<Row>(tx, 'ledger_balances_now')) {
    const { ledger, flags, closed } = row;
    yield { accountId: idFromUuid(row.account_id), ledger, flags, closed, ...toBalances(row) };
  }
}

/** What became of pending transfers, in the order of their making. */
export async function* readPending(tx: Tx, book: number): AsyncGenerator<StoredPending> {
  await tx`
    declare ledger_pending_now no scroll cursor for
    select transfer_id, status, expires_at
    from ledger_pending_transfers
    where book = ${tx.unsafe(String(book))}
    order by timestamp`;
  type Row = { transfer_id: string; status: PendingStatus; expires_at: bigint | null };
  for await (const row of fetchAll<Row>(tx, 'ledger_pending_now')) {
    yield { transferId: idFromUuid(row.transfer_id), status: row.status, expiresAt: row.expires_at };
  }
}

interface BalanceRow {
  account_id: string;
  debits_pending: bigint;
  debits_posted: bigint;
  credits_pending: bigint;
  credits_posted: bigint;
}

function toBalances(row: BalanceRow): Balances {
  return {
    debitsPending: row.debits_pending,
    debitsPosted: row.debits_posted,
    creditsPending: row.credits_pending,
    creditsPosted: row.credits_posted,
  };
}

/** Several cursors are open at a time on one connection, which the driver's own cursors cannot. */
async function* fetchAll<Row>(tx: Tx, cursor: string): AsyncGenerator<Row> {
  for (;;) {
    const rows = await tx.unsafe<Row[]>(`fetch ${ROWS_AT_A_TIME} from ${cursor}`);
    yield* rows;
    if (rows.length < ROWS_AT_A_TIME) break;
  }
  await tx.unsafe(`close ${cursor}`);
}

/** An id as the tables show it. */
export function showId(id: bigint): string {
  return idHex(id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
