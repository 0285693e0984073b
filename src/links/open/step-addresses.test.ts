import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOSTILE } from '../preview/test-ready-link.ts';
import {
  alipayUrl,
  fillTemplate,
  intentUrl,
  pathOfPage,
  schemeUrl,
  toAppPath,
  wechatTagPath,
  withLinkCode,
  withLinkCodeFor,
} from './step-addresses.ts';

const FALLBACK = 'https://go.shop.example/abcd2345?app=none';

describe('the link’s code in a page’s address', () => {
  test.each([
    ['https://shop.example/item/42', 'https://shop.example/item/42?hutong_link=abcd2345'],
    ['https://shop.example/item?sku=7', 'https://shop.example/item?sku=7&hutong_link=abcd2345'],
    [
      'https://shop.example/item?a=%20b+c&sign=x%2By',
      'https://shop.example/item?a=%20b+c&sign=x%2By&hutong_link=abcd2345',
    ],
    ['https://shop.example/#/route?x=1', 'https://shop.example/?hutong_link=abcd2345#/route?x=1'],
    ['https://shop.example/?hutong_link=other&a=1', 'https://shop.example/?a=1&hutong_link=abcd2345'],
    ['https://shop.example/?hutong_linked=1', 'https://shop.example/?hutong_linked=1&hutong_link=abcd2345'],
    ['https://shop.example:8443/?', 'https://shop.example:8443/?hutong_link=abcd2345'],
  ])('%s → %s', (page, address) => {
    expect(withLinkCode(page, 'abcd2345')).toBe(address);
  });
});

describe('the link’s code in what an app is handed', () => {
  test.each([
    ['shop://item/42', 'shop://item/42?hutong_link=abcd2345'],
    ['shop://item/42?a=b', 'shop://item/42?a=b&hutong_link=abcd2345'],
    ['shop://item/42?', 'shop://item/42?hutong_link=abcd2345'],
    ['shop://item/42?a&', 'shop://item/42?a&hutong_link=abcd2345'],
    ['shop://item/42?a=b#top', 'shop://item/42?a=b&hutong_link=abcd2345#top'],
    ['shop://item/42#a?b', 'shop://item/42?hutong_link=abcd2345#a?b'],
    ['com.example.shop:item/42', 'com.example.shop:item/42?hutong_link=abcd2345'],
    ['pages/item/item.html?id=42', 'pages/item/item.html?id=42&hutong_link=abcd2345'],
    ['pages/index', 'pages/index?hutong_link=abcd2345'],
    ['/item/42', '/item/42?hutong_link=abcd2345'],
    // The owner names it himself: for an app that cannot bear it, or wants it elsewhere.
    ['shop://item/42?hutong_link=', 'shop://item/42?hutong_link='],
    ['shop://item/42?a=b&hutong_link', 'shop://item/42?a=b&hutong_link'],
    ['shop://item/42?x=1&hutong_link=own&y=2', 'shop://item/42?x=1&hutong_link=own&y=2'],
    ['shop://item/42?hutong_linked=1', 'shop://item/42?hutong_linked=1&hutong_link=abcd2345'],
    ['shop://item/hutong_link=1', 'shop://item/hutong_link=1?hutong_link=abcd2345'],
  ])('%s → %s', (handed, address) => {
    expect(withLinkCodeFor(handed, 'abcd2345')).toBe(address);
  });

  test.each([
    ['https://shop.example/item/42', '/item/42'],
    ['https://shop.example/item?a=%20b+c', '/item?a=%20b+c'],
    ['https://shop.example/item?hutong_link=other0001&a=1', '/item?a=1'],
    ['https://shop.example/item?hutong_link=other0001', '/item'],
  ])('a page’s path, %s, carries no other link’s: %s', (page, path) => {
    expect(pathOfPage(page)).toBe(path);
  });
});

describe('an app’s path', () => {
  test.each([
    ['/item/42', '/item/42'],
    ['item/42?a=b', '/item/42?a=b'],
    ['//evil.example/x', '/evil.example/x'],
    ['/\\evil.example', '/evil.example'],
    ['/a/../../b', '/b'],
    ['/a#;end', '/a'],
    ['/商品 1', '/%E5%95%86%E5%93%81%201'],
    ['https://evil.example/', '/https://evil.example/'],
  ])('%s → %s', (text, path) => {
    expect(toAppPath(text)).toBe(path);
  });
});

