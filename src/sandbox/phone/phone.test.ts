import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import { type Log, silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import { createSend } from '../../net/send.ts';
import { createHttpSms } from '../../users/http-sms.ts';
import { type PhoneSandbox, startPhoneSandbox } from './phone.ts';

const NOW = new Date('2026-11-23T02:30:00Z');
const PHONE = '13800000001';
const open: PhoneSandbox[] = [];

afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.stop();
});

async function start(log: Log = silentLog) {
  const clock = new ManualClock(NOW);
  const sandbox = await startPhoneSandbox({ port: 0, clock, random: systemRandom, log });
  open.push(sandbox);
  return { clock, sandbox };
}

interface Post {
  id?: string;
  seconds?: number;
  body?: string;
  signature?: string;
  headers?: Record<string, string>;
}

const BODY = JSON.stringify({ phone: PHONE, text: '【互通】验证码 246810', lang: 'zh-CN' });

async function post(sandbox: PhoneSandbox, given: Post = {}): Promise<number> {
  const { id = 'msg_1', seconds = NOW.getTime() / 1000, body = BODY } = given;
  const key = Buffer.from(sandbox.secret.slice('whsec_'.length), 'base64');
  const right = `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': given.signature ?? right,
    ...given.headers,
  };
  return (await fetch(sandbox.smsUrl, { method: 'POST', headers, body })).status;
}

describe('a pretend phone', () => {
  test('gets what the wallet sends, as the wallet sends it', async () => {
    const { clock, sandbox } = await start();
    const sender = createSend({ connectionsPerOriginMax: 2, connectTimeoutMs: 5_000, idleTimeoutMs: 1_000 });
    const secret = new Secret(sandbox.secret);
    const sms = createHttpSms({ send: sender.send, clock, random: systemRandom, url: sandbox.smsUrl, secret });
    expect(await sms.send({ phone: PHONE, text: '验证码 246810', lang: 'zh-CN' })).toEqual({ kind: 'sent' });
    expect(sandbox.messagesTo(PHONE)).toMatchObject([{ text: '验证码 246810', lang: 'zh-CN', at: NOW }]);
    expect(sandbox.messagesTo('13800000002')).toEqual([]);
    sandbox.setFault(503);
    expect(await sms.send({ phone: PHONE, text: 'x', lang: 'en' })).toMatchObject({ kind: 'failed' });
    expect(sandbox.messagesTo(PHONE)).toHaveLength(1);
    await sender.close();
  });

  test('shows the same message once, however often it comes', async () => {
    const { sandbox } = await start();
    for (let count = 0; count < 3; count++) expect(await post(sandbox)).toBe(204);
    expect(await post(sandbox, { id: 'msg_2' })).toBe(204);
    expect(sandbox.messagesTo(PHONE)).toHaveLength(2);
  });

  test.each<[string, number, Post]>([
    ['no signature', 401, { signature: '' }],
    ['another signature', 401, { signature: `v1,${Buffer.alloc(32).toString('base64')}` }],
    ['a signature of another kind', 401, { signature: `v1a,${Buffer.alloc(32).toString('base64')}` }],
    ['an old time', 401, { seconds: NOW.getTime() / 1000 - 301 }],
    ['a time to come', 401, { seconds: NOW.getTime() / 1000 + 301 }],
    ['no JSON', 400, { body: 'phone=1' }],
    ['a field twice', 400, { body: `{"phone":"${PHONE}","phone":"${PHONE}","text":"x","lang":"en"}` }],
    ['no phone', 400, { body: '{"text":"x","lang":"en"}' }],
    ['another phone', 400, { body: '{"phone":"12345","text":"x","lang":"en"}' }],
    ['no text', 400, { body: `{"phone":"${PHONE}","text":"","lang":"en"}` }],
    ['too long a text', 400, { body: JSON.stringify({ phone: PHONE, text: 'x'.repeat(1001), lang: 'en' }) }],
    ['the page of a stranger', 403, { headers: { origin: 'https://evil.example' } }],
  ])('takes no message with %s', async (_what, status, given) => {
    const { sandbox } = await start();
    expect(await post(sandbox, given)).toBe(status);
    expect(sandbox.messagesTo(PHONE)).toEqual([]);
  });

  test('tells no log what it was told', async () => {
    const lines: string[] = [];
    const write = (facts: object, text: string): void => void lines.push(JSON.stringify(facts) + text);
    const { sandbox } = await start({ debug: write, info: write, warn: write, error: write });
    await post(sandbox);
    await post(sandbox, { signature: '' });
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toMatch(/246810|13800000001/);
  });

  test('has a page in both languages, where text is only text', async () => {
    const { sandbox } = await start();
    const body = JSON.stringify({ phone: PHONE, text: '<b>246810</b>', lang: 'en' });
    await post(sandbox, { body });
    const page = await (await fetch(`${sandbox.url}/${PHONE}`)).text();
    expect(page).toContain('&lt;b&gt;246810&lt;/b&gt;');
    expect(page).toContain('data-copy="246810"');
    expect(page).toContain('11-23 10:30:00');
    expect(await (await fetch(`${sandbox.url}/?lang=en`)).text()).toContain('138 0000 0001');
    const missing = await fetch(`${sandbox.url}/12345`, { redirect: 'manual' });
    expect(missing.status).toBe(303);
    expect(await (await fetch(`${sandbox.url}/version`)).json()).toEqual({ version: 1 });
  });
});

test('scripts read the messages of one phone, and no page of another site does', async () => {
  const { sandbox } = await start();
  expect(await post(sandbox)).toBe(204);
  const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${sandbox.url}${path}`, { headers });
  expect(await (await ask(`/sandbox/messages/${PHONE}`)).json()).toEqual({
    data: [{ id: 'msg_1', text: '【互通】验证码 246810', lang: 'zh-CN', at: NOW.toISOString() }],
  });
  expect(await (await ask('/sandbox/messages/13800000002')).json()).toEqual({ data: [] });
  expect((await ask('/sandbox/messages/12')).status).toBe(409);
  expect((await ask(`/sandbox/messages/${PHONE}`, { origin: 'https://elsewhere.example' })).status).toBe(403);
});
