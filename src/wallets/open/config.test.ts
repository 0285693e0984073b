import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../base/refusal.ts';
import { readConfig } from './config.ts';
import { MERCHANT_KEY, WALLET_KEY } from './test-vectors.ts';

const merchant = generateKeyPairSync('ed25519');
const wallet = generateKeyPairSync('ed25519');
const pemOf = (key: typeof merchant.publicKey) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
const privatePem = pemOf(merchant.privateKey);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const GOOD = {
  wallet_url: 'https://pay.wallet.example/open-wallet/v1/',
  merchant_no: 'M100000000000001',
  merchant_key_id: 'k1',
  merchant_private_key_pem: privatePem,
  wallet_public_keys: JSON.stringify({ w1: pemOf(wallet.publicKey) }),
};

describe('the settings of an account', () => {
  test('are read; the live environment is the usual one', () => {
    const config = readConfig('open', GOOD);
    expect(config).toMatchObject({
      walletUrl: 'https://pay.wallet.example/open-wallet/v1',
      environment: 'production',
      merchantNo: 'M100000000000001',
      scenes: ['web', 'wap', 'app', 'qr', 'jsapi', 'code'],
    });
    expect(inspect(config, { depth: 9 })).not.toContain(privatePem.split('\n')[1]);
    expect(JSON.stringify(config)).not.toContain(privatePem.split('\n')[1]);
  });

  test('may take the keys of the manifest as they are', () => {
    const jwk = { ...wallet.publicKey.export({ format: 'jwk' }), kid: 'w7', use: 'sig' };
    for (const given of [[jwk], { protocol: 'open-wallet', keys: [jwk] }]) {
      const config = readConfig('meituanpay', { ...GOOD, wallet_public_keys: JSON.stringify(given) });
      expect([...config.walletKeys.keys()]).toEqual(['w7']);
    }
  });

  test('name the scenes that the merchant has, in the usual order', () => {
    expect(readConfig('open', { ...GOOD, scenes: 'qr, web' }).scenes).toEqual(['web', 'qr']);
  });

  test('of a test account may point to this machine', () => {
    const config = readConfig('open', {
      ...GOOD,
      environment: 'test',
      wallet_url: 'http://127.0.0.1:4790/open-wallet/v1',
    });
    expect(config).toMatchObject({ environment: 'test', walletUrl: 'http://127.0.0.1:4790/open-wallet/v1' });
  });

  test.each<[string, string, unknown]>([
    ['no address', 'wallet_url', ''],
    ['an address without TLS', 'wallet_url', 'http://pay.wallet.example/'],
    ['a bare address', 'wallet_url', 'https://203.0.113.7/'],
    ['an address of the cloud', 'wallet_url', 'https://169.254.169.254/'],
    ['a name of a private net', 'wallet_url', 'https://wallet.internal/'],
    ['a name without a dot', 'wallet_url', 'https://wallet/'],
    ['this machine in production', 'wallet_url', 'http://127.0.0.1:4790/'],
    ['a password in the address', 'wallet_url', 'https://a:b@pay.wallet.example/'],
    ['a query in the address', 'wallet_url', 'https://pay.wallet.example/?a=1'],
    ['no merchant number', 'merchant_no', undefined],
    ['a merchant number with a colon', 'merchant_no', 'M1:2'],
    ['no key id', 'merchant_key_id', ' '],
    ['an empty key', 'merchant_private_key_pem', ''],
    ['a key that is none', 'merchant_private_key_pem', 'secret-material'],
    ['a public key', 'merchant_private_key_pem', pemOf(merchant.publicKey)],
    ['an RSA key', 'merchant_private_key_pem', pemOf(rsa.privateKey)],
    ['a key that is in every book', 'merchant_private_key_pem', pemOf(MERCHANT_KEY)],
    ['no key of the wallet', 'wallet_public_keys', '{}'],
    ['keys that are not JSON', 'wallet_public_keys', pemOf(wallet.publicKey)],
    ['a key of the wallet that is RSA', 'wallet_public_keys', JSON.stringify({ w1: pemOf(rsa.publicKey) })],
    ['a private key of the wallet', 'wallet_public_keys', JSON.stringify({ w1: pemOf(wallet.privateKey) })],
    [
      'the wallet key that is in every book',
      'wallet_public_keys',
      JSON.stringify({ w1: pemOf(createPublicKey(WALLET_KEY)) }),
    ],
    ["the merchant's own key", 'wallet_public_keys', JSON.stringify({ w1: pemOf(merchant.publicKey) })],
    [
      'five keys',
      'wallet_public_keys',
      JSON.stringify(Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`w${n}`, pemOf(wallet.publicKey)]))),
    ],
    [
      'a private key of the manifest',
      'wallet_public_keys',
      JSON.stringify([{ ...wallet.privateKey.export({ format: 'jwk' }), kid: 'w1' }]),
    ],
    ['a manifest without keys', 'wallet_public_keys', '{"protocol":"open-wallet","keys":[]}'],
    ['an id with a blank', 'wallet_public_keys', JSON.stringify({ 'w 1': pemOf(wallet.publicKey) })],
    ['a scene that is none', 'scenes', 'web, moon'],
    ['a third environment', 'environment', 'staging'],
    ['a setting that is none', 'colour', 'red'],
    ['a number', 'merchant_no', 7],
  ])('with %s are refused by the name %s, without the value', (_what, name, value) => {
    const settings: Record<string, unknown> = { ...GOOD, [name]: value };
    if (value === undefined) delete settings[name];
    let refusal: unknown = null;
    try {
      readConfig('open', settings);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Refusal);
    if (!(refusal instanceof Refusal)) return;
    expect(refusal.facts.param).toBe(`settings.${name}`);
    if (typeof value === 'string' && value.length > 5) expect(refusal.message).not.toContain(value.slice(0, 30));
  });
});
