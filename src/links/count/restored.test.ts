import { beforeEach, expect, test } from 'vitest';
import { linkedPayments } from '../pay/linked-payments.ts';
import { openTestLinks, payUnder, type TestLinks } from '../pay/test-links.ts';
import { countConversions, resumeConversions } from './count-conversions.ts';
import { readPaidCount } from './read-paid-count.ts';

/* A database that was restored from a dump: what it says of transactions are numbers of another server. */

let world: TestLinks;
let link: { id: string; code: string };
beforeEach(async () => {
  world = await openTestLinks();
  link = await world.addLink();
});

/** Numbers of transactions that this server will not reach within the test. */
const FAR = 900_000_000_000n;

const depsOf = () => ({ sql: world.sql, clock: world.clock, book: world.book, payments: linkedPayments });
async function pay(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await payUnder(world, await world.createPayment({ link: link.code }));
}
/** Counts until so many are counted in all; transactions of the whole server are waited for, those of other databases as well. */
async function countUntil(count: number): Promise<void> {
  while ((await counted()) < count) {
    await countConversions(depsOf());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
async function counted(): Promise<number> {
  return await readPaidCount(world.sql, world.book, link.id);
}
/** As after a dump and a restore: every number that was written is that of another server. */
async function moveToAnotherServer(by = FAR): Promise<void> {
  await world.sql`
    update payments
    set link_paid_xid = (link_paid_xid::text::numeric + ${by}::bigint)::text::xid8
    where link_paid_xid is not null`;
  await world.sql`
    update link_paid_cursors
    set cursor = (split_part(cursor, ' ', 1)::numeric + ${by}::bigint)::text || ' ' || split_part(cursor, ' ', 2)`;
}
/** The server has come to where the other one was. */
async function catchUp(): Promise<void> {
  await world.sql`
    update payments
    set link_paid_xid = (link_paid_xid::text::numeric - ${FAR}::bigint)::text::xid8
    where link_paid_xid::text::numeric >= ${FAR}::bigint`;
}

test('payments are counted on in a restored database, and none a second time', async () => {
  await pay(3);
  await countUntil(3);
  await moveToAnotherServer();
  await resumeConversions(depsOf());
  await pay(2);
  await countUntil(5);
  await catchUp();
  for (let i = 0; i < 5; i++) await countConversions(depsOf());
  expect(await counted()).toBe(5);
});

test('what was paid before the dump and not counted in it is counted once', async () => {
  await pay(2);
  await countUntil(2);
  await pay(3);
  await moveToAnotherServer();
  await resumeConversions(depsOf());
  expect(await counted()).toBe(5);
  await pay(1);
  await countUntil(6);
  await catchUp();
  for (let i = 0; i < 5; i++) await countConversions(depsOf());
  expect(await counted()).toBe(6);
});

test('several nodes that start on it begin anew once, and all of them wait for that', async () => {
  await pay(2);
  await countUntil(2);
  await pay(2);
  await moveToAnotherServer();
  await Promise.all([depsOf(), depsOf(), depsOf()].map((deps) => resumeConversions(deps)));
  expect(await counted()).toBe(4);
  await pay(1);
  await countUntil(5);
});

test('a payment that was counted is changed later, and stays counted once', async () => {
  await pay(1);
  await countUntil(1);
  await moveToAnotherServer();
  await resumeConversions(depsOf());
  await world.sql`update payments set version = version + 1 where link_paid_xid is not null`;
  const [paid] = await world.sql<{ id: string }[]>`select id from payments where link_code = ${link.code}`;
  const payment = paid === undefined ? null : await world.cashier.readPayment(world.book, paid.id);
  if (payment === null) throw new Error('a payment');
  // As whenever something more is learned about it.
  await world.cashier.change({
    book: world.book,
    of: { paymentId: payment.id },
    merchantId: null,
    withRefunds: false,
    refundNo: null,
    key: null,
    decide(folder) {
      folder.payment.version += 1;
      return null;
    },
  });
  await pay(1);
  await countUntil(2);
  for (let i = 0; i < 5; i++) await countConversions(depsOf());
  expect(await counted()).toBe(2);
});

test('a database where it always was is left alone', async () => {
  await pay(2);
  await countUntil(2);
  const marks = async () => await world.sql`select id, link_paid_xid::text from payments order by id`;
  const before = await marks();
  await resumeConversions(depsOf());
  expect(await marks()).toEqual(before);
  await pay(1);
  await countUntil(3);
  expect(await counted()).toBe(3);
});
