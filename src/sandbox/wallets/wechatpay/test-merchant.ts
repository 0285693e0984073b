import { constants, createHash, privateEncrypt, publicDecrypt, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import type { MerchantSettings } from './settings.ts';
import { startWechatpaySandbox, type WechatpaySandbox, type WechatpaySandboxOptions } from './wechatpay.ts';

/*
 * A merchant for the tests, with signing written once more and from the raw RSA operation up (RFC 8017, 9.2), so that it
 * cannot agree with the gateway on the same mistake.
 */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

export type Json = Record<string, unknown>;

export interface Told {
  status: number;
  headers: Headers;
  text: string;
  json: Json;
}

export interface TestSandbox {
  sandbox: WechatpaySandbox;
  clock: ManualClock;
  settings: MerchantSettings;
}

export const START = new Date('2026-11-23T02:00:00Z');

let keptKeys: string | null = null;

/** Minting takes most of a start: the sandboxes of one test file have the same keys, and books of their own. */
export async function startTestSandbox(options: Partial<WechatpaySandboxOptions> = {}): Promise<TestSandbox> {
  const clock = new ManualClock(START);
  const dir = await mkdtemp(join(tmpdir(), 'hutong-wechatpay-'));
  if (keptKeys !== null) await writeFile(join(dir, 'keys.json'), keptKeys);
  const base = { port: 0, random: systemRandom, log: silentLog, dataDir: dir, refundDelayMs: 0, clock };
  const started = await startWechatpaySandbox({ ...base, ...options });
  if (options.dataDir === undefined) keptKeys = await readFile(join(dir, 'keys.json'), 'utf8');
  const stop = async (): Promise<void> => {
    await started.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { sandbox: { ...started, stop }, clock, settings: started.merchantSettings };
}

/** What a test changes about a request after it was signed, or how it is signed. */
export interface Odd {
  serialNo?: string;
  mchid?: string;
  timestamp?: number;
  keyPem?: string;
  signedBody?: string;
  authorization?: string;
  headers?: Record<string, string>;
}

export function authorizationOf(at: TestSandbox, method: string, target: string, body: string, odd: Odd = {}): string {
  const { settings, clock } = at;
  const timestamp = String(odd.timestamp ?? Math.floor(clock.now().getTime() / 1000));
  const nonce = randomUUID().replaceAll('-', '');
  const text = [method, target, timestamp, nonce, odd.signedBody ?? body, ''].join('\n');
  const signature = signRaw(text, odd.keyPem ?? settings.merchant_private_key_pem);
  const mchid = odd.mchid ?? settings.mchid;
  const serialNo = odd.serialNo ?? settings.merchant_serial_no;
  return `WECHATPAY2-SHA256-RSA2048 signature="${signature}",serial_no="${serialNo}",nonce_str="${nonce}",mchid="${mchid}",timestamp="${timestamp}"`;
}

export async function call(
  at: TestSandbox,
  method: 'GET' | 'POST',
  target: string,
  body: Json | string | null,
  odd: Odd = {},
): Promise<Told> {
  const text = body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await fetch(at.settings.api_url + target, {
    method,
    headers: {
      authorization: odd.authorization ?? authorizationOf(at, method, target, text, odd),
      accept: 'application/json',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...odd.headers,
    },
    ...(body === null ? {} : { body: text }),
  });
  const told = await reply.text();
  return {
    status: reply.status,
    headers: reply.headers,
    text: told,
    json: told.startsWith('{') ? JSON.parse(told) : {},
  };
}

export const get = (at: TestSandbox, target: string, odd: Odd = {}): Promise<Told> =>
  call(at, 'GET', target, null, odd);
export const post = (at: TestSandbox, target: string, body: Json | string, odd: Odd = {}): Promise<Told> =>
  call(at, 'POST', target, body, odd);

/** The certificate or key whose name the headers tell must have signed time, nonce and body. */
export function isSignedBy(pem: string, headers: Headers | Record<string, string>, body: string): boolean {
  const read = (name: string) => (headers instanceof Headers ? headers.get(name) : headers[name]) ?? '';
  const text = `${read('wechatpay-timestamp')}\n${read('wechatpay-nonce')}\n${body}\n`;
  try {
    const signature = Buffer.from(read('wechatpay-signature'), 'base64');
    return publicDecrypt({ key: pem, padding: constants.RSA_PKCS1_PADDING }, signature).equals(digestInfo(text));
  } catch {
    return false;
  }
}

function signRaw(text: string, keyPem: string): string {
  return privateEncrypt({ key: keyPem, padding: constants.RSA_PKCS1_PADDING }, digestInfo(text)).toString('base64');
}

function digestInfo(text: string): Buffer {
  return Buffer.concat([SHA256_PREFIX, createHash('sha256').update(text, 'utf8').digest()]);
}

let count = 0;
export function newOrderNo(): string {
  count += 1;
  return `T${process.pid}N${String(count).padStart(8, '0')}`;
}

export function orderOf(at: TestSandbox, more: Json = {}): Json {
  return {
    appid: at.settings.appid,
    mchid: at.settings.mchid,
    description: '云南咖啡 2 袋',
    out_trade_no: newOrderNo(),
    notify_url: 'http://127.0.0.1:9/notify', // nobody listens there
    amount: { total: 1234, currency: 'CNY' },
    ...more,
  };
}

export function codeOrderOf(at: TestSandbox, code: string, more: Json = {}): Json {
  const { notify_url: _, ...order } = orderOf(at, more);
  return { ...order, payer: { auth_code: code }, scene_info: { store_info: { out_id: 'SHOP001' } } };
}

export function pathOf(order: Json): string {
  return `/v3/pay/transactions/out-trade-no/${String(order['out_trade_no'])}`;
}

export function ask(at: TestSandbox, order: Json): Promise<Told> {
  return get(at, `${pathOf(order)}?mchid=${at.settings.mchid}`);
}

/** Orders by QR code and pays. */
export async function paid(at: TestSandbox, more: Json = {}): Promise<Json> {
  const order = orderOf(at, more);
  await post(at, '/v3/pay/transactions/native', order);
  at.sandbox.pay(String(order['out_trade_no']));
  return order;
}

export function refundOf(order: Json, fen: number, more: Json = {}): Json {
  return {
    out_trade_no: order['out_trade_no'],
    out_refund_no: newOrderNo(),
    amount: { refund: fen, total: 1234, currency: 'CNY' },
    ...more,
  };
}

export interface Ear {
  url: string;
  /** Answered one after the other, then 200. */
  statuses: number[];
  heard: { headers: Record<string, string>; body: string }[];
  close(): Promise<void>;
}

export async function listen(statuses: number[] = []): Promise<Ear> {
  const heard: Ear['heard'] = [];
  const server: Server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const texts = Object.entries(request.headers).filter(
        (pair): pair is [string, string] => typeof pair[1] === 'string',
      );
      heard.push({ headers: Object.fromEntries(texts), body: Buffer.concat(chunks).toString('utf8') });
      reply.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/notify`,
    statuses,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
