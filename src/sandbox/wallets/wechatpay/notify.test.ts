import { createDecipheriv } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { NOTIFY_DELAYS_MS } from './notify.ts';
import {
  type Ear,
  isSignedBy,
  type Json,
  listen,
  paid,
  post,
  refundOf,
  startTestSandbox,
  type TestSandbox,
} from './test-merchant.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(
  options: Parameters<typeof startTestSandbox>[0] = {},
  statuses: number[] = [],
): Promise<{ at: TestSandbox; ear: Ear }> {
  const ear = await listen(statuses);
  const at = await startTestSandbox(options);
  closers.push(
    () => at.sandbox.stop(),
    () => ear.close(),
  );
  return { at, ear };
}

describe('a notification', () => {
  test('of a payment is sealed for the merchant and signed', async () => {
    const { at, ear } = await start({ rampPercent: 0 });
    const order = await paid(at, { notify_url: ear.url, attach: '桌 7' });
    const { headers, body } = await heard(ear, 1);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
      'request-id': expect.stringMatching(/-0$/),
    });
    expect(isSignedBy(at.settings.platform_certificates_pem ?? '', headers, body)).toBe(true);
    const envelope: Json = JSON.parse(body);
    expect(envelope).toMatchObject({ event_type: 'TRANSACTION.SUCCESS', resource_type: 'encrypt-resource' });
    expect(openResource(envelope, at.settings.api_v3_key)).toMatchObject({
      mchid: at.settings.mchid,
      appid: at.settings.appid,
      out_trade_no: order['out_trade_no'],
      trade_state: 'SUCCESS',
      success_time: '2026-11-23T10:00:00+08:00',
      attach: '桌 7',
      amount: { total: 1234, payer_total: 1234, currency: 'CNY' },
    });
  });

  test('of a refund has its own names and no currency', async () => {
    const { at, ear } = await start();
    const order = await paid(at);
    const body = refundOf(order, 34, { notify_url: ear.url });
    await post(at, '/v3/refund/domestic/refunds', body);
    const envelope: Json = JSON.parse((await heard(ear, 1)).body);
    expect(envelope['event_type']).toBe('REFUND.SUCCESS');
    const opened = openResource(envelope, at.settings.api_v3_key);
    expect(opened).toMatchObject({ out_refund_no: body['out_refund_no'], refund_status: 'SUCCESS' });
    expect(opened['amount']).toEqual({ total: 1234, refund: 34, payer_total: 1234, payer_refund: 34 });
    expect(opened).not.toHaveProperty('status');
  });

  test('comes again until it is taken: 15 times more in 24 hours and 4 minutes', async () => {
    expect(NOTIFY_DELAYS_MS).toHaveLength(16);
    expect(NOTIFY_DELAYS_MS.reduce((sum, delayMs) => sum + delayMs, 0)).toBe((24 * 60 + 4) * 60_000);
    const { at, ear } = await start({}, [500, 400, 204]);
    await paid(at, { notify_url: ear.url });
    await heard(ear, 1);
    for (const count of [2, 3]) {
      await expect.poll(() => at.sandbox.notificationsSent().length).toBe(count - 1);
      at.clock.advanceMs(15_000);
      await heard(ear, count);
    }
    const ids = ear.heard.map(({ body }) => String(JSON.parse(body)['id']));
    expect(new Set(ids).size).toBe(1);
    await expect.poll(() => at.sandbox.orders()[0]?.notify_acknowledged).toBe(true);
    expect(at.sandbox.notificationsSent().map((sent) => sent.status)).toEqual([500, 400, 204]);
  });

  test('to a merchant who moves is signed by either key, as the ramp says', async () => {
    const { at, ear } = await start({ rampPercent: 50 });
    for (let count = 1; count <= 12; count++) {
      await paid(at, { notify_url: ear.url });
      await heard(ear, count);
    }
    const serials = new Set(ear.heard.map(({ headers }) => headers['wechatpay-serial']));
    expect(serials.size).toBe(2);
    expect(serials.has(at.settings.platform_public_key_id)).toBe(true);
  });

  test('may be a probe now and then, or when asked for', async () => {
    const { at, ear } = await start({}, [401, 200]);
    at.sandbox.setFault({ operation: 'notify', kind: 'signtest', times: 1 });
    await paid(at, { notify_url: ear.url });
    expect((await heard(ear, 1)).headers['wechatpay-signature']).toMatch(/^WECHATPAY\/SIGNTEST\//);
    await expect.poll(() => at.sandbox.notificationsSent().length).toBe(1);
    at.clock.advanceMs(15_000);
    expect((await heard(ear, 2)).headers['wechatpay-signature']).not.toMatch(/SIGNTEST/);
    const every = await start({ probeEvery: 2 });
    for (const count of [1, 2]) {
      await paid(every.at, { notify_url: every.ear.url });
      const { headers } = await heard(every.ear, count);
      expect(headers['wechatpay-signature']?.includes('SIGNTEST')).toBe(count === 2);
    }
  });
});

async function heard(ear: Ear, count: number): Promise<Ear['heard'][number]> {
  await expect.poll(() => ear.heard.length).toBe(count);
  return ear.heard[count - 1] ?? expect.fail('nothing came');
}

/** By the document once more: the tag is the last 16 bytes. */
function openResource(envelope: Json, key: string): Json {
  const { ciphertext, nonce, associated_data: about } = envelope['resource'] as Record<string, string>; // as documented
  const bytes = Buffer.from(ciphertext ?? '', 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, nonce ?? '').setAAD(Buffer.from(about ?? ''));
  decipher.setAuthTag(bytes.subarray(bytes.length - 16));
  const opened = decipher.update(bytes.subarray(0, bytes.length - 16), undefined, 'utf8') + decipher.final('utf8');
  return JSON.parse(opened);
}
