import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../base/refusal.ts';
import { readAccess, readConfig } from './config.ts';
import { API_V3_KEY, merchant, merchantSettings, mint, platform, publicKey } from './pretend-wechatpay.ts';
import { wechatpay } from './wechatpay.ts';

const LIVE = { api_url: undefined, oauth_url: undefined, sns_url: undefined };

describe('the settings of a merchant', () => {
  test('are taken with certificate and public key side by side', () => {
    const config = readConfig(merchantSettings());
    expect(config).toMatchObject({ mchid: '1900009191', environment: 'test', serialNo: merchant.serial });
    expect([...config.platformKeys.keys()]).toEqual([publicKey.serial, platform.serial]);
    expect(config.publicKeyId).toBe(publicKey.serial);
    expect(wechatpay.scenes(config)).toEqual(['wap', 'jsapi', 'app', 'qr', 'code']);
  });

  test('mean the real WeChat Pay where no address is given', () => {
    const config = readConfig(merchantSettings(LIVE));
    expect(config).toMatchObject({
      environment: 'production',
      apiUrl: 'https://api.mch.weixin.qq.com',
      oauthUrl: 'https://open.weixin.qq.com',
      snsUrl: 'https://api.weixin.qq.com',
    });
    const backup = readConfig(merchantSettings({ ...LIVE, api_url: 'https://api2.mch.weixin.qq.com' }));
    expect(backup.environment).toBe('production');
  });

  test('may hold certificates alone, or the public key alone', () => {
    const byKey = readConfig(merchantSettings({ platform_certificates_pem: undefined }));
    expect([...byKey.platformKeys.keys()]).toEqual([publicKey.serial]);
    const certificates = `${platform.pem}\n${mint('0a0b').pem}`;
    const none = { platform_public_key_id: undefined, platform_public_key_pem: undefined };
    const byCertificate = readConfig(merchantSettings({ ...none, platform_certificates_pem: certificates }));
    expect(byCertificate.platformKeys.size).toBe(2);
    expect(byCertificate.publicKeyId).toBeNull();
  });

  test('tell the serial number by the certificate', () => {
    const given = { merchant_serial_no: undefined, merchant_certificate_pem: merchant.pem };
    expect(readConfig(merchantSettings(given)).serialNo).toBe(merchant.serial);
    const both = { merchant_serial_no: merchant.serial.toLowerCase(), merchant_certificate_pem: merchant.pem };
    expect(readConfig(merchantSettings(both)).serialNo).toBe(merchant.serial);
  });

  test('say which scenes the account is set up for', () => {
    const bare = merchantSettings({ app_appid: undefined, app_secret: undefined, store_out_id: undefined });
    expect(wechatpay.scenes(readConfig(bare))).toEqual(['wap', 'qr']);
    expect(wechatpay.scenes(readConfig(merchantSettings({ scenes: 'code, qr' })))).toEqual(['qr', 'code']);
    expect(wechatpay.scenes(readConfig(merchantSettings({ store_out_id: undefined, scenes: 'code qr' })))).toEqual([
      'qr',
    ]);
  });

  test('without a key of WeChat Pay are enough to fetch its certificates, and for nothing else', () => {
    const none = { platform_public_key_id: undefined, platform_public_key_pem: undefined };
    const settings = merchantSettings({ ...none, platform_certificates_pem: undefined });
    expect(readAccess(settings).platformKeys.size).toBe(0);
    expect(refusalOf(settings)).toMatchObject({ facts: { param: 'settings.platform_public_key_pem' } });
  });

  test('are not printed with any secret', () => {
    const config = readConfig(merchantSettings());
    const printed = inspect(config, { depth: 9 }) + JSON.stringify(config);
    for (const secret of [API_V3_KEY, String(merchantSettings()['app_secret']), merchant.keyPem.split('\n')[1] ?? 'x'])
      expect(printed).not.toContain(secret);
  });
});

