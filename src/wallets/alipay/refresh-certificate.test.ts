import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { createSend } from '../../net/send.ts';
import { type AlipaySandbox, startAlipaySandbox } from '../../sandbox/wallets/alipay/alipay.ts';
import type { WalletDeps } from '../wallet.ts';
import { alipay } from './alipay.ts';
import type { AlipayConfig } from './config.ts';

const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
const sender = createSend({ connectionsPerOriginMax: 2, connectTimeoutMs: 1000, idleTimeoutMs: 4000 });
const deps: WalletDeps = { send: sender.send, clock, random: systemRandom, log: silentLog };
const name = { orderNo: 'ASK1', orderedAt: clock.now() };

let sandbox: AlipaySandbox;
let settings: Record<string, string>;
let config: AlipayConfig;

beforeAll(async () => {
  sandbox = await startAlipaySandbox({ port: 0, clock, random: systemRandom, log: silentLog, dataDir: null });
  settings = { ...sandbox.extraMerchants[0] };
  config = alipay.readConfig(settings);
});
afterAll(async () => {
  await sandbox.stop();
  await sender.close();
});

function refresh(by: AlipayConfig = config) {
  if (alipay.refresh === null) throw new Error('there is something to refresh');
  return alipay.refresh.fetch(deps, by, name);
}

function ask(by: AlipayConfig) {
  const request = { ...name, amount: { currency: 'CNY', minor: 1n }, scene: 'web', expiresAt: new Date(0) } as const;
  return alipay.query(deps, by, request);
}

/** While `fault` is on for everything. */
async function under<T>(kind: string, action: () => Promise<T>): Promise<T> {
  sandbox.setFault({ operation: 'any', kind });
  try {
    return await action();
  } finally {
    sandbox.clearFaults();
  }
}

describe('the certificate of Alipay', () => {
  test('is left alone while it is in use, and in key mode', async () => {
    expect(await refresh()).toEqual({ kind: 'settings', settings: {} });
    expect(await refresh(alipay.readConfig(sandbox.merchantSettings))).toEqual({ kind: 'settings', settings: {} });
  });

  test('is renewed when another one is in use: what both sign is believed from then on', async () => {
    const reply = await under('next_certificate', async () => {
      expect((await ask(config)).kind, 'nobody knows it yet').toBe('unknown');
      return refresh();
    });
    if (reply.kind !== 'settings') throw new Error(reply.reason);
    const renewed = alipay.readConfig({ ...settings, ...reply.settings });
    expect(renewed.signers).toHaveLength(2);
    expect((await ask(renewed)).kind).toBe('failed');
    expect((await under('next_certificate', () => ask(renewed))).kind).toBe('failed');
    expect(await under('next_certificate', () => refresh(renewed))).toEqual({ kind: 'settings', settings: {} });
  });

  test('is not renewed by one of another name', async () => {
    const [signer] = config.signers;
    if (signer === undefined || signer.certificate === null) throw new Error('certificate mode');
    // As if the settings held the certificate of somebody else from the same authority.
    const x509 = new X509Certificate(settings['app_certificate_pem'] ?? '');
    const other = { ...signer, certificate: { ...signer.certificate, x509 } };
    const reply = await under('next_certificate', () => refresh({ ...config, signers: [other] }));
    expect(reply).toMatchObject({ kind: 'failed', reason: expect.stringContaining('another name') });
  });

  test('is not renewed where the root is another one, or the time is over', async () => {
    const elsewhere = await startAlipaySandbox({ port: 0, clock, random: systemRandom, log: silentLog, dataDir: null });
    const rootPem = elsewhere.extraMerchants[0]?.alipay_root_certificate_pem ?? '';
    await elsewhere.stop();
    if (config.certificates === null) throw new Error('certificate mode');
    const astray = { ...config, certificates: { ...config.certificates, rootPem } };
    const lost = await under('next_certificate', () => refresh(astray));
    expect(lost).toMatchObject({ kind: 'failed', reason: expect.stringContaining('root') });
    const late = { ...deps, clock: new ManualClock(new Date('2099-01-01T00:00:00Z')) };
    const old = await under('next_certificate', async () => alipay.refresh?.fetch(late, config, name));
    expect(old).toMatchObject({ kind: 'failed', reason: expect.stringContaining('valid') });
  });

  test.each(['html', 'bad_signature', 'unsigned', 'foreign_certificate'])('is not renewed by %s', async (kind) => {
    const reply = await under(kind, refresh);
    expect(reply.kind === 'settings' ? reply.settings : {}).toEqual({});
  });

  test('is not renewed by an answer that its key did not sign', async () => {
    const bent: WalletDeps = {
      ...deps,
      send: async (request) => {
        const reply = await deps.send(request);
        if (reply.kind !== 'reply' || !request.url.includes('alipaycert.download')) return reply;
        const body = Buffer.from(reply.body.toString().replace('"msg":"Success"', '"msg":"success"'));
        return { ...reply, body };
      },
    };
    const reply = await under('next_certificate', async () => alipay.refresh?.fetch(bent, config, name));
    expect(reply).toMatchObject({ kind: 'failed', reason: expect.stringContaining('not signed by it') });
  });
});
