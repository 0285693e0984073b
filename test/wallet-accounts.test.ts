import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addWalletAccount } from '../src/cashier/add-wallet-account.ts';
import { LeapingClock } from './kill/leaping-clock.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';

/** Then every reader has the new settings. */
const READERS_MS = 1001;

const clock = new LeapingClock(0);
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ clock });
});
afterAll(() => server.close());

describe('an account at a wallet', () => {
  test('is renamed and switched off, and no buyer gets it any more', async () => {
    const path = `/v1/wallet-accounts/${server.walletAccountId}`;
    const renamed = await server.call('PATCH', path, { label: '主账户' });
    expect(renamed).toMatchObject({ status: 200, json: { label: '主账户', enabled: true } });
    expect((await server.call('PATCH', path, { enabled: false })).json).toMatchObject({ enabled: false });
    const { id } = await newPayment('off-1');
    const start = { wallet: 'unionpay', scene: 'app' };
    await eventually('every reader to have heard', async () => {
      const refused = await server.call('POST', `/v1/payments/${id}/attempts`, start);
      return refused.json.code === 'wallet_not_available';
    });
    expect((await server.call('PATCH', path, { enabled: true })).json).toMatchObject({ enabled: true });
    await eventually('it to be offered again', async () => {
      const { json } = await newPayment(`on-${Math.random()}`).then((payment) =>
        server.call('POST', `/v1/payments/${payment.id}/attempts`, start),
      );
      return json.object === 'attempt';
    });
  });

  test('of another merchant, and one that does not exist, are equally absent', async () => {
    const path = '/v1/wallet-accounts/wa_01M83E1H4Q000ND8XG5P3H3Z00';
    for (const [method, suffix, body] of [
      ['PATCH', '', { enabled: false }],
      ['POST', '/rotate', { settings: server.unionpay.merchantSettings }],
      ['POST', '/test-order', {}],
    ] as const)
      expect((await server.call(method, path + suffix, body)).json.code).toBe('not_found');
  });

  test('changes nothing when nothing is asked, or something unknown', async () => {
    const path = `/v1/wallet-accounts/${server.walletAccountId}`;
    for (const body of [{}, { label: 'x', merchant_no: '1' }, { enabled: 'no' }, { label: 'a\nb' }])
      expect((await server.call('PATCH', path, body)).json.code).toBe('invalid_request');
  });
});

describe('keys change without a stop', () => {
  test('what the wallet sends under the old key counts while they overlap, and not after', async () => {
    const settings = server.unionpay.extraMerchants.find((merchant) => merchant.sign_method === '12');
    if (settings === undefined) throw new Error('the simulator has a merchant with SM3');
    const { status, body } = await addWalletAccount(server.cashier.deps, {
      merchantId: server.merchant.id,
      wallet: 'unionpay',
      label: 'sm3',
      settings,
      claim: null,
    });
    expect(status).toBe(201);
    const { id }: { id: string } = JSON.parse(body); // a wallet account as the API shows it
    const paid = async (name: string): Promise<string> => {
      const order = await server.call(
        'POST',
        `/v1/wallet-accounts/${id}/test-order`,
        { scene: 'wap' },
        idempotency(name),
      );
      expect(order.status, JSON.stringify(order.json)).toBe(201);
      const { url, fields } = order.json.next_action;
      await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
      const orderNo: string = order.json.id.slice('att_'.length);
      await rotate(name);
      server.unionpay.pay(orderNo);
      return order.json.payment_id;
    };
    const rotate = async (name: string): Promise<void> => {
      const overlap = name === 'overlap' ? 24 : 0;
      const reply = await server.call('POST', `/v1/wallet-accounts/${id}/rotate`, {
        settings: { ...settings, secure_key: `another key of ${name} 0123456789` },
        overlap_hours: overlap,
      });
      expect(reply.status, JSON.stringify(reply.json)).toBe(200);
      expect(JSON.stringify(reply.json)).not.toContain('another key');
      clock.leap(READERS_MS);
    };
    const first = await paid('overlap');
    await eventually('the old key’s notification to count', async () => {
      const { json } = await server.call('GET', `/v1/payments/${first}`);
      return json.state === 'succeeded';
    });
    await server.call('POST', `/v1/wallet-accounts/${id}/rotate`, { settings });
    clock.leap(READERS_MS);
    const second = await paid('no overlap');
    await eventually('the notification to be refused', async () => {
      const rows = await server.sql<{ count: bigint }[]>`
        select count(*) from alerts where subject_id = ${id} and kind = 'notification_refused'`;
      return (rows[0]?.count ?? 0n) > 0n;
    });
    expect((await server.call('GET', `/v1/payments/${second}`)).json.state).not.toBe('succeeded');
  });

  test('refuses settings of another account, wrong ones by name, and too long an overlap', async () => {
    const path = `/v1/wallet-accounts/${server.walletAccountId}/rotate`;
    const other = server.unionpay.extraMerchants[0];
    const wrong = { ...server.unionpay.merchantSettings, pfx_password: 'not it' };
    expect((await server.call('POST', path, { settings: other })).json).toMatchObject({ param: 'settings' });
    const named = (await server.call('POST', path, { settings: wrong })).json;
    expect(named).toMatchObject({ code: 'invalid_request', param: 'settings.pfx_password' });
    expect(JSON.stringify(named)).not.toContain('not it');
    const long = { settings: server.unionpay.merchantSettings, overlap_hours: 169 };
    expect((await server.call('POST', path, long)).json.code).toBe('invalid_request');
  });
});

describe('a test order', () => {
  test('is one fen through this very account, told the same when asked again', async () => {
    const path = `/v1/wallet-accounts/${server.walletAccountId}/test-order`;
    const order = await server.call('POST', path, { scene: 'wap' }, idempotency('test-order'));
    expect(order).toMatchObject({ status: 201, json: { object: 'attempt', next_action: { type: 'form_post' } } });
    const payment = await server.call('GET', `/v1/payments/${order.json.payment_id}`);
    expect(payment.json).toMatchObject({ amount: { currency: 'CNY', minor: '1' } });
    expect(payment.json.order_no).toMatch(/^TEST-/);
    const again = await server.call('POST', path, { scene: 'wap' }, idempotency('test-order'));
    expect(again.json).toEqual(order.json);
    expect((await server.call('POST', path, { scene: 'app' })).json.code).toBe('invalid_request');
  });
});

function idempotency(name: string): Record<string, string> {
  return { 'idempotency-key': name.replaceAll(' ', '-') };
}

async function newPayment(orderNo: string): Promise<{ id: string }> {
  const { json } = await server.call('POST', '/v1/payments', {
    order_no: orderNo,
    amount: { currency: 'CNY', minor: '100' },
    subject: '茶',
    return_url: 'https://shop.example/',
  });
  return json;
}
