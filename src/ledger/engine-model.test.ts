import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyAccounts, applyTransfers, Timestamps } from './engine.ts';
import { expirePending } from './resolve-pending.ts';
import { CREATE_ACCOUNT_RESULTS } from './results.ts';
import { LedgerState } from './state.ts';
import type { CreateAccount, CreateTransfer } from './types.ts';
import { ACCOUNT_FLAGS_ALL, AMOUNT_MAX, AccountFlags, ID_MAX, TransferFlags as F } from './types.ts';

/*
 * A second ledger, as slow and plain as possible: it keeps what was accepted in a list and works out everything else from
 * that list, each time anew. Whatever a list of requests is told, both must tell the same.
 */
interface Accepted {
  request: CreateTransfer;
  debit: bigint;
  credit: bigint;
  amount: bigint;
  at: bigint;
}

class Model {
  accepted: Accepted[] = [];
  expired = new Set<bigint>();
  burnt = new Set<bigint>();
  readonly accounts: CreateAccount[];
  constructor(accounts: CreateAccount[]) {
    this.accounts = accounts;
  }

  resolution(id: bigint): 'open' | 'posted' | 'voided' | 'expired' {
    const by = this.accepted.find(({ request }) => request.pendingId === id)?.request;
    if (by) return by.flags & F.post_pending_transfer ? 'posted' : 'voided';
    return this.expired.has(id) ? 'expired' : 'open';
  }

  sum(account: bigint, side: 'debit' | 'credit', phase: 'pending' | 'posted'): bigint {
    let sum = 0n;
    for (const entry of this.accepted) {
      if (entry[side] !== account) continue;
      const pending = (entry.request.flags & F.pending) !== 0;
      const posted = !pending && (entry.request.flags & F.void_pending_transfer) === 0;
      if (phase === 'posted' ? posted : pending && this.resolution(entry.request.id) === 'open') sum += entry.amount;
    }
    return sum;
  }

  isClosed(account: bigint): boolean {
    return this.accepted.some(
      ({ request, debit, credit }) =>
        ((request.flags & F.closing_debit && debit === account) ||
          (request.flags & F.closing_credit && credit === account)) &&
        ['open', 'posted'].includes(this.resolution(request.id)),
    );
  }

  /** The status of a well-formed request; every exists_with_different_… is just `different`. */
  request(request: CreateTransfer, at: bigint): string {
    const before = this.accepted.find((entry) => entry.request.id === request.id);
    if (before) {
      const { amount, ...rest } = before.request;
      const { amount: amountNow, ...restNow } = request;
      const same = JSON.stringify(rest, showBigint) === JSON.stringify(restNow, showBigint);
      const bound = (request.flags & (F.balancing_debit | F.balancing_credit)) !== 0;
      return same && (bound ? amountNow >= before.amount : amount === amountNow) ? 'exists' : 'different';
    }
    if (this.burnt.has(request.id)) return 'id_already_failed';
    const status = request.pendingId ? this.resolve(request, at) : this.move(request, at);
    if (/not_found|already_closed|^exceeds_(credits|debits)$/.test(status)) this.burnt.add(request.id);
    return status;
  }

  move(request: CreateTransfer, at: bigint): string {
    const { debitAccountId: debit, creditAccountId: credit, flags } = request;
    const [debitFlags, creditFlags] = [debit, credit].map((id) => this.accounts.find((one) => one.id === id)?.flags);
    if (debitFlags === undefined) return 'debit_account_not_found';
    if (creditFlags === undefined) return 'credit_account_not_found';
    if (this.isClosed(debit)) return 'debit_account_already_closed';
    if (this.isClosed(credit)) return 'credit_account_already_closed';
    const debits = this.sum(debit, 'debit', 'posted') + this.sum(debit, 'debit', 'pending');
    const credits = this.sum(credit, 'credit', 'posted') + this.sum(credit, 'credit', 'pending');
    const [covers, owed] = [this.sum(debit, 'credit', 'posted'), this.sum(credit, 'debit', 'posted')];
    const bounds = [request.amount];
    if (flags & F.balancing_debit) bounds.push(covers > debits ? covers - debits : 0n);
    if (flags & F.balancing_credit) bounds.push(owed > credits ? owed - credits : 0n);
    const amount = bounds.reduce((least, bound) => (bound < least ? bound : least));
    if (debitFlags & AccountFlags.debits_must_not_exceed_credits && debits + amount > covers) return 'exceeds_credits';
    if (creditFlags & AccountFlags.credits_must_not_exceed_debits && credits + amount > owed) return 'exceeds_debits';
    this.accepted.push({ request, debit, credit, amount, at });
    return 'created';
  }

