import { plainText } from '../plain-text.ts';
import type { WalletDeps } from '../wallet.ts';
import type { WechatpayAccess } from './config.ts';
import { openSealed } from './crypt.ts';
import { WALLET_REPLY_BYTES_MAX } from '../../base/limits.ts';
import { sendSigned } from './exchange.ts';
import { type Json, listAt, objectAt, readJson, textAt } from './parse.ts';
import { type PlatformKey, readCertificates, serialOf, toPlatformKey } from './platform-keys.ts';
import { whyNotBelieved } from './verify.ts';

export interface PlatformCertificate {
  /** Upper-case hex: what `Wechatpay-Serial` names it by. */
  serialNo: string;
  pem: string;
  validFrom: Date;
  validTo: Date;
}

export type PlatformCertificatesReply =
  | { kind: 'certificates'; certificates: PlatformCertificate[] }
  | { kind: 'failed' | 'unknown'; reason: string };

/**
 * Fetches WeChat Pay's platform certificates; once a day is the usual pace. During a rotation old and new stand side by
 * side, so all of them belong into `platform_certificates_pem`, one after the other. The reply opens only with the APIv3
 * key and must be signed by a certificate that it brings or that is known already. `failed`: WeChat Pay has none for this
 * merchant, who then verifies by public key. Source: API v3.
 */
export async function fetchPlatformCertificates(
  deps: WalletDeps,
  access: WechatpayAccess,
): Promise<PlatformCertificatesReply> {
  const call = { method: 'GET', target: '/v3/certificates', body: null } as const;
  // Asked as one who verifies by certificate, whatever else is known: a public key would be answered with itself.
  const byCertificate = { ...access, publicKeyId: null };
  const reply = await sendSigned(deps, byCertificate, call, { replyBytesMax: WALLET_REPLY_BYTES_MAX });
  if (reply.kind !== 'reply') return { kind: 'unknown', reason: `${reply.kind}: ${reply.reason}` };
  const json = readJson(reply.body);
  if (reply.status !== 200 || json === null) {
    const code = plainText(textAt(json ?? {}, 'code'), 32);
    return { kind: code === '' ? 'unknown' : 'failed', reason: `HTTP status ${reply.status} ${code}`.trim() };
  }
  const sealed = listAt(json, 'data');
  if (sealed.length === 0) return { kind: 'failed', reason: 'WeChat Pay has no certificates for this merchant' };
  const certificates = sealed.map((one) => openCertificate(access, one));
  const opened = certificates.filter((one) => one !== null);
  if (opened.length !== certificates.length) return { kind: 'unknown', reason: 'a certificate does not open' };
  const keys = new Map<string, PlatformKey>([
    ...access.platformKeys,
    ...opened.map((one) => [one.certificate.serialNo, one.key] as const),
  ]);
  const reason = whyNotBelieved(keys, reply.headers, reply.body, deps.clock.now());
  if (reason !== null) return { kind: 'unknown', reason };
  return { kind: 'certificates', certificates: opened.map((one) => one.certificate) };
}

function openCertificate(
  access: WechatpayAccess,
  one: Json,
): { certificate: PlatformCertificate; key: PlatformKey } | null {
  const sealed = objectAt(one, 'encrypt_certificate');
  const pem = sealed === null ? null : openSealed(sealed, access.apiV3Key);
  const [x509, ...others] = pem === null ? [] : (readCertificates(pem.toString('utf8')) ?? []);
  if (x509 === undefined || others.length > 0) return null;
  const serialNo = serialOf(x509);
  if (serialNo !== textAt(one, 'serial_no').toUpperCase()) return null;
  const certificate: PlatformCertificate = {
    serialNo,
    pem: x509.toString().trim(),
    validFrom: new Date(x509.validFrom),
    validTo: new Date(x509.validTo),
  };
  return { certificate, key: toPlatformKey(x509) };
}
