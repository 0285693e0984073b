import { describe, expect, test } from 'vitest';
import { Timestamps, applyAccounts, applyTransfers } from './engine.ts';
import { expirePending } from './resolve-pending.ts';
import type { CreateTransferStatus } from './results.ts';
import type { AccountState } from './state.ts';
import { LedgerState } from './state.ts';
import type { CreateTransfer } from './types.ts';
import { AMOUNT_MAX, AccountFlags, ID_MAX, TransferFlags } from './types.ts';

const { linked, pending, post_pending_transfer: post, void_pending_transfer: voids } = TransferFlags;
const { balancing_debit, balancing_credit, closing_debit, closing_credit } = TransferFlags;

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

function figures({ debitsPending, debitsPosted, creditsPending, creditsPosted }: AccountState): bigint[] {
  return [debitsPending, debitsPosted, creditsPending, creditsPosted];
}

/*
 * Everything is wrong at once; row by row one thing is put right, and the next in the documented order is told.
 */
describe('posting and voiding: the first thing that is wrong is told', () => {
  const steps: [CreateTransferStatus, Partial<CreateTransfer>][] = [
    ['flags_are_mutually_exclusive', {}],
    ['flags_are_mutually_exclusive', { flags: post | balancing_credit }],
    ['flags_are_mutually_exclusive', { flags: voids | closing_credit }],
    ['flags_are_mutually_exclusive', { flags: voids | pending }],
    ['pending_id_must_not_be_zero', { flags: voids }],
    ['pending_id_must_not_be_int_max', { pendingId: ID_MAX }],
    ['pending_id_must_be_different', { pendingId: 100n }],
    ['timeout_reserved_for_pending_transfer', { pendingId: 99n }],
    ['pending_transfer_not_found', { timeoutSeconds: 0 }],
    ['pending_transfer_not_pending', { pendingId: 50n }],
    ['pending_transfer_has_different_debit_account_id', { pendingId: 51n }],
    ['pending_transfer_has_different_credit_account_id', { debitAccountId: 1n }],
    ['pending_transfer_has_different_ledger', { creditAccountId: 2n }],
    ['pending_transfer_has_different_code', { ledger: 1 }],
    ['exceeds_pending_transfer_amount', { code: 1 }],
    ['pending_transfer_has_different_amount', { amount: 9n }],
    ['pending_transfer_already_posted', { amount: 10n }],
    ['pending_transfer_already_voided', { pendingId: 52n }],
    ['pending_transfer_expired', { pendingId: 53n }],
    ['debit_account_already_closed', { pendingId: 54n, flags: post }],
    ['created', { flags: voids }],
  ];
  let event: CreateTransfer = transfer({
    flags: post | voids,
    debitAccountId: 8n,
    creditAccountId: 8n,
    amount: 11n,
    timeoutSeconds: 1,
    ledger: 8,
    code: 8,
  });
  const events = steps.map(([status, fix]) => ({ status, event: (event = { ...event, ...fix }) }));
  test.each(events)('$status', ({ status, event }) => {
    const state = world(account(1n), account(2n));
    const early = [
      transfer({ id: 50n }),
      transfer({ id: 51n, flags: pending }),
      transfer({ id: 52n, flags: pending }),
      transfer({ id: 53n, flags: pending, timeoutSeconds: 1 }),
      transfer({ id: 71n, pendingId: 51n, flags: post }),
      transfer({ id: 72n, pendingId: 52n, flags: voids }),
      transfer({ id: 54n, flags: pending | closing_debit }),
    ];
    for (const made of run(state, ...early)) expect(made).toBe('created');
    // Exactly at its instant, swept or not.
    const expiry = (state.transfers.get(53n)?.timestamp ?? 0n) + 1_000_000_000n;
    const [result] = applyTransfers(state, [event], new Timestamps(expiry - 1n, 0));
    expect(result).toEqual({ status, timestamp: expiry });
  });

  test('a credit account that was closed stops a post, and one nanosecond before the timeout nothing does', () => {
    const state = world(account(1n), account(2n));
    const hold = transfer({ flags: pending, timeoutSeconds: 1 });
    const [held] = applyTransfers(state, [hold], clock());
    const expiry = (held?.timestamp ?? 0n) + 1_000_000_000n;
    const close = transfer({ id: 101n, flags: pending | closing_credit, amount: 0n });
    expect(run(state, close, transfer({ id: 102n, pendingId: 100n, flags: post }))).toEqual([
      'created',
      'credit_account_already_closed',
    ]);
    expect(run(state, transfer({ id: 103n, pendingId: 101n, flags: voids, amount: 0n }))).toEqual(['created']);
    const inTime = transfer({ id: 104n, pendingId: 100n, flags: post });
    expect(applyTransfers(state, [inTime], new Timestamps(expiry - 2n, 0))[0]?.status).toBe('created');
  });
});

