import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Tx } from '../db/connect.ts';
import { type AccountCache, type Memory, noteOpened } from './account-cache.ts';
import { Timestamps, applyAccounts, applyTransfers } from './engine.ts';
import type { Head, KnownTransfer } from './read-state-store.ts';
import {
  findAccountStates,
  findCreatedAccounts,
  findDuePending,
  findKnownTransfers,
  lockHead,
  openBook,
} from './read-state-store.ts';
import { expirePending } from './resolve-pending.ts';
import type { CreateAccountResult, CreateTransferResult } from './results.ts';
import { LedgerState } from './state.ts';
import type { CreateAccount, CreateTransfer } from './types.ts';
import { hasFlag, TransferFlags } from './types.ts';
import { type Trace, type Unseen, writeState } from './write-state-store.ts';

const RESOLVES = TransferFlags.post_pending_transfer | TransferFlags.void_pending_transfer;

/** What one caller wants done to a book, as a whole: events of one request never join another's chain. */
export type LedgerRequest =
  | { kind: 'accounts'; accounts: readonly CreateAccount[] }
  | { kind: 'transfers'; transfers: readonly CreateTransfer[] };

export type LedgerReply =
  | { kind: 'accounts'; results: readonly CreateAccountResult[] }
  | { kind: 'transfers'; results: readonly CreateTransferResult[] };

export interface ApplyDeps {
  clock: Clock;
  cache: AccountCache;
}

/**
 * Lock, read, decide, write: every way into a book. One reply per request, same index. The writes are on their way when it
 * answers: wait for `written`, or send the commit right behind them, which PostgreSQL refuses if one of them failed. Who does all
 * again where that failed for the sake of another writer (40001) may let accounts be opened without a look whether they are there.
 */
export async function applyRequests(
  tx: Tx,
  deps: ApplyDeps,
  book: number,
  requests: readonly LedgerRequest[],
  opensUnseen: boolean,
): Promise<{ replies: LedgerReply[]; trace: Trace; written: Promise<unknown> }> {
  const accounts = requests.flatMap((request) => (request.kind === 'accounts' ? request.accounts : []));
  const transfers = requests.flatMap((request) => (request.kind === 'transfers' ? request.transfers : []));
  const unseen = accounts.length === 0 || opensUnseen ? takeUnseen(deps, book, accounts, transfers) : undefined;
  if (unseen) void lockHead(tx, book).catch(() => {}); // not waited for; an error also fails the write behind it
  const read = unseen ?? (await readState(tx, deps, book, accounts, transfers));
  const { head, state } = read;

  const timestamps = new Timestamps(head.lastTimestamp, deps.clock.now().getTime());
  const replies = requests.map(
    (request): LedgerReply =>
      request.kind === 'accounts'
        ? { kind: 'accounts', results: applyAccounts(state, request.accounts, timestamps) }
        : { kind: 'transfers', results: applyTransfers(state, request.transfers, timestamps) },
  );
  return { replies, ...writeDecided(tx, deps, book, read) };
}

/** A book as far as a list of events can touch it, and what else is in memory of it. */
interface Read {
  head: Head;
  state: LedgerState;
  memory: Memory;
  /** What was not looked up; undefined where everything was. */
  unseen: Unseen | undefined;
}

/**
 * A single writer knows the head, the balances and the pending transfers that it left behind, so it need not wait for the database to say
 * them: transfers between accounts in memory are decided at once, and the write says on what condition. An account's or transfer's id
 * that is known to the database and not to the memory breaks the condition; then all is done again, with looking.
 */
function takeUnseen(
  deps: ApplyDeps,
  book: number,
  accounts: readonly CreateAccount[],
  transfers: readonly CreateTransfer[],
): Read | undefined {
  const accountIds = new Set<bigint>();
  const ownIds = new Set<bigint>();
  const pendingIds = new Set<bigint>();
  for (const { id, flags, pendingId, debitAccountId, creditAccountId } of transfers) {
    ownIds.add(id);
    if (pendingId && !ownIds.has(pendingId)) pendingIds.add(pendingId);
    if (hasFlag(flags, RESOLVES)) continue;
    accountIds.add(debitAccountId);
    accountIds.add(creditAccountId);
  }
  const openedIds = accounts.map(({ id }) => id);
  const kept = deps.cache.takeUnseen(book, { opened: openedIds, accounts: accountIds, pending: pendingIds });
  if (!kept) return undefined;
  const state = new LedgerState(kept.accounts, kept.opened);
  for (const id of pendingIds) {
    const transfer = kept.pending.get(id);
    assert(transfer, 'what was taken is there');
    state.transfers.set(id, transfer);
    state.pending.set(id, 'pending');
  }
  const transferIds: bigint[] = [];
  for (const id of ownIds) {
    const transfer = kept.firstTransfers.get(id);
    if (transfer) state.transfers.set(id, transfer);
    else transferIds.push(id);
  }
  return { head: kept.head, state, memory: kept, unseen: { transferIds, accountIds: [...kept.newIds] } };
}

