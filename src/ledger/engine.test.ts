import { describe, expect, test } from 'vitest';
import { Timestamps, applyAccounts, applyTransfers } from './engine.ts';
import type { CreateAccountStatus, CreateTransferStatus } from './results.ts';
import { TRANSIENT_RESULTS } from './results.ts';
import type { AccountState } from './state.ts';
import { LedgerState } from './state.ts';
import type { CreateAccount, CreateTransfer } from './types.ts';
import { AMOUNT_MAX, AccountFlags, ID_MAX, TransferFlags } from './types.ts';

const RESERVED = 1 << 15;
const { pending, post_pending_transfer: post, void_pending_transfer: voids } = TransferFlags;
const { balancing_debit, closing_debit, imported } = TransferFlags;

function account(id: bigint, over: Partial<AccountState> = {}): AccountState {
  const nothing = { debitsPending: 0n, debitsPosted: 0n, creditsPending: 0n, creditsPosted: 0n };
  return { id, ledger: 1, flags: 0, closed: false, ...nothing, ...over };
}

function world(...accounts: AccountState[]): LedgerState {
  return new LedgerState(new Map(accounts.map((each) => [each.id, each])));
}

function transfer(over: Partial<CreateTransfer> = {}): CreateTransfer {
  return { id: 100n, debitAccountId: 1n, creditAccountId: 2n, amount: 10n, ledger: 1, code: 1, flags: 0, ...over };
}

const clock = () => new Timestamps(0n, 1_000_000);

function run(state: LedgerState, ...transfers: CreateTransfer[]): CreateTransferStatus[] {
  return applyTransfers(state, transfers, clock()).map(({ status }) => status);
}

/*
 * Everything is wrong at once; row by row one thing is put right, and the next in the documented order is told.
 */
describe('creating an account: the first thing that is wrong is told', () => {
  const steps: [CreateAccountStatus, Partial<CreateAccount>][] = [
    ['imported_event_not_expected', {}],
    ['reserved_flag', { flags: RESERVED | 6 }],
    ['id_must_not_be_zero', { flags: 6 }],
    ['id_must_not_be_int_max', { id: ID_MAX }],
    ['exists_with_different_flags', { id: 1n }],
    ['exists_with_different_user_data_128', { flags: AccountFlags.history }],
    ['exists_with_different_user_data_64', { userData128: 7n }],
    ['exists_with_different_user_data_32', { userData64: 8n }],
    ['exists_with_different_ledger', { userData32: 9 }],
    ['exists_with_different_code', { ledger: 1 }],
    ['exists', { code: 5 }],
    ['flags_are_mutually_exclusive', { id: 2n, flags: 6, ledger: 0, code: 0 }],
    ['ledger_must_not_be_zero', { flags: 2 }],
    ['code_must_not_be_zero', { ledger: 1 }],
    ['created', { code: 1 }],
  ];
  let event: CreateAccount = { id: 0n, ledger: 0, code: 0, flags: AccountFlags.imported | RESERVED | 6 };
  const events = steps.map(([status, fix]) => ({ status, event: (event = { ...event, ...fix }) }));
  test.each(events)('$status', ({ status, event }) => {
    const state = new LedgerState();
    const first = { id: 1n, ledger: 1, code: 5, flags: 8, userData128: 7n, userData64: 8n, userData32: 9 };
    const [created] = applyAccounts(state, [first], clock());
    const [result] = applyAccounts(state, [event], new Timestamps(0n, 2_000_000));
    expect(result?.status).toBe(status);
    if (status === 'exists') expect(result?.timestamp).toBe(created?.timestamp);
  });
});

