import { CHAIN_START, hashEvent } from './chain.ts';
import { expiryOf } from './resolve-pending.ts';
import type { LedgerEvent } from './state.ts';
import type { Account, Balances, Expiry, PendingStatus, Transfer } from './types.ts';
import { AccountFlags, TransferFlags, hasFlag } from './types.ts';

/** A row that is not what it should be, in plain words. */
export interface WrongRow {
  table: string;
  /** Of the account or transfer. */
  id: bigint;
  expected: string;
  found: string;
}

interface Running extends Balances {
  readonly account: Account;
  closed: boolean;
}

type PendingTransfer = Pick<
  Transfer,
  'debitAccountId' | 'creditAccountId' | 'amount' | 'timestamp' | 'timeoutSeconds' | 'flags'
> & { status: PendingStatus };

/**
 * Lives through a book again, row by row, and says which row cannot have happened. It shares no line with the engine, so
 * that the two cannot be wrong in the same way. Memory holds the accounts and the pending transfers, never the rest.
 */
export class Replay {
  readonly accounts = new Map<bigint, Running>();
  readonly pending = new Map<bigint, PendingTransfer>();
  readonly #book: number;
  hash = CHAIN_START;
  lastTimestamp = 0n;
  events = 0;

  constructor(book: number) {
    this.#book = book;
  }

  /** The next event with the hash that stands in its row; undefined when all is well. */
  take(event: LedgerEvent, storedHash: string): WrongRow | undefined {
    const { table, id, timestamp } = placeOf(event);
    if (timestamp <= this.lastTimestamp) {
      return { table, id, expected: `a timestamp after ${this.lastTimestamp}`, found: String(timestamp) };
    }
    const expected = hashEvent(this.hash, this.#book, event);
    if (expected !== storedHash) {
      return {
        table,
        id,
        expected: `hash ${expected}`,
        found: `${storedHash}: this row was changed, or a row before it was changed, removed, added or moved`,
      };
    }
    const problem = this.#happen(event);
    if (problem) return { table, id, expected: problem[0], found: problem[1] };
    this.hash = storedHash;
    this.lastTimestamp = timestamp;
    this.events += 1;
    return undefined;
  }

  #happen(event: LedgerEvent): Problem | undefined {
    if (event.kind === 'account') return this.#open(event.account);
    if (event.kind === 'expiry') return this.#expire(event.expiry);
    return event.transfer.pendingId === 0n ? this.#move(event.transfer) : this.#resolve(event.transfer);
  }

