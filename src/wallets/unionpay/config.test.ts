import { inspect } from 'node:util';
import forge from 'node-forge';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../base/refusal.ts';
import { readConfig } from './config.ts';
import { OLD_PFX_BASE64 } from './old-pfx.ts';
import { merchant, merchantSettings, middle, mint, root, sealer, toPfx } from './pretend-unionpay.ts';

const SECURE_KEY = '979da4cfccbae7923641daa5dd7047c2';
const without = (...names: string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(merchantSettings()).filter(([name]) => !names.includes(name)));

describe('the settings of a merchant', () => {
  test('are taken as merchants send them', () => {
    const config = readConfig(merchantSettings());
    expect(config).toMatchObject({
      merId: '777290058110048',
      environment: 'test',
      gatewayUrl: 'http://127.0.0.1:1/gateway/api',
      fileUrl: 'http://127.0.0.1:1',
      signing: { method: '01', certId: BigInt('0x1046947737').toString() },
      encryption: { certId: BigInt('0x10123456').toString() },
    });
  });

  test("mean UnionPay's production where no address is given", () => {
    const config = readConfig(without('gateway_url', 'file_url'));
    expect(config.environment).toBe('production');
    expect(config.gatewayUrl).toBe('https://gateway.95516.com/gateway/api');
    expect(config.fileUrl).toBe('https://filedownload.95516.com');
  });

  test.each([
    ['https://gateway.test.95516.com', 'https://gateway.test.95516.com/gateway/api'],
    ['https://gateway.test.95516.com/gateway/api/', 'https://gateway.test.95516.com/gateway/api'],
    ['http://localhost:9000', 'http://localhost:9000/gateway/api'],
    ['http://[::1]:9000/', 'http://[::1]:9000/gateway/api'],
  ])('the gateway %s is %s', (given, gatewayUrl) => {
    expect(readConfig(merchantSettings({ gateway_url: given }))).toMatchObject({ gatewayUrl, environment: 'test' });
  });

  test('take a pfx sealed the old way (RC2 and 3DES) with a serial number longer than 2^53', () => {
    const config = readConfig(merchantSettings({ pfx_base64: OLD_PFX_BASE64 }));
    expect(config.signing).toMatchObject({ certId: '69903319370123456789012345678' });
  });

  test('take a pfx with an empty password, and base64 with line ends', () => {
    const lines = toPfx(merchant, '', '3des').replace(/(.{76})/g, '$1\r\n');
    expect(readConfig(merchantSettings({ pfx_base64: lines, pfx_password: '' })).merId).toBe('777290058110048');
  });

  test('take a PEM key with its certificate instead of a pfx', () => {
    const pem = { private_key_pem: merchant.keyPem, certificate_pem: merchant.pem };
    expect(readConfig({ ...without('pfx_base64', 'pfx_password'), ...pem }).signing).toMatchObject({ method: '01' });
  });

  test.each(['11', '12'])('need only a secure key for sign_method %s', (method) => {
    const config = readConfig({ mer_id: '777290058110048', sign_method: method, secure_key: SECURE_KEY });
    expect(config).toMatchObject({ signing: { method }, openingKey: null, encryption: null });
  });

  test('are not printed with any secret', () => {
    const shared = readConfig({ mer_id: '777290058110048', sign_method: '11', secure_key: SECURE_KEY });
    const printed = [shared, readConfig(merchantSettings())].map((config) => inspect(config, { depth: 9 }));
    const json = JSON.stringify([shared, readConfig(merchantSettings())]);
    const keyLine = merchant.keyPem.split('\n')[1] ?? 'none';
    for (const text of [...printed, json]) {
      expect(text).not.toContain(SECURE_KEY);
      expect(text).not.toContain(keyLine);
    }
  });
});

