import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { type MovesWorld, openMovesWorld, payeeOf } from './test-moves.ts';

let world: MovesWorld;

beforeAll(async () => {
  world = await openMovesWorld(await freshDatabase());
});
afterAll(async () => {
  await world.transfers.stop();
});

test('the card of somebody who was never paid is not kept: a day later it is gone with its quotes, one that was paid stays', async () => {
  const { sql, clock, transfers } = world;
  const from = await world.payer('ICBC', 500_00n);
  const [paid, named] = [world.foreignCard('ABC', 0n), world.foreignCard('CMB', 0n)];
  await world.untilEnded((await world.send(from, payeeOf(paid), 5_00n)).id);
  await world.quote(from, payeeOf(named), 1_00n);
  const count = async () => (await sql<{ id: string }[]>`select id from payees`).length;
  expect(await count()).toBe(2);
  await transfers.sweep();
  expect(await count()).toBe(2);
  clock.advanceMs(25 * 3_600_000);
  // Named again a moment ago: its quote still needs it.
  await world.quote(from, payeeOf(named), 2_00n);
  await transfers.sweep();
  expect(await count()).toBe(2);
  clock.advanceMs(25 * 3_600_000);
  expect(await transfers.sweep()).toBe(2); // a quote and a payee
  expect(await count()).toBe(1);
  expect(await transfers.knownPayees(from.session)).toHaveLength(1);
});
