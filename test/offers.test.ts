import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../src/base/log.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import type { Cashier } from '../src/cashier/cashier.ts';
import { BOOK } from '../src/hutong.ts';
import { offerRoutes } from '../src/http/routes/offers.ts';
import { buildServer } from '../src/http/server.ts';
import { type OpenedOffers, openOffers } from '../src/offers/open-offers.ts';
import { campaignOf, OPERATOR, publish } from '../src/offers/test-offers.ts';
import { read, root } from './doc-pages.ts';
import { dumpRows } from './dump-rows.ts';
import { callApi, startTestServer, type TestReply, type TestServer } from './server.ts';

const run = promisify(execFile); // the server lives in this process and must go on answering

let server: TestServer;
let offers: OpenedOffers;
let app: Awaited<ReturnType<typeof buildServer>>;
let url: string;
beforeAll(async () => {
  server = await startTestServer();
  const { sql, clock, random, keyring } = server.cashier.deps;
  offers = openOffers({ sql, clock, random, keyring, log: silentLog, book: BOOK });
  const cashier: Cashier = { ...server.cashier, deps: { ...server.cashier.deps, offers } };
  app = await buildServer({
    cashier,
    log: silentLog,
    version: '0',
    publicUrl: server.url,
    trustedProxies: [],
    routes: offerRoutes(cashier, offers),
    pages: [],
    isReady: async () => true,
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await app.close();
  await offers.stop();
  await server.close();
});

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestReply> =>
  callApi(url, server.apiKey, method, path, body, headers);

describe('a shop over the API', () => {
  test('publishes an offer, changes it, issues vouchers, reads how it stands, stops it and lets it run again', async () => {
    const campaign = campaignOf({
      kind: 'voucher',
      value: { kind: 'flat', off: '5.00' },
      limits: { count: { day: 9 } },
    });
    const made = await call('POST', '/v1/offers', { campaign, reason: '双十二' });
    expect(made, JSON.stringify(made.json)).toMatchObject({
      status: 201,
      json: { object: 'offer', merchant_id: server.merchant.id, state: 'published', version: 1, campaign },
    });
    const path = `/v1/offers/${made.json.id}`;
    const issued = await call('POST', `${path}/vouchers`, { buyers: ['anna'], valid_until: '2099-01-01T00:00:00Z' });
    expect(issued).toMatchObject({ status: 201, json: { data: [{ bound: true, state: null }] } });
    expect((await call('POST', `${path}/vouchers`, { count: 3 })).json.data).toHaveLength(3);
    const listed = await call('GET', `${path}/vouchers?limit=2`);
    expect(listed.json.data).toMatchObject([{ state: 'unused' }, { state: 'unused' }]);
    expect(JSON.stringify(listed.json)).not.toContain('code');
    const quoted = await quoteOf({ buyer: { id: 'anna' }, vouchers: [issued.json.data[0].code] });
    expect(quoted).toMatchObject({
      wallet: 'unionpay',
      to_pay: { minor: '9500' },
      saved: { minor: '500' },
      exact: true,
    });
    const changed = await call('POST', `${path}/versions`, {
      campaign: { ...campaign, value: { kind: 'flat', off: '6.00' } },
      from_version: 1,
    });
    expect(changed).toMatchObject({ status: 200, json: { version: 2 } });
    expect((await call('GET', path)).json).toMatchObject({
      vouchers_count: 4,
      usage: [{ limit: 'count/day', unit: 'count', max: '9', used: '0', held: '0', left: '9' }],
      moves: [
        { move: 'changed' },
        { move: 'vouchers_issued' },
        { move: 'vouchers_issued' },
        { move: 'published', reason: '双十二' },
      ],
    });
    expect((await call('POST', `${path}/stop`, {})).json).toMatchObject({ state: 'stopped' });
    expect((await call('GET', '/v1/offers?state=stopped')).json.data).toMatchObject([{ id: made.json.id }]);
    expect((await call('POST', `${path}/resume`, { reason: 'by mistake' })).json).toMatchObject({ state: 'published' });
    await call('POST', `${path}/stop`, {});
  });

  test('hears of every fault of a campaign by a pointer, and nothing is changed', async () => {
    const before = await dumpRows(server.sql);
    const reply = await call('POST', '/v1/offers', {
      campaign: { ...campaignOf(), off: '5', funders: [{ funder: 'nobody', per_mille: 1000 }] },
    });
    expect(reply).toMatchObject({
      status: 422,
      json: { code: 'campaign_invalid', param: expect.stringMatching(/^campaign\./), faults_count: expect.any(Number) },
    });
    expect(reply.json.pointer).toMatch(/^\//);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(await dumpRows(server.sql)).toEqual(before);
  });

  test('cannot publish what another pays, nor touch what is not its own', async () => {
    const campaign = campaignOf({ funders: [{ funder: 'platform', per_mille: 1000 }] });
    expect((await call('POST', '/v1/offers', { campaign })).json).toMatchObject({ code: 'offer_funder_not_yours' });
    const ours = await publish(offers, null, campaign);
    for (const [verb, body] of [
      ['stop', {}],
      ['resume', {}],
      ['versions', { campaign: campaignOf(), from_version: 1 }],
      ['vouchers', { count: 1 }],
    ] as const)
      expect((await call('POST', `/v1/offers/${ours.id}/${verb}`, body)).status, verb).toBe(404);
    expect((await call('GET', `/v1/offers/${ours.id}`)).json).toMatchObject({ usage: null, moves: null, versions: [] });
    await offers.switch({ actor: OPERATOR, id: ours.id, to: 'stopped', reason: null, claim: null });
  });

  test.each<[string, string, unknown, string]>([
    ['/v1/offers', 'no campaign', {}, 'invalid_request'],
    ['/v1/offers', 'a field that there is not', { campaign: {}, merchant_id: 'mer_1' }, 'invalid_request'],
    ['/v1/offers/off_1/stop', 'no id of an offer', {}, 'invalid_request'],
    ['/v1/offers/quote', 'no amount', {}, 'invalid_request'],
    [
      '/v1/offers/quote',
      'lines that come to something else',
      { amount: cny('300'), items: [line('a', '200')] },
      'invalid_request',
    ],
    [
      '/v1/offers/quote',
      'an article twice',
      { amount: cny('400'), items: [line('a', '200'), line('a', '200')] },
      'invalid_request',
    ],
    [
      '/v1/offers/quote',
      'a phone that is none',
      { amount: cny('1'), buyer: { phone: '123456789012' } },
      'invalid_request',
    ],
  ])('%s refuses %s', async (path, _, body, code) => {
    expect((await call('POST', path, body)).json).toMatchObject({ code });
  });

  test('needs the scope for what it changes, and that of payments for a quote', async () => {
    const { token } = await createApiKey(server.cashier.deps, {
      merchantId: server.merchant.id,
      label: 'reads',
      scopes: ['read', 'payments'],
      expiresAt: null,
    });
    const ask = (path: string, body: unknown) => callApi(url, token.reveal(), 'POST', path, body);
    expect((await ask('/v1/offers', { campaign: campaignOf() })).json).toMatchObject({
      code: 'scope_missing',
      scope: 'offers',
    });
    expect((await ask('/v1/offers/quote', { amount: cny('10000') })).status).toBe(200);
  });
});

describe('a cart', () => {
  test('is quoted by the program in the docs', async () => {
    const program = /```ts\n([\s\S]+?)```/.exec(read('docs/reference/offer.md'))?.[1] ?? '';
    const client = `import { Hutong } from '${pathToFileURL(join(root, 'sdk', 'src', 'index.ts')).href}';
      const hutong = new Hutong({ baseUrl: '${url}', apiKey: '${server.apiKey}' });`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', client + program];
    const { stdout } = await run(process.execPath, args, { cwd: root });
    expect(stdout.trim()).toBe('unionpay 12800n');
  });

  test('is quoted with who pays and why the other offers are not used, and no phone is kept of it', async () => {
    const flat = await publish(offers, server.merchant.id);
    const first = await publish(
      offers,
      server.merchant.id,
      campaignOf({ name: { 'zh-CN': '新人', en: 'Newcomers' }, conditions: { min_amount: '200.00' } }),
    );
    const phone = '13800138000';
    const quoted = await quoteOf({ buyer: { id: 'otto', phone }, items: [line('tea', '10000')] });
    expect(quoted).toMatchObject({
      amount: { currency: 'CNY', minor: '10000' },
      to_pay: { minor: '9500' },
      applied: [
        {
          offer_id: flat.id,
          amount: { minor: '500' },
          paid_by: [{ funder: 'merchant', owner: server.merchant.id, amount: { minor: '500' } }],
        },
      ],
    });
    const why = quoted.not_used.find((each: { offer_id: string }) => each.offer_id === first.id);
    expect(why).toMatchObject({ code: 'below_threshold', explanation: { 'zh-CN': '还差 ¥100.00，满 ¥200.00 可用' } });
    expect((await dumpRows(server.sql)).includes(phone)).toBe(false);
  });

  test('may be asked for some wallets alone', async () => {
    const { json } = await call('POST', '/v1/offers/quote', { amount: cny('10000'), wallets: ['alipay'] });
    expect(json).toMatchObject({ object: 'quote', quotes: [] });
  });
});

async function quoteOf(over: object): Promise<TestReply['json']> {
  const { status, json } = await call('POST', '/v1/offers/quote', { amount: cny('10000'), ...over });
  expect(status, JSON.stringify(json)).toBe(200);
  return json.quotes[0];
}

function cny(minor: string) {
  return { currency: 'CNY', minor };
}

function line(id: string, minor: string) {
  return { id, name: '龙井', quantity: 1, amount_minor: minor };
}
