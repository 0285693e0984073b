import { type KeyObject, X509Certificate } from 'node:crypto';

/** Whom we believe: answers are signed by a certificate that the middle one issued, which the root issued. */
export interface Trust {
  /** The key of a signer's certificate as it came in `signPubKeyCert`, or why it is not believed. */
  signerKey(pem: string, at: Date): KeyObject | string;
}

export interface TrustOptions {
  root: X509Certificate;
  middle: X509Certificate;
  /** Test environments only: older test signers are named otherwise. */
  acceptTestSigner: boolean;
}

const UNIONPAY_NAME = '中国银联股份有限公司';
const TEST_NAME = '00040000:SIGN'; // UnionPay's kits let it pass while their name check is off
const PEM_CHARS_MAX = 8192;
const SIGNERS_MAX = 16;

/**
 * The chain is checked signature by signature, which also takes the SHA-1 signatures that UnionPay's own CA still uses.
 * Signers that passed are remembered by their PEM text; the validity period is looked at every time.
 */
export function createTrust(options: TrustOptions): Trust {
  const known = new Map<string, X509Certificate>();
  return {
    signerKey(pem, at) {
      const signer = known.get(pem) ?? checkSigner(options, pem);
      if (typeof signer === 'string') return signer;
      if (!known.has(pem)) {
        if (known.size >= SIGNERS_MAX) known.clear(); // there is one signer for years; this only bounds memory
        known.set(pem, signer);
      }
      if (!isWithinPeriod(signer, at)) return 'the signing certificate is outside its validity period';
      if (!isWithinPeriod(options.middle, at)) return 'the middle certificate is outside its validity period';
      return signer.publicKey;
    },
  };
}

/** Parses one PEM certificate with an RSA key; null when it is anything else. */
export function readCertificate(pem: string): X509Certificate | null {
  const isOnePem = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/.test(pem);
  if (!isOnePem || pem.length > PEM_CHARS_MAX) return null;
  try {
    const certificate = new X509Certificate(pem);
    return certificate.publicKey.asymmetricKeyType === 'rsa' ? certificate : null;
  } catch {
    return null;
  }
}

/** UnionPay names certificates by their serial number in decimal; serials may be longer than a double can count. */
export function certIdOf(certificate: X509Certificate): string {
  return BigInt(`0x${certificate.serialNumber}`).toString();
}

export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function checkSigner(options: TrustOptions, pem: string): X509Certificate | string {
  const signer = readCertificate(pem);
  if (signer === null) return 'signPubKeyCert is not a certificate';
  if (!isIssuedBy(signer, options.middle)) return 'the signing certificate is not issued by the middle certificate';
  if (!isIssuedBy(options.middle, options.root)) return 'the middle certificate is not issued by the root';
  const name = signerName(signer);
  if (name !== UNIONPAY_NAME && !(options.acceptTestSigner && name === TEST_NAME)) {
    return 'the signing certificate does not belong to UnionPay'; // the same CA issues merchants' certificates
  }
  return signer;
}

/** The third part of a CN like `041@8310000000083040@中国银联股份有限公司@00016495`. */
function signerName(certificate: X509Certificate): string | null {
  const commonName: unknown = certificate.toLegacyObject().subject?.CN;
  return typeof commonName === 'string' ? (commonName.split('@')[2] ?? null) : null; // two CNs come as a list: refused
}

function isWithinPeriod(certificate: X509Certificate, at: Date): boolean {
  return Date.parse(certificate.validFrom) <= at.getTime() && at.getTime() <= Date.parse(certificate.validTo);
}
