import { beforeAll, describe, expect, test } from 'vitest';
import { startCuttingProxy } from '../../test/cutting-proxy.ts';
import { silentLog } from '../base/log.ts';
import { connect, type Sql } from '../db/connect.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { account, balancesOf, clock, openAccounts, openTestLedger, statusesOf, transfer } from './test-ledger.ts';
import type { CreateAccount, CreateTransfer } from './types.ts';
import { AccountFlags, AMOUNT_MAX, TransferFlags } from './types.ts';

let sql: Sql;
let url: string;
let ledger: Ledger;

beforeAll(async () => {
  ({ sql, url, ledger } = await openTestLedger());
});

const open = (...accounts: CreateAccount[]) => openAccounts(ledger, accounts);
const statuses = (transfers: CreateTransfer[], by = ledger) => statusesOf(by, transfers);
const balances = (id: bigint) => balancesOf(ledger, id);

describe('a single writer that decides before it looks', () => {
  /** So many batches of its own make a writer believe that it is alone. */
  async function warmUp(each: Ledger, a: CreateAccount, b: CreateAccount): Promise<void> {
    for (let n = 0; n < 12; n++) expect(await statuses([transfer(a, b, 1n)], each)).toEqual(['created']);
  }

  test('still hears of everything that another writer did', async () => {
    const own = createLedger({ sql, clock, log: silentLog, book: 0 });
    const [a, b, purse] = [account(), account(), account({ flags: AccountFlags.debits_must_not_exceed_credits })];
    await open(a, b, purse);
    await ledger.createTransfers([transfer(a, purse, 100n)]);
    const burnt = transfer(purse, b, 1000n);
    const elsewhere: [string, () => Promise<unknown>, () => CreateTransfer, string][] = [
      ['spent the money', () => statuses([transfer(purse, b, 88n)]), () => transfer(purse, b, 1n), 'exceeds_credits'],
      ['burnt the id', () => statuses([burnt]), () => ({ ...burnt, amount: 0n }), 'id_already_failed'],
      [
        'closed the account',
        () => statuses([transfer(b, purse, 0n, { flags: TransferFlags.pending | TransferFlags.closing_credit })]),
        () => transfer(purse, b, 0n),
        'debit_account_already_closed',
      ],
    ];
    await warmUp(own, purse, b);
    for (const [what, act, make, status] of elsewhere) {
      await act();
      expect([what, ...(await statuses([make()], own))]).toEqual([what, status]);
      await warmUp(own, a, b);
    }
    expect(await balances(purse.id)).toEqual([0n, 100n, 0n, 100n]);
  });

  test('knows a transfer id of its own or of others again', async () => {
    const own = createLedger({ sql, clock, log: silentLog, book: 0 });
    const [a, b, purse] = [account(), account(), account({ flags: AccountFlags.debits_must_not_exceed_credits })];
    await open(a, b, purse);
    await ledger.createTransfers([transfer(a, purse, 3n)]);
    const move = transfer(purse, b, 3n);
    await warmUp(own, a, b);
    expect(await statuses([move], own)).toEqual(['created']);
    await warmUp(own, a, b);
    expect(await statuses([move, transfer(a, b, 1n), { ...move, amount: 4n }], own)).toEqual([
      'exists',
      'created',
      'exists_with_different_amount',
    ]);
    await warmUp(own, a, b);
    // A second one would exceed, and that must not be what a retry is told.
    expect(await statuses([move], own)).toEqual(['exists']);
    await warmUp(own, a, b);
    const refused = transfer(purse, b, 1n);
    expect(await statuses([refused], own)).toEqual(['exceeds_credits']);
    await warmUp(own, a, b);
    expect(await statuses([refused], own)).toEqual(['id_already_failed']);
  });

  test.each([
    ['plain', TransferFlags.none],
    ['pending', TransferFlags.pending],
    ['balancing', TransferFlags.balancing_debit],
  ])('a %s transfer that is sent again is told as there, with room for another', async (_name, flags) => {
    const own = createLedger({ sql, clock, log: silentLog, book: 0 });
    const [a, b] = [account(), account()];
    await open(a, b);
    await warmUp(own, b, a);
    const one = transfer(a, b, 1n, { flags });
    expect(await statuses([one], own)).toEqual(['created']);
    await warmUp(own, b, a);
    expect(await statuses([transfer(b, a, 1n), one], own)).toEqual(['created', 'exists']);
    await own.close();
  });

  test('what it holds itself it ends from memory; what another one has ended in between has ended', async () => {
    const own = createLedger({ sql, clock, log: silentLog, book: 0 });
    const [a, b, purse] = [account(), account(), account({ flags: AccountFlags.debits_must_not_exceed_credits })];
    await open(a, b, purse);
    await ledger.createTransfers([transfer(a, purse, 10n)]);
    await warmUp(own, a, b);
    const hold = (amount: bigint, over: Partial<CreateTransfer> = {}) =>
      transfer(purse, b, amount, { flags: TransferFlags.pending, ...over });
    const end = (held: CreateTransfer, flags: number, amount: bigint): CreateTransfer => ({
      ...transfer(a, b, amount, { flags, pendingId: held.id }),
      debitAccountId: 0n,
      creditAccountId: 0n,
      ledger: 0,
      code: 0,
    });
    const post = (held: CreateTransfer) => end(held, TransferFlags.post_pending_transfer, AMOUNT_MAX);
    const release = (held: CreateTransfer) => end(held, TransferFlags.void_pending_transfer, 0n);

    const [first, second, third] = [hold(4n), hold(4n), hold(4n)];
    const linked = TransferFlags.pending | TransferFlags.linked;
    expect(await statuses([first, second, { ...hold(1n), flags: linked }, third], own)).toEqual([
      'created',
      'created',
      'linked_event_failed',
      'exceeds_credits',
    ]);
    const ends = [post(first), release(second)];
    expect(await statuses(ends, own)).toEqual(['created', 'created']);
    expect(await balances(purse.id)).toEqual([0n, 4n, 0n, 10n]);
    expect(await statuses(ends, own)).toEqual(['exists', 'exists']);
    await warmUp(own, a, b);
    expect(await statuses([post(second), release(first), third], own)).toEqual([
      'pending_transfer_already_voided',
      'pending_transfer_already_posted',
      'id_already_failed',
    ]);

    const [theirs, late, kept] = [hold(1n), hold(2n, { timeoutSeconds: 5 }), hold(3n)];
    await warmUp(own, a, b);
    expect(await statuses([theirs, late, kept], own)).toEqual(['created', 'created', 'created']);
    expect(await statuses([post(theirs)])).toEqual(['created']);
    clock.advanceMs(6000);
    expect(await ledger.expirePending(10)).toBe(1);
    expect(await statuses([release(theirs), post(late), post(kept)], own)).toEqual([
      'pending_transfer_already_posted',
      'pending_transfer_expired',
      'created',
    ]);
    await warmUp(own, a, b);
    const both = hold(1n);
    expect(await statuses([both, post(both), release(both)], own)).toEqual([
      'created',
      'created',
      'pending_transfer_already_posted',
    ]);
    expect(await balances(purse.id)).toEqual([0n, 9n, 0n, 10n]);
    await own.close();
  });

  test.each(['deliver', 'drop'] as const)('a commit that is cut (%s) writes once', async (cut) => {
    const proxy = await startCuttingProxy(url);
    const shaky = connect(proxy.url, { connectionsMax: 2, applicationName: 'shaky' });
    const far = createLedger({ sql: shaky, clock, log: silentLog, book: 0 });
    const [a, b] = [account(), account()];
    await open(a, b);
    await warmUp(far, a, b);
    proxy.cuts.push(cut);
    expect(await statuses([transfer(a, b, 1n)], far)).toEqual(['created']);
    expect(proxy.cuts).toEqual([]);
    expect(await balances(a.id)).toEqual([0n, 13n, 0n, 0n]);
    await far.close();
    await shaky.end();
    await proxy.close();
  });
});

