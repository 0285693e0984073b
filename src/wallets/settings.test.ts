import { describe, expect, test } from 'vitest';
import { Refusal } from '../base/refusal.ts';
import { isThisMachine, readPlainUrl, readScenes, readSettings, readWalletUrl, required } from './settings.ts';

function paramOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    if (error instanceof Refusal) return error.facts['param'];
    throw error;
  }
  return null;
}

describe('settings', () => {
  test.each([
    [null, 'settings'],
    ['x', 'settings'],
    [['a'], 'settings'],
    [{ b: 'x' }, 'settings.b'],
    [{ toString: 'x' }, 'settings.toString'],
    [{ a: 1 }, 'settings.a'],
    [{ a: null }, 'settings.a'],
    [{ a: { $gt: '' } }, 'settings.a'],
    [{ a: 'x'.repeat(64 * 1024 + 1) }, 'settings.a'],
    [{ ['n'.repeat(500)]: 'x' }, `settings.${'n'.repeat(64)}`],
  ])('%j is refused by name', (input, param) => {
    expect(paramOf(() => readSettings(input, ['a']))).toBe(param);
  });

  test('are the texts that were given, and what is needed is not blank', () => {
    const settings = readSettings({ a: ' x ', b: '  ' }, ['a', 'b', 'c']);
    expect([...settings]).toEqual([
      ['a', ' x '],
      ['b', '  '],
    ]);
    expect(required(settings, 'a')).toBe(' x ');
    for (const name of ['b', 'c'] as const) expect(paramOf(() => required(settings, name))).toBe(`settings.${name}`);
  });

  test('name scenes in any order and get them in the wallet’s', () => {
    expect(readScenes(undefined, ['web', 'qr'])).toEqual(['web', 'qr']);
    expect(readScenes('qr, web', ['web', 'qr'])).toEqual(['web', 'qr']);
    for (const text of ['', ' , ', 'tv', 'web tv'])
      expect(paramOf(() => readScenes(text, ['web', 'qr']))).toBe('settings.scenes');
  });
});

describe('an address', () => {
  test.each([
    'x',
    '//a',
    'https://a:b@pay.wallet.cn/',
    'https://:b@pay.wallet.cn/',
    'https://pay.wallet.cn/?a',
    'https://pay.wallet.cn/#a',
  ])('%s is not plain', (text) => {
    expect(paramOf(() => readPlainUrl('url', text))).toBe('settings.url');
  });

  test.each([
    'http://pay.wallet.cn/',
    'https://pay.wallet.cn:8443/',
    'https://wallet.cn.evil.example/',
    'https://evilwallet.cn/',
    'https://169.254.169.254/',
    'http://10.0.0.1/',
    'http://localhost.evil.example/',
    'http://127.0.0.1.evil.example/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
  ])('%s is neither the wallet’s nor of this machine', (text) => {
    expect(paramOf(() => readWalletUrl('url', text, ['.wallet.cn'], 'Wallet'))).toBe('settings.url');
  });

  test.each(['https://pay.wallet.cn/gateway', 'http://127.0.0.1:4790/', 'http://localhost:1', 'http://[::1]:1'])(
    '%s is',
    (text) => {
      expect(readWalletUrl('url', text, ['.wallet.cn'], 'Wallet').href).toContain(new URL(text).host);
    },
  );

  test('of this machine is told by its canonical form', () => {
    for (const text of ['http://127.1:80/', 'http://2130706433/', 'http://0x7f.1/', 'http://LOCALHOST/'])
      expect(isThisMachine(new URL(text)), text).toBe(true);
    for (const text of ['http://0.0.0.0/', 'http://128.0.0.1/', 'http://[::]/', 'http://[::ffff:127.0.0.1]/'])
      expect(isThisMachine(new URL(text)), text).toBe(false);
  });
});
