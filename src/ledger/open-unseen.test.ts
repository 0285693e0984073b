import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { startCuttingProxy } from '../../test/cutting-proxy.ts';
import { assert } from '../base/assert.ts';
import { silentLog } from '../base/log.ts';
import { connect, type Sql, type Tx } from '../db/connect.ts';
import { createLedger, type Ledger } from './ledger.ts';
import {
  account,
  balancesOf,
  clock,
  newId,
  openAccounts,
  openTestLedger,
  statusesOf,
  transfer,
} from './test-ledger.ts';
import type { CreateAccount, CreateTransfer } from './types.ts';
import { AccountFlags, ID_MAX, TransferFlags } from './types.ts';
import { verifyLedger } from './verify.ts';

let sql: Sql;
let url: string;
let ledger: Ledger;

beforeAll(async () => {
  ({ sql, url, ledger } = await openTestLedger());
});

const balances = (id: bigint) => balancesOf(ledger, id);

/** So many batches of new accounts make a lone writer believe that the next are new, too. */
async function openNew(each: Ledger): Promise<void> {
  for (let n = 0; n < 10; n++) await openAccounts(each, [account()]);
}

/** A ledger of its own memory, and the first words of all that it asks the database. */
function listenTo(to: Sql, book: number): { own: Ledger; asked: string[] } {
  const asked: string[] = [];
  const hear = (tx: Tx): Tx =>
    new Proxy(tx, {
      apply(target, self, args: [TemplateStringsArray]) {
        asked.push(args[0][0]?.trim().split(/\s+/).slice(0, 2).join(' ') ?? '');
        return Reflect.apply(target, self, args) as unknown; // what the driver makes of it
      },
    });
  const heard = new Proxy(to, {
    get: (target, name) =>
      name === 'begin'
        ? async (work: (tx: Tx) => Promise<unknown>) => to.begin(async (tx) => work(hear(tx)))
        : (Reflect.get(target, name) as unknown), // every other member is the driver's
  });
  return { own: createLedger({ sql: heard, clock, log: silentLog, book }), asked };
}

const openStatuses = async (by: Ledger, accounts: CreateAccount[]) =>
  (await by.createAccounts(accounts)).map(({ status }) => status);

