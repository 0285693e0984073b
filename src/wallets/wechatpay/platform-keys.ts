import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

/** One of the keys that WeChat Pay signs with, named by a certificate's serial number or by a `PUB_KEY_ID_…`. */
export interface PlatformKey {
  publicKey: KeyObject;
  /** A certificate's time; a bare public key has none. */
  validFrom: Date | null;
  validTo: Date | null;
}

/**
 * Every key of WeChat Pay that the merchant knows, by its name. Certificates and the public key stand side by side: while
 * a merchant moves from the one to the other, WeChat Pay signs with either. Source: API v3, fact sheet 4.
 */
export type PlatformKeys = ReadonlyMap<string, PlatformKey>;

export const KEY_BITS_MIN = 2048;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The serial number as it stands in headers: upper-case hex. */
export function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.toUpperCase();
}

/** Reads certificates written one after the other; null when there is anything else, or a weak key. */
export function readCertificates(pem: string): X509Certificate[] | null {
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || pem.replace(CERTIFICATE, '').trim() !== '') return null;
  try {
    const certificates = blocks.map((block) => new X509Certificate(block));
    return certificates.every((certificate) => isStrongRsa(certificate.publicKey)) ? certificates : null;
  } catch {
    return null;
  }
}

export function toPlatformKey(certificate: X509Certificate): PlatformKey {
  return {
    publicKey: certificate.publicKey,
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
  };
}

/** Null unless the text is one public key in PEM, of 2048 bits or more. */
export function readPublicKey(pem: string): KeyObject | null {
  if (!/^\s*-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) return null; // a private key would be read as its public half
  try {
    const key = createPublicKey(pem);
    return isStrongRsa(key) ? key : null;
  } catch {
    return null;
  }
}

export function isStrongRsa(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= KEY_BITS_MIN;
}
