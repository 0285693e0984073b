import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ClearedRow } from '../bank/rail.ts';
import { CardNumber } from '../base/card-number.ts';
import type { LegRecord } from '../transfers/transfers.ts';
import { showClearingDay } from './read-clearing.ts';
import { BOOK, CMB, type ClearingWorld, ICBC, openClearingWorld } from './test-clearing.ts';

const D = '2026-11-23';
const NEXT = '2026-11-24';
const AFTER_D = '2026-11-23T15:06:00Z';
const AFTER_NEXT = '2026-11-24T15:06:00Z';

let world: ClearingWorld;
beforeEach(async () => {
  world = await openClearingWorld();
});
afterEach(() => world.close());

/** The file of the first day, then of the next with nothing in it but `next`. */
async function clear(rows: readonly ClearedRow[], next: readonly ClearedRow[] = []): Promise<void> {
  world.file(D, rows);
  world.goTo(AFTER_D);
  await world.work();
  world.file(NEXT, next);
  world.goTo(AFTER_NEXT);
  await world.work();
}

describe('a day that agrees', () => {
  test('leaves counts and sums and nothing else: file, legs and ledger come to the same for each issuer', async () => {
    const legs = [
      await world.leg({ minor: 10_000n }),
      await world.leg({ minor: 10_000n, side: 'credit', issuer: CMB, last4: '9999' }),
      await world.leg({ minor: 500n, state: 'reversing' }),
    ];
    await clear(legs.map((leg) => world.row(leg)));
    const { day, sums } = await showClearingDay(world.sql, BOOK, D);
    expect(day).toMatchObject({ state: 'compared', rowsCount: 3, matchedCount: 3, breaks: { open: 0, resolved: 0 } });
    expect(sums).toEqual([
      {
        issuer: ICBC,
        rowsCount: 2,
        legsCount: 2,
        fileMinor: 10_500n,
        legsMinor: 10_500n,
        ledgerMinor: 10_500n,
        effectsMinor: 0n,
      },
      {
        issuer: CMB,
        rowsCount: 1,
        legsCount: 1,
        fileMinor: -10_000n,
        legsMinor: -10_000n,
        ledgerMinor: -10_000n,
        effectsMinor: 0n,
      },
    ]);
  });

  test('what was taken and given back on one day stands in no file', async () => {
    const leg = await world.leg({ state: 'reversed' });
    await world.book(leg, 'reversal', D);
    await clear([]);
    expect(await world.told(D)).toEqual([]);
    expect((await showClearingDay(world.sql, BOOK, D)).sums).toMatchObject([
      { legsCount: 1, fileMinor: 0n, legsMinor: 0n, ledgerMinor: 0n },
    ]);
  });

  test('what was given back on the next day stands in the file of each', async () => {
    const leg = await world.leg({ state: 'reversed' });
    await world.book(leg, 'reversal', NEXT);
    await clear(
      [world.row(leg)],
      [world.row(leg, { messageType: '0420', stan: '777777', transmittedAt: '1124120000' })],
    );
    expect([await world.told(D), await world.told(NEXT)]).toEqual([[], []]);
    expect((await showClearingDay(world.sql, BOOK, NEXT)).sums).toMatchObject([
      { fileMinor: -12_345n, legsMinor: -12_345n, ledgerMinor: -12_345n },
    ]);
  });

  test('after 23:00 it belongs to the next day', async () => {
    world.goTo('2026-11-23T15:00:00Z');
    const late = await world.leg();
    expect(late.settlementDay).toBe(NEXT);
    await clear([], [world.row(late)]);
    expect([await world.told(D), await world.told(NEXT)]).toEqual([[], []]);
  });

  test('a row under another second is found by the number of the act', async () => {
    const leg = await world.leg();
    await clear([world.row(leg, { transmittedAt: '1123999999', stan: '999999' })]);
    expect(await world.told(D)).toEqual([]);
    expect((await showClearingDay(world.sql, BOOK, D)).day.matchedCount).toBe(1);
  });
});