/** Gives back the amounts of pending transfers whose time is up, oldest first; answers how many. */
export async function applyExpiries(tx: Tx, deps: ApplyDeps, book: number, limit: number): Promise<number> {
  const now = BigInt(deps.clock.now().getTime()) * 1_000_000n;
  const head = await lockHead(tx, book);
  if (!head) return 0;
  const due = await findDuePending(tx, book, now, limit);
  if (due.length === 0) return 0;
  const known = await findKnownTransfers(tx, book, due);
  const memory = deps.cache.take(book, head);
  const state = new LedgerState(memory.accounts, memory.opened);
  addKnown(state, known);
  await readAccounts(tx, book, state, accountsOf(known));
  const timestamps = new Timestamps(head.lastTimestamp, deps.clock.now().getTime());
  for (const id of due) {
    const transfer = state.transfers.get(id);
    assert(transfer, 'a pending row has its transfer');
    expirePending(state, transfer, timestamps.next());
  }
  await writeDecided(tx, deps, book, { head, state, memory, unseen: undefined }).written;
  return due.length;
}

/** Reads all that the events can touch; what does not depend on another answer is asked in one go. */
async function readState(
  tx: Tx,
  deps: ApplyDeps,
  book: number,
  accounts: readonly CreateAccount[],
  transfers: readonly CreateTransfer[],
): Promise<Read> {
  const transferIds = new Set<bigint>();
  const accountIds = new Set<bigint>();
  let resolves = false;
  for (const transfer of transfers) {
    transferIds.add(transfer.id);
    if (transfer.pendingId) {
      transferIds.add(transfer.pendingId);
      resolves = true;
    }
    accountIds.add(transfer.debitAccountId);
    accountIds.add(transfer.creditAccountId);
  }
  accountIds.delete(0n);
  const ids = [...transferIds];
  const openedIds = accounts.map(({ id }) => id);
  const missing = deps.cache.missing(book, accountIds);
  const ask = () =>
    Promise.all([
      lockHead(tx, book),
      findKnownTransfers(tx, book, ids),
      findCreatedAccounts(tx, book, openedIds),
      findAccountStates(tx, book, missing),
    ]);
  let [head, known, created, states] = await ask();
  if (!head) {
    await openBook(tx, book);
    [head, known, created, states] = await ask();
  }
  assert(head, 'a book that was opened has a head');
  const memory = deps.cache.take(book, head);
  noteOpened(memory, openedIds, created);
  const state = new LedgerState(memory.accounts, memory.opened);
  for (const account of states) state.accounts.set(account.id, account);
  addKnown(state, known);
  for (const account of created) state.knownAccounts.set(account.id, account);
  if (resolves) for (const id of accountsOf(known)) accountIds.add(id);
  await readAccounts(tx, book, state, accountIds);
  return { head, state, memory, unseen: undefined };
}

/** Balances that are not in memory yet. */
async function readAccounts(tx: Tx, book: number, state: LedgerState, ids: Iterable<bigint>): Promise<void> {
  const missing = [...ids].filter((id) => !state.accounts.has(id));
  for (const account of await findAccountStates(tx, book, missing)) state.accounts.set(account.id, account);
}

function addKnown(state: LedgerState, known: readonly KnownTransfer[]): void {
  for (const found of known) {
    if (found.kind === 'failed') {
      state.failed.add(found.id);
      continue;
    }
    state.transfers.set(found.transfer.id, found.transfer);
    if (found.pendingStatus) state.pending.set(found.transfer.id, found.pendingStatus);
  }
}

function accountsOf(known: readonly KnownTransfer[]): bigint[] {
  return known.flatMap((found) =>
    found.kind === 'transfer' ? [found.transfer.debitAccountId, found.transfer.creditAccountId] : [],
  );
}

function writeDecided(
  tx: Tx,
  deps: ApplyDeps,
  book: number,
  { head, state, memory, unseen }: Read,
): { trace: Trace; written: Promise<unknown> } {
  const { next, trace, written } = writeState(tx, book, head, state, unseen);
  deps.cache.keep(book, next, memory, state);
  written.catch(() => deps.cache.forget(book));
  return { trace, written };
}