  resolve(request: CreateTransfer, at: bigint): string {
    const held = this.accepted.find((entry) => entry.request.id === request.pendingId);
    if (!held) return 'pending_transfer_not_found';
    if (!(held.request.flags & F.pending)) return 'pending_transfer_not_pending';
    const voids = (request.flags & F.void_pending_transfer) !== 0;
    const amount = request.amount === (voids ? 0n : AMOUNT_MAX) ? held.amount : request.amount;
    if (amount > held.amount) return 'exceeds_pending_transfer_amount';
    if (voids && amount < held.amount) return 'pending_transfer_has_different_amount';
    const resolution = this.resolution(held.request.id);
    if (resolution === 'posted' || resolution === 'voided') return `pending_transfer_already_${resolution}`;
    if (resolution === 'expired' || this.isDue(held, at)) return 'pending_transfer_expired';
    if (!voids && this.isClosed(held.debit)) return 'debit_account_already_closed';
    if (!voids && this.isClosed(held.credit)) return 'credit_account_already_closed';
    this.accepted.push({ request, debit: held.debit, credit: held.credit, amount, at });
    return 'created';
  }

  isDue({ request, at: since }: Accepted, at: bigint): boolean {
    return Boolean(request.timeoutSeconds) && at >= since + BigInt(request.timeoutSeconds ?? 0) * 1_000_000_000n;
  }

  sweep(at: bigint): bigint[] {
    const due = this.accepted.filter(
      (entry) =>
        entry.request.flags & F.pending && this.resolution(entry.request.id) === 'open' && this.isDue(entry, at),
    );
    for (const { request } of due) this.expired.add(request.id);
    return due.map(({ request }) => request.id);
  }

  /** A chain is tried on a copy; only burnt ids outlive its failure. */
  chain(requests: CreateTransfer[], next: () => bigint): string[] {
    const [accepted, statuses] = [[...this.accepted], [] as string[]];
    for (const request of requests) {
      const at = next();
      const broken = statuses.length > 0 && statuses.at(-1) !== 'created';
      statuses.push(broken ? 'linked_event_failed' : this.request(request, at));
    }
    const culprit = statuses.findIndex((status) => status !== 'created');
    if (culprit < 0) return statuses;
    this.accepted = accepted;
    return statuses.map((status, index) => (index === culprit ? status : 'linked_event_failed'));
  }
}

const SEEDS: CreateTransfer[] = [
  { id: 1n, debitAccountId: 1n, creditAccountId: 2n, amount: 60n, ledger: 1, code: 1, flags: 0 },
  { id: 2n, debitAccountId: 3n, creditAccountId: 1n, amount: 60n, ledger: 1, code: 1, flags: 0 },
];

const showBigint = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);

const ACCOUNTS: CreateAccount[] = [0, 2, 4, 8, 10].map((flags, index) => ({
  id: BigInt(index + 1),
  ledger: 1,
  code: 1,
  flags,
}));

const id = fc.bigInt({ min: 100n, max: 150n });
const amount = fc.oneof(fc.bigInt({ min: 0n, max: 20n }), fc.constant(AMOUNT_MAX));
const small = fc.bigInt({ min: 0n, max: 20n });
const pair = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .map(([a, b]) => ({ debitAccountId: BigInt(a), creditAccountId: BigInt(b >= a ? b + 1 : b) }));
const base = { ledger: 1, code: 1 };

const plain = fc
  .record({ id, pair, amount: small })
  .map(({ id, pair, amount }) => ({ ...base, id, ...pair, amount, flags: 0 }));
const balancing = fc
  .record({ id, pair, amount, flags: fc.constantFrom(16, 32, 48) })
  .map(({ pair, ...rest }) => ({ ...base, ...rest, ...pair }));
const pending = fc
  .record({
    id,
    pair,
    amount: small,
    timeoutSeconds: fc.constantFrom(0, 1, 3),
    extra: fc.constantFrom(0, 0, 0, 64, 128),
  })
  .map(({ id, pair, amount, timeoutSeconds, extra }) => ({
    ...base,
    id,
    ...pair,
    amount,
    timeoutSeconds,
    flags: 2 | extra,
  }));
