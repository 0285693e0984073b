import { describe, expect, test } from 'vitest';
import type { LinkWishes } from './link-wish.ts';
import { readLinkList } from './read-link-list.ts';
import { readLinkRows } from './read-link-rows.ts';

const textsOf = ({ wishes, faults }: LinkWishes) => [wishes.map(({ texts }) => texts), faults];
const told = ({ faults }: LinkWishes) =>
  faults.map(({ place, field, text }) => `${place.line}:${place.column} ${field ?? '-'} ${text.en}`);

describe('rows', () => {
  test.each<[string, string, Record<string, string>[]]>([
    ['commas', 'title,page\n"a, ""b""",c\r\n', [{ title: 'a, "b"', page: 'c' }]],
    ['semicolons', '\ufefftitle;page\na, b;c', [{ title: 'a, b', page: 'c' }]],
    ['tabs, where a quote may be a letter', 'Title\tPage\n5" screen\tc\n', [{ title: '5" screen', page: 'c' }]],
    [
      'tabs, with lines in a cell',
      'title\tpeople\nx\t"a 1\nb 2"\ny\t\n',
      [
        { title: 'x', people: 'a 1\nb 2' },
        { title: 'y', people: '' },
      ],
    ],
    ['lines without anything', 'title,page\n\n , \na,b\n\n', [{ title: 'a', page: 'b' }]],
  ])('with %s', (_, text, texts) => {
    expect(textsOf(readLinkRows(text))).toEqual([texts, []]);
  });

  test.each<[string, string[]]>([
    ['title,titel\n', ['1:7 - there is no such field: titel; there are kind, title']],
    ['title,title\n', ['1:7 - title stands twice']],
    ['', ['1:1 - the first line names the fields']],
    [
      'title,page\na,b,c\nd\n',
      ['2:5 - there are more cells than the 2 fields', '3:1 - there are 1 cells for 2 fields'],
    ],
    ['title,page\na b"c,d', ['2:1 - a cell with a quote stands in quotes']],
    ['title;page\n"a"b;d', ['2:4 - behind a quote comes the next cell']],
  ])('%j is told by line and column', (text, expected) => {
    const found = told(readLinkRows(text));
    expect(found.map((one, index) => one.startsWith(expected[index] ?? '?'))).toEqual(expected.map(() => true));
  });
});

describe('a list', () => {
  const cny = (minor: string) => ({ currency: 'CNY', minor });

  test.each<[object | string, Record<string, string>]>([
    [
      { title: 'x', price: cny('1250') },
      { title: 'x', price: '12.50', currency: 'CNY' },
    ],
    [
      { kind: 'pay', pay: { amount: cny('5'), times: 3 } },
      { kind: 'pay', amount: '0.05', times: '3', currency: 'CNY' },
    ],
    [
      { kind: 'group', group: { total: cny('300'), people: [{ name: 'a b', amount: cny('300') }] } },
      { kind: 'group', total: '3.00', people: 'a b 3.00', currency: 'CNY' },
    ],
    ['- title: x\n  amount: 5.00\n  direct: true\n', { title: 'x', amount: '5.00', direct: 'yes' }],
    [{ title: 'x', description: null }, { title: 'x' }],
  ])('as %j', (each, texts) => {
    const text = typeof each === 'string' ? each : JSON.stringify([each]);
    expect(textsOf(readLinkList(text))).toEqual([[texts], []]);
  });

  test.each<[string, string]>([
    ['[{"price": {"currency": "USD", "minor": "5"}, "currency": "CNY"}]', '1:47 currency a link has one currency'],
    [
      '[{"pay": {"min": {"currency": "USD", "minor": "5"},\n"max": {"currency": "CNY", "minor": "9"}}}]',
      '2:1 max it is a text',
    ],
    ['[{"group": {"people": [{"name": "a; b 1", "amount": "2"}]}}]', '1:13 people it is a text'],
    ['- order_no: 007', '1:3 order_no an order number stands in quotes'],
    ['[{"group": {"colour": 1}}]', '1:13 - there is no such field: colour'],
    ['[3]', '1:2 - a link is an object'],
    ['{"title": "x"}', '1:1 - it is a list of links'],
    ['[{"title": "x", "title": "y"}]', '1:'],
  ])('%s is told by line and column', (text, expected) => {
    const [first = '', ...others] = told(readLinkList(text));
    expect([first.startsWith(expected), others], first).toEqual([true, []]);
  });
});
