import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PlatformCertificatesReply, fetchPlatformCertificates } from './certificates.ts';
import { readAccess, readConfig } from './config.ts';
import { query } from './orders.ts';
import { answering, merchantSettings, mint, NOW, platform, refusal, reply, seal } from './pretend-wechatpay.ts';
import { startTestWorld, type TestWorld } from './test-world.ts';
import { wechatpay } from './wechatpay.ts';

const NAME = { orderNo: '06F5KZJ8W0000000000000ABCD', orderedAt: NOW };
const next = mint('5157f09efdc096de15ebe81a47057a7232f1b8e2');
const access = readAccess(
  merchantSettings({
    platform_public_key_id: undefined,
    platform_public_key_pem: undefined,
    platform_certificates_pem: undefined,
  }),
);
const row = (one: typeof platform, changed: object = {}) => ({
  serial_no: one.serial,
  effective_time: '2024-01-01T00:00:00+08:00',
  expire_time: '2029-01-01T00:00:00+08:00',
  encrypt_certificate: seal(one.pem, 'certificate'),
  ...changed,
});

describe('certificates of WeChat Pay', () => {
  const fetched = (...replies: Parameters<typeof answering>): Promise<PlatformCertificatesReply> =>
    fetchPlatformCertificates(answering(...replies).deps, access);

  test('are opened with the APIv3 key, and vouch for the reply that brought them', async () => {
    const answer = reply(200, { data: [row(platform), row(next)] }, { by: platform });
    const got = await fetched(answer);
    if (got.kind !== 'certificates') throw new Error(got.reason);
    expect(got.certificates.map((one) => one.serialNo)).toEqual([platform.serial, next.serial]);
    expect(got.certificates[0]).toMatchObject({ pem: platform.pem.trim(), validTo: new Date('2029-01-01T00:00:00Z') });
  });

  test('are not believed when anything about them does not fit', async () => {
    const by = { by: platform };
    const otherKey = { encrypt_certificate: seal(platform.pem, 'certificate', 'K'.repeat(32)) };
    const cases: [string, Parameters<typeof answering>[0]][] = [
      ['signed by nobody of theirs', reply(200, { data: [row(platform)] }, { by: next })],
      ['another serial number inside', reply(200, { data: [row(platform, { serial_no: next.serial })] }, by)],
      ['sealed with another key', reply(200, { data: [row(platform, otherKey)] }, by)],
      ['two certificates in one', reply(200, { data: [row({ ...platform, pem: platform.pem + next.pem })] }, by)],
      ['one of them does not open', reply(200, { data: [row(platform), row(next, otherKey)] }, by)],
      ['a page', { kind: 'reply', status: 502, headers: {}, body: Buffer.from('<html>') }],
      ['nothing', { kind: 'no_answer', reason: 'slow' }],
    ];
    for (const [name, answer] of cases) expect(await fetched(answer), name).toMatchObject({ kind: 'unknown' });
  });

  test('are not there for a merchant who verifies by public key', async () => {
    expect(await fetched(refusal(404, 'RESOURCE_NOT_EXISTS'))).toMatchObject({ kind: 'failed' });
    expect(await fetched(reply(200, { data: [] }))).toMatchObject({ kind: 'failed' });
  });
});

describe('when WeChat Pay changes its certificate', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await startTestWorld(1);
  });
  afterAll(() => world.stop());

  test('an answer under the new one is unknown until the settings have it', async () => {
    const { sandbox, config, deps, settings } = world;
    const request = { ...NAME, amount: { currency: 'CNY', minor: 1n } as const, scene: 'qr' as const, expiresAt: NOW };
    sandbox.setFault({ operation: 'query', kind: 'next_certificate' });
    expect(await query(deps, config, request)).toMatchObject({ reason: expect.stringMatching(/not known here/) });

    const refreshed = await wechatpay.refresh?.fetch(deps, config, NAME);
    if (refreshed?.kind !== 'settings') throw new Error('no settings');
    const changed = readConfig({ ...settings, ...refreshed.settings });
    expect(changed.platformKeys.size).toBe(2);
    expect(await query(deps, changed, request)).toMatchObject({ walletCode: 'ORDER_NOT_EXIST' });
    expect(await wechatpay.refresh?.fetch(deps, changed, NAME)).toEqual({ kind: 'settings', settings: {} });
  });

  test('a merchant with the public key alone has nothing to fetch', async () => {
    const config = readConfig(merchantSettings({ platform_certificates_pem: undefined }));
    const { deps, sent } = answering();
    expect(await wechatpay.refresh?.fetch(deps, config, NAME)).toEqual({ kind: 'settings', settings: {} });
    expect(sent).toEqual([]);
  });
});