const resolving = fc
  .record({ id, pendingId: id, amount, flags: fc.constantFrom(4, 8) })
  .filter(({ id, pendingId }) => id !== pendingId)
  .map((rest) => ({ debitAccountId: 0n, creditAccountId: 0n, ledger: 0, code: 0, ...rest }));
const request: fc.Arbitrary<CreateTransfer> = fc.oneof(plain, plain, balancing, pending, pending, resolving, resolving);
const step = fc.record({
  waitMs: fc.constantFrom(0, 1, 700, 1000),
  sweep: fc.boolean(),
  requests: fc.array(request, { minLength: 1, maxLength: 4 }),
  linked: fc.boolean(),
});

test('tells the same as a model that works everything out anew, keeps debits equal to credits, and no limit is ever crossed', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const state = new LedgerState();
      let nowMs = 1_000;
      const opened = applyAccounts(state, ACCOUNTS, new Timestamps(0n, nowMs));
      let last = opened.at(-1)?.timestamp ?? 0n;
      const model = new Model(ACCOUNTS);
      // Something to spend and something owed, so that limits are met from both sides.
      for (const seed of SEEDS) {
        const [booked] = applyTransfers(state, [seed], new Timestamps(last, nowMs));
        last = booked?.timestamp ?? last;
        expect(model.request(seed, last)).toBe(booked?.status);
      }
      for (const { waitMs, sweep, requests, linked } of steps) {
        nowMs += waitMs;
        if (sweep) {
          const timestamps = new Timestamps(last, nowMs);
          for (const due of model.sweep(timestamps.next())) {
            const transfer = state.transfers.get(due);
            if (!transfer) throw new Error('the model accepted what the engine did not');
            last = timestamps.next();
            expirePending(state, transfer, last);
          }
        }
        const events = linked
          ? requests.map((one, i) => ({ ...one, flags: one.flags | (i < requests.length - 1 ? 1 : 0) }))
          : requests;
        const modelClock = new Timestamps(last, nowMs);
        const next = () => modelClock.next();
        const expected = linked ? model.chain(events, next) : events.map((event) => model.request(event, next()));
        const told = applyTransfers(state, events, new Timestamps(last, nowMs));
        last = state.events.reduce(lastOf, last);
        expect(told.map(({ status }) => status.replace(/^exists_with_different.*/, 'different'))).toEqual(expected);
        checkBalances(state, model);
      }
    }),
    { numRuns: 1000 },
  );
});

/** Accounts in the same plain way: a list of what was opened, and the checks in their documented order. */
class AccountsModel {
  opened: { request: CreateAccount; at: bigint }[] = [];

  request(request: CreateAccount, at: bigint): { status: string; timestamp: bigint } {
    const { id, flags } = request;
    const found = this.opened.find((one) => one.request.id === id);
    const differs = found && COMPARED.find(([, field]) => (request[field] ?? 0) != (found.request[field] ?? 0))?.[0];
    const status =
      (flags & AccountFlags.imported && 'imported_event_not_expected') ||
      (flags & ~ACCOUNT_FLAGS_ALL && 'reserved_flag') ||
      (id === 0n && 'id_must_not_be_zero') ||
      (id === ID_MAX && 'id_must_not_be_int_max') ||
      (differs && `exists_with_different_${differs}`) ||
      (found && 'exists') ||
      ((flags & 6) === 6 && 'flags_are_mutually_exclusive') ||
      (request.ledger === 0 && 'ledger_must_not_be_zero') ||
      (request.code === 0 && 'code_must_not_be_zero') ||
      'created';
    if (status === 'created') this.opened.push({ request, at });
    return { status, timestamp: status === 'exists' && found ? found.at : at };
  }

  /** Each chain is tried on a copy; one that is left open at the end of the list is broken by its last. */
  list(requests: readonly CreateAccount[], next: () => bigint): { status: string; timestamp: bigint }[] {
    const told: { status: string; timestamp: bigint }[] = [];
    for (let from = 0; from < requests.length; ) {
      const closing = requests.findIndex(({ flags }, index) => index >= from && (flags & 1) === 0);
      const until = closing < 0 ? requests.length : closing + 1;
      const before = [...this.opened];
      const chain: { status: string; timestamp: bigint }[] = [];
      for (const [index, request] of requests.slice(from, until).entries()) {
        const at = next();
        const isOpenEnd = closing < 0 && from + index === requests.length - 1;
        const isBroken = chain.some(({ status }) => status !== 'created');
        if (isOpenEnd) chain.push({ status: 'linked_event_chain_open', timestamp: at });
        else chain.push(isBroken ? { status: 'linked_event_failed', timestamp: at } : this.request(request, at));
      }
      const culprit = chain.findIndex(({ status }) => status !== 'created');
      if (culprit >= 0 && chain.length > 1) {
        this.opened = before;
        for (const one of chain.slice(0, culprit)) one.status = 'linked_event_failed';
      }
      told.push(...chain);
      from = until;
    }
    return told;
  }
}

