import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

/* Keys and certificates as merchants have them, read leniently: the connector has the last word on what may be used. */

/** What came of a text: the thing, or in words why there is none. The text itself is never told. */
export type Material<T> = { value: T } | { problem: string };

/** PEM, or base64 of PKCS#8 or PKCS#1 without its lines, as Alipay's key tool writes it. */
export function readPrivateKey(text: string): Material<KeyObject> {
  if (/ENCRYPTED/.test(text)) return { problem: 'is sealed with a password: take it off with openssl pkey first' };
  if (/BEGIN CERTIFICATE/.test(text)) return { problem: 'holds a certificate, a private key is needed' };
  if (/BEGIN [A-Z ]*PUBLIC KEY/.test(text)) return { problem: 'holds a public key, a private key is needed' };
  const der = Buffer.from(text.replace(/-----[A-Z0-9 ]+-----|\s/g, ''), 'base64');
  const key =
    attempt(() => createPrivateKey(text)) ??
    attempt(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })) ??
    attempt(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs1' }));
  return key === null ? { problem: 'is not a readable private key' } : { value: key };
}

/** As above. A private key or a certificate in its place is told: Node would quietly take its public half. */
export function readPublicKey(text: string): Material<KeyObject> {
  if (/PRIVATE KEY/.test(text)) return { problem: 'holds a private key, a public key is needed' };
  if (/BEGIN CERTIFICATE/.test(text)) return { problem: 'holds a certificate, a public key is needed' };
  const der = Buffer.from(text.replace(/-----[A-Z0-9 ]+-----|\s/g, ''), 'base64');
  const key =
    attempt(() => createPublicKey(text)) ??
    attempt(() => createPublicKey({ key: der, format: 'der', type: 'spki' })) ??
    attempt(() => createPublicKey({ key: der, format: 'der', type: 'pkcs1' }));
  return key === null ? { problem: 'is not a readable public key' } : { value: key };
}

/** One or more PEM certificates. Bundles of roots hold some that this machine's OpenSSL cannot read: they are passed over. */
export function readCertificates(text: string): Material<X509Certificate[]> {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0)
    return { problem: /KEY-----/.test(text) ? 'holds a key, a certificate is needed' : 'holds no certificate' };
  const certificates = blocks.map((block) => attempt(() => new X509Certificate(block)));
  const readable = certificates.filter((certificate) => certificate !== null);
  return readable.length === 0 ? { problem: 'holds a certificate that cannot be read' } : { value: readable };
}

/** A certificate in DER, as .cer files often are, in PEM; null when it is no certificate. */
export function derToPem(bytes: Buffer): string | null {
  return attempt(() => new X509Certificate(bytes).toString());
}

/** `an RSA key of 2048 bits`. */
export function describeKey(key: KeyObject): string {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  const type = key.asymmetricKeyType ?? 'unknown';
  if (type === 'rsa') return `an RSA key of ${bits ?? 0} bits`;
  return type === 'ed25519' ? 'an Ed25519 key' : `a key of type ${type}`;
}

/** Upper-case hex without zeros in front, as the wallets print it. */
export function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.toUpperCase().replace(/^0+(?=.)/, '');
}

/** A certificate's public key; some roots have keys that this machine's OpenSSL does not know. */
export function publicKeyOf(certificate: X509Certificate): KeyObject | null {
  return attempt(() => certificate.publicKey);
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
