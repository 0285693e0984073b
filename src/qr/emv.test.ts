import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currencies, money } from '../money/money.ts';
import { buildEmv } from './build-emv.ts';
import { crc16, crc16Hex } from './crc16.ts';
import { currencyNumber, type EmvCode, emvAmount, emvMoney, readUnionPayAccount, writeUnionPayAccount } from './emv.ts';
import { writeItem } from './emv-items.ts';
import { readEmv } from './read-emv.ts';

const SHOP: EmvCode = {
  initiation: 'static',
  accounts: [{ tag: '15', value: '4800070248000702800070254994353' }],
  systems: [],
  categoryCode: '5812',
  currencyNumber: '156',
  amount: null,
  tip: null,
  country: 'CN',
  merchantName: 'LAO BEIJING NOODLES',
  city: 'BEIJING',
  postcode: '100007',
  additional: { storeLabel: 'S01', terminal: '00000001' },
  localized: { language: 'ZH', merchantName: '老北京炸酱面馆', city: '北京' },
  unreserved: [],
};

function textOf(code: EmvCode): string {
  const built = buildEmv(code);
  if (built.kind === 'refused') throw new Error(`${built.reason} at ${built.tag}`);
  return built.text;
}

/** A text with its CRC made right, so that a test reaches what it is about. */
const sealed = (body: string): string => `${body}6304${crc16Hex(`${body}6304`)}`;

const MIN = [
  ['00', '01'],
  ['15', '2500034400020344100000000000006'],
  ['52', '5812'],
  ['53', '156'],
  ['58', 'CN'],
  ['59', 'SHOP'],
  ['60', 'BEIJING'],
] as const;
/** The smallest code with some fields changed, added, or (null) left out. */
const withFields = (change: Record<string, string | null>): string => {
  const values = new Map<string, string | null>([...MIN, ...Object.entries(change)]);
  return sealed([...values].map(([tag, value]) => (value === null ? '' : writeItem(tag, value))).join(''));
};

describe('the CRC', () => {
  test('CRC-16/CCITT-FALSE of 123456789 is 29B1', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0x29b1);
    expect(crc16Hex('123456789')).toBe('29B1');
  });

  test('it is over UTF-8 bytes, in four digits', () => {
    expect(crc16Hex('老北京')).toBe(
      crc16(Buffer.from('e88081e58c97e4baac', 'hex')).toString(16).toUpperCase().padStart(4, '0'),
    );
    expect(crc16Hex('')).toBe('FFFF');
  });
});

describe('UnionPay’s account', () => {
  test.each([
    ['2500034400020344100000000000006', { acquirer: '25000344', forwarder: '00020344', merchantNo: '100000000000006' }],
    ['4800070248000702800070254994353', { acquirer: '48000702', forwarder: '48000702', merchantNo: '800070254994353' }],
    ['898110250001234', { acquirer: null, forwarder: null, merchantNo: '898110250001234' }],
  ])('%s', (value, account) => {
    expect(readUnionPayAccount(value)).toEqual(account);
    expect(writeUnionPayAccount(account)).toBe(value);
  });

  test.each([
    '',
    '250003440002034410000000000000',
    '25000344000203441000000000000061',
    '2500034X00020344100000000000006',
  ])('%s is neither form', (value) => {
    expect(readUnionPayAccount(value)).toBeNull();
  });
});

describe('a code', () => {
  test('is written with its tags in rising order, the format first and the CRC last', () => {
    const text = textOf({ ...SHOP, amount: '12.34', initiation: 'dynamic' });
    expect(text).toMatch(/^00020101021215314800070248000702800070254994353520458125303156540512\.345802CN/);
    expect(text).toMatch(/6304[0-9A-F]{4}$/);
    expect(text).toContain('5919LAO BEIJING NOODLES6007BEIJING6106100007');
    expect(text).toContain('62190303S01070800000001');
  });

  test('Chinese text is counted in characters', () => {
    expect(textOf(SHOP)).toContain('64230002ZH0107老北京炸酱面馆0202北京');
  });

  test('is read back as it was written', () => {
    expect(readEmv(textOf(SHOP))).toEqual({ kind: 'code', code: SHOP });
  });

  test('a field that breaks the rules is refused by its tag before it is printed', () => {
    expect(buildEmv({ ...SHOP, merchantName: 'x'.repeat(26) })).toMatchObject({ reason: 'value_too_long', tag: '59' });
    expect(buildEmv({ ...SHOP, merchantName: '' })).toMatchObject({ reason: 'empty_value', tag: '59' });
    expect(buildEmv({ ...SHOP, amount: '0.00' })).toMatchObject({ reason: 'amount_malformed', tag: '54' });
    expect(buildEmv({ ...SHOP, accounts: [] })).toMatchObject({ reason: 'missing', tag: '02-51' });
    expect(buildEmv({ ...SHOP, additional: { purpose: 'x'.repeat(120) } })).toMatchObject({ tag: '62' });
    const systems = ['26', '27', '28', '29', '30', '31'].map((tag) => ({
      tag,
      id: 'a'.repeat(32),
      fields: [{ tag: '01', value: 'b'.repeat(50) }],
    }));
    expect(buildEmv({ ...SHOP, systems })).toMatchObject({ reason: 'too_long' });
  });
});

