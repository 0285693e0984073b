import { type SignedHeaders, signMessage, type Tag } from '../wallets/open/sign.ts';
import { notificationCovered, replyCovered, unboundReplyCovered } from '../wallets/open/verify.ts';
import type { Answer } from './answer.ts';
import type { Binding } from './believe-request.ts';
import type { PayerDeps } from './payer-deps.ts';
import type { SigningKey, WalletKeys } from './wallet-keys.ts';

/** A reply of the protocol, ready to be sent as it is. */
export interface ProtocolReply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Signs an answer, bound to the request that it answers where that one had a signature. */
export async function signReply(
  deps: PayerDeps,
  keys: WalletKeys,
  answer: Answer,
  binding: Binding,
): Promise<ProtocolReply> {
  const { status } = answer;
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(JSON.stringify(answer.body));
  const covered = binding === null ? unboundReplyCovered({ status, body }) : replyCovered({ status, body }, binding);
  const createdAt = answer.asOf ?? deps.clock.now();
  const stamp = stampOf(deps, await keys.signing(), 'owp-reply', createdAt);
  const kind = Buffer.isBuffer(answer.body) ? 'gzip' : status >= 400 ? 'problem+json' : 'json';
  return {
    status,
    headers: { 'content-type': `application/${kind}`, ...signMessage(covered, body, stamp, stamp.key) },
    body,
  };
}

/** Signed anew for each try, so that no signature grows old. */
export async function signNotification(deps: PayerDeps, keys: WalletKeys, body: Buffer): Promise<SignedHeaders> {
  const stamp = stampOf(deps, await keys.signing(), 'owp-notification', deps.clock.now());
  return signMessage(notificationCovered(body), body, stamp, stamp.key);
}

function stampOf(deps: PayerDeps, signing: SigningKey, tag: Tag, createdAt: Date) {
  return { createdAt, keyId: signing.keyId, nonce: deps.random.bytes(16).toString('base64url'), tag, key: signing.key };
}
