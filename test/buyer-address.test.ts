import { expect, test } from 'vitest';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import { openHutong } from '../src/hutong.ts';
import { readSettings } from '../src/settings.ts';
import { freshDatabase } from './database.ts';
import { freePort } from './server.ts';

/** What a server that trusts these proxies takes for the buyer's address, when somebody on this machine sends the header. */
async function addressSeen(trustedProxies: string[]): Promise<string> {
  const { url: databaseUrl } = await freshDatabase();
  const port = await freePort();
  const hutong = await openHutong({
    databaseUrl,
    publicUrl: `http://127.0.0.1:${port}`,
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    trustedProxies,
  });
  let seen = '';
  hutong.app.addHook('onRequest', async (request) => void (seen = request.ip));
  await hutong.app.listen({ port, host: '127.0.0.1' });
  await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
  await hutong.stop();
  return seen;
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
