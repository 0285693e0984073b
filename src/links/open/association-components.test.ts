import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AppleComponent, matchComponents, matchPattern } from './association-components.ts';
import { LINK_COMPONENTS } from './association-files.ts';

const HOST = 'https://go.shop.example';

describe('patterns', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything/at all', true],
    ['?', '', false],
    ['?', 'a', true],
    ['?', '/', true],
    ['?', 'ab', false],
    ['?*', '', false],
    ['?*', 'a', true],
    ['?*', 'abc', true],
    ['a*', 'a', true],
    ['a*', 'ab/c', true],
    ['a*', 'ba', false],
    ['*a', 'aba', true],
    ['*a', 'ab', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'aXbXbXc', true],
    ['a*b*c', 'acb', false],
    ['**', '', true],
    ['****', 'x', true],
    ['a.c', 'abc', false],
    ['a.c', 'a.c', true],
    ['[a]', 'a', false],
    ['(x|y)', 'x', false],
    ['商品?', '商品1', true],
    ['?', '😆', true],
  ])('%j fits %j: %s', (pattern, text, fits) => {
    expect(matchPattern(pattern, text)).toBe(fits);
  });

  test('no pattern takes long', () => {
    expect(matchPattern('*a'.repeat(50), 'a'.repeat(20_000) + 'b')).toBe(false);
  });

  test('a pattern says the same as an expression of the same meaning', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (written, read) => {
        const same = new RegExp(`^${written.replaceAll('?', '.').replaceAll('*', '.*')}$`, 's');
        expect(matchPattern(written, read)).toBe(same.test(read));
      }),
    );
  });
});