describe('amounts', () => {
  test.each([
    ['12.34', 1234n],
    ['12.3', 1230n],
    ['12.', 1200n],
    ['12', 1200n],
    ['0.01', 1n],
    ['9999999999999', 999_999_999_999_900n],
  ])('%s yuan is %s fen', (amount, minor) => {
    const read = readEmv(withFields({ '54': amount }));
    expect(read.kind === 'code' && emvMoney(read.code)).toEqual(money('CNY', minor));
  });

  test('every currency’s minor unit is kept exactly', () => {
    fc.assert(
      fc.property(fc.constantFrom(...currencies), fc.bigInt(1n, 10n ** 10n), (currency, minor) => {
        const text = textOf({
          ...SHOP,
          currencyNumber: currencyNumber(currency),
          amount: emvAmount(money(currency, minor)),
        });
        const read = readEmv(text);
        expect(read.kind === 'code' && emvMoney(read.code)).toEqual(money(currency, minor));
      }),
    );
  });

  test('a currency that we keep no books in has its amount as text alone', () => {
    const read = readEmv(withFields({ '53': '764', '54': '99.50' }));
    expect(read.kind === 'code' && [read.code.amount, emvMoney(read.code)]).toEqual(['99.50', null]);
  });
});

describe('what is refused, and why', () => {
  test.each<[string, string, string, string]>([
    ['nothing', '', 'empty', ''],
    ['another kind of code', 'https://qr.95516.com/00010000/62', 'tag_malformed', ''],
    ['a web address in digits', '1234', 'cut_short', '12'],
    ['a length that is no number', '000201520x', 'length_malformed', '52'],
    ['a value that is cut off', '000201520458', 'cut_short', '52'],
    ['an empty value', sealed('0002015200'), 'empty_value', '52'],
    ['one tag twice', sealed('00020152045812520458125303156'), 'duplicate_tag', '52'],
    ['another format', withFields({ '00': '02' }), 'format_unknown', '00'],
    ['a format that is not first', sealed('5204581200020153031565802CN5904SHOP6007BEIJING'), 'format_unknown', '00'],
    ['no CRC', '00020152045812', 'crc_missing', '63'],
    ['something after the CRC', `${withFields({})}52045812`, 'duplicate_tag', '52'],
    ['an item after the CRC', `${withFields({})}6106100007`, 'crc_not_last', '63'],
    ['a wrong CRC', withFields({}).replace(/.{4}$/, '0000'), 'crc_wrong', '63'],
    [
      'a CRC in small letters',
      withFields({ '59': 'SHOP 5' }).replace(/.{4}$/, (crc) => crc.toLowerCase()),
      'crc_wrong',
      '63',
    ],
    ['no merchant account', withFields({ '15': null }), 'missing', '02-51'],
    ['no category', withFields({ '52': null }), 'missing', '52'],
    ['no currency', withFields({ '53': null }), 'missing', '53'],
    ['no country', withFields({ '58': null }), 'missing', '58'],
    ['no name', withFields({ '59': null }), 'missing', '59'],
    ['no city', withFields({ '60': null }), 'missing', '60'],
    ['initiation 13', withFields({ '01': '13' }), 'value_malformed', '01'],
    ['a category of letters', withFields({ '52': 'FOOD' }), 'value_malformed', '52'],
    ['a currency by letters', withFields({ '53': 'CNY' }), 'value_malformed', '53'],
    ['a country in small letters', withFields({ '58': 'cn' }), 'value_malformed', '58'],
    ['a long name', withFields({ '59': 'x'.repeat(26) }), 'value_too_long', '59'],
    ['a line end in the name', withFields({ '59': 'SHOP\n' }), 'value_malformed', '59'],
    ['half a character', withFields({ '59': 'SHOP\ud800' }), 'value_malformed', ''],
    ['an amount of nothing', withFields({ '54': '0.00' }), 'amount_malformed', '54'],
    ['an amount with a comma', withFields({ '54': '12,34' }), 'amount_malformed', '54'],
    ['a negative amount', withFields({ '54': '-1' }), 'amount_malformed', '54'],
    ['an amount with a blank', withFields({ '54': ' 1' }), 'amount_malformed', '54'],
    ['an amount finer than a fen', withFields({ '54': '1.234' }), 'amount_malformed', '54'],
    ['half a yen', withFields({ '53': '392', '54': '1.5' }), 'amount_malformed', '54'],
    ['fourteen digits', withFields({ '54': '12345678901234' }), 'amount_malformed', '54'],
    ['a fixed fee without its amount', withFields({ '55': '02' }), 'value_malformed', '55'],
    ['a fee without saying which', withFields({ '56': '1.00' }), 'value_malformed', '55'],
    ['a percentage of nothing', withFields({ '55': '03', '57': '0.00' }), 'value_malformed', '57'],
    ['a template without its id', withFields({ '26': '0104abcd' }), 'missing', '26.00'],
    ['a template that is cut off', withFields({ '26': '0009abcd' }), 'cut_short', '26.00'],
    ['a template’s id too long', withFields({ '26': writeItem('00', 'a'.repeat(33)) }), 'value_too_long', '26.00'],
    ['additional data that are no items', withFields({ '62': 'hello' }), 'tag_malformed', '62'],
    ['a long bill number', withFields({ '62': writeItem('01', '1'.repeat(26)) }), 'value_too_long', '62.01'],
    ['consumer data of other letters', withFields({ '62': '0901X' }), 'value_malformed', '62.09'],
    ['a second language without a name', withFields({ '64': '0002ZH' }), 'missing', '64.01'],
    ['a language of three letters', withFields({ '64': '0003ZHO0102小店' }), 'value_malformed', '64.00'],
    ['a text past every limit', '0'.repeat(2000), 'too_long', ''],
  ])('%s', (_name, text, reason, tag) => {
    expect(readEmv(text)).toEqual({ kind: 'refused', reason, tag });
  });

  test('any text at all gets a code or a reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const read = readEmv(text);
        expect(read.kind === 'code' || read.reason.length > 0).toBe(true);
      }),
    );
  });

  test('one changed character is never taken for a code', () => {
    const text = textOf({ ...SHOP, localized: null });
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }),
        (at, character) => {
          fc.pre(text[at] !== character);
          expect(readEmv(text.slice(0, at) + character + text.slice(at + 1)).kind).toBe('refused');
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('a code that lost its end is never taken for a code', () => {
    const text = textOf(SHOP);
    for (let length = 0; length < text.length; length++) expect(readEmv(text.slice(0, length)).kind).toBe('refused');
  });
});

