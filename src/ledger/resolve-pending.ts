import { assert } from '../base/assert.ts';
import type { CreateTransferStatus } from './results.ts';
import type { AccountState, LedgerState } from './state.ts';
import type { CreateTransfer, Transfer } from './types.ts';
import { AMOUNT_MAX, ID_MAX, TransferFlags, hasFlag } from './types.ts';

const NEVER_TOGETHER =
  TransferFlags.pending |
  TransferFlags.balancing_debit |
  TransferFlags.balancing_credit |
  TransferFlags.closing_debit |
  TransferFlags.closing_credit;

/** When a pending transfer gives its amount back, in nanoseconds; undefined is never. */
export function expiryOf(transfer: Pick<Transfer, 'timestamp' | 'timeoutSeconds'>): bigint | undefined {
  if (transfer.timeoutSeconds === 0) return undefined;
  return transfer.timestamp + BigInt(transfer.timeoutSeconds) * 1_000_000_000n;
}

/** A post or void. The amount was counted against the limits when it was reserved, so none is checked here. */
export function resolvePending(state: LedgerState, event: CreateTransfer, timestamp: bigint): CreateTransferStatus {
  const malformed = checkForm(event);
  if (malformed) return malformed;

  const voids = hasFlag(event.flags, TransferFlags.void_pending_transfer);
  const pending = state.transfers.get(event.pendingId ?? 0n);
  if (!pending) return 'pending_transfer_not_found';
  if (!hasFlag(pending.flags, TransferFlags.pending)) return 'pending_transfer_not_pending';
  const different = checkSameness(event, pending);
  if (different) return different;

  const all = voids ? 0n : AMOUNT_MAX;
  const amount = event.amount === all ? pending.amount : event.amount;
  if (amount > pending.amount) return 'exceeds_pending_transfer_amount';
  if (voids && amount < pending.amount) return 'pending_transfer_has_different_amount';

  const status = state.pending.get(pending.id);
  if (status === 'posted') return 'pending_transfer_already_posted';
  if (status === 'voided') return 'pending_transfer_already_voided';
  const expiry = expiryOf(pending);
  if (status === 'expired' || (expiry !== undefined && timestamp >= expiry)) return 'pending_transfer_expired';

  const { debit, credit } = accountsOf(state, pending);
  if (!voids && debit.closed) return 'debit_account_already_closed';
  if (!voids && credit.closed) return 'credit_account_already_closed';

  releasePending(state, pending);
  if (!voids) {
    debit.debitsPosted += amount;
    credit.creditsPosted += amount;
  }
  state.setPending(pending.id, voids ? 'voided' : 'posted');
  state.createTransfer({
    id: event.id,
    debitAccountId: pending.debitAccountId,
    creditAccountId: pending.creditAccountId,
    amount,
    pendingId: pending.id,
    userData128: event.userData128 || pending.userData128,
    userData64: event.userData64 || pending.userData64,
    userData32: event.userData32 || pending.userData32,
    timeoutSeconds: 0,
    ledger: pending.ledger,
    code: pending.code,
    flags: event.flags,
    timestamp,
  });
  if (voids) reopen(pending, debit, credit);
  state.recordHistory(debit, timestamp);
  state.recordHistory(credit, timestamp);
  return 'created';
}

/** The time is up: the amount goes back. Closed accounts do not stop it, and what the transfer closed opens again. */
export function expirePending(state: LedgerState, pending: Transfer, timestamp: bigint): void {
  assert(state.pending.get(pending.id) === 'pending', 'only what is pending expires');
  const expiry = expiryOf(pending);
  assert(expiry !== undefined && timestamp >= expiry, 'nothing expires before its time');
  const { debit, credit } = releasePending(state, pending);
  reopen(pending, debit, credit);
  state.setPending(pending.id, 'expired');
  state.expireTransfer({ transferId: pending.id, timestamp });
  state.recordHistory(debit, timestamp);
  state.recordHistory(credit, timestamp);
}

function checkForm(event: CreateTransfer): CreateTransferStatus | undefined {
  const both = TransferFlags.post_pending_transfer | TransferFlags.void_pending_transfer;
  if ((event.flags & both) === both || hasFlag(event.flags, NEVER_TOGETHER)) return 'flags_are_mutually_exclusive';
  const pendingId = event.pendingId ?? 0n;
  if (pendingId === 0n) return 'pending_id_must_not_be_zero';
  if (pendingId === ID_MAX) return 'pending_id_must_not_be_int_max';
  if (pendingId === event.id) return 'pending_id_must_be_different';
  if ((event.timeoutSeconds ?? 0) !== 0) return 'timeout_reserved_for_pending_transfer';
  return undefined;
}

function checkSameness(event: CreateTransfer, pending: Transfer): CreateTransferStatus | undefined {
  if (event.debitAccountId !== 0n && event.debitAccountId !== pending.debitAccountId) {
    return 'pending_transfer_has_different_debit_account_id';
  }
  if (event.creditAccountId !== 0n && event.creditAccountId !== pending.creditAccountId) {
    return 'pending_transfer_has_different_credit_account_id';
  }
  if (event.ledger !== 0 && event.ledger !== pending.ledger) return 'pending_transfer_has_different_ledger';
  if (event.code !== 0 && event.code !== pending.code) return 'pending_transfer_has_different_code';
  return undefined;
}

function accountsOf(state: LedgerState, pending: Transfer): { debit: AccountState; credit: AccountState } {
  const debit = state.accounts.get(pending.debitAccountId);
  const credit = state.accounts.get(pending.creditAccountId);
  assert(debit && credit, 'the accounts of a pending transfer are kept');
  return { debit, credit };
}

function releasePending(state: LedgerState, pending: Transfer): { debit: AccountState; credit: AccountState } {
  const { debit, credit } = accountsOf(state, pending);
  state.touch(debit);
  state.touch(credit);
  debit.debitsPending -= pending.amount;
  credit.creditsPending -= pending.amount;
  assert(debit.debitsPending >= 0n && credit.creditsPending >= 0n, 'no more is released than was pending');
  return { debit, credit };
}

function reopen(pending: Transfer, debit: AccountState, credit: AccountState): void {
  if (hasFlag(pending.flags, TransferFlags.closing_debit)) debit.closed = false;
  if (hasFlag(pending.flags, TransferFlags.closing_credit)) credit.closed = false;
}
