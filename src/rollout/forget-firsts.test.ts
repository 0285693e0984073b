import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROLLOUT_CLOSED_SECONDS, ROLLOUT_FIRSTS_PER_TURN_MAX } from '../base/link-limits.ts';
import { migrationsDir } from '../db/migrate.ts';
import { listCompared } from './count-store.ts';
import { endsOf, forgetDue } from './forget-firsts.ts';
import type { Rollout, RolloutState } from './rollout.ts';
import type { Metric } from './rollouts.ts';
import { testPlan } from './test-plans.ts';
import { BOOK, openRolloutsWorld } from './test-world.ts';

const LATE_DAYS = 3;
const world = await openRolloutsWorld();
const { sql, clock } = world;

const goDays = (days: number) => clock.advanceMs(days * 86_400_000);

/** A rollout that runs; each has a flag of its own, so that none is in another's way. */
async function startOne(key: string): Promise<string> {
  const id = await world.create({ ...testPlan({ late_days: LATE_DAYS }), key, wallet: null });
  await world.act(id, 'start');
  return id;
}

/** What happened to payments of buyers, `<buyer> <payment>` each; `since`: as their decisions have kept it. */
async function see(id: string, metric: Metric, payments: readonly string[], since = 1): Promise<void> {
  const observations = payments.map((one) => {
    const [targetingKey = '', paymentId = ''] = one.split(' ');
    const payer = targetingKey === 'nobody' ? null : { targetingKey, paymentId };
    return { rolloutId: id, version: since, step: 0, arm: 'treatment' as const, metric, since, entered: 0, payer }; // an arm
  });
  await sql.begin((tx) => world.rollouts.observe(tx, BOOK, observations));
}

async function firstsOf(id: string): Promise<{ since: number; count: number }[]> {
  return await sql<{ since: number; count: number }[]>`
    select since, count(*)::int as count
    from rollout_firsts
    where rollout_id = ${id}
    group by since
    order by since`;
}

async function comparedOf(id: string): Promise<Record<string, number>> {
  const rows = await listCompared(sql, BOOK, id, 1);
  return Object.fromEntries(rows.map(({ version, metric, count }) => [`${version} ${metric}`, count]));
}

/** Turn for turn, until nothing is due, also a while later. Answers the most rows that went in one turn. */
async function forgetAll(): Promise<number> {
  let mostCount = 0;
  for (let quiet = 0; quiet < 2; ) {
    const before = await countFirsts();
    const count = await forgetDue({ sql, clock });
    mostCount = Math.max(mostCount, before - (await countFirsts()));
    quiet = count === 0 ? quiet + 1 : 0;
    if (count === 0) clock.advanceMs(ROLLOUT_CLOSED_SECONDS * 1000);
  }
  return mostCount;
}

