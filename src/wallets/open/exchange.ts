import { WALLET_CALL_TIMEOUT_MS, WALLET_REPLY_BYTES_MAX } from '../../base/limits.ts';
import type { OutboundRequest } from '../../base/outbound.ts';
import { readStrictJson } from '../../base/strict-json.ts';
import type { WalletDeps } from '../wallet.ts';
import { type ProblemCode, type ProblemRow, problemOf } from './codes.ts';
import type { OpenConfig } from './config.ts';
import { membersOf } from './parse.ts';
import type { Call } from './requests.ts';
import { type Covered, requestCovered, signMessage } from './sign.ts';
import { replyCovered, verifyMessage } from './verify.ts';

/**
 * `answer` and `problem` are signed by the wallet and bound to this very call; nothing else of theirs is ever looked at.
 * `answeredAt` is the wallet's own clock, in whole seconds.
 */
export type Exchanged =
  | { kind: 'answer'; status: number; body: Buffer; answeredAt: Date }
  | { kind: 'problem'; code: ProblemCode; row: ProblemRow; answeredAt: Date }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unknown'; reason: string };

/** How long one call waits and how much it takes; statements need more of both. */
export interface Patience {
  timeoutMs: number;
  replyBytesMax: number;
}

const USUAL: Patience = { timeoutMs: WALLET_CALL_TIMEOUT_MS, replyBytesMax: WALLET_REPLY_BYTES_MAX };

/** Asks once. */
export async function exchange(deps: WalletDeps, config: OpenConfig, call: Call, patience = USUAL): Promise<Exchanged> {
  const exchanged = await ask(deps, config, call, patience);
  if (exchanged.kind === 'unknown' || exchanged.kind === 'not_sent') {
    const facts = { wallet: config.wallet, method: call.method, path: call.path, reason: exchanged.reason };
    deps.log.warn(facts, 'no answer that can be believed');
  }
  return exchanged;
}

/** The body of an answer as JSON; null where it is none. */
export function readBody(body: Buffer): unknown {
  try {
    return readStrictJson(body);
  } catch {
    return null;
  }
}

async function ask(deps: WalletDeps, config: OpenConfig, call: Call, patience: Patience): Promise<Exchanged> {
  const { request, covered } = signedCall(deps, config, call);
  const reply = await deps.send({ ...request, ...patience });
  if (reply.kind === 'not_sent') return reply;
  if (reply.kind === 'no_answer') return { kind: 'unknown', reason: reply.reason };
  const bound = replyCovered(reply, { covered, signature: request.headers['signature'] ?? '' });
  const verified = verifyMessage(reply, bound, 'owp-reply', config.walletKeys, deps.clock.now());
  if (!verified.isBelieved) return { kind: 'unknown', reason: `HTTP status ${reply.status}: ${verified.reason}` };
  const answeredAt = verified.createdAt;
  if (reply.status === 200 || reply.status === 201)
    return { kind: 'answer', status: reply.status, body: reply.body, answeredAt };
  const code = membersOf(readBody(reply.body))?.['code'];
  const problem = typeof code === 'string' ? problemOf(code, reply.status) : null;
  if (problem === null) return { kind: 'unknown', reason: `HTTP status ${reply.status} with no documented code` };
  return { kind: 'problem', ...problem, answeredAt };
}

function signedCall(
  deps: WalletDeps,
  config: OpenConfig,
  call: Call,
): { request: Pick<OutboundRequest, 'method' | 'url' | 'headers' | 'body'>; covered: Covered } {
  const url = new URL(config.walletUrl + call.path);
  const body = Buffer.from(call.body === null ? '' : JSON.stringify(call.body));
  const covered = requestCovered({ method: call.method, url, body });
  const stamp = {
    createdAt: deps.clock.now(),
    keyId: `${config.merchantNo}:${config.signing.keyId}`,
    nonce: deps.random.bytes(16).toString('base64url'),
    tag: 'owp-request',
  } as const;
  const headers = {
    accept: 'application/json',
    ...(call.body === null ? {} : { 'content-type': 'application/json' }),
    ...signMessage(covered, body, stamp, config.signing.privateKey),
  };
  return { request: { method: call.method, url: url.href, headers, body }, covered };
}
