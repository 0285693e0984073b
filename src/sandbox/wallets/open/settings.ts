import type { OpenKeys } from './keys.ts';
import { BASE_PATH } from './manifest.ts';

/** What a merchant would get from the wallet on signing up, ready to be typed into a wallet account. */
export interface OpenSettings {
  wallet_url: string;
  environment: 'test';
  merchant_no: string;
  merchant_key_id: string;
  merchant_private_key_pem: string;
  /** JSON: key id → PEM. */
  wallet_public_keys: string;
}

export function listSettings(of: { keys: OpenKeys; url: string }): OpenSettings[] {
  const { keys, url } = of;
  const walletKeys = keys.wallet.map(({ id, publicKey }) => [
    id,
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  ]);
  return [...keys.merchants.values()].map(({ merchantNo, keys: [key] }) => ({
    wallet_url: url + BASE_PATH,
    environment: 'test',
    merchant_no: merchantNo,
    merchant_key_id: key?.id ?? '',
    merchant_private_key_pem: key?.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '',
    wallet_public_keys: JSON.stringify(Object.fromEntries(walletKeys)),
  }));
}
