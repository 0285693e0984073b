import { createPrivateKey } from 'node:crypto';
import type { SandboxKeys, SandboxMerchant } from './keys.ts';

interface CommonSettings {
  app_id: string;
  seller_id: string;
  private_key: string;
  gateway_url: string;
}

export interface KeyMerchantSettings extends CommonSettings {
  alipay_public_key: string;
}

export interface CertificateMerchantSettings extends CommonSettings {
  app_certificate_pem: string;
  alipay_certificate_pem: string;
  alipay_root_certificate_pem: string;
}

/** What a merchant has after signing up at Alipay, ready to be typed into a wallet account. */
export type MerchantSettings = KeyMerchantSettings | CertificateMerchantSettings;

export function toSettings(merchant: SandboxMerchant, keys: SandboxKeys, url: string): MerchantSettings {
  const common = { app_id: merchant.appId, seller_id: merchant.sellerId, gateway_url: `${url}/gateway.do` };
  if (merchant.certificatePem === null) return { ...common, ...keyTexts(merchant, keys) };
  return {
    ...common,
    private_key: merchant.keyPem,
    app_certificate_pem: merchant.certificatePem,
    alipay_certificate_pem: keys.signer.certificatePem,
    alipay_root_certificate_pem: keys.rootBundlePem,
  };
}

/** As Alipay's key tool writes keys: PKCS#1 in base64, without the lines of a PEM. */
function keyTexts(merchant: SandboxMerchant, keys: SandboxKeys): { private_key: string; alipay_public_key: string } {
  const privateKey = createPrivateKey(merchant.keyPem).export({ type: 'pkcs1', format: 'der' });
  const publicKey = keys.signer.publicKey.export({ type: 'spki', format: 'der' });
  return { private_key: privateKey.toString('base64'), alipay_public_key: publicKey.toString('base64') };
}