describe('creating a transfer: the first thing that is wrong is told', () => {
  const full = { debitsPosted: AMOUNT_MAX, creditsPosted: AMOUNT_MAX };
  const accounts = () => [
    account(1n, { ...full, flags: AccountFlags.debits_must_not_exceed_credits, closed: true }),
    account(2n, { ...full, flags: AccountFlags.credits_must_not_exceed_debits, closed: true }),
    account(3n, { ...full, ledger: 2, closed: true }),
    account(4n, { flags: AccountFlags.debits_must_not_exceed_credits }),
    account(5n, { flags: AccountFlags.credits_must_not_exceed_debits }),
    account(6n),
    account(7n),
  ];
  const steps: [CreateTransferStatus, Partial<CreateTransfer>][] = [
    ['imported_event_not_expected', {}],
    ['reserved_flag', { flags: RESERVED | closing_debit }],
    ['id_must_not_be_zero', { flags: closing_debit }],
    ['id_must_not_be_int_max', { id: ID_MAX }],
    ['exists_with_different_flags', { id: 50n }],
    ['id_already_failed', { id: 60n }],
    ['debit_account_id_must_not_be_zero', { id: 100n }],
    ['debit_account_id_must_not_be_int_max', { debitAccountId: ID_MAX }],
    ['credit_account_id_must_not_be_zero', { debitAccountId: 98n }],
    ['credit_account_id_must_not_be_int_max', { creditAccountId: ID_MAX }],
    ['accounts_must_be_different', { creditAccountId: 98n }],
    ['pending_id_must_be_zero', { creditAccountId: 99n }],
    ['timeout_reserved_for_pending_transfer', { pendingId: 0n }],
    ['closing_transfer_must_be_pending', { timeoutSeconds: 0 }],
    ['ledger_must_not_be_zero', { flags: closing_debit | pending }],
    ['code_must_not_be_zero', { ledger: 9 }],
    ['debit_account_not_found', { code: 1 }],
    ['credit_account_not_found', { debitAccountId: 3n }],
    ['accounts_must_have_the_same_ledger', { creditAccountId: 2n }],
    ['transfer_must_have_the_same_ledger_as_accounts', { debitAccountId: 1n }],
    ['debit_account_already_closed', { ledger: 1 }],
    ['credit_account_already_closed', { debitAccountId: 4n }],
    ['exceeds_credits', { creditAccountId: 5n }],
    ['exceeds_debits', { debitAccountId: 6n }],
    ['created', { creditAccountId: 7n }],
  ];
  let event: CreateTransfer = transfer({
    id: 0n,
    debitAccountId: 0n,
    creditAccountId: 0n,
    pendingId: 5n,
    timeoutSeconds: 1,
    ledger: 0,
    code: 0,
    flags: imported | RESERVED | closing_debit,
  });
  const events = steps.map(([status, fix]) => ({ status, event: (event = { ...event, ...fix }) }));
  test.each(events)('$status', ({ status, event }) => {
    const state = world(...accounts());
    expect(run(state, transfer({ id: 50n, debitAccountId: 6n, creditAccountId: 7n }))).toEqual(['created']);
    state.failed.add(60n);
    expect(run(state, event)).toEqual([status]);
    // What could pass later burns the id, so that it never does.
    const again = run(state, event)[0];
    if (TRANSIENT_RESULTS.has(status)) expect(again).toBe('id_already_failed');
    else expect(again).toBe(status === 'created' ? 'exists' : status);
  });
});

describe('sums never leave 63 bits', () => {
  const rows: [CreateTransferStatus, Partial<AccountState>, Partial<AccountState>, Partial<CreateTransfer>][] = [
    ['overflows_debits_pending', { debitsPending: AMOUNT_MAX }, { creditsPending: AMOUNT_MAX }, { flags: pending }],
    ['overflows_credits_pending', { debitsPosted: AMOUNT_MAX }, { creditsPending: AMOUNT_MAX }, { flags: pending }],
    ['overflows_debits_posted', { debitsPosted: AMOUNT_MAX }, { creditsPosted: AMOUNT_MAX }, {}],
    ['overflows_credits_posted', { debitsPending: AMOUNT_MAX }, { creditsPosted: AMOUNT_MAX }, {}],
    ['overflows_debits', { debitsPending: AMOUNT_MAX }, { creditsPending: AMOUNT_MAX }, {}],
    ['overflows_credits', {}, { creditsPending: AMOUNT_MAX }, {}],
    ['created', { debitsPosted: AMOUNT_MAX - 10n }, { creditsPending: AMOUNT_MAX - 10n }, {}],
  ];
  test.each(rows)('%s', (status, debit, credit, over) => {
    expect(run(world(account(1n, debit), account(2n, credit)), transfer(over))).toEqual([status]);
  });

  test('overflows_timeout comes before the limits', () => {
    const state = world(account(1n, { flags: AccountFlags.debits_must_not_exceed_credits }), account(2n));
    const late = new Timestamps(AMOUNT_MAX - 5_000_000_000n, 0);
    const results = applyTransfers(
      state,
      [transfer({ flags: pending, timeoutSeconds: 6 }), transfer({ flags: pending, timeoutSeconds: 4 })],
      late,
    );
    expect(results.map(({ status }) => status)).toEqual(['overflows_timeout', 'exceeds_credits']);
  });
});

