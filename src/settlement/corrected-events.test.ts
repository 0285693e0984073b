import { beforeEach, expect, test } from 'vitest';
import type { Cashier } from '../cashier/cashier.ts';
import { askAndApply, readRecords } from '../cashier/day-records.ts';
import type { ReportSource } from '../cashier/payment.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { money } from '../money/money.ts';
import type { Outcome, ReportedDiscount } from '../wallets/wallet.ts';
import { succeeded } from './pretend-wallet.ts';
import { breakingSql } from './test-breaking-sql.ts';
import { DISCOUNT, discountedOf, paidAndRefundedOf, tellOf } from './test-late-reports.ts';
import { alertKindsOf, eventsOf, sendRefunds } from './test-reads.ts';
import { BOOK, connectAgain, openTestWorld, type TestWorld } from './test-world.ts';

/* What a shop hears when a wallet tells of its discounts late, over a real database. */

let world: TestWorld;
beforeEach(async () => {
  world = await openTestWorld();
});

const discounted = (discounts: ReportedDiscount[], id?: string) => discountedOf(world, discounts, id);
const paidAndRefunded = (id?: string) => paidAndRefundedOf(world, id);
const tell = (orderNo: string, outcome: Outcome, source?: ReportSource, by?: Cashier) =>
  tellOf(world, orderNo, outcome, source, by);

/** Since the payment and its refund came to their ends. */
async function correctionsTold() {
  return (await eventsOf(world)).filter(({ type }) => type.endsWith('.corrected'));
}

test('the shop hears once what is otherwise now, of the payment and of its refund', async () => {
  const { orderNo } = await paidAndRefunded();
  const before = (await eventsOf(world)).at(0)?.data;
  expect(before).toMatchObject({ buyer_paid: { minor: '1000' } });
  await tell(orderNo, discounted([DISCOUNT]));
  const told = [
    {
      type: 'payment.corrected',
      data: {
        buyer_paid: { minor: '800' },
        refunded: { minor: '300' },
        attempts: [{ wallet_discounts: [{ wallet_offer_id: 'A1' }] }],
      },
    },
    {
      type: 'refund.corrected',
      data: { state: 'succeeded', through_wallet: { minor: '300' }, buyer_received: { minor: '240' } },
    },
  ];
  expect(await correctionsTold()).toMatchObject(told);
  expect(versionOf((await correctionsTold())[0]?.data), 'later than what was told before').toBeGreaterThan(
    versionOf(before),
  );
  await tell(orderNo, discounted([DISCOUNT]));
  await tell(orderNo, discounted([DISCOUNT]), 'poll');
  await tell(orderNo, discounted([{ ...DISCOUNT, name: '满减' }]), 'poll'); // called otherwise, and nothing else
  await tell(orderNo, discounted([{ ...DISCOUNT, minor: 1001n }]), 'poll'); // kept, and nothing changes: it cannot be
  expect(await correctionsTold()).toHaveLength(2);
  world.clock.advanceMs(1);
  await tell(orderNo, discounted([{ ...DISCOUNT, parts: [{ funder: 'merchant', owner: null, minor: 200n }] }]), 'poll');
  expect((await correctionsTold()).slice(2), 'the buyer paid the same, the shop receives less').toMatchObject(told);
});

test('a shop that was told of a discount with the payment hears nothing more, and one of a late refund report does', async () => {
  const orderNo = await world.attempt(1000n, discounted([DISCOUNT]));
  const refundNo = await world.refund(orderNo, 300n);
  world.pretend.answers.set(refundNo, succeeded(300n, 'R1'));
  await sendRefunds(world);
  expect(await correctionsTold()).toEqual([]);
  const [refund] = await readRecords(world.sql, BOOK, 'refund', [`rf_${refundNo}`]);
  if (refund === undefined) throw new Error('no such refund');
  for (const buyer of [240n, 250n, 250n]) {
    world.pretend.answers.set(refundNo, refundTelling('R1', buyer));
    await askAndApply(world.cashier, refund, BOOK);
  }
  // The wallet's rule had said 240 as well.
  expect(await correctionsTold()).toMatchObject([
    { type: 'refund.corrected', data: { buyer_received: { minor: '250' } } },
  ]);
});

test('two nodes that hear it at once tell it once, and one that dies in between tells all of it or nothing', async () => {
  const other = connectAgain(world);
  const { cashier } = world.depsOver(other);
  const both = ['payment.corrected', 'refund.corrected'];
  const { orderNo } = await paidAndRefunded('W0');
  const told = discounted([DISCOUNT], 'W0');
  await Promise.all([world.cashier, cashier, world.cashier, cashier].map((by) => tell(orderNo, told, 'poll', by)));
  expect((await correctionsTold()).map(({ type }) => type)).toEqual(both);
  await other.end();
  const second = await paidAndRefunded('W1'); // a moment later than what was told before
  for (let at = 1, isDead = true; isDead; at++) {
    const dying = connectAgain(world);
    const by = world.depsOver(breakingSql(dying, at).sql).cashier;
    isDead = await tell(second.orderNo, discounted([DISCOUNT], 'W1'), 'notification', by).then(
      () => false,
      () => true,
    );
    await dying.end();
    expect([both, [...both, ...both]]).toContainEqual((await correctionsTold()).map(({ type }) => type));
  }
  expect((await correctionsTold()).map(({ type }) => type)).toEqual([...both, ...both]);
});

/** Of ¥3.00, of which so much was the buyer's. */
function refundTelling(id: string, buyerMinor: bigint): Outcome {
  const outcome = succeeded(300n, id);
  return outcome.kind === 'succeeded' ? { ...outcome, buyerPaid: money('CNY', buyerMinor) } : outcome;
}

function versionOf(data: object | undefined): number {
  return Number(Object(data).version);
}

test('the newest answer takes the last of 32 places, of payment and refund, and the other places stay', async () => {
  const { orderNo, refundNo } = await paidAndRefunded();
  const [refund] = await readRecords(world.sql, BOOK, 'refund', [`rf_${refundNo}`]);
  if (refund === undefined) throw new Error('no such refund');
  for (let index = 0; index < 34; index++) {
    const minor = 200n + BigInt(index);
    await tell(orderNo, discounted([{ ...DISCOUNT, minor }]), 'poll');
    world.pretend.answers.set(refundNo, refundTelling('RW1', minor));
    await askAndApply(world.cashier, refund, BOOK);
  }
  const rows = await world.sql<{ reported: { told: { buyerMinor: string }[]; counts: number } }[]>`
    select reported from attempts where id = ${`att_${orderNo}`}
    union all
    select reported from refunds where id = ${`rf_${refundNo}`}`;
  expect(rows.map(({ reported }) => [reported.told.length, reported.counts, reported.told.at(-1)?.buyerMinor])).toEqual(
    [
      [32, 31, '767'],
      [32, 31, '233'],
    ],
  );
  expect(await alertKindsOf(world)).toEqual(['discount_differs', 'discount_differs']);
  const changed = (place: number) =>
    world.sql`update refunds set reported = jsonb_set(reported, ${['told', `${place}`, 'buyerMinor']}::text[], '"1"')`;
  await expect(changed(30)).rejects.toThrow(/append-only/);
  await changed(31);
  await expect(world.sql`update refunds set reported = reported #- '{told,31}'`).rejects.toThrow(/append-only/);
  expect(await verifyLedger({ sql: world.sql })).toMatchObject({ ok: true });
});
