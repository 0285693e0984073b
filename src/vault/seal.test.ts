import { describe, expect, test } from 'vitest';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { createKeyring, isSameDigest } from './seal.ts';

const master = () => new Secret(systemRandom.bytes(32).toString('base64'));
const deps = { random: systemRandom };

describe('a sealed text', () => {
  const old = master();
  const keyring = createKeyring(deps, [old]);

  test('opens where it belongs and nowhere else', () => {
    const sealed = keyring.seal('钥匙', 'wallet_accounts wa_1');
    expect(keyring.open(sealed, 'wallet_accounts wa_1')).toBe('钥匙');
    expect(() => keyring.open(sealed, 'wallet_accounts wa_2')).toThrow();
  });

  test('never looks the same twice and shows nothing of the text', () => {
    const [one, two] = [keyring.seal('secret text', 'a'), keyring.seal('secret text', 'a')];
    expect(one).not.toBe(two);
    expect(Buffer.from(one.split('.')[2] ?? '', 'base64url').includes('secret')).toBe(false);
  });

  test('with one bit changed anywhere does not open', () => {
    const sealed = keyring.seal('x', 'a');
    const [version, id, body] = sealed.split('.');
    const bytes = Buffer.from(body ?? '', 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => keyring.open(`${version}.${id}.${changed.toString('base64url')}`, 'a')).toThrow();
    }
    for (const text of ['', 'x', 'v1', `v2.${id}.${body}`, `v1.00000000.${body}`, `v1.${id}`, `v1.${id}.`])
      expect(() => keyring.open(text, 'a')).toThrow();
  });

  test('stays readable when a newer master secret is put in front, and new ones use the newer', () => {
    const sealed = keyring.seal('x', 'a');
    const newer = master();
    const rotated = createKeyring(deps, [newer, old]);
    expect(rotated.open(sealed, 'a')).toBe('x');
    expect(createKeyring(deps, [newer]).open(rotated.seal('y', 'a'), 'a')).toBe('y');
    expect(() => createKeyring(deps, [newer]).open(sealed, 'a')).toThrow('not configured');
  });
});

test('a digest depends on its purpose, its text and the master secret', () => {
  const [one, two] = [createKeyring(deps, [master()]), createKeyring(deps, [master()])];
  expect(isSameDigest(one.digest('p', 't'), one.digest('p', 't'))).toBe(true);
  expect(isSameDigest(one.digest('p', 't'), one.digest('q', 't'))).toBe(false);
  expect(isSameDigest(one.digest('p', 't'), one.digest('p', 'u'))).toBe(false);
  expect(isSameDigest(one.digest('p', 't'), two.digest('p', 't'))).toBe(false);
  expect(isSameDigest(one.digest('p', 't'), Buffer.alloc(0))).toBe(false);
});

test('a short master secret is our own bug to let in', () => {
  expect(() => createKeyring(deps, [new Secret('short')])).toThrow('32 bytes');
});
