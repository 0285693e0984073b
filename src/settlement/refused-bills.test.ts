import { beforeEach, describe, expect, test } from 'vitest';
import { billLine, billOf, bytesOf, fileOf } from './pretend-wallet.ts';
import { importStatement } from './request-statement.ts';
import { alertKindsOf, balanceOf, breaksOf, everythingOf } from './test-reads.ts';
import { openTestWorld, type TestWorld } from './test-world.ts';

const DAY = '2026-11-11';
const NEXT_DAY = '2026-11-12';
/** Ten hours after the day's end, when its bill can be had. */
const BILL_TIME = '2026-11-12T02:00:00Z';
const NEXT_BILL_TIME = '2026-11-13T02:00:00Z';

let world: TestWorld;
beforeEach(async () => {
  world = await openTestWorld();
});

describe('a bill that cannot be believed', () => {
  const cases: [string, (orderNo: string) => ReturnType<typeof billOf>, RegExp][] = [
    [
      'a count too high',
      (no) => billOf([line(no)], { paymentsCount: 2 }),
      /its totals say 2 payments, its lines have 1/,
    ],
    ['a wrong sum', (no) => billOf([line(no)], { paymentsMinor: 999n }), /say 999 minor units of payments/],
    ['a wrong sum of refunds', (no) => billOf([line(no)], { refundsMinor: 1n }), /say 1 minor units of refunds/],
    ['wrong fees', (no) => billOf([line(no)], { feesMilli: 1n }), /its lines have 2000/],
    ['one name twice', (no) => billOf([line(no), line(no)]), /line 2 repeats the payment/],
    ['no end', (no) => fileOf([{ ...line(no), lineNo: 1 }]), /ends without its totals/],
    [
      'a broken line',
      (no) =>
        fileOf([
          { ...line(no), lineNo: 1 },
          { kind: 'broken', lineNo: 2, reason: 'cut' },
        ]),
      /line 2 is broken: cut/,
    ],
    [
      'lines after the end',
      (no) => appended(billOf([]), fileOf([{ ...line(no), lineNo: 2 }])),
      /goes on after its totals/,
    ],
    ['a negative amount', (no) => billOf([{ ...line(no), amountMinor: -1n }]), /line 1 has an amount that cannot be/],
    ['no name', () => billOf([line('')]), /line 1 names no order number/],
    ['two currencies', (no) => billOf([line(no), { ...line('x'), currency: 'USD' }]), /line 2 is in another currency/],
    ['no sense', () => ({ kind: 'file', file: Buffer.from('<html>busy</html>') }), /line 1 is broken/],
  ];

  test.each(cases)(
    '%s: nothing is posted, nothing changes but the state of the statement',
    async (_name, bill, reason) => {
      const orderNo = await world.paid(1000n);
      world.pretend.bills.set(DAY, bill(orderNo));
      const before = await everythingOf(world);
      world.goTo(BILL_TIME);
      await world.settle();
      const statement = await world.statementOf(DAY);
      expect(statement).toMatchObject({ state: 'refused', theirs: null, feesPostedMinor: null });
      expect(statement.reason).toMatch(reason);
      const after = await everythingOf(world);
      expect({ ...after, statements: [], alerts: [], files: 0 }).toEqual({ ...before, statements: [], alerts: [] });
      expect(await alertKindsOf(world)).toEqual(['statement_refused']);
    },
  );

  test('is read again when the wallet has mended it, and once refused is told once', async () => {
    const orderNo = await world.paid(1000n);
    world.pretend.bills.set(DAY, billOf([line(orderNo)], { paymentsCount: 2 }));
    world.goTo(BILL_TIME);
    await world.settle();
    world.clock.advanceMs(3_600_000);
    await world.settle();
    expect(await alertKindsOf(world)).toEqual(['statement_refused']);
    world.pretend.bills.set(DAY, billOf([line(orderNo)]));
    world.clock.advanceMs(3_600_000);
    await world.settle();
    expect(await world.statementOf(DAY)).toMatchObject({ state: 'reconciled', reason: null, matchedCount: 1 });
  });

  test('is not forgotten when the wallet says later that there was none', async () => {
    const orderNo = await world.paid(1000n);
    world.pretend.bills.set(DAY, billOf([line(orderNo)], { paymentsCount: 2 }));
    world.goTo(BILL_TIME);
    await world.settle();
    world.pretend.bills.set(DAY, { kind: 'empty' });
    world.clock.advanceMs(3_600_000);
    await world.settle();
    const reason = 'the wallet now says that there is no bill';
    expect(await world.statementOf(DAY)).toMatchObject({ state: 'refused', reason });
  });

  test('as the bill of another day is refused: its fees are not booked twice', async () => {
    const orderNo = await world.paid(1000n);
    world.pretend.bills.set(DAY, billOf([line(orderNo)]));
    world.goTo(BILL_TIME);
    await world.settle();
    world.pretend.bills.set(NEXT_DAY, billOf([line(orderNo)]));
    world.goTo(NEXT_BILL_TIME);
    await world.settle();
    expect((await world.statementOf(NEXT_DAY)).reason).toBe(`it has the very lines of ${DAY}`);
    expect(await balanceOf(world, 'wallet_fees')).toBe(2n);
  });

  function line(orderNo: string) {
    return billLine({ orderNo, amountMinor: 1000n, feeMilli: 2000n });
  }
});

