import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import { type OpenSandbox, startOpenSandbox } from './open.ts';

/* The simulator refuses what the specification says a wallet refuses. The merchant here signs with code of its own. */

const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
let sandbox: OpenSandbox;
let dataDir: string;
const start = () =>
  startOpenSandbox({ port: 0, clock, random: systemRandom, log: silentLog, dataDir, refundDelayMs: 0 });
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hutong-open-'));
  sandbox = await start();
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(dataDir, { recursive: true });
});

const NEW_ORDER = {
  amount: { currency: 'CNY', minor: '1234' },
  scene: 'web',
  subject: '茶',
  expires_at: '2026-11-23T03:00:00Z',
  notify_url: 'http://127.0.0.1:1/notify',
  return_url: 'https://shop.example/return',
  buyer_ip: null,
  payer_id: null,
  payment_code: null,
};

describe('a request', () => {
  test('that is signed as it must be is done', async () => {
    expect(await call({})).toMatchObject({ status: 201, json: { state: 'open', amount: { minor: '1234' } } });
    expect(await call({ method: 'GET', body: '' })).toMatchObject({
      status: 404,
      json: { code: 'order_not_found', final: false },
    });
  });

  const foreign = generateKeyPairSync('ed25519').privateKey;
  test.each<[string, Partial<Letter>, string]>([
    ['that is not signed', { unsigned: true }, 'signature_refused'],
    ['signed by a stranger', { key: foreign }, 'signature_refused'],
    ['by a merchant that is not known', { keyid: 'M9:k1' }, 'signature_refused'],
    ['with a key that is not registered', { keyid: 'k9' }, 'signature_refused'],
    ['with another body', { sentBody: JSON.stringify({ ...NEW_ORDER, scene: 'qr' }) }, 'signature_refused'],
    ['with another body and its digest', { sentBody: '{}', digestOf: '{}' }, 'signature_refused'],
    ['signed for another path', { signedPath: '/open-wallet/v1/orders/AAAAAAAA' }, 'signature_refused'],
    ['signed for another host', { authority: 'pay.wallet.example' }, 'signature_refused'],
    ['signed for another method', { signedMethod: 'GET' }, 'signature_refused'],
    ['signed over too little', { without: '"@query"' }, 'signature_refused'],
    ['with the tag of a reply', { tag: 'owp-reply' }, 'signature_refused'],
    ['with a nonce that is too short', { nonce: 'abc' }, 'signature_refused'],
    ['signed 301 seconds ago', { created: -301, expires: -1 }, 'time_refused'],
    ['that is over', { created: -100, expires: -1 }, 'time_refused'],
    ['signed in 301 seconds', { created: 301, expires: 400 }, 'time_refused'],
    ['that lives for an hour', { expires: 3600 }, 'time_refused'],
    ['whose body is no object', { body: '[]' }, 'malformed'],
    ['whose body is not JSON', { body: '{' }, 'malformed'],
    ['with a key twice', { body: '{"amount":1,"amount":2}' }, 'malformed'],
  ])('%s is refused', async (_what, letter, code) => {
    expect((await call(letter)).json).toMatchObject({ code });
  });

  test('whose nonce came before is refused, also with another body', async () => {
    const nonce = 'once-and-never-again';
    expect((await call({ nonce })).status).toBe(201);
    expect((await call({ nonce })).json).toMatchObject({ code: 'nonce_used' });
    expect((await call({ nonce, no: 'BBBBBBBBBBBB' })).json).toMatchObject({ code: 'nonce_used' });
    clock.advanceMs(301_000);
    expect((await call({ nonce })).status, 'its signature would be over').toBe(201);
  });

  test('may be signed with either of two keys', async () => {
    expect((await call({})).status).toBe(201);
    const second = sandbox.extraMerchants[0];
    if (second === undefined) throw new Error('there is a second merchant');
    const key = createPrivateKey(second.merchant_private_key_pem);
    const keyid = `${second.merchant_no}:${second.merchant_key_id}`;
    expect((await call({ key, keyid, method: 'GET', body: '' })).json, 'orders are per merchant').toMatchObject({
      code: 'order_not_found',
    });
  });

  test.each<[string, object]>([
    ['an amount that is a number', { amount: { currency: 'CNY', minor: 1234 } }],
    ['a decimal amount', { amount: { currency: 'CNY', minor: '12.34' } }],
    ['nothing to pay', { amount: { currency: 'CNY', minor: '0' } }],
    ['less than nothing', { amount: { currency: 'CNY', minor: '-5' } }],
    ['leading zeros', { amount: { currency: 'CNY', minor: '007' } }],
    ['another currency', { amount: { currency: 'USD', minor: '1' } }],
    ['thirteen digits', { amount: { currency: 'CNY', minor: '1000000000000' } }],
    ['a member that is not known', { coupon: '1' }],
    ['a missing member', { buyer_ip: undefined }],
    ['an address that is none', { notify_url: 'javascript:alert(1)' }],
    ['a time without a zone', { expires_at: '2026-11-23T03:00:00' }],
    ['a time too far away', { expires_at: '2027-11-23T03:00:00Z' }],
    ['a payment code in another scene', { payment_code: '96010000000000000000' }],
    ['no payment code at a till', { scene: 'code' }],
    ['nobody in the wallet’s browser', { scene: 'jsapi' }],
    ['an empty subject', { subject: '' }],
  ])('with %s is malformed', async (_what, changed) => {
    const reply = await call({ body: JSON.stringify({ ...NEW_ORDER, ...changed }), no: freshNo() });
    expect(reply).toMatchObject({ status: 400, json: { code: 'malformed', final: true } });
  });

  test('to an address that is none, or with a number that is none, says so, signed', async () => {
    expect((await call({ path: '/open-wallet/v1/nothing' })).json).toMatchObject({ code: 'not_found' });
    expect((await call({ no: 'short' })).json).toMatchObject({ code: 'malformed' });
    const refused = await call({ unsigned: true });
    expect(refused.headers.get('signature-input')).toMatch(/^owp=\("@status" "content-digest"\);/);
  });
});