const COMPARED = [
  ['flags', 'flags'],
  ['user_data_128', 'userData128'],
  ['user_data_64', 'userData64'],
  ['user_data_32', 'userData32'],
  ['ledger', 'ledger'],
  ['code', 'code'],
] as const;

const accountRequest: fc.Arbitrary<CreateAccount> = fc.record({
  id: fc.constantFrom(0n, ID_MAX, 1n, 1n, 2n, 2n, 3n, 3n, 4n, 5n, 6n, 7n, 8n, 9n),
  ledger: fc.constantFrom(1, 1, 1, 1, 1, 0, 2),
  code: fc.constantFrom(1, 1, 1, 1, 1, 0, 2),
  flags: fc.constantFrom(0, 0, 0, 0, 0, 1, 1, 2, 4, 6, 8, 16, 32, 64),
  userData128: fc.constantFrom(0n, 0n, 0n, 0n, 0n, 1n),
  userData64: fc.constantFrom(0n, 0n, 0n, 0n, 0n, 1n),
  userData32: fc.constantFrom(0, 0, 0, 0, 0, 1),
});

test('opens accounts as a model does that keeps a list, with the same words and times, and knows which of them are new', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(fc.array(accountRequest, { minLength: 1, maxLength: 6 }), { maxLength: 12 }), (batches) => {
      const [model, accounts, known] = [
        new AccountsModel(),
        new LedgerState().accounts,
        new LedgerState().knownAccounts,
      ];
      let last = 0n;
      for (const batch of batches) {
        const state = new LedgerState(accounts, known); // what is known is handed on
        const [clock, before] = [new Timestamps(last, 1_000), model.opened.length];
        const told = applyAccounts(state, batch, new Timestamps(last, 1_000));
        expect(told).toEqual(model.list(batch, () => clock.next()));
        const opened = model.opened.slice(before).map(({ request: { id } }) => id);
        expect(state.openedAccounts).toEqual(new Set(opened));
        expect(state.events.map((event) => event.kind === 'account' && event.account.id)).toEqual(opened);
        expect(new Set(accounts.keys())).toEqual(new Set(model.opened.map(({ request: { id } }) => id)));
        expect(new Set(known.keys())).toEqual(new Set(accounts.keys()));
        last = state.events.reduce(lastOf, last);
        for (const { status } of told) seen.add(status);
      }
    }),
    { numRuns: 500 },
  );
  expect(seen).toEqual(new Set(CREATE_ACCOUNT_RESULTS));
});

function lastOf(last: bigint, event: LedgerState['events'][number]): bigint {
  const at =
    event.kind === 'transfer'
      ? event.transfer.timestamp
      : event.kind === 'account'
        ? event.account.timestamp
        : event.expiry.timestamp;
  return at > last ? at : last;
}

function checkBalances(state: LedgerState, model: Model): void {
  let [pending, posted] = [0n, 0n];
  for (const is of state.accounts.values()) {
    expect([is.debitsPending, is.debitsPosted, is.creditsPending, is.creditsPosted, is.closed]).toEqual([
      model.sum(is.id, 'debit', 'pending'),
      model.sum(is.id, 'debit', 'posted'),
      model.sum(is.id, 'credit', 'pending'),
      model.sum(is.id, 'credit', 'posted'),
      model.isClosed(is.id),
    ]);
    pending += is.debitsPending - is.creditsPending;
    posted += is.debitsPosted - is.creditsPosted;
    if (is.flags & 2) expect(is.debitsPending + is.debitsPosted <= is.creditsPosted).toBe(true);
    if (is.flags & 4) expect(is.creditsPending + is.creditsPosted <= is.debitsPosted).toBe(true);
  }
  expect([pending, posted]).toEqual([0n, 0n]);
}
