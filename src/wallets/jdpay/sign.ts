import { constants, createHash, type KeyObject, privateEncrypt, publicDecrypt } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';

/**
 * The signature of a text: base64 of the SHA-256 in 64 lower-case hex letters, encrypted with the private key under PKCS#1
 * v1.5 type 1 padding. There is no DigestInfo: it is not SHA256withRSA. Source: JD Pay V2.0.
 */
export function signText(text: string, privateKey: KeyObject): string {
  const padding = constants.RSA_PKCS1_PADDING;
  return privateEncrypt({ key: privateKey, padding }, Buffer.from(digest(text))).toString('base64');
}

/** JD breaks signatures into lines: white space does not count, every other difference does. */
export function isSignedText(text: string, signature: string, publicKey: KeyObject): boolean {
  const base64 = signature.replace(/\s+/g, '');
  const bytes = Buffer.from(base64, 'base64');
  // Base64 has several spellings of the same bytes; one changed letter must not pass as another spelling.
  if (bytes.length === 0 || bytes.toString('base64') !== base64) return false;
  try {
    const opened = publicDecrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, bytes);
    return opened.toString('latin1') === digest(text);
  } catch {
    return false; // not as long as the key, or not padded as it must be
  }
}

/** What is signed of a browser form: all fields but `sign` that have a value, in clear, sorted. Source: JD Pay V2.0. */
export function formText(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** What the app hands to JD's SDK beside the order id: MD5 in lower-case hex. Source: JD Pay V2.0. */
export function appSignData(merchant: string, orderId: string, md5Key: Secret): string {
  return createHash('md5').update(`merchant=${merchant}&orderId=${orderId}&key=${md5Key.reveal()}`).digest('hex');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
