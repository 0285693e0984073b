import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRefund } from '../../cashier/create-refund.ts';
import { money } from '../../money/money.ts';
import { countConversions } from '../count/count-conversions.ts';
import { linkedPayments } from './linked-payments.ts';
import { openPayLinks, type PayLinks } from './pay-links.ts';
import { splitTotal } from './split-total.ts';
import type { Terms } from './terms.ts';
import { insertTerms } from './terms-store.ts';
import { openTestLinks, payUnder, type TestLinks } from './test-links.ts';
import { cny, codeOf, newNonce, openTestPaying, refused, type TestPaying } from './test-paying.ts';

let world: TestLinks;
let links: PayLinks;
let paying: TestPaying;

beforeAll(async () => {
  world = await openTestLinks();
  links = openPayLinks({ ...world.cashier.deps, book: world.book, cashier: world.cashier });
  paying = openTestPaying(world, links);
  return async () => links.stop();
});
beforeEach(() => world.clock.advanceMs(61_000)); // a new minute for what is counted by the minute

const addTerms: TestPaying['addTerms'] = (kind, given) => paying.addTerms(kind, given);
const ask: TestPaying['ask'] = (terms, wish) => paying.ask(terms, wish);
const expireAll = async () => paying.expireAll();
const cancel = async (paymentId: string) => paying.cancel(paymentId);
const succeededOf = async (terms: Terms) =>
  await world.sql<{ amount_minor: bigint }[]>`
    select amount_minor from payments where link_code = ${terms.code} and state = 'succeeded'`;

describe('splitting a total', () => {
  test('the shares always sum to the total, differ by one at most and begin with the larger ones', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 999_999_999_999n), fc.integer({ min: 1, max: 100 }), (total, count) => {
        fc.pre(total >= BigInt(count));
        const parts = splitTotal(total, count);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total);
        const [first = 0n] = parts;
        const last = parts.at(-1) ?? 0n;
        expect(first - last <= 1n && last >= 1n).toBe(true);
        expect([...parts].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0))).toEqual(parts);
      }),
    );
  });

  test.each([
    [1000n, 3, [334n, 333n, 333n]],
    [10n, 10, Array.from({ length: 10 }, () => 1n)],
    [100n, 1, [100n]],
  ])('%d over %d', (total, count, parts) => {
    expect(splitTotal(total, count)).toEqual(parts);
  });

  test('the database takes no shares that do not sum to their total', async () => {
    const terms = await addTerms('group', { group: { total: cny(1000), shares: 3 } });
    const link = await world.addLink({ kind: 'group' });
    const shares = terms.shares.slice(1);
    const bad = world.sql.begin((tx) =>
      insertTerms(tx, [{ ...terms, linkId: link.id, code: link.code, placesMax: 2, shares }]),
    );
    await expect(bad).rejects.toThrow('do not sum');
  });

  test('how a link is paid never changes', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(500), times: 2 } });
    await expect(world.sql`update link_terms set amount_minor = 1 where link_id = ${terms.linkId}`).rejects.toThrow(
      'never changes',
    );
  });
});

