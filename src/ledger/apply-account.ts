import type { CreateAccountResult, CreateAccountStatus } from './results.ts';
import type { LedgerState } from './state.ts';
import type { Account, CreateAccount } from './types.ts';
import { ACCOUNT_FLAGS_ALL, AccountFlags, ID_MAX, hasFlag } from './types.ts';

/** Opens one account or says, in the documented order of precedence, why not. */
export function applyAccount(state: LedgerState, event: CreateAccount, timestamp: bigint): CreateAccountResult {
  if (hasFlag(event.flags, AccountFlags.imported)) return { status: 'imported_event_not_expected', timestamp };
  if ((event.flags & ~ACCOUNT_FLAGS_ALL) !== 0) return { status: 'reserved_flag', timestamp };
  if (event.id === 0n) return { status: 'id_must_not_be_zero', timestamp };
  if (event.id === ID_MAX) return { status: 'id_must_not_be_int_max', timestamp };
  const existing = state.knownAccounts.get(event.id);
  if (existing) return compareAccounts(event, existing, timestamp);
  const both = AccountFlags.debits_must_not_exceed_credits | AccountFlags.credits_must_not_exceed_debits;
  if ((event.flags & both) === both) return { status: 'flags_are_mutually_exclusive', timestamp };
  if (event.ledger === 0) return { status: 'ledger_must_not_be_zero', timestamp };
  if (event.code === 0) return { status: 'code_must_not_be_zero', timestamp };

  state.createAccount({
    id: event.id,
    ledger: event.ledger,
    code: event.code,
    flags: event.flags,
    userData128: event.userData128 ?? 0n,
    userData64: event.userData64 ?? 0n,
    userData32: event.userData32 ?? 0,
    debitsPending: 0n,
    debitsPosted: 0n,
    creditsPending: 0n,
    creditsPosted: 0n,
    timestamp,
  });
  return { status: 'created', timestamp };
}

/** `existing.flags` are those of its creation: a retry repeats them whether or not the account was closed since. */
function compareAccounts(event: CreateAccount, existing: Account, now: bigint): CreateAccountResult {
  const status = ((): CreateAccountStatus => {
    if (event.flags !== existing.flags) return 'exists_with_different_flags';
    if ((event.userData128 ?? 0n) !== existing.userData128) return 'exists_with_different_user_data_128';
    if ((event.userData64 ?? 0n) !== existing.userData64) return 'exists_with_different_user_data_64';
    if ((event.userData32 ?? 0) !== existing.userData32) return 'exists_with_different_user_data_32';
    if (event.ledger !== existing.ledger) return 'exists_with_different_ledger';
    if (event.code !== existing.code) return 'exists_with_different_code';
    return 'exists';
  })();
  return { status, timestamp: status === 'exists' ? existing.timestamp : now };
}
