import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Log, silentLog } from '../src/base/log.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { addWalletAccount } from '../src/cashier/add-wallet-account.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import { BOOK } from '../src/hutong.ts';
import type { PlanFile } from '../src/rollout/plan-file.ts';
import { campaignOf } from '../src/offers/test-offers.ts';
import { dumpRows } from './dump-rows.ts';
import { refuse } from './refused.ts';
import { callApi, eventually, startTestServer, type TestReply, type TestServer } from './server.ts';

/* What a shop could try on another shop's offers and rollouts, and a buyer on either. */

let server: TestServer;
let otherKey: string;
/** Everything that was logged, also what is not shown. */
const logged: string[] = [];
const note = (facts: object, message: string) => void logged.push(`${message} ${JSON.stringify(facts)}`);
const log: Log = { ...silentLog, debug: note, info: note, warn: note, error: note };

const PHONE = '13800138000';
const BUYER = 'buyer-who-is-nobodys-business';

beforeAll(async () => {
  server = await startTestServer({ log });
  const { deps } = server.cashier;
  const other = await createMerchant(deps, { book: BOOK, name: '别家', livemode: false });
  const key = await createApiKey(deps, { merchantId: other.id, label: 'test', scopes: SCOPES, expiresAt: null });
  otherKey = key.token.reveal();
  const settings: object = server.unionpay.extraMerchants[0] ?? {};
  await addWalletAccount(deps, { merchantId: other.id, wallet: 'unionpay', label: 'test', settings, claim: null });
});
afterAll(() => server.close());

const asOther = (method: string, path: string, body?: unknown) => callApi(server.url, otherKey, method, path, body);

let orders = 0;
const order = (minor: string, more: object = {}) => ({
  order_no: `attack-${(orders += 1)}`,
  amount: { currency: 'CNY', minor },
  subject: '雨前龙井',
  return_url: 'https://shop.example/orders',
  ...more,
});

async function made(reply: Promise<TestReply>): Promise<TestReply['json']> {
  const { status, json } = await reply;
  expect(status, JSON.stringify(json)).toBe(201);
  return json;
}

const publish = (campaign: object) => made(server.call('POST', '/v1/offers', { campaign }));
const stop = (id: string) => server.call('POST', `/v1/offers/${id}/stop`, {});

async function priceOf(cart: object): Promise<TestReply['json']> {
  const { status, json } = await server.call('POST', '/v1/offers/quote', { wallets: ['unionpay'], ...cart });
  expect(status, JSON.stringify(json)).toBe(200);
  return json.quotes[0];
}

const plan = (over: Partial<PlanFile> = {}): PlanFile => ({
  key: 'pay-unionpay',
  wallet: 'unionpay',
  steps: [{ share: '100%' }],
  holdback: '0%',
  ...over,
});

