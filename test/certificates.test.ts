import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { startWechatpaySandbox, type WechatpaySandbox } from '../src/sandbox/wallets/wechatpay/wechatpay.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';

/* A wallet changes its own certificate while the server runs: nobody has to do anything. */

let server: TestServer;
let wechatpay: WechatpaySandbox;
beforeAll(async () => {
  server = await startTestServer();
  wechatpay = await startWechatpaySandbox({
    port: 0,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    dataDir: null,
    notifyDelaysMs: [0, 300],
  });
});
afterAll(async () => {
  await server.close();
  await wechatpay.stop();
});

test('WeChat Pay’s next certificate is fetched, put in place, and what is signed under it counts', async () => {
  const settings = wechatpay.extraMerchants.find((merchant) => !('platform_public_key_pem' in merchant));
  const { json: account } = await server.call('POST', '/v1/wallet-accounts', { wallet: 'wechatpay', settings });
  const before = await sealedOf(account.id);
  await eventually('the certificates to be fetched', async () => {
    const rows = await server.sql<{ due: Date }[]>`
      select refresh_due_at as due from wallet_accounts where id = ${account.id}`;
    return (rows[0]?.due.getTime() ?? 0) > Date.now() + 23 * 3_600_000;
  });
  expect(await sealedOf(account.id), 'a day’s fetch brought the next one').not.toBe(before);
  await new Promise((resolve) => setTimeout(resolve, 1100)); // every reader has the new settings

  const order = await server.call('POST', `/v1/wallet-accounts/${account.id}/test-order`, { scene: 'qr' });
  expect(order.status, JSON.stringify(order.json)).toBe(201);
  wechatpay.setFault({ operation: 'notify', kind: 'next_certificate' });
  wechatpay.pay(order.json.id.slice('att_'.length));
  await eventually('the payment', async () => {
    const { json } = await server.call('GET', `/v1/payments/${order.json.payment_id}`);
    return json.state === 'succeeded';
  });
  const refused = await server.sql`select 1 from alerts where subject_id = ${account.id}`;
  expect(refused).toHaveLength(0);
});

async function sealedOf(id: string): Promise<string | undefined> {
  const rows = await server.sql<{ sealed: string }[]>`
    select settings_sealed as sealed from wallet_accounts where id = ${id}`;
  return rows[0]?.sealed;
}
