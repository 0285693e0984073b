import {
  STATEMENT_FILE_BYTES_MAX,
  UNIONPAY_FILE_TIMEOUT_MS,
  WALLET_CALL_TIMEOUT_MS,
  WALLET_REPLY_BYTES_MAX,
} from '../../base/limits.ts';
import type { WalletDeps } from '../wallet.ts';
import type { UnionpayConfig } from './config.ts';
import { type Fields, readAnswer, toForm } from './parse.ts';
import { signRsa, signShared } from './sign.ts';
import { whyNotBelieved } from './verify.ts';

/** `answer` is verified and about the transaction that was asked about; nothing else of theirs is ever looked at. */
export type Exchanged =
  | { kind: 'answer'; fields: Fields }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unknown'; reason: string };

export type Endpoint = 'appTransReq.do' | 'newAppTransReq.do' | 'backTransReq.do' | 'queryTrans.do';

/** Asks once and believes only a verified answer that echoes merId, orderId and txnTime of what was asked. */
export async function exchange(
  deps: WalletDeps,
  config: UnionpayConfig,
  endpoint: Endpoint,
  fields: Fields,
): Promise<Exchanged> {
  const exchanged = await ask(deps, config, endpoint, fields);
  if (exchanged.kind !== 'answer') {
    const facts = { wallet: 'unionpay', endpoint, orderNo: fields['orderId'], reason: exchanged.reason };
    deps.log.warn(facts, 'no answer that can be believed');
  }
  return exchanged;
}

/** The fields with certId, signMethod and signature, ready to be sent. Empty fields are dropped. */
export async function signed(config: UnionpayConfig, fields: Fields): Promise<Fields> {
  const { signing } = config;
  const filled = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
  if (signing.method === '01') {
    const complete = { ...filled, signMethod: signing.method, certId: signing.certId };
    return { ...complete, signature: await signRsa(complete, signing.privateKey) };
  }
  const complete = { ...filled, signMethod: signing.method };
  return { ...complete, signature: signShared(complete, signing.method, signing.secureKey.reveal()) };
}

/** Asks for a file. Its answer has no order number to echo; a time or a day that it does echo must be ours. */
export async function exchangeFile(deps: WalletDeps, config: UnionpayConfig, fields: Fields): Promise<Exchanged> {
  const limits = { timeoutMs: UNIONPAY_FILE_TIMEOUT_MS, replyBytesMax: STATEMENT_FILE_BYTES_MAX };
  const heard = await askAt(deps, config, `${config.fileUrl}/`, fields, limits);
  if (heard.kind !== 'answer') return heard;
  const answer = heard.fields;
  const isOurs = (['txnTime', 'settleDate'] as const).every((name) => (answer[name] ?? fields[name]) === fields[name]);
  if (!isOurs || answer['merId'] !== config.merId)
    return { kind: 'unknown', reason: 'the answer is to something else' };
  return heard;
}

async function ask(deps: WalletDeps, config: UnionpayConfig, endpoint: Endpoint, fields: Fields): Promise<Exchanged> {
  const limits = { timeoutMs: WALLET_CALL_TIMEOUT_MS, replyBytesMax: WALLET_REPLY_BYTES_MAX };
  const heard = await askAt(deps, config, `${config.gatewayUrl}/${endpoint}`, fields, limits);
  if (heard.kind !== 'answer') return heard;
  const answer = heard.fields;
  const other = (['merId', 'orderId', 'txnTime'] as const).find((name) => answer[name] !== fields[name]);
  if (other !== undefined) {
    return { kind: 'unknown', reason: `the answer has another ${other}, respCode ${answer['respCode']?.slice(0, 8)}` };
  }
  return heard;
}

/** A verified answer, to whatever. */
async function askAt(
  deps: WalletDeps,
  config: UnionpayConfig,
  url: string,
  fields: Fields,
  limits: { timeoutMs: number; replyBytesMax: number },
): Promise<Exchanged> {
  const reply = await deps.send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
    body: toForm(await signed(config, fields)),
    ...limits,
  });
  if (reply.kind === 'not_sent') return reply;
  if (reply.kind === 'no_answer') return { kind: 'unknown', reason: reply.reason };
  if (reply.status !== 200) return { kind: 'unknown', reason: `HTTP status ${reply.status}` };
  const answer = readAnswer(reply.body);
  if (answer === null) return { kind: 'unknown', reason: 'the answer is not readable' };
  const reason = whyNotBelieved(config, answer, deps.clock.now());
  if (reason !== null) return { kind: 'unknown', reason };
  return { kind: 'answer', fields: answer };
}
