import { describe, expect, test } from 'vitest';
import { systemRandom } from '../base/random.ts';
import { chartAccountId } from '../ledger/chart.ts';
import { advanceStatement } from './advance-statement.ts';
import { listBreaks } from './break-store.ts';
import { billLine, billOf, succeeded } from './pretend-wallet.ts';
import { startSettlement } from './start-settlement.ts';
import { claimDueStatements } from './statement-store.ts';
import { Crash, breakingSql } from './test-breaking-sql.ts';
import { insertPaidAttempts } from './test-bulk.ts';
import { BOOK, connectAgain, openTestWorld, type TestWorld } from './test-world.ts';
import { addDays } from './wallet-day.ts';

const FIRST_DAY = '2026-11-11';
const FEE_MINOR = 4n;

describe('a process that dies', () => {
  test('at any step of settling a day is followed by one that ends it, and nothing is done twice', async () => {
    const world = await openTestWorld();
    let day = FIRST_DAY;
    let days = 0;
    for (let at = 1; ; at += 1) {
      const { lateNo } = await openDay(world, day);
      const broken = breakingSql(world.sql, at);
      const died = await world.settle(world.depsOver(broken.sql)).then(
        () => false,
        (error: unknown) => {
          if (!isCrash(error)) throw error;
          return true;
        },
      );
      world.clock.advanceMs(901_000); // leases are over
      await world.settle();
      days += 1;
      expect(await world.statementOf(day), `died at step ${at}`).toMatchObject({
        state: 'reconciled',
        matchedCount: 1,
        feesPostedMinor: FEE_MINOR,
        theirs: { paymentsCount: 2 },
      });
      expect(await breaksOf(world, day), `died at step ${at}`).toMatchObject([
        { kind: 'status_differs', orderNo: lateNo, state: 'resolved' },
      ]);
      expect(await feesBooked(world)).toBe(FEE_MINOR * BigInt(days));
      day = addDays(day, 1);
      if (!died) break;
    }
    expect(days, 'there were many steps to die at').toBeGreaterThan(30);
    const [{ count } = { count: 0n }] = await world.sql<{ count: bigint }[]>`select count(*) from alerts`;
    expect(count, 'nobody had to be called').toBe(0n);
  });

  test('and comes back to life after another took over changes nothing', async () => {
    const world = await openTestWorld();
    await openDay(world, FIRST_DAY);
    await world.settle();
    await world.sql`
      update statements
      set state = 'read', matched_count = null, ours = null, booked = null, reconciled_at = null,
        fees_posted_minor = null, due_at = ${world.clock.now()}`;
    const lease = () => new Date(world.clock.now().getTime() + 900_000);
    const [sleeper] = await claimDueStatements(world.sql, world.clock.now(), lease(), 1);
    world.clock.advanceMs(901_000);
    const [other] = await claimDueStatements(world.sql, world.clock.now(), lease(), 1);
    if (sleeper === undefined || other === undefined) throw new Error('both have had it');
    await advanceStatement(world.deps, other);
    const ended = await world.statementOf(FIRST_DAY);
    expect(ended.state).toBe('reconciled');
    await advanceStatement(world.deps, sleeper);
    expect(await world.statementOf(FIRST_DAY)).toEqual(ended);
    expect(await feesBooked(world)).toBe(FEE_MINOR);
  });
});

test('two processes share the days, and each day is done once', async () => {
  const world = await openTestWorld();
  const days = Array.from({ length: 8 }, (_, index) => addDays(FIRST_DAY, index));
  for (const day of days) await openDay(world, day);
  const pools = [connectAgain(world), connectAgain(world)];
  const loops = pools.map((sql) => startSettlement(world.depsOver(sql), { book: BOOK, idleMs: 10 }));
  await expect
    .poll(
      async () =>
        (await world.sql`select id from statements where state = 'reconciled'`).length === days.length &&
        (await world.sql`select id from statement_breaks where state <> 'resolved'`).length === 0,
    )
    .toBe(true);
  await Promise.all(loops.map((loop) => loop.stop()));
  for (const pool of pools) await pool.end({ timeout: 1 });
  expect(await feesBooked(world)).toBe(FEE_MINOR * BigInt(days.length));
  expect((await world.sql`select id from statement_files`).length).toBe(days.length);
  expect((await world.sql`select id from statement_breaks`).length).toBe(days.length);
  expect((await world.sql`select id from alerts`).length).toBe(0);
});

