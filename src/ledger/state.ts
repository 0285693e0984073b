import { assert } from '../base/assert.ts';
import type { Account, Balances, BalancesAt, Expiry, PendingStatus, Transfer } from './types.ts';
import { AccountFlags, hasFlag } from './types.ts';

/** An account as the engine works on it: what a transfer must know, and the balances, which it changes. */
export interface AccountState extends Balances {
  readonly id: bigint;
  readonly ledger: number;
  /** As created; `closed` below is how it is now. */
  readonly flags: number;
  closed: boolean;
}

/** What happened, in the order of its timestamps; the hash chain runs through this list. */
export type LedgerEvent =
  | { kind: 'account'; account: Account }
  | { kind: 'transfer'; transfer: Transfer }
  | { kind: 'expiry'; expiry: Expiry };

interface Checkpoint {
  events: number;
  history: number;
  accounts: Map<bigint, Balances & { closed: boolean }>;
  pending: Map<bigint, { status: PendingStatus | undefined; changed: boolean }>;
  createdAccounts: bigint[];
  createdTransfers: bigint[];
}

/**
 * The part of one book that a list of events can touch, read before and written after. The engine changes it in memory
 * only; between `beginChain` and `dropChain` every change can be taken back.
 */
export class LedgerState {
  readonly accounts: Map<bigint, AccountState>;
  /** Accounts that may be retried: only what openAccounts needs, with the fields that its exists check compares. */
  readonly knownAccounts: Map<bigint, Account>;
  readonly transfers = new Map<bigint, Transfer>();
  readonly pending = new Map<bigint, PendingStatus>();
  readonly failed = new Set<bigint>();

  // What is to be written.
  readonly openedAccounts = new Set<bigint>();
  readonly events: LedgerEvent[] = [];
  readonly history: (BalancesAt & { accountId: bigint })[] = [];
  readonly changedAccounts = new Set<AccountState>();
  readonly changedPending = new Set<bigint>();
  readonly newlyFailed = new Map<bigint, { status: string; timestamp: bigint }>();

  #chain: Checkpoint | null = null;

  constructor(
    accounts: Map<bigint, AccountState> = new Map<bigint, AccountState>(),
    knownAccounts: Map<bigint, Account> = new Map<bigint, Account>(),
  ) {
    this.accounts = accounts;
    this.knownAccounts = knownAccounts;
  }

  createAccount(account: Account): void {
    const state: AccountState = {
      id: account.id,
      ledger: account.ledger,
      flags: account.flags,
      closed: hasFlag(account.flags, AccountFlags.closed),
      debitsPending: 0n,
      debitsPosted: 0n,
      creditsPending: 0n,
      creditsPosted: 0n,
    };
    this.accounts.set(account.id, state);
    this.knownAccounts.set(account.id, account);
    this.openedAccounts.add(account.id);
    this.#chain?.createdAccounts.push(account.id);
    this.events.push({ kind: 'account', account });
  }

  createTransfer(transfer: Transfer): void {
    this.transfers.set(transfer.id, transfer);
    this.#chain?.createdTransfers.push(transfer.id);
    this.events.push({ kind: 'transfer', transfer });
  }

  expireTransfer(expiry: Expiry): void {
    this.events.push({ kind: 'expiry', expiry });
  }

  setPending(transferId: bigint, status: PendingStatus): void {
    const chain = this.#chain;
    if (chain && !chain.pending.has(transferId)) {
      chain.pending.set(transferId, {
        status: this.pending.get(transferId),
        changed: this.changedPending.has(transferId),
      });
    }
    this.pending.set(transferId, status);
    this.changedPending.add(transferId);
  }

  /** To be called before an account's balances or its closed state change. */
  touch(account: AccountState): void {
    const chain = this.#chain;
    if (chain && !chain.accounts.has(account.id)) {
      const { debitsPending, debitsPosted, creditsPending, creditsPosted, closed } = account;
      chain.accounts.set(account.id, { debitsPending, debitsPosted, creditsPending, creditsPosted, closed });
    }
    this.changedAccounts.add(account);
  }

  /** To be called after the change, for every account of the event. */
  recordHistory(account: AccountState, timestamp: bigint): void {
    if (!hasFlag(account.flags, AccountFlags.history)) return;
    const { id: accountId, debitsPending, debitsPosted, creditsPending, creditsPosted } = account;
    this.history.push({ accountId, timestamp, debitsPending, debitsPosted, creditsPending, creditsPosted });
  }

  /** Outlives a chain that is dropped: an id that failed once has failed. */
  burn(transferId: bigint, status: string, timestamp: bigint): void {
    this.failed.add(transferId);
    this.newlyFailed.set(transferId, { status, timestamp });
  }

  beginChain(): void {
    assert(this.#chain === null, 'chains do not nest');
    this.#chain = {
      events: this.events.length,
      history: this.history.length,
      accounts: new Map<bigint, Balances & { closed: boolean }>(),
      pending: new Map<bigint, { status: PendingStatus | undefined; changed: boolean }>(),
      createdAccounts: [],
      createdTransfers: [],
    };
  }

  keepChain(): void {
    this.#chain = null;
  }

  /** Takes back everything since beginChain, burnt ids excepted. */
  dropChain(): void {
    const chain = this.#chain;
    assert(chain !== null, 'there is a chain to drop');
    this.#chain = null;
    this.events.length = chain.events;
    this.history.length = chain.history;
    for (const [id, before] of chain.accounts) {
      const account = this.accounts.get(id);
      if (account) Object.assign(account, before);
    }
    for (const [id, before] of chain.pending) {
      if (before.status === undefined) this.pending.delete(id);
      else this.pending.set(id, before.status);
      if (!before.changed) this.changedPending.delete(id);
    }
    for (const id of chain.createdTransfers) this.transfers.delete(id);
    for (const id of chain.createdAccounts) {
      const account = this.accounts.get(id);
      if (account) this.changedAccounts.delete(account);
      this.accounts.delete(id);
      this.knownAccounts.delete(id);
      this.openedAccounts.delete(id);
    }
  }
}