describe('two phases', () => {
  const rows: [string, Partial<CreateTransfer>, bigint[], bigint][] = [
    ['posting all of it', { flags: post, amount: AMOUNT_MAX }, [0n, 10n, 0n, 0n], 10n],
    ['posting a part gives the rest back', { flags: post, amount: 4n }, [0n, 4n, 0n, 0n], 4n],
    ['posting nothing gives everything back', { flags: post, amount: 0n }, [0n, 0n, 0n, 0n], 0n],
    ['voiding', { flags: voids, amount: 0n }, [0n, 0n, 0n, 0n], 10n],
    ['voiding by its exact amount', { flags: voids, amount: 10n }, [0n, 0n, 0n, 0n], 10n],
  ];
  test.each(rows)('%s', (_what, over, after, stored) => {
    const [debit, credit] = [account(1n), account(2n)];
    const state = world(debit, credit);
    expect(run(state, transfer({ flags: pending, userData64: 6n, code: 7 }))).toEqual(['created']);
    expect(figures(debit)).toEqual([10n, 0n, 0n, 0n]);
    expect(figures(credit)).toEqual([0n, 0n, 10n, 0n]);
    const nothing = { debitAccountId: 0n, creditAccountId: 0n, ledger: 0, code: 0 };
    expect(run(state, transfer({ id: 101n, pendingId: 100n, ...nothing, ...over }))).toEqual(['created']);
    expect(figures(debit)).toEqual(after);
    // What was left out is taken from the pending transfer.
    const inherited = { debitAccountId: 1n, creditAccountId: 2n, ledger: 1, code: 7, userData64: 6n, amount: stored };
    expect(state.transfers.get(101n)).toMatchObject(inherited);
  });

  test('what expires gives its amount back, and what it had closed opens again', () => {
    const [debit, credit] = [account(1n), account(2n, { flags: AccountFlags.history })];
    const state = world(debit, credit);
    expect(run(state, transfer({ flags: pending | closing_debit | closing_credit, timeoutSeconds: 1 }))).toEqual([
      'created',
    ]);
    expect([debit.closed, credit.closed]).toEqual([true, true]);
    const held = state.transfers.get(100n);
    if (!held) throw new Error('not there');
    expect(() => expirePending(state, held, held.timestamp + 999_999_999n)).toThrow('nothing expires before its time');
    expirePending(state, held, held.timestamp + 1_000_000_000n);
    expect([debit.closed, credit.closed]).toEqual([false, false]);
    expect(figures(debit)).toEqual([0n, 0n, 0n, 0n]);
    expect(state.pending.get(100n)).toBe('expired');
    expect(state.history.map(({ creditsPending }) => creditsPending)).toEqual([10n, 0n]);
    expect(state.events).toHaveLength(2);
  });
});

describe('balancing takes what is left', () => {
  const rows: [string, number, bigint, bigint][] = [
    ['debit: posted credits less all debits', balancing_debit, 100n, 5n],
    ['debit: no more than was asked for', balancing_debit, 3n, 3n],
    ['credit: posted debits less all credits', balancing_credit, 100n, 2n],
    ['both: the smaller', balancing_debit | balancing_credit, 100n, 2n],
    ['pending too', balancing_debit | pending, 100n, 5n],
  ];
  test.each(rows)('%s', (_what, flags, amount, moved) => {
    const debit = account(1n, { creditsPosted: 10n, debitsPosted: 3n, debitsPending: 2n, creditsPending: 50n });
    const credit = account(2n, { debitsPosted: 9n, creditsPosted: 4n, creditsPending: 3n, debitsPending: 50n });
    const state = world(debit, credit);
    expect(run(state, transfer({ flags, amount }))).toEqual(['created']);
    expect(state.transfers.get(100n)?.amount).toBe(moved);
  });

  test('nothing left is a transfer of nothing', () => {
    const state = world(account(1n, { debitsPosted: 5n }), account(2n));
    expect(run(state, transfer({ flags: balancing_debit }))).toEqual(['created']);
    expect(state.transfers.get(100n)?.amount).toBe(0n);
  });
});

