import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  ask,
  authorizationOf,
  codeOrderOf,
  get,
  paid,
  pathOf,
  post,
  refundOf,
  startTestSandbox,
  type TestSandbox,
} from './test-merchant.ts';

const HOUR_MS = 3_600_000;

test('keys and orders outlive the process', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hutong-wechatpay-'));
  try {
    const before = await startTestSandbox({ dataDir });
    const order = await paid(before);
    await before.sandbox.stop();
    const after = await startTestSandbox({ dataDir });
    const { api_url: _, oauth_url: __, sns_url: ___, ...keys } = before.settings;
    expect(after.settings).toMatchObject(keys);
    expect(await ask(after, order)).toMatchObject({ status: 200, json: { trade_state: 'SUCCESS' } });
    await after.sandbox.stop();
  } finally {
    await rm(dataDir, { recursive: true });
  }
});

test('the bill of a day is the same bytes every time, and only a signed request within five minutes gets it', async () => {
  const at = await startTestSandbox();
  try {
    const order = await paid(at);
    await post(at, '/v3/refund/domestic/refunds', refundOf(order, 34));
    const charged = codeOrderOf(at, at.sandbox.paymentCode('pays'));
    await post(at, '/v3/pay/transactions/codepay', charged);
    await post(at, `${pathOf(charged)}/reverse`, { appid: at.settings.appid, mchid: at.settings.mchid });
    const bill = (day: string, more = '') => get(at, `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL${more}`);

    expect(await bill('2026-11-23'), 'today').toMatchObject({ status: 400, json: { code: 'PARAM_ERROR' } });
    at.clock.advanceMs(14 * HOUR_MS + 8 * HOUR_MS); // eight in the morning after
    expect(await bill('2026-11-23')).toMatchObject({ json: { code: 'STATEMENT_CREATING' } });
    at.clock.advanceMs(2 * HOUR_MS);
    expect(await bill('2026-11-22')).toMatchObject({ json: { code: 'NO_STATEMENT_EXIST' } });
    expect(await bill('2026-13-01')).toMatchObject({ json: { code: 'PARAM_ERROR' } });

    const told = await bill('2026-11-23', '&tar_type=GZIP');
    expect(told.json['hash_type']).toBe('SHA1');
    const file = gunzipSync(await download(at, String(told.json['download_url'])));
    expect(createHash('sha1').update(file).digest('hex')).toBe(told.json['hash_value']);
    const rows = file.toString('utf8').split('\r\n');
    expect(rows[0]?.startsWith('\ufeff交易时间,公众账号ID')).toBe(true);
    expect(rows.slice(1, 5).map((row) => row.split(',`')[9])).toEqual(['SUCCESS', 'REFUND', 'SUCCESS', 'REVOKED']);
    expect(rows.at(-2)).toBe('`4.0,`24.68,`12.68,`0.00,`0.07000,`24.68,`12.68');

    at.clock.advanceMs(24 * HOUR_MS);
    const again = await bill('2026-11-23');
    expect(again.json['hash_value']).toBe(told.json['hash_value']);
    const url = String(again.json['download_url']);
    expect((await fetch(url)).status, 'not signed').toBe(401);
    expect((await get(at, new URL(url).pathname + new URL(url).search.replace('token=', 'token=x'))).status).toBe(400);
    at.clock.advanceMs(301_000);
    expect((await get(at, new URL(url).pathname + new URL(url).search)).status, 'too late').toBe(400);
  } finally {
    await at.sandbox.stop();
  }
});

async function download(at: TestSandbox, url: string): Promise<Buffer> {
  const target = new URL(url).pathname + new URL(url).search;
  const reply = await fetch(url, { headers: { authorization: authorizationOf(at, 'GET', target, '') } });
  expect(reply.headers.get('wechatpay-signature'), 'a file is not signed').toBeNull();
  return Buffer.from(await reply.arrayBuffer());
}
