import { beforeEach, expect, test } from 'vitest';
import type { Cashier } from '../cashier/cashier.ts';
import { findAttempt } from '../cashier/attempt-store.ts';
import type { ReportSource } from '../cashier/payment.ts';
import { readPayment } from '../cashier/operator-reads.ts';
import { chartAccountId, type AccountKind } from '../ledger/chart.ts';
import { verifyLedger } from '../ledger/verify.ts';
import type { Outcome, ReportedDiscount } from '../wallets/wallet.ts';
import { billLine, billOf, succeeded } from './pretend-wallet.ts';
import { BREAK_ASK_AFTER_SECONDS, claimBreaks, resolveBreak } from './resolve-break.ts';
import { closeBreak } from './close-break.ts';
import { breakingSql } from './test-breaking-sql.ts';
import { DISCOUNT, discountedOf, paidAndRefundedOf, tellOf } from './test-late-reports.ts';
import { alertKindsOf, breaksOf, sendRefunds } from './test-reads.ts';
import { BOOK, connectAgain, openTestWorld, type TestWorld } from './test-world.ts';

/* A wallet that tells of its discounts when refunds stand already, over a real database. */

const DAY = '2026-11-11';
const BILL_TIME = '2026-11-12T02:00:00Z';

let world: TestWorld;
beforeEach(async () => {
  world = await openTestWorld();
});

const discounted = (discounts: ReportedDiscount[], id?: string) => discountedOf(world, discounts, id);
const paidAndRefunded = (id?: string) => paidAndRefundedOf(world, id);
const tell = (orderNo: string, outcome: Outcome, source?: ReportSource, by?: Cashier) =>
  tellOf(world, orderNo, outcome, source, by);

async function balances(): Promise<Record<string, bigint>> {
  const owners: [AccountKind, string][] = [
    ['offer_wallet', world.walletAccountId],
    ['offer_merchant', world.merchantId],
    ['offer_unexplained', world.walletAccountId],
    ['wallet_receivable', world.walletAccountId],
  ];
  const ids = owners.map(([kind, owner]) => chartAccountId(kind, owner, 'CNY', BOOK));
  const accounts = await world.ledger.lookupAccounts(ids);
  // Accounts come as they were asked for, those that are not there left out or undefined: so they are found by id.
  const found = new Map(accounts.flatMap((one) => (one === undefined ? [] : [[one.id, one] as const])));
  return Object.fromEntries(
    owners.map(([kind], index) => {
      const account = found.get(ids[index] ?? 0n);
      return [kind, account === undefined ? 0n : account.debitsPosted - account.creditsPosted];
    }),
  );
}

/** Of 2.00 off, the wallet's 1.50 and the shop's 0.50, three tenths have gone back. */
const CORRECTED = { offer_wallet: 105n, offer_merchant: 35n, offer_unexplained: 0n, wallet_receivable: 560n };
const UNTOLD = { offer_wallet: 0n, offer_merchant: 0n, offer_unexplained: 0n, wallet_receivable: 700n };

async function correctionsCount(): Promise<number> {
  return (await world.sql`select id from ledger_transfers where code = 34`).length;
}

test('a report that comes after a refund is booked, for the refund as well, and told with when and how it came', async () => {
  const { orderNo } = await paidAndRefunded();
  expect(await balances()).toEqual(UNTOLD);
  await tell(orderNo, discounted([DISCOUNT]));
  await tell(orderNo, discounted([DISCOUNT]));
  expect(await balances()).toEqual(CORRECTED);
  expect(await correctionsCount()).toBe(2); // one for each funder
  const attempt = await findAttempt(world.sql, BOOK, `att_${orderNo}`);
  const shown = await readPayment(world.cashier.deps, attempt?.paymentId ?? '');
  expect(shown).toMatchObject({
    buyer_paid: { minor: '800' },
    attempts: [
      {
        wallet_discounts: [{ wallet_offer_id: 'A1' }],
        wallet_reports: [
          { heard_at: world.clock.now().toISOString(), source: 'notification', counts: true, buyer: { minor: '800' } },
        ],
      },
    ],
  });
  expect(await alertKindsOf(world)).toEqual([]);
  expect(await verifyLedger({ sql: world.sql })).toMatchObject({ ok: true });
});

