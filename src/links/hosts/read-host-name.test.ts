import { describe, expect, test } from 'vitest';
import { isLocalHost, readHostName } from './read-host-name.ts';

const read = (text: string, isSandbox = false) => readHostName(text, { isSandbox });

describe('a host that a merchant can own', () => {
  test.each<[string, string]>([
    ['shop.example', 'shop.example'],
    ['Shop.Example', 'shop.example'],
    ['go.shop.com.cn', 'go.shop.com.cn'],
    ['商店.中国', 'xn--czrs0t.xn--fiqs8s'],
    ['xn--czrs0t.example', 'xn--czrs0t.example'],
    ['shop.example:8443', 'shop.example:8443'],
    ['shop.example:443', 'shop.example'],
    ['tea.github.io', 'tea.github.io'],
  ])('%s is %s', (text, host) => expect(read(text)).toEqual({ host }));

  test.each([
    '',
    ' ',
    'shop',
    'com',
    'com.cn',
    'co.uk',
    'github.io',
    'localhost',
    'a.localhost',
    'printer.local',
    'metadata.google.internal',
    'x.onion',
    'x.home.arpa',
    '127.0.0.1',
    '10.0.0.1',
    '8.8.8.8',
    '0x7f.1',
    '2130706433',
    '[::1]',
    '[2001:db8::1]',
    '169.254.169.254',
    'https://shop.example',
    'shop.example/x',
    'shop.example?x',
    'shop.example#x',
    'a@shop.example',
    'shop.example\\x',
    'shop.example.',
    'shop..example',
    '.shop.example',
    '-a.example',
    'a-.example',
    'a_b.example',
    '*.example',
    'shop.example:0',
    'shop.example:99999',
    'shop.example:x',
    'sh\u200bop.example',
    'sh\u202eop.example',
    'shop .example',
    'shop\t.example',
    'аррӏе.example',
    'pаypal.example',
    'xn--a.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(130)}example`,
  ])('%j is none', (text) => expect(read(text)).toHaveProperty('reason'));
});

test.each<[string, string]>([
  ['127.0.0.1:4700', '127.0.0.1:4700'],
  ['localhost:4701', 'localhost:4701'],
  ['go.localhost', 'go.localhost'],
  ['[::1]:80', '[::1]'],
])('%s is a host of this machine, in the sandbox alone', (text, host) => {
  expect(read(text, true)).toEqual({ host });
  expect(isLocalHost(host)).toBe(true);
  expect(read(text)).toHaveProperty('reason');
});

test.each(['localhost.evil.example', '127.0.0.1.evil.example', '127.0.0.1x', 'notlocalhost', '1127.0.0.1', '[::2]'])(
  '%s is not this machine',
  (host) => expect(isLocalHost(host)).toBe(false),
);
