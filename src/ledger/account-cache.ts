import type { AccountState } from './state.ts';

/**
 * Balances kept between transactions, so that a busy account is not read again for every batch. A book's head hash names
 * its whole state, so what is kept is stamped with the head it belongs to: at the next lock of the head it is either exactly
 * right, or (another writer came between, or our transaction was rolled back) it is thrown away.
 */
export class AccountCache {
  readonly #books = new Map<number, { hash: string; accounts: Map<bigint, AccountState> }>();
  readonly #accountsMax: number;

  constructor(accountsMax: number) {
    this.#accountsMax = accountsMax;
  }

  /** Which of these are certainly not kept; asked before the head is locked, to read them along with it. */
  missing(book: number, ids: Iterable<bigint>): bigint[] {
    const kept = this.#books.get(book)?.accounts;
    return [...ids].filter((id) => !kept?.has(id));
  }

  /** The accounts that are right under this head, for one transaction to work on; they are kept again only by `keep`. */
  take(book: number, hash: string): Map<bigint, AccountState> {
    const kept = this.#books.get(book);
    this.#books.delete(book);
    return kept?.hash === hash ? kept.accounts : new Map<bigint, AccountState>();
  }

  /** Called before the commit: if that fails, no head will ever carry this hash. The oldest leave when there are too many. */
  keep(book: number, hash: string, accounts: Map<bigint, AccountState>): void {
    for (const id of accounts.keys()) {
      if (accounts.size <= this.#accountsMax) break;
      accounts.delete(id);
    }
    this.#books.set(book, { hash, accounts });
  }
}
