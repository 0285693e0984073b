import { createHash, createPrivateKey, createSign, createVerify, X509Certificate, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import forge from 'node-forge';
import type { MerchantSettings } from './settings.ts';

/*
 * A merchant for the tests, with signing written a second time and in another way than the gateway's, so that the two
 * cannot agree on the same mistake.
 */
export type Wire = Record<string, string>;

export interface TestMerchant {
  settings: MerchantSettings;
  certId: string | null;
  key: KeyObject | null;
}

export function openMerchant(settings: MerchantSettings): TestMerchant {
  if (settings.sign_method !== '01') return { settings, certId: null, key: null };
  const der = forge.util.createBuffer(Buffer.from(settings.pfx_base64, 'base64').toString('binary'));
  const pfx = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(der), settings.pfx_password);
  const bags = Object.values(forge.pki.oids).flatMap((bagType) => pfx.getBags({ bagType })[bagType] ?? []);
  const privateKey = bags.find((bag) => bag.key)?.key;
  const certificate = bags.find((bag) => bag.cert && !isCa(bag.cert))?.cert;
  if (!privateKey || !certificate) throw new Error('the pfx has no key or no certificate');
  return {
    settings,
    certId: BigInt(`0x${certificate.serialNumber}`).toString(),
    key: createPrivateKey(forge.pki.privateKeyToPem(privateKey)),
  };
}

function isCa(certificate: forge.pki.Certificate): boolean {
  return certificate.subject.getField('CN').value.includes('OCA1');
}

/** Joins as the protocol page says, sorted by code unit. */
function joined(fields: Wire): string {
  const names = Object.keys(fields).filter((name) => name !== 'signature' && fields[name] !== '');
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return names.map((name) => `${name}=${fields[name]}`).join('&');
}

export function signAs(merchant: TestMerchant, fields: Wire): Wire {
  const { settings, certId, key } = merchant;
  if (settings.sign_method !== '01') {
    const hash = settings.sign_method === '11' ? 'sha256' : 'sm3';
    const hex = (text: string) => createHash(hash).update(text).digest('hex');
    return { ...fields, signature: hex(`${joined(fields)}&${hex(settings.secure_key)}`) };
  }
  if (certId === null || key === null) throw new Error('the merchant has no key');
  const withId: Wire = { certId, ...fields };
  const hex = createHash('sha256').update(joined(withId)).digest('hex');
  return { ...withId, signature: createSign('RSA-SHA256').update(hex).sign(key, 'base64') };
}

/** True when the answer is signed by a certificate inside it that leads to the merchant's root. */
export function isTrusted(settings: MerchantSettings, answer: Wire): boolean {
  const pem = answer.signPubKeyCert ?? '';
  const certificate = new X509Certificate(pem);
  const middle = new X509Certificate(settings.middle_certificate_pem);
  const root = new X509Certificate(settings.root_certificate_pem);
  const hex = createHash('sha256').update(joined(answer)).digest('hex');
  return (
    middle.verify(root.publicKey) &&
    certificate.verify(middle.publicKey) &&
    new Date(certificate.validTo) > new Date() &&
    certificate.subject.includes('@中国银联股份有限公司@') &&
    createVerify('RSA-SHA256')
      .update(hex)
      .verify(certificate.publicKey, answer.signature ?? '', 'base64')
  );
}

/** YYYYMMDDhhmmss in Beijing, by the platform's own calendar. */
export function beijing(at: Date): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(at);
  return parts.replace(/\D/g, '');
}

export function payFields(merchant: TestMerchant, more: Wire = {}): Wire {
  return {
    version: '5.1.0',
    encoding: 'UTF-8',
    signMethod: merchant.settings.sign_method,
    txnType: '01',
    txnSubType: '01',
    bizType: '000201',
    channelType: '08',
    accessType: '0',
    merId: merchant.settings.mer_id,
    orderId: newOrderId(),
    txnTime: beijing(new Date()),
    txnAmt: '8800',
    currencyCode: '156',
    backUrl: 'http://127.0.0.1:9/notify', // nobody listens there
    frontUrl: 'http://127.0.0.1:9/return',
    ...more,
  };
}

export function queryFields(paid: Wire): Wire {
  const names = ['version', 'encoding', 'signMethod', 'accessType', 'merId', 'orderId', 'txnTime'];
  const common = Object.fromEntries(names.map((name) => [name, paid[name] ?? '']));
  return { ...common, txnType: '00', txnSubType: '00', bizType: '000000' };
}

export function undoFields(paid: Wire, origQryId: string, txnType: '04' | '31', more: Wire = {}): Wire {
  return {
    ...paid,
    txnType,
    txnSubType: '00',
    orderId: newOrderId(),
    origQryId,
    ...more,
  };
}

let orderCount = 0;
function newOrderId(): string {
  orderCount += 1;
  return `T${process.pid}N${String(orderCount).padStart(8, '0')}`;
}

/** Posts a form and reads the raw answer by the protocol's parsing rule. */
export async function post(merchant: TestMerchant, path: string, fields: Wire): Promise<Wire> {
  const reply = await postForm(`${merchant.settings.gateway_url}/gateway/api/${path}`, signAs(merchant, fields));
  return readAnswer(await reply.text());
}

export function postForm(url: string, fields: Wire): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
    body: new URLSearchParams(fields).toString(),
  });
}

/** Split at `&` and the first `=`, but inside braces or brackets everything is text. */
export function readAnswer(body: string): Wire {
  const answer: Wire = {};
  let depth = 0;
  let pair = '';
  for (const letter of `${body}&`) {
    if (letter === '{' || letter === '[') depth++;
    if (letter === '}' || letter === ']') depth--;
    if (letter !== '&' || depth > 0) {
      pair += letter;
      continue;
    }
    const at = pair.indexOf('=');
    answer[pair.slice(0, at)] = pair.slice(at + 1);
    pair = '';
  }
  return answer;
}

export interface Listener {
  url: string;
  received: Wire[];
  close(): Promise<void>;
}

/** A merchant's notification address; `statuses` are answered one after the other, then 200. */
export async function listen(statuses: number[] = []): Promise<Listener> {
  const received: Wire[] = [];
  const server: Server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8'))));
      reply.statusCode = statuses.shift() ?? 200;
      reply.end('ok');
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

/** Waits until it holds, looking often; the test's own time limit ends a wait in vain. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
