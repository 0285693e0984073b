import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { applyOutcome } from '../../cashier/apply-outcome.ts';
import type { AttemptId } from '../../cashier/payment.ts';
import { succeeded } from '../../settlement/pretend-wallet.ts';
import type { Outcome } from '../../wallets/wallet.ts';
import { openPayLinks, type PayLinks } from './pay-links.ts';
import { openTestLinks, payUnder, type TestLinks, type TestPayment } from './test-links.ts';
import { cny, newNonce, openTestPaying, refused, type TestPaying } from './test-paying.ts';

/* An order for which a shop has made several links: it is paid by any of them, and once. */

let world: TestLinks;
let links: PayLinks;
let paying: TestPaying;
/** Another process on the same database. */
let elsewhere: PayLinks;
let payingElsewhere: TestPaying;

beforeAll(async () => {
  world = await openTestLinks();
  const deps = { ...world.cashier.deps, book: world.book, cashier: world.cashier };
  [links, elsewhere] = [openPayLinks(deps), openPayLinks(deps)];
  [paying, payingElsewhere] = [openTestPaying(world, links), openTestPaying(world, elsewhere)];
  return async () => {
    await Promise.all([links.stop(), elsewhere.stop()]);
  };
});
beforeEach(() => world.clock.advanceMs(61_000));

const SILENCE: Outcome = { kind: 'unknown', reason: 'silence' };

async function twoLinks(second = 990) {
  const orderNo = `A-${newNonce().slice(0, 8)}`;
  const first = await paying.addTerms('pay', { pay: { amount: cny(990), order_no: orderNo } });
  return { orderNo, first, second: await paying.addTerms('pay', { pay: { amount: cny(second), order_no: orderNo } }) };
}
/** The wallet says after all that the one attempt was paid. */
async function succeedLate({ id, minor }: TestPayment): Promise<void> {
  const [attempt] = await world.sql<{ id: AttemptId }[]>`select id from attempts where payment_id = ${id}`;
  if (attempt === undefined) throw new Error('an attempt');
  const paid = succeeded(minor, `W${attempt.id}`, world.clock.now());
  await applyOutcome(world.cashier, { book: world.book, id: attempt.id, paymentId: id }, paid, 'notification', null);
}
const succeededOf = async (orderNo: string) =>
  await world.sql<{ orderNo: string }[]>`
    select order_no as "orderNo" from payments
    where state = 'succeeded' and metadata ->> 'order_no' = ${orderNo}`;

