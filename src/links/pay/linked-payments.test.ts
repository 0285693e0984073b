import { beforeAll, expect, test } from 'vitest';
import { payUnder, openTestLinks, type TestLinks } from './test-links.ts';
import { linkedPayments } from './linked-payments.ts';

let world: TestLinks;

beforeAll(async () => {
  world = await openTestLinks();
});
const page = async (after: string | null, itemsMax = 100) =>
  linkedPayments.page(world.sql, world.book, after, itemsMax);

/** Transactions of the whole server are waited for, those of other databases as well. */
async function pageOf(count: number, after: string | null, itemsMax = 100) {
  for (;;) {
    const found = await page(after, itemsMax);
    if (found.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function endOfList(): Promise<string | null> {
  await payUnder(world, await world.createPayment({ link: 'marker22' }));
  for (let cursor: string | null = null; ; ) {
    const found = await pageOf(1, cursor);
    cursor = found.at(-1)?.cursor ?? null;
    const [left] = await world.sql<{ count: bigint }[]>`
      select count(*) from payments where link_paid_xid is not null and (link_paid_xid::text || ' ' || id) = ${cursor}
        and not exists (select from payments p where (p.link_paid_xid, p.id) > (payments.link_paid_xid, payments.id))`;
    if (left?.count === 1n) return cursor;
  }
}

test('a payment is told with its link once it succeeds, and not before', async () => {
  const link = await world.addLink();
  const before = await endOfList();
  const payment = await world.createPayment({ link: link.code });
  expect(await page(before)).toEqual([]);
  await payUnder(world, payment);
  const [told, ...more] = await pageOf(1, before);
  expect(more).toEqual([]);
  expect(told).toMatchObject({
    linkId: link.id,
    merchantId: world.merchantId,
    money: { currency: 'CNY', minor: 1000n },
  });
  expect(await page(told?.cursor ?? null)).toEqual([]);
});

test('a payment without a link is never told', async () => {
  const before = await endOfList();
  await payUnder(world, await world.createPayment({ link: null }));
  expect(await page(before)).toEqual([]);
});

test('a code of nobody, or of another shop, is told as no link', async () => {
  const before = await endOfList();
  const foreign = await world.addLink({ merchantId: await world.anotherMerchant() });
  await payUnder(world, await world.createPayment({ link: 'zzzz9999' }));
  await payUnder(world, await world.createPayment({ link: foreign.code }));
  expect((await pageOf(2, before)).map(({ linkId }) => linkId)).toEqual([null, null]);
});

test('a page goes on where the last one ended and tells each payment once', async () => {
  const link = await world.addLink();
  const before = await endOfList();
  for (let i = 0; i < 5; i++) await payUnder(world, await world.createPayment({ link: link.code }));
  const first = await pageOf(2, before, 2);
  const second = await pageOf(2, first.at(-1)?.cursor ?? null, 2);
  const third = await pageOf(1, second.at(-1)?.cursor ?? null, 2);
  const cursors = [...first, ...second, ...third].map(({ cursor }) => cursor);
  expect(new Set(cursors).size).toBe(5);
});

test('what commits late is not skipped: nothing younger than an open transaction is told', async () => {
  const link = await world.addLink();
  const before = await endOfList();
  await world.sql.begin(async (slow) => {
    await slow`select pg_current_xact_id()`;
    await payUnder(world, await world.createPayment({ link: link.code }));
    expect(await page(before)).toEqual([]);
  });
  expect(await pageOf(1, before)).toHaveLength(1);
});

test('the database keeps the mark to payments that succeeded with a link', async () => {
  const payment = await world.createPayment({ link: null });
  const bad = world.sql`update payments set link_paid_xid = pg_current_xact_id() where id = ${payment.id}`;
  await expect(bad).rejects.toThrow('payments_link_paid');
});
