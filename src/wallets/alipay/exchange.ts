import { WALLET_CALL_TIMEOUT_MS, WALLET_REPLY_BYTES_MAX } from '../../base/limits.ts';
import type { WalletDeps } from '../wallet.ts';
import type { AlipayConfig } from './config.ts';
import { readAnswer, readNode } from './parse.ts';
import { type Fields, requestText, signRsa2 } from './sign.ts';
import { toStamp } from './translate.ts';
import { whyAnswerNotBelieved } from './verify.ts';

/** `answer` is signed by Alipay and, where it names an order, about the one that was asked about. */
export type Exchanged =
  | { kind: 'answer'; fields: Fields }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unknown'; reason: string };

/** What one method is called with: its content as JSON, and public parameters of its own. */
export interface Call {
  method: string;
  content: object | null;
  more?: Fields;
  /** The order that the answer must be about. */
  orderNo?: string;
}

/** Asks once and believes only what is signed. */
export async function exchange(deps: WalletDeps, config: AlipayConfig, call: Call): Promise<Exchanged> {
  const exchanged = await ask(deps, config, call);
  if (exchanged.kind !== 'answer') {
    const facts = { wallet: 'alipay', method: call.method, orderNo: call.orderNo, reason: exchanged.reason };
    deps.log.warn(facts, 'no answer that can be believed');
  }
  return exchanged;
}

/** A call's public parameters, its content and the signature. The time is written as Beijing's. */
export async function signed(config: AlipayConfig, call: Call, at: Date): Promise<Fields> {
  const { certificates } = config;
  const fields: Fields = {
    app_id: config.appId,
    method: call.method,
    format: 'JSON',
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: toStamp(at),
    version: '1.0',
    ...(certificates === null
      ? {}
      : { app_cert_sn: certificates.appCertSn, alipay_root_cert_sn: certificates.rootCertSn }),
    ...call.more,
    ...(call.content === null ? {} : { biz_content: JSON.stringify(call.content) }),
  };
  return { ...fields, sign: await signRsa2(requestText(fields), config.privateKey) };
}

/** The fields url-encoded: a query, a form, or the order string that an app hands to Alipay's SDK. */
export function toQuery(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

async function ask(deps: WalletDeps, config: AlipayConfig, call: Call): Promise<Exchanged> {
  const asked = await askOnce(deps, config, call);
  return asked.kind === 'body' ? believe(deps, config, call, asked.body) : asked;
}

export type Asked = { kind: 'body'; body: Buffer } | { kind: 'not_sent' | 'unknown'; reason: string };

/** What came back, which nobody has believed yet. */
export async function askOnce(deps: WalletDeps, config: AlipayConfig, call: Call): Promise<Asked> {
  const { biz_content, ...open } = await signed(config, call, deps.clock.now());
  const reply = await deps.send({
    method: 'POST',
    url: `${config.gatewayUrl}?${toQuery(open)}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
    body: biz_content === undefined ? '' : toQuery({ biz_content }),
    timeoutMs: WALLET_CALL_TIMEOUT_MS,
    replyBytesMax: WALLET_REPLY_BYTES_MAX,
  });
  if (reply.kind === 'not_sent') return { kind: 'not_sent', reason: reply.reason };
  if (reply.kind === 'no_answer') return { kind: 'unknown', reason: reply.reason };
  if (reply.status !== 200) return { kind: 'unknown', reason: `HTTP status ${reply.status}` };
  return { kind: 'body', body: reply.body };
}

/** `alipay.trade.query` is answered by `alipay_trade_query_response`. */
export function nodeNameOf(call: Call): string {
  return `${call.method.replaceAll('.', '_')}_response`;
}

function believe(deps: WalletDeps, config: AlipayConfig, call: Call, body: Buffer): Exchanged {
  const parts = readAnswer(body, nodeNameOf(call));
  const fields = parts === null ? null : readNode(parts.nodeText);
  if (parts === null || fields === null) return { kind: 'unknown', reason: 'the answer is not readable' };
  const reason = whyAnswerNotBelieved(config, parts, deps.clock.now());
  // A refusal of the gateway may come unsigned, when it does not know the application: nobody may end an order by one.
  if (reason !== null) return { kind: 'unknown', reason: withCode(reason, fields) };
  const told = fields['out_trade_no'];
  if (told !== undefined && call.orderNo !== undefined && told !== call.orderNo) {
    return { kind: 'unknown', reason: withCode('the answer is about another order', fields) };
  }
  return { kind: 'answer', fields };
}

function withCode(reason: string, fields: Fields): string {
  const code = [fields['code'], fields['sub_code']].filter(Boolean).join(' ');
  return code === '' ? reason : `${reason}, code ${code.replace(/[^\w. -]/g, '?').slice(0, 80)}`;
}