describe('a file that was taken for the wrong day', () => {
  const at = (occurredAt: string, orderNo = `S-${occurredAt}`) =>
    billLine({ orderNo, amountMinor: 1000n, feeMilli: 2000n, occurredAt: new Date(occurredAt) });

  test.each([
    [
      'the day before',
      [at('2026-11-10T03:00:00Z'), at('2026-11-10T04:00:00Z')],
      {},
      /seems to be the bill of 2026-11-10/,
    ],
    ['another year', [at('2025-11-11T03:00:00Z')], {}, /0 of its 1 lines are of 2026-11-11, 1 are of 2025-11-11/],
    [
      'hardly any line of its own',
      [at('2026-11-11T03:00:00Z'), at('2026-11-08T03:00:00Z'), at('2026-11-09T03:00:00Z')],
      {},
      /1 of its 3 lines/,
    ],
    ['a minute too far', [at('2026-11-10T14:59:59Z')], {}, /2026-11-10/],
    ['another day in its own words', [at('2026-11-11T03:00:00Z')], { day: NEXT_DAY }, /it is the bill of 2026-11-12/],
    ['another day in its own words, and no line', [], { day: NEXT_DAY }, /it is the bill of 2026-11-12/],
  ])('of %s: nothing is posted, and the day keeps waiting for its own', async (_name, lines, totals, reason) => {
    const before = await everythingOf(world);
    world.goTo(BILL_TIME);
    const file = bytesOf(billOf(lines, totals));
    const request = { merchantId: null, walletAccountId: world.walletAccountId, day: DAY };
    const statement = await importStatement(world.deps, { ...request, file });
    expect(statement).toMatchObject({ state: 'refused', theirs: null, feesPostedMinor: null });
    expect(statement.reason).toMatch(reason);
    const after = await everythingOf(world);
    expect({ ...after, statements: [], alerts: [], files: 0 }).toEqual({ ...before, statements: [], alerts: [] });
    const own = await importStatement(world.deps, { ...request, file: bytesOf(billOf([at('2026-11-11T03:00:00Z')])) });
    expect(own.state).toBe('reconciled');
  });

  test.each([
    ['close before the day', [at('2026-11-10T15:00:00Z')], {}],
    ['close after it', [at('2026-11-11T16:59:59Z')], {}],
    ['half late', [at('2026-11-11T03:00:00Z'), at('2026-11-09T03:00:00Z')], {}],
    ['all late, in a bill that names the day', [at('2026-11-09T03:00:00Z')], { day: DAY }],
    ['of no time at all', [billLine({ orderNo: 'S', amountMinor: 1000n })], {}],
  ])('is not one whose lines are %s', async (_name, lines, totals) => {
    world.pretend.bills.set(DAY, billOf(lines, totals));
    world.goTo(BILL_TIME);
    await world.settle();
    expect((await world.statementOf(DAY)).state).toBe('reconciled');
  });
});

describe('a bill that does not come', () => {
  test('is asked for every hour, and given up with an alert', async () => {
    world.goTo(BILL_TIME);
    await world.settle();
    expect(await world.statementOf(DAY)).toMatchObject({ state: 'waiting', triesCount: 1 });
    await world.settle();
    expect((await world.statementOf(DAY)).triesCount, 'not before the hour is over').toBe(1);
    await world.sql`update statements set tries_count = 70`;
    for (let hour = 0; hour < 3; hour++) {
      world.clock.advanceMs(3_600_000);
      await world.settle();
    }
    expect(await world.statementOf(DAY)).toMatchObject({ state: 'unavailable', dueAt: null, triesCount: 72 });
    expect(await alertKindsOf(world)).toEqual(['statement_missing']);
  });
});

describe('a closed day', () => {
  test('that gets another bill keeps its own: an alert, once, and the other file is kept beside it', async () => {
    const orderNo = await world.paid(1000n);
    world.pretend.bills.set(DAY, billOf([billLine({ orderNo, amountMinor: 1000n })]));
    world.goTo(BILL_TIME);
    await world.settle();
    const before = await world.statementOf(DAY);
    world.pretend.bills.set(DAY, billOf([billLine({ orderNo, amountMinor: 1n })]));
    for (let again = 0; again < 2; again++) {
      await world.sql`update statements set due_at = ${world.clock.now()} where day = ${DAY}::text::date`;
      await world.settle();
    }
    expect(await world.statementOf(DAY)).toEqual({ ...before, leaseNo: before.leaseNo + 2n, triesCount: 2 });
    expect(await alertKindsOf(world)).toEqual(['statement_changed']);
    expect(await breaksOf(world)).toEqual([]);
    const [{ count } = { count: 0n }] = await world.sql<{ count: bigint }[]>`select count(*) from statement_files`;
    expect(count).toBe(2n);
  });
});

function appended(first: ReturnType<typeof billOf>, second: ReturnType<typeof billOf>): ReturnType<typeof billOf> {
  if (first.kind !== 'file' || second.kind !== 'file') return first;
  return { kind: 'file', file: Buffer.concat([first.file, Buffer.from('\n'), second.file]) };
}
