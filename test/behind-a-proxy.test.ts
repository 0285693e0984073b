import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../src/base/log.ts';
import { buildServer } from '../src/http/server.ts';
import { readSettings } from '../src/settings.ts';
import { startTestServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** What a server that trusts these proxies takes for the buyer's address, when somebody on this machine sends the header. */
async function addressSeen(trustedProxies: string[]): Promise<string> {
  const app = await build({ trustedProxies, publicUrl: server.url });
  const reply = await app.inject({
    url: '/address',
    headers: { 'x-forwarded-for': '203.0.113.9' },
    remoteAddress: '127.0.0.1',
  });
  await app.close();
  return reply.json<{ seen: string }>().seen;
}

async function build(change: { trustedProxies: string[]; publicUrl: string }) {
  return await buildServer({
    ...change,
    cashier: server.cashier,
    log: silentLog,
    version: '',
    routes: [],
    pages: [async (page) => void page.get('/address', (request, reply) => reply.send({ seen: request.ip }))],
    isReady: async () => true,
  });
}

test('a forwarded address is believed from a proxy that is trusted, and from nobody else', async () => {
  expect(await addressSeen([])).toBe('127.0.0.1');
  expect(await addressSeen(['10.0.0.0/24'])).toBe('127.0.0.1');
  expect(await addressSeen(['127.0.0.1'])).toBe('203.0.113.9');
});

test('proxies are told as addresses and networks', () => {
  const read = (text: string) => readSettings({ HUTONG_TRUSTED_PROXIES: text }).trustedProxies;
  expect(read('10.0.0.0/24, 192.0.2.1 fd00::/8')).toEqual(['10.0.0.0/24', '192.0.2.1', 'fd00::/8']);
  for (const wrong of ['proxy.example.com', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.1/', 'true'])
    expect(() => read(wrong), wrong).toThrow('HUTONG_TRUSTED_PROXIES');
});

test('where buyers come by https they are kept to it, and nowhere else', async () => {
  for (const [publicUrl, header] of [
    ['https://pay.example.com', 'max-age=31536000'],
    ['http://127.0.0.1:4700', undefined],
  ] as const) {
    const app = await build({ trustedProxies: [], publicUrl });
    const reply = await app.inject({ url: '/address' });
    await app.close();
    expect(reply.headers['strict-transport-security']).toBe(header);
  }
});
