import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../base/refusal.ts';
import type { FieldFault, LinkTexts } from './field-sheet.ts';
import { LINK_FIELD_NAMES, LINK_FIELDS, type LinkField, optionOf } from './link-fields.ts';
import { readLinkChange, readNewLink } from './read-link-fields.ts';
import { chineseOf, refusedField } from './refused-field.ts';

const PAGE = { title: '茶', page: 'https://shop.example/1' };

function wantedOf(texts: LinkTexts) {
  const reading = readNewLink(texts);
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  return reading.wanted;
}
const faultsOf = (texts: LinkTexts): readonly FieldFault[] => {
  const reading = readNewLink(texts);
  return 'faults' in reading ? reading.faults : [];
};

describe('a new link', () => {
  test.each<[string, Date | null]>([
    ['', null],
    ['none', null],
    ['2026-12-31', new Date('2026-12-31T16:00:00Z')],
    ['2026-12-31T18:00', new Date('2026-12-31T10:00:00Z')],
    ['2026-12-31 18:00', new Date('2026-12-31T10:00:00Z')],
    ['2026-12-31T18:00:30Z', new Date('2026-12-31T18:00:30Z')],
    ['2026-12-31T18:00-05:30', new Date('2026-12-31T23:30:00Z')],
  ])('until %j', (text, expected) => {
    expect(wantedOf({ ...PAGE, expires_at: text }).link.content.expiresAt).toEqual(expected);
  });

  test.each([
    ['expires_at', '2026-02-30'],
    ['expires_at', '2026-12-31T24:00'],
    ['expires_at', 'soon'],
    ['direct', 'perhaps'],
    ['availability', 'gone'],
    ['price', '12.345'],
    ['price', '1,000.00'],
    ['price', '0'],
    ['currency', 'XYZ'],
    ['kind', 'collect'],
    ['amount', '5'],
    ['people', 'Li 5'],
  ] as const)('with %s %j is told that field alone, in both languages', (field, text) => {
    const faults = faultsOf({ ...PAGE, [field]: text });
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(faults[0]?.text.en).toMatch(/[a-z]/);
    expect(faults[0]?.text['zh-CN']).toMatch(/\p{Script=Han}/u);
  });

  test('without what it needs is told all of it', () => {
    expect(faultsOf({}).map(({ field }) => field)).toEqual(['title', 'page']);
    expect(faultsOf({ kind: 'group', direct: 'yes' }).map(({ field }) => field)).toEqual(['direct', 'total', 'title']);
  });

  test.each<[LinkTexts, object]>([
    [{ amount: '5' }, { amountMinor: 500n, placesMax: null, orderNo: null }],
    [
      { amount: '5', times: '3', subject: '押金' },
      { amountMinor: 500n, placesMax: 3, subject: '押金' },
    ],
    [
      { amount: '5', order_no: 'A-1' },
      { amountMinor: 500n, placesMax: 1, orderNo: 'A-1' },
    ],
    [
      { amount: '500', currency: 'JPY' },
      { amountMinor: 500n, currency: 'JPY' },
    ],
    [{ min: '1' }, { amountMinor: null, minMinor: 100n }],
    [{}, { amountMinor: null, minMinor: 1n, placesMax: null }],
  ])('of kind pay with %j', (texts, plan) => {
    const wanted = wantedOf({ kind: 'pay', title: '茶', ...texts });
    expect(wanted.plan).toMatchObject(plan);
    expect(wanted.link.content.price).toEqual(
      wanted.plan?.amountMinor == null ? null : { currency: wanted.plan.currency, minor: wanted.plan.amountMinor },
    );
  });

  test.each<[LinkTexts, LinkField]>([
    [{ times: '0' }, 'times'],
    [{ times: '1.5' }, 'times'],
    [{ times: '1001' }, 'times'],
    [{ amount: '5', max: '6' }, 'max'],
    [{ min: '5', max: '4' }, 'max'],
    [{ order_no: 'A-1' }, 'order_no'],
    [{ order_no: '-1', amount: '5' }, 'order_no'],
    [{ order_no: 'A-1', amount: '5', times: '2' }, 'times'],
    [{ amount: '5', price: '6' }, 'price'],
    [{ amount: '5', subject: '茶'.repeat(121) }, 'subject'],
    [{ page: 'https://shop.example/' }, 'page'],
    [{ total: '5' }, 'total'],
  ])('of kind pay with %j is refused for its %s', (texts, field) => {
    expect(faultsOf({ kind: 'pay', title: '茶', ...texts }).map((fault) => fault.field)).toEqual([field]);
  });

  test('whose price is what it asks for, or none, shows that', () => {
    const texts = { kind: 'pay', title: '茶', amount: '5' };
    expect(wantedOf({ ...texts, price: '5.00' }).link.content.price).toEqual({ currency: 'CNY', minor: 500n });
    expect(wantedOf({ ...texts, price: 'none' }).link.content.price).toBeNull();
  });

  test.each<[string, [string, bigint][]]>([
    [
      'Wang 40; Li 60',
      [
        ['Wang', 4000n],
        ['Li', 6000n],
      ],
    ],
    [
      '王 小明 40.00\r\n李=￥60',
      [
        ['王 小明', 4000n],
        ['李', 6000n],
      ],
    ],
    [
      ' 小王：40元；小李：60 ； ',
      [
        ['小王', 4000n],
        ['小李', 6000n],
      ],
    ],
  ])('of kind group for %j', (people, expected) => {
    const { plan } = wantedOf({ kind: 'group', title: '聚餐', total: '100', people });
    expect(plan?.shares.map(({ name, amountMinor }) => [name, amountMinor])).toEqual(expected);
  });

  test.each([
    ['Wang'],
    ['Wang 1,000; Li 2'],
    ['40; 60'],
    ['Wang 40; Li 60.001'],
    [';'],
    [`Wang${' '.repeat(200)}100`],
    [`${'='.repeat(16_000)} Wang 100`], // and at once: nothing is tried over and over
  ])('of kind group for %j is refused for its people', (people) => {
    const faults = faultsOf({ kind: 'group', title: '聚餐', total: '100', people });
    expect(faults.map((fault) => fault.field)).toEqual(['people']);
  });
});

