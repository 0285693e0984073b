import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPayLinks, type PayLinks } from './pay-links.ts';
import type { Terms } from './terms.ts';
import { openTestLinks, payUnder, type TestLinks } from './test-links.ts';
import { cny, newNonce, openTestPaying, refused, type TestPaying } from './test-paying.ts';

/* A buyer goes back to the page from which they went to the cashier, and sends its form again after that payment is over. */

let world: TestLinks;
let links: PayLinks;
let paying: TestPaying;

beforeAll(async () => {
  world = await openTestLinks();
  links = openPayLinks({ ...world.cashier.deps, book: world.book, cashier: world.cashier });
  paying = openTestPaying(world, links);
  return async () => links.stop();
});
beforeEach(() => world.clock.advanceMs(61_000));

const paymentsOf = async ({ code }: Terms) =>
  await world.sql<{ state: string }[]>`select state from payments where link_code = ${code}`;
const liveOf = async (terms: Terms) => (await paymentsOf(terms)).filter(({ state }) => state !== 'canceled');

const people = [
  { name: '老王', amount: cny(700) },
  { name: '小李', amount: cny(300) },
];

describe.each<[string, () => Promise<{ terms: Terms; wish: Parameters<TestPaying['ask']>[1] }>]>([
  [
    'paid once',
    async () => ({ terms: await paying.addTerms('pay', { pay: { amount: cny(880), times: 1 } }), wish: {} }),
  ],
  [
    'paid without end',
    async () => ({
      terms: await paying.addTerms('pay', { pay: { min: cny(100), max: cny(500) } }),
      wish: { amountMinor: 300n, note: '不要辣' },
    }),
  ],
  [
    'for one order',
    async () => ({
      terms: await paying.addTerms('pay', { pay: { amount: cny(880), order_no: `A-${newNonce().slice(0, 8)}` } }),
      wish: {},
    }),
  ],
  [
    'of a group',
    async () => ({
      terms: await paying.addTerms('group', { group: { total: cny(1000), shares: 3 } }),
      wish: { payerName: '阿芳' },
    }),
  ],
  [
    'of a group by names',
    async () => ({
      terms: await paying.addTerms('group', { group: { total: cny(1000), people } }),
      wish: { placeNo: 2 },
    }),
  ],
])('the form of a link %s', (_name, make) => {
  test.each(['cancelled', 'expired'])('is told that its payment was %s, and a new form makes one more', async (how) => {
    const { terms, wish } = await make();
    const nonce = newNonce();
    const first = await paying.ask(terms, { ...wish, nonce });
    if (how === 'cancelled') await paying.cancel(first.id);
    else {
      world.clock.advanceMs(901_000);
      await paying.expireAll();
    }
    // However often, and also several at once: nothing is made by a form that had its payment.
    const again = Array.from({ length: 3 }, () => refused(paying.ask(terms, { ...wish, nonce })));
    expect(await Promise.all(again)).toEqual(['link_payment_over', 'link_payment_over', 'link_payment_over']);
    expect(await liveOf(terms)).toEqual([]);
    const fresh = newNonce();
    const [a, b] = await Promise.all([1, 2].map(() => paying.ask(terms, { ...wish, nonce: fresh })));
    expect(a?.id).not.toBe(first.id);
    expect(b?.id).toBe(a?.id);
    expect(a?.minor).toBe(first.minor);
    expect(await liveOf(terms)).toHaveLength(1);
    // The old form leads to the new payment at most, where everybody shares it.
    const old = await paying.ask(terms, { ...wish, nonce }).catch(() => null);
    expect(old === null || old.id === a?.id).toBe(true);
    expect(await liveOf(terms)).toHaveLength(1);
  });
});

describe('a form whose payment is over', () => {
  test('is told that all is paid where somebody else has paid meanwhile, or that they are about to', async () => {
    const terms = await paying.addTerms('pay', { pay: { amount: cny(880), times: 1 } });
    const nonce = newNonce();
    await paying.cancel((await paying.ask(terms, { nonce })).id);
    const other = await paying.ask(terms);
    expect(await refused(paying.ask(terms, { nonce }))).toBe('link_busy');
    await payUnder(world, other);
    expect(await refused(paying.ask(terms, { nonce }))).toBe('link_paid');
    expect(await liveOf(terms)).toHaveLength(1);
  });

  test('leads to the payment of its order that somebody else has begun', async () => {
    const orderNo = `A-${newNonce().slice(0, 8)}`;
    const terms = await paying.addTerms('pay', { pay: { amount: cny(880), order_no: orderNo } });
    const nonce = newNonce();
    await paying.cancel((await paying.ask(terms, { nonce })).id);
    const other = await paying.ask(terms);
    expect((await paying.ask(terms, { nonce })).id).toBe(other.id);
    expect(await liveOf(terms)).toHaveLength(1);
  });

  test('was paid: it leads to that payment, and never to another', async () => {
    const ended = await paying.addTerms('pay', { pay: { amount: cny(880), times: 2 } });
    const endless = await paying.addTerms('pay', { pay: { amount: cny(880) } });
    for (const terms of [ended, endless]) {
      const nonce = newNonce();
      const first = await paying.ask(terms, { nonce });
      await payUnder(world, first);
      expect((await paying.ask(terms, { nonce })).id).toBe(first.id);
      expect(await paymentsOf(terms)).toHaveLength(1);
    }
  });
});
