import { beforeEach, expect, test } from 'vitest';
import { money } from '../money/money.ts';
import type { Outcome, ReportedDiscount } from '../wallets/wallet.ts';
import { explainBreak } from './explain-break.ts';
import { billLine, billOf, succeeded } from './pretend-wallet.ts';
import { balanceOf, breaksOf, sendRefunds } from './test-reads.ts';
import { openTestWorld, type TestWorld } from './test-world.ts';

/* A wallet that takes something off by itself: its bill, our record and the ledger still say the same. */

const DAY = '2026-11-11';
const BILL_TIME = '2026-11-12T02:00:00Z';

let world: TestWorld;
beforeEach(async () => {
  world = await openTestWorld();
});

const DISCOUNT: ReportedDiscount = {
  walletOfferId: 'A1',
  name: '立减',
  scope: 'order',
  minor: 200n,
  prefunded: false,
  parts: [
    { funder: 'wallet', owner: null, minor: 150n },
    { funder: 'merchant', owner: null, minor: 50n },
  ],
};

/** The wallet's word that it was paid, and what it took off. */
function discounted(minor: bigint, id: string, discounts: ReportedDiscount[]): Outcome {
  const outcome = succeeded(minor, id, world.clock.now());
  const off = discounts.reduce((sum, one) => sum + one.minor, 0n);
  return outcome.kind === 'succeeded' ? { ...outcome, discounts, buyerPaid: money('CNY', minor - off) } : outcome;
}

test('a discounted payment and its refund agree with a bill that settles less by what the shop paid', async () => {
  const orderNo = await world.attempt(1000n, discounted(1000n, 'W1', [DISCOUNT]));
  const refund = await world.refund(orderNo, 300n);
  world.pretend.answers.set(refund, succeeded(300n, 'R1'));
  await sendRefunds(world);
  world.pretend.bills.set(
    DAY,
    billOf([
      billLine({ orderNo, amountMinor: 1000n, settledMinor: 950n, feeMilli: 5700n }),
      billLine({ kind: 'refund', orderNo: refund, paymentOrderNo: orderNo, amountMinor: 300n, feeMilli: 0n }),
    ]),
  );
  await world.sql`update wallet_accounts set fee_bps = 60`;
  world.goTo(BILL_TIME);
  await world.settle();
  expect(await breaksOf(world)).toEqual([]);
  expect(await world.statementOf(DAY)).toMatchObject({ state: 'reconciled', matchedCount: 2 });
  // The buyer paid 8.00, and got back 2.40 of 3.00; 0.06 is the fee.
  expect(await balanceOf(world, 'wallet_receivable')).toBe(800n - 240n - 6n);
});

test.each<[string, ReportedDiscount[], bigint, RegExp]>([
  ['of discounts that were told, another sum', [DISCOUNT], 900n, /¥9\.50 should be settled .* the bill says ¥9\.00/],
  ['of discounts that were never told, less', [], 900n, /¥10\.00 should be settled .* the bill says ¥9\.00/],
])('settled %s than they leave makes us ask the wallet', async (_, discounts, settledMinor, en) => {
  const orderNo = await world.attempt(1000n, discounted(1000n, 'W1', discounts));
  world.pretend.bills.set(DAY, billOf([billLine({ orderNo, amountMinor: 1000n, settledMinor })]));
  world.goTo(BILL_TIME);
  await world.settle();
  const [found, ...others] = await breaksOf(world);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ kind: 'amount_differs', cause: 'settled', state: 'open' });
  if (found !== undefined) expect(explainBreak(found).en).toMatch(en);
});

test('a report with a gap leaves open what is settled, so no difference is made of it', async () => {
  const gap = { ...DISCOUNT, parts: DISCOUNT.parts.slice(0, 1) };
  const orderNo = await world.attempt(1000n, discounted(1000n, 'W1', [gap]));
  world.pretend.bills.set(DAY, billOf([billLine({ orderNo, amountMinor: 1000n, settledMinor: 950n })]));
  world.goTo(BILL_TIME);
  await world.settle();
  expect(await breaksOf(world)).toEqual([]);
});
