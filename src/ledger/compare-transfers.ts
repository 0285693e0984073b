import { assert } from '../base/assert.ts';
import type { CreateTransferStatus } from './results.ts';
import type { LedgerState } from './state.ts';
import type { CreateTransfer, Transfer } from './types.ts';
import { AMOUNT_MAX, TransferFlags, hasFlag } from './types.ts';

const BALANCES = TransferFlags.balancing_debit | TransferFlags.balancing_credit;
const RESOLVES = TransferFlags.post_pending_transfer | TransferFlags.void_pending_transfer;

/** Is this the same request again? Fields are compared in the documented order; the first difference is told. */
export function compareTransfers(state: LedgerState, event: CreateTransfer, existing: Transfer): CreateTransferStatus {
  if (event.flags !== existing.flags) return 'exists_with_different_flags';
  if ((event.pendingId ?? 0n) !== existing.pendingId) return 'exists_with_different_pending_id';
  if ((event.timeoutSeconds ?? 0) !== existing.timeoutSeconds) return 'exists_with_different_timeout';
  if (hasFlag(event.flags, RESOLVES)) return compareResolution(state, event, existing);

  if (event.debitAccountId !== existing.debitAccountId) return 'exists_with_different_debit_account_id';
  if (event.creditAccountId !== existing.creditAccountId) return 'exists_with_different_credit_account_id';
  // The amount of a balancing request is an upper bound; what was booked under it is the same request.
  const sameAmount = hasFlag(event.flags, BALANCES)
    ? event.amount >= existing.amount
    : event.amount === existing.amount;
  if (!sameAmount) return 'exists_with_different_amount';
  if ((event.userData128 ?? 0n) !== existing.userData128) return 'exists_with_different_user_data_128';
  if ((event.userData64 ?? 0n) !== existing.userData64) return 'exists_with_different_user_data_64';
  if ((event.userData32 ?? 0) !== existing.userData32) return 'exists_with_different_user_data_32';
  if (event.ledger !== existing.ledger) return 'exists_with_different_ledger';
  if (event.code !== existing.code) return 'exists_with_different_code';
  return 'exists';
}

/** In a post or void 0 (in a post's amount: AMOUNT_MAX) stood for what the pending transfer says. */
function compareResolution(state: LedgerState, event: CreateTransfer, existing: Transfer): CreateTransferStatus {
  const pending = state.transfers.get(existing.pendingId);
  assert(pending, 'what was resolved is kept');
  const all = hasFlag(event.flags, TransferFlags.void_pending_transfer) ? 0n : AMOUNT_MAX;

  if (event.debitAccountId !== 0n && event.debitAccountId !== existing.debitAccountId) {
    return 'exists_with_different_debit_account_id';
  }
  if (event.creditAccountId !== 0n && event.creditAccountId !== existing.creditAccountId) {
    return 'exists_with_different_credit_account_id';
  }
  if ((event.amount === all ? pending.amount : event.amount) !== existing.amount) return 'exists_with_different_amount';
  if ((event.userData128 || pending.userData128) !== existing.userData128) return 'exists_with_different_user_data_128';
  if ((event.userData64 || pending.userData64) !== existing.userData64) return 'exists_with_different_user_data_64';
  if ((event.userData32 || pending.userData32) !== existing.userData32) return 'exists_with_different_user_data_32';
  if (event.ledger !== 0 && event.ledger !== existing.ledger) return 'exists_with_different_ledger';
  if (event.code !== 0 && event.code !== existing.code) return 'exists_with_different_code';
  return 'exists';
}