  #open(account: Account): Problem | undefined {
    const closed = hasFlag(account.flags, AccountFlags.closed);
    const nothing = { debitsPending: 0n, debitsPosted: 0n, creditsPending: 0n, creditsPosted: 0n };
    this.accounts.set(account.id, { account, closed, ...nothing });
    return undefined;
  }

  #move(transfer: Transfer): Problem | undefined {
    const debit = this.accounts.get(transfer.debitAccountId);
    const credit = this.accounts.get(transfer.creditAccountId);
    if (!debit || !credit) return ['two accounts that were opened before', 'one that was not'];
    if (debit.account.ledger !== transfer.ledger || credit.account.ledger !== transfer.ledger) {
      return [`accounts of ledger ${transfer.ledger}`, `ledgers ${debit.account.ledger} and ${credit.account.ledger}`];
    }
    if (debit.closed || credit.closed) return ['two open accounts', 'a closed one'];
    if (hasFlag(transfer.flags, TransferFlags.pending)) {
      debit.debitsPending += transfer.amount;
      credit.creditsPending += transfer.amount;
      if (hasFlag(transfer.flags, TransferFlags.closing_debit)) debit.closed = true;
      if (hasFlag(transfer.flags, TransferFlags.closing_credit)) credit.closed = true;
      const { debitAccountId, creditAccountId, amount, timestamp, timeoutSeconds, flags } = transfer;
      this.pending.set(transfer.id, {
        debitAccountId,
        creditAccountId,
        amount,
        timestamp,
        timeoutSeconds,
        flags,
        status: 'pending',
      });
    } else {
      debit.debitsPosted += transfer.amount;
      credit.creditsPosted += transfer.amount;
    }
    return overLimit(debit) ?? overLimit(credit);
  }

  #resolve(transfer: Transfer): Problem | undefined {
    const pending = this.pending.get(transfer.pendingId);
    if (pending?.status !== 'pending')
      return ['to resolve a pending transfer', `one that is ${pending?.status ?? 'not there'}`];
    if (transfer.debitAccountId !== pending.debitAccountId || transfer.creditAccountId !== pending.creditAccountId) {
      return ['the accounts of the pending transfer', 'others'];
    }
    const expiry = expiryOf(pending);
    if (expiry !== undefined && transfer.timestamp >= expiry) return [`to come before ${expiry}`, 'after the timeout'];
    const voids = hasFlag(transfer.flags, TransferFlags.void_pending_transfer);
    if (transfer.amount > pending.amount || (voids && transfer.amount !== pending.amount)) {
      return [`amount ${voids ? '' : 'up to '}${pending.amount}`, String(transfer.amount)];
    }
    const released = this.#release(pending, voids ? 'voided' : 'posted');
    if (!released) return ['the accounts of the pending transfer', 'one is missing'];
    if (!voids) {
      if (released.debit.closed || released.credit.closed) return ['two open accounts', 'a closed one'];
      released.debit.debitsPosted += transfer.amount;
      released.credit.creditsPosted += transfer.amount;
    }
    return overLimit(released.debit) ?? overLimit(released.credit);
  }

  #expire({ transferId, timestamp }: Expiry): Problem | undefined {
    const pending = this.pending.get(transferId);
    if (pending?.status !== 'pending') return ['a pending transfer', `one that is ${pending?.status ?? 'not there'}`];
    const expiry = expiryOf(pending);
    if (expiry === undefined || timestamp < expiry) return [`to come after ${expiry ?? 'never'}`, String(timestamp)];
    return this.#release(pending, 'expired') ? undefined : ['the accounts of the pending transfer', 'one is missing'];
  }

  #release(pending: PendingTransfer, status: PendingStatus): { debit: Running; credit: Running } | undefined {
    const debit = this.accounts.get(pending.debitAccountId);
    const credit = this.accounts.get(pending.creditAccountId);
    if (!debit || !credit) return undefined;
    pending.status = status;
    debit.debitsPending -= pending.amount;
    credit.creditsPending -= pending.amount;
    if (status !== 'posted' && hasFlag(pending.flags, TransferFlags.closing_debit)) debit.closed = false;
    if (status !== 'posted' && hasFlag(pending.flags, TransferFlags.closing_credit)) credit.closed = false;
    return { debit, credit };
  }

  /** The `history` accounts that an event touched, in id order: each must have left a row with these balances. */
  historyOf(event: LedgerEvent): Running[] {
    if (event.kind === 'account') return [];
    const pair = event.kind === 'transfer' ? event.transfer : this.pending.get(event.expiry.transferId);
    if (!pair) return [];
    return [pair.debitAccountId, pair.creditAccountId]
      .sort((a, b) => (a < b ? -1 : 1))
      .flatMap((id) => this.accounts.get(id) ?? [])
      .filter(({ account }) => hasFlag(account.flags, AccountFlags.history));
  }
}

/** What should be there, and what is. */
type Problem = [expected: string, found: string];

export function placeOf(event: LedgerEvent): { table: string; id: bigint; timestamp: bigint } {
  if (event.kind === 'account') return { table: 'ledger_accounts', ...event.account };
  if (event.kind === 'transfer') return { table: 'ledger_transfers', ...event.transfer };
  return { table: 'ledger_expiries', id: event.expiry.transferId, timestamp: event.expiry.timestamp };
}

function overLimit({ account, ...is }: Running): Problem | undefined {
  const debits = is.debitsPending + is.debitsPosted;
  const credits = is.creditsPending + is.creditsPosted;
  if (hasFlag(account.flags, AccountFlags.debits_must_not_exceed_credits) && debits > is.creditsPosted) {
    return [`debits of the account up to ${is.creditsPosted}`, String(debits)];
  }
  if (hasFlag(account.flags, AccountFlags.credits_must_not_exceed_debits) && credits > is.debitsPosted) {
    return [`credits of the account up to ${is.debitsPosted}`, String(credits)];
  }
  return undefined;
}

export function showBalances({ debitsPending, debitsPosted, creditsPending, creditsPosted }: Balances): string {
  return `debits ${debitsPosted} (pending ${debitsPending}), credits ${creditsPosted} (pending ${creditsPending})`;
}
