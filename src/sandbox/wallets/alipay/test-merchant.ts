import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { createServer } from 'node:http';
import type { MerchantSettings } from './settings.ts';

/*
 * A merchant for the tests, with signing written a second time and in another way than the gateway's, so that the two
 * cannot agree on the same mistake.
 */
export type Wire = Record<string, string>;

export interface TestMerchant {
  settings: MerchantSettings;
  key: KeyObject;
  /** Whose signatures it believes. */
  theirs: KeyObject;
  /** Sent with every request in certificate mode; as the gateway itself tells them to a test. */
  serials: Wire;
}

export function openMerchant(settings: MerchantSettings, serials: Wire = {}): TestMerchant {
  if (!('alipay_public_key' in settings)) {
    const theirs = new X509Certificate(settings.alipay_certificate_pem).publicKey;
    return { settings, key: createPrivateKey(settings.private_key), theirs, serials };
  }
  const own = Buffer.from(settings.private_key, 'base64');
  const der = Buffer.from(settings.alipay_public_key, 'base64');
  return {
    settings,
    key: createPrivateKey({ key: own, format: 'der', type: 'pkcs1' }),
    theirs: createPublicKey({ key: der, format: 'der', type: 'spki' }),
    serials,
  };
}

/** A signed call; `more` are public parameters over the usual ones, `undefined` leaves one out. */
export function signAs(
  merchant: TestMerchant,
  method: string,
  content: object | null,
  more: Record<string, string | undefined> = {},
): Wire {
  const all: Record<string, string | undefined> = {
    app_id: merchant.settings.app_id,
    method,
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: '2026-11-23 10:00:00',
    version: '1.0',
    biz_content: content === null ? undefined : JSON.stringify(content),
    ...merchant.serials,
    ...more,
  };
  const params: Wire = {};
  for (const [name, value] of Object.entries(all)) if (value !== undefined) params[name] = value;
  const signer = createSign('RSA-SHA256').update(joined(params, ['sign']), 'utf8');
  return { ...params, sign: signer.sign(merchant.key).toString('base64') };
}

export interface Told {
  /** Whether it is signed by the gateway's key, over the node as it came. */
  isSigned: boolean;
  nodeName: string;
  node: Record<string, unknown>;
  text: string;
}

/** Posts everything as one form and reads the answer by the protocol's rule. */
export async function call(
  merchant: TestMerchant,
  method: string,
  content: object | null,
  more: Record<string, string | undefined> = {},
): Promise<Told> {
  return postForm(merchant, signAs(merchant, method, content, more));
}

export async function postForm(merchant: TestMerchant, params: Wire): Promise<Told> {
  const reply = await fetch(merchant.settings.gateway_url, { method: 'POST', body: new URLSearchParams(params) });
  return readAnswer(merchant, await reply.text());
}

/** The node ends where what follows it begins: the certificate's number or the signature, which come last. */
function readAnswer(merchant: TestMerchant, text: string): Told {
  const answer: Record<string, unknown> = JSON.parse(text);
  const nodeName = Object.keys(answer)[0] ?? '';
  const start = text.indexOf('{', 1);
  const tail = /,"alipay_cert_sn":"[0-9a-f]{32}","sign":"[^"]*"\}$|,"sign":"[^"]*"\}$/.exec(text);
  const signed = text.slice(start, tail?.index);
  const sign = typeof answer['sign'] === 'string' ? answer['sign'] : '';
  const node = answer[nodeName];
  if (typeof node !== 'object' || node === null) throw new Error(`no node in ${text}`);
  return {
    isSigned: createVerify('RSA-SHA256').update(signed, 'utf8').verify(merchant.theirs, sign, 'base64'),
    nodeName,
    node: { ...node },
    text,
  };
}

/** Whether a notification, or what a browser brings back, is signed by the gateway. */
export function isBelieved(merchant: TestMerchant, fields: Wire): boolean {
  const text = joined(fields, ['sign', 'sign_type']);
  return createVerify('RSA-SHA256')
    .update(text, 'utf8')
    .verify(merchant.theirs, fields['sign'] ?? '', 'base64');
}

function joined(fields: Wire, out: readonly string[]): string {
  const names = Object.keys(fields).filter((name) => !out.includes(name) && fields[name] !== '');
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return names.map((name) => `${name}=${fields[name]}`).join('&');
}

let orderCount = 0;
export function newNo(): string {
  orderCount += 1;
  return `T${process.pid}N${String(orderCount).padStart(8, '0')}`;
}

export function orderOf(orderNo: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { out_trade_no: orderNo, total_amount: '88.00', subject: '云南咖啡', ...more };
}

export interface Listener {
  url: string;
  received: Wire[];
  close(): Promise<void>;
}

/** A merchant's notification address; `answers` come one after the other, then `success`. */
export async function listen(answers: string[] = []): Promise<Listener> {
  const received: Wire[] = [];
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8'))));
      reply.end(answers.shift() ?? 'success');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/notify`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
