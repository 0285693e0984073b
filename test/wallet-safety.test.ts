import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matchAppPath } from '../src/app/app-paths.ts';
import { listRows } from '../src/app/test-rows.ts';
import type { AddedPerson } from '../src/sandbox/bank/bank.ts';
import { type Browser, PIN, type Reply, startWalletServer, type WalletTestServer } from './wallet-server.ts';
import { openShop, type TestShop } from './wallet-shop.ts';

/* What strangers, other people and other sites may not do to the wallet's server. */

let server: WalletTestServer;
let shop: TestShop;
/** Two people with the same kinds of things; neither may touch the other's. */
let ming: Owner;
let hong: Owner;

interface Owner {
  browser: Browser;
  person: AddedPerson;
  card: string;
  quote: string;
  move: string;
  device: string;
  binding: string;
  proof: string;
  waiting: string;
}

beforeAll(async () => {
  server = await startWalletServer({ manyAddresses: true });
  shop = await openShop(server);
  ming = await makeOwner('周小明', '13600000001');
  hong = await makeOwner('吴小红', '13600000002');
});
afterAll(async () => {
  await shop.stop();
  await server.close();
});

async function makeOwner(name: string, phone: string): Promise<Owner> {
  const cards = [
    { bank: 'ICBC', kind: 'debit', balanceFen: 1_000_000n, limits: 'none' },
    { bank: 'CMB', kind: 'debit', balanceFen: 1_000_000n, limits: 'none' },
    { bank: 'ABC', kind: 'debit', balanceFen: 0n, limits: 'none' },
  ] as const;
  const person = server.bank.addPerson({ name, phone, cards: [...cards] });
  const browser = await server.signUp(phone);
  const card = await server.bind(browser, person, 0);
  const other = await server.bind(browser, person, 1);
  const quoteOf = (minor: string) =>
    browser.call('POST /api/quotes', {
      body: {
        kind: 'transfer',
        from_card_ids: [card],
        payee: { kind: 'own_card', card_id: other },
        amount: { currency: 'CNY', minor },
        arrival: 'instant',
        note: '',
      },
    });
  const first = await quoteOf('100');
  const { data } = await browser.call('POST /api/transfers', { body: { quote_id: first.quote_id, proof: null } });
  const quote = (await quoteOf('200000')).quote_id;
  const devices = await browser.call('GET /api/devices');
  const { number } = person.cards[2] ?? { number: '' };
  const body = { number, phone, name: person.person.name, id_number: person.person.idNumber };
  const { binding_id: binding } = await browser.call('POST /api/bindings', { body });
  const act = { kind: 'transfer', subject: quote, detail: null } as const;
  const proof = (await browser.call('POST /api/proofs', { body: act })).proof_id;
  const { code } = await browser.call('POST /api/payment-codes', { body: { card_id: card } });
  await shop.order(shop.freshNo(), 200_000, { scene: 'code', payment_code: code });
  const waiting = (await browser.call('GET /api/code-orders')).data[0]?.token ?? '';
  const [move] = data;
  return {
    browser,
    person,
    card,
    quote,
    move: move?.move_id ?? '',
    device: devices.data[0]?.device_id ?? '',
    binding,
    proof,
    waiting,
  };
}

const routes = listRows().map((row): [string, 'anyone' | 'session'] => [
  row.route,
  row.kind === 'anyone' ? 'anyone' : 'session',
]);
const SAMPLE = { id: 'tr_00000000000000000000000000', token: 'A'.repeat(27) };

function split(route: string): [method: string, path: string] {
  const [method = '', pattern = ''] = route.split(' ');
  return [method, pattern.replace(':id', SAMPLE.id).replace(':token', SAMPLE.token)];
}

/** Never a 5xx, never a stack, never a secret, and whatever is personal is kept nowhere. */
function expectDecent(reply: Reply): void {
  expect(reply.status).toBeLessThan(500);
  expect(reply.headers.get('cache-control')).toBe('no-store');
  expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
  expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  expect(reply.text).not.toMatch(/\bat .*\.ts:\d|node_modules|select |postgres/i);
  expect(reply.text).not.toContain(PIN);
}

