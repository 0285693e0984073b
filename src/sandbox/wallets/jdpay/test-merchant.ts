import { constants, createCipheriv, createDecipheriv, createHash, privateEncrypt, publicDecrypt } from 'node:crypto';
import { createServer } from 'node:http';
import type { MerchantSettings } from './keys.ts';

/*
 * A merchant for the tests, with encryption and signing written a second time and in another way than the simulator's, so
 * that the two cannot agree on the same mistake.
 */
export type Wire = Record<string, string>;

export interface TestMerchant {
  merchant: string;
  /** Base64. */
  desKey: string;
  keyPem: string;
  jdKeyPem: string;
  settings: MerchantSettings;
}

export function openMerchant(settings: MerchantSettings, business: 'main' | 'code' = 'main'): TestMerchant {
  const isMain = business === 'main';
  return {
    merchant: isMain ? settings.merchant : settings.code_merchant,
    desKey: isMain ? settings.des_key : settings.code_des_key,
    keyPem: isMain ? settings.merchant_private_key_pem : settings.code_merchant_private_key_pem,
    jdKeyPem: settings.jd_public_key_pem,
    settings,
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

function signed(keyPem: string, text: string): string {
  const padding = constants.RSA_PKCS1_PADDING;
  return privateEncrypt({ key: keyPem, padding }, Buffer.from(digest(text))).toString('base64');
}

function isByJd(merchant: TestMerchant, text: string, sign: string): boolean {
  const key = { key: merchant.jdKeyPem, padding: constants.RSA_PKCS1_PADDING };
  return publicDecrypt(key, Buffer.from(sign.replace(/\s/g, ''), 'base64')).toString() === digest(text);
}

function encrypted(merchant: TestMerchant, text: string): string {
  const length = Buffer.byteLength(text);
  const clear = Buffer.alloc(length + 4 + ((12 - (length % 8)) % 8));
  clear.writeInt32BE(length);
  clear.write(text, 4);
  const cipher = createCipheriv('des-ede3', Buffer.from(merchant.desKey, 'base64'), null).setAutoPadding(false);
  return cipher.update(clear, undefined, 'hex') + cipher.final('hex');
}

export function decrypted(merchant: TestMerchant, hex: string): string {
  const cipher = createDecipheriv('des-ede3', Buffer.from(merchant.desKey, 'base64'), null).setAutoPadding(false);
  const clear = Buffer.concat([cipher.update(hex, 'hex'), cipher.final()]);
  return clear.toString('utf8', 4, 4 + clear.readInt32BE());
}

let orderCount = 0;
export function newOrderNo(): string {
  orderCount += 1;
  return `T${process.pid}N${String(orderCount).padStart(8, '0')}`;
}

export function orderFields(merchant: TestMerchant, more: Wire = {}): Wire {
  return {
    version: 'V2.0',
    merchant: merchant.merchant,
    tradeNum: newOrderNo(),
    tradeName: '云南咖啡',
    tradeTime: '20261123101112',
    amount: '8800',
    currency: 'CNY',
    orderType: '0',
    notifyUrl: 'http://127.0.0.1:9/notify', // nobody listens there
    userId: 'buyer1',
    ...more,
  };
}

export interface Said {
  code: string;
  desc: string;
  /** The clear inside, as it came; empty where there was none. */
  inside: string;
  isByJd: boolean;
  fields: Wire;
}

/** Calls a service; `spoil` may change the whole body. */
export async function call(
  merchant: TestMerchant,
  operation: string,
  fields: Wire,
  spoil: (body: string) => string = String,
): Promise<Said> {
  const body = spoil(envelope(merchant, toXml(fields)));
  const reply = await fetch(`${merchant.settings.service_url}/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/xml' },
    body,
  });
  return open(merchant, await reply.text());
}

export function toXml(fields: Wire): string {
  const inner = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?><jdpay>${inner.join('')}</jdpay>`;
}

export function envelope(merchant: TestMerchant, text: string): string {
  const sign = signed(merchant.keyPem, text);
  const hex = encrypted(merchant, text.replace('</jdpay>', `<sign>${sign}</sign></jdpay>`));
  return toXml({ version: 'V2.0', merchant: merchant.merchant, encrypt: Buffer.from(hex).toString('base64') });
}

/** An answer or a notification. */
export function open(merchant: TestMerchant, body: string): Said {
  const encrypt = /<encrypt>(.*)<\/encrypt>/.exec(body)?.[1] ?? '';
  const inside = encrypt === '' ? '' : decrypted(merchant, Buffer.from(encrypt, 'base64').toString());
  const sign = /<sign>([^<]*)<\/sign>/.exec(inside)?.[1] ?? '';
  const leaves = [...(inside || body).matchAll(/<([A-Za-z]+)>([^<]*)<\/\1>/g)];
  const fields: Wire = {};
  for (const [, name = '', value = ''] of leaves) fields[name] ??= value;
  const isSigned = sign !== '' && isByJd(merchant, inside.replace(/<sign>[^<]*<\/sign>/, ''), sign);
  return { code: fields['code'] ?? '', desc: fields['desc'] ?? '', inside, isByJd: isSigned, fields };
}

/** A browser's form. */
export function formOf(merchant: TestMerchant, fields: Wire): Wire {
  const names = Object.keys(fields).filter((name) => fields[name] !== '');
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const sign = signed(merchant.keyPem, names.map((name) => `${name}=${fields[name]}`).join('&'));
  const { version = '', merchant: no = '', ...rest } = fields;
  const sealed = Object.entries(rest).map(([name, value]) => [name, encrypted(merchant, value)] as const);
  return { version, merchant: no, sign, ...Object.fromEntries(sealed) };
}

export function postForm(url: string, fields: Wire): Promise<Response> {
  return fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
}

export interface Listener {
  url: string;
  bodies: string[];
  close(): Promise<void>;
}

/** A merchant's notification address; `answers` are given one after the other, then `success`. */
export async function listen(answers: { status: number; body: string }[] = []): Promise<Listener> {
  const bodies: string[] = [];
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString('utf8'));
      const { status, body } = answers.shift() ?? { status: 200, body: 'success' };
      reply.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/notify`,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
