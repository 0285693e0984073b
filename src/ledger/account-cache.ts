import type { Head } from './read-state-store.ts';
import type { AccountState, LedgerState } from './state.ts';
import type { Transfer } from './types.ts';

/** After so many batches between which no other writer came, the next one need not look before it writes. */
const ALONE_BATCHES_MIN = 8;

/** What is right under one head. */
export interface Memory {
  accounts: Map<bigint, AccountState>;
  /** Transfers of ours that are pending. Others may be pending, too. */
  pending: Map<bigint, Transfer>;
}

interface Kept extends Memory {
  head: Head;
  /** How many times in a row the head was found as we had left it. */
  aloneBatches: number;
}

/**
 * Balances and pending transfers kept between transactions, so that a busy account is not read again for every batch. A book's head hash names
 * its whole state, so what is kept is stamped with the head it belongs to: at the next lock of the head it is either exactly
 * right, or (another writer came between, or our transaction was rolled back) it is thrown away.
 */
export class AccountCache {
  readonly #books = new Map<number, Kept>();
  readonly #itemsMax: number;
  #aloneBatches = 0;

  /** The most accounts, and the most pending transfers, of a book. */
  constructor(itemsMax: number) {
    this.#itemsMax = itemsMax;
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
    const right = kept?.head.hash === head.hash;
    this.#aloneBatches = right ? kept.aloneBatches + 1 : 0;
    return right ? kept : { accounts: new Map<bigint, AccountState>(), pending: new Map<bigint, Transfer>() };
  }

  /**
   * The head as we left it, and under it all of these accounts and transfers that are pending, if we seem to be the only writer: good
   * enough to decide on, for a write that the database refuses if the head is another one. Kept again only by `keep`.
   */
  takeUnseen(
    book: number,
    accountIds: ReadonlySet<bigint>,
    pendingIds: Iterable<bigint>,
  ): (Memory & { head: Head }) | undefined {
    const kept = this.#books.get(book);
    if (!kept || kept.aloneBatches < ALONE_BATCHES_MIN) return undefined;
    for (const id of accountIds) if (!kept.accounts.has(id)) return undefined;
    for (const id of pendingIds) {
      const transfer = kept.pending.get(id);
      if (!transfer || !kept.accounts.has(transfer.debitAccountId) || !kept.accounts.has(transfer.creditAccountId))
        return undefined;
    }
    this.#books.delete(book);
    this.#aloneBatches = kept.aloneBatches;
    return kept;
  }

  /** Called before the commit: if that fails, no head will ever carry this hash. The oldest leave when there are too many. */
  keep(book: number, head: Head, { pending }: Memory, state: LedgerState): void {
    for (const id of state.changedPending) {
      const transfer = state.pending.get(id) === 'pending' ? state.transfers.get(id) : undefined;
      if (transfer) pending.set(id, transfer);
      else pending.delete(id);
    }
    dropOldest(pending, this.#itemsMax);
    dropOldest(state.accounts, this.#itemsMax);
    this.#books.set(book, { head, accounts: state.accounts, pending, aloneBatches: this.#aloneBatches });
  }

  /** What was kept turned out to be wrong. */
  forget(book: number): void {
    this.#books.delete(book);
  }
}

function dropOldest(kept: Map<bigint, unknown>, itemsMax: number): void {
  for (const id of kept.keys()) {
    if (kept.size <= itemsMax) break;
    kept.delete(id);
  }
}