describe('a mini program’s page in WeChat’s tag', () => {
  test.each([
    ['pages/item/item?id=42', 'pages/item/item.html?id=42'],
    ['pages/item/item.html?id=42', 'pages/item/item.html?id=42'],
    ['pages/index', 'pages/index.html'],
    ['pages/index?to=a.html', 'pages/index.html?to=a.html'],
  ])('%s → %s', (page, path) => {
    expect(wechatTagPath(page)).toBe(path);
  });
});

describe('templates', () => {
  test.each([
    ['shop://item/{path}', '/42', 'shop://item/42'],
    ['shop://open/{path}', '/item/42?a=b', 'shop://open/item/42?a=b'],
    ['shop://open?to={path}', '/item/42?a=b&c', 'shop://open?to=item%2F42%3Fa%3Db%26c'],
    ['pages/item/item?id={path}', '/42', 'pages/item/item?id=42'],
    ['pages/item/item?id={path}', '/42&admin=1', 'pages/item/item?id=42%26admin%3D1'],
    ['pages/index', '/42', 'pages/index'],
    ['a/{path}?b={path}', '/x/y', 'a/x/y?b=x%2Fy'],
    ['a/{path}', '/$&$1', 'a/$&$1'],
  ])('%s with %s → %s', (template, path, filled) => {
    expect(fillTemplate(template, path)).toBe(filled);
  });
});

describe('a scheme is the merchant’s own', () => {
  test.each([
    ['shop://item/{path}', 'shop://item/42'],
    ['com.example.shop:item/{path}', 'com.example.shop:item/42'],
    ['SHOP://item/{path}', 'SHOP://item/42'],
    ['javascript:alert(1)//{path}', null],
    ['JavaScript:alert(1)', null],
    [' javascript:alert(1)', null],
    ['data:text/html,x', null],
    ['https://evil.example/{path}', null],
    ['intent://x#Intent;end', null],
    ['tel:10086', null],
    ['alipays://platformapi/startapp?appId=1', null],
    ['wx0123456789abcdef://pay', null],
    ['weixin://dl/business', null],
    ['shop', null],
    ['//evil.example', null],
    ['shop://a b', null],
    ['shop://"onclick="x', null],
    ['shop://a\u202eb', null],
  ])('%s → %s', (template, url) => {
    expect(schemeUrl(template, '/42')).toBe(url);
  });
});

describe('intents', () => {
  test('the whole of one', () => {
    expect(intentUrl('shop://item/42?a=b', 'com.example.shop', FALLBACK)).toBe(
      'intent://item/42?a=b#Intent;scheme=shop;package=com.example.shop;S.browser_fallback_url=https%3A%2F%2Fgo.shop.example%2Fabcd2345%3Fapp%3Dnone;end',
    );
  });

  test.each([
    ['shop://item', 'com.example;component=evil', null],
    ['shop://item', 'nodots', null],
    ['shop://a b', 'com.example.shop', null],
    ['//item', 'com.example.shop', null],
  ])('%s for %s is not written', (address, name, url) => {
    expect(intentUrl(address, name, FALLBACK)).toBe(url);
  });

  test('no path can end the address, name another package or another fallback', () => {
    const nasty = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({
        unit: fc.constantFrom(
          '#',
          ';',
          '=',
          '%',
          '?',
          '/',
          'end',
          'Intent',
          'package',
          ':',
          '&',
          '\n',
          'S.browser_fallback_url',
        ),
        maxLength: 20,
      }),
      fc.constantFrom('/x#Intent;package=com.evil.app;S.browser_fallback_url=https://evil.example;end', HOSTILE),
    );
    fc.assert(
      fc.property(nasty, fc.constantFrom('shop://item/{path}', 'shop://open?to={path}'), (path, template) => {
        const scheme = schemeUrl(template, path);
        if (scheme === null) return;
        const url = intentUrl(scheme, 'com.example.shop', FALLBACK);
        expect(url).toMatch(
          /^intent:[^#;]*#Intent;scheme=shop;package=com\.example\.shop;S\.browser_fallback_url=[^;#]*;end$/,
        );
        expect(url).toContain(encodeURIComponent(FALLBACK));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('Alipay', () => {
  test('the program’s page is one value', () => {
    expect(alipayUrl('2021000000000001', 'pages/item?id=42&x=1')).toBe(
      'alipays://platformapi/startapp?appId=2021000000000001&page=pages%2Fitem%3Fid%3D42%26x%3D1',
    );
    expect(alipayUrl('2021000000000001&appId=1', 'p')).toBeNull();
  });
});