describe('a link that is paid once', () => {
  test('makes one payment, says who came by it, and nothing more once it is paid', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(880), times: 1 } });
    const one = await ask(terms);
    expect(one.payment).toMatchObject({ amountMinor: 880n, linkCode: terms.code, metadata: { link: terms.linkId } });
    expect(await refused(ask(terms))).toBe('link_busy');
    await payUnder(world, one);
    expect(await refused(ask(terms))).toBe('link_paid');
    expect(await links.progress(terms)).toMatchObject({ paidCount: 1, openCount: 0, isComplete: true });
  });

  test('the same form sent twice, also at once, is one payment', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(880), times: 1 } });
    const nonce = newNonce();
    const asked = await Promise.all([ask(terms, { nonce }), ask(terms, { nonce }), ask(terms, { nonce })]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  });

  test('a payment that expires or is cancelled gives its place back', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(880), times: 1 } });
    const first = await ask(terms);
    world.clock.advanceMs(901_000);
    expect(await refused(ask(terms))).toBe('link_busy'); // over by the clock, but nobody has said so yet
    await expireAll();
    const second = await ask(terms);
    expect(second.id).not.toBe(first.id);
    await cancel(second.id);
    await payUnder(world, await ask(terms));
    expect(await succeededOf(terms)).toHaveLength(1);
  });

  test('one that may still be paid keeps its place, however late', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(880), times: 1 } });
    const first = await ask(terms);
    await payUnder(world, first, { kind: 'unknown', reason: 'silence' });
    world.clock.advanceMs(86_400_000);
    await expireAll();
    expect(await refused(ask(terms))).toBe('link_busy');
    expect(await links.progress(terms)).toMatchObject({ openCount: 1, paidCount: 0 });
  });

  test('a refund gives no place back', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(880), times: 1 } });
    const one = await ask(terms);
    await payUnder(world, one);
    await createRefund(world.cashier, {
      book: world.book,
      paymentId: one.id,
      merchantId: world.merchantId,
      amount: money('CNY', 880n),
      items: null,
      reason: '',
      refundNo: null,
      claim: { book: world.book, merchantId: world.merchantId, key: newNonce(), route: 'r', fingerprint: 'r' },
    });
    expect(await refused(ask(terms))).toBe('link_paid');
  });

  test('a place that was taken by a process that died is made good and goes on', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(880), times: 1 } });
    const nonce = newNonce();
    // What is left when the process ends between taking the place and making the payment.
    await world.sql`
      insert into link_payments (book, link_id, nonce, state, place_no, merchant_id, order_no, amount_minor, subject, asked_at, due_at)
      values (${world.book}, ${terms.linkId}, ${nonce}, 'open', 1, ${world.merchantId}, ${`LK-${nonce}`}, 880, '周五聚餐',
        ${world.clock.now()}, ${world.clock.now()})`;
    expect(await refused(ask(terms))).toBe('link_busy');
    world.clock.advanceMs(31_000);
    const working = openPayLinks({ ...world.cashier.deps, book: world.book, cashier: world.cashier });
    working.startWork();
    await untilTrue(async () => (await world.sql`select from payments where order_no = ${`LK-${nonce}`}`).length === 1);
    await working.stop();
    world.clock.advanceMs(901_000);
    await expireAll();
    await payUnder(world, await ask(terms));
    expect(await succeededOf(terms)).toHaveLength(1);
  });

  test('and whoever sends the same form again after that gets the payment at once', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(880), times: 1 } });
    const nonce = newNonce();
    await world.sql`
      insert into link_payments (book, link_id, nonce, state, place_no, merchant_id, order_no, amount_minor, subject, asked_at, due_at)
      values (${world.book}, ${terms.linkId}, ${nonce}, 'open', 1, ${world.merchantId}, ${`LK-${nonce}`}, 880, '周五聚餐',
        ${world.clock.now()}, ${world.clock.now()})`;
    expect((await ask(terms, { nonce })).payment.orderNo).toBe(`LK-${nonce}`);
  });
});

