import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAlias } from './alias.ts';
import { readIdNumber } from './id-number.ts';
import { passesLuhn } from './luhn.ts';
import { isSameName, readPersonName } from './person-name.ts';

const TODAY = '2026-11-23';

describe('a check digit', () => {
  test.each([
    ['79927398713', true],
    ['79927398710', false],
    ['4111111111111111', true],
    ['6200000000000005', true],
    ['0', true],
    ['', false],
  ])('%s: %s', (digits, passes) => expect(passesLuhn(digits)).toBe(passes));

  test('finds every single wrong digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{15}$/), fc.nat(15), fc.integer({ min: 1, max: 9 }), (start, at, by) => {
        const digits = [...Array(10).keys()].map((last) => `${start}${last}`).find(passesLuhn) ?? '';
        const wrong = digits.slice(0, at) + ((Number(digits[at]) + by) % 10) + digits.slice(at + 1);
        expect(passesLuhn(digits) && !passesLuhn(wrong)).toBe(true);
      }),
      { verbose: 1 },
    );
  });
});

describe('an ID number', () => {
  test.each([
    ['11010519491231002X', '11010519491231002X', 'the example of GB 11643'],
    ['11010519491231002x', '11010519491231002X', 'a small x'],
    [' 440524188001010014 ', '440524188001010014', 'blanks around it, and the other example'],
    ['110105194912310021', null, 'a wrong check character'],
    ['11010519491331002X', null, 'no such month'],
    ['110105490131002', null, '15 digits'],
    ['00010519491231002X', null, 'no such province'],
    ['１１０１０５１９４９１２３１００２Ｘ', null, 'wide digits'],
    ['', null, 'nothing'],
  ])('%s is %s: %s', (text, read, _why) => expect(readIdNumber(text, TODAY)).toBe(read));

  test('with a day that is not in the calendar, or still to come, is none', () => {
    for (const day of ['20230229', '20230431', '20261124', '20300101', '18490101'])
      for (const last of '0123456789X') expect(readIdNumber(`110105${day}100${last}`, TODAY)).toBeNull();
    expect(
      Array.from('0123456789X').filter((last) => readIdNumber(`11010520261123100${last}`, TODAY) !== null),
    ).toHaveLength(1);
  });

  test('has exactly one right last character', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), (sequence) => {
        const start = `31010119900307${String(sequence).padStart(3, '0')}`;
        expect(Array.from('0123456789X').filter((last) => readIdNumber(start + last, TODAY) !== null)).toHaveLength(1);
      }),
      { verbose: 1 },
    );
  });

  test('does not hang on 100 kB', () => expect(readIdNumber('1'.repeat(100_000), TODAY)).toBeNull());
});

describe('a name', () => {
  test.each([
    ['张三', '张三'],
    [' 张 三 ', '张三'],
    ['阿卜杜拉·买买提', '阿卜杜拉·买买提'],
    ['阿卜杜拉•买买提', '阿卜杜拉·买买提'],
    ['阿卜杜拉・买买提', '阿卜杜拉·买买提'],
    ['阿卜杜拉.买买提', '阿卜杜拉·买买提'],
    ['Anna  de Vries', 'Anna de Vries'],
    ["Sean O'Neill-Smith", "Sean O'Neill-Smith"],
    ['𠮷田', '𠮷田'],
    ['张', null],
    ['张三1', null],
    ['张\u3000三', '张三'],
    ['张\r\n三', null],
    ['Anna\nde Vries', null],
    ['·张三', null],
    ['<b>张三</b>', null],
    ['张'.repeat(51), null],
    ['a'.repeat(100_000), null],
    [7, null],
  ])('%s is read as %s', (text, name) => expect(readPersonName(text)).toBe(name));

  test('is the same but for blanks and capitals', () => {
    expect(isSameName('Anna de Vries', 'ANNA DEVRIES')).toBe(true);
    expect(isSameName('张三', '张山')).toBe(false);
  });
});

describe('an alias', () => {
  test.each([
    ['工资卡', '工资卡'],
    ['  my card ', 'my card'],
    ['', ''],
    ['<script>alert', '<script>alert'],
    ['a'.repeat(20), 'a'.repeat(20)],
    ['😀'.repeat(20), '😀'.repeat(20)],
    ['a'.repeat(21), null],
    ['a\r\nb', null],
    ['a\u202eb', null],
    ['a\u200bb', null],
    ['a\u2028b', null],
    ['a\u0000b', null],
    [null, null],
  ])('%j is read as %j', (text, alias) => expect(readAlias(text)).toBe(alias));
});