describe('a single writer that opens accounts before it looks', () => {
  const limited = (): CreateAccount => account({ flags: AccountFlags.debits_must_not_exceed_credits });

  test('writes new accounts, what fills them and what is held of them without a question', async () => {
    const { own, asked } = listenTo(sql, 0);
    const [source, used] = [account(), account()];
    await openAccounts(own, [source, used]);
    await openNew(own);
    for (let n = 0; n < 2; n++) {
      const room = limited();
      asked.length = 0;
      const [opened, moved] = await Promise.all([
        own.createAccounts([source, room, used]),
        own.createTransfers([transfer(source, room, 3n), transfer(room, used, 2n, { flags: TransferFlags.pending })]),
      ]);
      expect([...opened, ...moved].map(({ status }) => status)).toEqual([
        'exists',
        'created',
        'exists',
        'created',
        'created',
      ]);
      expect(asked.filter((words) => words.startsWith('select'))).toEqual(['select last_timestamp,']);
      expect(await balances(room.id)).toEqual([2n, 0n, 0n, 3n]);
    }
    await own.close();
  });

  test('who comes again, with what was sent at first, is known without a question', async () => {
    const { own, asked } = listenTo(sql, 0);
    const [source, room] = [account(), limited()];
    await openNew(own);
    const fill = transfer(source, room, 3n);
    await Promise.all([own.createAccounts([source, room]), own.createTransfers([fill])]);
    asked.length = 0;
    const other = { ...fill, amount: 4n };
    const [opened, moved] = await Promise.all([
      own.createAccounts([source, room, { ...room, code: 7 }]),
      own.createTransfers([fill, other, transfer(room, source, 1n)]),
    ]);
    expect([...opened, ...moved].map(({ status }) => status)).toEqual([
      'exists',
      'exists',
      'exists_with_different_code',
      'exists',
      'exists_with_different_amount',
      'created',
    ]);
    expect(asked.filter((words) => words.startsWith('select'))).toEqual(['select last_timestamp,']);
    await own.close();
  });

  test('an account that is there, though not in memory, is told as there', async () => {
    const kinds: [Partial<CreateAccount>, string][] = [
      [{}, 'exists'],
      [{ flags: AccountFlags.history }, 'exists_with_different_flags'],
      [{ userData128: 1n }, 'exists_with_different_user_data_128'],
      [{ userData64: 1n }, 'exists_with_different_user_data_64'],
      [{ userData32: 1 }, 'exists_with_different_user_data_32'],
      [{ ledger: 0 }, 'exists_with_different_ledger'],
      [{ code: 0 }, 'exists_with_different_code'],
      [{ flags: 6 }, 'exists_with_different_flags'],
    ];
    const own = createLedger({ sql, clock, log: silentLog, book: 0 });
    for (const [over, status] of kinds) {
      const there = account();
      const [opened] = await ledger.createAccounts([there]);
      await openNew(own);
      const [told] = await own.createAccounts([{ ...there, ...over }]);
      expect([over, told?.status]).toEqual([over, status]);
      if (status === 'exists') expect(told?.timestamp).toBe(opened?.timestamp);
    }
    await own.close();
  });

  test('what another writer opens in between is found, and money moves on it as it is', async () => {
    const own = createLedger({ sql, clock, log: silentLog, book: 0 });
    const [a, purse] = [account(), limited()];
    await openNew(own);
    await openAccounts(ledger, [a, purse]);
    await ledger.createTransfers([transfer(a, purse, 5n)]);
    const [opened, moved] = await Promise.all([
      own.createAccounts([a, purse]),
      own.createTransfers([transfer(purse, a, 5n), transfer(purse, a, 1n)]),
    ]);
    expect([...opened, ...moved].map(({ status }) => status)).toEqual([
      'exists',
      'exists',
      'created',
      'exceeds_credits',
    ]);
    await own.close();
  });

  test('two that open the same accounts at once open each of them once', async () => {
    const [one, two] = [0, 1].map(() => createLedger({ sql, clock, log: silentLog, book: 3 }));
    if (!one || !two) throw new Error('there are two');
    for (let round = 0; round < 6; round++) {
      await openNew(round % 2 === 0 ? one : two);
      const same = Array.from({ length: 5 }, () => account());
      const told = await Promise.all([openStatuses(one, same), openStatuses(two, same.toReversed())]);
      const others = told[1]?.toReversed() ?? [];
      const pairs = told[0]?.map((status, index) => new Set([status, others[index]]));
      expect(pairs).toEqual(same.map(() => new Set(['created', 'exists'])));
    }
    expect(await verifyLedger({ sql, book: 3 })).toMatchObject({ ok: true });
    await one.close();
    await two.close();
  });

  test('what was opened in a transaction that came to nothing is not there', async () => {
    const own = createLedger({ sql, clock, log: silentLog, book: 0 });
    const [a, b] = [account(), account()];
    await openNew(own);
    const undone = sql.begin(async (tx) => {
      const told = await own.postWithAccounts(tx, 0, [a, b], [transfer(a, b, 1n)], true);
      expect(told.transfers.map(({ status }) => status)).toEqual(['created']);
      throw new Error('changed our mind');
    });
    await expect(undone).rejects.toThrow('changed our mind');
    expect(await statusesOf(own, [transfer(a, b, 1n)])).toEqual(['debit_account_not_found']);
    expect(await openStatuses(own, [a, b])).toEqual(['created', 'created']);
    await own.close();
  });

  test.each(['deliver', 'drop'] as const)('a commit that is cut (%s) opens once', async (cut) => {
    const proxy = await startCuttingProxy(url);
    const shaky = connect(proxy.url, { connectionsMax: 2, applicationName: 'shaky' });
    const far = createLedger({ sql: shaky, clock, log: silentLog, book: 0 });
    const [a, b] = [account(), account()];
    await openNew(far);
    proxy.cuts.push(cut);
    const [opened, moved] = await Promise.all([far.createAccounts([a, b]), far.createTransfers([transfer(a, b, 1n)])]);
    expect([...opened, ...moved].map(({ status }) => status)).toEqual(['created', 'created', 'created']);
    expect(proxy.cuts).toEqual([]);
    expect(await balances(a.id)).toEqual([0n, 1n, 0n, 0n]);
    await far.close();
    await shaky.end();
    await proxy.close();
  });

  test('tells the same as one that always looks, whatever is opened and moved, by whom, and whatever comes to nothing', async () => {
    let nextBook = 10;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 7 }), async (steps) => {
        const [book, reference] = [(nextBook += 1), (nextBook += 1)];
        const looking = () => createLedger({ sql, clock, log: silentLog, book: reference });
        const own = createLedger({ sql, clock, log: silentLog, book });
        const base = newId() + (BigInt(nextBook) << 40n);
        const openedAt = new Map<bigint, bigint>();
        for (const { warm, by, accounts, moves } of steps) {
          if (warm) await openNew(own);
          const opens = accounts.map((one) => shift(one, base));
          const transfers = moves.map((one) => toTransfer(one, opens, base));
          if (by === 'nobody') {
            const undone = sql.begin(async (tx) => {
              await own.postWithAccounts(tx, book, opens, transfers, true);
              throw new Error('changed our mind');
            });
            await expect(undone).rejects.toThrow(/changed our mind|another writer/);
            continue;
          }
          const writer = by === 'own' ? own : createLedger({ sql, clock, log: silentLog, book });
          const told = await both(writer, opens, transfers);
          expect(told.map(({ status }) => status)).toEqual(
            (await both(looking(), opens, transfers)).map(({ status }) => status),
          );
          for (const [index, { id }] of opens.entries()) {
            const result = told[index];
            if (result?.status === 'created') openedAt.set(id, result.timestamp);
            // In a chain that came to nothing it may have been one of the same chain that was there.
            if (result?.status === 'exists') expect(result.timestamp).toBe(openedAt.get(id) ?? result.timestamp);
          }
        }
        expect(await verifyLedger({ sql, book })).toMatchObject({ ok: true });
      }),
      { numRuns: 25 },
    );
  });

  /** In one transaction, the accounts first. */
  async function both(by: Ledger, opens: CreateAccount[], moves: CreateTransfer[]) {
    const [opened, moved] = await Promise.all([by.createAccounts(opens), by.createTransfers(moves)]);
    return [...opened, ...moved];
  }

  /** Few ids, so that they meet again; ids of nobody stay what they are. */
  const shift = (one: CreateAccount, base: bigint): CreateAccount =>
    one.id === 0n || one.id === ID_MAX ? one : { ...one, id: base + one.id };
  const toTransfer = (of: Move, opens: readonly CreateAccount[], base: bigint): CreateTransfer => {
    const [id, amount] = [base + of.id, of.amount];
    if (of.ends !== null) {
      const { pendingId, flags } = of.ends;
      return {
        id,
        amount,
        flags,
        pendingId: base + pendingId,
        debitAccountId: 0n,
        creditAccountId: 0n,
        ledger: 0,
        code: 0,
      };
    }
    const [debitAccountId, creditAccountId] = of.places.map((place) => opens[place % opens.length]?.id ?? 0n);
    assert(debitAccountId !== undefined && creditAccountId !== undefined, 'there are two places');
    return { id, amount, flags: of.flags, debitAccountId, creditAccountId, ledger: 1, code: 1 };
  };

  const some = fc.bigInt({ min: 1n, max: 5n });
  const someAccount: fc.Arbitrary<CreateAccount> = fc.record({
    id: fc.oneof({ weight: 12, arbitrary: some }, fc.constantFrom(0n, ID_MAX)),
    ledger: fc.constantFrom(1, 1, 1, 1, 0, 2),
    code: fc.constantFrom(1, 1, 1, 1, 0, 2),
    flags: fc.constantFrom(0, 0, 0, 0, 1, 2, 4, 6, 8, 16, 32, 64),
    userData64: fc.constantFrom(0n, 0n, 0n, 1n),
  });
  /** Between accounts of the same step, by their places; now and then the end of something pending. */
  const moveId = fc.bigInt({ min: 20n, max: 60n });
  const someMove = fc.record({
    id: moveId,
    places: fc.tuple(fc.nat(4), fc.nat(4)),
    amount: fc.bigInt({ min: 0n, max: 3n }),
    flags: fc.constantFrom(0, 0, 0, 1, 2, 2, 16),
    ends: fc.oneof(
      { weight: 6, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.record({ pendingId: moveId, flags: fc.constantFrom(4, 8) }) },
    ),
  });
  type Move = typeof someMove extends fc.Arbitrary<infer Value> ? Value : never;
  const step = fc.record({
    warm: fc.boolean(),
    by: fc.constantFrom('own', 'own', 'own', 'another', 'another', 'nobody'),
    accounts: fc.array(someAccount, { minLength: 1, maxLength: 5 }),
    moves: fc.array(someMove, { minLength: 1, maxLength: 4 }),
  });
});
