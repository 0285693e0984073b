import { afterAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { ManualClock } from '../base/clock.ts';
import { limitRuleNames } from '../limits/limit-rules.ts';
import { commandLine } from './test-line.ts';

const clock = new ManualClock(new Date('2026-11-23T04:00:00Z'));
const folder = await temporaryDir('limit-cli');
const { url } = await freshDatabase();
const { hutong, json } = commandLine(folder.dir, url, clock);
afterAll(() => folder.remove());

const set = (...args: string[]) => hutong('limit', 'set', ...args, '--source', 'a letter');

describe('hutong limit list', () => {
  test('shows what a new installation has, in yuan or as a count', async () => {
    const { out } = await hutong('limit', 'list');
    expect(out[0]?.split(/\s{2,}/)).toEqual([
      'RULE',
      'BANK',
      'CLASS',
      'BY',
      'LEAST',
      'MOST',
      'FROM',
      'UNTIL',
      'SOURCE',
    ]);
    const row = (rule: string) => out.find((line) => line.startsWith(`${rule} `))?.split(/\s{2,}/);
    expect(row('repayment_payment')?.slice(1, 8)).toEqual([
      'any',
      'any',
      'hutong',
      '10.00',
      '50000.00',
      '2016-12-01',
      '-',
    ]);
    expect(row('transfer_user_day_count')?.[5]).toBe('50');
    expect(await json('limit', 'list', '--rule', 'transfer_card_day')).toEqual([
      {
        rule: 'transfer_card_day',
        label_zh: '单卡每日转账',
        label_en: 'Transfers of a card a day',
        bank: null,
        account_class: null,
        set_by: 'hutong',
        unit: 'money',
        min: '0',
        max: '20000000',
        valid_from: '2016-11-30T16:00:00.000Z',
        valid_to: null,
        source: 'per card and day: UnionPay app guides',
        entered_by: 'installation',
        entered_at: '2016-11-30T16:00:00.000Z',
      },
    ]);
  });
});

describe('hutong limit set', () => {
  test('begins a figure with a day in Shanghai and ends the one before it there', async () => {
    const ran = await set('transfer_card_day', '150000', '--from', '2026-12-01');
    expect([ran.code, ran.notes]).toEqual([0, []]);
    expect(ran.out.slice(1).map((line) => line.split(/\s{2,}/).slice(5, 8))).toEqual([
      ['200000.00', '2016-12-01', '2026-12-01'],
      ['150000.00', '2026-12-01', '-'],
    ]);
    expect((await json('limit', 'list', '--rule', 'transfer_card_day'))[1]).toMatchObject({
      valid_from: '2026-11-30T16:00:00.000Z',
      entered_by: 'command line',
      source: 'a letter',
    });
  });

  test('enters a figure of one bank and class from now on, and ends it again', async () => {
    await set('out_card_day', '2000.50', '--bank', 'CMB', '--class', '2', '--by', 'bank', '--from', 'now');
    const own = async () =>
      (await json('limit', 'list', '--rule', 'out_card_day', '--bank', 'CMB')).filter((row) => row['bank'] === 'CMB');
    expect(await own()).toMatchObject([
      { account_class: 2, set_by: 'bank', max: '200050', valid_from: '2026-11-23T04:00:00.000Z', valid_to: null },
    ]);
    clock.advanceMs(1000);
    await set('out_card_day', 'none', '--bank', 'CMB', '--class', '2', '--by', 'bank', '--from', 'now');
    expect(await own()).toEqual([]);
    expect(await json('limit', 'list', '--bank', 'ICBC')).not.toContainEqual(expect.objectContaining({ bank: 'CMB' }));
  });

  test('may allow nothing at all, and counts where the rule counts', async () => {
    expect((await set('purchase_c_user_day', '0', '--by', 'hutong', '--from', 'now')).code).toBe(0);
    expect((await set('transfer_user_day_count', '30', '--from', 'now')).code).toBe(0);
    const rows = await json('limit', 'list');
    expect(rows).toContainEqual(expect.objectContaining({ rule: 'purchase_c_user_day', set_by: 'hutong', max: '0' }));
    expect(rows).toContainEqual(expect.objectContaining({ rule: 'transfer_user_day_count', max: '30' }));
  });

  test.each([
    [
      ['transfer_card_dya', '1', '--from', 'now'],
      2,
      'there is no rule "transfer_card_dya": did you mean transfer_card_day?',
    ],
    [['transfer_card_day', 'lots', '--from', 'now'], 2, '<max> is an amount in yuan, such as 50000.00 (not a number)'],
    [['transfer_card_day', '1.234', '--from', 'now'], 2, '(too precise)'],
    [['transfer_user_day_count', '1.5', '--from', 'now'], 2, 'this rule counts'],
    [['transfer_card_day', '1', '--from', '12-01'], 2, '--from is a day such as 2026-12-01, or "now"'],
    [['transfer_card_day', '1', '--from', '2026-11-01'], 1, 'from: what has passed does not change'],
    [['transfer_card_day', '1'], 2, '--from is missing'],
    [['transfer_card_day', '1', '--from', 'now', '--by', 'me'], 2, 'choose hutong, bank, law'],
    [['transfer_card_day', '1', '--from', 'now', '--class', '4'], 2, '--class is a whole number from 1 to 3'],
    [
      ['transfer_user_day', '1', '--from', 'now', '--bank', 'ICBC'],
      1,
      'bank: this rule does not count by the paying card',
    ],
    [['transfer_card_day', '1', '--from', 'now', '--min', '2'], 1, 'min: not below zero, not above max'],
  ])('%j is told in one line', async (args, code, words) => {
    const before = await json('limit', 'list');
    const ran = await set(...args);
    expect([ran.code, ran.out, ran.notes.length]).toEqual([code, [], 1]);
    expect(ran.notes[0]).toContain(words);
    expect(await json('limit', 'list')).toEqual(before);
  });

  test('lists every rule in its help', async () => {
    const help = (await hutong('limit', 'set', '--help')).out.join('\n');
    for (const rule of limitRuleNames) expect(help).toContain(`  ${rule} `);
  });
});
