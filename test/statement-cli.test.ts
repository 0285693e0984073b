import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { commandLine } from '../src/cli/test-line.ts';
import { startUnionpaySandbox } from '../src/sandbox/wallets/unionpay/unionpay.ts';
import { freshDatabase } from './database.ts';
import { temporaryDir } from './server.ts';

/* `hutong statement …` without a server, beside the UnionPay simulator, which keeps the bills. */

const DAY = '2026-11-11';
const clock = new ManualClock(new Date('2026-11-11T02:00:00Z'));
const folder = await temporaryDir('statement-cli');
const { url } = await freshDatabase();
const { hutong, json } = commandLine(folder.dir, url, clock);
const unionpay = await startUnionpaySandbox({ port: 0, clock, random: systemRandom, log: silentLog, dataDir: null });
afterAll(async () => {
  await unionpay.stop();
  await folder.remove();
});

let account = '';
beforeAll(async () => {
  await json('merchant', 'create', '--name', '胡同小铺');
  const path = join(folder.dir, 'unionpay.json');
  await writeFile(path, JSON.stringify(unionpay.merchantSettings));
  const [added] = await json('wallet', 'add', 'unionpay', path);
  account = String(added?.['id']);
});

describe('without a bill yet', () => {
  test('there is nothing to list, and a day that has not ended is refused', async () => {
    expect((await hutong('statement', 'list')).out).toEqual(['There is no such statement yet.']);
    const early = await hutong('statement', 'fetch', account, DAY);
    expect([early.code, early.notes.join()]).toEqual([
      1,
      expect.stringContaining("the wallet's day has not ended yet"),
    ]);
  });

  test.each([
    [['statement', 'fetch', 'ACCOUNT'], 2, '<day> is missing'],
    [['statement', 'fetch', 'ACCOUNT', '11-11'], 1, 'a day is a date'],
    [['statement', 'fetch', 'wa_1', DAY], 1, 'there is no such wallet account'],
    [['statement', 'import', 'ACCOUNT', DAY, 'nowhere.zip'], 1, 'there is no such file'],
    [['statement', 'show', 'stm_1'], 1, 'there is no such statement'],
    [['statement', 'resolve', 'brk_1'], 2, '--note is missing'],
    [['statement', 'resolve', 'brk_1', '--note', 'x'], 1, 'there is no such break'],
    [['statement', 'fee', 'ACCOUNT', 'lots'], 2, 'a whole number from 0 to 10000'],
    [['statement', 'list', '--limit', '0'], 2, '--limit is a whole number'],
  ])('%j is told in one line', async (args, code, words) => {
    const ran = await hutong(...args.map((word) => (word === 'ACCOUNT' ? account : word)));
    expect(ran.code).toBe(code);
    expect(ran.notes.join('\n')).toContain(words);
    expect(ran.out).toEqual([]);
  });
});

test('a file that is no bill is refused, shown with its reason, and changes nothing else', async () => {
  clock.advanceMs(14 * 3_600_000); // after the day's end, before its bill can be had
  const path = join(folder.dir, 'bill.zip');
  await writeFile(path, '<html>busy</html>');
  const ran = await hutong('statement', 'import', account, DAY, path);
  expect(ran.code, ran.notes.join()).toBe(0);
  expect(ran.out[0]).toMatch(/^stm_\w{26} of 2026-11-11 is refused: line \d+ is broken/);
  const [row] = await json('statement', 'list', '--state', 'refused');
  expect(row).toMatchObject({ day: DAY, wallet_account_id: account, file: { origin: 'imported' } });
  const shown = await hutong('statement', 'show', String(row?.['id']));
  expect(shown.out.join('\n')).toMatch(/state +refused[\s\S]+SIDE +PAYMENTS[\s\S]+Everything agrees\./);
  const [whole] = await json('statement', 'show', String(row?.['id']));
  expect(whole).toMatchObject({ state: 'refused', break_rows: [] });
});

test('a day without payments is fetched and closed, whatever was brought for it before', async () => {
  clock.advanceMs(3 * 86_400_000);
  const ran = await hutong('statement', 'fetch', account, DAY);
  expect(ran.code, ran.notes.join()).toBe(0);
  expect(ran.out).toEqual([
    expect.stringMatching(/^stm_\w{26} of 2026-11-11 is reconciled$/),
    expect.stringMatching(/^0 agree, 0 do not: hutong statement show stm_/),
  ]);
  expect(await json('statement', 'list', '--day', DAY)).toMatchObject([{ state: 'reconciled', file: null }]);
});

test('a fee is said and taken back', async () => {
  expect((await hutong('statement', 'fee', account, '60')).out).toEqual(['Fees are compared with 60 bps.']);
  expect(await json('statement', 'fee', account, 'none')).toMatchObject([{ fee_bps: null }]);
});
