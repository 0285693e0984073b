import type { X509Certificate } from 'node:crypto';
import type { OrderName, RefreshReply, WalletDeps } from '../wallet.ts';
import { readCertificates, readRsaSigned, serialNumberOf } from './certificates.ts';
import type { AlipayConfig, SignerCertificate } from './config.ts';
import { askOnce, nodeNameOf } from './exchange.ts';
import { type AnswerParts, readAnswer, readNode } from './parse.ts';
import { certificateCall, queryCall } from './requests.ts';
import { isSignedRsa2 } from './sign.ts';

const KEY_BITS_MIN = 2048;
const CHAIN_MAX = 4;

/**
 * In certificate mode: when Alipay signs under a certificate that is not in the settings, that one is fetched, and believed
 * only when it renews one that is: the same subject from the same authority, signed up to the root in the settings, and
 * used for the answer that brings it. Old and new then stand side by side. Source: 支付宝公钥证书下载.
 */
export async function refreshCertificate(
  deps: WalletDeps,
  config: AlipayConfig,
  name: OrderName,
): Promise<RefreshReply> {
  if (config.certificates === null) return { kind: 'settings', settings: {} };
  // Any answer names the certificate that is in use, also one about an order that nobody placed.
  const asked = await askOnce(deps, config, queryCall(name.orderNo));
  if (asked.kind !== 'body') return { kind: 'unknown', reason: asked.reason };
  const sn = readAnswer(asked.body, nodeNameOf(queryCall(name.orderNo)))?.certSn ?? '';
  if (!/^[0-9a-f]{32}$/.test(sn)) return { kind: 'unknown', reason: 'the answer names no certificate' };
  if (certificatesOf(config).some((known) => known.sn === sn)) return { kind: 'settings', settings: {} };
  return download(deps, config, sn);
}

async function download(deps: WalletDeps, config: AlipayConfig, sn: string): Promise<RefreshReply> {
  const call = certificateCall(sn);
  const asked = await askOnce(deps, config, call);
  if (asked.kind !== 'body') return { kind: 'unknown', reason: asked.reason };
  const parts = readAnswer(asked.body, nodeNameOf(call));
  const fields = parts === null ? null : readNode(parts.nodeText);
  if (parts === null || fields === null) return { kind: 'unknown', reason: 'the answer is not readable' };
  const content = Buffer.from(fields['alipay_cert_content'] ?? '', 'base64').toString('latin1');
  const certificates = readCertificates(content);
  const fresh = certificates?.find((one) => !one.ca && serialNumberOf(one) === sn);
  if (certificates === null || fresh === undefined) return { kind: 'unknown', reason: 'no certificate of that number' };
  const reason = whyNotTrusted(config, { fresh, others: certificates, parts, at: deps.clock.now() });
  if (reason !== null) return { kind: 'failed', reason };
  return { kind: 'settings', settings: { alipay_certificate_pem: sideBySide(config, fresh, deps.clock.now()) } };
}

interface Fetched {
  fresh: X509Certificate;
  /** Everything that came, the authority above it too. */
  others: readonly X509Certificate[];
  parts: AnswerParts;
  at: Date;
}

function whyNotTrusted(config: AlipayConfig, { fresh, others, parts, at }: Fetched): string | null {
  // Merchants' own certificates come from the same root: only the name tells Alipay's from theirs.
  const renews = certificatesOf(config).some(
    ({ x509 }) => x509.subject === fresh.subject && x509.issuer === fresh.issuer,
  );
  if (!renews) return 'the new certificate has another name than the one in the settings';
  if ((fresh.publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < KEY_BITS_MIN)
    return 'the new certificate is too weak';
  if (at < new Date(fresh.validFrom) || at > new Date(fresh.validTo)) return 'the new certificate is not valid now';
  const roots = readRsaSigned(config.certificates?.rootPem ?? '');
  if (!leadsToRoot(fresh, others, roots)) return 'the new certificate does not lead to the root in the settings';
  const isUsed = isSignedRsa2(parts.nodeText, parts.sign ?? '', fresh.publicKey);
  return isUsed ? null : 'the answer that brought the new certificate is not signed by it';
}

function leadsToRoot(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): boolean {
  let below = certificate;
  for (let step = 0; step < CHAIN_MAX; step++) {
    const isBelow = (above: X509Certificate): boolean =>
      above.ca && below.checkIssued(above) && below.verify(above.publicKey);
    if (roots.some(isBelow)) return true;
    const next = others.find(isBelow);
    if (next === undefined) return false;
    below = next;
  }
  return false;
}

/** The new one and those of the old ones whose time is not over. */
function sideBySide(config: AlipayConfig, fresh: X509Certificate, at: Date): string {
  const old = certificatesOf(config).filter(({ validToMs }) => at.getTime() <= validToMs);
  return [fresh, ...old.map(({ x509 }) => x509)].map((certificate) => certificate.toString().trim()).join('\n');
}

function certificatesOf(config: AlipayConfig): SignerCertificate[] {
  return config.signers.map(({ certificate }) => certificate).filter((certificate) => certificate !== null);
}
