import type { Fault } from '../ground/fault.ts';
import type { Gateway, SignedKind } from './gateway.ts';
import type { SigningKey } from './keys.ts';
import { signMessage } from './sign.ts';

const OLD_SECONDS = 600;

/** The four headers that vouch for a reply or a notification. A fault may make them unworthy of belief, or leave them out. */
export function sealedHeaders(
  gateway: Gateway,
  kind: SignedKind,
  signer: SigningKey,
  body: string,
  fault: Fault | null,
): Record<string, string> {
  if (fault?.kind === 'unsigned') return {};
  const key = fault?.kind === 'next_certificate' ? gateway.keys.next : signer;
  const nowSeconds = Math.floor(gateway.clock.now().getTime() / 1000);
  const timestamp = String(nowSeconds - (fault?.kind === 'old_time' ? OLD_SECONDS : 0));
  const nonce = gateway.random.bytes(16).toString('hex');
  const signature = signMessage(key.key, timestamp, nonce, body);
  gateway.signedCounts[kind] += 1;
  const isProbe = gateway.probeEvery > 0 && gateway.signedCounts[kind] % gateway.probeEvery === 0;
  return {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-serial': fault?.kind === 'unknown_serial' ? `7F${key.serial.slice(2)}` : key.serial,
    'wechatpay-signature': fault?.kind === 'signtest' || isProbe ? toProbe(signature) : spoiled(signature, fault),
  };
}

/** `<hex>-<number>`: who asks WeChat Pay about a failure names it. */
export function newRequestId(gateway: Gateway, inner: number): string {
  return `08${gateway.random.bytes(16).toString('hex').toUpperCase()}-${inner}`;
}

/** API v3, 签名探测流量: wrong on purpose, to be refused. */
function toProbe(signature: string): string {
  return `WECHATPAY/SIGNTEST/${signature.slice(20)}`;
}

/** One letter changed, still well-formed. */
function spoiled(signature: string, fault: Fault | null): string {
  if (fault?.kind !== 'bad_signature') return signature;
  return (signature.startsWith('a') ? 'b' : 'a') + signature.slice(1);
}
