import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { OutboundReply, OutboundRequest } from '../../base/outbound.ts';
import { systemRandom } from '../../base/random.ts';
import type { WalletDeps } from '../wallet.ts';

/** For tests: keys, settings and answers, made with none of the connector's code. */

export const APP_ID = '2021000000000016';
export const SELLER_ID = '2088000000000016';
export const NOW = new Date('2026-11-23T02:00:00.000Z');

const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const ownPublicKey = own.publicKey;

/** What a merchant in key mode would give us, with a gateway on this machine. */
export function merchantSettings(changed: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    app_id: APP_ID,
    seller_id: SELLER_ID,
    private_key: base64(own.privateKey, 'pkcs8'),
    alipay_public_key: theirs.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    gateway_url: 'http://127.0.0.1:1/gateway.do',
    ...changed,
  };
}

export function base64(key: KeyObject, type: 'pkcs1' | 'pkcs8'): string {
  return key.export({ type, format: 'der' }).toString('base64');
}

export function publicBase64(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}

/** An answer's body: the node as it is written, signed as it is written. */
export function answer(method: string, node: object | string, key: KeyObject = theirs.privateKey): Buffer {
  const text = typeof node === 'string' ? node : JSON.stringify(node);
  const sign = createSign('RSA-SHA256').update(text).sign(key, 'base64');
  return Buffer.from(`{"${method.replaceAll('.', '_')}_response":${text},"sign":"${sign}"}`);
}

/** A notification's body: fields over the usual ones; `undefined` leaves one out. */
export function notification(changed: Record<string, string | undefined> = {}): Buffer {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...NOTIFIED, ...changed }))
    if (value !== undefined) fields[name] = value;
  const signed = Object.keys(fields).filter((name) => name !== 'sign_type' && fields[name] !== '');
  const text = signed
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
  fields['sign'] = createSign('RSA-SHA256').update(text).sign(theirs.privateKey, 'base64');
  return Buffer.from(new URLSearchParams(fields).toString());
}

export const NOTIFIED = {
  notify_time: '2026-11-23 10:00:01',
  notify_type: 'trade_status_sync',
  notify_id: '2026112300222100001000000000000001',
  app_id: APP_ID,
  charset: 'utf-8',
  version: '1.0',
  sign_type: 'RSA2',
  trade_no: '2026112322001400000000000001',
  out_trade_no: 'ORDER1',
  seller_id: SELLER_ID,
  trade_status: 'TRADE_SUCCESS',
  total_amount: '12.34',
  subject: '咖啡 100% + 茶',
  gmt_payment: '2026-11-23 10:00:00',
};

/** Dependencies whose `send` answers what the test says, and tells what was asked. */
export function pretendDeps(
  reply: Buffer | OutboundReply,
): WalletDeps & { asked: OutboundRequest[]; clock: ManualClock } {
  const asked: OutboundRequest[] = [];
  const send = async (request: OutboundRequest): Promise<OutboundReply> => {
    asked.push(request);
    return Buffer.isBuffer(reply) ? { kind: 'reply', status: 200, headers: {}, body: reply } : reply;
  };
  return { send, clock: new ManualClock(NOW), random: systemRandom, log: silentLog, asked };
}