describe('a commit whose answer is lost', () => {
  test.each(['deliver', 'drop'] as const)('%s: what was written is told as written, once', async (cut) => {
    const proxy = await startCuttingProxy(url);
    const shaky = connect(proxy.url, { connectionsMax: 2, applicationName: 'shaky' });
    const far = createLedger({ sql: shaky, clock, log: silentLog, book: 0 });
    const [a, purse] = [account(), account({ flags: AccountFlags.debits_must_not_exceed_credits })];
    proxy.cuts.push(cut);
    expect((await far.createAccounts([a, purse])).map(({ status }) => status)).toEqual(['created', 'created']);
    proxy.cuts.push(cut);
    const told = await Promise.all([transfer(a, purse, 5n), transfer(purse, a, 9n)].map((one) => statuses([one], far)));
    expect(told).toEqual([['created'], ['exceeds_credits']]);
    // Nothing but burnt ids, and nothing at all.
    const tooMuch = transfer(purse, a, 6n);
    proxy.cuts.push(cut);
    expect(await statuses([tooMuch, transfer(purse, a, 7n)], far)).toEqual(['exceeds_credits', 'exceeds_credits']);
    proxy.cuts.push(cut);
    expect(await statuses([tooMuch], far)).toEqual(['id_already_failed']);
    expect(proxy.cuts).toEqual([]);
    expect(await balances(purse.id)).toEqual([0n, 0n, 0n, 5n]);
    await far.close();
    await shaky.end();
    await proxy.close();
  });

  test('others may have written to the book meanwhile', async () => {
    const proxy = await startCuttingProxy(url);
    const shaky = connect(proxy.url, { connectionsMax: 2, applicationName: 'shaky' });
    const far = createLedger({ sql: shaky, clock, log: silentLog, book: 0 });
    const [a, b] = [account(), account()];
    await open(a, b);
    for (const cut of ['deliver', 'drop', 'deliver'] as const) {
      proxy.cuts.push(cut);
      const near = Array.from({ length: 20 }, () => statuses([transfer(a, b, 1n)]));
      expect(await statuses([transfer(a, b, 1n)], far)).toEqual(['created']);
      await Promise.all(near);
    }
    expect(await balances(a.id)).toEqual([0n, 63n, 0n, 0n]);
    await far.close();
    await shaky.end();
    await proxy.close();
  });
});
