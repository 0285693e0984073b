import { type KeyObject, sign, verify } from 'node:crypto';

export const AUTHORIZATION_SCHEME = 'WECHATPAY2-SHA256-RSA2048';

export interface SignedRequest {
  method: 'GET' | 'POST';
  /** Path and query exactly as they go over the wire. */
  target: string;
  /** Whole seconds since 1970. */
  timestamp: string;
  nonce: string;
  /** The exact bytes that are sent; empty for GET. */
  body: string;
}

/** What a merchant signs: five lines, each with its line feed. Source: API v3. */
export function requestText(request: SignedRequest): string {
  return lines(request.method, request.target, request.timestamp, request.nonce, request.body);
}

/** What WeChat Pay signs in replies and notifications: three lines around the raw body. Source: WeChat Pay API v3. */
export function messageText(timestamp: string, nonce: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
}

/**
 * What is signed for the page or app that opens the wallet. `last` is the whole `prepay_id=…` for a page and the bare
 * prepay_id for an app. Source: WeChat Pay API v3.
 */
export function paySignText(appid: string, timestamp: string, nonce: string, last: string): string {
  return lines(appid, timestamp, nonce, last);
}

/** SHA256withRSA in Base64. Runs on the thread pool. */
export function signRsa(text: string, privateKey: KeyObject): Promise<string> {
  return new Promise((resolve, reject) => {
    sign('RSA-SHA256', Buffer.from(text), privateKey, (error, signature) => {
      if (error) reject(error);
      else resolve(signature.toString('base64'));
    });
  });
}

/** True when `signature` is Base64, in its one proper spelling, of this key's signature over the text. */
export function isSignedRsa(text: Buffer, signature: string, publicKey: KeyObject): boolean {
  const bytes = Buffer.from(signature, 'base64');
  // Base64 has several spellings of the same bytes; one changed letter must not pass as another spelling.
  if (bytes.length === 0 || bytes.toString('base64') !== signature) return false;
  return verify('RSA-SHA256', text, publicKey, bytes);
}

/** The Authorization header of a request. */
export function authorization(mchid: string, serialNo: string, request: SignedRequest, signature: string): string {
  const pairs = {
    mchid,
    nonce_str: request.nonce,
    timestamp: request.timestamp,
    serial_no: serialNo,
    signature,
  };
  const text = Object.entries(pairs).map(([name, value]) => `${name}="${value}"`);
  return `${AUTHORIZATION_SCHEME} ${text.join(',')}`;
}

function lines(...parts: string[]): string {
  return parts.map((part) => `${part}\n`).join('');
}