describe('the simulator', () => {
  test('says who it is', async () => {
    const reply = await fetch(`${sandbox.url}/.well-known/open-wallet`);
    expect(await reply.json()).toMatchObject({
      protocol: 'open-wallet',
      name: { zh: '美团支付' },
      api_url: sandbox.merchantSettings.wallet_url,
      environment: 'test',
    });
  });

  test('keeps keys and orders over a restart', async () => {
    const no = freshNo();
    await call({ no });
    const before = sandbox.merchantSettings;
    await sandbox.stop();
    sandbox = await start();
    expect(sandbox.merchantSettings.merchant_private_key_pem).toBe(before.merchant_private_key_pem);
    expect((await call({ no, method: 'GET', body: '' })).json).toMatchObject({ state: 'open' });
  });

  test('shows the buyer its till, in Chinese and English, and asks a person who they are', async () => {
    const { json } = await call({ no: freshNo() });
    const page = await (await fetch(String(json['web_url']))).text();
    expect(page).toContain('美团支付');
    expect(page).toContain('模拟器');
    expect(await (await fetch(`${String(json['web_url'])}&lang=en`)).text()).toContain('Meituan Pay');
    expect(await (await fetch(String(json['qr_text']))).text()).toContain('¥12.34');
    const { merchant_no } = sandbox.merchantSettings;
    const ask = new URLSearchParams({ merchant_no, return_url: 'https://hub.example/', state: 's' });
    const url = `${sandbox.merchantSettings.wallet_url}/authorize?${ask.toString()}`;
    expect(await (await fetch(url)).text()).toContain('同意');
    expect((await fetch(url.replace(merchant_no, 'M9'))).status).toBe(400);
    expect((await fetch(url.replace('https%3A', 'javascript%3A'))).status).toBe(400);
    const denied = await fetch(url.split('?')[0] ?? '', { method: 'POST', body: ask, redirect: 'manual' });
    expect(denied.headers.get('location')).toBe('https://hub.example/?error=refused&state=s');
  });

  test('lets only this machine, and no web page, play the buyer', async () => {
    const { merchant_no } = sandbox.merchantSettings;
    const url = `${sandbox.controlUrl}/payer-codes`;
    const body = JSON.stringify({ merchant_no });
    expect((await fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/plain' } })).status).toBe(403);
    const reply = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(await reply.json()).toMatchObject({ code: expect.stringMatching(/^[\w-]{32}$/) });
  });
});

/** A request as the merchant writes it, with what is wrong about it. Times are seconds from now. */
interface Letter {
  method: string;
  no: string;
  path: string;
  body: string;
  key: KeyObject;
  keyid: string;
  created: number;
  expires: number;
  nonce: string;
  tag: string;
  unsigned: boolean;
  sentBody: string;
  digestOf: string;
  signedPath: string;
  signedMethod: string;
  authority: string;
  without: string;
}

let count = 0;
function freshNo(): string {
  count += 1;
  return `ORDER${String(count).padStart(8, '0')}`;
}

async function call(letter: Partial<Letter>) {
  const { merchant_no, merchant_key_id, merchant_private_key_pem } = sandbox.merchantSettings;
  const method = letter.method ?? 'POST';
  const path = letter.path ?? `/open-wallet/v1/orders/${letter.no ?? freshNo()}`;
  const body =
    letter.body ??
    JSON.stringify({
      ...NEW_ORDER,
      expires_at: new Date(clock.now().getTime() + 600_000).toISOString().replace('.000', ''),
    });
  const digest = `sha-256=:${createHash('sha256')
    .update(letter.digestOf ?? body)
    .digest('base64')}:`;
  const now = Math.floor(clock.now().getTime() / 1000);
  const values: [string, string][] = [
    ['"@method"', letter.signedMethod ?? method],
    ['"@authority"', letter.authority ?? new URL(sandbox.url).host],
    ['"@path"', letter.signedPath ?? path],
    ['"@query"', '?'],
    ['"content-digest"', `sha-256=:${createHash('sha256').update(body).digest('base64')}:`],
  ];
  const lines = values.filter(([name]) => name !== letter.without);
  const keyid = letter.keyid === 'k9' ? `${merchant_no}:k9` : (letter.keyid ?? `${merchant_no}:${merchant_key_id}`);
  const nonce = letter.nonce ?? systemRandom.bytes(16).toString('base64url');
  const params = `(${lines.map(([name]) => name).join(' ')});created=${now + (letter.created ?? 0)};expires=${now + (letter.expires ?? 300)};keyid="${keyid}";alg="ed25519";nonce="${nonce}";tag="${letter.tag ?? 'owp-request'}"`;
  const base = [...lines.map((line) => line.join(': ')), `"@signature-params": ${params}`].join('\n');
  const signature = sign(null, Buffer.from(base), letter.key ?? createPrivateKey(merchant_private_key_pem));
  const signed = { 'signature-input': `owp=${params}`, signature: `owp=:${signature.toString('base64')}:` };
  const reply = await fetch(sandbox.url + path, {
    method,
    headers: { 'content-type': 'application/json', 'content-digest': digest, ...(letter.unsigned ? {} : signed) },
    ...(method === 'GET' ? {} : { body: letter.sentBody ?? body }),
  });
  const json = (await reply.json()) as Record<string, unknown>; // an object of unknowns
  return { status: reply.status, json, headers: reply.headers };
}