describe('a link that is paid n times', () => {
  test('by fifty at once is taken by exactly n', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(100), times: 10 } });
    const results = await Promise.all(Array.from({ length: 50 }, () => refused(ask(terms))));
    expect(results.filter((result) => result === 'taken')).toHaveLength(10);
    expect(new Set(results)).toEqual(new Set(['taken', 'link_busy']));
  });

  test('without end makes as many as are asked for, and one for the same form', async () => {
    const terms = await addTerms('pay', { pay: { min: cny(100), max: cny(500) } });
    const nonce = newNonce();
    const asked = await Promise.all([
      ask(terms, { nonce, amountMinor: 300n }),
      ask(terms, { nonce, amountMinor: 300n }),
      ask(terms, { amountMinor: 500n }),
    ]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(2);
  });

  test('without end tells how often it was paid, as it is counted', async () => {
    const terms = await addTerms('pay', { pay: { min: cny(100), max: cny(500) } });
    const shown = async () => await links.show(world.book, terms.linkId);
    for (let at = 0; at < 3; at++)
      await payUnder(world, await ask(terms, { amountMinor: 200n }), at === 0 ? null : undefined);
    expect(await shown()).toMatchObject({ pay: { times: null, paid_count: 0 } });
    const counting = { sql: world.sql, clock: world.clock, book: world.book, payments: linkedPayments };
    await untilTrue(async () => {
      await countConversions(counting);
      return JSON.stringify(await shown()).includes('"paid_count":2');
    });
    expect(await shown()).toMatchObject({ pay: { paid_count: 2, open_count: 0, complete_at: null } });
  });

  test.each([null, 0n, 99n, 501n])('an amount of %s is refused where 100 to 500 are asked for', async (amountMinor) => {
    const terms = await addTerms('pay', { pay: { min: cny(100), max: cny(500) } });
    expect(await refused(ask(terms, { amountMinor }))).toBe('invalid_request');
  });
});

describe('a link of one order', () => {
  test('opens the same payment for everybody, until it is paid', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(990), order_no: `A-${newNonce().slice(0, 8)}` } });
    const asked = await Promise.all([ask(terms), ask(terms), ask(terms)]);
    const [one] = asked;
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(one.payment.orderNo).toBe(terms.orderNo);
    await payUnder(world, one);
    expect(await refused(ask(terms))).toBe('link_paid');
  });

  test('asks again under a number of its own when the first payment expired', async () => {
    const terms = await addTerms('pay', { pay: { amount: cny(990), order_no: `A-${newNonce().slice(0, 8)}` } });
    await cancel((await ask(terms)).id);
    const again = await ask(terms);
    expect(again.payment).toMatchObject({
      orderNo: `${terms.orderNo}.2`,
      metadata: { order_no: terms.orderNo, link: terms.linkId },
    });
  });

  test('whose number the shop used for another payment says so and stays unpaid', async () => {
    const other = await world.createPayment({ link: null });
    const payment = await world.cashier.readPayment(world.book, other.id);
    const terms = await addTerms('pay', { pay: { amount: cny(990), order_no: payment?.orderNo ?? '' } });
    expect(await refused(ask(terms))).toBe('order_no_taken');
    expect((await links.progress(terms)).openCount).toBe(0);
    // However often it is tried: under another number the same order would be paid a second time.
    expect(await refused(ask(terms))).toBe('order_no_taken');
    expect(await succeededOf(terms)).toEqual([]);
  });
});

describe('a form whose page was gone back to', () => {
  test('asks for the amount that was typed last, whichever was typed before', async () => {
    const terms = await addTerms('pay', { pay: { min: cny(100), max: cny(50_000) } });
    const nonce = newNonce();
    expect((await ask(terms, { nonce, amountMinor: 300n })).minor).toBe(300n);
    expect((await ask(terms, { nonce, amountMinor: 30_000n })).minor).toBe(30_000n);
    expect((await ask(terms, { nonce, amountMinor: 300n })).minor).toBe(300n);
    expect(await world.sql`select from payments where link_code = ${terms.code}`).toHaveLength(2);
  });

  test('never leads to a payment of another amount where places have an end', async () => {
    const terms = await addTerms('pay', { pay: { min: cny(100), max: cny(50_000), times: 2 } });
    const nonce = newNonce();
    expect((await ask(terms, { nonce, amountMinor: 300n })).minor).toBe(300n);
    expect((await ask(terms, { nonce, amountMinor: 30_000n })).minor).toBe(30_000n);
    expect(await refused(ask(terms, { nonce, amountMinor: 30_001n }))).toBe('link_busy');
  });

  test('opens the share that was chosen last, not that of somebody else', async () => {
    const people = [
      { name: '老王', amount: cny(700) },
      { name: '小李', amount: cny(300) },
    ];
    const terms = await addTerms('group', { group: { total: cny(1000), people } });
    const nonce = newNonce();
    expect((await ask(terms, { nonce, placeNo: 2 })).minor).toBe(300n);
    expect((await ask(terms, { nonce, placeNo: 1 })).minor).toBe(700n);
  });
});

