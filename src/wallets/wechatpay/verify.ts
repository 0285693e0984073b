import type { PlatformKeys } from './platform-keys.ts';
import { AUTHORIZATION_SCHEME, isSignedRsa, messageText } from './sign.ts';

/** How far WeChat Pay's clock and ours may be apart. Source: API v3. */
const SKEW_SECONDS_MAX = 300;

/** WeChat Pay sends wrong signatures on purpose from time to time, to see whether they are refused. */
const PROBE = 'WECHATPAY/SIGNTEST/';

/** Null when one of the known keys has signed exactly this body, lately; else why it is not believed. */
export function whyNotBelieved(
  keys: PlatformKeys,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  at: Date,
): string | null {
  const timestamp = headers['wechatpay-timestamp'] ?? '';
  const nonce = headers['wechatpay-nonce'] ?? '';
  const signature = headers['wechatpay-signature'] ?? '';
  const serial = headers['wechatpay-serial'] ?? '';
  if (timestamp === '' || nonce === '' || signature === '' || serial === '') return 'it is not signed';
  if ((headers['wechatpay-signature-type'] ?? AUTHORIZATION_SCHEME) !== AUTHORIZATION_SCHEME)
    return 'it is signed in another way';
  if (!/^[0-9]{1,12}$/.test(timestamp)) return 'its time is not readable';
  if (Math.abs(at.getTime() / 1000 - Number(timestamp)) > SKEW_SECONDS_MAX) return 'its time is not now';
  if (isProbe(headers)) return 'it is a probe: wrongly signed on purpose';
  const key = keys.get(serial);
  if (key === undefined) return `it is signed by a key that is not known here: ${serial.slice(0, 64)}`;
  if (key.validTo !== null && at > key.validTo) return 'the certificate that signed it has expired';
  if (key.validFrom !== null && at < key.validFrom) return 'the certificate that signed it is not valid yet';
  return isSignedRsa(messageText(timestamp, nonce, body), signature, key.publicKey)
    ? null
    : 'the signature does not fit';
}

/** A probe must be refused; the same request asked again gets the rightly signed reply. */
export function isProbe(headers: Readonly<Record<string, string>>): boolean {
  return (headers['wechatpay-signature'] ?? '').startsWith(PROBE);
}