describe('wrong settings are refused by name', () => {
  const otherRoot = mint({ commonName: 'OTHER', issuer: null, isAuthority: true, serial: '01' });
  const weak = mint({ commonName: 'WEAK', issuer: middle, isAuthority: false, serial: '02', bits: 1024 });
  const other = mint({ commonName: 'OTHER', issuer: middle, isAuthority: false, serial: '03' });
  const published = mint({ commonName: 'T', issuer: middle, isAuthority: false, serial: 69903319369n.toString(16) });
  const pem = { pfx_base64: undefined, private_key_pem: merchant.keyPem, certificate_pem: merchant.pem };
  const shared = { mer_id: '777290058110048', sign_method: '11', secure_key: SECURE_KEY };
  const cases: [name: string, settings: Record<string, unknown>][] = [
    ['mer_id', merchantSettings({ mer_id: '77729005811004' })],
    ['mer_id', merchantSettings({ mer_id: '77729005811004_' })],
    ['mer_id', without('mer_id')],
    ['sign_method', merchantSettings({ sign_method: '02' })],
    ['sign_method', without('sign_method')],
    ['pfx_base64', without('pfx_base64', 'pfx_password')],
    ['pfx_base64', merchantSettings({ pfx_base64: '' })],
    ['pfx_base64', merchantSettings({ pfx_base64: 'not base64!' })],
    ['pfx_base64', merchantSettings({ pfx_base64: Buffer.from('not a pfx').toString('base64') })],
    ['pfx_base64', merchantSettings({ pfx_base64: toPfx(weak, '000000', '3des') })],
    ['pfx_base64', merchantSettings({ pfx_base64: slowPfx() })],
    ['pfx_base64', merchantSettings({ private_key_pem: merchant.keyPem })],
    ['pfx_base64', { ...without('gateway_url'), pfx_base64: toPfx(published, '000000', '3des') }],
    ['pfx_password', merchantSettings({ pfx_password: '000001' })],
    ['pfx_password', without('pfx_password')],
    ['private_key_pem', settingsWith({ ...pem, private_key_pem: 'x' })],
    ['certificate_pem', settingsWith({ ...pem, private_key_pem: weak.keyPem, certificate_pem: weak.pem })],
    ['certificate_pem', settingsWith({ ...pem, certificate_pem: other.pem })],
    ['certificate_pem', settingsWith({ ...pem, certificate_pem: undefined })],
    ['root_certificate_pem', without('root_certificate_pem')],
    ['root_certificate_pem', merchantSettings({ root_certificate_pem: middle.pem })],
    ['middle_certificate_pem', merchantSettings({ root_certificate_pem: otherRoot.pem })],
    ['middle_certificate_pem', merchantSettings({ middle_certificate_pem: otherRoot.pem })],
    ['middle_certificate_pem', merchantSettings({ middle_certificate_pem: `${root.pem}\n${middle.pem}` })],
    ['encryption_certificate_pem', merchantSettings({ encryption_certificate_pem: merchant.pem })],
    ['encryption_certificate_pem', merchantSettings({ encryption_certificate_pem: sealer.pem.slice(9) })],
    ['encryption_certificate_pem', merchantSettings({ encryption_certificate_pem: weak.pem })],
    ['secure_key', { ...shared, secure_key: '' }],
    ['secure_key', { ...shared, secure_key: 'short' }],
    ['secure_key', { ...shared, secure_key: '00000000000000000000000000000000' }],
    ['secure_key', { ...shared, secure_key: 7 }],
    ['gateway_url', merchantSettings({ gateway_url: 'http://gateway.95516.com/gateway/api' })],
    ['gateway_url', merchantSettings({ gateway_url: 'https://gateway.95516.com.evil.example/gateway/api' })],
    ['gateway_url', merchantSettings({ gateway_url: 'https://evil95516.com/gateway/api' })],
    ['gateway_url', merchantSettings({ gateway_url: 'https://gateway.95516.com@10.0.0.1/' })],
    ['gateway_url', merchantSettings({ gateway_url: 'http://169.254.169.254/latest' })],
    ['gateway_url', merchantSettings({ gateway_url: 'http://127.0.0.1.evil.example/' })],
    ['gateway_url', merchantSettings({ gateway_url: 'file:///etc/passwd' })],
    ['gateway_url', merchantSettings({ gateway_url: '' })],
    ['file_url', merchantSettings({ file_url: 'ftp://filedownload.95516.com' })],
    ['check_signer_name', merchantSettings({ check_signer_name: 'no' })],
    ['check_signer_name', { ...without('gateway_url'), check_signer_name: false }],
    ['surprise', merchantSettings({ surprise: '1' })],
  ];
  test.each(cases)('%s (%#)', (name, settings) => {
    const refusal = refusalOf(settings);
    expect(refusal).toMatchObject({ code: 'invalid_request', facts: { param: `settings.${name}` } });
    for (const value of Object.values(settings)) {
      if (typeof value === 'string' && value.length > 6) expect(refusal?.message).not.toContain(value);
    }
  });

  test.each([null, 'text', 7, []])('settings that are no object: %j', (settings) => {
    expect(refusalOf(settings)).toMatchObject({ facts: { param: 'settings' } });
  });
});

function refusalOf(settings: unknown): Refusal | null {
  try {
    readConfig(settings);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function settingsWith(changed: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...without('pfx_password'), ...changed };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

/** A pfx that asks for a billion rounds. */
function slowPfx(): string {
  const der = Buffer.from(toPfx(merchant, '000000', '3des'), 'base64');
  const asn1 = forge.asn1.fromDer(forge.util.createBuffer(der.toString('latin1')));
  const rounds = Array.isArray(asn1.value) ? asn1.value[2] : undefined; // macData { digest, salt, iterations }
  if (!Array.isArray(rounds?.value)) throw new Error('no macData');
  rounds.value[2] = forge.asn1.create(
    forge.asn1.Class.UNIVERSAL,
    forge.asn1.Type.INTEGER,
    false,
    forge.asn1.integerToDer(1_000_000_000).getBytes(),
  );
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1').toString('base64');
}