describe('linked chains', () => {
  const bad = { creditAccountId: 99n };
  const rows: [string, Partial<CreateTransfer>[], CreateTransferStatus[]][] = [
    ['all of them', [{ flags: linked }, {}], ['created', 'created']],
    ['the last fails', [{ flags: linked }, bad], ['linked_event_failed', 'credit_account_not_found']],
    [
      'the first fails, and what follows the chain is not part of it',
      [{ flags: linked, ...bad }, { flags: linked }, {}, {}],
      ['credit_account_not_found', 'linked_event_failed', 'linked_event_failed', 'created'],
    ],
    ['left open', [{}, { flags: linked }], ['created', 'linked_event_chain_open']],
    [
      'left open at the end of a longer one',
      [{ flags: linked }, { flags: linked }],
      ['linked_event_failed', 'linked_event_chain_open'],
    ],
    [
      'left open after it had failed',
      [{ flags: linked, ...bad }, { flags: linked }, { flags: linked }],
      ['credit_account_not_found', 'linked_event_failed', 'linked_event_chain_open'],
    ],
    [
      'two chains in a row',
      [{ flags: linked }, bad, { flags: linked }, {}],
      ['linked_event_failed', 'credit_account_not_found', 'created', 'created'],
    ],
  ];
  test.each(rows)('%s', (_what, chain, expected) => {
    const debit = account(1n);
    const state = world(debit, account(2n));
    const events = chain.map((over, index) => transfer({ id: 100n + BigInt(index), ...over }));
    expect(run(state, ...events)).toEqual(expected);
    const created = BigInt(expected.filter((status) => status === 'created').length);
    expect(figures(debit)).toEqual([0n, created * 10n, 0n, 0n]);
    expect(state.events).toHaveLength(Number(created));
  });

  test('a chain that fails leaves nothing but the burnt id of the one that failed', () => {
    const [debit, credit] = [account(1n, { flags: AccountFlags.history }), account(2n)];
    const state = world(debit, credit);
    expect(run(state, transfer({ id: 1n, flags: pending }))).toEqual(['created']);
    const chain = [
      transfer({ id: 2n, flags: linked | pending | closing_credit }),
      transfer({ id: 3n, flags: linked | voids, pendingId: 1n, amount: 0n }),
      transfer({ id: 4n, flags: linked | voids, pendingId: 2n, amount: 0n }),
      transfer({ id: 5n, ...bad }),
    ];
    expect(run(state, ...chain).at(-1)).toBe('credit_account_not_found');
    expect(figures(debit)).toEqual([10n, 0n, 0n, 0n]);
    expect(credit.closed).toBe(false);
    expect([...state.pending]).toEqual([[1n, 'pending']]);
    expect([...state.changedPending]).toEqual([1n]);
    expect(state.history).toHaveLength(1);
    expect([...state.newlyFailed.keys()]).toEqual([5n]);
    // The others may be used again, the burnt one may not.
    expect(run(state, transfer({ id: 2n }), transfer({ id: 5n }))).toEqual(['created', 'id_already_failed']);
  });

  test('accounts are linked in the same way', () => {
    const state = new LedgerState();
    const open = (id: bigint, flags: number) => ({ id, ledger: 1, code: 1, flags });
    const results = applyAccounts(state, [open(1n, 1), open(0n, 0), open(1n, 0)], clock());
    expect(results.map(({ status }) => status)).toEqual(['linked_event_failed', 'id_must_not_be_zero', 'created']);
  });
});

test('timestamps go on when the clock goes back', () => {
  const later = new Timestamps(0n, 5);
  const last = later.next();
  expect(last).toBe(5_000_000n);
  expect(new Timestamps(last, 4).next()).toBe(last + 1n);
});
