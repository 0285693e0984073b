import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import type { Fault, LegKind } from './pretend-bank.ts';
import { type MovesWorld, openMovesWorld, payeeOf } from './test-moves.ts';

let world: MovesWorld;
beforeAll(async () => {
  world = await openMovesWorld(await freshDatabase());
  return () => world.checkBooks();
});

/**
 * A process dies at each point between record, call and record. `before` the message does anything, or `after` the bank did it and before its
 * answer was written. What the second process makes of it.
 */
const POINTS: [string, Partial<Record<LegKind, Fault[]>>, string][] = [
  ['the debit is recorded and not sent', { debit: ['hangs_undone'] }, 'failed'],
  ['the debit is done and its reply not recorded', { debit: ['hangs_done'] }, 'failed'],
  ['the credit is recorded and not sent', { credit: ['hangs_undone'] }, 'succeeded'],
  ['the credit is done and its reply not recorded', { credit: ['hangs_done'] }, 'succeeded'],
  ['the reversal is recorded and not sent', { debit: ['request_lost'], reversal: ['hangs_undone'] }, 'failed'],
  ['the reversal is done and its reply not recorded', { debit: ['reply_lost'], reversal: ['hangs_done'] }, 'failed'],
  ['the reversal after a refused credit is not sent', { credit: ['refused'], reversal: ['hangs_undone'] }, 'failed'],
  ['the reversal after a refused credit is done', { credit: ['refused'], reversal: ['hangs_done'] }, 'failed'],
];

describe('a process dies when', () => {
  test.each(POINTS)('%s', async (_name, faults, state) => {
    const from = await world.payer('ICBC', 100_00n);
    const to = world.foreignCard('CMB', 0n);
    const first = await world.another();
    const hangingBefore = world.bank.hanging;
    for (const kind of ['debit', 'credit', 'reversal'] as const) world.bank.script(kind, ...(faults[kind] ?? []));
    const quote = await world.quote(from, payeeOf(to), 10_00n);
    const proof = await world.prove(from, quote);
    const [move] = await first.transfers.confirm(from.session, { quoteId: quote.id, proof, key: 'k' });
    await until(() => world.bank.hanging > hangingBefore);
    await first.die();

    const second = await world.another();
    second.transfers.startWork();
    const ended = await world.untilEnded(move?.id ?? 'tr_', second.transfers);
    expect(ended.state).toBe(state);
    const isDone = state === 'succeeded';
    expect([world.balance(from), world.balance(to)]).toEqual(isDone ? [90_00n, 10_00n] : [100_00n, 0n]);
    expect(await world.heldAndUsed(from)).toEqual({ held: 0n, used: isDone ? 10_00n : 0n });
    await world.checkBooks();
    await second.transfers.stop();
    await second.die();
  });

  test('a transfer is scheduled and its hour passes while nobody runs', async () => {
    const from = await world.payer('ICBC', 100_00n);
    const to = world.foreignCard('CMB', 0n);
    const first = await world.another();
    const move = await world.send(from, payeeOf(to), 10_00n, { arrival: 'ordinary' });
    expect(move).toMatchObject({ state: 'scheduled' });
    await first.die();
    world.clock.advanceMs(5 * 3_600_000);
    const second = await world.another();
    second.transfers.startWork();
    // The clock stands still meanwhile: were it moved on, the lease could be over before a new process has sent anything.
    expect(await second.transfers.settle(move.id, 60_000)).toMatchObject({ state: 'succeeded' });
    expect(world.balance(to)).toBe(10_00n);
    await second.transfers.stop();
    await second.die();
  });
});

