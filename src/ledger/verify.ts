import type { Sql, Tx } from '../db/connect.ts';
import { Replay, placeOf, showBalances, type WrongRow } from './replay.ts';
import { expiryOf } from './resolve-pending.ts';
import type { LedgerEvent } from './state.ts';
import type { BalancesAt } from './types.ts';
import {
  listHeads,
  readBalances,
  readEvents,
  readHistory,
  readPending,
  showId,
  withSnapshot,
  type StoredHead,
} from './verify-store.ts';

export interface VerifyOptions {
  sql: Sql;
  /** Only this one; absent is every book. */
  book?: number;
  onProgress?: (progress: { book: number; events: number }) => void;
}

export type Verification =
  | { ok: true; books: { book: number; events: number; accounts: number; hash: string }[] }
  | { ok: false; book: number; table: string; id: string; expected: string; found: string; text: string };

const EVENTS_PER_PROGRESS = 50_000;

/**
 * Recomputes the chain and every balance of the ledger from its rows and names the first row that is wrong. Reads one
 * unmoving picture and holds nobody up; memory grows with the accounts and pending transfers, not with the rest.
 */
export async function verifyLedger({ sql, book, onProgress }: VerifyOptions): Promise<Verification> {
  return withSnapshot(sql, async (tx) => {
    const books: { book: number; events: number; accounts: number; hash: string }[] = [];
    for (const head of await listHeads(tx)) {
      if (book !== undefined && head.book !== book) continue;
      const replay = new Replay(head.book);
      const wrong = await verifyBook(tx, head, replay, onProgress ?? (() => {}));
      if (wrong) return toVerification(head.book, wrong);
      books.push({ book: head.book, events: replay.events, accounts: replay.accounts.size, hash: replay.hash });
    }
    return { ok: true, books };
  });
}

function toVerification(book: number, { table, id, expected, found }: WrongRow): Verification {
  const text = `${table}, book ${book}, id ${showId(id)}: expected ${expected}, found ${found}`;
  return { ok: false, book, table, id: showId(id), expected, found, text };
}

async function verifyBook(
  tx: Tx,
  head: StoredHead,
  replay: Replay,
  onProgress: (progress: { book: number; events: number }) => void,
): Promise<WrongRow | undefined> {
  const history = readHistory(tx, head.book);
  for await (const { event, hash } of readEvents(tx, head.book)) {
    const wrong = replay.take(event, hash) ?? (await verifyHistory(replay, event, history));
    if (wrong) return wrong;
    if (replay.events % EVENTS_PER_PROGRESS === 0) onProgress({ book: head.book, events: replay.events });
  }
  onProgress({ book: head.book, events: replay.events });
  const left = await history.next();
  if (!left.done) {
    const { accountId: id, timestamp } = left.value;
    return { table: 'ledger_balance_history', id, expected: 'no row without an event', found: `one at ${timestamp}` };
  }
  return (
    verifyHead(head, replay) ?? (await verifyBalances(tx, head.book, replay)) ?? verifyPending(tx, head.book, replay)
  );
}

async function verifyHistory(
  replay: Replay,
  event: LedgerEvent,
  history: AsyncGenerator<BalancesAt & { accountId: bigint }>,
): Promise<WrongRow | undefined> {
  for (const account of replay.historyOf(event)) {
    const { timestamp } = placeOf(event);
    const { value: row } = await history.next();
    const expected = `${showBalances(account)} at ${timestamp}`;
    const found =
      row === undefined ? 'no row' : `${showBalances(row)} at ${row.timestamp} of account ${showId(row.accountId)}`;
    if (`${expected} of account ${showId(account.account.id)}` !== found) {
      return { table: 'ledger_balance_history', id: account.account.id, expected, found };
    }
  }
  return undefined;
}

/** The head outlives rows that are cut off at the end, where no later row can tell. */
function verifyHead(head: StoredHead, replay: Replay): WrongRow | undefined {
  if (head.hash === replay.hash && head.lastTimestamp === replay.lastTimestamp) return undefined;
  return {
    table: 'ledger_heads',
    id: 0n,
    expected: `the hash ${replay.hash} of the last event, at ${replay.lastTimestamp}`,
    found: `${head.hash}, at ${head.lastTimestamp}: events at the end are missing, or the head was changed`,
  };
}

async function verifyBalances(tx: Tx, book: number, replay: Replay): Promise<WrongRow | undefined> {
  const table = 'ledger_balances';
  const sums = new Map<number, { pending: bigint; posted: bigint }>();
  let rows = 0;
  for await (const row of readBalances(tx, book)) {
    const is = replay.accounts.get(row.accountId);
    if (!is) return { table, id: row.accountId, expected: 'no row without an account', found: showBalances(row) };
    const show = (figures: string, ledger: number, flags: number, closed: boolean) =>
      `${figures}, ledger ${ledger}, flags ${flags}${closed ? ', closed' : ''}`;
    const expected = show(showBalances(is), is.account.ledger, is.account.flags, is.closed);
    const found = show(showBalances(row), row.ledger, row.flags, row.closed);
    if (expected !== found) return { table, id: row.accountId, expected, found };
    const sum = sums.get(row.ledger) ?? { pending: 0n, posted: 0n };
    sum.pending += row.debitsPending - row.creditsPending;
    sum.posted += row.debitsPosted - row.creditsPosted;
    sums.set(row.ledger, sum);
    rows += 1;
  }
  if (rows !== replay.accounts.size) {
    const there = new Set<bigint>();
    for await (const row of readBalances(tx, book)) there.add(row.accountId);
    const id = [...replay.accounts.keys()].find((id) => !there.has(id)) ?? 0n;
    return { table, id, expected: 'a row for every account', found: 'none' };
  }
  for (const [ledger, { pending, posted }] of sums) {
    if (pending === 0n && posted === 0n) continue;
    const found = `a difference of ${posted} (pending ${pending})`;
    return { table, id: 0n, expected: `debits equal credits in ledger ${ledger}`, found };
  }
  return undefined;
}

async function verifyPending(tx: Tx, book: number, replay: Replay): Promise<WrongRow | undefined> {
  const table = 'ledger_pending_transfers';
  let rows = 0;
  for await (const row of readPending(tx, book)) {
    const is = replay.pending.get(row.transferId);
    if (!is) return { table, id: row.transferId, expected: 'no row without a pending transfer', found: row.status };
    const expected = `${is.status}, expires at ${expiryOf(is) ?? 'never'}`;
    const found = `${row.status}, expires at ${row.expiresAt ?? 'never'}`;
    if (expected !== found) return { table, id: row.transferId, expected, found };
    rows += 1;
  }
  if (rows === replay.pending.size) return undefined;
  const there = new Set<bigint>();
  for await (const row of readPending(tx, book)) there.add(row.transferId);
  const id = [...replay.pending.keys()].find((id) => !there.has(id)) ?? 0n;
  return { table, id, expected: 'a row for every pending transfer', found: 'none' };
}