describe('what nobody knew', () => {
  test('was done when the file has it', async () => {
    const leg = await world.leg({ state: 'unknown', settlementDay: null });
    await clear([world.row(leg)]);
    expect(world.learned).toEqual([{ moveId: leg.moveId, side: 'debit', isDone: true, settlementDay: D }]);
    expect(await world.told(D)).toEqual([]);
  });

  test('was done also when it is being taken back', async () => {
    const leg = await world.leg({ state: 'reversing', settlementDay: null });
    await clear([world.row(leg)]);
    expect(world.learned).toMatchObject([{ isDone: true }]);
  });

  test('was not done when the next file does not have it either, and not before', async () => {
    const leg = await world.leg({ state: 'unknown', settlementDay: null });
    world.file(D, []);
    world.goTo(AFTER_D);
    await world.work();
    expect(world.learned).toEqual([]);
    world.file(NEXT, []);
    world.goTo(AFTER_NEXT);
    await world.work();
    expect(world.learned).toEqual([{ moveId: leg.moveId, side: 'debit', isDone: false, settlementDay: NEXT }]);
  });

  test('was done when only the next file has it', async () => {
    const leg = await world.leg({ state: 'sent', settlementDay: null });
    await clear([], [world.row(leg)]);
    expect(world.learned).toMatchObject([{ isDone: true, settlementDay: NEXT }]);
    expect(await world.told(NEXT)).toEqual([]);
  });

  test('proves nothing while the file of a day in between is missing', async () => {
    await world.leg({ state: 'unknown', settlementDay: null });
    world.goTo(AFTER_D);
    await world.work();
    await world.sql`update clearing_days set tries_count = 1000 where day = ${D}`;
    world.clock.advanceMs(700_000);
    await world.work();
    world.file(NEXT, []);
    world.goTo(AFTER_NEXT);
    await world.work();
    expect((await showClearingDay(world.sql, BOOK, D)).day.state).toBe('unavailable');
    expect((await showClearingDay(world.sql, BOOK, NEXT)).day.state).toBe('compared');
    expect(world.learned).toEqual([]);
  });

  test('is not learned from a row with another amount', async () => {
    const leg = await world.leg({ state: 'unknown', settlementDay: null });
    world.file(D, [world.row(leg, { minor: 12_346n })]);
    world.goTo(AFTER_D);
    await world.work();
    expect(world.learned).toEqual([]);
    expect(await world.told(D)).toEqual(['amount_differs amount', `${ICBC}: 12346 0 0 12346`]);
  });
});

type Fault = [
  name: string,
  make: (world: ClearingWorld, leg: LegRecord) => Promise<ClearedRow[]> | ClearedRow[],
  leg: Parameters<ClearingWorld['leg']>[0],
  told: string[],
];

const other = CardNumber.read('6200580000005555');

