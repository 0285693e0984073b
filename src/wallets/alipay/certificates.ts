import { createHash, X509Certificate } from 'node:crypto';

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const PEM_BLOCKS_MAX = 20;
/** The object identifiers under 1.2.840.113549.1.1, which are the RSA algorithms, begin with these bytes. */
const RSA_ALGORITHMS = Buffer.from('2a864886f70d0101', 'hex');

/**
 * A certificate's name at Alipay: MD5 of its issuer, most specific part first, and its serial number in decimal.
 * Source: Alipay OpenAPI, 证书序列号.
 */
export function serialNumberOf(certificate: X509Certificate): string {
  const issuer = certificate.issuer.split('\n').reverse().join(',');
  const serial = BigInt(`0x${certificate.serialNumber}`).toString();
  return createHash('md5')
    .update(issuer + serial)
    .digest('hex');
}

/**
 * The name of Alipay's root file: those of its certificates that are signed by RSA, joined by `_`. The others, signed by
 * SM2, are passed over unread: not every OpenSSL can read them. Null when none is signed by RSA or one cannot be read.
 */
export function rootSerialNumberOf(pem: string): string | null {
  const names: string[] = [];
  for (const block of pemBlocks(pem)) {
    if (!isSignedByRsa(derOf(block))) continue;
    const certificate = readBlock(block);
    if (certificate === null) return null;
    names.push(serialNumberOf(certificate));
  }
  return names.length === 0 ? null : names.join('_');
}

/** The certificates of a PEM file that are signed by RSA; the others are passed over unread, as above. */
export function readRsaSigned(pem: string): X509Certificate[] {
  return pemBlocks(pem)
    .filter((block) => isSignedByRsa(derOf(block)))
    .map(readBlock)
    .filter((certificate) => certificate !== null);
}

/** The certificates of a PEM file that hold an RSA key; null when there is none or one cannot be read. */
export function readCertificates(pem: string): X509Certificate[] | null {
  const certificates = pemBlocks(pem).map(readBlock);
  if (certificates.length === 0) return null;
  const read = certificates.filter((certificate) => certificate !== null);
  const isRsa = read.every((certificate) => certificate.publicKey.asymmetricKeyType === 'rsa');
  return read.length === certificates.length && isRsa ? read : null;
}

function pemBlocks(pem: string): string[] {
  return (pem.match(PEM_BLOCK) ?? []).slice(0, PEM_BLOCKS_MAX);
}

function derOf(block: string): Buffer {
  return Buffer.from(block.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
}

function readBlock(block: string): X509Certificate | null {
  try {
    return new X509Certificate(block);
  } catch {
    return null;
  }
}

/** RFC 5280: a certificate is a sequence of the part that is signed, the algorithm's identifier, and the signature. */
function isSignedByRsa(der: Buffer): boolean {
  const outer = readHeader(der, 0);
  const signedPart = outer === null ? null : readHeader(der, outer.start);
  const algorithm = signedPart === null ? null : readHeader(der, signedPart.end);
  const identifier = algorithm === null ? null : readHeader(der, algorithm.start);
  if (identifier === null || der[algorithm?.start ?? 0] !== 0x06) return false;
  return der.subarray(identifier.start, identifier.end).subarray(0, RSA_ALGORITHMS.length).equals(RSA_ALGORITHMS);
}

/** Where a DER value's content begins and ends; null when it does not fit into the bytes. */
function readHeader(der: Buffer, at: number): { start: number; end: number } | null {
  const first = der[at + 1];
  if (first === undefined) return null;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 4 || at + 2 + lengthBytes > der.length) return null;
  const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
  const start = at + 2 + lengthBytes;
  return start + length <= der.length ? { start, end: start + length } : null;
}
