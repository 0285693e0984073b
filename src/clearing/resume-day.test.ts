import { expect, test } from 'vitest';
import { newId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { addDays } from '../base/shanghai.ts';
import { Crash, breakingSql } from '../settlement/test-breaking-sql.ts';
import { endOfSettlementDay } from '../transfers/settlement-day.ts';
import { advanceDay } from './advance-day.ts';
import { claimDueDay } from './clearing-day-store.ts';
import { planDays } from './plan-days.ts';
import {
  askClearingDayAgain,
  listClearingBreaks,
  listClearingDays,
  showClearingBreak,
  showClearingDay,
} from './read-clearing.ts';
import { resolveClearingBreak } from './resolve-clearing-break.ts';
import { startClearing } from './start-clearing.ts';
import { BOOK, type ClearingWorld, openClearingWorld } from './test-clearing.ts';

const D = '2026-11-23';
const AFTER_D = '2026-11-23T15:06:00Z';

const lease = (world: ClearingWorld): Date => new Date(world.clock.now().getTime() + 900_000);

test('a process that dies at any step is followed by one that ends the day, and nothing is done twice', async () => {
  const world = await openClearingWorld();
  let day = D;
  for (let at = 1; ; at += 1) {
    world.goTo(new Date(endOfSettlementDay(day).getTime() - 3_600_000).toISOString());
    const learned = world.learned.length;
    const known = await world.leg();
    const unknown = await world.leg({ state: 'unknown', settlementDay: null, side: 'credit' });
    await world.leg();
    const reversal = world.row(known, { messageType: '0420', stan: '999999' });
    world.file(day, [world.row(known), world.row(unknown), reversal]);
    world.clock.advanceMs(3_600_000 + 301_000);
    const died = await world.work({ ...world.deps, sql: breakingSql(world.sql, at).sql }).then(
      () => false,
      (error: unknown) => {
        if (!(error instanceof Crash)) throw error;
        return true;
      },
    );
    world.clock.advanceMs(901_000); // the lease is over
    await world.work();
    const { day: shown, sums } = await showClearingDay(world.sql, BOOK, day);
    expect(shown, `died at step ${at}`).toMatchObject({ state: 'compared', rowsCount: 3, matchedCount: 2 });
    expect(await world.told(day), `died at step ${at}`).toMatchObject([
      'ours_only not_in_file',
      'status_differs reversal_unknown_here',
      expect.stringContaining('-12345 12345 12345 -24690'),
    ]);
    expect(sums).toHaveLength(1);
    expect(world.learned.slice(learned), `died at step ${at}`).toHaveLength(1);
    if (!died) break;
    day = addDays(day, 1);
  }
  expect(day > addDays(D, 12), 'there were many steps to die at').toBe(true);
});

test('a process that comes back after another took over changes nothing', async () => {
  const world = await openClearingWorld();
  world.file(D, [world.row(await world.leg())]);
  world.goTo(AFTER_D);
  const [sleeper] = await claimDueDay(world.sql, BOOK, world.clock.now(), lease(world));
  expect(await claimDueDay(world.sql, BOOK, world.clock.now(), lease(world))).toEqual([]);
  world.clock.advanceMs(901_000);
  const [other] = await claimDueDay(world.sql, BOOK, world.clock.now(), lease(world));
  if (sleeper === undefined || other === undefined) throw new Error('both have had it');
  await advanceDay(world.deps, other);
  const ended = await showClearingDay(world.sql, BOOK, D);
  expect(ended.day.state).toBe('compared');
  await advanceDay(world.deps, sleeper);
  expect(await showClearingDay(world.sql, BOOK, D)).toEqual(ended);
});

test('ten thousand legs and rows of a day are compared piece by piece, in any order', async () => {
  const world = await openClearingWorld();
  const first = await world.leg({ isBooked: false });
  const many = Array.from({ length: 9_999 }, (_, n) => ({
    ...first,
    moveId: newId('tr', world.deps, BOOK),
    stan: String(n + 2).padStart(6, '0'),
    rrn: String(n + 2).padStart(12, '0'),
  }));
  world.legs.push(...many);
  for (const leg of world.legs.slice(0, 10)) await world.book(leg, 'debit', D);
  world.file(D, world.legs.map((leg) => world.row(leg)).reverse());
  world.goTo(AFTER_D);
  await world.work();
  const { day, sums } = await showClearingDay(world.sql, BOOK, D);
  expect(day).toMatchObject({ state: 'compared', rowsCount: 10_000, matchedCount: 10_000, breaks: { open: 9990 } });
  expect(sums).toMatchObject([{ fileMinor: 123_450_000n, legsMinor: 123_450_000n, ledgerMinor: 123_450n }]);
});

test('the file is asked for when the day is over, again while it is not ready, and days follow each other', async () => {
  const world = await openClearingWorld();
  world.goTo('2026-11-23T15:04:59Z');
  await planDays(world.deps, BOOK);
  expect(await claimDueDay(world.sql, BOOK, world.clock.now(), lease(world))).toEqual([]);
  world.goTo('2026-11-23T15:05:00Z');
  await world.work();
  expect((await showClearingDay(world.sql, BOOK, D)).day).toMatchObject({
    state: 'waiting',
    reason: 'the switch does not have the file yet',
    dueAt: new Date('2026-11-23T15:15:00Z'),
  });
  world.files.set(D, { kind: 'unknown', why: 'answered 502' });
  world.goTo('2026-11-26T15:30:00Z');
  await world.work();
  const { days } = await listClearingDays(world.sql, { book: BOOK, before: null, itemsMax: 10 });
  expect(days.map((one) => [one.day, one.state, one.reason])).toEqual([
    ['2026-11-27', 'waiting', null],
    ['2026-11-26', 'waiting', null],
    ['2026-11-25', 'waiting', null],
    ['2026-11-24', 'waiting', null],
    [D, 'waiting', 'answered 502'],
  ]);
  for (const day of [D, '2026-11-24', '2026-11-25', '2026-11-26']) world.file(day, []);
  const clearing = startClearing(world.deps, { book: BOOK, idleMs: 20 });
  world.clock.advanceMs(700_000);
  clearing.kick();
  await expect.poll(async () => (await showClearingDay(world.sql, BOOK, '2026-11-26')).day.state).toBe('compared');
  await clearing.stop();
});

test('a file that never comes is given up and asked for again by an operator', async () => {
  const world = await openClearingWorld();
  world.goTo(AFTER_D);
  await world.sql`update clearing_days set tries_count = 1000 where day = ${D}`;
  await world.work();
  expect((await showClearingDay(world.sql, BOOK, D)).day).toMatchObject({ state: 'unavailable', dueAt: null });
  world.file(D, []);
  await askClearingDayAgain(world.deps, BOOK, D);
  await world.work();
  expect((await showClearingDay(world.sql, BOOK, D)).day.state).toBe('compared');
  for (const day of [D, '2026-11-31', '2020-01-01', "x'; drop table moves"])
    await expect(askClearingDayAgain(world.deps, BOOK, day)).rejects.toMatchObject({ code: 'not_found' });
});

test('a person closes a break once, with a reason; pages of breaks follow each other', async () => {
  const world = await openClearingWorld();
  await world.leg();
  await world.leg();
  world.file(D, []);
  world.goTo(AFTER_D);
  await world.work();
  const page = await listClearingBreaks(world.sql, { book: BOOK, day: null, state: 'open', after: null, itemsMax: 1 });
  const rest = await listClearingBreaks(world.sql, {
    book: BOOK,
    day: D,
    state: 'open',
    after: page.next,
    itemsMax: 1,
  });
  expect([page.breaks.length, rest.breaks.length, rest.next]).toEqual([1, 1, null]);
  const [one] = page.breaks;
  if (one === undefined) throw new Error('there is one');
  const close = (note: string, id: string = one.id) => resolveClearingBreak(world.deps, { id, note, by: 'li' });
  for (const note of ['', '  ', 'x'.repeat(501), 'a\nb']) await expect(close(note)).rejects.toBeInstanceOf(Refusal);
  await expect(close('why', 'cbk_00000000000000000000000000')).rejects.toMatchObject({ code: 'not_found' });
  expect(await close(' the bank sent it by letter ')).toMatchObject({
    state: 'resolved',
    resolution: 'closed_by_operator',
    note: 'the bank sent it by letter',
    resolvedBy: 'li',
  });
  await expect(close('again')).rejects.toMatchObject({ code: 'break_resolved' });
  expect((await showClearingBreak(world.sql, one.id)).explanation.zh).toContain(
    '已人工了结：the bank sent it by letter',
  );
  await expect(showClearingBreak(world.sql, 'cbk_x')).rejects.toMatchObject({ code: 'not_found' });
  await expect(world.sql`update clearing_breaks set note = 'x' where id = ${one.id}`).rejects.toThrow('never changes');
});

test('what a file said cannot be changed in the table', async () => {
  const world = await openClearingWorld();
  world.file(D, [world.row(await world.leg())]);
  world.goTo(AFTER_D);
  await world.work();
  await expect(world.sql`update clearing_rows set amount_minor = 1`).rejects.toThrow('never changes');
});

test('a dump of the tables of clearing has no whole number of a card', async () => {
  const world = await openClearingWorld();
  const leg = await world.leg();
  world.file(D, [world.row(leg, { minor: 1n }), world.row(leg)]);
  world.goTo(AFTER_D);
  await world.work();
  const rows = await world.sql`
    select to_jsonb(r)::text as text from clearing_rows r
    union all select to_jsonb(b)::text from clearing_breaks b`;
  expect(rows.length).toBeGreaterThan(2);
  expect(JSON.stringify(rows)).not.toContain(world.row(leg).card.reveal());
});
