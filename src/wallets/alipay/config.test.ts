import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import { Refusal } from '../../base/refusal.ts';
import { systemRandom } from '../../base/random.ts';
import { mintKeys } from '../../sandbox/wallets/alipay/mint.ts';
import { readConfig } from './config.ts';
import { base64, merchantSettings, NOW, ownPublicKey, publicBase64 } from './pretend-alipay.ts';

const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A whole set of certificate mode, minted by the simulator. */
let certified: Record<string, string>;
beforeAll(async () => {
  const keys = await mintKeys({ clock: new ManualClock(NOW), random: systemRandom });
  const merchant = keys.merchants.find(({ certificatePem }) => certificatePem !== null);
  if (merchant === undefined) throw new Error('one merchant has a certificate');
  certified = {
    app_id: merchant.appId,
    seller_id: merchant.sellerId,
    private_key: merchant.keyPem,
    app_certificate_pem: merchant.certificatePem ?? '',
    alipay_certificate_pem: keys.signer.certificatePem,
    alipay_root_certificate_pem: keys.rootBundlePem,
  };
});

describe('key mode', () => {
  test('is live unless the settings name another address', () => {
    const { gateway_url: _, ...settings } = merchantSettings();
    expect(readConfig(settings)).toMatchObject({
      environment: 'production',
      gatewayUrl: 'https://openapi.alipay.com/gateway.do',
      authorizeUrl: 'https://openauth.alipay.com/oauth2/publicAppAuthorize.htm',
      certificates: null,
    });
  });

  const addresses: [string, string, string][] = [
    ['https://openapi.alipay.com/gateway.do', 'production', 'https://openauth.alipay.com'],
    ['https://openapi-sandbox.dl.alipaydev.com/gateway.do', 'test', 'https://openauth-sandbox.dl.alipaydev.com'],
    ['http://127.0.0.1:4712', 'test', 'http://127.0.0.1:4712'],
  ];
  test.each(addresses)('at %s is %s', (gateway_url, environment, login) => {
    const config = readConfig(merchantSettings({ gateway_url }));
    expect(config.environment).toBe(environment);
    expect(config.gatewayUrl.endsWith('/gateway.do')).toBe(true);
    expect(new URL(config.authorizeUrl).origin).toBe(login);
  });

  const spellings: [string, string][] = [
    ['PKCS#8 without lines', base64(other.privateKey, 'pkcs8')],
    ['PKCS#1 without lines', base64(other.privateKey, 'pkcs1')],
    ['a PKCS#8 PEM', other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['a PKCS#1 PEM', other.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['broken into lines', base64(other.privateKey, 'pkcs8').replace(/.{64}/g, '$&\r\n')],
  ];
  test.each(spellings)('takes the private key as %s', (_name, private_key) => {
    expect(readConfig(merchantSettings({ private_key })).privateKey.equals(other.privateKey)).toBe(true);
  });
});

describe('certificate mode', () => {
  test('computes the numbers that requests carry, and passes over roots that are not signed by RSA', () => {
    const config = readConfig(certified);
    expect(config.certificates?.appCertSn).toMatch(/^[0-9a-f]{32}$/);
    expect(config.certificates?.rootCertSn).toMatch(/^[0-9a-f]{32}_[0-9a-f]{32}$/);
    expect(config.signers).toHaveLength(1);
  });

  test('takes the authorities above the signer along, and does not take them for signers', () => {
    const both = `${certified['alipay_certificate_pem']}${certified['alipay_root_certificate_pem']?.replace(/^.*?-----END CERTIFICATE-----\n/s, '')}`;
    expect(readConfig({ ...certified, alipay_certificate_pem: both }).signers).toHaveLength(1);
  });

  test('of which a part is missing is refused by its name', () => {
    for (const name of ['app_certificate_pem', 'alipay_certificate_pem', 'alipay_root_certificate_pem']) {
      const { [name]: _, ...rest } = certified;
      expect(paramOf(rest)).toBe(`settings.${name}`);
    }
  });

  test('of parts that do not belong together is refused', () => {
    const { alipay_certificate_pem = '', app_certificate_pem = '' } = certified;
    expect(paramOf({ ...certified, private_key: base64(other.privateKey, 'pkcs8') })).toBe(
      'settings.app_certificate_pem',
    );
    expect(paramOf({ ...certified, app_certificate_pem: alipay_certificate_pem })).toBe('settings.app_certificate_pem');
    expect(paramOf({ ...certified, alipay_certificate_pem: app_certificate_pem })).toBe(
      'settings.alipay_certificate_pem',
    );
    const root = certified['alipay_root_certificate_pem'] ?? '';
    expect(paramOf({ ...certified, alipay_certificate_pem: root })).toBe('settings.alipay_certificate_pem');
    const onlyOther = root.replace(/(-----END CERTIFICATE-----\n).*$/s, '$1');
    expect(paramOf({ ...certified, alipay_root_certificate_pem: onlyOther })).toBe(
      'settings.alipay_root_certificate_pem',
    );
    expect(paramOf({ ...certified, alipay_public_key: publicBase64(other.publicKey) })).toBe(
      'settings.alipay_public_key',
    );
  });
});

describe('a wrong setting is refused by its name', () => {
  const rows: [string, string, unknown][] = [
    ['no app_id', 'app_id', ''],
    ['an app_id of letters', 'app_id', 'abc'],
    ['a seller_id of another shape', 'seller_id', '1234567890123456'],
    ['an empty private_key', 'private_key', '   '],
    ['no key at all', 'private_key', 'aGVsbG8='],
    ['a public key for a private one', 'private_key', publicBase64(other.publicKey)],
    ['a short private_key', 'private_key', base64(small.privateKey, 'pkcs8')],
    ['a private_key of another kind', 'private_key', base64(elliptic.privateKey, 'pkcs8')],
    ['a number', 'private_key', 5],
    ['something endless', 'private_key', 'A'.repeat(70_000)],
    ['an empty alipay_public_key', 'alipay_public_key', ''],
    ['a private key for a public one', 'alipay_public_key', base64(other.privateKey, 'pkcs8')],
    ['a short alipay_public_key', 'alipay_public_key', publicBase64(small.publicKey)],
    ["the application's own public key", 'alipay_public_key', publicBase64(ownPublicKey)],
    ['an address of somebody else', 'gateway_url', 'https://openapi.alipay.com.example/gateway.do'],
    ['an address that only ends alike', 'gateway_url', 'https://evilalipay.com/gateway.do'],
    ['an address without TLS', 'gateway_url', 'http://openapi.alipay.com/gateway.do'],
    ['an address with a query', 'gateway_url', 'https://openapi.alipay.com/gateway.do?x=1'],
    ['no address', 'gateway_url', 'openapi'],
    ['a login of another environment', 'authorize_url', 'https://openauth.alipay.com/oauth2/x'],
    ['a wrong op_app_id', 'op_app_id', 'x'],
    ['a scene of nobody', 'scenes', 'web,moon'],
    ['no scene at all', 'scenes', ' , '],
    ['a setting that there is not', 'colour', 'blue'],
  ];
  test.each(rows)('%s', (_name, setting, value) => {
    expect(paramOf(merchantSettings({ [setting]: value }))).toBe(`settings.${setting}`);
  });

  test.each([null, 'text', []])('and settings that are %o', (input) => {
    expect(paramOf(input)).toBe('settings');
  });
});

test('the scenes are those that the merchant has signed for', () => {
  expect(readConfig(merchantSettings()).scenes).toEqual(['web', 'wap', 'app', 'qr', 'jsapi', 'code']);
  expect(readConfig(merchantSettings({ scenes: 'qr, web' })).scenes).toEqual(['web', 'qr']);
  expect(readConfig(merchantSettings({ scenes: 'code app' })).scenes).toEqual(['app', 'code']);
});

test('neither the config nor a refusal shows a key', () => {
  const settings = merchantSettings();
  const secret = String(settings['private_key']).slice(100, 150);
  const config = readConfig(settings);
  expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain(secret);
  const wrong = refusalOf(merchantSettings({ private_key: `${String(settings['private_key']).slice(0, 400)}!` }));
  expect(inspect(wrong, { depth: 9 })).not.toContain(secret);
});

function refusalOf(settings: unknown): unknown {
  try {
    return readConfig(settings);
  } catch (error) {
    return error;
  }
}

function paramOf(settings: unknown): unknown {
  const refusal = refusalOf(settings);
  if (!(refusal instanceof Refusal)) throw new Error('the settings were taken');
  expect(refusal.code).toBe('invalid_request');
  return refusal.facts.param;
}
