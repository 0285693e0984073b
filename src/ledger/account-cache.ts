import type { Head } from './read-state-store.ts';
import type { AccountState } from './state.ts';

/** After so many batches between which no other writer came, the next one need not look before it writes. */
const ALONE_BATCHES_MIN = 8;

interface Kept {
  head: Head;
  accounts: Map<bigint, AccountState>;
  /** How many times in a row the head was found as we had left it. */
  aloneBatches: number;
}

/**
 * Balances kept between transactions, so that a busy account is not read again for every batch. A book's head hash names
 * its whole state, so what is kept is stamped with the head it belongs to: at the next lock of the head it is either exactly
 * right, or (another writer came between, or our transaction was rolled back) it is thrown away.
 */
export class AccountCache {
  readonly #books = new Map<number, Kept>();
  readonly #accountsMax: number;
  #aloneBatches = 0;

  constructor(accountsMax: number) {
    this.#accountsMax = accountsMax;
  }

  /** Which of these are certainly not kept; asked before the head is locked, to read them along with it. */
  missing(book: number, ids: Iterable<bigint>): bigint[] {
    const kept = this.#books.get(book)?.accounts;
    return [...ids].filter((id) => !kept?.has(id));
  }

  /** The accounts that are right under this head, for one transaction to work on; they are kept again only by `keep`. */
  take(book: number, head: Head): Map<bigint, AccountState> {
    const kept = this.#books.get(book);
    this.#books.delete(book);
    const right = kept?.head.hash === head.hash;
    this.#aloneBatches = right ? kept.aloneBatches + 1 : 0;
    return right ? kept.accounts : new Map<bigint, AccountState>();
  }

  /**
   * The head as we left it, and all accounts under it, if we seem to be the only writer: good enough to decide on, for a write
   * that the database refuses if the head is another one. Kept again only by `keep`.
   */
  takeUnseen(book: number, ids: ReadonlySet<bigint>): { head: Head; accounts: Map<bigint, AccountState> } | undefined {
    const kept = this.#books.get(book);
    if (!kept || kept.aloneBatches < ALONE_BATCHES_MIN) return undefined;
    for (const id of ids) if (!kept.accounts.has(id)) return undefined;
    this.#books.delete(book);
    this.#aloneBatches = kept.aloneBatches;
    return kept;
  }

  /** Called before the commit: if that fails, no head will ever carry this hash. The oldest leave when there are too many. */
  keep(book: number, head: Head, accounts: Map<bigint, AccountState>): void {
    for (const id of accounts.keys()) {
      if (accounts.size <= this.#accountsMax) break;
      accounts.delete(id);
    }
    this.#books.set(book, { head, accounts, aloneBatches: this.#aloneBatches });
  }

  /** What was kept turned out to be wrong. */
  forget(book: number): void {
    this.#books.delete(book);
  }
}
