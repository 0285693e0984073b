import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDir } from '../../test/server.ts';
import { type ClearingWorld, ICBC, openClearingWorld } from '../clearing/test-clearing.ts';
import { commandLine } from './test-line.ts';

/* `hutong clearing …` over a day that was compared, with one leg that the switch's file does not have. */

const DAY = '2026-11-23';
const folder = await temporaryDir('clearing-cli');
let world: ClearingWorld;
let line: ReturnType<typeof commandLine>;
beforeAll(async () => {
  world = await openClearingWorld();
  line = commandLine(folder.dir, world.url, world.clock);
  const told = await world.leg({ minor: 100_00n });
  await world.leg({ minor: 23_45n });
  world.file(DAY, [world.row(told)]);
  world.goTo(`${DAY}T16:00:00Z`);
  await world.work();
});
afterAll(async () => {
  await world.close();
  await folder.remove();
});

describe('a day of the switch', () => {
  test('is listed with what agrees and what does not', async () => {
    const { out } = await line.hutong('clearing', 'list');
    expect(out[0]?.split(/\s{2,}/)).toEqual(['DAY', 'STATE', 'ROWS', 'AGREE', 'OPEN', 'ENDED', 'WHY']);
    expect(out.find((row) => row.startsWith(DAY))?.split(/\s{2,}/)).toEqual([DAY, 'compared', '1', '1', '1', '0', '-']);
  });

  test('is shown with its sums by bank', async () => {
    const [shown] = await line.json('clearing', 'show', DAY);
    expect(shown).toMatchObject({
      day: DAY,
      state: 'compared',
      breaks: { open: 1, resolved: 0 },
      sums: [
        {
          bank: 'ICBC',
          institution: ICBC,
          rows_count: 1,
          legs_count: 2,
          file_minor: '10000',
          legs_minor: '12345',
          ledger_minor: '12345',
        },
      ],
    });
    const { out, notes } = await line.hutong('clearing', 'show', DAY);
    expect(out.at(-1)?.split(/\s{2,}/)).toEqual(['ICBC', '1', '100.00', '2', '123.45', '123.45', '-23.45']);
    expect(notes).toEqual([`What does not agree: hutong clearing breaks --day ${DAY}`]);
  });
});

describe('a break', () => {
  test('is listed in words, shown, and closed once with a note', async () => {
    const [listed] = await line.json('clearing', 'breaks', '--day', DAY);
    const id = String(listed?.['id']);
    expect(listed).toMatchObject({ kind: 'ours_only', cause: 'not_in_file', institution: ICBC, state: 'open' });
    const { out } = await line.hutong('clearing', 'breaks');
    expect(out[1]).toContain('清算文件里没有');
    expect((await line.hutong('clearing', 'show', id)).out.join('\n')).toMatch(
      /explanation\n +zh +.+\n +en +We have a debit/,
    );
    expect(await line.json('clearing', 'resolve', id, '--note', 'letter 4711')).toMatchObject([
      { id, state: 'resolved', resolution: 'closed_by_operator', note: 'letter 4711', resolved_by: 'command line' },
    ]);
    const again = await line.hutong('clearing', 'resolve', id, '--note', 'letter 4711');
    expect([again.code, again.notes]).toEqual([1, ['this break has ended already (break_resolved)']]);
    expect((await line.hutong('clearing', 'breaks')).out).toEqual(['Everything agrees.']);
    expect(await line.json('clearing', 'breaks', '--all')).toMatchObject([{ id, state: 'resolved' }]);
  });
});

test.each([
  [['show', 'yesterday'], 1, 'this day is not one of clearing'],
  [['show', '2020-01-01'], 1, 'this day is not one of clearing'],
  [['show', 'cbk_1'], 1, 'there is no such break'],
  [['breaks', '--day', '11-23'], 2, '--day is a date such as 2026-11-23'],
  [['resolve', 'cbk_1', '--note', 'x'], 1, 'there is no such break'],
  [['resolve', 'cbk_1'], 2, '--note is missing'],
  [['again', DAY], 1, 'no file of that day is missing'],
])('hutong clearing %j is told in one line', async (args, code, words) => {
  const ran = await line.hutong('clearing', ...args);
  expect([ran.code, ran.out, ran.notes]).toEqual([code, [], [expect.stringContaining(words)]]);
});
