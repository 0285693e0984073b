import type { PendingQuery, Row } from 'postgres';
import type { Sql, Tx } from '../db/connect.ts';
import { idList, list } from './array-literal.ts';
import { hashEvent, hashLine, idHex, transferLine } from './chain.ts';
import { insertAccounts } from './insert-accounts-store.ts';
import { lockHead, type Head } from './read-state-store.ts';
import { expiryOf } from './resolve-pending.ts';
import type { AccountState, LedgerState } from './state.ts';
import type { Account, Transfer } from './types.ts';
import { TransferFlags, hasFlag } from './types.ts';

/**
 * What a transaction leaves behind in its book if it is committed, and nobody else can: its last event with the hash that
 * contains all before it; or, if nothing happened, all the ids that it burnt; or nothing at all.
 */
export type Trace =
  | { kind: 'transfer' | 'account' | 'expiry'; id: bigint; hash: string }
  | { kind: 'failed'; failed: ReadonlyMap<bigint, { status: string; timestamp: bigint }> };

/** Ids of which nothing was found out: none of them may be in the book already. */
export interface Unseen {
  transferIds: readonly bigint[];
  /** Of accounts that were to be opened. */
  accountIds: readonly bigint[];
}

/**
 * Writes what the engine decided: the events with their hashes, the balances, what became of pending transfers, burnt ids,
 * and the new head, which it answers. The head must be the one that lockHead read in this transaction. If it is only what
 * lockHead is expected to read, `unseen` are the ids that were not looked up: the write fails (40001) if the head is another one
 * or one of the ids is known.
 */
export function writeState(
  tx: Tx,
  book: number,
  head: Head,
  state: LedgerState,
  unseen: Unseen | undefined,
): { next: Head; trace: Trace; written: Promise<unknown> } {
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
  if (newPending.length > 0) writes.push(insertPending(tx, book, newPending, state));
  const newIds = new Set(newPending.map((transfer) => transfer.id));
  const resolved = [...state.changedPending].filter((id) => !newIds.has(id));
  if (resolved.length > 0) writes.push(updatePending(tx, book, resolved, state));
  if (expiries.length > 0) writes.push(insertExpiries(tx, book, expiries));
  if (state.history.length > 0) writes.push(insertHistory(tx, book, state));
  if (state.newlyFailed.size > 0) writes.push(insertFailed(tx, book, state));
  const next = { ...head, lastTimestamp, hash };
  if (state.events.length > 0 || unseen) {
    const nextHash = unseen ? hashIfAsExpected(tx, book, head, next, unseen) : tx`decode(${hash}, 'hex')`;
    const opened = accounts.length > 0 ? insertAccounts(tx, book, accounts, state) : tx``;
    const changed = [...state.changedAccounts].filter(({ id }) => !state.openedAccounts.has(id));
    // They are sent in this order: an expectation is checked first.
    writes.unshift(writeBook(tx, book, next, nextHash, transfers, opened, new BalanceColumns(changed)));
  }
  return { next, trace: traceOf(state, hash), written: Promise.all(writes) };
}

function traceOf(state: LedgerState, hash: string): Trace {
  const last = state.events.at(-1);
  if (!last) return { kind: 'failed', failed: state.newlyFailed };
  if (last.kind === 'transfer') return { kind: 'transfer', id: last.transfer.id, hash };
  if (last.kind === 'account') return { kind: 'account', id: last.account.id, hash };
  return { kind: 'expiry', id: last.expiry.transferId, hash };
}

/**
 * Whether the transaction of this trace was committed. Waits for the book, so one that is still under way has ended by then;
 * one of which the server has not even read the first word yet, decided unseen, will find the book changed.
 */
export async function isWritten(sql: Sql, book: number, trace: Trace): Promise<boolean> {
  return sql.begin(async (tx) => {
    await lockHead(tx, book);
    const isThere = await isTraceThere(tx, book, trace);
    if (!isThere) await tx`update ledger_heads set lost_commits = lost_commits + 1 where book = ${book}`;
    return isThere;
  });
}

async function isTraceThere(tx: Tx, book: number, trace: Trace): Promise<boolean> {
  if (trace.kind === 'failed') return (await countFailed(tx, book, trace.failed)) === BigInt(trace.failed.size);
  const [found] = await findHash(tx, book, trace);
  return found?.hash === trace.hash;
}

