import { createSign, createVerify, type KeyObject } from 'node:crypto';

export type Fields = Record<string, string>;

/**
 * What a request's signature covers: all that came but the signature itself, nothing that is empty, by rising names, joined
 * as a form but not escaped. `sign_type` counts. Source: Alipay OpenAPI v2, 自行实现签名.
 */
export function requestString(fields: Fields): string {
  const { sign: _, ...covered } = fields;
  return stringOf(covered);
}

/** What a notification's signature covers: the same without `sign_type`. Source: Alipay OpenAPI v2, 异步返回结果的验签. */
export function notificationString(fields: Fields): string {
  const { sign: _, sign_type: __, ...covered } = fields;
  return stringOf(covered);
}

export function signText(text: string, key: KeyObject): string {
  return createSign('RSA-SHA256').update(text, 'utf8').sign(key, 'base64');
}

export function isTextSigned(text: string, signature: string, key: KeyObject): boolean {
  return createVerify('RSA-SHA256').update(text, 'utf8').verify(key, signature, 'base64');
}

/** One letter changed, still well-formed. */
export function spoil(signature: string): string {
  return (signature.startsWith('a') ? 'b' : 'a') + signature.slice(1);
}

function stringOf(fields: Fields): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value.length > 0) pairs.push(`${name}=${value}`);
  }
  return pairs.join('&');
}