describe('a wrong file', () => {
  const FAULTS: Fault[] = [
    ['a row is missing', () => [], {}, ['ours_only not_in_file', `${ICBC}: 0 12345 12345 -12345`]],
    [
      'a row is of nobody',
      (w, leg) => [w.row(leg), w.row(leg, { stan: '888888', rrn: '000000000000' })],
      {},
      ['theirs_only no_record', `${ICBC}: 24690 12345 12345 12345`],
    ],
    [
      'an amount differs',
      (w, leg) => [w.row(leg, { minor: 12_344n })],
      {},
      ['amount_differs amount', `${ICBC}: 12344 12345 12345 -1`],
    ],
    [
      'a row stands twice',
      (w, leg) => [w.row(leg), w.row(leg)],
      {},
      ['twice_in_file repeated', `${ICBC}: 24690 12345 12345 12345`],
    ],
    ['another card', (w, leg) => [w.row(leg, other === null ? {} : { card: other })], {}, ['status_differs card']],
    [
      'another issuer',
      (w, leg) => [w.row(leg, { issuer: CMB })],
      {},
      ['status_differs card', `${ICBC}: 0 12345 12345 -12345`, `${CMB}: 12345 0 0 12345`],
    ],
    [
      'the other way',
      (w, leg) => [w.row(leg, { processing: '470000' })],
      {},
      ['status_differs direction', `${ICBC}: -12345 12345 12345 -24690`],
    ],
    [
      'what a bank refused',
      (w, leg) => [w.row(leg)],
      { state: 'refused', settlementDay: null },
      ['status_differs refused_here', `${ICBC}: 12345 0 0 12345`],
    ],
    [
      'what was given back that day',
      async (w, leg) => (await w.book(leg, 'reversal', D), [w.row(leg)]),
      { state: 'reversed' },
      ['status_differs reversed_here', `${ICBC}: 12345 0 0 12345`],
    ],
    [
      'what the bank put on another day',
      (w, leg) => [w.row(leg)],
      { settlementDay: '2026-11-22' },
      ['status_differs other_day', `${ICBC}: 12345 0 0 12345`],
    ],
    [
      'a reversal of nobody',
      (w, leg) => [w.row(leg), w.row(leg, { messageType: '0420', stan: '888888', rrn: '000000000000' })],
      {},
      ['theirs_only no_record', `${ICBC}: 0 12345 12345 -12345`],
    ],
    [
      'a reversal that we know nothing of',
      (w, leg) => [w.row(leg), w.row(leg, { messageType: '0420', stan: '888888' })],
      {},
      ['status_differs reversal_unknown_here', `${ICBC}: 0 12345 12345 -12345`],
    ],
  ];
  test.each(FAULTS)('%s: one break, never mended, and the sums say the same', async (_name, make, of, told) => {
    const leg = await world.leg(of);
    const before = structuredClone(leg);
    world.file(D, await make(world, leg));
    world.goTo(AFTER_D);
    await world.work();
    expect(await world.told(D)).toEqual(told);
    expect(world.learned).toEqual([]);
    expect(leg).toEqual(before);
    const [one] = await world.breaks(D);
    for (const words of [one?.explanation.zh, one?.explanation.en]) expect(words).not.toMatch(/undefined|NaN|\[object/);
    expect(one?.explanation.en).toMatch(/^[A-Z].*\.$/);
  });

  test('a row that stood in an earlier file is told twice, and not learned again', async () => {
    const leg = await world.leg();
    await clear([world.row(leg)], [world.row(leg)]);
    expect(await world.told(D)).toEqual([]);
    expect(await world.told(NEXT)).toEqual(['twice_in_file repeated', `${ICBC}: 12345 0 0 12345`]);
  });

  test('a leg that was never booked, or booked otherwise, is told by itself', async () => {
    const unbooked = await world.leg({ isBooked: false });
    const otherwise = await world.leg({ isBooked: false, side: 'credit' });
    await world.book({ ...otherwise, amount: { currency: 'CNY', minor: 1n } }, 'credit', D);
    await clear([world.row(unbooked), world.row(otherwise)]);
    expect(await world.told(D)).toEqual([
      'ledger_differs booked_otherwise',
      'ledger_differs not_booked',
      `${ICBC}: 0 0 -1 0`,
    ]);
  });

  test('a movement in the books without a leg makes the sums differ', async () => {
    const leg = await world.leg();
    const stray = await world.leg();
    world.legs.splice(world.legs.indexOf(stray), 1);
    await clear([world.row(leg)]);
    expect(await world.told(D)).toEqual(['sums_differ legs_and_ledger', `${ICBC}: 12345 12345 24690 0`]);
  });
});

describe('later evidence', () => {
  test('what a later file has ends the break', async () => {
    const leg = await world.leg();
    await clear([], [world.row(leg)]);
    const [one] = await world.breaks(D);
    expect(one).toMatchObject({
      state: 'resolved',
      resolution: 'told_in_later_file',
      evidence: { told_on: NEXT, row_no: '1' },
    });
    expect(one?.explanation.en).toContain('It stands in the file of 2026-11-24.');
    // It was booked on the day before: that the days differ is told of the later one.
    expect(await world.told(NEXT)).toEqual(['status_differs other_day', `${ICBC}: 12345 0 0 12345`]);
  });

  test('a reversal in a later file ends the break of a debit that we had given up', async () => {
    const leg = await world.leg({ state: 'reversed', settlementDay: null });
    await clear([world.row(leg)], [world.row(leg, { messageType: '0420', stan: '777777' })]);
    expect(await world.breaks(D)).toMatchObject([
      { cause: 'reversed_here', state: 'resolved', resolution: 'reversed_in_later_file' },
    ]);
    expect(await world.told(NEXT)).toEqual([`${ICBC}: -12345 0 0 -12345`]);
  });
});