async function findHash(tx: Tx, book: number, { kind, id }: Trace & { id: bigint }): Promise<{ hash: string }[]> {
  const uuid = idHex(id);
  if (kind === 'transfer') {
    return tx`select encode(hash, 'hex') as hash from ledger_transfers where book = ${book} and id = ${uuid}`;
  }
  if (kind === 'account') {
    return tx`select encode(hash, 'hex') as hash from ledger_accounts where book = ${book} and id = ${uuid}`;
  }
  return tx`select encode(hash, 'hex') as hash from ledger_expiries where book = ${book} and transfer_id = ${uuid}`;
}

async function countFailed(tx: Tx, book: number, failed: (Trace & { kind: 'failed' })['failed']): Promise<bigint> {
  const facts = [...failed.values()];
  const [row] = await tx<{ count: bigint }[]>`
    select count(*)
    from ledger_failed_transfers f
    join unnest(
      ${idList([...failed.keys()])}::uuid[],
      ${list(facts.map(({ status }) => status))}::text[],
      ${list(facts.map(({ timestamp }) => timestamp))}::bigint[]
    ) as t (id, status, timestamp) on t.id = f.id and t.status = f.status and t.timestamp = f.timestamp
    where f.book = ${book}`;
  return row?.count ?? 0n;
}

/**
 * The columns of many transfers as growing array literals, and the hash over each on the way, in one pass. A column in which
 * every value is zero stays empty: most are, and PostgreSQL would read them one by one.
 */
class TransferColumns {
  count = 0;
  ids = '';
  debits = '';
  credits = '';
  amounts = '';
  timestamps = '';
  ledgers = '';
  codes = '';
  hashes = '';
  readonly pendingIds = new SparseColumn();
  readonly userData128s = new SparseColumn();
  readonly userData64s = new SparseColumn();
  readonly userData32s = new SparseColumn();
  readonly timeouts = new SparseColumn();
  readonly flags = new SparseColumn();

  add(previous: string, book: number, transfer: Transfer): string {
    const id = idHex(transfer.id);
    const debit = idHex(transfer.debitAccountId);
    const credit = idHex(transfer.creditAccountId);
    const hash = hashLine(previous, transferLine(book, transfer, id, debit, credit));
    const comma = this.count === 0 ? '' : ',';
    this.ids += comma + id;
    this.debits += comma + debit;
    this.credits += comma + credit;
    this.amounts += comma + transfer.amount;
    this.timestamps += comma + transfer.timestamp;
    this.ledgers += comma + transfer.ledger;
    this.codes += comma + transfer.code;
    this.hashes += hash;
    if (transfer.pendingId !== 0n) this.pendingIds.set(this.count, idHex(transfer.pendingId));
    if (transfer.userData128 !== 0n) this.userData128s.set(this.count, idHex(transfer.userData128));
    if (transfer.userData64 !== 0n) this.userData64s.set(this.count, transfer.userData64.toString());
    if (transfer.userData32 !== 0) this.userData32s.set(this.count, transfer.userData32.toString());
    if (transfer.timeoutSeconds !== 0) this.timeouts.set(this.count, transfer.timeoutSeconds.toString());
    if (transfer.flags !== 0) this.flags.set(this.count, transfer.flags.toString());
    this.count += 1;
    return hash;
  }
}

/** A column that is null where nothing was set; what lies after the last value need not be said. */
class SparseColumn {
  readonly #values: string[] = [];
  set(index: number, value: string): void {
    while (this.#values.length < index) this.#values.push('null');
    this.#values.push(value);
  }
  toString(): string {
    return `{${this.#values.join(',')}}`;
  }
}

/** Balances of changed accounts in id order, which is also how they lie, so that neighbours are found together. */
class BalanceColumns {
  readonly ids: string;
  readonly debitsPosted: string;
  readonly creditsPosted: string;
  readonly debitsPending: string;
  readonly creditsPending: string;
  readonly closed: string;

