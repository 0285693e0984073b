import { createPrivateKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { OutboundReply, OutboundRequest } from '../../base/outbound.ts';
import { systemRandom } from '../../base/random.ts';
import type { RawNotification, WalletDeps } from '../wallet.ts';

/** For tests: WeChat Pay's side, made with node-forge and none of the connector's code. */

export const NOW = new Date('2026-11-23T02:11:12Z');
export const MCHID = '1900009191';
export const APPID = 'wxd678efh567hg6787';
export const API_V3_KEY = 'kJ7mQ2xV9bR4nW8cT3hY6pL5sD1fG0zA';

export interface Minted {
  serial: string;
  pem: string;
  keyPem: string;
  publicPem: string;
}

export function mint(serial: string, options: { bits?: number; from?: string; to?: string } = {}): Minted {
  const pair = generateKeyPairSync('rsa', { modulusLength: options.bits ?? 2048 });
  const keyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicPem);
  certificate.serialNumber = serial;
  certificate.validity.notBefore = new Date(options.from ?? '2024-01-01T00:00:00Z');
  certificate.validity.notAfter = new Date(options.to ?? '2029-01-01T00:00:00Z');
  certificate.setSubject([{ name: 'commonName', value: `PRETEND ${serial}` }]);
  certificate.setIssuer([{ name: 'commonName', value: 'PRETEND ROOT' }]);
  certificate.sign(forge.pki.privateKeyFromPem(keyPem), forge.md.sha256.create());
  const pem = forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
  return { serial: new X509Certificate(pem).serialNumber, pem, keyPem, publicPem };
}

export const merchant = mint('3775b6a45acd588826d15e583a95f5dd0000aaaa');
export const platform = mint('5157f09efdc096de15ebe81a47057a7232f1b8e1');
export const publicKey = { ...mint('01'), serial: 'PUB_KEY_ID_0119000091912024101400000000000001' };

/** What a merchant would give us, with a simulator on this machine; `undefined` takes a setting away. */
export function merchantSettings(changed: Record<string, unknown> = {}): Record<string, unknown> {
  const settings = {
    mchid: MCHID,
    appid: APPID,
    app_appid: 'wx0123456789abcdef',
    app_secret: 'c2f6e1a09b7d4853e6f1027384a5b6c9',
    merchant_serial_no: merchant.serial,
    merchant_private_key_pem: merchant.keyPem,
    api_v3_key: API_V3_KEY,
    platform_public_key_id: publicKey.serial,
    platform_public_key_pem: publicKey.publicPem,
    platform_certificates_pem: platform.pem,
    store_out_id: 'SHOP001',
    api_url: 'http://127.0.0.1:1',
    oauth_url: 'http://127.0.0.1:1',
    sns_url: 'http://127.0.0.1:1',
    ...changed,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

export interface SpeakOptions {
  by?: Minted;
  at?: Date;
  headers?: Record<string, string>;
}

/** The four headers over a body, as its documents say. */
export function headersFor(body: string, options: SpeakOptions = {}): Record<string, string> {
  const { by = publicKey, at = NOW } = options;
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const nonce = 'c5ac7061fccab6bf3e254dcf98995b8c';
  const text = `${timestamp}\n${nonce}\n${body}\n`;
  return {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-serial': by.serial,
    'wechatpay-signature': sign('sha256', Buffer.from(text), createPrivateKey(by.keyPem)).toString('base64'),
    ...options.headers,
  };
}

/** A signed reply. */
export function reply(status: number, json: object | null, options: SpeakOptions = {}): OutboundReply {
  const body = json === null ? '' : JSON.stringify(json);
  return { kind: 'reply', status, headers: headersFor(body, options), body: Buffer.from(body) };
}

export function refusal(status: number, code: string): OutboundReply {
  return reply(status, { code, message: `about ${code}` });
}

/** Seals with node-forge: AES-256-GCM, the tag behind the ciphertext. */
export function seal(text: string, about: string, key = API_V3_KEY): Record<string, string> {
  const cipher = forge.cipher.createCipher('AES-GCM', key);
  cipher.start({ iv: 'fdasflkja484', additionalData: about, tagLength: 128 });
  cipher.update(forge.util.createBuffer(forge.util.encodeUtf8(text)));
  cipher.finish();
  const bytes = cipher.output.getBytes() + cipher.mode.tag.getBytes();
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: forge.util.encode64(bytes),
    nonce: 'fdasflkja484',
    associated_data: about,
  };
}

/** A signed notification around a sealed object. */
export function notify(
  eventType: string,
  facts: object,
  options: SpeakOptions & { resource?: Record<string, unknown>; key?: string } = {},
): RawNotification {
  const about = eventType.startsWith('REFUND') ? 'refund' : 'transaction';
  const body = JSON.stringify({
    id: 'EV-2018022511223320873',
    create_time: '2026-11-23T10:11:10+08:00',
    resource_type: 'encrypt-resource',
    event_type: eventType,
    summary: '支付成功',
    resource: { original_type: about, ...seal(JSON.stringify(facts), about, options.key), ...options.resource },
  });
  const headers = { 'content-type': 'application/json', ...headersFor(body, options) };
  return { headers, body: Buffer.from(body) };
}

/** Answers calls one after the other and keeps what was sent; the last answer is given again. */
export function answering(...replies: OutboundReply[]): {
  deps: WalletDeps;
  sent: OutboundRequest[];
  clock: ManualClock;
} {
  const sent: OutboundRequest[] = [];
  const clock = new ManualClock(NOW);
  const send = async (request: OutboundRequest): Promise<OutboundReply> => {
    sent.push(request);
    return replies[Math.min(sent.length, replies.length) - 1] ?? { kind: 'no_answer', reason: 'nothing was prepared' };
  };
  return { deps: { send, clock, random: systemRandom, log: silentLog }, sent, clock };
}