describe('wrong settings are refused by name', () => {
  const weak = mint('02', { bits: 1024 });
  const other = mint('03');
  const cases: [name: string, changed: Record<string, unknown>][] = [
    ['mchid', { mchid: undefined }],
    ['mchid', { mchid: '19000091A1' }],
    ['appid', { appid: '' }],
    ['appid', { appid: 'wx/../1' }],
    ['app_appid', { app_appid: ' ' }],
    ['app_secret', { app_secret: '' }],
    ['app_secret', { app_secret: 'short' }],
    ['app_secret', { app_secret: '0'.repeat(32) }],
    ['merchant_serial_no', { merchant_serial_no: undefined }],
    ['merchant_serial_no', { merchant_serial_no: 'not hex' }],
    ['merchant_serial_no', { merchant_certificate_pem: merchant.pem, merchant_serial_no: 'ABCDEF0123' }],
    ['merchant_certificate_pem', { merchant_certificate_pem: other.pem }],
    ['merchant_certificate_pem', { merchant_certificate_pem: `${merchant.pem}\n${other.pem}` }],
    ['merchant_certificate_pem', { merchant_certificate_pem: merchant.publicPem }],
    ['merchant_private_key_pem', { merchant_private_key_pem: undefined }],
    ['merchant_private_key_pem', { merchant_private_key_pem: merchant.publicPem }],
    ['merchant_private_key_pem', { merchant_private_key_pem: weak.keyPem }],
    ['api_v3_key', { api_v3_key: undefined }],
    ['api_v3_key', { api_v3_key: API_V3_KEY.slice(1) }],
    ['api_v3_key', { api_v3_key: `${API_V3_KEY}0` }],
    ['api_v3_key', { api_v3_key: '0'.repeat(32) }],
    ['api_v3_key', { api_v3_key: '12345678901234567890123456789012' }],
    ['api_v3_key', { api_v3_key: 'abcdefgh'.repeat(4) }],
    ['api_v3_key', { api_v3_key: 7 }],
    ['platform_public_key_id', { platform_public_key_id: undefined }],
    ['platform_public_key_id', { platform_public_key_id: '0119000091' }],
    ['platform_public_key_pem', { platform_public_key_pem: undefined }],
    ['platform_public_key_pem', { platform_public_key_pem: merchant.publicPem }],
    ['platform_public_key_pem', { platform_public_key_pem: publicKey.keyPem }],
    ['platform_public_key_pem', { platform_public_key_pem: weak.publicPem }],
    ['platform_certificates_pem', { platform_certificates_pem: '' }],
    ['platform_certificates_pem', { platform_certificates_pem: merchant.pem }],
    ['platform_certificates_pem', { platform_certificates_pem: `${platform.pem} and more` }],
    ['platform_certificates_pem', { platform_certificates_pem: weak.pem }],
    ['h5_app_name', { h5_app_name: '店'.repeat(65) }],
    ['store_out_id', { store_id: '1', store_out_id: '2' }],
    ['store_id', { store_out_id: undefined, store_id: ' ' }],
    ['scenes', { scenes: '' }],
    ['scenes', { scenes: 'web' }],
    ['api_url', { api_url: 'http://api.mch.weixin.qq.com' }],
    ['api_url', { api_url: 'https://api.mch.weixin.qq.com.evil.example' }],
    ['api_url', { api_url: 'https://evilweixin.qq.com' }],
    ['api_url', { ...LIVE, api_url: 'https://apihk.mch.weixin.qq.com' }],
    ['sns_url', { ...LIVE, sns_url: 'https://api.weixin.qq.com.evil.example' }],
    ['api_url', { api_url: 'https://api.mch.weixin.qq.com/prefix' }],
    ['api_url', { api_url: 'https://user@api.mch.weixin.qq.com' }],
    ['api_url', { api_url: 'http://169.254.169.254' }],
    ['api_url', { api_url: '' }],
    ['oauth_url', { oauth_url: undefined }],
    ['sns_url', { ...LIVE, sns_url: 'http://127.0.0.1:1' }],
    ['surprise', { surprise: '1' }],
  ];
  test.each(cases)('%s (%#)', (name, changed) => {
    const refusal = refusalOf(merchantSettings(changed));
    expect(refusal).toMatchObject({ code: 'invalid_request', facts: { param: `settings.${name}` } });
    for (const value of Object.values(changed))
      if (typeof value === 'string' && value.length > 20) expect(refusal?.message).not.toContain(value);
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
