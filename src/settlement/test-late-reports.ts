import { applyOutcome } from '../cashier/apply-outcome.ts';
import { findAttempt } from '../cashier/attempt-store.ts';
import type { Cashier } from '../cashier/cashier.ts';
import type { ReportSource } from '../cashier/payment.ts';
import { money } from '../money/money.ts';
import type { Outcome, ReportedDiscount } from '../wallets/wallet.ts';
import { succeeded } from './pretend-wallet.ts';
import { sendRefunds } from './test-reads.ts';
import { BOOK, type TestWorld } from './test-world.ts';

/* A wallet that tells of its discounts when it likes. */

/** Of ¥2.00 the wallet pays ¥1.50 and the shop ¥0.50. */
export const DISCOUNT: ReportedDiscount = {
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

/** A payment of ¥10.00 that succeeded, with these discounts. */
export function discountedOf(world: TestWorld, discounts: ReportedDiscount[], id = 'W1'): Outcome {
  const outcome = succeeded(1000n, id, world.clock.now());
  const off = discounts.reduce((sum, one) => sum + one.minor, 0n);
  return outcome.kind === 'succeeded' ? { ...outcome, discounts, buyerPaid: money('CNY', 1000n - off) } : outcome;
}

/** ¥10.00 paid, of which ¥3.00 went back; nothing was told of discounts. Answers the attempt's and the refund's number. */
export async function paidAndRefundedOf(world: TestWorld, id = 'W1'): Promise<{ orderNo: string; refundNo: string }> {
  const orderNo = await world.attempt(1000n, succeeded(1000n, id, world.clock.now()));
  const refundNo = await world.refund(orderNo, 300n);
  world.pretend.answers.set(refundNo, succeeded(300n, `R${id}`));
  await sendRefunds(world);
  return { orderNo, refundNo };
}

/** The wallet says so of an attempt; `by`: to another process. */
export async function tellOf(
  world: TestWorld,
  orderNo: string,
  outcome: Outcome,
  source: ReportSource = 'notification',
  by: Cashier = world.cashier,
): Promise<void> {
  const attempt = await findAttempt(world.sql, BOOK, `att_${orderNo}`);
  if (attempt === null) throw new Error('no such attempt');
  await applyOutcome(by, attempt, outcome, source, null);
}
