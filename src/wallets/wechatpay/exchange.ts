import { WALLET_CALL_TIMEOUT_MS, WALLET_REPLY_BYTES_MAX } from '../../base/limits.ts';
import type { OutboundReply } from '../../base/outbound.ts';
import { plainText } from '../plain-text.ts';
import type { WalletDeps } from '../wallet.ts';
import type { WechatpayAccess } from './config.ts';
import { type Json, readJson, textAt } from './parse.ts';
import { authorization, requestText, type SignedRequest, signRsa } from './sign.ts';
import { isProbe, whyNotBelieved } from './verify.ts';

/**
 * `answer` and `refusal` are signed by WeChat Pay; nothing else of theirs decides anything. A refusal that is not signed
 * (a gateway's page, a middlebox, now and then WeChat Pay itself) is `unknown`: it must not make an order final.
 */
export type Exchanged =
  /** 200, 202 or 204. An empty body is an empty object. */
  | { kind: 'answer'; status: number; json: Json }
  | { kind: 'refusal'; status: number; code: string; message: string }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unknown'; reason: string; walletCode?: string };

export interface Call {
  method: SignedRequest['method'];
  target: string;
  /** Null for GET. */
  body: object | null;
  /** For the log: what the call is about. */
  about: string;
  /** False where the same call a second time could charge a second code: then a probe is not followed by another try. */
  mayRepeat: boolean;
}

/** Asks, and believes only what is signed. */
export async function exchange(deps: WalletDeps, access: WechatpayAccess, call: Call): Promise<Exchanged> {
  let exchanged = await askOnce(deps, access, call);
  // WeChat Pay answers with a wrong signature on purpose now and then; the next answer is rightly signed (WeChat Pay API v3).
  if (exchanged === 'probe' && call.mayRepeat) {
    exchanged = await askOnce(deps, access, call);
    // The first time it was sent, and may have been done.
    if (exchanged !== 'probe' && exchanged.kind === 'not_sent') exchanged = { ...exchanged, kind: 'unknown' };
  }
  if (exchanged === 'probe')
    exchanged = { kind: 'unknown', reason: 'the answer was a probe: wrongly signed on purpose' };
  if (exchanged.kind === 'unknown' || exchanged.kind === 'not_sent') {
    const facts = { wallet: 'wechatpay', about: call.about, reason: exchanged.reason };
    deps.log.warn(facts, 'no answer that can be believed');
  }
  return exchanged;
}

async function askOnce(deps: WalletDeps, access: WechatpayAccess, call: Call): Promise<Exchanged | 'probe'> {
  const reply = await sendSigned(deps, access, call, { replyBytesMax: WALLET_REPLY_BYTES_MAX });
  if (reply.kind === 'not_sent') return reply;
  if (reply.kind === 'no_answer') return { kind: 'unknown', reason: reply.reason };
  const reason = whyNotBelieved(access.platformKeys, reply.headers, reply.body, deps.clock.now());
  if (reason === null) return toExchanged(reply);
  if (isProbe(reply.headers)) return 'probe';
  const code = plainText(textAt(readJson(reply.body) ?? {}, 'code'), 32);
  const unknown = { kind: 'unknown', reason: `HTTP status ${reply.status}, not believed: ${reason}` } as const;
  return code === '' ? unknown : { ...unknown, walletCode: code };
}

function toExchanged(reply: Extract<OutboundReply, { kind: 'reply' }>): Exchanged {
  const json = reply.body.length === 0 ? {} : readJson(reply.body);
  if (json === null) return { kind: 'unknown', reason: `HTTP status ${reply.status}, not readable` };
  // The status is not signed: a body with a code is a refusal whatever stands above it. 202 is "taken, not finished".
  const code = plainText(textAt(json, 'code'), 32);
  if (code !== '')
    return { kind: 'refusal', status: reply.status, code, message: plainText(textAt(json, 'message'), 200) };
  return [200, 202, 204].includes(reply.status)
    ? { kind: 'answer', status: reply.status, json }
    : { kind: 'unknown', reason: `HTTP status ${reply.status} without a code` };
}

export interface SendLimits {
  replyBytesMax: number;
  timeoutMs?: number;
}

/** Signs and sends; the reply is not looked at. */
export async function sendSigned(
  deps: WalletDeps,
  access: WechatpayAccess,
  call: Pick<Call, 'method' | 'target' | 'body'>,
  limits: SendLimits,
): Promise<OutboundReply> {
  const body = call.body === null ? '' : JSON.stringify(call.body);
  const request: SignedRequest = {
    method: call.method,
    target: call.target,
    timestamp: Math.floor(deps.clock.now().getTime() / 1000).toString(),
    nonce: deps.random.bytes(16).toString('hex').toUpperCase(),
    body,
  };
  const signature = await signRsa(requestText(request), access.privateKey);
  return deps.send({
    method: call.method,
    url: access.apiUrl + call.target,
    headers: {
      authorization: authorization(access.mchid, access.serialNo, request, signature),
      accept: 'application/json',
      'user-agent': 'hutong', // a request without one may be refused
      ...(call.body === null ? {} : { 'content-type': 'application/json' }),
      ...(access.publicKeyId === null ? {} : { 'wechatpay-serial': access.publicKeyId }),
    },
    body,
    timeoutMs: limits.timeoutMs ?? WALLET_CALL_TIMEOUT_MS,
    replyBytesMax: limits.replyBytesMax,
  });
}
