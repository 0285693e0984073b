import { describe, expect, test } from 'vitest';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { createKeyring } from './seal.ts';

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

describe('a digest', () => {
  const old = master();
  const keyring = createKeyring(deps, [old]);

  test('depends on its purpose, its text and the master secret', () => {
    const digest = keyring.digest('p', 't');
    expect(keyring.isDigest('p', 't', digest)).toBe(true);
    expect(keyring.isDigest('p', 't', digest.subarray(0, 16))).toBe(true);
    expect(keyring.isDigest('q', 't', digest)).toBe(false);
    expect(keyring.isDigest('p', 'u', digest)).toBe(false);
    expect(createKeyring(deps, [master()]).isDigest('p', 't', digest)).toBe(false);
  });

  test('that is short or long proves nothing', () => {
    const digest = keyring.digest('p', 't');
    for (const given of [Buffer.alloc(0), digest.subarray(0, 15), Buffer.concat([digest, digest])])
      expect(keyring.isDigest('p', 't', given)).toBe(false);
  });

  test('made before a newer master secret came is still known', () => {
    const rotated = createKeyring(deps, [master(), old]);
    expect(rotated.isDigest('p', 't', keyring.digest('p', 't'))).toBe(true);
    expect(keyring.isDigest('p', 't', rotated.digest('p', 't'))).toBe(false);
  });
});

test('a short master secret is our own bug to let in', () => {
  expect(() => createKeyring(deps, [new Secret('short')])).toThrow('32 bytes');
});