describe('round trip', () => {
  const printable = (max: number) =>
    fc
      .string({ unit: fc.constantFrom(...Array.from('AZaz09 -&.老北京炸酱面馆é€𠮷')), minLength: 1, maxLength: max })
      .filter((text) => Array.from(text).length <= max);
  const digits = (length: number) =>
    fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: length, maxLength: length });
  const system = (from: number, to: number) =>
    fc.record({
      tag: fc.integer({ min: from, max: to }).map(String),
      id: printable(16),
      fields: fc.uniqueArray(
        fc.record({
          tag: fc.integer({ min: 1, max: 99 }).map((tag) => String(tag).padStart(2, '0')),
          value: printable(10),
        }),
        { selector: (item) => item.tag, maxLength: 2 },
      ),
    });
  const byTag = <T extends { tag: string }>(items: T[]): T[] =>
    [...items].sort((a, b) => Number(a.tag) - Number(b.tag));
  const code: fc.Arbitrary<EmvCode> = fc.record({
    initiation: fc.constantFrom('static' as const, 'dynamic' as const, null),
    accounts: fc
      .uniqueArray(
        fc.record({
          tag: fc.integer({ min: 2, max: 25 }).map((tag) => String(tag).padStart(2, '0')),
          value: printable(31),
        }),
        { selector: (item) => item.tag, minLength: 1, maxLength: 2 },
      )
      .map(byTag),
    systems: fc.uniqueArray(system(26, 51), { selector: (item) => item.tag, maxLength: 1 }).map(byTag),
    categoryCode: digits(4),
    currencyNumber: fc.constantFrom('156', '344', '392', '764'),
    amount: fc.option(fc.integer({ min: 1, max: 999_999 }).map(String)),
    tip: fc.constantFrom(
      null,
      { kind: 'ask' as const },
      { kind: 'fixed' as const, amount: '5' },
      { kind: 'percentage' as const, percent: '7.5' },
    ),
    country: fc.constantFrom('CN', 'HK', 'JP'),
    merchantName: printable(25),
    city: printable(15),
    postcode: fc.option(printable(10)),
    additional: fc.dictionary(
      fc.constantFrom('billNumber', 'storeLabel', 'reference', 'terminal', 'purpose'),
      printable(15),
      { maxKeys: 2, noNullPrototype: true },
    ),
    localized: fc.option(
      fc.record({ language: fc.constantFrom('ZH', 'EN'), merchantName: printable(25), city: fc.option(printable(15)) }),
    ),
    unreserved: fc.uniqueArray(system(80, 99), { selector: (item) => item.tag, maxLength: 1 }).map(byTag),
  });

  test('whatever can be written is read back the same', () => {
    fc.assert(
      fc.property(code, (original) => {
        expect(readEmv(textOf(original))).toEqual({ kind: 'code', code: original });
      }),
    );
  });
});
