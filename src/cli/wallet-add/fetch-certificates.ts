import type { WalletDeps } from '../../wallets/wallet.ts';
import {
  fetchPlatformCertificates,
  type PlatformCertificate,
  type PlatformCertificatesReply,
} from '../../wallets/wechatpay/certificates.ts';
import { readAccess, type WechatpayAccess } from '../../wallets/wechatpay/config.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Check } from './check-settings.ts';

/** Any one of these says how WeChat Pay is verified: then nothing is fetched. */
const PLATFORM_SETTINGS = ['platform_public_key_id', 'platform_public_key_pem', 'platform_certificates_pem'] as const;

/** WeChat Pay answers wrongly signed on purpose now and then; the next answer is rightly signed. */
const TRIES_MAX = 2;

const BY_HAND =
  'download them by hand and give --platform-certs, or verify by the public key (商户平台 → 账户中心 → API安全 → 微信支付公钥) with --platform-public-key-id and --platform-public-key';

export function wantsCertificates(settings: ReadonlyMap<string, unknown>): boolean {
  return PLATFORM_SETTINGS.every((setting) => !settings.has(setting));
}

/**
 * A merchant who has neither WeChat Pay's public key nor its certificates fetches the certificates, which the APIv3 key
 * opens: they are put into the settings. Answers a line of the report; null where the settings do not suffice to ask, which
 * the report tells anyway.
 */
export async function fetchCertificates(deps: WalletDeps, settings: Map<string, unknown>): Promise<Check | null> {
  const access = accessOf(settings);
  if (access === null) return null;
  let reply = await fetchPlatformCertificates(deps, access);
  for (let tryNo = 2; tryNo <= TRIES_MAX && reply.kind === 'unknown'; tryNo++)
    reply = await fetchPlatformCertificates(deps, access);
  if (reply.kind !== 'certificates') {
    const why = explain(reply);
    // Under this name the connector would tell that it is missing: one thing is wrong, and it is told once.
    return { mark: 'bad', setting: 'platform_public_key_pem', text: `is missing, and so are the certificates: ${why}` };
  }
  settings.set('platform_certificates_pem', reply.certificates.map(({ pem }) => pem).join('\n'));
  return { mark: 'good', setting: 'platform_certificates_pem', text: describe(reply.certificates) };
}

function accessOf(settings: ReadonlyMap<string, unknown>): WechatpayAccess | null {
  try {
    return readAccess(Object.fromEntries(settings));
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Days are told in UTC, as of the other certificates. */
function describe(certificates: readonly PlatformCertificate[]): string {
  const last = Math.max(...certificates.map(({ validTo }) => validTo.getTime()));
  const count = `${certificates.length} platform certificate${certificates.length === 1 ? '' : 's'}`;
  return `fetched ${count}, valid to ${new Date(last).toISOString().slice(0, 10)}`;
}

/** What WeChat Pay said, in words, and what to do about it. */
function explain({ kind, reason }: Exclude<PlatformCertificatesReply, { kind: 'certificates' }>): string {
  if (/SIGN_ERROR/.test(reason))
    return `WeChat Pay refuses the signature (${reason}): merchant_private_key_pem or its serial number is not the one it knows for this mchid`;
  if (kind === 'failed')
    return `WeChat Pay gives this merchant none (${reason}): verify by the public key (商户平台 → 账户中心 → API安全 → 微信支付公钥) with --platform-public-key-id and --platform-public-key`;
  if (reason === 'a certificate does not open')
    return 'WeChat Pay sent them sealed with another key: api_v3_key is not the one that is set at 商户平台 → 账户中心 → API安全';
  return `they could not be fetched (${reason}): try again; or ${BY_HAND}`;
}