describe('another shop', () => {
  test('finds offers, vouchers, payments and rollouts that are not its own as absent as what never was', async () => {
    const voucher = { kind: 'voucher', value: { kind: 'flat', off: '5.00' } } as const;
    const offer = await publish(campaignOf(voucher));
    const rollout = await made(server.call('POST', '/v1/rollouts', { plan: plan({ key: 'ours' }), reason: 'ours' }));
    const payment = await made(server.call('POST', '/v1/payments', order('1000')));
    const absent = (id: string) => `${id.slice(0, 4)}${'0'.repeat(4)}${id.slice(8)}`;
    const campaign = campaignOf(voucher);
    const calls: [string, string, object?][] = [
      ['GET', `/v1/offers/${offer.id}`],
      ['GET', `/v1/offers/${offer.id}/vouchers`],
      ['POST', `/v1/offers/${offer.id}/versions`, { campaign, from_version: 1 }],
      ['POST', `/v1/offers/${offer.id}/stop`, {}],
      ['POST', `/v1/offers/${offer.id}/resume`, {}],
      ['POST', `/v1/offers/${offer.id}/vouchers`, { count: 1 }],
      ['GET', `/v1/rollouts/${rollout.id}`],
      ['POST', `/v1/rollouts/${rollout.id}/start`, { reason: 'theirs' }],
      ['POST', `/v1/rollouts/${rollout.id}/jump`, { step: 1, reason: 'theirs' }],
      ['POST', `/v1/rollouts/${rollout.id}/change`, { plan: plan({ key: 'ours' }), reason: 'theirs' }],
      ['GET', `/v1/payments/${payment.id}/quote`],
      ['GET', `/v1/payments/${payment.id}/decision`],
      ['POST', `/v1/payments/${payment.id}/complaints`, { reason: '坏了' }],
      ...['CNY', 'HKD'].map((currency): [string, string, object] => [
        'POST',
        `/v1/payments/${payment.id}/attempts`,
        { wallet: 'unionpay', scene: 'app', expected_amount: { currency, minor: '1' } },
      ]),
    ];
    for (const [method, path, body] of calls) {
      const [there, nowhere] = [
        await refuse(server, 404, { method, path, body, apiKey: otherKey }),
        await refuse(server, 404, {
          method,
          path: path.replace(/(off|rol|pay)_[0-9A-Z]+/, absent),
          body,
          apiKey: otherKey,
        }),
      ];
      const told = ({ json }: TestReply) => ({ ...json, request_id: '', instance: '' });
      expect(told(there), `${method} ${path}`).toEqual(told(nowhere));
    }
    for (const path of ['/v1/offers', '/v1/rollouts']) expect((await asOther('GET', path)).json.data).toEqual([]);
    await stop(offer.id);
  });

  test('cannot give away money of others, nor plan for others', async () => {
    const theirs = server.merchant.id;
    for (const campaign of [
      campaignOf({ merchants: [theirs] }),
      campaignOf({ funders: [{ funder: 'merchant', owner: theirs, per_mille: 1000 }] }),
      campaignOf({ funders: [{ funder: 'platform', per_mille: 1000 }] }),
      campaignOf({ funders: [{ funder: 'bank', owner: 'ICBC', per_mille: 1000 }] }),
    ])
      await refuse(server, 403, { method: 'POST', path: '/v1/offers', body: { campaign }, apiKey: otherKey });
    const body = { plan: plan({ merchant: theirs }), reason: 'theirs' };
    await refuse(server, 400, { method: 'POST', path: '/v1/rollouts', body, apiKey: otherKey });
  });

  test('hears one and the same answer for codes that open nothing, are another shop’s, or somebody else’s', async () => {
    const offer = await publish(campaignOf({ kind: 'voucher', value: { kind: 'flat', off: '5.00' } }));
    const issued = await made(server.call('POST', `/v1/offers/${offer.id}/vouchers`, { buyers: ['anna', 'otto'] }));
    const [anna] = issued.data;
    const quote = async (code: string, apiKey = server.apiKey) => {
      const body = { amount: { currency: 'CNY', minor: '10000' }, buyer: { id: 'otto' }, vouchers: [code] };
      const { json } = await callApi(server.url, apiKey, 'POST', '/v1/offers/quote', body);
      return JSON.stringify({ ...json, at: '' });
    };
    const never = '0000-0000-0000-0000';
    const sameTail = `${anna.code.startsWith('0') ? '1' : '0'}${anna.code.slice(1)}`;
    expect(await quote(anna.code)).toContain('voucher_missing');
    for (const code of [never, sameTail, 'x', "'; drop table vouchers; --"])
      expect(await quote(code), code).toBe(await quote(anna.code));
    expect(await quote(anna.code, otherKey)).toBe(await quote(never, otherKey));
    await stop(offer.id);
  });
});

