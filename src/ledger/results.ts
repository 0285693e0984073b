/*
 * What can come of an event, in TigerBeetle's documented order of precedence: of several things that are wrong, the one
 * that stands first is told. Results about fields that our types do not have (timestamps, balances and reserved
 * fields of a request, imported timestamps) are left out.
 */
export const CREATE_ACCOUNT_RESULTS = [
  'created',
  'linked_event_failed',
  'linked_event_chain_open',
  'imported_event_not_expected',
  'reserved_flag',
  'id_must_not_be_zero',
  'id_must_not_be_int_max',
  'exists_with_different_flags',
  'exists_with_different_user_data_128',
  'exists_with_different_user_data_64',
  'exists_with_different_user_data_32',
  'exists_with_different_ledger',
  'exists_with_different_code',
  'exists',
  'flags_are_mutually_exclusive',
  'ledger_must_not_be_zero',
  'code_must_not_be_zero',
] as const;

export const CREATE_TRANSFER_RESULTS = [
  'created',
  'linked_event_failed',
  'linked_event_chain_open',
  'imported_event_not_expected',
  'reserved_flag',
  'id_must_not_be_zero',
  'id_must_not_be_int_max',
  'exists_with_different_flags',
  'exists_with_different_pending_id',
  'exists_with_different_timeout',
  'exists_with_different_debit_account_id',
  'exists_with_different_credit_account_id',
  'exists_with_different_amount',
  'exists_with_different_user_data_128',
  'exists_with_different_user_data_64',
  'exists_with_different_user_data_32',
  'exists_with_different_ledger',
  'exists_with_different_code',
  'exists',
  'id_already_failed',
  'flags_are_mutually_exclusive',
  'debit_account_id_must_not_be_zero',
  'debit_account_id_must_not_be_int_max',
  'credit_account_id_must_not_be_zero',
  'credit_account_id_must_not_be_int_max',
  'accounts_must_be_different',
  'pending_id_must_be_zero',
  'pending_id_must_not_be_zero',
  'pending_id_must_not_be_int_max',
  'pending_id_must_be_different',
  'timeout_reserved_for_pending_transfer',
  'closing_transfer_must_be_pending',
  'ledger_must_not_be_zero',
  'code_must_not_be_zero',
  'debit_account_not_found',
  'credit_account_not_found',
  'accounts_must_have_the_same_ledger',
  'transfer_must_have_the_same_ledger_as_accounts',
  'pending_transfer_not_found',
  'pending_transfer_not_pending',
  'pending_transfer_has_different_debit_account_id',
  'pending_transfer_has_different_credit_account_id',
  'pending_transfer_has_different_ledger',
  'pending_transfer_has_different_code',
  'exceeds_pending_transfer_amount',
  'pending_transfer_has_different_amount',
  'pending_transfer_already_posted',
  'pending_transfer_already_voided',
  'pending_transfer_expired',
  'debit_account_already_closed',
  'credit_account_already_closed',
  'overflows_debits_pending',
  'overflows_credits_pending',
  'overflows_debits_posted',
  'overflows_credits_posted',
  'overflows_debits',
  'overflows_credits',
  'overflows_timeout',
  'exceeds_credits',
  'exceeds_debits',
] as const;

export type CreateAccountStatus = (typeof CREATE_ACCOUNT_RESULTS)[number];
export type CreateTransferStatus = (typeof CREATE_TRANSFER_RESULTS)[number];

/** `created` and `exists` carry the timestamp of the record; every other result the instant of the refusal. Nanoseconds. */
export interface CreateAccountResult {
  status: CreateAccountStatus;
  timestamp: bigint;
}

export interface CreateTransferResult {
  status: CreateTransferStatus;
  timestamp: bigint;
}

/**
 * Failures that depend on the state of the ledger and could pass later. They burn the transfer's id: a retry of it is
 * `id_already_failed` for ever, so that a caller who was told no can never find a yes booked by accident.
 */
export const TRANSIENT_RESULTS: ReadonlySet<CreateTransferStatus> = new Set<CreateTransferStatus>([
  'debit_account_not_found',
  'credit_account_not_found',
  'pending_transfer_not_found',
  'exceeds_credits',
  'exceeds_debits',
  'debit_account_already_closed',
  'credit_account_already_closed',
]);