describe('the same id again', () => {
  const first = transfer({ userData128: 1n, userData64: 2n, userData32: 3, flags: pending, timeoutSeconds: 5 });
  const rows: [CreateTransferStatus, Partial<CreateTransfer>][] = [
    ['exists_with_different_flags', { flags: 0, pendingId: 9n }],
    ['exists_with_different_pending_id', { pendingId: 9n, timeoutSeconds: 0 }],
    ['exists_with_different_timeout', { timeoutSeconds: 0, debitAccountId: 9n }],
    ['exists_with_different_debit_account_id', { debitAccountId: 9n, creditAccountId: 9n }],
    ['exists_with_different_credit_account_id', { creditAccountId: 9n, amount: 9n }],
    ['exists_with_different_amount', { amount: 9n, userData128: 9n }],
    ['exists_with_different_user_data_128', { userData128: 9n, userData64: 9n }],
    ['exists_with_different_user_data_64', { userData64: 9n, userData32: 9 }],
    ['exists_with_different_user_data_32', { userData32: 9, ledger: 9 }],
    ['exists_with_different_ledger', { ledger: 9, code: 9 }],
    ['exists_with_different_code', { code: 9 }],
    ['exists', {}],
  ];
  test.each(rows)('%s', (status, over) => {
    const state = world(account(1n), account(2n));
    const [created] = applyTransfers(state, [first], clock());
    const before = state.events.length;
    const [again] = applyTransfers(state, [{ ...first, ...over }], new Timestamps(0n, 9_000_000));
    expect(again?.status).toBe(status);
    if (status === 'exists') expect(again?.timestamp).toBe(created?.timestamp);
    expect(state.events).toHaveLength(before);
  });

  const resolutions: [CreateTransferStatus, Partial<CreateTransfer>][] = [
    ['exists_with_different_flags', { flags: voids }],
    ['exists_with_different_pending_id', { pendingId: 99n, debitAccountId: 9n }],
    ['exists_with_different_debit_account_id', { debitAccountId: 9n, creditAccountId: 9n }],
    ['exists_with_different_credit_account_id', { creditAccountId: 9n, amount: 9n }],
    ['exists_with_different_amount', { amount: AMOUNT_MAX, userData128: 9n }],
    ['exists_with_different_amount', { amount: 3n }],
    ['exists_with_different_user_data_128', { userData128: 9n, userData64: 9n }],
    ['exists_with_different_user_data_64', { userData64: 9n, ledger: 9 }],
    ['exists_with_different_user_data_32', { userData32: 9, ledger: 9 }],
    ['exists_with_different_ledger', { ledger: 9, code: 9 }],
    ['exists_with_different_code', { code: 9 }],
    ['exists', { debitAccountId: 1n, creditAccountId: 2n, ledger: 1, code: 1, userData128: 1n }],
    ['exists', {}],
  ];
  test.each(resolutions)('of a partial post: %s %o', (status, over) => {
    const state = world(account(1n), account(2n));
    const part = transfer({
      id: 101n,
      pendingId: 100n,
      flags: post,
      amount: 4n,
      debitAccountId: 0n,
      creditAccountId: 0n,
      ledger: 0,
      code: 0,
    });
    expect(run(state, { ...first, timeoutSeconds: 0 }, part)).toEqual(['created', 'created']);
    expect(run(state, { ...part, ...over })).toEqual([status]);
  });

  test('a balancing request is a bound: as much or more is the same request, less is another', () => {
    const state = world(account(1n, { creditsPosted: 7n }), account(2n));
    const sweep = transfer({ flags: balancing_debit, amount: 100n });
    expect(run(state, sweep, { ...sweep, amount: 7n }, { ...sweep, amount: 6n })).toEqual([
      'created',
      'exists',
      'exists_with_different_amount',
    ]);
  });

  test('comes before every other check: an account closed since does not matter', () => {
    const state = world(account(1n), account(2n));
    const close = transfer({ id: 101n, flags: pending | closing_debit, amount: 0n });
    expect(run(state, transfer(), close, transfer(), transfer({ id: 102n }))).toEqual([
      'created',
      'created',
      'exists',
      'debit_account_already_closed',
    ]);
  });
});
