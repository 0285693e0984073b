import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { startWechatpaySandbox, type WechatpaySandbox } from '../src/sandbox/wallets/wechatpay/wechatpay.ts';
import { LeapingClock } from './kill/leaping-clock.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';

/* A wallet changes its own certificate while the server runs: nobody has to do anything. */

/** Then every reader has the new settings. */
const READERS_MS = 1001;

const clock = new LeapingClock(0);
let server: TestServer;
let wechatpay: WechatpaySandbox;
beforeAll(async () => {
  server = await startTestServer({ clock });
  wechatpay = await startWechatpaySandbox({
    port: 0,
    clock,
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
  await fetched(account.id);
  expect(await sealedOf(account.id), 'a day’s fetch brought the next one').not.toBe(before);
  clock.leap(READERS_MS);

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

test('what was sent under keys that were changed by hand still counts when a certificate is fetched meanwhile', async () => {
  const settings = wechatpay.extraMerchants.find((merchant) => !('platform_public_key_pem' in merchant));
  const { json: accounts } = await server.call('GET', '/v1/wallet-accounts');
  const { id } = accounts.data.find((account: { wallet: string }) => account.wallet === 'wechatpay');
  const byHand = await sealedOf(id);
  const rotated = await server.call('POST', `/v1/wallet-accounts/${id}/rotate`, { settings, overlap_hours: 24 });
  expect(rotated.status, JSON.stringify(rotated.json)).toBe(200);
  const before = await sealedOf(id);
  clock.leap(READERS_MS);
  await server.sql`update wallet_accounts set refresh_due_at = now() where id = ${id}`;
  await fetched(id);
  expect(await sealedOf(id), 'the fetched certificate is in place').not.toBe(before);
  const rows = await server.sql<{ previous: string }[]>`
    select previous_settings_sealed as previous from wallet_accounts where id = ${id}`;
  expect(rows[0]?.previous === byHand, 'the settings from before are kept beside').toBe(true);
});

async function fetched(id: string): Promise<void> {
  await eventually('the certificates to be fetched', async () => {
    const rows = await server.sql<{ due: Date }[]>`
      select refresh_due_at as due from wallet_accounts where id = ${id}`;
    return (rows[0]?.due.getTime() ?? 0) > clock.now().getTime() + 23 * 3_600_000;
  });
}

async function sealedOf(id: string): Promise<string | undefined> {
  const rows = await server.sql<{ sealed: string }[]>`
    select settings_sealed as sealed from wallet_accounts where id = ${id}`;
  return rows[0]?.sealed;
}
