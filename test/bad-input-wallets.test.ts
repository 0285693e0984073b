import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refuse } from './refused.ts';
import { startTestServer, type TestServer } from './server.ts';

/* Bad input on what came with the wallets: accounts, codes, statements, attempts, and the pages behind a printed code. */

let server: TestServer;
let codeId: string;
let paymentId: string;

beforeAll(async () => {
  server = await startTestServer();
  codeId = (await server.call('POST', '/v1/qr-codes', { label: '一号柜台' })).json.id;
  paymentId = (await newPayment('bad-1')).id;
});
afterAll(() => server.close());

const NOT_TEXTS: unknown[] = [null, 0, -1, true, [], ['a'], {}, { $gt: '' }];
const CONTROLS = ['a\u0000b', 'a\nb', 'a\r\nSet-Cookie: x', 'a\u0085b', 'a\u2028b', '\u001b[31m'];
const NOT_BOOLEANS: unknown[] = [null, 0, 1, 'true', 'false', '', [], {}];
const NOT_IDS: unknown[] = [...NOT_TEXTS, '', 'wa_1', "' or 1=1--", 'wa_01M83E1H4Q000ND8XG5P3H3Z0I', 'x'.repeat(5000)];
const DAYS: unknown[] = [
  ...NOT_TEXTS,
  '',
  '20261111',
  '2026-11-1',
  '2026-13-01',
  '2026-02-30',
  '2026-00-00',
  '2090-01-01',
  '2001-01-01T00:00',
  "2026-11-11'--",
  '２０２６-11-11',
];

interface Row {
  call: string;
  method: 'POST' | 'PATCH';
  path: () => string;
  good: () => Record<string, unknown>;
  /** Field by field, what it must not be. */
  wrong: Record<string, readonly unknown[]>;
  needed: readonly string[];
}

const account = (rest: string) => (): string => `/v1/wallet-accounts/${server.walletAccountId}${rest}`;

const ROWS: readonly Row[] = [
  {
    call: 'a change of an account',
    method: 'PATCH',
    path: account(''),
    good: () => ({ label: 'x', enabled: true }),
    wrong: { label: [...NOT_TEXTS, ...CONTROLS, 'x'.repeat(81), 'x'.repeat(60_000)], enabled: NOT_BOOLEANS },
    needed: [],
  },
  {
    call: 'a rotation of keys',
    method: 'POST',
    path: account('/rotate'),
    good: () => ({ settings: server.unionpay.merchantSettings }),
    wrong: {
      settings: [null, 0, 'x', true, [], {}, { mer_id: {} }, { constructor: 'x' }],
      overlap_hours: [null, -1, 1.5, '24', 169, 1e21, true, []],
    },
    needed: ['settings'],
  },
  {
    call: 'a test order',
    method: 'POST',
    path: account('/test-order'),
    good: () => ({}),
    wrong: { scene: [null, 0, '', 'app', 'jsapi', 'code', 'tv', 'toString', '__proto__', ['qr'], {}] },
    needed: [],
  },
  {
    call: "an account's fee",
    method: 'POST',
    path: account('/fee'),
    good: () => ({ fee_bps: 60 }),
    wrong: { fee_bps: [-1, 1.5, 10_001, '60', true, [], {}, 1e21] },
    needed: ['fee_bps'],
  },
  {
    call: 'a new code',
    method: 'POST',
    path: () => '/v1/qr-codes',
    good: () => ({ label: '柜台' }),
    wrong: {
      label: [...NOT_TEXTS, ...CONTROLS, '', 'x'.repeat(81), 'x'.repeat(60_000)],
      currency: [null, 0, '', 'cny', 'XTS', 'CNY ', 'toString', ['CNY']],
      amount: [
        null,
        100,
        '100',
        [],
        {},
        ...['0', '-1', '1.5', '1e3', '', 1, null].map((minor) => ({ currency: 'CNY', minor })),
      ],
      return_url: [
        ...NOT_TEXTS,
        '',
        '//evil.example',
        'javascript:alert(1)',
        'https://a:b@evil.example/',
        'https://a\\b',
      ],
    },
    needed: ['label'],
  },
  {
    call: 'a change of a code',
    method: 'PATCH',
    path: () => `/v1/qr-codes/${codeId}`,
    good: () => ({ label: '柜台' }),
    wrong: { label: [...NOT_TEXTS, ...CONTROLS, '', 'x'.repeat(81)], enabled: NOT_BOOLEANS },
    needed: [],
  },
  {
    call: 'a request for a bill',
    method: 'POST',
    path: () => '/v1/statements',
    good: () => ({ wallet_account_id: server.walletAccountId, day: '2026-11-11' }),
    wrong: { wallet_account_id: NOT_IDS, day: DAYS },
    needed: ['wallet_account_id', 'day'],
  },
  {
    call: 'a word on a break',
    method: 'POST',
    path: () => '/v1/breaks/brk_01M83E1H4Q000ND8XG5P3H3Z00/resolve',
    good: () => ({ note: 'x' }),
    wrong: { note: [...NOT_TEXTS, ...CONTROLS, '', 'x'.repeat(501), 'x'.repeat(60_000)] },
    needed: ['note'],
  },
  {
    call: 'an attempt',
    method: 'POST',
    path: () => `/v1/payments/${paymentId}/attempts`,
    good: () => ({ wallet: 'unionpay', scene: 'app' }),
    wrong: {
      wallet: [...NOT_TEXTS, '', 'paypal', 'toString', '__proto__', 'UnionPay'],
      scene: [...NOT_TEXTS, '', 'tv', 'APP', 'constructor'],
      payment_code: [
        ...NOT_TEXTS,
        '',
        '1',
        ' '.repeat(20),
        '6'.repeat(65),
        '６２'.repeat(10),
        "62'--",
        '62\n3456789012345678',
      ],
      payer: [null, '', 'x', [], {}, ...[null, '', 'a b', 'ö', 'x'.repeat(129), 'a\nb', {}].map((id) => ({ id }))],
      buyer_ip: [
        ...NOT_TEXTS,
        '',
        '1.2.3',
        '1.2.3.4.5',
        '999.1.1.1',
        '1.2.3.4, 5.6.7.8',
        '::g',
        'fe80::1%eth0',
        'x'.repeat(5000),
      ],
    },
    needed: ['scene'],
  },
];

