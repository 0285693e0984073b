import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { ManualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { Sql } from '../db/connect.ts';
import { createLedger, type Ledger } from './ledger.ts';
import {
  account,
  balancesOf,
  clock,
  hex,
  newId,
  openAccounts,
  openTestLedger,
  statusesOf,
  transfer,
} from './test-ledger.ts';
import type { CreateAccount, CreateTransfer } from './types.ts';
import { AMOUNT_MAX, AccountFlags, TransferFlags } from './types.ts';

let sql: Sql;
let ledger: Ledger;

beforeAll(async () => {
  ({ sql, ledger } = await openTestLedger());
});

const open = (...accounts: CreateAccount[]) => openAccounts(ledger, accounts);
const statuses = (transfers: CreateTransfer[], by = ledger) => statusesOf(by, transfers);
const balances = (id: bigint) => balancesOf(ledger, id);

describe('the ledger in the database', () => {
  test('keeps what was created, with one result per item at its index', async () => {
    const [wallet, shop] = [account({ userData128: 7n, userData64: 8n, userData32: 9 }), account()];
    const results = await ledger.createAccounts([wallet, account({ id: 0n }), shop, wallet]);
    expect(results.map(({ status }) => status)).toEqual(['created', 'id_must_not_be_zero', 'created', 'exists']);
    const move = transfer(wallet, shop, 1234n, { userData128: 1n, userData64: 2n, userData32: 3 });
    const [created] = await ledger.createTransfers([move]);
    expect(created?.status).toBe('created');
    expect(await ledger.lookupTransfers([move.id, 5n])).toEqual([
      { ...move, pendingId: 0n, timeoutSeconds: 0, timestamp: created?.timestamp },
      undefined,
    ]);
    const [found, missing] = await ledger.lookupAccounts([wallet.id, 5n]);
    expect(missing).toBeUndefined();
    expect(found).toEqual({
      ...wallet,
      debitsPending: 0n,
      debitsPosted: 1234n,
      creditsPending: 0n,
      creditsPosted: 0n,
      timestamp: results[0]?.timestamp,
    });
    expect(await ledger.createTransfers([move])).toEqual([{ status: 'exists', timestamp: created?.timestamp }]);
    expect(await statuses([{ ...move, amount: 1n }])).toEqual(['exists_with_different_amount']);
  });

  test('a refused id stays refused, in another process too', async () => {
    const [purse, shop, source] = [
      account({ flags: AccountFlags.debits_must_not_exceed_credits }),
      account(),
      account(),
    ];
    await open(purse, shop, source);
    const tooMuch = transfer(purse, shop, 10n);
    expect(await statuses([tooMuch])).toEqual(['exceeds_credits']);
    expect(await statuses([transfer(source, purse, 50n)])).toEqual(['created']);
    expect(await statuses([tooMuch])).toEqual(['id_already_failed']);
    const other = createLedger({ sql, clock, log: silentLog, book: 0 });
    expect(await statuses([tooMuch], other)).toEqual(['id_already_failed']);
  });

  test('pending, posted in part by omission of accounts, voided and refused the second time', async () => {
    const [a, b] = [account(), account()];
    await open(a, b);
    const [first, second] = [
      transfer(a, b, 100n, { flags: TransferFlags.pending, timeoutSeconds: 60 }),
      transfer(a, b, 7n, { flags: TransferFlags.pending }),
    ];
    expect(await statuses([first, second])).toEqual(['created', 'created']);
    expect(await balances(a.id)).toEqual([107n, 0n, 0n, 0n]);
    const resolve = { debitAccountId: 0n, creditAccountId: 0n, ledger: 0, code: 0 };
    const post = {
      ...resolve,
      id: newId(),
      amount: 40n,
      pendingId: first.id,
      flags: TransferFlags.post_pending_transfer,
    };
    const gone = {
      ...resolve,
      id: newId(),
      amount: 0n,
      pendingId: second.id,
      flags: TransferFlags.void_pending_transfer,
    };
    expect(await statuses([post, gone])).toEqual(['created', 'created']);
    expect(await balances(a.id)).toEqual([0n, 40n, 0n, 0n]);
    expect(await statuses([post, gone])).toEqual(['exists', 'exists']);
    expect(
      await statuses([
        { ...post, id: newId() },
        { ...gone, id: newId() },
      ]),
    ).toEqual(['pending_transfer_already_posted', 'pending_transfer_already_voided']);
  });

  test('a pending transfer is expired at its instant, swept or not, and the sweep gives the amount back once', async () => {
    const [a, b] = [account({ flags: AccountFlags.history }), account()];
    await open(a, b);
    const hold = transfer(a, b, 5n, { flags: TransferFlags.pending | TransferFlags.closing_debit, timeoutSeconds: 30 });
    expect(await statuses([hold])).toEqual(['created']);
    clock.advanceMs(31_000);
    const post = {
      ...hold,
      id: newId(),
      pendingId: hold.id,
      flags: TransferFlags.post_pending_transfer,
      timeoutSeconds: 0,
    };
    expect(await statuses([post])).toEqual(['pending_transfer_expired']);
    expect(await balances(a.id)).toEqual([5n, 0n, 0n, 0n]);
    expect(await ledger.expirePending(10)).toBe(1);
    expect(await ledger.expirePending(10)).toBe(0);
    expect(await balances(a.id)).toEqual([0n, 0n, 0n, 0n]);
    expect(await statuses([{ ...post, id: newId() }])).toEqual(['pending_transfer_expired']);
    // The account that it had closed is open again.
    expect(await statuses([transfer(a, b, 1n)])).toEqual(['created']);
    const history = await ledger.accountBalances({ accountId: a.id, limit: 10 });
    expect(history.map((row) => [row.debitsPending, row.debitsPosted])).toEqual([
      [5n, 0n],
      [0n, 0n],
      [0n, 1n],
    ]);
  });

  test('a chain happens as a whole or not at all', async () => {
    const [a, b] = [account(), account({ flags: AccountFlags.debits_must_not_exceed_credits })];
    await open(a, b);
    const { linked } = TransferFlags;
    expect(await statuses([transfer(a, b, 5n, { flags: linked }), transfer(b, a, 6n)])).toEqual([
      'linked_event_failed',
      'exceeds_credits',
    ]);
    expect(await statuses([transfer(a, b, 5n, { flags: linked }), transfer(b, a, 5n)])).toEqual(['created', 'created']);
    expect(await balances(b.id)).toEqual([0n, 5n, 0n, 5n]);
    // Requests that share a transaction do not share a chain.
    const unclosed = ledger.createTransfers([transfer(a, b, 5n, { flags: linked })]);
    const next = ledger.createTransfers([transfer(a, b, 1n)]);
    expect((await unclosed)[0]?.status).toBe('linked_event_chain_open');
    expect((await next)[0]?.status).toBe('created');
  });

  test('adds transfers up by account and code, those with one number in one range of time', async () => {
    const [a, b, c] = [account(), account(), account()];
    await open(a, b, c);
    const results = await ledger.createTransfers([
      transfer(a, b, 1n, { userData32: 7 }),
      transfer(a, b, 20n, { userData32: 7, code: 2 }),
      transfer(b, a, 300n, { userData32: 7 }),
      transfer(a, b, 4000n, { userData32: 8 }),
      transfer(a, c, 50_000n, { userData32: 7 }),
    ]);
    const [first, last] = [results[0]?.timestamp ?? 0n, results[4]?.timestamp ?? 0n];
    const sums = async (change: object) => {
      const filter = { accountIds: [a.id, c.id], userData32: 7, timestampMin: first, timestampMax: last, ...change };
      const found = await ledger.sumTransfers(filter);
      return found
        .map((one) => `${one.accountId === a.id ? 'a' : 'c'} ${one.code} ${one.debits} ${one.credits} ${one.count}`)
        .sort();
    };
    expect(await sums({})).toEqual(['a 1 50001 300 3', 'a 2 20 0 1', 'c 1 0 50000 1']);
    expect(await sums({ userData32: 8 })).toEqual(['a 1 4000 0 1']);
    expect(await sums({ timestampMin: first + 1n, timestampMax: last - 1n })).toEqual(['a 1 0 300 1', 'a 2 20 0 1']);
    expect(await sums({ accountIds: [] })).toEqual([]);
  });

  test('lists the transfers of an account by time, by side, in pages and backwards', async () => {
    const [a, b] = [account(), account()];
    await open(a, b);
    const moves = [transfer(a, b, 1n), transfer(b, a, 2n), transfer(a, b, 3n), transfer(b, a, 4n)];
    const results = await ledger.createTransfers(moves);
    const amounts = async (filter: object) =>
      (await ledger.accountTransfers({ accountId: a.id, limit: 10, ...filter })).map(({ amount }) => amount);
    expect(await amounts({})).toEqual([1n, 2n, 3n, 4n]);
    expect(await amounts({ reversed: true, limit: 3 })).toEqual([4n, 3n, 2n]);
    expect(await amounts({ side: 'debits' })).toEqual([1n, 3n]);
    expect(await amounts({ side: 'credits' })).toEqual([2n, 4n]);
    expect(await amounts({ timestampMin: results[1]?.timestamp, timestampMax: results[2]?.timestamp })).toEqual([
      2n,
      3n,
    ]);
  });

  test('balancing moves no more than there is, and the retry of a bound is the same request', async () => {
    const [a, b] = [account(), account()];
    await open(a, b);
    await ledger.createTransfers([transfer(b, a, 30n)]);
    const sweep = transfer(a, b, AMOUNT_MAX, { flags: TransferFlags.balancing_debit });
    expect(await statuses([sweep])).toEqual(['created']);
    expect((await ledger.lookupTransfers([sweep.id]))[0]?.amount).toBe(30n);
    expect(await statuses([sweep])).toEqual(['exists']);
  });

  test('what does not fit a column is a bug of the caller and never reaches the database', async () => {
    const [a, b] = [account(), account()];
    await expect(ledger.createTransfers([transfer(a, b, -1n)])).rejects.toThrow('an amount is 0 to AMOUNT_MAX');
    await expect(ledger.createTransfers([transfer(a, b, AMOUNT_MAX + 1n)])).rejects.toThrow('AMOUNT_MAX');
    await expect(ledger.createAccounts([account({ ledger: 1.5 })])).rejects.toThrow('ledger is a whole number');
    await expect(ledger.createAccounts([account({ id: 1n << 128n })])).rejects.toThrow('an id has 128 bits');
  });
});

describe('within another transaction', () => {
  test('postings stand and fall with it, and balances in memory are not believed after a rollback', async () => {
    const [a, b] = [account(), account({ flags: AccountFlags.debits_must_not_exceed_credits })];
    const undone = sql.begin(async (tx) => {
      await ledger.openAccounts(tx, 0, [a, b]);
      expect((await ledger.postTransfers(tx, 0, [transfer(a, b, 9n)]))[0]?.status).toBe('created');
      throw new Error('changed our mind');
    });
    await expect(undone).rejects.toThrow('changed our mind');
    expect(await ledger.lookupAccounts([a.id, b.id])).toEqual([undefined, undefined]);
    await sql.begin(async (tx) => {
      await ledger.openAccounts(tx, 0, [a, b]);
      await ledger.postTransfers(tx, 0, [transfer(a, b, 9n)]);
      await expect(
        tx.savepoint(async (inner) => {
          await ledger.postTransfers(inner, 0, [transfer(b, a, 9n)]);
          throw new Error('this part not');
        }),
      ).rejects.toThrow('this part not');
      expect((await ledger.postTransfers(tx, 0, [transfer(b, a, 4n)]))[0]?.status).toBe('created');
    });
    expect(await balances(b.id)).toEqual([0n, 4n, 0n, 9n]);
  });

  test('books are apart: the same ids are other accounts', async () => {
    const [a, b] = [account(), account()];
    await sql.begin(async (tx) => {
      await ledger.openAccounts(tx, 65_535, [a, b]);
      expect((await ledger.postTransfers(tx, 65_535, [transfer(a, b, 1n)]))[0]?.status).toBe('created');
    });
    expect(await ledger.lookupAccounts([a.id])).toEqual([undefined]);
  });
});

describe('months', () => {
  test('ids of a month lie in its partition, foreign ids in the default one, and an account is found across all', async () => {
    const later = new ManualClock(new Date('2027-01-31T23:59:59.999Z'));
    const inJanuary = createLedger({ sql, clock: later, log: silentLog, book: 0 });
    await inJanuary.prepareMonths();
    const [a, b] = [account(), account()];
    await open(a, b);
    const january = BigInt(later.now().getTime()) << 80n;
    const ids = [newId(), january + 1n, january + (1n << 80n), 77n];
    const moves = ids.map((id, index) => transfer(a, b, BigInt(index + 1), { id }));
    expect(await statuses(moves, inJanuary)).toEqual(['created', 'created', 'created', 'created']);
    const found = await inJanuary.accountTransfers({ accountId: a.id, limit: 10 });
    expect(found.map(({ amount }) => amount)).toEqual([1n, 2n, 3n, 4n]);
    const rows = await sql<{ place: string; ids: bigint }[]>`
      select tableoid::regclass::text as place, count(*) as ids
      from ledger_transfers
      where book = 0 and id = any(${ids.map(hex)}::uuid[])
      group by 1
      order by 1`;
    expect(rows.map(({ place }) => place)).toEqual([
      'ledger_transfers_2026_11',
      'ledger_transfers_2027_01',
      'ledger_transfers_2027_02',
      'ledger_transfers_default',
    ]);
    // The months before January are over and have their own indexes now; a second call has nothing to do.
    const indexes = () => sql`select indexname from pg_indexes where indexname ~ '_by_(debit|credit)$' order by 1`;
    const built = await indexes();
    expect(built.map(({ indexname }) => indexname)).toEqual([
      'ledger_transfers_2026_11_by_credit',
      'ledger_transfers_2026_11_by_debit',
      'ledger_transfers_2026_12_by_credit',
      'ledger_transfers_2026_12_by_debit',
    ]);
    await inJanuary.prepareMonths();
    expect(await indexes()).toEqual(built);
  });
});

describe('many at once', () => {
  test('two processes on one hot account lose nothing, overdraw nothing and double nothing', async () => {
    const purse = account({ flags: AccountFlags.debits_must_not_exceed_credits });
    const [source, sink] = [account(), account()];
    await open(purse, source, sink);
    await ledger.createTransfers([transfer(source, purse, 300n)]);
    const other = createLedger({ sql, clock, log: silentLog, book: 0 });
    const drains = Array.from({ length: 400 }, () => transfer(purse, sink, 1n));
    const told = await Promise.all(
      drains.flatMap((drain) =>
        [ledger, other, ledger].map(async (each) => ({ drain, status: (await statuses([drain], each))[0] })),
      ),
    );
    expect(told.filter(({ status }) => status === 'created')).toHaveLength(300);
    const refused = drains.filter(({ id }) =>
      told.some(({ drain, status }) => drain.id === id && status === 'exceeds_credits'),
    );
    expect(refused).toHaveLength(100);
    // A duplicate of a refused posting is never told as booked.
    for (const { drain, status } of told) {
      if (refused.includes(drain)) expect(['exceeds_credits', 'id_already_failed']).toContain(status);
      else expect(['created', 'exists']).toContain(status);
    }
    expect(await balances(purse.id)).toEqual([0n, 300n, 0n, 300n]);
    const [order] = await sql<{ twice: bigint; behind: boolean }[]>`
      select count(*) - count(distinct timestamp) as twice,
        max(timestamp) > (select last_timestamp from ledger_heads where book = 0) as behind
      from ledger_transfers where book = 0`;
    expect(order).toEqual({ twice: 0n, behind: false });
  });
});

describe('the tables defend themselves', () => {
  const refusals: [string, RegExp][] = [
    [`update ledger_transfers set amount = amount + 1`, /append-only: update of ledger_transfers_2026_11 is refused/],
    [`delete from ledger_transfers_2026_11`, /append-only: delete/],
    [`truncate ledger_transfers`, /append-only: truncate/],
    [`truncate ledger_transfers_2026_11`, /append-only: truncate/],
    [`update ledger_accounts set flags = 0`, /append-only: update/],
    [`truncate ledger_accounts cascade`, /append-only: truncate/],
    [`delete from ledger_expiries`, /append-only: delete/],
    [`update ledger_failed_transfers set status = 'exists'`, /append-only: update/],
    [`update ledger_balance_history set debits_posted = 0`, /append-only: update/],
    [`delete from ledger_balances`, /append-only: delete/],
    [`update ledger_balances set debits_posted = -1`, /balances_are_not_negative/],
    [
      `update ledger_balances set debits_posted = credits_posted + 1 where flags & 2 <> 0`,
      /debits_must_not_exceed_credits/,
    ],
    [`update ledger_pending_transfers set status = 'pending' where status <> 'pending'`, /resolved once/],
    [`delete from ledger_heads`, /append-only: delete/],
  ];
  test.each(refusals)('%s is refused', async (statement, message) => {
    await expect(sql.unsafe(statement)).rejects.toThrow(message);
  });
});

test('a write that the database refuses is told to its caller as an error, and nothing of it is there', async () => {
  const fresh = await freshDatabase();
  const own = createLedger({ sql: fresh.sql, clock, log: silentLog, book: 0 });
  const [a, b] = [account(), account()];
  await own.createAccounts([a, b]);
  await fresh.sql`alter table ledger_transfers add constraint odd check (amount <> 13)`;
  const [good, bad] = [transfer(a, b, 12n), transfer(a, b, 13n)];
  const told = await Promise.allSettled([own.createTransfers([good]), own.createTransfers([bad])]);
  expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect((await own.lookupTransfers([good.id, bad.id])).map((found) => found?.amount)).toEqual([12n, undefined]);
  // The balances in memory were those of the write that never was; they are not believed.
  expect((await own.createTransfers([transfer(a, b, 1n)]))[0]?.status).toBe('created');
  expect((await own.lookupAccounts([a.id]))[0]?.debitsPosted).toBe(13n);
});