test('another report after that takes its place, and once all has gone back nobody owes anything', async () => {
  const { orderNo } = await paidAndRefunded();
  await tell(orderNo, discounted([DISCOUNT]));
  await tell(
    orderNo,
    discounted([{ ...DISCOUNT, minor: 100n, parts: [{ funder: 'wallet', owner: null, minor: 90n }] }]),
  );
  expect(await balances()).toEqual({
    offer_wallet: 63n,
    offer_merchant: 0n,
    offer_unexplained: 7n, // of the gap of 10, three tenths are back
    wallet_receivable: 630n,
  });
  const rest = await world.refund(orderNo, 700n);
  world.pretend.answers.set(rest, succeeded(700n, 'R2'));
  await sendRefunds(world);
  expect(Object.values(await balances())).toEqual([0n, 0n, 0n, 0n]);
  expect(await alertKindsOf(world)).toEqual([]);
  expect(await verifyLedger({ sql: world.sql })).toMatchObject({ ok: true });
});

test('two nodes that hear it at once book it once', async () => {
  const other = connectAgain(world);
  const { cashier } = world.depsOver(other);
  for (let round = 0; round < 5; round++) {
    const before = await balances();
    const { orderNo } = await paidAndRefunded(`W${round}`);
    const told = discounted([DISCOUNT], `W${round}`);
    await Promise.all([world.cashier, cashier, world.cashier, cashier].map((by) => tell(orderNo, told, 'poll', by)));
    const after = await balances();
    for (const [kind, minor] of Object.entries(CORRECTED))
      expect([kind, after[kind]]).toEqual([kind, (before[kind] ?? 0n) + minor]);
    expect(await correctionsCount()).toBe(2 * (round + 1));
  }
  await other.end();
});

test('a process that dies at any step has booked all of it or nothing, and heard again it is booked once', async () => {
  const { orderNo } = await paidAndRefunded();
  let diedCount = 0;
  for (let at = 1; ; at++) {
    const other = connectAgain(world);
    const { cashier } = world.depsOver(breakingSql(other, at).sql);
    const isDead = await tell(orderNo, discounted([DISCOUNT]), 'notification', cashier).then(
      () => false,
      () => true,
    );
    await other.end();
    const after = await balances();
    expect([UNTOLD, CORRECTED]).toContainEqual(after);
    if (!isDead) break;
    diedCount += 1;
  }
  expect(diedCount).toBeGreaterThan(5);
  await tell(orderNo, discounted([DISCOUNT]));
  expect(await balances()).toEqual(CORRECTED);
  expect(await correctionsCount()).toBe(2);
});

test('what a wallet told is not taken out of a row again', async () => {
  const { orderNo } = await paidAndRefunded();
  await tell(orderNo, discounted([DISCOUNT]));
  const changed = world.sql`update attempts set reported = jsonb_set(reported, '{told}', '[]') where id = ${`att_${orderNo}`}`;
  await expect(changed).rejects.toThrow(/append-only/);
});

test('a report from before all of them were kept is the first of them', async () => {
  const orderNo = await world.attempt(1000n, discounted([DISCOUNT]));
  await world.sql`alter table attempts disable trigger attempts_keep_reports`;
  await world.sql`update attempts set reported = reported - 'told' - 'counts'`;
  await world.sql`alter table attempts enable trigger attempts_keep_reports`;
  await tell(orderNo, discounted([DISCOUNT]));
  expect(await correctionsCount()).toBe(0);
  await tell(orderNo, discounted([]), 'poll');
  const attempt = await findAttempt(world.sql, BOOK, `att_${orderNo}`);
  expect(attempt?.reported).toMatchObject({ counts: 1, told: [{ heardAt: null, source: null }, { source: 'poll' }] });
  expect(await balances()).toEqual({ ...UNTOLD, wallet_receivable: 1000n });
});

/** The bill settles 9.50 of the 10.00: the shop has paid 0.50 of a discount. */
function billOfThat(orderNo: string, refundNo: string, feeMilli: bigint | null = null) {
  return billOf([
    billLine({ orderNo, amountMinor: 1000n, settledMinor: 950n, feeMilli }),
    billLine({ kind: 'refund', orderNo: refundNo, paymentOrderNo: orderNo, amountMinor: 300n }),
  ]);
}

test('a bill that settles less makes us ask, and where the wallet tells its discount now the break is over', async () => {
  const { orderNo, refundNo } = await paidAndRefunded();
  world.pretend.bills.set(DAY, billOfThat(orderNo, refundNo));
  world.pretend.answers.set(orderNo, discounted([DISCOUNT]));
  world.goTo(BILL_TIME);
  await world.settle();
  expect(await breaksOf(world)).toMatchObject([
    { cause: 'settled', state: 'resolved', resolution: 'record_brought_up_to_date', evidence: { answer: 'succeeded' } },
  ]);
  expect(await alertKindsOf(world)).toEqual([]);
  expect(await balances()).toEqual(CORRECTED);
});

