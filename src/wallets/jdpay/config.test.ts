import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../base/refusal.ts';
import { readConfig } from './config.ts';
import { jdpay } from './jdpay.ts';
import { CODE, DEMO, MAIN, merchantPublicKeyPem, merchantSettings } from './pretend-jdpay.ts';

const LIVE = { pay_url: undefined, h5_url: undefined, service_url: undefined };
const NO_CODE = {
  code_merchant: undefined,
  code_des_key: undefined,
  code_merchant_private_key_pem: undefined,
  code_device: undefined,
};

function without(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function refusalOf(settings: unknown): Refusal {
  try {
    readConfig(settings);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('an account', () => {
  test('talks to JD’s live addresses unless it names others', () => {
    const live = readConfig(without(merchantSettings(LIVE)));
    expect(live).toMatchObject({
      environment: 'production',
      payUrl: 'https://wepay.jd.com/jdpay',
      h5Url: 'https://h5pay.jd.com/jdpay',
      serviceUrl: 'https://paygate.jd.com/service',
    });
    expect(readConfig(merchantSettings())).toMatchObject({
      environment: 'test',
      payUrl: 'http://127.0.0.1:1/wepay/jdpay',
    });
  });

  test('has the scenes that it has keys for', () => {
    const scenes = (changed: Record<string, unknown>) => jdpay.scenes(readConfig(without(merchantSettings(changed))));
    expect(scenes({})).toEqual(['web', 'wap', 'app', 'qr', 'code']);
    expect(scenes(NO_CODE)).toEqual(['web', 'wap', 'app', 'qr']);
    expect(scenes({ ...NO_CODE, md5_key: undefined, app_id: undefined })).toEqual(['web', 'wap', 'qr']);
  });

  test('has a second number for payment codes, for which JD signs with the same key unless another is given', () => {
    const { code, main } = readConfig(merchantSettings());
    expect(code).toMatchObject({ merchant: CODE.merchant, device: 'TILL01' });
    expect(code?.jdPublicKey.equals(main.jdPublicKey)).toBe(true);
    const other = readConfig(merchantSettings({ code_jd_public_key_pem: DEMO.jdPublicKeyPem }));
    expect(other.code?.jdPublicKey.equals(main.jdPublicKey)).toBe(false);
  });

  test('shows none of its keys when it is printed', () => {
    const settings = merchantSettings();
    const printed = inspect(readConfig(settings), { depth: 9 }) + JSON.stringify(readConfig(settings));
    for (const name of ['des_key', 'code_des_key', 'md5_key']) expect(printed).not.toContain(settings[name]);
    const hex = Buffer.from(MAIN.desKey, 'base64').toString('hex');
    expect(printed).not.toContain(hex);
  });
});

const des = (...thirds: string[]) => Buffer.from(thirds.join(''), 'hex').toString('base64');
const [A, B, C] = ['0123456789abcdef', 'fedcba9876543210', '1133557799bbddff'] as const;
const parityOfA = '0022446688aaccee'; // differs from 01 23 45 … in the parity bits alone
const short = generateKeyPairSync('rsa', { modulusLength: 1016 });
const shortPrivate = short.privateKey.export({ type: 'pkcs8', format: 'pem' });
const shortPublic = short.publicKey.export({ type: 'spki', format: 'pem' });
const curve = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
const locked = createPrivateKey(DEMO.privateKeyPem).export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'x',
});

describe('settings are refused by name, never by value', () => {
  test.each<[string, Record<string, unknown>]>([
    ['merchant', { merchant: undefined }],
    ['merchant', { merchant: ' ' }],
    ['merchant', { merchant: '110/001' }],
    ['des_key', { des_key: undefined }],
    ['des_key', { des_key: 'not base64!' }],
    ['des_key', { des_key: Buffer.alloc(16, 7).toString('base64') }],
    ['des_key', { des_key: Buffer.alloc(24).toString('base64') }],
    ['des_key', { des_key: des(A, A, B) }],
    ['des_key', { des_key: des(A, B, B) }],
    ['des_key', { des_key: des(A, B, A) }],
    ['des_key', { des_key: des(A, parityOfA, C) }],
    ['merchant_private_key_pem', { merchant_private_key_pem: undefined }],
    ['merchant_private_key_pem', { merchant_private_key_pem: merchantPublicKeyPem }],
    ['merchant_private_key_pem', { merchant_private_key_pem: shortPrivate }],
    ['merchant_private_key_pem', { merchant_private_key_pem: curve }],
    ['merchant_private_key_pem', { merchant_private_key_pem: locked }],
    ['jd_public_key_pem', { jd_public_key_pem: undefined }],
    ['jd_public_key_pem', { jd_public_key_pem: merchantPublicKeyPem }],
    ['jd_public_key_pem', { jd_public_key_pem: DEMO.privateKeyPem }],
    ['jd_public_key_pem', { jd_public_key_pem: shortPublic }],
    ['jd_public_key_pem', { jd_public_key_pem: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' }],
    ['md5_key', { md5_key: undefined }],
    ['md5_key', { md5_key: '' }],
    ['md5_key', { md5_key: 'a'.repeat(32) }],
    ['md5_key', { md5_key: 'abcdef' }],
    ['app_id', { app_id: undefined }],
    ['app_id', { app_id: '../..' }],
    ['code_merchant', { code_merchant: undefined }],
    ['code_merchant', { code_merchant: MAIN.merchant }],
    ['code_des_key', { code_des_key: undefined }],
    ['code_merchant_private_key_pem', { code_merchant_private_key_pem: undefined }],
    ['code_device', { code_device: 'till 1' }],
    ['order_type', { order_type: '2' }],
    ['industry_category_code', { industry_category_code: '<x>' }],
    ['pay_url', { pay_url: undefined }],
    ['service_url', { service_url: undefined }],
    ['service_url', { service_url: 'https://paygate.jd.com.example/service' }],
    ['service_url', { service_url: 'http://paygate.jd.com/service' }],
    ['service_url', { service_url: 'https://user@paygate.jd.com/service' }],
    ['service_url', { service_url: 'https://10.0.0.1/service' }],
    ['h5_url', { h5_url: 'nowhere' }],
    ['des_keys', { des_keys: 'x' }],
    ['merchant', { merchant: 110000001 }],
    ['jd_public_key_pem', { jd_public_key_pem: 'x'.repeat(20_000) }],
  ])('%s in %o', (name, changed) => {
    const settings = without(merchantSettings(changed));
    const refusal = refusalOf(settings);
    expect(refusal.code).toBe('invalid_request');
    expect(refusal.facts.param).toBe(`settings.${name}`);
    const value = changed[name];
    if (typeof value === 'string' && value.trim().length > 3) expect(refusal.message).not.toContain(value);
  });

  test.each([null, [], 'text', 7])('and so is what is no object: %j', (input) => {
    expect(refusalOf(input).facts.param).toBe('settings');
  });

  test("JD's published demo keys are refused where real money moves, and only there", () => {
    const demo = {
      des_key: { des_key: DEMO.desKey },
      md5_key: { md5_key: DEMO.md5Key },
      merchant_private_key_pem: { merchant_private_key_pem: DEMO.privateKeyPem },
      code_des_key: { code_des_key: DEMO.desKey },
      code_merchant_private_key_pem: { code_merchant_private_key_pem: DEMO.privateKeyPem },
    };
    for (const [name, changed] of Object.entries(demo)) {
      expect(refusalOf(without(merchantSettings({ ...LIVE, ...changed }))).facts.param).toBe(`settings.${name}`);
      expect(readConfig(merchantSettings(changed)).environment).toBe('test');
    }
  });
});

test('keys may be written as PKCS#1 too', () => {
  const pkcs1 = createPrivateKey(DEMO.privateKeyPem).export({ type: 'pkcs1', format: 'pem' });
  const { main } = readConfig(merchantSettings({ merchant_private_key_pem: pkcs1 }));
  const print = createHash('sha256')
    .update(main.privateKey.export({ type: 'pkcs8', format: 'der' }))
    .digest('hex');
  const same = createPrivateKey(DEMO.privateKeyPem).export({ type: 'pkcs8', format: 'der' });
  expect(print).toBe(createHash('sha256').update(same).digest('hex'));
});