  constructor(changed: readonly AccountState[]) {
    const accounts = [...changed].sort((a, b) => (a.id < b.id ? -1 : 1));
    const pending = accounts.some(({ debitsPending, creditsPending }) => debitsPending !== 0n || creditsPending !== 0n);
    const closed = accounts.some(({ closed }) => closed);
    this.ids = idList(accounts.map(({ id }) => id));
    this.debitsPosted = list(accounts.map(({ debitsPosted }) => debitsPosted));
    this.creditsPosted = list(accounts.map(({ creditsPosted }) => creditsPosted));
    this.debitsPending = pending ? list(accounts.map(({ debitsPending }) => debitsPending)) : '{}';
    this.creditsPending = pending ? list(accounts.map(({ creditsPending }) => creditsPending)) : '{}';
    this.closed = closed ? list(accounts.map(({ closed }) => closed)) : '{}';
  }
}

/** The next hash if the book is as this head says and knows none of the ids, else an error. */
function hashIfAsExpected(tx: Tx, book: number, head: Head, next: Head, unseen: Unseen) {
  const list = idList(unseen.transferIds);
  const areNew =
    unseen.accountIds.length === 0
      ? tx``
      : tx`and not exists (
          select from ledger_accounts a where a.book = ${book} and a.id = any(${idList(unseen.accountIds)}::uuid[]))`;
  return tx`
    case when hash = decode(${head.hash}, 'hex') and lost_commits = ${head.lostCommits}
      and not exists (select from ledger_transfers t where t.book = ${book} and t.id = any(${list}::uuid[]))
      and not exists (select from ledger_failed_transfers f where f.book = ${book} and f.id = any(${list}::uuid[]))
      ${areNew}
    then decode(${next.hash}, 'hex') else ledger_refuse_unseen() end`;
}

/**
 * What every write changes, in one statement, because a transfer that comes alone pays for each: transfers, new accounts, balances, head. The
 * head comes first, which all that is new asks it for: where it is another one than expected, that is the error, and not that an id is there already.
 */
function writeBook(
  tx: Tx,
  book: number,
  head: Head,
  nextHash: PendingQuery<Row[]>,
  t: TransferColumns,
  opened: PendingQuery<Row[]>,
  b: BalanceColumns,
): Promise<unknown> {
  return tx`
    with head as (
      update ledger_heads
      set last_timestamp = ${head.lastTimestamp}, hash = ${nextHash}
      where book = ${book}
      returning true as is_right
    ), transfers as (
      insert into ledger_transfers
        (book, id, debit_account_id, credit_account_id, amount, timestamp, pending_id, user_data_128, user_data_64,
         user_data_32, timeout_seconds, ledger, code, flags, hash)
      select ${book}, t.id, t.debit_account_id, t.credit_account_id, t.amount, t.timestamp, t.pending_id,
        t.user_data_128, coalesce(t.user_data_64, 0), coalesce(t.user_data_32, 0), coalesce(t.timeout_seconds, 0),
        t.ledger, t.code, coalesce(t.flags, 0),
        substr(${Buffer.from(t.hashes, 'hex')}::bytea, (t.n * 32 - 31)::integer, 32)
      from unnest(
        ${`{${t.ids}}`}::uuid[],
        ${`{${t.debits}}`}::uuid[],
        ${`{${t.credits}}`}::uuid[],
        ${`{${t.amounts}}`}::bigint[],
        ${`{${t.timestamps}}`}::bigint[],
        ${t.pendingIds.toString()}::uuid[],
        ${t.userData128s.toString()}::uuid[],
        ${t.userData64s.toString()}::bigint[],
        ${t.userData32s.toString()}::integer[],
        ${t.timeouts.toString()}::integer[],
        ${`{${t.ledgers}}`}::integer[],
        ${`{${t.codes}}`}::integer[],
        ${t.flags.toString()}::integer[]
      ) with ordinality as t (id, debit_account_id, credit_account_id, amount, timestamp, pending_id, user_data_128,
        user_data_64, user_data_32, timeout_seconds, ledger, code, flags, n)
      where (select is_right from head)
    )${opened}
    update ledger_balances b
    set debits_posted = a.debits_posted, credits_posted = a.credits_posted,
      debits_pending = coalesce(a.debits_pending, 0), credits_pending = coalesce(a.credits_pending, 0),
      closed = coalesce(a.closed, false), room = null
    from unnest(
      ${b.ids}::uuid[],
      ${b.debitsPosted}::bigint[],
      ${b.creditsPosted}::bigint[],
      ${b.debitsPending}::bigint[],
      ${b.creditsPending}::bigint[],
      ${b.closed}::boolean[]
    ) as a (id, debits_posted, credits_posted, debits_pending, credits_pending, closed)
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
