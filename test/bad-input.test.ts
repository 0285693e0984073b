import { request as rawRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey, revokeKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import { BOOK } from '../src/hutong.ts';
import { campaignOf } from '../src/offers/test-offers.ts';
import { LeapingClock } from './kill/leaping-clock.ts';
import { type ProvedHost, proveLinkHost } from './prove-link-host.ts';
import { everything as allOf, refuse } from './refused.ts';
import { callApi, eventually, startTestServer, type TestServer } from './server.ts';

const clock = new LeapingClock(0);
let server: TestServer;
let strangerKey: string;
let paymentId: string;
let refundId: string;
let endpointId: string;
let codeId: string;
let statementId: string;
let openId: string;
let offerId: string;
let rolloutId: string;
let linkHost: ProvedHost;
let linkId: string;
let linkAppId: string;
const BREAK_ID = 'brk_01M83E1H4Q000ND8XG5P3H3Z00';

const good = () => ({
  order_no: `bad-${Math.random().toString(36).slice(2)}`,
  amount: { currency: 'CNY', minor: '100' },
  subject: '茶杯',
  return_url: 'https://shop.example/orders/1',
});

const campaign = campaignOf({ kind: 'voucher', value: { kind: 'flat', off: '5.00' }, limits: { count: { day: 9 } } });
const plan = { key: 'wallet.wechatpay', wallet: 'wechatpay', steps: [{ share: '1%' }, { share: '100%' }] };
const MOVES = ['start', 'pause', 'resume', 'approve', 'jump', 'change', 'halt', 'roll_back', 'retire'] as const;

beforeAll(async () => {
  server = await startTestServer({ clock });
  const stranger = await createMerchant(server.cashier.deps, { book: BOOK, name: '别的店', livemode: false });
  const { token } = await createApiKey(server.cashier.deps, {
    merchantId: stranger.id,
    label: 'stranger',
    scopes: SCOPES,
    expiresAt: null,
  });
  strangerKey = token.reveal();
  paymentId = (await server.call('POST', '/v1/payments', good())).json.id;
  const attempt = await server.call('POST', `/v1/payments/${paymentId}/attempts`, { wallet: 'unionpay', scene: 'app' });
  server.unionpay.pay(attempt.json.id.slice('att_'.length));
  await eventually(
    'paid',
    async () => (await server.call('GET', `/v1/payments/${paymentId}`)).json.state === 'succeeded',
  );
  refundId = (
    await server.call('POST', `/v1/payments/${paymentId}/refunds`, { amount: { currency: 'CNY', minor: '1' } })
  ).json.id;
  await eventually(
    'refunded',
    async () => (await server.call('GET', `/v1/refunds/${refundId}`)).json.state === 'succeeded',
  );
  endpointId = (await server.call('POST', '/v1/webhook-endpoints', { url: 'http://127.0.0.1:9999/hook' })).json.id;
  expect(endpointId).toMatch(/^we_/);
  codeId = (await server.call('POST', '/v1/qr-codes', { label: '一号柜台' })).json.id;
  statementId = await pastStatement();
  openId = (await server.call('POST', '/v1/payments', good())).json.id;
  offerId = (await server.call('POST', '/v1/offers', { campaign })).json.id;
  expect(offerId).toMatch(/^off_/);
  rolloutId = (await server.call('POST', '/v1/rollouts', { plan })).json.id;
  expect(rolloutId).toMatch(/^rol_/);
  linkHost = await proveLinkHost((method, path, body) => server.call(method, path, body));
  linkId = (await server.call('POST', '/v1/links', newLink())).json.id;
  expect(linkId).toMatch(/^lnk_/);
  linkAppId = (await server.call('POST', '/v1/link-apps', newApp)).json.id;
  expect(linkAppId).toMatch(/^lap_/);
});
afterAll(async () => {
  linkHost.close();
  await server.close();
});

const newLink = () => ({ title: '茶', page: `http://${linkHost.host}/item/42` });
const newApp = { name: '茶铺', settings: { kind: 'ios', app_id: 'TEAMID1234.com.example.shop' } };

/** The statement of a day that is over, with a break that waits for a person. */
async function pastStatement(): Promise<string> {
  // So long ago that the wallet is believed when it has no bill of that day, whatever the hour is now.
  const day = new Date(Date.now() - 4 * 86_400_000).toISOString().slice(0, 10);
  const asked = { wallet_account_id: server.walletAccountId, day };
  const { id } = (await server.call('POST', '/v1/statements', asked)).json;
  await eventually('the bill', async () => (await server.call('GET', `/v1/statements/${id}`)).json.due_at === null);
  await server.sql`
    insert into statement_breaks (book, id, statement_id, merchant_id, wallet_account_id, kind, record, order_no, cause,
      theirs, state, created_at, leased_until)
    values (1, ${BREAK_ID}, ${id}, ${server.merchant.id}, ${server.walletAccountId}, 'theirs_only', 'payment', 'X1',
      'foreign_order_no', '{"currency":"CNY","amount_minor":"77"}'::jsonb, 'left_for_operator', now(), now())`;
  return id;
}

async function everything(): Promise<string> {
  return await allOf(server);
}

async function refused(
  status: number | number[],
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<ReturnType<typeof JSON.parse>> {
  return (await refuse(server, status, { method, path, body, ...(headers === undefined ? {} : { headers }) })).json;
}

/** What is wrong with one field, whatever the field is. */
const WRONG_TEXTS: unknown[] = [
  '',
  null,
  0,
  -1,
  1.5,
  true,
  [],
  ['a'],
  {},
  { $gt: '' },
  'a\u0000b',
  'a\nb',
  'x'.repeat(5000),
];
const WRONG_MINORS: unknown[] = [
  0,
  100,
  -1,
  1.5,
  '0',
  '-1',
  '-0',
  '1.5',
  '1e3',
  '+1',
  ' 1',
  '1 ',
  '01',
  '',
  '9'.repeat(13),
  '9007199254740993000',
  'NaN',
  'Infinity',
  '１００',
  null,
  true,
  [100],
  ['100'],
  { $gt: 0 },
];
const WRONG_CURRENCIES: unknown[] = ['cny', 'XTS', 'CNY ', ['CNY'], '', null, 156, '人民币', 'toString', '__proto__'];
const WRONG_URLS: unknown[] = [
  '//evil.example',
  'https:evil',
  'https://good@evil.example/',
  'https://a:b@evil.example/',
  '\\\\evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'ftp://a.example/',
  'http://',
  'https://a\\b',
  'https://a.example/\r\nSet-Cookie: x',
  'https://a.example/'.padEnd(600, 'x'),
  ' https://a.example/',
  'https://a.example/ b',
];

describe('every field of a new payment', () => {
  const rows: [string, unknown[], (value: unknown) => unknown, string][] = [
    [
      'order_no',
      [...WRONG_TEXTS, ' a', 'a b', '订单', '-a', 'a/b', 'a'.repeat(65), "'; drop table payments;--"],
      (v) => ({ ...good(), order_no: v }),
      'order_no',
    ],
    [
      'subject',
      WRONG_TEXTS.concat('x'.repeat(121), 'a\u0085b', 'a\u2028b'),
      (v) => ({ ...good(), subject: v }),
      'subject',
    ],
    ['amount', ['100', 100, null, [], {}], (v) => ({ ...good(), amount: v }), 'amount'],
    ['amount.minor', WRONG_MINORS, (v) => ({ ...good(), amount: { currency: 'CNY', minor: v } }), 'amount.minor'],
    [
      'amount.currency',
      WRONG_CURRENCIES,
      (v) => ({ ...good(), amount: { currency: v, minor: '1' } }),
      'amount.currency',
    ],
    ['return_url', [...WRONG_TEXTS, ...WRONG_URLS], (v) => ({ ...good(), return_url: v }), 'return_url'],
    [
      'expires_in_seconds',
      [0, -1, 59, 86_401, 1.5, '900', null, true, 1e21],
      (v) => ({ ...good(), expires_in_seconds: v }),
      'expires_in_seconds',
    ],
    ['link', [null, 1, '', 'abc', 'a b c d', 'x'.repeat(17), 'ab\u0000cd'], (v) => ({ ...good(), link: v }), 'link'],
    ['metadata', [null, [], 'a', 1], (v) => ({ ...good(), metadata: v }), 'metadata'],
    [
      'metadata.note',
      [1, null, {}, 'x'.repeat(201), 'a\u0000'],
      (v) => ({ ...good(), metadata: { note: v } }),
      'metadata.note',
    ],
  ];
  for (const [name, values, body, param] of rows)
    test(`${name} has a type, a length and a range`, async () => {
      for (const value of values) {
        const problem = await refused(400, 'POST', '/v1/payments', body(value));
        expect(problem.code).toMatch(/^invalid_/);
        expect(
          problem.param ?? '',
          `${name} = ${JSON.stringify(value)?.slice(0, 80)} → ${JSON.stringify(problem)}`,
        ).toContain(param.split('.')[0]);
      }
    });

  test('a missing field and a field that we do not know are named', async () => {
    for (const field of ['order_no', 'amount', 'subject', 'return_url']) {
      const { [field as 'subject']: _gone, ...rest } = good();
      expect((await refused(400, 'POST', '/v1/payments', rest)).param).toBe(field);
    }
    for (const field of ['status', 'state', 'user_id', 'fee', 'created_at', 'id', 'constructor', 'prototype'])
      expect((await refused(400, 'POST', '/v1/payments', { ...good(), [field]: 'x' })).param).toBe(field);
    const nested = await refused(400, 'POST', '/v1/payments', {
      ...good(),
      amount: { currency: 'CNY', minor: '1', scale: 2 },
    });
    expect(nested.param).toBe('amount.scale');
    const metadata = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, 'v']));
    await refused(400, 'POST', '/v1/payments', { ...good(), metadata });
    await refused(400, 'POST', '/v1/payments', { ...good(), metadata: { 'a b': 'x' } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('bodies', () => {
  const text = JSON.stringify(good());
  test.each([
    ['a key twice', text.replace('"subject"', '"order_no":"x","subject"')],
    ['a key twice, once escaped', text.replace('"subject"', '"order\\u005fno":"x","subject"')],
    ['an inner key twice', text.replace('"minor":"100"', '"minor":"1","minor":"100"')],
    ['__proto__', text.replace('{', '{"__proto__":{"polluted":true},')],
    ['a byte order mark', `\ufeff${text}`],
    ['text behind the end', `${text}{}`],
    ['half a character', text.replace('茶杯', '\\ud800')],
    ['ten thousand levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['five thousand keys', `{${Array.from({ length: 5000 }, (_, i) => `"k${i}":1`).join(',')}}`],
    ['not JSON', '{order_no: 1}'],
    ['a comment', `/* */${text}`],
    ['NaN', text.replace('"100"', 'NaN')],
    ['cut off', text.slice(0, -5)],
    ['an unclosed text', '{"a'],
    ['a lone backslash', '{"a\\'],
  ])('with %s are refused', async (_name, body) => {
    expect((await refused(400, 'POST', '/v1/payments', body)).code).toMatch(/^invalid_(json|request)$/);
  });

  test('that are no objects, or absent, are refused', async () => {
    for (const body of ['null', '[]', '"x"', '1', 'true']) await refused(400, 'POST', '/v1/payments', body);
    await refused(400, 'POST', '/v1/payments', '');
    await refused(400, 'POST', '/v1/payments');
  });

  test('that are not UTF-8 are refused', async () => {
    const reply = await fetch(`${server.url}/v1/payments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': 'latin',
      },
      body: Buffer.from(text.replace('茶杯', '\u00e9'), 'latin1'),
    });
    expect(reply.status).toBe(400);
  });

  test('that are too large are refused', async () => {
    await refused(413, 'POST', '/v1/payments', JSON.stringify({ ...good(), subject: 'x'.repeat(70_000) }));
  });

  test('of another content type are refused', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-7',
      'application/json; charset=utf-16',
      'application/xml',
      'application/jsonp',
      'application/problem+json',
    ])
      await refused(415, 'POST', '/v1/payments', text, { 'content-type': type });
    const fine = await server.call('POST', '/v1/payments', good(), {
      'content-type': 'Application/JSON; charset="UTF-8"',
    });
    expect(fine.status).toBe(201);
  });

  test('on a route that takes none are refused', async () => {
    await refused(400, 'POST', `/v1/payments/${paymentId}/cancel`, { force: true });
  });
});

describe('who may ask', () => {
  const routes = [
    ['GET', () => `/v1/payments/${paymentId}`],
    ['GET', () => '/v1/payments'],
    ['POST', () => '/v1/payments'],
    ['POST', () => `/v1/payments/${paymentId}/cancel`],
    ['POST', () => `/v1/payments/${paymentId}/attempts`],
    ['POST', () => `/v1/payments/${paymentId}/refunds`],
    ['GET', () => `/v1/refunds/${refundId}`],
    ['GET', () => '/v1/refunds'],
    ['GET', () => '/v1/webhook-endpoints'],
    ['POST', () => '/v1/webhook-endpoints'],
    ['GET', () => `/v1/webhook-endpoints/${endpointId}`],
    ['DELETE', () => `/v1/webhook-endpoints/${endpointId}`],
    ['POST', () => `/v1/webhook-endpoints/${endpointId}/enable`],
    ['POST', () => `/v1/webhook-endpoints/${endpointId}/rotate-secret`],
    ['GET', () => '/v1/events'],
    ['GET', () => '/v1/webhook-deliveries'],
    ['GET', () => '/v1/wallet-accounts'],
    ['POST', () => '/v1/wallet-accounts'],
    ['GET', () => `/v1/wallet-accounts/${server.walletAccountId}`],
    ['PATCH', () => `/v1/wallet-accounts/${server.walletAccountId}`],
    ['POST', () => `/v1/wallet-accounts/${server.walletAccountId}/rotate`],
    ['POST', () => `/v1/wallet-accounts/${server.walletAccountId}/test-order`],
    ['POST', () => `/v1/wallet-accounts/${server.walletAccountId}/fee`],
    ['GET', () => '/v1/qr-codes'],
    ['POST', () => '/v1/qr-codes'],
    ['GET', () => `/v1/qr-codes/${codeId}`],
    ['PATCH', () => `/v1/qr-codes/${codeId}`],
    ['GET', () => '/v1/statements'],
    ['POST', () => '/v1/statements'],
    ['GET', () => `/v1/statements/${statementId}`],
    ['GET', () => `/v1/statements/${statementId}/breaks`],
    ['POST', () => `/v1/breaks/${BREAK_ID}/resolve`],
    ['GET', () => `/v1/payments/${openId}/quote`],
    ['GET', () => `/v1/payments/${paymentId}/decision`],
    ['POST', () => `/v1/payments/${paymentId}/complaints`],
    ['GET', () => '/v1/offers'],
    ['POST', () => '/v1/offers'],
    ['POST', () => '/v1/offers/quote'],
    ['GET', () => `/v1/offers/${offerId}`],
    ['POST', () => `/v1/offers/${offerId}/versions`],
    ['POST', () => `/v1/offers/${offerId}/stop`],
    ['POST', () => `/v1/offers/${offerId}/resume`],
    ['GET', () => `/v1/offers/${offerId}/vouchers`],
    ['POST', () => `/v1/offers/${offerId}/vouchers`],
    ['GET', () => '/v1/rollouts'],
    ['POST', () => '/v1/rollouts'],
    ['GET', () => `/v1/rollouts/${rolloutId}`],
    ...MOVES.map((move) => ['POST', () => `/v1/rollouts/${rolloutId}/${move}`] as const),
    ['GET', () => '/v1/links'],
    ['POST', () => '/v1/links'],
    ['POST', () => '/v1/links/bulk'],
    ['GET', () => `/v1/links/${linkId}`],
    ['PATCH', () => `/v1/links/${linkId}`],
    ['GET', () => `/v1/links/${linkId}/versions`],
    ['GET', () => `/v1/links/${linkId}/stats`],
    ['GET', () => '/v1/link-hosts'],
    ['POST', () => '/v1/link-hosts'],
    ['POST', () => `/v1/link-hosts/${linkHost.id}/prove`],
    ['PATCH', () => `/v1/link-hosts/${linkHost.id}`],
    ['DELETE', () => `/v1/link-hosts/${linkHost.id}`],
    ['GET', () => '/v1/link-apps'],
    ['POST', () => '/v1/link-apps'],
    ['PATCH', () => `/v1/link-apps/${linkAppId}`],
    ['DELETE', () => `/v1/link-apps/${linkAppId}`],
    ['POST', () => '/v1/link-texts/read'],
    ['POST', () => '/v1/link-previews/read'],
    ['POST', () => '/v1/link-deferrals/claim'],
  ] as const;
  const bodies = (): Record<string, unknown> => ({
    '/v1/payments': good(),
    attempts: { wallet: 'unionpay', scene: 'app' },
    refunds: {},
    '/v1/webhook-endpoints': { url: 'https://a.example/' },
    'rotate-secret': { overlap_seconds: 0 },
    '/v1/wallet-accounts': { wallet: 'unionpay', settings: {} },
    rotate: { settings: server.unionpay.merchantSettings },
    'test-order': {},
    fee: { fee_bps: 1 },
    '/v1/qr-codes': { label: 'x' },
    '/v1/statements': { wallet_account_id: server.walletAccountId, day: '2026-11-11' },
    resolve: { note: 'x' },
    complaints: { reason: 'x' },
    '/v1/offers': { campaign },
    '/v1/offers/quote': { amount: { currency: 'CNY', minor: '100' } },
    versions: { campaign, from_version: 1 },
    stop: {},
    [`/v1/offers/${offerId}/resume`]: {},
    vouchers: { count: 1 },
    '/v1/rollouts': { plan },
    ...Object.fromEntries(MOVES.map((move) => [`/v1/rollouts/${rolloutId}/${move}`, { reason: 'x' }])),
    [`/v1/rollouts/${rolloutId}/jump`]: { reason: 'x', step: 1 },
    [`/v1/rollouts/${rolloutId}/change`]: { reason: 'x', plan },
    '/v1/links': newLink(),
    '/v1/links/bulk': { links: [newLink()] },
    '/v1/link-hosts': { host: 'shop.example', uses: ['target'] },
    '/v1/link-apps': newApp,
    '/v1/link-texts/read': { text: 'x' },
    '/v1/link-previews/read': { url: 'https://shop.invalid/' },
    '/v1/link-deferrals/claim': { code: 'HT-x' },
  });
  const bodyOf = (method: string, path: string) => {
    if (method === 'PATCH' && /lnk_/.test(path)) return { title: 'x' };
    if (method === 'PATCH' && /lho_/.test(path)) return { files: [] };
    if (method === 'PATCH') return /lap_/.test(path) ? { name: 'x' } : { label: 'x' };
    return method === 'POST' ? (bodies()[path] ?? bodies()[path.split('/').at(-1) ?? '']) : undefined;
  };

  test('this list is the whole API', async () => {
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, object> };
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const known = routes.map(
      ([method, path]) =>
        `${method} ${path().replace(/\b(pay|rf|we|wa|evt|wd|qr|stm|brk|off|rol|lnk|lho|lap)_[0-9A-Z]{26}/, '{id}')}`,
    );
    const others = ['GET /v1/events/{id}', 'POST /v1/webhook-deliveries/{id}/replay'];
    expect([...known, ...others].sort()).toEqual(documented.sort());
  });

  test('nobody without a key, with a wrong one, or with half of one', async () => {
    const id = server.apiKey.slice(0, 34);
    for (const [method, path] of routes)
      for (const authorization of [
        '',
        'Bearer x',
        `Bearer ${id}${'A'.repeat(43)}`,
        `Bearer ${server.apiKey}x`,
        `Basic ${server.apiKey}`,
        `Bearer ${server.apiKey.replace('test', 'live')}`,
      ])
        await refused(401, method, path(), bodyOf(method, path()), { authorization });
  });

  test("a stranger's key sees nothing of the shop, and cannot tell it from what does not exist", async () => {
    for (const [method, path] of routes.filter(([, path]) => /_[0-9A-Z]{26}/.test(path()))) {
      const before = await everything();
      const theirs = await callApi(server.url, strangerKey, method, path(), bodyOf(method, path()));
      const nobodys = await callApi(
        server.url,
        strangerKey,
        method,
        path().replace(/[0-9A-Z]{8}(?=\/|$)/, '00000000'),
        bodyOf(method, path()),
      );
      expect([theirs.status, theirs.json.code], `${method} ${path()}`).toEqual([404, 'not_found']);
      expect({ ...theirs.json, request_id: '' }).toEqual({ ...nobodys.json, request_id: '' });
      expect(await everything()).toBe(before);
    }
    for (const path of [
      '/v1/payments',
      '/v1/refunds',
      '/v1/events',
      '/v1/webhook-deliveries',
      '/v1/webhook-endpoints',
      '/v1/wallet-accounts',
      '/v1/qr-codes',
      '/v1/statements',
      '/v1/offers',
      '/v1/rollouts',
      '/v1/links',
      '/v1/link-hosts',
      '/v1/link-apps',
    ])
      expect((await callApi(server.url, strangerKey, 'GET', path)).json.data, path).toEqual([]);
  });

  test('a key that may only read changes nothing', async () => {
    const { token } = await createApiKey(server.cashier.deps, {
      merchantId: server.merchant.id,
      label: 'reader',
      scopes: ['read'],
      expiresAt: null,
    });
    for (const [method, path] of routes) {
      const reply = await callApi(server.url, token.reveal(), method, path(), bodyOf(method, path()));
      if (method === 'GET' || path() === '/v1/link-texts/read') expect(reply.status, path()).toBe(200);
      else expect([reply.status, reply.json.code], path()).toEqual([403, 'scope_missing']);
    }
  });

  test('a revoked key is refused within a second', async () => {
    const made = await createApiKey(server.cashier.deps, {
      merchantId: server.merchant.id,
      label: 'x',
      scopes: SCOPES,
      expiresAt: null,
    });
    expect((await callApi(server.url, made.token.reveal(), 'GET', '/v1/payments')).status).toBe(200);
    await revokeKey(server.cashier.deps, made.key.id);
    clock.leap(1001);
    expect((await callApi(server.url, made.token.reveal(), 'GET', '/v1/payments')).status).toBe(401);
  });

  test('the database holds no key', async () => {
    const rows = await server.sql`select * from api_keys`;
    const half = server.apiKey.slice(-43);
    expect(JSON.stringify(rows, (_key, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
      half,
    );
  });
});

describe('idempotency keys', () => {
  test('are required, short and printable', async () => {
    expect((await refused(400, 'POST', '/v1/payments', good(), { 'idempotency-key': '' })).code).toBe(
      'idempotency_key_missing',
    );
    for (const key of ['a'.repeat(256), 'a b', '"open', '""', '"a\\b"', 'é'])
      expect((await refused(400, 'POST', '/v1/payments', good(), { 'idempotency-key': key })).code, key).toBe(
        'idempotency_key_invalid',
      );
  });

  test('quoted and bare are the same key', async () => {
    const body = good();
    const bare = await server.call('POST', '/v1/payments', body, { 'idempotency-key': 'same-1' });
    const quoted = await server.call('POST', '/v1/payments', body, { 'idempotency-key': '"same-1"' });
    expect(quoted.json).toEqual(bare.json);
  });

  test('on another route, or with another body, are refused', async () => {
    const body = good();
    await server.call('POST', '/v1/payments', body, { 'idempotency-key': 'route-1' });
    await refused(422, 'POST', `/v1/payments/${paymentId}/cancel`, undefined, { 'idempotency-key': 'route-1' });
    await refused(
      422,
      'POST',
      '/v1/payments',
      { ...body, amount: { currency: 'CNY', minor: '101' } },
      { 'idempotency-key': 'route-1' },
    );
  });

  test("of another merchant are that merchant's own", async () => {
    const first = await server.call('POST', '/v1/payments', good(), { 'idempotency-key': 'mine-1' });
    const second = await callApi(server.url, strangerKey, 'POST', '/v1/payments', good(), {
      'idempotency-key': 'mine-1',
    });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.json.id).not.toBe(second.json.id);
  });
});

describe('addresses, lists and headers', () => {
  test('an address that is not there is a problem, and so is a method that is not', async () => {
    for (const path of [
      '/v2/payments',
      '/v1/payments/../admin',
      '/v1/%2e%2e/x',
      '/v1/payments/x',
      '/metrics',
      '/.env',
      '/.git/config',
      '/V1/payments',
      '/v1/payments;x=1',
      '/debug',
    ])
      await refused([400, 404], 'GET', path);
    for (const [method, path] of [
      ['PUT', '/v1/payments'],
      ['PATCH', `/v1/payments/${paymentId}`],
      ['DELETE', `/v1/payments/${paymentId}`],
      ['PUT', `/v1/qr-codes/${codeId}`],
      ['DELETE', `/v1/wallet-accounts/${server.walletAccountId}`],
    ] as const)
      expect((await refused([405], method, path)).code).toBe('method_not_allowed');
    const { headers } = await refuse(server, 405, { method: 'PUT', path: `/v1/qr-codes/${codeId}` });
    expect(headers.get('allow')).toBe('GET, PATCH');
  });

  test('a wrong page, filter or cursor is refused by name', async () => {
    for (const [query, param] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=1e1', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['cursor=junk', 'cursor'],
      ['cursor=', 'cursor'],
      [`cursor=${'A'.repeat(300)}`, 'cursor'],
      ['state=paid', 'state'],
      ['order_no=%00', 'order_no'],
      ["order_no='%20or%201=1--", 'order_no'],
      ['sort=amount', 'sort'],
      ['tenant_id=1', 'tenant_id'],
      ['merchant_id=mer_1', 'merchant_id'],
    ])
      expect((await refused(400, 'GET', `/v1/payments?${query}`)).param, query).toBe(param);
  });

  test('a cursor of another list is refused', async () => {
    for (let i = 0; i < 2; i++) await server.call('POST', '/v1/payments', good());
    const page = await server.call('GET', '/v1/payments?limit=1');
    await refused(400, 'GET', `/v1/refunds?cursor=${page.json.next_cursor}`);
    const next = await server.call('GET', `/v1/payments?limit=1&cursor=${page.json.next_cursor}`);
    expect(next.json.data[0].id < page.json.data[0].id).toBe(true);
  });

  test('a method in a header and an address in a header count for nothing', async () => {
    const reply = await server.call('GET', `/v1/webhook-endpoints/${endpointId}`, undefined, {
      'x-http-method-override': 'DELETE',
      'x-forwarded-for': '1.2.3.4',
    });
    expect(reply.status).toBe(200);
    expect((await server.call('GET', `/v1/webhook-endpoints/${endpointId}`)).json.state).toBe('enabled');
  });

  test('nothing is kept by browsers and nothing is shared with other origins', async () => {
    const reply = await server.call('GET', `/v1/payments/${paymentId}`, undefined, { origin: 'https://evil.example' });
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
    expect(reply.headers.get('x-powered-by')).toBeNull();
    expect(reply.headers.get('server')).toBeNull();
  });

  test('an Authorization header sent twice is refused', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = rawRequest(`${server.url}/v1/payments`, {
        headers: ['Host', 'x', 'Authorization', `Bearer ${server.apiKey}`, 'Authorization', 'Bearer x'] as never, // Node takes raw header lists
      });
      request.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      request.end();
    });
    expect([400, 401]).toContain(status);
  });
});

describe('refunds and attempts', () => {
  test('of wrong amounts, currencies and states are refused', async () => {
    const path = `/v1/payments/${paymentId}/refunds`;
    for (const minor of WRONG_MINORS) await refused(400, 'POST', path, { amount: { currency: 'CNY', minor } });
    expect((await refused(400, 'POST', path, { amount: { currency: 'USD', minor: '1' } })).param).toBe(
      'amount.currency',
    );
    await refused(409, 'POST', path, { amount: { currency: 'CNY', minor: '100' } });
    for (const reason of [1, null, 'x'.repeat(201), 'a\u0007']) await refused(400, 'POST', path, { reason });
    const unpaid = (await server.call('POST', '/v1/payments', good())).json.id;
    expect((await refused(409, 'POST', `/v1/payments/${unpaid}/refunds`, {})).code).toBe('payment_not_refundable');
  });

  test('through wallets and scenes that are not there are refused', async () => {
    const unpaid = (await server.call('POST', '/v1/payments', good())).json.id;
    for (const body of [
      { wallet: 'paypal', scene: 'app' },
      { wallet: 'unionpay', scene: 'tv' },
      { wallet: 'unionpay' },
      { scene: 'app' },
      {},
    ])
      await refused(400, 'POST', `/v1/payments/${unpaid}/attempts`, body);
    expect(
      (await refused(409, 'POST', `/v1/payments/${paymentId}/attempts`, { wallet: 'unionpay', scene: 'app' })).code,
    ).toBe('payment_already_succeeded');
    expect((await refused(409, 'POST', `/v1/payments/${paymentId}/cancel`)).code).toBe('payment_already_succeeded');
    const dollars = (await server.call('POST', '/v1/payments', { ...good(), amount: { currency: 'USD', minor: '1' } }))
      .json.id;
    expect(
      (await refused(409, 'POST', `/v1/payments/${dollars}/attempts`, { wallet: 'unionpay', scene: 'app' })).code,
    ).toBe('wallet_not_available');
  });
});

describe('wallet accounts', () => {
  test('a live merchant never meets a test gateway', async () => {
    const { deps } = server.cashier;
    const live = await createMerchant(deps, { book: BOOK, name: '真的店', livemode: true });
    const { token } = await createApiKey(deps, { merchantId: live.id, label: '', scopes: SCOPES, expiresAt: null });
    expect(token.reveal()).toMatch(/^hk_live_/);
    const body = { wallet: 'unionpay', settings: server.unionpay.merchantSettings };
    const reply = await callApi(server.url, token.reveal(), 'POST', '/v1/wallet-accounts', body);
    expect(reply).toMatchObject({ status: 400, json: { param: 'settings.gateway_url' } });
  });

  test('settings that do not fit are refused by name, and never told back', async () => {
    const { merchantSettings } = server.unionpay;
    const cases: [object, string][] = [
      [{ ...merchantSettings, pfx_password: 'wrong-password' }, 'settings.pfx_password'],
      [{ ...merchantSettings, mer_id: '1' }, 'settings.mer_id'],
      [{ ...merchantSettings, pfx_base64: 'AAAA' }, 'settings.pfx'],
      [{ ...merchantSettings, root_certificate_pem: merchantSettings.middle_certificate_pem }, 'settings.'],
      [{ ...merchantSettings, gateway_url: 'http://169.254.169.254' }, 'settings.gateway_url'],
      [{ ...merchantSettings, extra: 'x' }, 'settings.extra'],
      [{}, 'settings.'],
    ];
    for (const [settings, param] of cases) {
      const problem = await refused(400, 'POST', '/v1/wallet-accounts', { wallet: 'unionpay', settings });
      expect(problem.param, JSON.stringify(problem)).toContain(param);
      expect(JSON.stringify(problem)).not.toContain('wrong-password');
    }
    const twice = { wallet: 'unionpay', settings: merchantSettings };
    expect((await refused(409, 'POST', '/v1/wallet-accounts', twice)).code).toBe('wallet_account_taken');
  });
});

describe("the buyer's page", () => {
  test('opens only with its own token', async () => {
    const { cashier_url: cashierUrl } = (await server.call('GET', `/v1/payments/${paymentId}`)).json;
    expect((await fetch(cashierUrl)).status).toBe(200);
    const { cashier_url: otherUrl } = (await server.call('POST', '/v1/payments', good())).json;
    const otherToken = otherUrl.split('/').at(-1);
    for (const path of [
      `/c/${paymentId}/${otherToken}`,
      `/c/${paymentId}/x`,
      `/c/${paymentId}/`,
      `/c/pay_0/${otherToken}`,
      `/c/${paymentId}/${'A'.repeat(100)}`,
    ])
      expect((await fetch(server.url + path)).status, path).toBe(404);
  });

  test('shows what a shop wrote as text, never as markup, and allows no script but its own', async () => {
    const evil = '"><img src=x onerror=alert(1)><svg/onload=alert(2)>${7*7}{{7*7}}';
    const { cashier_url: url } = (await server.call('POST', '/v1/payments', { ...good(), subject: evil })).json;
    const page = await fetch(url);
    const html = await page.text();
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<svg/onload');
    expect(html).toContain('&lt;img');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
  });

  test('takes no state change by GET and no wrong choice', async () => {
    const { cashier_url: url } = (await server.call('POST', '/v1/payments', good())).json;
    const before = await everything();
    for (const body of [
      '',
      'wallet=paypal',
      'wallet=alipay',
      'wallet=unionpay&wallet=x',
      'wallet=__proto__',
      'wallet=constructor&way=show_qr',
      'WALLET=unionpay',
      `wallet=${'x'.repeat(10_000)}`,
    ])
      expect(
        (
          await fetch(`${url}/attempts`, {
            method: 'POST',
            body,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          })
        ).status,
        body,
      ).toBeGreaterThanOrEqual(400);
    expect((await fetch(`${url}/attempts`)).status).toBe(405);
    expect(
      (await fetch(`${url}/attempts`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }))
        .status,
    ).toBe(415);
    expect(await everything()).toBe(before);
  });
});