test('the order of 10,000 lines does not matter', async () => {
  const seed = systemRandom.bytes(4).readUInt32BE(0);
  const [sorted, shuffled] = [
    await settleLongBill((lines) => lines),
    await settleLongBill((lines) => shuffle(lines, seed)),
  ];
  expect(sorted.found.length).toBe(3 * 100 + 100);
  expect(shuffled, `seed ${seed}`).toEqual(sorted);
});

/** A day with a payment that is right and one that only the wallet knows to be paid; the clock ends when its bill is there. */
async function openDay(world: TestWorld, day: string): Promise<{ lateNo: string }> {
  if (world.clock.now() < new Date(`${day}T02:00:00Z`)) world.goTo(`${day}T02:00:00Z`);
  world.clock.advanceMs(1000);
  const paidNo = await world.paid(1000n);
  const lateNo = await world.attempt(300n, null);
  world.pretend.answers.set(lateNo, succeeded(300n, `L${lateNo}`, world.clock.now()));
  world.pretend.bills.set(
    day,
    billOf([
      billLine({ orderNo: paidNo, amountMinor: 1000n, feeMilli: 3000n }),
      billLine({ orderNo: lateNo, amountMinor: 300n, feeMilli: 900n }),
    ]),
  );
  world.goTo(`${addDays(day, 1)}T02:00:00Z`);
  return { lateNo };
}

async function settleLongBill(order: (lines: ReturnType<typeof billLine>[]) => ReturnType<typeof billLine>[]) {
  const world = await openTestWorld();
  const attempts = await insertPaidAttempts(world.sql, world.ledger, {
    book: BOOK,
    merchantId: world.merchantId,
    walletAccountId: world.walletAccountId,
    count: 10_000,
    from: world.clock.now(),
    stepMs: 1000,
  });
  // Of each hundred: one is not in the bill, one has another amount, one a fee out of the way, and one is a stranger's.
  const lines = attempts.flatMap(({ orderNo, amountMinor }, index) => {
    const line = billLine({ orderNo, amountMinor, feeMilli: (amountMinor * 60n) / 10n });
    if (index % 100 === 1) return [];
    if (index % 100 === 2) return [{ ...line, amountMinor: amountMinor + 1n }];
    if (index % 100 === 3) return [{ ...line, feeMilli: 99_999n }];
    return index % 100 === 4 ? [line, billLine({ orderNo: `X${index}`, amountMinor: 5n, feeMilli: 0n })] : [line];
  });
  await world.sql`update wallet_accounts set fee_bps = 60`;
  world.pretend.bills.set(FIRST_DAY, billOf(order(lines)));
  world.goTo('2026-11-12T02:00:00Z');
  await world.settle();
  const { linesDigest, matchedCount, theirs, ours, booked, feesMilli } = await world.statementOf(FIRST_DAY);
  const found = (await breaksOf(world, FIRST_DAY)).map(({ kind, orderNo, cause }) => `${orderNo} ${kind} ${cause}`);
  return { linesDigest, matchedCount, theirs, ours, booked, feesMilli, found: found.sort() };
}

async function breaksOf(world: TestWorld, day: string) {
  const { id } = await world.statementOf(day);
  const filter = { book: BOOK, statementId: id, kind: null, state: null, after: null, itemsMax: 1000 };
  return await listBreaks(world.sql, filter);
}

async function feesBooked(world: TestWorld): Promise<bigint> {
  const [account] = await world.ledger.lookupAccounts([
    chartAccountId('wallet_fees', world.walletAccountId, 'CNY', BOOK),
  ]);
  return account?.debitsPosted ?? 0n;
}

function isCrash(error: unknown): boolean {
  return error instanceof Crash || (error instanceof Error && error.cause instanceof Crash);
}

/** Fisher and Yates, with a small generator, so that a seed repeats it. */
function shuffle<T>(list: readonly T[], seed: number): T[] {
  const shuffled = [...list];
  let state = seed >>> 0;
  for (let index = shuffled.length - 1; index > 0; index--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (index + 1);
    [shuffled[index], shuffled[other]] = [shuffled[other] as T, shuffled[index] as T]; // both inside the list
  }
  return shuffled;
}