describe('two processes', () => {
  test('that both find the same moves due send each message once or as the same message, and end all', async () => {
    const from = await world.payer('ICBC', 1_000_00n);
    const to = world.foreignCard('CMB', 0n);
    const moves = [];
    for (let n = 0; n < 20; n++) moves.push(await world.send(from, payeeOf(to), 1_00n, { arrival: 'ordinary' }));
    const [one, two] = [await world.another(), await world.another()];
    world.clock.advanceMs(3 * 3_600_000);
    one.transfers.startWork();
    two.transfers.startWork();
    for (const move of moves)
      expect(await world.untilEnded(move.id, one.transfers)).toMatchObject({ state: 'succeeded' });
    expect(world.balance(to)).toBe(20_00n);
    for (const each of [one, two]) {
      await each.transfers.stop();
      await each.die();
    }
  });

  test('a sender that sleeps through its lease and wakes sends nothing, and its late reply changes nothing', async () => {
    const from = await world.payer('ICBC', 100_00n);
    const to = world.foreignCard('CMB', 0n);
    // The first hangs in its debit, which the bank did; the second takes it back.
    world.bank.script('debit', 'hangs_done');
    const first = await world.another();
    const quote = await world.quote(from, payeeOf(to), 10_00n);
    const [move] = await first.transfers.confirm(from.session, {
      quoteId: quote.id,
      proof: await world.prove(from, quote),
      key: 'z',
    });
    const second = await world.another();
    second.transfers.startWork();
    expect(await world.untilEnded(move?.id ?? 'tr_', second.transfers)).toMatchObject({
      state: 'failed',
      failure: 'bank_silent',
    });
    expect([world.balance(from), world.balance(to)]).toEqual([100_00n, 0n]);
    await second.transfers.stop();
    await second.die();
    await first.die();
  });
});

describe('schedule and cancel', () => {
  test('at the same moment: one of them wins, fifty times', async () => {
    const from = await world.payer('ICBC', 1_000_00n);
    const to = world.foreignCard('CMB', 0n);
    const other = await world.another();
    other.transfers.startWork();
    const outcomes: string[] = [];
    for (let round = 0; round < 50; round++) {
      const move = await world.send(from, payeeOf(to), 1_00n, { arrival: 'ordinary' });
      const before = world.balance(to);
      world.clock.advanceMs(2 * 3_600_000);
      await new Promise((resolve) => setTimeout(resolve, (round % 10) * 2));
      const canceled = await world.transfers.cancel(from.session, move.id).then(
        ({ state }) => state,
        (error: { code: string }) => error.code,
      );
      const ended = await world.untilEnded(move.id, other.transfers);
      expect(ended.state).toBe(canceled === 'canceled' ? 'canceled' : 'succeeded');
      expect(world.balance(to) - before).toBe(canceled === 'canceled' ? 0n : 1_00n);
      outcomes.push(ended.state);
    }
    expect(await world.heldAndUsed(from)).toMatchObject({ held: 0n });
    expect(new Set(outcomes).size).toBeGreaterThanOrEqual(1);
    await other.transfers.stop();
    await other.die();
  });

  test('a canceled one gives its limit back, a stranger cannot cancel it, and twice is told', async () => {
    const [from, stranger] = [await world.payer('ICBC', 100_00n), await world.payer('ICBC', 0n)];
    const move = await world.send(from, payeeOf(world.foreignCard('CMB', 0n)), 10_00n, { arrival: 'next_day' });
    expect(move.dueAt?.toISOString()).toMatch(/T16:00:00.000Z$/);
    expect(await world.heldAndUsed(from)).toMatchObject({ held: 10_00n });
    const cancel = (session: typeof from.session, id: string) =>
      world.transfers.cancel(session, id).then(
        ({ state }) => state,
        (error: { code: string }) => error.code,
      );
    expect(await cancel(stranger.session, move.id)).toBe('not_found');
    expect(await cancel(from.session, 'tr_nonsense')).toBe('not_found');
    expect(await cancel(from.session, move.id)).toBe('canceled');
    expect(await world.heldAndUsed(from)).toEqual({ held: 0n, used: 0n });
    expect(await cancel(from.session, move.id)).toBe('transfer_not_cancelable');
  });

  test('a card is in use until its moves have ended', async () => {
    const from = await world.payer('ICBC', 100_00n);
    const used = () => world.sql.begin((tx) => world.transfers.isInUse(tx, 1, from.card.id));
    expect(await used()).toBe(false);
    const move = await world.send(from, payeeOf(world.foreignCard('CMB', 0n)), 10_00n, { arrival: 'next_day' });
    expect(await used()).toBe(true);
    await world.transfers.cancel(from.session, move.id);
    expect(await used()).toBe(false);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}
