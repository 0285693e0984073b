import { applyAccount } from './apply-account.ts';
import { applyTransfer } from './apply-transfer.ts';
import type { CreateAccountResult, CreateTransferResult } from './results.ts';
import { TRANSIENT_RESULTS } from './results.ts';
import type { LedgerState } from './state.ts';
import type { CreateAccount, CreateTransfer } from './types.ts';
import { AccountFlags, TransferFlags, hasFlag } from './types.ts';

/*
 * The ledger's rules without the database: what was read and a list of events go in, results and writes come out
 * (the writes gather in the state). Events run in order and each sees what those before it did. A failure stops nobody else,
 * except in a linked chain, which happens as a whole or not at all.
 */

/** Hands out nanoseconds, each later than the one before; a book's last timestamp is where it goes on from. */
export class Timestamps {
  #last: bigint;
  constructor(last: bigint, nowMs: number) {
    const now = BigInt(nowMs) * 1_000_000n - 1n;
    this.#last = now > last ? now : last;
  }
  next(): bigint {
    this.#last += 1n;
    return this.#last;
  }
}

/** Opens accounts; one result per account, same index. Never throws for anything in the list. */
export function applyAccounts(
  state: LedgerState,
  accounts: readonly CreateAccount[],
  timestamps: Timestamps,
): CreateAccountResult[] {
  return applyChained(state, accounts, AccountFlags.linked, timestamps, applyAccount);
}

/** Books transfers; one result per transfer, same index. Never throws for anything in the list. */
export function applyTransfers(
  state: LedgerState,
  transfers: readonly CreateTransfer[],
  timestamps: Timestamps,
): CreateTransferResult[] {
  return applyChained(state, transfers, TransferFlags.linked, timestamps, (state, event, timestamp) => {
    const result = applyTransfer(state, event, timestamp);
    if (TRANSIENT_RESULTS.has(result.status)) state.burn(event.id, result.status, timestamp);
    return result;
  });
}

type ChainStatus = 'created' | 'linked_event_failed' | 'linked_event_chain_open';

/** The one loop of both kinds of event: order, chains, and which member of a broken chain is told what. */
function applyChained<Event extends { flags: number }, Status extends string>(
  state: LedgerState,
  events: readonly Event[],
  linkedFlag: number,
  timestamps: Timestamps,
  apply: (state: LedgerState, event: Event, timestamp: bigint) => { status: Status | ChainStatus; timestamp: bigint },
): { status: Status | ChainStatus; timestamp: bigint }[] {
  const results: { status: Status | ChainStatus; timestamp: bigint }[] = [];
  let chainStart = -1;
  let chainBroken = false;
  events.forEach((event, index) => {
    const timestamp = timestamps.next();
    const linked = hasFlag(event.flags, linkedFlag);
    if (linked && chainStart < 0) {
      chainStart = index;
      chainBroken = false;
      state.beginChain();
    }
    const chainOpen = linked && index === events.length - 1;
    let result: { status: Status | ChainStatus; timestamp: bigint };
    if (chainOpen) result = { status: 'linked_event_chain_open', timestamp };
    else if (chainStart >= 0 && chainBroken) result = { status: 'linked_event_failed', timestamp };
    else result = apply(state, event, timestamp);
    results.push(result);

    if (chainStart < 0) return;
    if (result.status !== 'created' && !chainBroken) {
      chainBroken = true;
      state.dropChain();
      for (const earlier of results.slice(chainStart, index)) earlier.status = 'linked_event_failed';
    }
    if (!linked || chainOpen) {
      if (!chainBroken) state.keepChain();
      chainStart = -1;
    }
  });
  return results;
}
