import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { rootDir } from '../base/root.ts';
import { formatMinor, money } from '../money/money.ts';
import { LIMIT_RULES, limitRuleNames } from './limit-rules.ts';
import { type LimitsWorld, openLimitsWorld } from './test-limits.ts';

let world: LimitsWorld;
beforeAll(async () => {
  world = await openLimitsWorld();
});

const ROW = { bank: null, accountClass: null, min: 0n, source: 'a letter of the bank', by: 'operator' } as const;

describe('dated figures', () => {
  test("a bank's lower figure counts for its cards alone, from its instant on", async () => {
    const from = new Date('2026-12-01T16:00:00Z');
    await world.limits.setLimitRow({
      ...ROW,
      rule: 'transfer_payment',
      bank: 'CMB',
      setBy: 'bank',
      max: 1_000_000n,
      validFrom: from,
    });
    const of = { bank: 'CMB', minor: 1_000_001n } as const;
    const before = new Date(from.getTime() - 1);
    expect(await world.tryOne(world.reservation({ ...of, at: before }))).toBeNull();
    expect(await world.tryOne(world.reservation({ ...of, at: from }))).toBe('transfer_payment');
    expect(await world.tryOne(world.reservation({ ...of, bank: 'ICBC', at: from }))).toBeNull();
    expect(await world.left(world.reservation({ bank: 'CMB', at: from }), 'transfer_payment')).toMatchObject({
      max: 1_000_000n,
      setBy: 'bank',
    });
  });

  test('a bank cannot raise what we allow: the least counts', async () => {
    const validFrom = world.clock.now();
    const rule = 'transfer_card_day';
    await world.limits.setLimitRow({ ...ROW, rule, bank: 'CCB', setBy: 'bank', max: 100_000_000n, validFrom });
    expect(await world.left(world.reservation({ bank: 'CCB' }), rule)).toMatchObject({
      max: 20_000_000n,
      setBy: 'hutong',
    });
  });

  test('a new figure of ours takes the place of the old one at its instant, and ends before a known later one', async () => {
    const of = (day: number) => world.reservation({ at: new Date(Date.UTC(2027, 5, day, 4)) });
    const at = (day: number) => new Date(Date.UTC(2027, 5, day));
    const row = { ...ROW, rule: 'transfer_user_day_count', setBy: 'hutong' } as const;
    await world.limits.setLimitRow({ ...row, max: 20n, validFrom: at(20) });
    await world.limits.setLimitRow({ ...row, max: 30n, validFrom: at(10) });
    const maxOf = async (day: number) => (await world.left(of(day), row.rule))?.max;
    expect([await maxOf(9), await maxOf(10), await maxOf(19), await maxOf(20)]).toEqual([50n, 30n, 30n, 20n]);
    await world.limits.setLimitRow({ ...row, max: null, validFrom: at(25) });
    expect([await maxOf(24), await maxOf(25)]).toEqual([20n, undefined]);
  });

  test("a class of one bank's accounts has figures of its own", async () => {
    const validFrom = world.clock.now();
    await world.limits.setLimitRow({
      ...ROW,
      rule: 'out_card_month',
      bank: 'BOC',
      accountClass: 2,
      setBy: 'bank',
      max: 5000n,
      validFrom,
    });
    const of = { bank: 'BOC', minor: 5001n } as const;
    expect(await world.tryOne(world.reservation({ ...of, accountClass: 2 }))).toBe('out_card_month');
    expect(await world.tryOne(world.reservation(of))).toBeNull();
  });

  const past = new Date('2020-01-01T00:00:00Z');
  const WRONG: [why: string, change: object, param: string][] = [
    ['an unknown rule', { rule: 'transfer_hour' }, 'rule'],
    ['a bank in lower case', { bank: 'icbc' }, 'bank'],
    ['a bank for what counts by person', { rule: 'transfer_user_day', bank: 'ICBC' }, 'bank'],
    ['a class for what counts by person', { rule: 'transfer_user_day', accountClass: 2 }, 'class'],
    ['less than nothing', { max: -1n }, 'max'],
    ['more than amounts go', { max: 1_000_000_000_000n }, 'max'],
    ['a least amount of a day', { min: 1n }, 'min'],
    ['a least amount above the most', { rule: 'repayment_payment', min: 11n, max: 10n }, 'min'],
    ['no source', { source: ' ' }, 'source'],
    ['the past', { validFrom: past }, 'from'],
  ];
  test.each(WRONG)('an operator cannot enter %s', async (_why, change, param) => {
    const input = {
      ...ROW,
      rule: 'transfer_card_day',
      setBy: 'hutong',
      max: 1n,
      validFrom: world.clock.now(),
    } as const;
    await expect(world.limits.setLimitRow({ ...input, ...change })).rejects.toMatchObject({
      code: 'invalid_request',
      facts: { param },
    });
  });

  test('the same instant twice is refused, not overwritten', async () => {
    const row = { ...ROW, rule: 'out_card_month', bank: 'ABC', setBy: 'bank', max: 1n } as const;
    const validFrom = new Date('2027-01-01T00:00:00Z');
    await world.limits.setLimitRow({ ...row, validFrom });
    await expect(world.limits.setLimitRow({ ...row, max: 2n, validFrom })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('docs/limits.md', () => {
  test('has every figure of a new installation and no other', async () => {
    const rows = await world.sql<FigureColumns[]>`
      select rule, account_class, set_by, min_value, max_value, source
      from limit_figures
      where entered_by = 'installation'`;
    const told = tableOf('figures').map((cells) => cells.slice(0, 6).join(' | '));
    const inForce = rows.map((row) => {
      const name = limitRuleNames.find((rule) => rule === row.rule);
      const isCount = name !== undefined && LIMIT_RULES[name].unit === 'count';
      const show = (value: bigint): string =>
        isCount ? value.toString() : formatMinor(money('CNY', value)).replace(/\B(?=(\d{3})+\.)/g, ',');
      const least = row.min_value === 0n ? '' : show(row.min_value);
      const accountClass = ['', 'I', 'II', 'III'][row.account_class];
      return [`\`${row.rule}\``, accountClass, least, show(row.max_value), row.set_by, row.source].join(' | ');
    });
    expect(told.sort()).toEqual(inForce.sort());
  });

  test('tells every rule as the code has it', () => {
    const told = tableOf('rules').map((cells) => cells.slice(0, 6).join(' | '));
    const rules = limitRuleNames.map((name) => {
      const { subject, window, unit, isHolders, zh } = LIMIT_RULES[name];
      return [`\`${name}\``, zh, subject, window, unit, isHolders ? 'yes' : ''].join(' | ');
    });
    expect(told).toEqual(rules);
  });
});

interface FigureColumns {
  rule: string;
  account_class: number;
  set_by: string;
  min_value: bigint;
  max_value: bigint;
  source: string;
}

/** The rows of the table under a heading, as cells. */
function tableOf(heading: string): string[][] {
  const text = readFileSync(join(rootDir, 'docs/limits.md'), 'utf8');
  const part = text.split(/^## /m).find((one) => one.toLowerCase().startsWith(heading)) ?? '';
  return part
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