test('a line that settles less and keeps another fee has a break of each, and each ends by itself', async () => {
  const { orderNo, refundNo } = await paidAndRefunded();
  await world.sql`update wallet_accounts set fee_bps = 60`;
  world.pretend.bills.set(DAY, billOfThat(orderNo, refundNo, 9000n));
  world.pretend.answers.set(orderNo, discounted([DISCOUNT]));
  world.goTo(BILL_TIME);
  await world.settle();
  const byKind = async () => (await breaksOf(world)).toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
  const [settled, fee] = await byKind();
  expect([settled, fee]).toMatchObject([
    { kind: 'amount_differs', cause: 'settled', state: 'resolved', resolution: 'record_brought_up_to_date' },
    {
      kind: 'fee_differs',
      cause: 'fee',
      state: 'left_for_operator',
      ours: { fee_milli: '5700' },
      theirs: { fee_milli: '9000' },
    },
  ]);
  expect(await alertKindsOf(world)).toEqual(['statement_breaks']);
  expect(await world.statementOf(DAY)).toMatchObject({ state: 'reconciled', matchedCount: 1 });
  if (fee === undefined) throw new Error('a break of the fee');
  await closeBreak(world.deps, { id: fee.id, merchantId: null, note: '说好了', by: 'operator', claim: null });
  expect(await byKind()).toMatchObject([
    settled,
    { state: 'resolved', resolution: 'closed_by_operator', note: '说好了' },
  ]);
});

test('one that was left for a person ends by itself when the wallet tells after all', async () => {
  const { orderNo, refundNo } = await paidAndRefunded();
  world.pretend.bills.set(DAY, billOfThat(orderNo, refundNo));
  world.goTo(BILL_TIME);
  await world.settle();
  await askUntilLeft();
  expect(await breaksOf(world)).toMatchObject([{ cause: 'settled', state: 'left_for_operator' }]);
  expect(await alertKindsOf(world)).toEqual(['statement_breaks']);
  await tell(orderNo, discounted([DISCOUNT]));
  world.pretend.bills.set('2026-11-14', billOf([]));
  world.goTo('2026-11-15T02:00:00Z');
  await world.settle();
  const [found] = await breaksOf(world);
  expect(found).toMatchObject({ state: 'resolved', resolution: 'record_brought_up_to_date', resolvedBy: null });
  expect(await alertKindsOf(world)).toEqual(['statement_breaks']);
});

test.each<[string, ReportedDiscount]>([
  ['that cannot be', { ...DISCOUNT, minor: 1001n }],
  ['with a gap', { ...DISCOUNT, parts: [{ funder: 'merchant', owner: null, minor: 30n }] }],
])('a report %s does not end the break: a person has to look', async (_, discount) => {
  const { orderNo, refundNo } = await paidAndRefunded();
  world.pretend.bills.set(DAY, billOfThat(orderNo, refundNo));
  world.pretend.answers.set(orderNo, discounted([discount]));
  world.goTo(BILL_TIME);
  await world.settle();
  await askUntilLeft();
  expect(await breaksOf(world)).toMatchObject([{ cause: 'settled', state: 'left_for_operator', resolution: null }]);
  world.pretend.bills.set('2026-11-14', billOf([]));
  world.goTo('2026-11-15T02:00:00Z');
  await world.settle();
  expect(await breaksOf(world)).toMatchObject([{ cause: 'settled', state: 'left_for_operator', resolution: null }]);
});

test('a report that came before the bill is compared as it is by then', async () => {
  const { orderNo, refundNo } = await paidAndRefunded();
  await tell(orderNo, discounted([{ ...DISCOUNT, minor: 300n }]));
  await tell(orderNo, discounted([DISCOUNT]));
  world.pretend.bills.set(DAY, billOfThat(orderNo, refundNo));
  world.goTo(BILL_TIME);
  await world.settle();
  expect(await breaksOf(world)).toEqual([]);
  expect(await world.statementOf(DAY)).toMatchObject({ state: 'reconciled', matchedCount: 2 });
});

/** The wallet is asked as often as it ever is. */
async function askUntilLeft(): Promise<void> {
  for (const seconds of BREAK_ASK_AFTER_SECONDS) {
    world.clock.advanceMs(seconds * 1000);
    for (const one of await claimBreaks(world.deps, 100)) await resolveBreak(world.deps, one);
  }
}