describe('a change', () => {
  test('takes away what is empty, leaves what is not there, and keeps the currency', () => {
    expect(readLinkChange({ description: '', image_url: '', price: '5', direct: '' }, 'JPY')).toEqual({
      content: { description: null, imageUrl: null, price: { currency: 'JPY', minor: 5n }, direct: false },
    });
    expect(readLinkChange({ title: 'none', description: 'none', price: '' }, 'CNY')).toEqual({
      content: { title: 'none', description: 'none', price: null },
    });
  });

  test.each(LINK_FIELD_NAMES.filter((field) => !LINK_FIELDS[field].mayChange))('of its %s is refused', (field) => {
    expect(readLinkChange({ [field]: '1' }, 'CNY')).toMatchObject({ faults: [{ field }] });
  });

  test('to no title is refused', () => {
    expect(readLinkChange({ title: ' ' }, 'CNY')).toMatchObject({ faults: [{ field: 'title' }] });
  });
});

test('every field has an option of its own, and says in both languages what to write', () => {
  expect(new Set(LINK_FIELD_NAMES.map(optionOf)).size).toBe(LINK_FIELD_NAMES.length);
  for (const field of LINK_FIELD_NAMES)
    for (const words of [LINK_FIELDS[field].label, LINK_FIELDS[field].write])
      expect([words.en.length > 2, /\p{Script=Han}|App/u.test(words['zh-CN'])], field).toEqual([true, true]);
});

describe('what the desk refuses', () => {
  test.each([
    ['links.3.pay.people.2.name', 3, 'people'],
    ['links.12.group.total', 12, 'total'],
    ['page', null, 'page'],
    ['price.minor', null, 'price'],
    ['actor', null, null],
  ])('as %s is told of link and field', (param, index, field) => {
    const refusal = new Refusal('invalid_request', '1 to 120 letters', { param });
    expect(refusedField(refusal)).toEqual({
      index,
      field,
      text: { en: '1 to 120 letters', 'zh-CN': '要 1 到 120 个字' },
    });
  });

  test('is there in Chinese, every sentence of it', () => {
    const sources = ['../check-content.ts', '../pay/read-terms.ts', './wanted-link.ts'].map((path) =>
      readFileSync(join(import.meta.dirname, path), 'utf8'),
    );
    // The last text of each call: what stands before it names the field.
    const calls = sources.flatMap(
      (text) => text.match(/(?:throw wrong|Refusal)\((?:[^;`']|'[^']*'|`[^`]*`)*?\);/gs) ?? [],
    );
    const messages = calls.flatMap((call) => {
      const texts = [...call.replace(/, \{\s*param[\s\S]*/, '').matchAll(/'([^']*)'|`([^`]*)`/g)];
      const last = texts.at(-1);
      const message = last?.[1] ?? last?.[2] ?? '';
      return message.includes(' ') && !message.includes('is not proved') ? [message] : [];
    });
    expect(messages.length).toBeGreaterThan(25);
    expect(messages.filter((message) => chineseOf(message.replace(/\$\{[^}]*\}/g, '7')) === null)).toEqual([]);
  });
});
