import type { SandboxKeys, SandboxMerchant } from './keys.ts';
import { USER_AUTH_PATH } from './user-auth.ts';

interface CommonSettings {
  mer_id: string;
  root_certificate_pem: string;
  middle_certificate_pem: string;
  encryption_certificate_pem: string;
  /** Origin of the gateway; requests go to `<gateway_url>/gateway/api/*.do`. */
  gateway_url: string;
  /** Where bill files are asked for, the whole address. */
  file_url: string;
  /** Where a page in the wallet's browser asks who pays. */
  user_auth_url: string;
}

export interface RsaMerchantSettings extends CommonSettings {
  sign_method: '01';
  pfx_base64: string;
  pfx_password: string;
}

interface SecretMerchantSettings extends CommonSettings {
  sign_method: '11' | '12';
  secure_key: string;
}

/** What a merchant would get from UnionPay on signing up, ready to be typed into a wallet account. */
export type MerchantSettings = RsaMerchantSettings | SecretMerchantSettings;

export function toSettings(merchant: SandboxMerchant, keys: SandboxKeys, url: string): MerchantSettings {
  const common: CommonSettings = {
    mer_id: merchant.merId,
    root_certificate_pem: keys.rootPem,
    middle_certificate_pem: keys.middlePem,
    encryption_certificate_pem: keys.encryption.pem,
    gateway_url: url,
    file_url: `${url}/filedownload/`,
    user_auth_url: `${url}${USER_AUTH_PATH}`,
  };
  return merchant.signMethod === '01'
    ? { ...common, sign_method: '01', pfx_base64: merchant.pfxBase64, pfx_password: merchant.pfxPassword }
    : { ...common, sign_method: merchant.signMethod, secure_key: merchant.secureKey };
}
