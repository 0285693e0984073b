import type { KeyObject, X509Certificate } from 'node:crypto';
import { isStrongRsa, readPemCertificates, readPemPublicKey } from '../pem-keys.ts';

/** One of the keys that WeChat Pay signs with, named by a certificate's serial number or by a `PUB_KEY_ID_…`. */
export interface PlatformKey {
  publicKey: KeyObject;
  /** A certificate's time; a bare public key has none. */
  validFrom: Date | null;
  validTo: Date | null;
}

/**
 * Every key of WeChat Pay that the merchant knows, by its name. Certificates and the public key stand side by side: while
 * a merchant moves from the one to the other, WeChat Pay signs with either. Source: API v3.
 */
export type PlatformKeys = ReadonlyMap<string, PlatformKey>;

export const KEY_BITS_MIN = 2048;

/** The serial number as it stands in headers: upper-case hex. */
export function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.toUpperCase();
}

/** Reads certificates written one after the other; null when there is anything else, or a weak key. */
export function readCertificates(pem: string): X509Certificate[] | null {
  const certificates = readPemCertificates(pem) ?? [];
  const areStrong = certificates.every(({ publicKey }) => isStrongRsa(publicKey, KEY_BITS_MIN));
  return certificates.length > 0 && areStrong ? certificates : null;
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
  const key = readPemPublicKey(pem);
  return key !== null && isStrongRsa(key, KEY_BITS_MIN) ? key : null;
}
