import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addWalletAccount } from '../src/cashier/add-wallet-account.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import { BOOK } from '../src/hutong.ts';
import { accountsOf } from './books.ts';
import { callApi, eventually, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
/** A second shop with its own account at the same wallet. */
let other: { account: string; apiKey: string };
/** A true notification of a payment that is kept from arriving. */
let held: { id: string; orderNo: string; body: string };

beforeAll(async () => {
  server = await startTestServer({ notifyDelaysMs: [0] });
  const { deps } = server.cashier;
  const merchant = await createMerchant(deps, { book: BOOK, name: '另一家店', livemode: false });
  const { token } = await createApiKey(deps, { merchantId: merchant.id, label: 'x', scopes: SCOPES, expiresAt: null });
  const settings = server.unionpay.extraMerchants.find((candidate) => candidate.sign_method === '01');
  const reply = await addWalletAccount(deps, {
    merchantId: merchant.id,
    wallet: 'unionpay',
    label: '',
    settings,
    claim: null,
  });
  other = { account: JSON.parse(reply.body).id, apiKey: token.reveal() };
});
afterAll(() => server.close());

let orders = 0;

async function begin(apiKey = server.apiKey): Promise<{ id: string; orderNo: string }> {
  orders += 1;
  const created = await callApi(server.url, apiKey, 'POST', '/v1/payments', {
    order_no: `n-${orders}`,
    amount: { currency: 'CNY', minor: '8800' },
    subject: '雨伞',
    return_url: 'https://shop.example/',
  });
  const started = await callApi(server.url, apiKey, 'POST', `/v1/payments/${created.json.id}/attempts`, {
    wallet: 'unionpay',
    scene: 'app',
  });
  return { id: created.json.id, orderNo: started.json.id.slice('att_'.length) };
}

/** Pays while the simulator's notification is lost on its way, and returns what it would have said. */
async function hold(change: Parameters<TestServer['unionpay']['setFault']>[0] | null = null): Promise<typeof held> {
  const payment = await begin();
  if (change !== null) server.unionpay.setFault({ ...change, orderNo: payment.orderNo });
  server.unionpay.setFault({ operation: 'notify', kind: 'silent', orderNo: payment.orderNo });
  server.unionpay.pay(payment.orderNo);
  const sent = await eventually('the notification', async () =>
    server.unionpay.notificationsSent().find((one) => one.orderNo === payment.orderNo),
  );
  server.unionpay.clearFaults();
  return { ...payment, body: sent.body };
}

const notify = async (
  body: string | Buffer,
  account = server.walletAccountId,
  type = 'application/x-www-form-urlencoded',
  wallet = 'unionpay',
  query = '',
) =>
  (
    await fetch(`${server.url}/notify/${wallet}/${account}${query}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
  ).status;

const stateOf = async (id: string) => (await server.call('GET', `/v1/payments/${id}`)).json.state;
const alerts = async () => Number((await server.sql`select count(*) as n from alerts`)[0]?.['n']);

/** Which transactions wrote the payment's rows last: the same ones while nobody writes. */
const writersOf = async (id: string) => [
  ...(await server.sql`
    select p.xmin::text as payment, a.xmin::text as attempt
    from payments p
    join attempts a on a.payment_id = p.id
    where p.id = ${id}`),
];

describe('a notification that is not what it seems', () => {
  beforeEach(async () => {
    held = await hold();
  });

  const altered: [string, (fields: URLSearchParams) => void][] = [
    ['without signature', (f) => f.delete('signature')],
    ['with an empty signature', (f) => f.set('signature', '')],
    ['with another signMethod', (f) => f.set('signMethod', '11')],
    ['with another amount', (f) => f.set('txnAmt', '1')],
    ['with another order', (f) => f.set('orderId', `1${f.get('orderId')?.slice(1)}`)],
    ['with a field more', (f) => f.append('reqReserved', 'x')],
    ['with a field less', (f) => f.delete('queryId')],
    ['with a field twice', (f) => f.append('txnAmt', f.get('txnAmt') ?? '')],
    ['with another certificate', (f) => f.set('signPubKeyCert', (f.get('signPubKeyCert') ?? '').replace(/[A-M]/, 'N'))],
    ['with bare line ends', (f) => f.set('signPubKeyCert', (f.get('signPubKeyCert') ?? '').replaceAll('\r\n', '\n'))],
    ['of another version', (f) => f.set('version', '5.0.0')],
  ];
  test.each(altered)('%s changes nothing and is put before the operator', async (_name, change) => {
    const fields = new URLSearchParams(held.body);
    change(fields);
    const before = [await accountsOf(server), await alerts()] as const;
    expect(await notify(fields.toString())).toBe(400);
    expect(await stateOf(held.id)).toBe('requires_action');
    expect(await accountsOf(server)).toEqual(before[0]);
    expect(await alerts()).toBe(before[1] + 1);
  });

  test.each([
    ['nothing', ''],
    ['a page', '<html>'],
    ['JSON', '{"respCode":"00"}'],
    ['broken escapes', 'orderId=%zz'],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00])],
    ['a DTD', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
  ])('that is %s is refused', async (_name, body) => {
    expect(await notify(body)).toBe(400);
    expect(await stateOf(held.id)).toBe('requires_action');
  });

  test('that is too long, of another type or with a query is refused', async () => {
    expect(await notify('a'.repeat(70_000))).toBe(413);
    expect(await notify(held.body, server.walletAccountId, 'text/plain')).toBe(400);
    expect(await notify(held.body, server.walletAccountId, undefined, 'unionpay', '?respCode=00')).toBe(400);
    expect(await stateOf(held.id)).toBe('requires_action');
  });

  test("sent to another shop's address, another wallet's or nobody's changes nothing", async () => {
    expect(await notify(held.body, other.account)).toBe(400);
    expect(await notify(held.body, server.walletAccountId, undefined, 'alipay')).toBe(404);
    expect(await notify(held.body, `wa_${'0'.repeat(26)}`)).toBe(404);
    expect(await notify(held.body, 'x')).toBe(404);
    expect(await stateOf(held.id)).toBe('requires_action');
  });

  test('held back and then sent a thousand times at once is booked once', async () => {
    const before = await accountsOf(server);
    const statuses: number[] = [];
    for (let round = 0; round < 10; round++)
      statuses.push(...(await Promise.all(Array.from({ length: 100 }, () => notify(held.body)))));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await stateOf(held.id)).toBe('succeeded');
    const after = await accountsOf(server);
    expect(after.merchantPayable - before.merchantPayable).toBe(8800n);
    const events = await server.call('GET', `/v1/events?object_id=${held.id}`);
    expect(events.json.data).toHaveLength(1);
  });
});

describe('a true notification', () => {
  test('of another amount than asked is never final: it is held and put before the operator', async () => {
    const payment = await begin();
    server.unionpay.setFault({ operation: 'notify', kind: 'wrong_amount', orderNo: payment.orderNo });
    const before = await accountsOf(server);
    server.unionpay.pay(payment.orderNo);
    await eventually('processing', async () => (await stateOf(payment.id)) === 'processing');
    expect(await accountsOf(server)).toEqual(before);
    const [alert] = await server.sql`select kind, detail from alerts order by id desc limit 1`;
    expect(alert).toMatchObject({ kind: 'amount_differs' });
    server.unionpay.clearFaults();
    // The wallet itself, asked again, names the right amount: that is evidence.
    await server.sql`update attempts set due_at = now() where payment_id = ${payment.id}`;
    await eventually('succeeded', async () => (await stateOf(payment.id)) === 'succeeded');
  });

  test('that comes after the wallet was asked changes nothing more', async () => {
    const late = await hold();
    await server.sql`update attempts set due_at = now() where payment_id = ${late.id}`;
    await eventually('succeeded', async () => (await stateOf(late.id)) === 'succeeded');
    const before = [await accountsOf(server), await writersOf(late.id)];
    expect(await notify(late.body)).toBe(200);
    expect([await accountsOf(server), await writersOf(late.id)]).toEqual(before);
  });

  test('before the answer to our own order is as good', async () => {
    server.unionpay.setFault({ operation: 'app', kind: 'late', value: 1500, times: 1 });
    const created = await server.call('POST', '/v1/payments', {
      order_no: 'early',
      amount: { currency: 'CNY', minor: '100' },
      subject: '面',
      return_url: 'https://shop.example/',
    });
    const starting = server.call('POST', `/v1/payments/${created.json.id}/attempts`, {
      wallet: 'unionpay',
      scene: 'app',
    });
    const attempt = await eventually('the order at the wallet', async () => {
      const [row] = await server.sql`select order_no from attempts where payment_id = ${created.json.id}`;
      return server.unionpay.orders({ orderNo: row?.['order_no'] ?? '' })[0];
    });
    server.unionpay.pay(attempt.order_no);
    await eventually('succeeded', async () => (await stateOf(created.json.id)) === 'succeeded');
    expect((await starting).json).toMatchObject({ outcome: 'succeeded', next_action: null });
    server.unionpay.clearFaults();
  });
});

describe('when the wallet does not answer as it should', () => {
  test.each([
    ['silence', { operation: 'app', kind: 'drop_after', times: 1 }],
    ['a page instead of an answer', { operation: 'app', kind: 'html', times: 1 }],
    ['a signature that is wrong', { operation: 'app', kind: 'bad_signature', times: 1 }],
    ['an expired certificate', { operation: 'app', kind: 'expired_certificate', times: 1 }],
    ['a time-out of its own', { operation: 'app', kind: 'resp_code', value: '03', times: 1 }],
  ] as const)('%s is unknown, never failed, and is cleared up by asking', async (_name, fault) => {
    server.unionpay.setFault(fault);
    const created = await server.call('POST', '/v1/payments', {
      order_no: `unknown-${_name.length}`,
      amount: { currency: 'CNY', minor: '100' },
      subject: '面',
      return_url: 'https://shop.example/',
    });
    const started = await server.call('POST', `/v1/payments/${created.json.id}/attempts`, {
      wallet: 'unionpay',
      scene: 'app',
    });
    expect(started.json.outcome).toBe('unknown');
    expect(await stateOf(created.json.id)).toBe('processing');
    const second = await server.call('POST', `/v1/payments/${created.json.id}/attempts`, {
      wallet: 'unionpay',
      scene: 'app',
    });
    expect(second.json.code).toBe('payment_processing');
    server.unionpay.clearFaults();
    // Not paid, and the wallet says so: the buyer may go on.
    await eventually('asked', async () => (await stateOf(created.json.id)) !== 'processing');
    expect(['requires_action', 'requires_payment_method']).toContain(await stateOf(created.json.id));
  });

  test('a wallet that was never reached is a plain failure', async () => {
    const orderNo = 'nobody';
    const settings = { ...server.unionpay.merchantSettings, gateway_url: 'http://127.0.0.1:1' };
    const { deps } = server.cashier;
    const merchant = await createMerchant(deps, { book: BOOK, name: '断网的店', livemode: false });
    const { token } = await createApiKey(deps, {
      merchantId: merchant.id,
      label: 'x',
      scopes: SCOPES,
      expiresAt: null,
    });
    await addWalletAccount(deps, { merchantId: merchant.id, wallet: 'unionpay', label: '', settings, claim: null });
    const created = await callApi(server.url, token.reveal(), 'POST', '/v1/payments', {
      order_no: orderNo,
      amount: { currency: 'CNY', minor: '100' },
      subject: '面',
      return_url: 'https://shop.example/',
    });
    const started = await callApi(server.url, token.reveal(), 'POST', `/v1/payments/${created.json.id}/attempts`, {
      wallet: 'unionpay',
      scene: 'app',
    });
    expect(started.json).toMatchObject({ outcome: 'failed', failure: { reason: 'not_sent' } });
    expect((await callApi(server.url, token.reveal(), 'GET', `/v1/payments/${created.json.id}`)).json.state).toBe(
      'requires_payment_method',
    );
  });
});
