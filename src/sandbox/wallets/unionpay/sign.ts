import { createHash, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { type Fields, sortedNames } from './form.ts';

const signOnPool = promisify(sign);

/** What is signed: every non-empty field but the signature, in byte order of the names, raw. UnionPay 5.1.0, 报文签名. */
export function textToSign(fields: Fields): string {
  return sortedNames(fields)
    .filter((name) => name !== 'signature' && fields[name] !== '')
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
}

/** signMethod 01: SHA256withRSA over the 64 hex letters of the SHA-256. Runs on the thread pool. */
export async function signWithKey(fields: Fields, privateKey: KeyObject): Promise<string> {
  const signature = await signOnPool('sha256', Buffer.from(digestHex('sha256', textToSign(fields))), privateKey);
  return signature.toString('base64');
}

export function isSignedByKey(fields: Fields, publicKey: KeyObject): boolean {
  const signature = Buffer.from(fields.signature ?? '', 'base64');
  if (signature.toString('base64') !== fields.signature) return false;
  return verify('sha256', Buffer.from(digestHex('sha256', textToSign(fields))), publicKey, signature);
}

/** signMethod 11 (SHA-256) and 12 (SM3): hash of the text, `&` and the hash of the shared key, all in lower-case hex. */
export function signWithSecret(fields: Fields, signMethod: '11' | '12', secret: string): string {
  const hash = signMethod === '11' ? 'sha256' : 'sm3';
  return digestHex(hash, `${textToSign(fields)}&${digestHex(hash, secret)}`);
}

export function isSignedWithSecret(fields: Fields, signMethod: '11' | '12', secret: string): boolean {
  const expected = Buffer.from(signWithSecret(fields, signMethod, secret));
  const given = Buffer.from(fields.signature ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function digestHex(hash: 'sha256' | 'sm3', text: string): string {
  return createHash(hash).update(text, 'utf8').digest('hex');
}
