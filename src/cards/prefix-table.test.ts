import { describe, expect, test } from 'vitest';
import { CardNumber } from '../base/card-number.ts';
import { ManualClock } from '../base/clock.ts';
import { freshDatabase } from '../../test/database.ts';
import { importPrefixes, readPrefixes } from './import-prefixes.ts';
import { readPrefixRows } from './prefix-store.ts';
import { builtIn, makePrefixTable } from './prefix-table.ts';

const none = { rows: [], importNo: 0 };
const number = (prefix: string, length: number): CardNumber => {
  const read = CardNumber.read(prefix.padEnd(length, '7'));
  if (read === null) throw new Error('not a number');
  return read;
};

describe('the built-in table', () => {
  const table = makePrefixTable(none);

  test('has its version and the rows of the package', () => {
    expect(table.version).toMatch(/^bankcardinfo \d+\.\d+\.\d+$/);
    expect(builtIn().rows.length).toBeGreaterThan(1700);
    expect(builtIn().names.size).toBeGreaterThan(115);
  });

  test.each([
    ['622202', 19, 'ICBC', 'debit'],
    ['622848', 19, 'ABC', 'debit'],
    ['621661', 19, 'BOC', 'debit'],
    ['436742', 19, 'CCB', 'debit'],
    ['622260', 19, 'COMM', 'debit'],
    ['622588', 16, 'CMB', 'debit'],
    ['621799', 19, 'PSBC', 'debit'],
    ['622176', 16, 'SPDB', 'credit'],
    ['622521', 16, 'SPDB', 'debit'],
  ])('%s with %i digits is %s, %s', (prefix, length, bank, kind) => {
    expect(table.find(number(prefix, length))).toMatchObject({ bank, kind });
  });

  test('the same six digits are two banks at two lengths', () => {
    expect(table.find(number('622309', 18))?.bank).toBe('ICBC');
    expect(table.find(number('622309', 19))?.bank).toBe('CZBANK');
    expect(table.find(number('622309', 17))).toBeNull();
  });

  test('first digits alone say what is known by them, and what more digits could lead to', () => {
    const [short, long] = [
      { bank: 'AA', kind: 'debit', length: 16, prefix: '999123', hasLuhn: true },
      { bank: 'BB', kind: 'credit', length: 16, prefix: '9991234', hasLuhn: true },
    ] as const;
    const own = makePrefixTable({ rows: [long, short], importNo: 1 });
    expect(own.findByFirst('999123', 16)).toEqual({ row: short, longer: [long] });
    expect(own.findByFirst('99912345', 16)).toEqual({ row: long, longer: [] });
    expect(own.findByFirst('9991', 16)).toEqual({ row: null, longer: [long, short] });
    expect(own.findByFirst('999123', 19)).toEqual({ row: null, longer: [] });
    expect(own.banks()).toEqual(expect.arrayContaining(['AA', 'BB', 'ICBC']));
  });

  test('the longest prefix counts', () => {
    const [short, long] = [
      { bank: 'AA', kind: 'debit', length: 16, prefix: '999123', hasLuhn: true },
      { bank: 'BB', kind: 'credit', length: 16, prefix: '9991234', hasLuhn: true },
    ] as const;
    const own = makePrefixTable({ rows: [long, short], importNo: 3 });
    expect(own.find(number('9991234', 16))?.bank).toBe('BB');
    expect(own.find(number('9991235', 16))?.bank).toBe('AA');
    expect(own.version).toMatch(/ \+ import 3$/);
  });

  test('a prefix that two rows give to two banks is unknown, until an operator says which', () => {
    expect(table.find(number('621352', 16))).toBeNull();
    const row = { bank: 'SPDB', kind: 'debit', length: 16, prefix: '621352', hasLuhn: true } as const;
    expect(makePrefixTable({ rows: [row], importNo: 1 }).find(number('621352', 16))?.bank).toBe('SPDB');
  });

  test('what no row fits is unknown', () => {
    expect(table.find(number('000000', 16))).toBeNull();
    expect(table.find(number('622202', 12))).toBeNull();
  });

  test('two banks that share a code in the package are told apart', () => {
    const codes = [...builtIn().names].filter(([, name]) => name === '南昌银行' || name === '南洋商业银行');
    expect(new Set(codes.map(([code]) => code)).size).toBe(2);
  });

  test('names are in both languages', () => {
    expect(table.names('ICBC')).toEqual({ 'zh-CN': '中国工商银行', en: 'Industrial and Commercial Bank of China' });
    expect(table.names('NOWHERE')).toEqual({ 'zh-CN': 'NOWHERE', en: 'NOWHERE' });
  });
});

describe('an operator’s table', async () => {
  const { sql } = await freshDatabase();
  const deps = { sql, clock: new ManualClock(new Date('2026-11-23T02:00:00Z')) };

  test('takes the place of the one before, all of it', async () => {
    expect(await importPrefixes(deps, 'bank,kind,length,prefix\nABC,debit,16,999001\nABC,CC,16,999002,no\r\n')).toEqual(
      {
        kind: 'imported',
        rows: 2,
        importNo: 1,
      },
    );
    expect(await importPrefixes(deps, 'CMB,debit,16,999003')).toMatchObject({ importNo: 2 });
    const table = makePrefixTable(await readPrefixRows(sql));
    expect(table.find(number('999001', 16))).toBeNull();
    expect(table.find(number('999003', 16))).toMatchObject({ bank: 'CMB', kind: 'debit', hasLuhn: true });
    expect(table.version).toMatch(/import 2$/);
  });

  test('with one wrong line changes nothing, and every wrong line is named', async () => {
    const text = [
      'ABC,debit,16,999001',
      'ABC,debit,16,999001',
      'CMB,debit,16,999001',
      'abc,debit,16,999005',
      'ABC,gold,16,999006',
      'ABC,debit,20,999007',
      'ABC,debit,16,99',
      'ABC,debit,12,999999999999',
      'ABC,debit,16,999008,maybe',
      'ABC,debit,16,999009,yes,more',
      'ABC,debit,1e1,999010',
      '=cmd,debit,16,999011',
      'ABC,__proto__,16,999012',
    ].join('\n');
    const result = await importPrefixes(deps, text);
    expect(result).toMatchObject({ kind: 'refused' });
    expect(readPrefixes(text).wrong.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(readPrefixes(text).wrong[0]?.why).toContain('line 1 says otherwise');
    expect((await readPrefixRows(sql)).importNo).toBe(2);
    expect(await importPrefixes(deps, '\n')).toMatchObject({ kind: 'refused' });
  });
});
