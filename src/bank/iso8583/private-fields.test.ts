import { describe, expect, test } from 'vitest';
import { CardNumber } from '../../base/card-number.ts';
import { money } from '../../money/money.ts';
import type { IdentityElement } from '../rail.ts';
import { BlockCipher } from './block-cipher.ts';
import { readBanks, readCards, readNewKey } from './f48.ts';
import { readBalances } from './f54.ts';
import { readAccountClass, readBill } from './f57.ts';
import { f60 } from './f60.ts';
import { f61, readChecked } from './f61.ts';
import { f90 } from './f90.ts';
import { f104 } from './f104.ts';
import { toGbk, toGbkPadded } from './gbk.ts';

const gbk = new TextDecoder('gbk');
const fromGbk = (bytes: string) => gbk.decode(Buffer.from(bytes, 'latin1'));
const NUMBER = CardNumber.read('6225881234567890');
const PERSON = { name: '王小明', idNumber: '11010519491231002X', phone: '13800138000' };

describe('GBK', () => {
  test.each(['互通', 'Hutong 互通·钱包', '龘', '张', 'ABC 123', '—…￥'])('writes %s as others read it', (text) => {
    expect(fromGbk(toGbk(text) ?? '')).toBe(text);
  });
  test.each(['𠮷', '€', '😀', 'a\nb', '\0', '\x7f', 'ñ'])('does not have %j', (text) => {
    expect(toGbk(text)).toBeNull();
  });
  test('is cut at whole letters and filled up with spaces', () => {
    expect(toGbkPadded('互通钱包', 7)).toBe(`${toGbk('互通钱')} `);
    expect(toGbkPadded('店𠮷', 8)).toBe(`${toGbk('店')}?     `);
  });
});

describe('F48', () => {
  const key = new BlockCipher('3des', Buffer.alloc(16, 7));
  const seal = (hex: string) => key.encrypt(Buffer.from(hex, 'hex')).toString('hex').toUpperCase();

  test('of a key change is NK and 16 bytes', () => {
    expect(readNewKey(`NK${'0F'.repeat(16)}`)).toEqual(Buffer.alloc(16, 0x0f));
    for (const wrong of ['', 'NK', `NK${'0f'.repeat(16)}`, `KN${'0F'.repeat(16)}`, `NK${'0F'.repeat(17)}`])
      expect(readNewKey(wrong)).toBeNull();
  });

  test('lists the banks that know somebody', () => {
    expect(readBanks('WB00')).toEqual([]);
    expect(readBanks('WB020102000003080000')).toEqual(['01020000', '03080000']);
    for (const wrong of ['', 'WB', 'WB01', 'WB0101020', 'WB01010200AA', 'WB0101020000X', 'WC0101020000', 'WBx1'])
      expect(readBanks(wrong)).toBeNull();
  });

  test('lists cards that only the PIN key reads', () => {
    const f48 = `WC02${seal('6225881234567890'.padEnd(32, 'F'))}${seal('6212260200000001004'.padEnd(32, 'F'))}`;
    expect(readCards(f48, key)?.map((card) => card.reveal())).toEqual(['6225881234567890', '6212260200000001004']);
    expect(readCards(f48, new BlockCipher('3des', Buffer.alloc(16, 8)))).toBeNull();
    expect(readCards('WC00', key)).toEqual([]);
    for (const wrong of [f48.slice(0, -1), f48.replace('WC02', 'WC01'), `WC01${'Z'.repeat(32)}`, 'WC'])
      expect(readCards(wrong, key)).toBeNull();
    expect(readCards(`WC01${seal('12345678901'.padEnd(32, 'F'))}`, key)).toBeNull(); // eleven digits
    expect(readCards(`WC01${seal('62258812345678F0'.padEnd(32, 'F'))}`, key)).toBeNull();
  });
});