describe('an order with two links', () => {
  test('whose payment by the first expired is paid by the second, under a number of its own', async () => {
    const { orderNo, first, second } = await twoLinks();
    await paying.ask(first);
    world.clock.advanceMs(901_000);
    await paying.expireAll();
    const asked = await paying.ask(second);
    expect(asked.payment).toMatchObject({
      orderNo: `${orderNo}.2`,
      linkCode: second.code,
      metadata: { order_no: orderNo, link: second.linkId },
    });
    await payUnder(world, asked);
    for (const terms of [first, second]) {
      expect(await refused(paying.ask(terms))).toBe('link_paid');
      expect(await links.progress(terms)).toMatchObject({ paidCount: 1, isComplete: true });
    }
    expect(await succeededOf(orderNo)).toHaveLength(1);
  });

  test('goes on counting where one link was asked again and then the other, and back', async () => {
    const { orderNo, first, second } = await twoLinks();
    const numbers: string[] = [];
    for (const terms of [first, first, second, first, second]) {
      const { id, payment } = await paying.ask(terms);
      numbers.push(payment.orderNo);
      await paying.cancel(id);
    }
    expect(numbers).toEqual([orderNo, `${orderNo}.2`, `${orderNo}.3`, `${orderNo}.4`, `${orderNo}.5`]);
  });

  test.each([
    ['before', true],
    ['after', false],
  ])('is asked for again where another order, asked for %s, has the number for that', async (_, isBefore) => {
    const { orderNo, first } = await twoLinks();
    const other = await paying.addTerms('pay', { pay: { amount: cny(500), order_no: `${orderNo}.2` } });
    const numberOf = async (terms: typeof first) => (await paying.ask(terms)).payment.orderNo;
    const once = await paying.ask(first);
    await paying.cancel(once.id);
    if (isBefore) {
      expect(await numberOf(other)).toBe(`${orderNo}.2`);
      expect(await numberOf(first)).toBe(`${orderNo}.3`);
    } else {
      expect(await numberOf(first)).toBe(`${orderNo}.2`);
      expect(await numberOf(other)).toBe(`${orderNo}.2.2`);
    }
  });

  test('that was paid by the first is not paid by the second', async () => {
    const { orderNo, first, second } = await twoLinks();
    await payUnder(world, await paying.ask(first));
    expect(await refused(paying.ask(second))).toBe('link_paid');
    expect(await links.progress(second)).toMatchObject({ isComplete: true });
    expect(await links.show(world.book, second.linkId)).toMatchObject({ pay: { paid_count: 0, open_count: 0 } });
    expect(await succeededOf(orderNo)).toHaveLength(1);
  });

  test('leads to the same payment by both while it may still be paid', async () => {
    const { orderNo, first, second } = await twoLinks();
    const [a, b] = [await paying.ask(first), await paying.ask(second)];
    expect(b.id).toBe(a.id);
    await payUnder(world, b);
    expect(await refused(paying.ask(second))).toBe('link_paid');
    expect(await succeededOf(orderNo)).toHaveLength(1);
  });

  test('never leads to another sum than the link says: it is waited until the other payment is over', async () => {
    const { first, second } = await twoLinks(880);
    const asked = await paying.ask(first);
    expect(await refused(paying.ask(second))).toBe('link_busy');
    await paying.cancel(asked.id);
    expect((await paying.ask(second)).minor).toBe(880n);
  });

  test.each([
    ['nobody knows whether it was paid', SILENCE, 86_400_000],
    ['the wallet has not said that it was', null, 0],
  ])('waits for the payment by the first while %s', async (_, outcome, laterMs) => {
    const { orderNo, first, second } = await twoLinks(880);
    const asked = await paying.ask(first);
    await payUnder(world, asked, outcome);
    world.clock.advanceMs(laterMs);
    await paying.expireAll();
    expect(await refused(paying.ask(second))).toBe('link_busy');
    await succeedLate(asked);
    expect(await refused(paying.ask(second))).toBe('link_paid');
    expect(await succeededOf(orderNo)).toHaveLength(1);
  });

  test('that was given up and is paid late by the first goes back by itself: the second paid it', async () => {
    const { orderNo, first, second } = await twoLinks();
    const early = await paying.ask(first);
    await payUnder(world, early, { kind: 'failed', reason: 'declined', walletCode: '', walletMessage: '' });
    await paying.cancel(early.id);
    await payUnder(world, await paying.ask(second));
    await succeedLate(early);
    expect(await succeededOf(orderNo)).toEqual([{ orderNo: `${orderNo}.2` }]);
    expect(await world.sql`select from refunds where payment_id = ${early.id} and reason = 'surplus'`).toHaveLength(1);
  });

  test('asked for at once by both, on two nodes, is one payment', async () => {
    for (let round = 0; round < 8; round++) {
      world.clock.advanceMs(61_000);
      const { first, second } = await twoLinks();
      const asked = await Promise.all([
        paying.ask(first),
        payingElsewhere.ask(second),
        paying.ask(second),
        payingElsewhere.ask(first),
      ]);
      expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    }
  });

  test('of two sums, asked for at once on two nodes, is asked for once, and paid once', async () => {
    for (let round = 0; round < 8; round++) {
      world.clock.advanceMs(61_000);
      const { orderNo, first, second } = await twoLinks(880);
      const results = await Promise.all([refused(paying.ask(first)), refused(payingElsewhere.ask(second))]);
      expect([...results].sort()).toEqual(['link_busy', 'taken']);
      expect(await world.sql`select from payments where metadata ->> 'order_no' = ${orderNo}`).toHaveLength(1);
    }
  });

  test('whose number the shop used by itself is paid by none of them', async () => {
    const other = await world.createPayment({ link: null });
    const payment = await world.cashier.readPayment(world.book, other.id);
    const pay = { amount: cny(990), order_no: payment?.orderNo ?? '' };
    const both = [await paying.addTerms('pay', { pay }), await paying.addTerms('pay', { pay })];
    for (const terms of [...both, ...both]) expect(await refused(paying.ask(terms))).toBe('order_no_taken');
  });

  test('has one payment that is open or paid, and the database keeps it to that', async () => {
    const { orderNo, first, second } = await twoLinks();
    await paying.ask(first);
    const now = world.clock.now();
    const bad = world.sql`
      insert into link_payments (book, link_id, nonce, state, place_no, merchant_id, order_no, for_order_no, amount_minor, subject,
        asked_at, due_at)
      values (${world.book}, ${second.linkId}, ${newNonce()}, 'open', 1, ${world.merchantId}, ${`${orderNo}.9`}, ${orderNo}, 990, 'x',
        ${now}, ${now})`;
    await expect(bad).rejects.toThrow('link_payments_orders');
  });
});
