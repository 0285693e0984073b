import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import type { BankRail, Stamp } from '../bank/rail.ts';
import { ManualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import type { Sql } from '../db/connect.ts';
import { createKeyring } from '../vault/seal.ts';
import { readBankRoutes } from './bank-routes.ts';
import { createStampDrawer } from './draw-stamps.ts';
import { openKeyStore } from './keep-keys.ts';
import { openRailDesk } from './open-rail-desk.ts';

let sql: Sql;
beforeAll(async () => {
  ({ sql } = await freshDatabase());
});

const START = new Date('2026-11-23T01:30:15.700Z');
const nameOf = (stamp: Stamp) => `${stamp.transmittedAt.toISOString()} ${stamp.stan}`;

describe('stamps', () => {
  test('are six digits, whole seconds and a reference that begins with the time of day in Shanghai', async () => {
    const draw = createStampDrawer({ sql, clock: new ManualClock(START) });
    const [stamp] = await draw(1);
    expect(stamp?.transmittedAt.toISOString()).toBe('2026-11-23T01:30:15.000Z');
    expect(stamp?.stan).toMatch(/^(?!000000)\d{6}$/);
    expect(stamp?.rrn).toBe(`093015${stamp?.stan}`);
  });

  test('never repeat between processes that draw at once, nor after one starts again', async () => {
    const clock = new ManualClock(START);
    const drawers = [1, 2, 3].map(() => createStampDrawer({ sql, clock }));
    const drawn = await Promise.all(
      drawers.flatMap((draw) => Array.from({ length: 12 }, (_, index) => draw(50 + index * 20))),
    );
    const again = await createStampDrawer({ sql, clock })(3000);
    const all = [...drawn.flat(), ...again].map(nameOf);
    expect(new Set(all).size).toBe(all.length);
  });

  test('never repeat when all numbers are used up within one second: the second runs ahead', async () => {
    const clock = new ManualClock(new Date('2026-11-24T00:00:00Z'));
    const draw = createStampDrawer({ sql, clock });
    const seen = new Set<string>();
    let count = 0;
    for (let n = 0; n < 500; n++)
      for (const stamp of await draw(2100)) {
        seen.add(nameOf(stamp));
        count += 1;
      }
    expect(count).toBe(1_050_000);
    expect(seen.size).toBe(count);
    // Blocks that had rested come with the present second, those that had not with a later one.
    const aheadMs =
      Math.max(...[...seen].slice(-1000).map((name) => Date.parse(name.slice(0, 24)))) - clock.now().getTime();
    expect(aheadMs).toBeGreaterThan(0);
    expect(aheadMs).toBeLessThanOrEqual(120_000);
  });

  test('never repeat when the clock goes back, and never use a block whose minute is over', async () => {
    const clock = new ManualClock(new Date('2026-11-25T00:00:00Z'));
    const draw = createStampDrawer({ sql, clock });
    const before = await draw(100);
    clock.advanceMs(59_000);
    const late = await draw(1);
    clock.advanceMs(2_000);
    const [next] = await draw(1);
    expect(Number(next?.stan) - Number(late[0]?.stan)).not.toBe(1);
    clock.advanceMs(-61_000);
    const back = await draw(4000);
    const all = [...before, ...late, ...(next ? [next] : []), ...back].map(nameOf);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('working keys', () => {
  test('come back as they were kept, sealed in the database, and not under another master secret', async () => {
    const clock = new ManualClock(START);
    const ring = (text: string) => createKeyring({ random: systemRandom }, [new Secret(text.repeat(32))]);
    const store = openKeyStore({ sql, clock, keyring: ring('k') }, 'cups 01020000');
    expect(await store.load()).toBeNull();
    await store.save('0123456789ABCDEF');
    await store.save('FEDCBA9876543210');
    expect(await store.load()).toBe('FEDCBA9876543210');
    const [row] = await sql<{ sealed: string }[]>`select sealed from rail_keys`;
    expect(row?.sealed).not.toContain('FEDCBA');
    expect(await openKeyStore({ sql, clock, keyring: ring('x') }, 'cups 01020000').load()).toBeNull();
    expect(await openKeyStore({ sql, clock, keyring: ring('k') }, 'cups 01030000').load()).toBeNull();
  });
});

describe('routes', () => {
  test('are those of the table, with what the operator says before it', async () => {
    // Routes ask no bank anything, so a rail of no methods will do.
    const rail = {} as BankRail; // never called here
    const deps = { sql, clock: new ManualClock(START), log: silentLog, rail };
    const desk = await openRailDesk(deps);
    expect(desk.institutionOf('ICBC')).toBe('01020000');
    expect(desk.bankOf('03080000')).toBe('CMB');
    expect(desk.institutionOf('NOBANK')).toBeNull();
    await desk.setRoute({ bank: 'ICBC', institution: '01029900' });
    await desk.setRoute({ bank: 'CMB', institution: null });
    await desk.setRoute({ bank: 'HZCB', institution: '04233310' });
    const other = await openRailDesk(deps);
    expect(other.institutionOf('ICBC')).toBe('01029900');
    expect(other.institutionOf('CMB')).toBeNull();
    expect(other.bankOf('03080000')).toBeNull();
    expect(other.banks()).toContainEqual({ bank: 'HZCB', institution: '04233310' });
    const routes = await readBankRoutes(sql);
    expect(routes.filter(({ isOwn }) => isOwn)).toEqual([
      { bank: 'CMB', institution: null, builtIn: '03080000', isOwn: true },
      { bank: 'HZCB', institution: '04233310', builtIn: null, isOwn: true },
      { bank: 'ICBC', institution: '01029900', builtIn: '01020000', isOwn: true },
    ]);
    expect(routes).toContainEqual({ bank: 'ABC', institution: '01030000', builtIn: '01030000', isOwn: false });
    expect(await desk.resetRoute('ICBC')).toBe(true);
    expect(desk.institutionOf('ICBC')).toBe('01020000');
    await expect(desk.setRoute({ bank: "x'; drop", institution: null })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(desk.setRoute({ bank: 'ICBC', institution: '12' })).rejects.toMatchObject({ code: 'invalid_request' });
    await Promise.all([desk.stop(), other.stop()]);
  });
});