describe('F54', () => {
  test.each<[string, string, bigint, bigint]>([
    ['a debit card', '0001156C0000001234560002156C000000120000', 123_456n, 120_000n],
    ['available first', '0002156C0000001200000001156C000000123456', 123_456n, 120_000n],
    ['a credit card that owes', '3001156D0000000500003002156C000000950000', -50_000n, 950_000n],
    ['a credit card that owes nothing', '3001156C0000000000003002156C000001000000', 0n, 1_000_000n],
  ])('of %s', (_, text, ledger, available) => {
    expect(readBalances(text)).toEqual({ ledger: money('CNY', ledger), available: money('CNY', available) });
  });
  test.each([
    ['nothing', ''],
    ['one block', '0001156C000000123456'],
    ['the same twice', '0001156C0000001234560001156C000000123456'],
    ['another currency', '0001840C0000001234560002840C000000120000'],
    ['another kind', '0003156C0000001234560002156C000000120000'],
    ['no sign', '0001156 0000001234560002156C000000120000'],
  ])('that cannot be read: %s', (_, text) => {
    expect(readBalances(text)).toBeNull();
  });
});

describe('F57', () => {
  test('tells the class of an account', () => {
    expect(['AC1', 'AC2', 'AC3', 'AC4', '', 'CB1'].map(readAccountClass)).toEqual([1, 2, 3, null, null, null]);
  });
  test('is a bill', () => {
    expect(readBill('CB2026110520261125000000050000000000005000')).toEqual({
      amount: money('CNY', 50_000n),
      minimum: money('CNY', 5000n),
      billedDay: '2026-11-05',
      dueDay: '2026-11-25',
    });
    for (const wrong of [
      'CB2026113120261225000000050000000000005000', // no such day
      'CB2026110520261125000000050000000000050001', // the least is more than the whole
      'CB202611052026112500000005000000000000500',
      '',
    ])
      expect(readBill(wrong)).toBeNull();
  });
});

test('F60 says why, and that it comes from a phone', () => {
  expect(f60('0000')).toBe('000000000800000000000000000000');
  expect(f60('4351')).toBe('435100000800000000000000000000');
});

describe('F61', () => {
  test('says who, and what to check', () => {
    const name = toGbk(PERSON.name) ?? '';
    expect(f61(PERSON, ['name', 'id_number', 'phone', 'card'])).toBe(
      `0111010519491231002X  ${' '.repeat(9)}CUPAM1111000000000000006${name}01113800138000`,
    );
    expect(f61(PERSON, ['name', 'id_number', 'phone'])).toContain('AM1110000000000000');
    expect(f61({ ...PERSON, name: '𠮷' }, ['name'])).toBeNull();
  });

  test('with the longest name still fits', () => {
    expect(f61({ ...PERSON, name: '名'.repeat(60) }, ['name'])?.length).toBeLessThanOrEqual(200);
  });

  test.each<[string, IdentityElement[], IdentityElement[]]>([
    ['1111', ['name', 'id_number', 'phone', 'card'], []],
    ['1212', ['name', 'phone'], ['id_number', 'card']],
    ['0020', [], ['phone']],
  ])('comes back with %s', (map, agree, differ) => {
    const lead = `01${PERSON.idNumber.padEnd(20)}${' '.repeat(9)}CUPAM`;
    expect(readChecked(`${lead}${map}000000000000`)).toEqual({ agree, differ });
    expect(readChecked(`${lead}${map}00000000000`)).toBeNull();
    expect(readChecked(`${lead}${map}000000000003`)).toBeNull();
    expect(readChecked(lead.replace('CUP', 'CUX') + map.padEnd(16, '0'))).toBeNull();
  });
});

test('F90 names the original', () => {
  const original = { messageType: '0200', stan: '000123', transmittedAt: '1123093015' };
  expect(f90({ ...original, institution: '01020000', forwarder: '00010344' })).toBe(
    '020000012311230930150000102000000000010344',
  );
});

test('F104 names the other side, lengths in bytes', () => {
  if (NUMBER === null) throw new Error('not a card number');
  const other = { number: NUMBER, name: '李四' };
  expect(f104(other, 'transfer')).toBe(`SI034011662258812345678900204${toGbk('李四')}0302TR`);
  expect(f104(other, 'repayment')).toMatch(/0302RP$/);
  for (const name of ['', '𠮷', '长'.repeat(50)]) expect(f104({ ...other, name }, 'transfer')).toBeNull();
});
