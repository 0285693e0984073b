import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

/** True for an RSA key of so many bits or more. */
export function isStrongRsa(key: KeyObject, bitsMin: number): boolean {
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= bitsMin;
}

/** Null unless the text is one PEM key without a password. */
export function readPemPrivateKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

/** Null unless the text is a public key in PEM: of a private key or a certificate Node would take the public half. */
export function readPemPublicKey(pem: string): KeyObject | null {
  if (!/^\s*-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) return null;
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Certificates written one after the other; null when there is none, one cannot be read, or anything else stands there. */
export function readPemCertificates(pem: string): X509Certificate[] | null {
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || pem.replace(CERTIFICATE, '').trim() !== '') return null;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return null;
  }
}