/** Rules; address; which rule decides (from 0, -1: none) and whether the app opens. */
const table: [name: string, rules: AppleComponent[], address: string, index: number, opens: boolean][] = [
  ['no rule at all', [], '/a', -1, false],
  ['a rule without parts fits everything', [{}], '/a?b=c#d', 0, true],
  ['the path alone', [{ '/': '/item/*' }], '/item/42', 0, true],
  ['the path with a query that the rule does not name', [{ '/': '/item/*' }], '/item/42?from=wechat', 0, true],
  ['another path', [{ '/': '/item/*' }], '/items/42', -1, false],
  ['a path must fit whole', [{ '/': '/item' }], '/item/42', -1, false],
  ['a slash at the end is a letter', [{ '/': '/item' }], '/item/', -1, false],
  ['a star is none as well', [{ '/': '/item/*' }], '/item/', 0, true],
  ['a star goes past slashes', [{ '/': '/a/*/z' }], '/a/b/c/z', 0, true],
  ['so many letters', [{ '/': '/????' }], '/abcd', 0, true],
  ['one letter too many', [{ '/': '/????' }], '/abcde', -1, false],
  ['the root', [{ '/': '/' }], '', 0, true],
  ['the first that fits decides', [{ '/': '/a' }, { '/': '/*', exclude: true }], '/a', 0, true],
  ['an exclusion above wins', [{ '/': '/a*', exclude: true }, { '/': '/*' }], '/abc', 0, false],
  ['an exclusion below does not', [{ '/': '/*' }, { '/': '/a*', exclude: true }], '/abc', 0, true],
  ['exclude: false is no exclusion', [{ '/': '/*', exclude: false }], '/abc', 0, true],
  ['a query as one text', [{ '/': '/a', '?': 'id=4?' }], '/a?id=42', 0, true],
  ['a query as one text must fit whole', [{ '/': '/a', '?': 'id=4?' }], '/a?id=42&x=1', -1, false],
  ['a query as one text with a star', [{ '/': '/a', '?': 'id=*' }], '/a?id=42&x=1', 0, true],
  ['no query where one is wanted', [{ '/': '/a', '?': 'id=*' }], '/a', -1, false],
  ['any query', [{ '/': '/a', '?': '*' }], '/a?x', 0, true],
  ['a key', [{ '/': '/a', '?': { id: '????' } }], '/a?id=1234', 0, true],
  ['a key beside others', [{ '/': '/a', '?': { id: '????' } }], '/a?x=1&id=1234&y', 0, true],
  ['a key whose value does not fit', [{ '/': '/a', '?': { id: '????' } }], '/a?id=123', -1, false],
  ['a key that is not there', [{ '/': '/a', '?': { id: '????' } }], '/a?di=1234', -1, false],
  ['two keys, both there', [{ '/': '/a', '?': { x: '1', y: '2' } }], '/a?y=2&x=1', 0, true],
  ['two keys, one there', [{ '/': '/a', '?': { x: '1', y: '2' } }], '/a?x=1', -1, false],
  ['a key twice, both fit', [{ '/': '/a', '?': { x: '?' } }], '/a?x=1&x=2', 0, true],
  ['a key twice, one does not', [{ '/': '/a', '?': { x: '?' } }], '/a?x=1&x=22', -1, false],
  ['a value with = in it', [{ '/': '/a', '?': { x: 'a=b' } }], '/a?x=a=b', 0, true],
  ['a route behind # is no path', [{ '/': '/route/*' }], '/#/route/1', -1, false],
  ['a route behind #', [{ '#': '/route/*' }], '/#/route/1', 0, true],
  ['another fragment', [{ '/': '/a', '#': 'top' }], '/a#bottom', -1, false],
  ['a fragment that the rule does not name', [{ '/': '/a' }], '/a#bottom', 0, true],
  ['path, query and fragment', [{ '/': '/a', '?': { x: '1' }, '#': 'f*' }], '/a?x=1#foo', 0, true],
  ['large and small letters differ', [{ '/': '/Item/*' }], '/item/1', -1, false],
  ['unless the rule says otherwise', [{ '/': '/Item/*', caseSensitive: false }], '/iTEM/1', 0, true],
  ['also in a query', [{ '?': { x: 'ABC' }, caseSensitive: false }], '/?x=abc', 0, true],
  ['also in a fragment', [{ '#': 'TOP', caseSensitive: false }], '/#top', 0, true],
  ['patterns are written as in an address', [{ '/': '/%E5%95%86%E5%93%81/*' }], '/商品/1', 0, true],
  ['what is read is not what is written', [{ '/': '/商品/*' }], '/商品/1', -1, false],
  ['unless the rule says so', [{ '/': '/商品/*', percentEncoded: false }], '/商品/1', 0, true],
  ['a lone % is a %', [{ '/': '/100%', percentEncoded: false }], '/100%', 0, true],
  ['a dot is a dot', [{ '/': '/a.html' }], '/aXhtml', -1, false],
];

describe('components', () => {
  test.each(table)('%s', (_name, rules, address, index, opens) => {
    const match = matchComponents(rules, new URL(HOST + address));
    expect(match?.index ?? -1).toBe(index);
    expect(match?.opens ?? false).toBe(opens);
  });
});

describe('what apps open under a host that serves links', () => {
  test.each([
    ['/abcd2345', 3, true],
    ['/abcd2345?via=qr', 3, true],
    ['/abcd2345?from=singlemessage&isappinstalled=0', 3, true],
    ['/abcd2345?app=none', 2, false],
    ['/abcd2345#browser', 3, true],
    ['/abcd2345/', 1, false],
    ['/abcd2345/pay', 1, false],
    ['/abcd2345/report', 1, false],
    ['/abcd2345/card.png', 1, false],
    ['/abcd234', -1, false],
    ['/abcd23456', -1, false],
    ['/', -1, false],
    ['/.well-known/assetlinks.json', 0, false],
    ['/.well-known/apple-app-site-association', 0, false],
    ['/oembed?url=x', -1, false],
  ])('%s', (address, index, opens) => {
    const match = matchComponents(LINK_COMPONENTS, new URL(HOST + address));
    expect([match?.index ?? -1, match?.opens ?? false]).toEqual([index, opens]);
  });
});