describe('a group', () => {
  test('of ten shares and fifty people who all pay is paid ten times, and together it is the total', async () => {
    const terms = await addTerms('group', { group: { total: cny(10_003), shares: 10 } });
    await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const asked = await ask(terms, { payerName: `人${at}` }).catch((error: unknown) => codeOf(error));
        if (typeof asked === 'string') expect(['link_busy', 'link_paid']).toContain(asked);
        else await payUnder(world, asked);
      }),
    );
    const paid = await succeededOf(terms);
    expect(paid).toHaveLength(10);
    expect(paid.reduce((sum, row) => sum + row.amount_minor, 0n)).toBe(10_003n);
    const progress = await links.progress(terms);
    expect(progress).toMatchObject({ paidCount: 10, isComplete: true, paidMinor: 10_003n });
    expect(await refused(ask(terms))).toBe('link_paid');
  });

  test('whose last share is paid tells the shop, once', async () => {
    const terms = await addTerms('group', { group: { total: cny(300), shares: 3 } });
    for (let at = 0; at < 3; at++) await payUnder(world, await ask(terms));
    await Promise.all([links.progress(terms), links.progress(terms), links.show(world.book, terms.linkId)]);
    const events = await world.sql<{ payload: string }[]>`
      select payload from events where object_id = ${terms.linkId} and type = 'link.completed'`;
    expect(events).toHaveLength(1);
    expect(await links.show(world.book, terms.linkId)).toMatchObject({
      group: { paid_count: 3, complete_at: expect.any(String), paid: { currency: 'CNY', minor: '300' } },
    });
  });

  test('by names: the share of one is opened by everybody, that of another stays free', async () => {
    const people = [
      { name: '老王', amount: cny(700) },
      { name: '小李', amount: cny(300) },
    ];
    const terms = await addTerms('group', { group: { total: cny(1000), people } });
    const [a, b] = await Promise.all([ask(terms, { placeNo: 2 }), ask(terms, { placeNo: 2 })]);
    expect(a.id).toBe(b.id);
    expect(a.payment).toMatchObject({ amountMinor: 300n, metadata: { payer: '小李', share: '2/2' } });
    await payUnder(world, a);
    expect(await refused(ask(terms, { placeNo: 2 }))).toBe('link_paid');
    expect((await links.progress(terms)).shares.map(({ state }) => state)).toEqual(['free', 'paid']);
    expect((await ask(terms, { placeNo: 1 })).minor).toBe(700n);
  });

  test('whatever happens to its payments, they never sum to more than the total', async () => {
    const steps = fc.array(fc.constantFrom('ask', 'pay', 'cancel', 'expire'), { minLength: 5, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(steps, async (walk) => {
        world.clock.advanceMs(61_000);
        const terms = await addTerms('group', { group: { total: cny(100), shares: 3 } });
        const open: Awaited<ReturnType<typeof ask>>[] = [];
        for (const step of walk) {
          if (step === 'ask') {
            const asked = await ask(terms).catch(() => null);
            if (asked !== null) open.push(asked);
            continue;
          }
          const one = open.shift();
          if (one === undefined) continue;
          if (step === 'pay') await payUnder(world, one);
          if (step === 'cancel') await cancel(one.id);
          if (step === 'expire') {
            world.clock.advanceMs(901_000);
            await expireAll();
            open.length = 0;
          }
        }
        const paid = (await succeededOf(terms)).reduce((sum, row) => sum + row.amount_minor, 0n);
        expect(paid <= 100n).toBe(true);
        const progress = await links.progress(terms);
        expect(progress.paidMinor).toBe(paid);
        expect(progress.isComplete).toBe(paid === 100n);
      }),
      { numRuns: 25 },
    );
  });
});

async function untilTrue(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 20));
}