describe('every route', () => {
  test('is in the list, and there are as many as the app calls', () => {
    expect(routes.length).toBeGreaterThan(40);
    expect(new Set(routes.map(([route]) => route)).size).toBe(routes.length);
  });

  test.each(routes.filter(([, who]) => who === 'session'))('%s is not for whoever is not signed in', async (route) => {
    const [method, path] = split(route);
    for (const cookie of ['', '__Host-hutong=ses_nonsense', '__Host-hutong=a; __Host-hutong=b']) {
      const reply = await server.browser().ask(method, path, {}, { cookie });
      expect([reply.status, reply.json.code]).toEqual([401, 'signed_out']);
      expectDecent(reply);
    }
  });

  test.each(routes.filter(([route]) => !route.startsWith('GET')))('%s is not for other sites', async (route) => {
    const [method, path] = split(route);
    for (const changed of [
      { 'x-hutong-app': '' },
      { 'x-hutong-app': '2' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${server.url}.evil.example` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const reply = await ming.browser.ask(method, path, {}, changed);
      expect([reply.status, reply.json.code]).toEqual([403, 'foreign_site']);
      expectDecent(reply);
    }
  });

  test.each(routes.filter(([route]) => !route.startsWith('GET')))('%s takes JSON and nothing else', async (route) => {
    const [method, path] = split(route);
    const asForm = 'application/x-www-form-urlencoded';
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', asForm, 'application/json; charset=utf-7']) {
      const reply = await ming.browser.ask(method, path, '{}', { 'content-type': type });
      expect([reply.status, reply.json.code]).toEqual([415, 'content_type_unsupported']);
    }
    for (const [body, status] of [
      ['{"pin":1,"pin":2}', 400],
      ['{"__proto__":{"polluted":1}}', 400],
      ['{"constructor":{"prototype":{"polluted":1}}}', 400],
      ['['.repeat(10_000), 400],
      ['\ufeff{}', 400],
      ['{} {}', 400],
      ['{"a":"\\ud800"}', 400],
      [`{"a":"${'x'.repeat(70_000)}"}`, 413],
    ] as const) {
      const reply = await ming.browser.ask(method, path, body);
      expect(reply.status).toBe(status);
      expectDecent(reply);
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test.each(routes)('%s takes no member and no query that it does not know', async (route) => {
    const [method, path] = split(route);
    for (const name of ['user_id', 'book', 'status', 'fee', 'balance', 'created_at', 'device_is_new']) {
      const reply = await ming.browser.ask(method, `${path}?${name}=usr_1`, { [name]: hong.card });
      expect(reply.status).toBe(400);
      expectDecent(reply);
    }
  });

  test.each(routes)('%s is there for its own methods alone', async (route) => {
    const [, path] = split(route);
    const own = routes.filter(([other]) => split(other)[1] === path).map(([other]) => split(other)[0]);
    for (const method of ['PUT', 'PATCH', 'DELETE', 'POST', 'GET'].filter((each) => !own.includes(each))) {
      const reply = await ming.browser.ask(method, path, {});
      // Where a named thing and a fixed word stand in one place, the other one answers.
      expect([405, 400, 404]).toContain(reply.status);
      if (reply.status === 405) expect(reply.headers.get('allow')).toContain(own[0]);
      expectDecent(reply);
    }
    const overridden = await server.browser().ask('POST', path, {}, { 'x-http-method-override': 'DELETE' });
    expectDecent(overridden);
  });
});

describe('what is another person’s is as absent as what is not there', () => {
  const NOT_FOUND = [404, 'not_found'];
  const cases: [string, (who: Browser, of: Owner) => Promise<Reply>, (number | string)[]][] = [
    ['a card cannot be renamed', (who, of) => who.ask('PATCH', `/api/cards/${of.card}`, { alias: 'x' }), NOT_FOUND],
    [
      'a card cannot be made the default',
      (who, of) => who.ask('PATCH', `/api/cards/${of.card}`, { is_default: true }),
      NOT_FOUND,
    ],
    ['a card cannot be unbound', (who, of) => who.ask('DELETE', `/api/cards/${of.card}`, { proof: null }), NOT_FOUND],
    [
      'a card gives no payment code',
      (who, of) => who.ask('POST', '/api/payment-codes', { card_id: of.card }),
      NOT_FOUND,
    ],
    [
      'a card’s history is not saved',
      (who, of) => who.ask('GET', `/api/history/export?format=csv&from=2026-01-01&to=2026-01-02&card_id=${of.card}`),
      NOT_FOUND,
    ],
    [
      'a card’s limit is not set',
      (who, of) =>
        who.ask('PUT', '/api/limits', { rule: 'transfer_card_day', card_id: of.card, max: '1', proof: null }),
      NOT_FOUND,
    ],
    ['a card pays no transfer', (who, of) => who.ask('POST', '/api/quotes', quoteFrom(of.card)), NOT_FOUND],
    ['a transfer is not shown', (who, of) => who.ask('GET', `/api/transfers/${of.move}`), NOT_FOUND],
    ['a transfer is not cancelled', (who, of) => who.ask('POST', `/api/transfers/${of.move}/cancel`, {}), NOT_FOUND],
    [
      'a quote is not confirmed',
      (who, of) => who.ask('POST', '/api/transfers', { quote_id: of.quote, proof: null }),
      NOT_FOUND,
    ],
    [
      'a quote is not proved',
      (who, of) => who.ask('POST', '/api/proofs', { kind: 'transfer', subject: of.quote, detail: null }),
      NOT_FOUND,
    ],
    ['a device is not removed', (who, of) => who.ask('DELETE', `/api/devices/${of.device}`, {}), NOT_FOUND],
    [
      'a card’s unbinding is not proved',
      (who, of) => who.ask('POST', '/api/proofs', { kind: 'unbind_card', subject: of.card, detail: null }),
      NOT_FOUND,
    ],
    [
      'an order that waits for somebody is not paid',
      (who, of) => who.ask('POST', `/api/orders/${of.waiting}/pay`, { card_id: of.card, proof: null }),
      NOT_FOUND,
    ],
    [
      'an order that waits for somebody is not proved',
      (who, of) => who.ask('POST', '/api/proofs', { kind: 'purchase', subject: of.waiting, detail: of.card }),
      NOT_FOUND,
    ],
    [
      'a passkey is not removed',
      (who) => who.ask('DELETE', '/api/passkeys/pky_00000000000000000000000000', { proof: null }),
      NOT_FOUND,
    ],
  ];

  test.each(cases)('%s', async (_what, ask, expected) => {
    for (const reply of [await ask(hong.browser, ming), await ask(ming.browser, hong)]) {
      expect([reply.status, reply.json.code]).toEqual(expected);
      expectDecent(reply);
    }
    const nobody: Owner = {
      ...ming,
      card: 'card_00000000000000000000000000',
      quote: 'quo_00000000000000000000000000',
      move: 'tr_00000000000000000000000000',
      device: 'dev_00000000000000000000000000',
      waiting: 'A'.repeat(27),
    };
    const reply = await ask(hong.browser, nobody);
    expect([reply.status, reply.json.code]).toEqual(expected);
  });

  test('a binding is not finished, and a proof is not given', async () => {
    const binding = await hong.browser.ask('POST', `/api/bindings/${ming.binding}`, { code: '123456' });
    expect([binding.status, binding.json.code]).toEqual(NOT_FOUND);
    const proof = await hong.browser.ask('POST', `/api/proofs/${ming.proof}`, { pin: PIN, code: null, passkey: null });
    expect([proof.status, proof.json.code]).toEqual([403, 'step_up_invalid']);
  });

  test('nothing changed: each still has what they had', async () => {
    for (const { browser, card } of [ming, hong]) {
      const { data } = await browser.call('GET /api/cards');
      expect(data.find(({ card_id }) => card_id === card)).toMatchObject({ alias: '' });
      expect((await browser.call('GET /api/devices')).data).toHaveLength(1);
    }
    expect(server.bank.isBalanced()).toBe(true);
  });
});

function quoteFrom(card: string) {
  return {
    kind: 'transfer',
    from_card_ids: [card],
    payee: { kind: 'phone', phone: '13600000008' },
    amount: { currency: 'CNY', minor: '1' },
    arrival: 'instant',
    note: '',
  };
}

describe('amounts', () => {
  test.each([
    0,
    -1,
    -0,
    1.5,
    '1.5',
    '1e3',
    '-1',
    '0',
    '01',
    '',
    ' 1',
    '１',
    '1000000000000',
    '9223372036854775808',
    null,
    true,
    [100],
    { $gt: 0 },
  ])('%j is none', async (minor) => {
    const body = { ...quoteFrom(ming.card), amount: { currency: 'CNY', minor } };
    const reply = await ming.browser.ask('POST', '/api/quotes', body);
    expect([reply.status, reply.json.code]).toEqual([400, 'invalid_request']);
  });

  test.each(['cny', 'USD', 'CNY ', ['CNY'], null, undefined])('in %j are none', async (currency) => {
    const reply = await ming.browser.ask('POST', '/api/quotes', {
      ...quoteFrom(ming.card),
      amount: { currency, minor: '1' },
    });
    expect(reply.status).toBe(400);
  });
});

describe('texts', () => {
  test.each([
    "' or 1=1--",
    "'; drop table users",
    '<img src=x onerror=alert(1)>',
    '${7*7}',
    '{{7*7}}',
    '%n%s',
    '=cmd|x',
    '‮gpj.exe',
  ])('%s is a text like any other', async (alias) => {
    const params = { id: ming.card };
    const told = await ming.browser
      .call('PATCH /api/cards/:id', { params, body: { alias: alias.slice(0, 20) } })
      .catch((error: Error) => error);
    if (!(told instanceof Error)) expect(told.alias).toBe(alias.slice(0, 20));
    await ming.browser.call('PATCH /api/cards/:id', { params, body: { alias: '' } });
  });

  test.each(['a\r\nSet-Cookie: x=1', 'a\u0000b', 'a\u2028b', 'x'.repeat(100_000)])('%j is none', async (alias) => {
    const reply = await ming.browser.ask('PATCH', `/api/cards/${ming.card}`, { alias });
    expect([400, 413]).toContain(reply.status);
    expect(reply.headers.get('set-cookie')).toBeNull();
  });

  test.each(["' or 1=1--", '%27', 'x'.repeat(60), '../../etc/passwd'])(
    '%s is looked for in the history',
    async (text) => {
      expect((await ming.browser.call('GET /api/history', { query: { text } })).data).toEqual([]);
    },
  );

  test.each(['x', 'bm9uc2Vuc2U', "'; select pg_sleep(5)--", 'A'.repeat(500)])(
    'the cursor %s is none',
    async (cursor) => {
      const reply = await ming.browser.ask('GET', `/api/history?cursor=${encodeURIComponent(cursor)}`);
      expect(reply.status).toBe(400);
    },
  );
});

describe('cookies', () => {
  test('are for this host alone, unseen by scripts and other sites, and no answer tells them', async () => {
    const browser = server.browser();
    const phone = '13600000003';
    let codeId = '';
    const code = await server.codeTo(phone, async () => {
      codeId = (await browser.call('POST /api/sign-in/code', { body: { phone, lang: 'en' } })).code_id;
    });
    browser.cookies.set('__Host-hutong', 'chosen-before');
    const body = { code_id: codeId, phone, code, device_name: 'test', lang: 'en' };
    const reply = await browser.ask('POST', '/api/sign-in', body);
    const lines = reply.headers.getSetCookie();
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toMatch(/^__Host-hutong(-device)?=[\w.~+/=-]{40,};/);
      for (const flag of ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Strict']) expect(line).toContain(flag);
      expect(line).not.toContain('Domain');
      expect(reply.text).not.toContain(/=([^;]+)/.exec(line)?.[1]);
    }
    expect(browser.cookies.get('__Host-hutong')).not.toBe('chosen-before');
    expect(reply.json.phone_masked).toBe('136****0003');
    await browser.call('POST /api/sign-out', { body: {} });
    expect(browser.cookies.has('__Host-hutong')).toBe(false);
  });

  test('a known and an unknown phone hear the same, the first time and again', async () => {
    const ask = (phone: string) => server.browser().ask('POST', '/api/sign-in/code', { phone, lang: 'zh-CN' });
    const known = await ask('13600000001'); // who signed up within this minute
    await ask('13600009999');
    const unknown = await ask('13600009999');
    const shapeOf = ({ status, json }: Reply) => [status, json.code, Object.keys(json)];
    expect(shapeOf(known)).toEqual(shapeOf(unknown));
  });
});

describe('pages and files', () => {
  test.each([
    '/',
    '/sign-in',
    '/cards',
    '/transfer',
    '/repay',
    '/code',
    '/scan',
    '/history',
    '/limits',
    '/security',
    `/pay/${SAMPLE.token}`,
  ])('the page at %s runs our own files alone, and is framed by nobody', async (path) => {
    expect(matchAppPath(path)).not.toBeNull();
    const reply = await server.browser().ask('GET', path);
    expect(reply.status).toBe(200);
    const policy = reply.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:/);
    expect(reply.headers.get('x-frame-options')).toBe('DENY');
    expect(reply.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(reply.headers.get('referrer-policy')).toBe('no-referrer');
    expect(reply.text).not.toMatch(/<script(?![^>]*src=)|style="|\son\w+="/);
    for (const [, file = ''] of reply.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
      const told = await server.browser().ask('GET', file);
      expect([file, told.status]).toEqual([file, 200]);
    }
  });

  test.each([
    '/..%2f..%2fetc/passwd',
    '/assets/..%2f..%2fpackage.json',
    '/assets/../files.json',
    '/%2e%2e%2f',
    '/files.json',
    '/index.html.map',
    '/.env',
    '/.git/config',
    '/metrics',
    '/debug',
    '/docs',
    '/openapi.json',
    '/v1/payments',
    '/api',
    '/api/',
    '/API/me',
    '/api/me/',
    '/api/me;x=1',
    '/api/me.',
    '/api//me',
    '/api/me%00',
    '//evil.example',
    '/cards/%00',
    '/pay/a/b',
  ])('%s is nothing', async (path) => {
    const reply = await ming.browser.ask('GET', path);
    expect([400, 404]).toContain(reply.status);
    expectDecent(reply);
  });

  test('a page takes no POST, and the shops’ door tells browsers nothing', async () => {
    expect((await ming.browser.ask('POST', '/cards', {})).status).toBe(405);
    const reply = await ming.browser.ask('GET', '/open-wallet/v1/orders/ORDER00001');
    expect([reply.status, reply.json.code]).toEqual([401, 'signature_refused']);
    const big = await ming.browser.ask('POST', '/open-wallet/v1/orders/ORDER00001', 'x'.repeat(100_000));
    expect(big.status).toBe(401);
  });

  test('test hooks are for this machine, in JSON, by no proxy', async () => {
    const path = '/open-wallet/test-hooks/day-end';
    const plain = { 'content-type': 'text/plain', 'x-forwarded-for': '' };
    expect((await ming.browser.ask('POST', path, {}, plain)).status).toBe(415);
    expect((await ming.browser.ask('POST', path, {}, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(404);
    expect(
      (await ming.browser.ask('POST', '/open-wallet/test-hooks/nothing', {}, { 'x-forwarded-for': '' })).status,
    ).toBe(404);
  });
});

describe('a shop that asks who pays', () => {
  const query = (changed: object = {}) =>
    new URLSearchParams({
      merchant_no: shop.account.merchantNo,
      return_url: 'https://shop.example/back',
      state: 's',
      ...changed,
    }).toString();
  const post = (browser: Browser, changed: Record<string, string> = {}, answer = 'allow') =>
    browser.ask('POST', '/open-wallet/v1/authorize', query({ answer }), {
      'content-type': 'application/x-www-form-urlencoded',
      ...changed,
    });

  test('is shown to the person, whose consent alone gives a code', async () => {
    const page = await ming.browser.ask('GET', `/open-wallet/v1/authorize?${query()}`);
    expect(page.text).toContain('测试茶馆');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://shop.example");
    const allowed = await post(ming.browser);
    expect(allowed.status).toBe(303);
    expect(allowed.headers.get('location')).toMatch(/^https:\/\/shop\.example\/back\?code=[\w-]{32}&state=s$/);
    const denied = await post(ming.browser, {}, 'deny');
    expect(denied.headers.get('location')).toBe('https://shop.example/back?error=refused&state=s');
  });

  test('gets nothing by a form of another site, nor from whoever is not signed in', async () => {
    expect((await post(ming.browser, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(ming.browser, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const stranger = await post(server.browser());
    expect([stranger.status, stranger.headers.get('location')]).toEqual([401, null]);
  });

  test.each([
    { return_url: 'javascript:alert(1)' },
    { return_url: '//evil.example' },
    { return_url: 'https://good@evil.example' },
    { return_url: 'https:\\evil' },
    { merchant_no: 'H00000000000000' },
    { merchant_no: '<script>' },
    { state: 'x'.repeat(300) },
  ])('is not believed with %j', async (changed) => {
    const reply = await ming.browser.ask('GET', `/open-wallet/v1/authorize?${query(changed)}`);
    expect(reply.status).toBe(400);
    expect(reply.text).not.toContain('evil');
    expect(reply.text).not.toContain('<script');
  });
});

test('who asks too often is told to wait, and nobody else is', async () => {
  const ask = () => hong.browser.ask('GET', '/api/history/export?format=csv&from=2026-01-01&to=2026-01-02');
  const all = await Promise.all(Array.from({ length: 12 }, ask));
  const refused = all.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await ming.browser.ask('GET', '/api/history/export?format=csv&from=2026-01-01&to=2026-01-02')).status).toBe(
    200,
  );
});

test('nothing of all this was our own fault', () => {
  expect(server.errors).toEqual([]);
});