describe('a buyer', () => {
  test('pays at least a fen, whatever is taken off, and never less for a price that he names himself', async () => {
    const offers = [
      await publish(campaignOf({ off: '50000.00' })),
      await publish(campaignOf({ kind: 'item', item: { articles: ['tea'], off: '9999.00', quantity_max: 10_000 } })),
    ];
    const items = (minor: string) => [{ id: 'tea', name: '茶', quantity: 1_000_000, amount_minor: minor }];
    for (const minor of ['1', '2', '3', '999999999999']) {
      const quoted = await priceOf({ amount: { currency: 'CNY', minor }, items: items(minor) });
      expect(BigInt(quoted.to_pay.minor), minor).toBeGreaterThanOrEqual(1n);
      expect(BigInt(quoted.to_pay.minor) + BigInt(quoted.saved.minor), minor).toBe(BigInt(minor));
    }
    const { id } = await made(server.call('POST', '/v1/payments', order('300', { items: items('300') })));
    const attempts = (expected: object) =>
      server.call('POST', `/v1/payments/${id}/attempts`, {
        wallet: 'unionpay',
        scene: 'app',
        expected_amount: expected,
      });
    for (const minor of ['0', '-1', '01', '1e2'])
      expect((await attempts({ currency: 'CNY', minor })).status, minor).toBe(400);
    expect((await attempts({ currency: 'HKD', minor: '300' })).json.param).toBe('expected_amount.currency');
    // Who would have paid more pays what it costs.
    const started = await made(attempts({ currency: 'CNY', minor: '999999999999' }));
    expect(started).toMatchObject({ to_pay: { minor: '1' }, discount: { minor: '299' } });
    for (const { id: offerId } of offers) await stop(offerId);
  });

  test('draws once an order: neither trying again and again nor all at once brings more', async () => {
    const offer = await publish({ ...campaignOf({ kind: 'random', off_from: '0.01', off_to: '9.00' }) });
    const pay = async (id: string) => {
      const body = { wallet: 'unionpay', scene: 'app', expected_amount: { currency: 'CNY', minor: '999' } };
      const { json } = await server.call('POST', `/v1/payments/${id}/attempts`, body);
      return json.to_pay?.minor ?? json.code;
    };
    const prices = new Set<string>();
    for (let count = 0; count < 3; count++) {
      const { id } = await made(server.call('POST', '/v1/payments', order('1000')));
      const tries = await Promise.all(Array.from({ length: 8 }, () => pay(id)));
      expect(new Set([...tries, await pay(id), await pay(id)]).size).toBe(1);
      prices.add(tries[0]);
    }
    expect(prices.size).toBeGreaterThan(1);
    await stop(offer.id);
  });

  test('cannot make an order out of amounts and lines that are none', async () => {
    const line = { id: 'tea', name: '茶', quantity: 1, amount_minor: '1000' };
    const carts: object[] = [
      ...['0', '-1', '1.5', '1e3', '9999999999999', ' 1', '0x10', ''].map((minor) => ({
        amount: { currency: 'CNY', minor },
      })),
      ...['cny', 'AAA', ['CNY']].map((currency) => ({ amount: { currency, minor: '1000' } })),
      ...[0, -1, 1.5, 1_000_001, '1', null].map((quantity) => ({ items: [{ ...line, quantity }] })),
      ...['0', '-1000', '01000', '1000.0'].map((amount_minor) => ({ items: [{ ...line, amount_minor }] })),
      { items: [line, line] },
      { items: [{ ...line, amount_minor: '999' }] },
      {
        items: [
          { ...line, amount_minor: '2000' },
          { ...line, id: 'box', amount_minor: '-1000' },
        ],
      },
      { items: Array.from({ length: 101 }, (_, no) => ({ ...line, id: `tea-${no}` })) },
      { vouchers: Array(11).fill('x') },
      { vouchers: ['x'.repeat(41)] },
      { buyer: { id: '' } },
      { buyer: { id: 'x'.repeat(65) } },
      { buyer: { id: 'a\nb' } },
      { buyer: { staff: 'true' } },
      { buyer: { id: 'a', isStaff: true } },
      { buyer: JSON.parse('{"__proto__":{"staff":true},"id":"a","admin":1}') },
    ];
    for (const cart of carts) {
      await refuse(server, 400, { method: 'POST', path: '/v1/payments', body: { ...order('1000'), ...cart } });
      const body = { amount: { currency: 'CNY', minor: '1000' }, ...cart };
      await refuse(server, 400, { method: 'POST', path: '/v1/offers/quote', body });
    }
    expect(Object.keys({}.constructor.prototype)).toEqual([]);
  });

  test('leaves no name, no number and no code of a voucher in logs, replies of others, or rows', async () => {
    const offer = await publish(campaignOf({ kind: 'voucher', value: { kind: 'flat', off: '5.00' } }));
    const { data } = await made(server.call('POST', `/v1/offers/${offer.id}/vouchers`, { buyers: [BUYER] }));
    const { code, tail } = data[0];
    const letters = code.replaceAll('-', '');
    const buyer = { id: BUYER, phone: PHONE };
    const payment = await made(server.call('POST', '/v1/payments', order('1000', { buyer, vouchers: [code] })));
    expect(payment.vouchers).toEqual([tail]);
    const started = await made(
      server.call('POST', `/v1/payments/${payment.id}/attempts`, { wallet: 'unionpay', scene: 'app' }),
    );
    expect(started).toMatchObject({ to_pay: { minor: '500' } });
    const page = await (await fetch(payment.cashier_url)).text();
    const again = await server.call('POST', `/v1/payments`, { ...order('900', { buyer, vouchers: [code] }) });
    const refused = await server.call('POST', `/v1/payments/${again.json.id}/attempts`, {
      wallet: 'unionpay',
      scene: 'app',
      expected_amount: { currency: 'CNY', minor: '400' },
    });
    expect(refused.json).toMatchObject({ code: 'offer_changed', amount_minor: '900' });
    const told = [page, JSON.stringify(refused.json), logged.join('\n')].join('\n');
    for (const secret of [BUYER, PHONE, code, letters]) expect(told).not.toContain(secret);
    const rows = JSON.stringify(await dumpRows(server.sql), (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    for (const secret of [PHONE, code, letters]) expect(rows).not.toContain(secret);
    await stop(offer.id);
  });
});

describe('a question about flags', () => {
  const ask = (context: unknown, apiKey = server.apiKey, key = 'attacked') =>
    callApi(server.url, apiKey, 'POST', `/ofrep/v1/evaluate/flags/${key}`, { context });

  test('is answered for the key’s own shop, whatever shop, staff or bucket the context claims', async () => {
    const rule = { '==': [{ var: 'merchant_id' }, 'mer_of_somebody_else'] };
    const ours = plan({ key: 'attacked', when: rule });
    delete ours.wallet;
    const { id } = await made(server.call('POST', '/v1/rollouts', { plan: ours, reason: 'a test' }));
    expect((await server.call('POST', `/v1/rollouts/${id}/start`, { reason: 'a test' })).status).toBe(200);
    await eventually('the flag', async () => (await ask({ targetingKey: 'a' })).status === 200);
    const contexts: object[] = [
      { targetingKey: 'a', merchant_id: 'mer_of_somebody_else' },
      { targetingKey: 'a', staff: 'true' },
      { targetingKey: 'a', staff: 1 },
      JSON.parse('{"targetingKey":"a","__proto__":{"staff":true}}'),
      { targetingKey: 'a', $flagd: { flagKey: 'x' } },
    ];
    for (const context of contexts) {
      const reply = await ask(context);
      expect([200, 400], JSON.stringify(context)).toContain(reply.status);
      if (reply.status === 200) expect(reply.json, JSON.stringify(context)).toMatchObject({ value: false });
    }
    expect((await ask({ targetingKey: 'a' }, otherKey)).json.errorCode).toBe('FLAG_NOT_FOUND');
    expect((await ask({ targetingKey: 'a' }, 'ak_test_nobody')).status).toBe(401);
    expect((await ask({ targetingKey: 'x'.repeat(257) })).status).toBe(400);
    expect((await ask({})).json.errorCode).toBe('TARGETING_KEY_MISSING');
  });

  test('cannot be made to work for hours by a rule', async () => {
    const walk = { map: [Array(50).fill(1), { var: '' }] };
    for (const when of [walk, { '==': [{ var: ['bank', walk] }, 1] }, { '!': [{ var: ['bank', [walk]] }] }]) {
      const body = { plan: plan({ key: 'walks', when }), reason: 'a test' };
      await refuse(server, 400, { method: 'POST', path: '/v1/rollouts', body });
    }
  });
});
