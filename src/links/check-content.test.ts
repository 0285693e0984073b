import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../base/refusal.ts';
import { checkContent, type ContentGround, readTarget } from './check-content.ts';
import type { LinkContent } from './link.ts';
import { contentOf, TARGET } from './test-links.ts';

const NOW = new Date('2026-11-11T02:00:00Z');
const GROUND: ContentGround = {
  kind: 'page',
  targets: new Set([TARGET, 'xn--czrs0t.example', 'shop.example:8443']),
  isSandbox: false,
  isBlockedHost: () => false,
  now: NOW,
  path: '',
};

function refused(run: () => unknown): { code: string; param: unknown } {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, param: error.facts.param };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('an address that a link leads to', () => {
  test.each<[string, string]>([
    ['https://shop.example/item/42', 'https://shop.example/item/42'],
    ['https://SHOP.example:443/a/../b?x=1#/r', 'https://shop.example/b?x=1#/r'],
    ['https://shop.example/茶?q=龙井', 'https://shop.example/%E8%8C%B6?q=%E9%BE%99%E4%BA%95'],
    ['https://商店.example/', 'https://xn--czrs0t.example/'],
    ['https://shop.example:8443/x', 'https://shop.example:8443/x'],
    ['https:shop.example/x', 'https://shop.example/x'],
    ['https://shop.example/"quote"', 'https://shop.example/%22quote%22'],
  ])('%s is kept as %s', (text, kept) => expect(readTarget(text, GROUND, 'page')).toBe(kept));

  test.each<[string, string]>([
    ['http://shop.example/', 'invalid_request'],
    ['//shop.example/', 'invalid_request'],
    ['/item/42', 'invalid_request'],
    ['javascript:alert(1)//https://shop.example/', 'invalid_request'],
    ['data:text/html,https://shop.example/', 'invalid_request'],
    ['intent://shop.example/#Intent;end', 'invalid_request'],
    ['https://shop.example@evil.example/', 'invalid_request'],
    ['https://evil.example@shop.example/', 'invalid_request'],
    ['https://user:pass@shop.example/', 'invalid_request'],
    ['https://shop.example\\@evil.example/', 'invalid_request'],
    ['https://shop.example\\.evil.example/', 'invalid_request'],
    ['https://shop.example/\r\nSet-Cookie: x', 'invalid_request'],
    ['https://shop\t.example/', 'invalid_request'],
    [' https://shop.example/', 'invalid_request'],
    ['https://shop.example/\u202etxt', 'invalid_request'],
    ['https://shop.example/\u200bx', 'invalid_request'],
    ['https://shop.example.evil.example/', 'link_host_not_proved'],
    ['https://www.shop.example/', 'link_host_not_proved'],
    ['https://shop.example./', 'link_host_not_proved'],
    ['https://shop.example:444/', 'link_host_not_proved'],
    ['https://shop。example/', 'kept'],
    ['https://127.0.0.1/', 'link_host_not_proved'],
    ['https://2130706433/', 'link_host_not_proved'],
    ['https://', 'invalid_request'],
    ['', 'invalid_request'],
    [`https://shop.example/${'x'.repeat(2048)}`, 'invalid_request'],
    [`https://shop.example/${'茶'.repeat(400)}`, 'invalid_request'],
  ])('%j is %s', (text, code) => {
    if (code === 'kept') expect(new URL(readTarget(text, GROUND, 'page')).host).toBe(TARGET);
    else expect(refused(() => readTarget(text, GROUND, 'page'))).toEqual({ code, param: 'page' });
  });

  test('whatever is kept is read as a proved host by every reader of addresses, and stays as it is', () => {
    const pieces = fc.constantFrom(
      'https://',
      'https:',
      'http://',
      'HTTPS://',
      '//',
      '/',
      '\\',
      '\\\\',
      '@',
      ':',
      '?',
      '#',
      '.',
      ':443',
      ':80',
      '%2f',
      '%40',
      '%00',
      '\t',
      '\n',
      ' ',
      '\u200b',
      '。',
      '．',
      '／',
      '＠',
      '／／',
      TARGET,
      'shop',
      'example',
      'evil.example',
      'xn--czrs0t.example',
      '商店',
      '[::1]',
      'javascript:',
      'user',
      'a',
      'ß',
      'K',
      '0x7f.1',
    );
    const texts = fc.oneof(
      fc.array(pieces, { minLength: 1, maxLength: 9 }).map((parts) => parts.join('')),
      fc.array(pieces, { minLength: 0, maxLength: 7 }).map((parts) => `https://${TARGET}${parts.join('')}`),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
    );
    let keptCount = 0;
    fc.assert(
      fc.property(texts, (text) => {
        let kept: string;
        try {
          kept = readTarget(text, GROUND, 'page');
        } catch (error) {
          return error instanceof Refusal;
        }
        keptCount += 1;
        const read = new URL(kept);
        // The host as a reader sees it who knows nothing but RFC 3986: between // and the next / ? or #.
        const plain = /^https:\/\/([^/?#]*)/.exec(kept)?.[1];
        return (
          read.href === kept &&
          GROUND.targets.has(read.host) &&
          plain === read.host &&
          read.username === '' &&
          !/[\\\s@]/.test(plain) &&
          /^[!-~]+$/.test(kept)
        );
      }),
      { numRuns: 20_000, verbose: 1 },
    );
    expect(keptCount).toBeGreaterThan(1000);
  });

  test('hosts of this machine are plain http in the sandbox alone', () => {
    const local = { ...GROUND, targets: new Set(['127.0.0.1:4701']) };
    expect(readTarget('http://127.0.0.1:4701/p', { ...local, isSandbox: true }, 'page')).toBe(
      'http://127.0.0.1:4701/p',
    );
    expect(refused(() => readTarget('http://127.0.0.1:4701/p', local, 'page')).code).toBe('invalid_request');
    expect(refused(() => readTarget('http://shop.example/', { ...GROUND, isSandbox: true }, 'page')).code).toBe(
      'invalid_request',
    );
  });
});

describe('what a link says', () => {
  const wrong: [string, Partial<LinkContent>, string, Partial<ContentGround>?][] = [
    ['no page', { page: null }, 'page'],
    ['a page of what is paid', {}, 'page', { kind: 'pay' }],
    ['an app path of what is paid', { page: null, appPath: '/a' }, 'app_path', { kind: 'group' }],
    ['what is paid at once elsewhere', { page: null, direct: true }, 'direct', { kind: 'collect' }],
    ['an empty title', { title: ' ' }, 'title'],
    ['a title that is too long', { title: '茶'.repeat(121) }, 'title'],
    ['a title in two lines', { title: 'a\nb' }, 'title'],
    ['a title that turns around', { title: 'gnp.\u202eexe' }, 'title'],
    ['a title that turns around in Arabic', { title: 'a\u061cb' }, 'title'],
    ['a title of a filler', { title: '\u3164' }, 'title'],
    ['a title of nothing but what joins', { title: '\u200d\ufe0f' }, 'title'],
    ['a title that says something else to programs', { title: 'tea\u{e0041}\u{e0042}' }, 'title'],
    ['a title of letters of nobody’s', { title: 'tea\ue000' }, 'title'],
    ['a title that reaches into the next line', { title: `t${'\u0301'.repeat(40)}` }, 'title'],
    ['a title with half a letter', { title: 'a\ud800' }, 'title'],
    ['a description that is too long', { description: 'x'.repeat(301) }, 'description'],
    ['an app path without slash', { appPath: 'item' }, 'app_path'],
    ['an app path that is a host', { appPath: '//evil.example' }, 'app_path'],
    ['an app path with a host inside', { appPath: '/a//evil.example' }, 'app_path'],
    ['an app path that climbs', { appPath: '/a/../b' }, 'app_path'],
    ['an app path that climbs in disguise', { appPath: '/a/%2E%2e/b' }, 'app_path'],
    ['an app path that ends an intent', { appPath: '/a#Intent;scheme=evil;end' }, 'app_path'],
    ['an app path with a semicolon', { appPath: '/a;b' }, 'app_path'],
    ['an app path with a quote', { appPath: '/a"b' }, 'app_path'],
    ['an app path in Chinese', { appPath: '/茶' }, 'app_path'],
    ['a picture of a strange host', { imageUrl: 'https://cdn.example/a.png' }, 'image_url'],
    ['a price of nothing', { price: { currency: 'CNY', minor: 0n } }, 'price.minor'],
    ['a price below nothing', { price: { currency: 'CNY', minor: -1n } }, 'price.minor'],
    ['a price beyond all', { price: { currency: 'CNY', minor: 10n ** 12n } }, 'price.minor'],
    ['an end that is over', { expiresAt: NOW }, 'expires_at'],
    ['an end that no clock shows', { expiresAt: new Date('2026-12-31T23:59:60Z') }, 'expires_at'],
    ['an end after the year 9999', { expiresAt: new Date('9999-12-31T23:59:59-08:00') }, 'expires_at'],
  ];
  test.each(wrong)('%s is refused', (_name, over, param, ground = {}) => {
    const found = refused(() => checkContent(contentOf(over), { ...GROUND, ...ground, path: 'links.3.' }));
    expect(found.param).toBe(`links.3.${param}`);
  });

  test.each(['茶', '👨‍👩‍👧 的茶', '❤️', 'می‌خواهم', 'Thé à la ligne', 'Tiếng Việt', 'ngữ̈', '¥9.9 包邮!', '龍井☕'])(
    'the title %s is taken as it is',
    (title) => expect(checkContent(contentOf({ title }), GROUND).title).toBe(title),
  );

  test('a path with query goes to apps as it is', () => {
    const appPath = '/item/42?color=red&size=M,L&n=%E8%8C%B6';
    expect(checkContent(contentOf({ appPath }), GROUND).appPath).toBe(appPath);
    expect(checkContent(contentOf({ appPath: '/' }), GROUND).appPath).toBe('/');
  });

  test('an end that was said before may be over where something else is edited', () => {
    const over = contentOf({ expiresAt: NOW });
    expect(checkContent(over, { ...GROUND, mayBeOver: true }).expiresAt).toEqual(NOW);
  });
});
