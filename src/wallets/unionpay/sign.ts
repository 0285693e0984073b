import { createHash, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import type { Fields } from './parse.ts';

/**
 * The text that both sides sign: every field that is not empty, but not the signature, sorted by the names' bytes, as
 * `k=v&k=v` without url-encoding. Source: UnionPay 5.1.0.
 */
export function signText(fields: Fields): string {
  return Object.keys(fields)
    .filter((name) => name !== 'signature' && fields[name] !== '')
    .sort() // names are ASCII, so code units sort as bytes do: upper case first
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
}

/** signMethod 01: SHA256withRSA over the 64 hex letters of the text's SHA-256: hashed twice. Runs on the thread pool. */
export function signRsa(fields: Fields, privateKey: KeyObject): Promise<string> {
  return new Promise((resolve, reject) => {
    sign('RSA-SHA256', hashedText(fields), privateKey, (error, signature) => {
      if (error) reject(error);
      else resolve(signature.toString('base64'));
    });
  });
}

/**
 * True when the fields carry a signature of this key. `signPubKeyCert` is part of the text, byte for byte. Checked on the
 * spot: it takes 25 µs, a tenth of signing, and the way to the thread pool and back takes longer.
 */
export function isSignedRsa(fields: Fields, publicKey: KeyObject): boolean {
  const text = fields['signature'] ?? '';
  const signature = Buffer.from(text, 'base64');
  // Base64 has several spellings of the same bytes; one changed byte must not pass as another spelling.
  if (signature.length === 0 || signature.toString('base64') !== text) return false;
  return verify('RSA-SHA256', hashedText(fields), publicKey, signature);
}

/** signMethod 11 (SHA-256) and 12 (SM3): hex(H(text & hex(H(secureKey)))). Source: UnionPay 5.1.0. */
export function signShared(fields: Fields, method: '11' | '12', secureKey: string): string {
  const hash = (text: string): string =>
    createHash(method === '11' ? 'sha256' : 'sm3')
      .update(text)
      .digest('hex');
  return hash(`${signText(fields)}&${hash(secureKey)}`);
}

export function isSignedShared(fields: Fields, method: '11' | '12', secureKey: string): boolean {
  const theirs = Buffer.from(fields['signature'] ?? '');
  const ours = Buffer.from(signShared(fields, method, secureKey));
  return theirs.length === ours.length && timingSafeEqual(theirs, ours);
}

function hashedText(fields: Fields): Buffer {
  return Buffer.from(createHash('sha256').update(signText(fields)).digest('hex'));
}