describe.each(ROWS)('$call', ({ method, path, good, wrong, needed }) => {
  test('has fields of a type, a length and a range', async () => {
    for (const [field, values] of Object.entries(wrong))
      for (const value of values) {
        const { json } = await refuse(server, 400, { method, path: path(), body: { ...good(), [field]: value } });
        expect(json.code).toMatch(/^invalid_/);
      }
  });

  test('takes no field that it does not know, none twice and no way to prototypes', async () => {
    for (const field of ['state', 'merchant_id', 'id', 'book', 'livemode', 'constructor', 'prototype', 'toString'])
      await refuse(server, 400, { method, path: path(), body: { ...good(), [field]: 'x' } });
    const first = JSON.stringify(good()).slice(0, -1);
    const comma = first === '{' ? '' : ',';
    for (const more of [
      '"__proto__":{"polluted":true}',
      '"\\u005f_proto__":{}',
      '"a":1,"a":2',
      '"label":"a","label":"b"',
    ])
      await refuse(server, 400, { method, path: path(), body: `${first}${comma}${more}}` });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('is an object in JSON, of a size', async () => {
    for (const body of ['null', '[]', '"x"', '1', '{', '', '{}{}', '['.repeat(10_000)])
      await refuse(server, 400, { method, path: path(), body });
    await refuse(server, 413, { method, path: path(), body: JSON.stringify({ ...good(), x: 'x'.repeat(70_000) }) });
    await refuse(server, 415, { method, path: path(), body: 'label=x', headers: { 'content-type': 'text/plain' } });
    for (const field of needed) {
      const { [field]: _gone, ...rest } = good();
      await refuse(server, 400, { method, path: path(), body: rest });
    }
  });

  test('has no query, and no id that is not one', async () => {
    for (const query of ['?dry_run=1', '?merchant_id=mer_1', '?as=wechat', '?__proto__=1', '?constructor[x]=1'])
      await refuse(server, 400, { method, path: path() + query, body: good() });
    const ids = [
      'x',
      '%00',
      '%E0%A4%A',
      "'%20or%201=1--",
      '01M83E1H4Q000ND8XG5P3H3Z00',
      `wa_${'0'.repeat(110)}`,
      'x'.repeat(500),
    ];
    if (/_[0-9A-Z]{26}/.test(path()))
      for (const id of ids)
        await refuse(server, [400, 404], { method, path: path().replace(/[a-z]+_[0-9A-Z]{26}/, id), body: good() });
  });
});

describe('lists', () => {
  test.each([
    ['/v1/qr-codes', 'limit=0'],
    ['/v1/qr-codes', 'cursor=junk'],
    ['/v1/qr-codes', 'merchant_id=mer_1'],
    ['/v1/qr-codes', 'enabled=1'],
    ['/v1/wallet-accounts', 'limit=1'],
    ['/v1/statements', 'limit=1e1'],
    ['/v1/statements', 'limit=1&limit=2'],
    ['/v1/statements', 'state=paid'],
    ['/v1/statements', 'state=__proto__'],
    ['/v1/statements', 'wallet_account_id=wa_1'],
    ['/v1/statements', "wallet_account_id='%20or%201=1--"],
    ['/v1/statements', 'day=2026-13-01'],
    ['/v1/statements', 'day=2026-02-30'],
    ['/v1/statements', 'day=2026-00-00'],
    ['/v1/statements', 'day=%00'],
    ['/v1/statements', 'sort=day'],
    ['/v1/statements/stm_01M83E1H4Q000ND8XG5P3H3Z00/breaks', 'kind=x'],
    ['/v1/statements/stm_01M83E1H4Q000ND8XG5P3H3Z00/breaks', 'state=open&state=open'],
  ])('%s?%s is refused by name', async (path, query) => {
    const { json } = await refuse(server, 400, { method: 'GET', path: `${path}?${query}` });
    expect(json.param).toBe(/^\w+/.exec(query)?.[0]);
  });

  test('a cursor of one list is none of another', async () => {
    for (let i = 0; i < 2; i++) await server.call('POST', '/v1/qr-codes', { label: `柜台 ${i}` });
    const { json } = await server.call('GET', '/v1/qr-codes?limit=1');
    for (const path of ['/v1/statements', '/v1/payments'])
      await refuse(server, 400, { method: 'GET', path: `${path}?cursor=${json.next_cursor}` });
  });
});

async function newPayment(orderNo: string): Promise<{ id: string; cashier_url: string }> {
  const { json } = await server.call('POST', '/v1/payments', {
    order_no: orderNo,
    amount: { currency: 'CNY', minor: '100' },
    subject: '茶杯',
    return_url: 'https://shop.example/orders/1',
  });
  return json;
}
