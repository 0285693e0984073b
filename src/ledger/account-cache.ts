import type { Head } from './read-state-store.ts';
import type { AccountState, LedgerState } from './state.ts';
import type { Account, Transfer } from './types.ts';
import { TransferFlags, hasFlag } from './types.ts';

/** After so many batches between which no other writer came, the next one need not look before it writes. */
const ALONE_BATCHES_MIN = 8;
/** After so many batches that opened accounts of which none was there already, the next one need not look for them. */
const NEW_BATCHES_MIN = 8;

/** What is right under one head. */
export interface Memory {
  accounts: Map<bigint, AccountState>;
  /** Accounts as they were opened; of those that somebody wanted to open lately. */
  opened: Map<bigint, Account>;
  /** What was booked for good in the batch that opened one of its accounts: who opens that again sends this again. */
  firstTransfers: Map<bigint, Transfer>;
  /** Transfers of ours that are pending. Others may be pending, too. */
  pending: Map<bigint, Transfer>;
  /** How many times in a row the head was found as we had left it. */
  aloneBatches: number;
  /** How many times in a row all accounts that we looked for, to open them, were not there. */
  newBatches: number;
}

interface Kept extends Memory {
  head: Head;
}

/** What a batch needs to have in memory to be decided unseen. */
export interface Wanted {
  opened: Iterable<bigint>;
  accounts: Iterable<bigint>;
  pending: Iterable<bigint>;
}

/**
 * Balances and pending transfers kept between transactions, so that a busy account is not read again for every batch. A book's head hash names
 * its whole state, so what is kept is stamped with the head it belongs to: at the next lock of the head it is either exactly
 * right, or (another writer came between, or our transaction was rolled back) it is thrown away.
 */
export class AccountCache {
  readonly #books = new Map<number, Kept>();
  readonly #itemsMax: number;
  readonly #openedMax: number;

  /** The most accounts, and the most pending transfers, of a book; and of how many it is kept how they were opened. */
  constructor(itemsMax: number, openedMax: number) {
    this.#itemsMax = itemsMax;
    this.#openedMax = openedMax;
  }

  /** Which of these are certainly not kept; asked before the head is locked, to read them along with it. */
  missing(book: number, ids: Iterable<bigint>): bigint[] {
    const kept = this.#books.get(book)?.accounts;
    return [...ids].filter((id) => !kept?.has(id));
  }

  /** What is right under this head, for one transaction to work on; it is kept again only by `keep`. */
  take(book: number, head: Head): Memory {
    const kept = this.#books.get(book);
    this.#books.delete(book);
    if (kept?.head.hash !== head.hash) return emptyMemory();
    return { ...kept, aloneBatches: kept.aloneBatches + 1 };
  }

  /**
   * The head as we left it, and under it all of these accounts and transfers that are pending, if we seem to be the only writer: good
   * enough to decide on, for a write that the database refuses if the head is another one. Accounts to be opened that are not in
   * memory are taken to be new, if those before them were; the write is refused if they are not. Kept again only by `keep`.
   */
  takeUnseen(book: number, wanted: Wanted): (Memory & { head: Head; newIds: ReadonlySet<bigint> }) | undefined {
    const kept = this.#books.get(book);
    if (!kept || kept.aloneBatches < ALONE_BATCHES_MIN) return undefined;
    const newIds = new Set<bigint>();
    for (const id of wanted.opened) {
      if (kept.opened.has(id)) continue;
      if (kept.accounts.has(id) || kept.newBatches < NEW_BATCHES_MIN) return undefined;
      newIds.add(id);
    }
    for (const id of wanted.accounts) if (!kept.accounts.has(id) && !newIds.has(id)) return undefined;
    for (const id of wanted.pending) {
      const transfer = kept.pending.get(id);
      if (!transfer || !kept.accounts.has(transfer.debitAccountId) || !kept.accounts.has(transfer.creditAccountId))
        return undefined;
    }
    this.#books.delete(book);
    return { ...kept, newIds };
  }

  /** Called before the commit: if that fails, no head will ever carry this hash. The oldest leave when there are too many. */
  keep(book: number, head: Head, memory: Memory, state: LedgerState): void {
    const { opened, firstTransfers, pending, aloneBatches, newBatches } = memory;
    for (const transfer of firstTransfersOf(state)) firstTransfers.set(transfer.id, transfer);
    dropOldest(opened, this.#openedMax);
    dropOldest(firstTransfers, this.#openedMax);
    for (const id of state.changedPending) {
      const transfer = state.pending.get(id) === 'pending' ? state.transfers.get(id) : undefined;
      if (transfer) pending.set(id, transfer);
      else pending.delete(id);
    }
    dropOldest(pending, this.#itemsMax);
    dropOldest(state.accounts, this.#itemsMax);
    this.#books.set(book, {
      head,
      accounts: state.accounts,
      opened,
      firstTransfers,
      pending,
      aloneBatches,
      newBatches,
    });
  }

  /** What was kept turned out to be wrong. */
  forget(book: number): void {
    this.#books.delete(book);
  }
}

/** Takes note of whether the accounts that were looked for, to open them, were there; before they are added to the memory. */
export function noteOpened(memory: Memory, wanted: readonly bigint[], found: readonly Account[]): void {
  if (wanted.every((id) => memory.opened.has(id))) return;
  const areNew = found.every(({ id }) => memory.opened.has(id));
  memory.newBatches = areNew ? memory.newBatches + 1 : 0;
}

function emptyMemory(): Memory {
  return {
    accounts: new Map<bigint, AccountState>(),
    opened: new Map<bigint, Account>(),
    firstTransfers: new Map<bigint, Transfer>(),
    pending: new Map<bigint, Transfer>(),
    aloneBatches: 0,
    newBatches: 0,
  };
}

/** Neither pending nor the end of what was. */
function firstTransfersOf({ events, openedAccounts }: LedgerState): Transfer[] {
  if (openedAccounts.size === 0) return [];
  return events.flatMap((event) => {
    if (event.kind !== 'transfer') return [];
    const { transfer } = event;
    if (hasFlag(transfer.flags, TransferFlags.pending) || transfer.pendingId !== 0n) return [];
    return openedAccounts.has(transfer.debitAccountId) || openedAccounts.has(transfer.creditAccountId)
      ? [transfer]
      : [];
  });
}

function dropOldest(kept: Map<bigint, unknown>, itemsMax: number): void {
  for (const id of kept.keys()) {
    if (kept.size <= itemsMax) break;
    kept.delete(id);
  }
}
