import { beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { BOOK, type MovesWorld, openMovesWorld, payeeOf } from './test-moves.ts';
import type { LegRecord } from './transfers.ts';

let world: MovesWorld;
beforeAll(async () => {
  world = await openMovesWorld(await freshDatabase());
  world.transfers.startWork();
  return async () => {
    await world.transfers.stop();
    await world.checkBooks();
  };
});

const TODAY = '2026-11-23';

async function legsOf(day: string, itemsMax = 100): Promise<LegRecord[]> {
  const all: LegRecord[] = [];
  for (let after: string | null = null; ; ) {
    const page = await world.transfers.legsOfDay(BOOK, day, after, itemsMax);
    all.push(...page.legs);
    if (page.next === null) return all;
    after = page.next;
  }
}

const statesOf = (legs: readonly LegRecord[], moveId: string) =>
  legs.filter((leg) => leg.moveId === moveId).map(({ side, state }) => `${side} ${state}`);

test('clearing is told the legs of a day by the switch’s word, and those that are open on every later day until they are known', async () => {
  const from = await world.payer('ICBC', 100_00n);
  const to = world.foreignCard('CMB', 0n);
  const done = await world.untilEnded((await world.send(from, payeeOf(to), 1_00n)).id);
  world.bank.script('debit', 'reply_lost');
  const back = await world.untilEnded((await world.send(from, payeeOf(to), 2_00n)).id);
  const lost = world.bank.fault;
  world.bank.fault = (kind) => (kind === 'credit' ? 'request_lost' : 'none');
  const open = await world.send(from, payeeOf(to), 3_00n);
  for (let n = 0; n < 50 && (await world.move(open.id)).state !== 'crediting'; n++)
    await world.transfers.settle(open.id, 20);

  const today = await legsOf(TODAY, 1);
  expect(statesOf(today, done.id)).toEqual(['credit approved', 'debit approved']);
  expect(statesOf(today, back.id)).toEqual([]);
  expect(statesOf(today, open.id)[0]).toMatch(/^credit (sent|unknown)$/);
  expect(statesOf(await legsOf('2026-11-25'), open.id)[0]).toMatch(/^credit (sent|unknown)$/);
  expect(statesOf(await legsOf('2026-11-22'), open.id)).toEqual([]);

  // By second and number, without a year.
  const [leg] = today.filter(({ moveId }) => moveId === done.id);
  const beijing = new Date((leg?.transmittedAt.getTime() ?? 0) + 8 * 3_600_000).toISOString();
  const stamp = { transmittedAt: beijing.slice(5, 19).replaceAll(/\D/g, ''), stan: leg?.stan ?? '' };
  const found = await world.transfers.findLegs(BOOK, TODAY, [stamp, { transmittedAt: '9999999999', stan: '1' }]);
  expect(found.map(({ moveId }) => moveId)).toEqual([done.id]);

  // A file that proves nothing yet changes nothing; one that does sends the money back; a second time changes nothing.
  world.bank.fault = lost;
  const learn = (isDone: boolean, settlementDay: string) =>
    world.transfers.learn(BOOK, [{ moveId: open.id, side: 'credit', isDone, settlementDay }]);
  await learn(false, TODAY);
  expect((await world.move(open.id)).state).toBe('crediting');
  await learn(false, '2026-12-05');
  expect(await world.untilEnded(open.id)).toMatchObject({ state: 'failed', failure: 'not_done' });
  await learn(true, '2026-12-05');
  expect((await world.move(open.id)).state).toBe('failed');
  expect([world.balance(from), world.balance(to)]).toEqual([99_00n, 1_00n]);
  const [alert] = await world.sql<{ kind: string }[]>`select kind from alerts where subject_id = ${open.id}`;
  expect(alert?.kind).toBe('outcome_contradicts');
});
