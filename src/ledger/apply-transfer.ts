import { compareTransfers } from './compare-transfers.ts';
import { resolvePending } from './resolve-pending.ts';
import type { CreateTransferResult, CreateTransferStatus } from './results.ts';
import type { AccountState, LedgerState } from './state.ts';
import type { CreateTransfer } from './types.ts';
import { AMOUNT_MAX, AccountFlags, ID_MAX, TRANSFER_FLAGS_ALL, TransferFlags, hasFlag } from './types.ts';

const RESOLVES = TransferFlags.post_pending_transfer | TransferFlags.void_pending_transfer;
const CLOSES = TransferFlags.closing_debit | TransferFlags.closing_credit;
const NANOSECONDS = 1_000_000_000n;

/** Books one transfer or says, in the documented order of precedence, why not. */
export function applyTransfer(state: LedgerState, event: CreateTransfer, timestamp: bigint): CreateTransferResult {
  const { flags } = event;
  if (hasFlag(flags, TransferFlags.imported)) return { status: 'imported_event_not_expected', timestamp };
  if ((flags & ~TRANSFER_FLAGS_ALL) !== 0) return { status: 'reserved_flag', timestamp };
  if (event.id === 0n) return { status: 'id_must_not_be_zero', timestamp };
  if (event.id === ID_MAX) return { status: 'id_must_not_be_int_max', timestamp };
  const existing = state.transfers.get(event.id);
  if (existing) {
    const status = compareTransfers(state, event, existing);
    return { status, timestamp: status === 'exists' ? existing.timestamp : timestamp };
  }
  if (state.failed.has(event.id)) return { status: 'id_already_failed', timestamp };
  if ((flags & RESOLVES) !== 0) return { status: resolvePending(state, event, timestamp), timestamp };
  return { status: move(state, event, timestamp), timestamp };
}

/** A plain or pending transfer. */
function move(state: LedgerState, event: CreateTransfer, timestamp: bigint): CreateTransferStatus {
  const { flags } = event;
  const pending = hasFlag(flags, TransferFlags.pending);
  const malformed = checkForm(event, pending);
  if (malformed) return malformed;

  const debit = state.accounts.get(event.debitAccountId);
  if (!debit) return 'debit_account_not_found';
  const credit = state.accounts.get(event.creditAccountId);
  if (!credit) return 'credit_account_not_found';
  if (debit.ledger !== credit.ledger) return 'accounts_must_have_the_same_ledger';
  if (event.ledger !== debit.ledger) return 'transfer_must_have_the_same_ledger_as_accounts';
  if (debit.closed) return 'debit_account_already_closed';
  if (credit.closed) return 'credit_account_already_closed';

  const amount = balancedAmount(event, debit, credit);
  const timeoutSeconds = event.timeoutSeconds ?? 0;
  const exceeds =
    checkOverflows(debit, credit, amount, pending) ??
    (timestamp + BigInt(timeoutSeconds) * NANOSECONDS > AMOUNT_MAX ? 'overflows_timeout' : undefined) ??
    checkLimits(debit, credit, amount);
  if (exceeds) return exceeds;

  state.touch(debit);
  state.touch(credit);
  if (pending) {
    debit.debitsPending += amount;
    credit.creditsPending += amount;
    if (hasFlag(flags, TransferFlags.closing_debit)) debit.closed = true;
    if (hasFlag(flags, TransferFlags.closing_credit)) credit.closed = true;
    state.setPending(event.id, 'pending');
  } else {
    debit.debitsPosted += amount;
    credit.creditsPosted += amount;
  }
  state.createTransfer({
    id: event.id,
    debitAccountId: event.debitAccountId,
    creditAccountId: event.creditAccountId,
    amount,
    pendingId: 0n,
    userData128: event.userData128 ?? 0n,
    userData64: event.userData64 ?? 0n,
    userData32: event.userData32 ?? 0,
    timeoutSeconds,
    ledger: event.ledger,
    code: event.code,
    flags,
    timestamp,
  });
  state.recordHistory(debit, timestamp);
  state.recordHistory(credit, timestamp);
  return 'created';
}

/** What is wrong whatever the ledger holds. */
function checkForm(event: CreateTransfer, pending: boolean): CreateTransferStatus | undefined {
  if (event.debitAccountId === 0n) return 'debit_account_id_must_not_be_zero';
  if (event.debitAccountId === ID_MAX) return 'debit_account_id_must_not_be_int_max';
  if (event.creditAccountId === 0n) return 'credit_account_id_must_not_be_zero';
  if (event.creditAccountId === ID_MAX) return 'credit_account_id_must_not_be_int_max';
  if (event.debitAccountId === event.creditAccountId) return 'accounts_must_be_different';
  if ((event.pendingId ?? 0n) !== 0n) return 'pending_id_must_be_zero';
  if (!pending && (event.timeoutSeconds ?? 0) !== 0) return 'timeout_reserved_for_pending_transfer';
  if (!pending && (event.flags & CLOSES) !== 0) return 'closing_transfer_must_be_pending';
  if (event.ledger === 0) return 'ledger_must_not_be_zero';
  if (event.code === 0) return 'code_must_not_be_zero';
  return undefined;
}

/** The amount itself, or as much of it as a balancing transfer may take. */
function balancedAmount(event: CreateTransfer, debit: AccountState, credit: AccountState): bigint {
  let { amount } = event;
  if (hasFlag(event.flags, TransferFlags.balancing_debit)) {
    amount = least(amount, debit.creditsPosted - debit.debitsPosted - debit.debitsPending);
  }
  if (hasFlag(event.flags, TransferFlags.balancing_credit)) {
    amount = least(amount, credit.debitsPosted - credit.creditsPosted - credit.creditsPending);
  }
  return amount;
}

function least(amount: bigint, left: bigint): bigint {
  if (left <= 0n) return 0n;
  return left < amount ? left : amount;
}

function checkOverflows(
  debit: AccountState,
  credit: AccountState,
  amount: bigint,
  pending: boolean,
): CreateTransferStatus | undefined {
  if (pending && debit.debitsPending + amount > AMOUNT_MAX) return 'overflows_debits_pending';
  if (pending && credit.creditsPending + amount > AMOUNT_MAX) return 'overflows_credits_pending';
  if (debit.debitsPosted + amount > AMOUNT_MAX) return 'overflows_debits_posted';
  if (credit.creditsPosted + amount > AMOUNT_MAX) return 'overflows_credits_posted';
  if (debit.debitsPending + debit.debitsPosted + amount > AMOUNT_MAX) return 'overflows_debits';
  if (credit.creditsPending + credit.creditsPosted + amount > AMOUNT_MAX) return 'overflows_credits';
  return undefined;
}

/** Pending counts against the side that is spent, and gives nothing to the other side. */
function checkLimits(debit: AccountState, credit: AccountState, amount: bigint): CreateTransferStatus | undefined {
  if (
    hasFlag(debit.flags, AccountFlags.debits_must_not_exceed_credits) &&
    debit.debitsPending + debit.debitsPosted + amount > debit.creditsPosted
  ) {
    return 'exceeds_credits';
  }
  if (
    hasFlag(credit.flags, AccountFlags.credits_must_not_exceed_debits) &&
    credit.creditsPending + credit.creditsPosted + amount > credit.debitsPosted
  ) {
    return 'exceeds_debits';
  }
  return undefined;
}