async function countFirsts(): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from rollout_firsts`;
  return row?.count ?? 0;
}

test.each<['rolled back' | 'retired', 'roll_back' | 'retire']>([
  ['rolled back', 'roll_back'],
  ['retired', 'retire'],
])('one that was %s forgets when what comes late has come, and what was compared stays as it is', async (_, action) => {
  const id = await startOne(`flag.${action}`);
  await see(id, 'begun', ['anna pay_1', 'anna pay_2', 'bert pay_3', 'nobody pay_4']);
  if (action === 'retire') await world.act(id, 'complete');
  await world.act(id, action);
  goDays(LATE_DAYS - 1);
  await forgetAll();
  await see(id, 'refunded', ['anna pay_1', 'anna pay_2']); // in time: only the first counts
  const compared = { '1 begun': 3, '1 refunded': 1 };
  expect([await firstsOf(id), await comparedOf(id)]).toEqual([[{ since: 1, count: 2 }], compared]);
  goDays(1);
  await forgetAll();
  expect(await firstsOf(id)).toEqual([]);
  // Nobody knows any more which payment was the first: neither is compared, and nothing is noted again.
  await see(id, 'complained', ['anna pay_1', 'anna pay_2', 'nobody pay_4']);
  await see(id, 'begun', ['anna pay_5', 'carl pay_6', 'nobody pay_7']);
  expect([await firstsOf(id), await comparedOf(id)]).toEqual([[], compared]);
  const days = (await world.report(id)).days.filter(({ metric }) => metric === 'complained');
  expect(days, 'what happened is counted all the same').toMatchObject([{ count: 3 }]);
});

test('what is still compared is kept: of one that goes on, that waits to be resumed, or that is complete', async () => {
  const ids = await Promise.all(['runs', 'halted', 'complete'].map((key) => startOne(`flag.${key}`)));
  const [runs = '', halted = '', complete = ''] = ids;
  for (const id of ids) await see(id, 'begun', ['anna pay_1']);
  await world.act(halted, 'halt');
  await world.act(complete, 'complete');
  goDays(400);
  await forgetAll();
  for (const id of [runs, halted, complete]) expect(await firstsOf(id), id).toEqual([{ since: 1, count: 1 }]);
});

test('one that begins anew forgets what it was judged by before, and keeps what it is judged by now', async () => {
  const id = await startOne('flag.anew');
  await see(id, 'begun', ['anna pay_1']);
  await world.act(id, 'halt');
  await world.act(id, 'resume');
  await see(id, 'begun', ['anna pay_2'], 2);
  goDays(LATE_DAYS);
  await forgetAll();
  expect(await firstsOf(id)).toEqual([{ since: 2, count: 1 }]);
  await see(id, 'first_failed', ['anna pay_2', 'anna pay_3'], 2);
  expect(await comparedOf(id)).toEqual({ '1 begun': 1, '2 begun': 1, '2 first_failed': 1 });
  await world.act(id, 'roll_back');
  await world.act(id, 'start'); // what ended with the roll-back does not begin again
  goDays(LATE_DAYS);
  await forgetAll();
  expect(await firstsOf(id)).toEqual([]);
});

test('so many go in one turn and no more, on however many nodes', async () => {
  const id = await startOne('flag.many');
  const count = ROLLOUT_FIRSTS_PER_TURN_MAX * 2 + 1;
  await sql`
    insert into rollout_firsts (book, rollout_id, since, buyer, payment_id)
    select ${BOOK}, ${id}, 1, gen_random_uuid(), 'pay_1'
    from generate_series(1, ${count}::int)`;
  await world.act(id, 'roll_back');
  goDays(LATE_DAYS);
  await Promise.all([forgetDue({ sql, clock }), forgetDue({ sql, clock })]);
  expect(await firstsOf(id), 'closed first, removed later').toMatchObject([{ count }]);
  expect(await forgetAll()).toBe(ROLLOUT_FIRSTS_PER_TURN_MAX);
  expect(await firstsOf(id)).toEqual([]);
  expect(await forgetDue({ sql, clock })).toBe(0);
});

test('a node that works does it by itself', async () => {
  const id = await startOne('flag.loop');
  await see(id, 'begun', ['anna pay_1']);
  await world.act(id, 'roll_back');
  goDays(LATE_DAYS);
  const node = await world.node();
  node.startWork();
  const closed = () => sql`select 1 from rollout_ends where rollout_id = ${id} and closed_at is not null`;
  await expect.poll(async () => (await closed()).length).toBe(1);
  clock.advanceMs(ROLLOUT_CLOSED_SECONDS * 1000);
  await expect.poll(() => firstsOf(id)).toEqual([]);
  await node.stop();
});

test.each<[string, Partial<Rollout>, Partial<Rollout>, number | null]>([
  ['a draft that is retired', { state: 'draft', startedAt: null }, { state: 'retired' }, null],
  ['a draft that is changed', { state: 'draft', startedAt: null }, { judgedFrom: 2 }, null],
  ['a halt', {}, { state: 'halted' }, null],
  ['a completed one', {}, { state: 'completed' }, null],
  ['a jump back from the end', { state: 'completed' }, { state: 'running', version: 2 }, null],
  ['a roll-back', {}, { state: 'rolled_back' }, 1],
  ['a start after that', { state: 'rolled_back' }, { state: 'running', version: 2, judgedFrom: 2 }, 1],
  ['a retirement', { state: 'completed' }, { state: 'retired' }, 1],
])('%s ends what it should', (_, ofBefore, ofAfter, since) => {
  const state: RolloutState = 'running';
  const before: Rollout = {
    book: BOOK,
    id: 'rol_1',
    plan: testPlan({ late_days: LATE_DAYS }),
    dealtAs: 'k',
    version: 1,
    state,
    step: 0,
    stepSince: clock.now(),
    judgedFrom: 1,
    startedAt: clock.now(),
    completedAt: null,
    createdAt: clock.now(),
    ...ofBefore,
  };
  const ends = endsOf(before, { ...before, ...ofAfter }, clock.now());
  expect(ends.map((end) => end.since)).toEqual(since === null ? [] : [since]);
});

test('what had ended before ends were written down is forgotten as well', async () => {
  const [ended, anew, runs] = [
    await startOne('flag.old'),
    await startOne('flag.old-anew'),
    await startOne('flag.old-runs'),
  ];
  for (const id of [ended, anew, runs]) await see(id, 'begun', ['anna pay_1']);
  await world.act(ended, 'roll_back');
  await world.act(anew, 'halt');
  await world.act(anew, 'resume');
  await see(anew, 'begun', ['anna pay_2'], 2);
  await sql`delete from rollout_ends`;
  const migration = await readFile(join(migrationsDir, '0030_late_reports.sql'), 'utf8');
  await sql.unsafe(migration.slice(migration.indexOf('insert into rollout_ends')));
  goDays(LATE_DAYS - 1);
  await forgetAll();
  expect(await firstsOf(ended)).toEqual([{ since: 1, count: 1 }]);
  goDays(1);
  await forgetAll();
  expect([await firstsOf(ended), await firstsOf(anew), await firstsOf(runs)]).toEqual([
    [],
    [{ since: 2, count: 1 }],
    [{ since: 1, count: 1 }],
  ]);
});
