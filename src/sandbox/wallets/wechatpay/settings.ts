import type { SandboxKeys, SandboxMerchant } from './keys.ts';

/** What a merchant has after signing up at WeChat Pay, ready to be typed into a wallet account. */
export interface MerchantSettings {
  mchid: string;
  appid: string;
  app_appid: string;
  app_secret: string;
  merchant_serial_no: string;
  merchant_private_key_pem: string;
  merchant_certificate_pem: string;
  api_v3_key: string;
  platform_public_key_id?: string;
  platform_public_key_pem?: string;
  platform_certificates_pem?: string;
  h5_app_name: string;
  store_out_id: string;
  api_url: string;
  oauth_url: string;
  sns_url: string;
}

export function toSettings(merchant: SandboxMerchant, keys: SandboxKeys, url: string): MerchantSettings {
  const { publicKey, current } = keys;
  const byKey = { platform_public_key_id: publicKey.serial, platform_public_key_pem: publicKey.pem };
  return {
    mchid: merchant.mchid,
    appid: merchant.appid,
    app_appid: merchant.appAppid,
    app_secret: merchant.appSecret,
    merchant_serial_no: merchant.serialNo,
    merchant_private_key_pem: merchant.keyPem,
    merchant_certificate_pem: merchant.certificatePem,
    api_v3_key: merchant.apiV3Key,
    ...(merchant.mode === 'certificates' ? {} : byKey),
    ...(merchant.mode === 'public_key' ? {} : { platform_certificates_pem: current.pem }),
    h5_app_name: merchant.name,
    store_out_id: 'SHOP001',
    api_url: url,
    oauth_url: url,
    sns_url: url,
  };
}
