import { createCipheriv, createSign, createVerify, type KeyObject } from 'node:crypto';
import type { Random } from '../../../base/random.ts';

/*
 * Signing as API v3 documents it, written a second time: nothing is shared with the connector, so the two cannot agree on
 * the same mistake.
 */

const LF = '\n';

/** What WeChat Pay signs of a reply or notification. Source: API v3, 应答签名. */
export function signMessage(key: KeyObject, timestamp: string, nonce: string, body: string | Buffer): string {
  const signer = createSign('sha256');
  signer.update(timestamp + LF);
  signer.update(nonce + LF);
  signer.update(body);
  signer.update(LF);
  return signer.sign(key, 'base64');
}

export interface Authorization {
  mchid: string;
  serialNo: string;
  nonce: string;
  timestamp: string;
  signature: string;
}

/** Reads the header's pairs in whatever order they come; null when one is missing or stands twice. */
export function readAuthorization(header: string | undefined): Authorization | null {
  const [scheme, rest, ...more] = (header ?? '').split(' ');
  if (scheme !== 'WECHATPAY2-SHA256-RSA2048' || rest === undefined || more.length > 0) return null;
  const pairs = new Map<string, string>();
  for (const part of rest.split(',')) {
    const pair = /^(mchid|nonce_str|timestamp|serial_no|signature)="([^"]+)"$/.exec(part);
    if (pair === null || pairs.has(pair[1] ?? '')) return null;
    pairs.set(pair[1] ?? '', pair[2] ?? '');
  }
  if (pairs.size !== 5) return null;
  const text = (name: string) => pairs.get(name) ?? '';
  return {
    mchid: text('mchid'),
    serialNo: text('serial_no'),
    nonce: text('nonce_str'),
    timestamp: text('timestamp'),
    signature: text('signature'),
  };
}

/** Whether a merchant signed this request. `target` and `body` are the raw ones. Source: API v3, 请求签名. */
export function isRequestSigned(
  key: KeyObject,
  said: Authorization,
  request: { method: string; target: string; body: Buffer },
): boolean {
  const verifier = createVerify('sha256');
  for (const line of [request.method, request.target, said.timestamp, said.nonce]) verifier.update(line + LF);
  verifier.update(request.body);
  verifier.update(LF);
  return verifier.verify(key, said.signature, 'base64');
}

/** What a page (`prepay_id=…`) or an app (the bare prepay_id) signed to open the wallet. Source: API v3, 调起支付签名. */
export function isPaySigned(key: KeyObject, parts: readonly string[], signature: string): boolean {
  const verifier = createVerify('sha256');
  for (const part of parts) verifier.update(part + LF);
  return verifier.verify(key, signature, 'base64');
}

export interface Sealed {
  algorithm: 'AEAD_AES_256_GCM';
  ciphertext: string;
  nonce: string;
  associated_data: string;
}

/** AES-256-GCM under the merchant's APIv3 key, the tag behind the ciphertext. Source: API v3, 证书和回调报文解密. */
export function sealFor(apiV3Key: string, about: string, text: string, random: Random): Sealed {
  const nonce = random.bytes(6).toString('hex'); // 12 characters, used as they are
  const cipher = createCipheriv('aes-256-gcm', apiV3Key, nonce);
  cipher.setAAD(Buffer.from(about));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { algorithm: 'AEAD_AES_256_GCM', ciphertext: ciphertext.toString('base64'), nonce, associated_data: about };
}
