import { describe, expect, test } from 'vitest';
import { planStatements } from './plan-statements.ts';
import { succeeded } from './pretend-wallet.ts';
import { sendRefunds } from './test-reads.ts';
import { BOOK, openTestWorld, type TestWorld } from './test-world.ts';

describe('the days to settle', () => {
  test('are all that have ended since the account was registered, each once', async () => {
    const world = await openTestWorld();
    expect(await plan(world), 'the first day is still running').toBe(0);
    world.goTo('2026-11-13T15:59:59Z');
    expect(await plan(world)).toBe(2);
    expect(await plan(world)).toBe(0);
    world.goTo('2026-11-13T16:00:00Z'); // midnight in Shanghai
    expect(await plan(world)).toBe(1);
    expect(await days(world)).toEqual(['2026-11-11', '2026-11-12', '2026-11-13']);
    expect((await world.statementOf('2026-11-13')).dueAt, 'ten hours after its end').toEqual(
      new Date('2026-11-14T02:00:00Z'),
    );
  });

  test('go back a month at most', async () => {
    const world = await openTestWorld();
    world.goTo('2027-03-01T02:00:00Z');
    expect(await plan(world)).toBe(30);
    expect((await days(world))[0]).toBe('2027-01-30');
  });

  test('of an account that is switched off are not made where nothing happened', async () => {
    const world = await openTestWorld();
    world.goTo('2026-11-13T02:00:00Z');
    await world.sql`update wallet_accounts set enabled = false`;
    expect(await plan(world)).toBe(0);
  });

  test('of an account that is switched off are those with payments and refunds, and the day after each', async () => {
    const world = await openTestWorld();
    const paid = await world.paid(100n);
    world.goTo('2026-11-14T15:59:00Z'); // the 14th in Shanghai, for a minute more
    await world.sql`update wallet_accounts set enabled = false`;
    const refund = await world.refund(paid, 1n);
    world.pretend.answers.set(refund, succeeded(1n, 'R1'));
    await sendRefunds(world);
    expect(await world.outcomeOf(refund, 'refund')).toBe('succeeded');
    world.goTo('2026-11-20T02:00:00Z');
    expect(await plan(world)).toBe(4);
    expect(await days(world)).toEqual(['2026-11-11', '2026-11-12', '2026-11-14', '2026-11-15']);
    expect(await plan(world)).toBe(0);
  });

  test('of an account that is switched off are made when its late money comes', async () => {
    const world = await openTestWorld();
    const pending = await world.attempt(100n, null);
    world.goTo('2026-11-20T02:00:00Z');
    await world.sql`update wallet_accounts set enabled = false`;
    await world.sql`update attempts set created_at = '2026-11-18T02:00:00Z'`; // as if it hung since then
    expect(await plan(world)).toBe(2);
    await world.sql`
      update attempts
      set outcome = 'succeeded', settled = 'surplus', paid_minor = amount_minor, occurred_at = '2026-11-15T15:30:00Z'
      where order_no = ${pending}`;
    expect(await plan(world)).toBe(2);
    expect(await days(world)).toEqual(['2026-11-15', '2026-11-16', '2026-11-18', '2026-11-19']);
  });

  test('are remembered, so that a look costs nothing', async () => {
    const world = await openTestWorld();
    const planned = new Map<string, string>();
    world.goTo('2026-11-12T02:00:00Z');
    expect(await planStatements(world.deps, BOOK, planned)).toBe(1);
    expect(planned).toEqual(new Map([[world.walletAccountId, '2026-11-11']]));
    expect(await planStatements(world.deps, BOOK, planned)).toBe(0);
  });
});

async function plan(world: TestWorld): Promise<number> {
  return await planStatements(world.deps, BOOK, new Map());
}

async function days(world: TestWorld): Promise<string[]> {
  return (await world.sql<{ day: string }[]>`select day::text from statements order by day`).map(({ day }) => day);
}
