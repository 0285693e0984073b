import { connect as connectSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AddedPerson } from '../src/sandbox/bank/bank.ts';
import { type Browser, PIN, type Reply, startWalletServer, type WalletTestServer } from './wallet-server.ts';
import { openShop, type TestShop } from './wallet-shop.ts';

/* What somebody could try who has more than nothing: a phone that was left lying about, a shop's key, half of a secret, an address to lie about. */

let server: WalletTestServer;
let shop: TestShop;
let owner: AddedPerson;
let browser: Browser;
let debit = '';
let second = '';

const CNY = (minor: number) => ({ currency: 'CNY' as const, minor: String(minor) });
const OWNER_PHONE = '13500000001';

beforeAll(async () => {
  server = await startWalletServer();
  shop = await openShop(server);
  owner = server.bank.addPerson({
    name: '沈知秋',
    phone: OWNER_PHONE,
    cards: [
      { bank: 'ICBC', kind: 'debit', balanceFen: 20_000_000n, limits: 'none' },
      { bank: 'CMB', kind: 'debit', balanceFen: 0n, limits: 'none' },
    ],
  });
  browser = await server.signUp(OWNER_PHONE);
  debit = await server.bind(browser, owner, 0);
  second = await server.bind(browser, owner, 1);
});
afterAll(async () => {
  await shop?.stop();
  await server?.close();
});

function told(reply: Reply): [number, string] {
  return [reply.status, reply.json?.code ?? ''];
}

async function quoteOf(minor: number, by: Browser = browser): Promise<string> {
  const { quote_id } = await by.call('POST /api/quotes', {
    body: {
      kind: 'transfer',
      from_card_ids: [debit],
      payee: { kind: 'own_card', card_id: second },
      amount: CNY(minor),
      arrival: 'instant',
      note: '',
    },
  });
  return quote_id;
}

/** Signed in on a browser of its own, a minute after whoever came before: codes are sent once a minute. */
async function signInAnew(phone: string): Promise<Browser> {
  await server.hutong.sql`update user_tries set last_at = last_at - interval '2 minutes'`;
  const opened = server.browser();
  let codeId = '';
  const code = await server.codeTo(phone, async () => {
    codeId = (await opened.call('POST /api/sign-in/code', { body: { phone, lang: 'en' } })).code_id;
  });
  const body = { code_id: codeId, phone, code, device_name: 'stolen', lang: 'en' } as const;
  await opened.call('POST /api/sign-in', { body });
  return opened;
}

describe('whoever got hold of a message', () => {
  test('is in, on a new device, where nothing moves without the PIN, also by a quote that the known device made', async () => {
    const thief = await signInAnew(OWNER_PHONE);
    expect((await thief.call('GET /api/me')).device_is_new).toBe(true);
    const before = server.bank.balanceOf(owner.cards[1]?.number ?? '');
    for (const quote_id of [await quoteOf(100), await quoteOf(100, thief)]) {
      const reply = await thief.ask('POST', '/api/transfers', { quote_id, proof: null });
      expect([...told(reply), reply.json.level]).toEqual([403, 'step_up_required', 'pin']);
    }
    const act = { kind: 'transfer', subject: await quoteOf(100, thief), detail: null } as const;
    const offer = await thief.call('POST /api/proofs', { body: act });
    expect(offer.ways).toEqual(['pin']);
    // What the owner has just proved on their own device is worth nothing on another.
    const quote_id = await quoteOf(100);
    const proof = await browser.prove({ ...act, subject: quote_id }, OWNER_PHONE);
    expect(told(await thief.ask('POST', '/api/transfers', { quote_id, proof }))).toEqual([403, 'step_up_invalid']);
    expect(told(await thief.ask('DELETE', `/api/cards/${debit}`, { proof }))).toEqual([403, 'step_up_invalid']);
    expect(told(await thief.ask('POST', '/api/pin', { pin: '713905', old_pin: null }))[0]).toBe(400);
    expect(server.bank.balanceOf(owner.cards[1]?.number ?? '')).toBe(before);
    // The owner sees the device, and ends it.
    const { data } = await browser.call('GET /api/devices');
    const foreign = data.find(({ name }) => name === 'stolen');
    await browser.call('DELETE /api/devices/:id', { params: { id: foreign?.device_id ?? '' } });
    expect(told(await thief.ask('GET', '/api/me'))).toEqual([401, 'signed_out']);
  });

  test('uses a code for nothing but what it says', async () => {
    const [small, large] = [await quoteOf(100), await quoteOf(2_000_000)];
    const offerOf = (subject: string) =>
      browser.call('POST /api/proofs', { body: { kind: 'transfer', subject, detail: null } });
    const [forSmall, forLarge] = [await offerOf(small), await offerOf(large)];
    const code = await server.codeTo(OWNER_PHONE, () =>
      browser.call('POST /api/proofs/:id/code', { params: { id: forLarge.proof_id }, body: {} }),
    );
    const signIn = {
      code_id: 'code_00000000000000000000000000',
      phone: OWNER_PHONE,
      code,
      device_name: 'x',
      lang: 'en',
    };
    expect(told(await server.browser().ask('POST', '/api/sign-in', signIn))).toEqual([403, 'code_wrong']);
    const other = await offerOf(await quoteOf(2_000_001));
    const tried = await browser.ask('POST', `/api/proofs/${other.proof_id}`, { pin: PIN, code, passkey: null });
    expect(told(tried)).toEqual([403, 'code_wrong']);
    // A PIN was enough for the small one; its token is not for the large one.
    const input = { params: { id: forSmall.proof_id }, body: { pin: PIN, code: null, passkey: null } };
    const { token } = await browser.call('POST /api/proofs/:id', input);
    const wrong = await browser.ask('POST', '/api/transfers', { quote_id: large, proof: token });
    expect(told(wrong)).toEqual([403, 'step_up_invalid']);
  });

  test('cannot have the wallet send messages to a stranger’s phone by made-up cards', async () => {
    const victim = '13500000999';
    const body = { number: owner.cards[0]?.number ?? '', phone: victim, name: null, id_number: null };
    const attacker = await server.signUp('13500000002');
    const typed = { ...body, name: '沈知秋', id_number: owner.person.idNumber };
    expect(told(await attacker.ask('POST', '/api/bindings', typed))).toEqual([422, 'details_differ']);
    expect(told(await browser.ask('POST', '/api/bindings', { ...body, number: '6222020000000000' }))).toEqual([
      422,
      'card_number_invalid',
    ]);
    expect(server.phone.messagesTo(victim)).toEqual([]);
  });
});

test('a limit that somebody changed stands in the audit trail with the proof before it, and one that was refused does not', async () => {
  const lower = { rule: 'transfer_user_day', card_id: null, max: '9000000', proof: null };
  await browser.call('PUT /api/limits', { body: lower });
  const raise = { ...lower, max: '9000001' };
  expect(told(await browser.ask('PUT', '/api/limits', raise))).toEqual([403, 'step_up_required']);
  const act = { kind: 'raise_limit', subject: 'transfer_user_day', detail: '9000001' } as const;
  const proof = await browser.prove(act, OWNER_PHONE);
  // What was proved for this figure raises to no other.
  const more = await browser.ask('PUT', '/api/limits', { ...raise, max: '9999999', proof });
  expect(told(more)).toEqual([403, 'step_up_invalid']);
  await browser.call('PUT /api/limits', { body: { ...raise, proof } });
  const { user_id } = await browser.call('GET /api/me');
  const lines = await server.hutong.sql<{ event: string; facts: string }[]>`
    select event, facts from audit_lines where user_id = ${user_id} order by written_no desc limit 3`;
  expect(lines.map(({ event, facts }) => [event, JSON.parse(facts).max, JSON.parse(facts).is_raise])).toEqual([
    ['limit.changed', '9000001', true],
    ['proof.given', undefined, undefined],
    ['limit.changed', '9000000', false],
  ]);
});

describe('an idempotency key', () => {
  test.each([
    ['of 256 letters', 'k'.repeat(256)],
    ['with a blank', 'a b'],
    ['that is a broken quote', '"a'],
    ['of a bell', 'a\u0007'],
  ])('%s moves nothing', async (_what, key) => {
    const body = { quote_id: await quoteOf(100), proof: null };
    const before = server.bank.balanceOf(owner.cards[1]?.number ?? '');
    const reply = await browser.ask('POST', '/api/transfers', body, { 'idempotency-key': key }).catch(() => null); // one that no header can carry
    if (reply !== null) expect(told(reply)).toEqual([400, 'idempotency_key_invalid']);
    expect(server.bank.balanceOf(owner.cards[1]?.number ?? '')).toBe(before);
  });

  test('that has confirmed one quote confirms no other', async () => {
    const key = { 'idempotency-key': 'one key for two quotes' };
    const same = { 'idempotency-key': 'one-key-for-two-quotes' };
    const first = { quote_id: await quoteOf(100), proof: null };
    expect((await browser.ask('POST', '/api/transfers', first, key)).status).toBe(400);
    expect((await browser.ask('POST', '/api/transfers', first, same)).status).toBe(200);
    const second = { quote_id: await quoteOf(200), proof: null };
    expect(told(await browser.ask('POST', '/api/transfers', second, same))).toEqual([422, 'idempotency_key_reused']);
  });
});

describe('a PIN guessed at many doors at once', () => {
  test('is compared five times, and then the right one is refused too', async () => {
    const phone = '13500000003';
    const person = await server.signUp(phone);
    const wrong = Array.from({ length: 15 }, (_, at) => `9071${String(at).padStart(2, '0')}`);
    const replies = await Promise.all(
      wrong.map((old_pin) => person.ask('POST', '/api/pin', { pin: '713905', old_pin })),
    );
    const codes = replies.map((reply) => reply.json.code);
    expect(codes.filter((code) => code === 'pin_wrong').length).toBeLessThanOrEqual(5);
    expect(new Set(codes)).toEqual(new Set(['pin_wrong', 'pin_locked']));
    expect(told(await person.ask('POST', '/api/pin', { pin: '713905', old_pin: PIN }))).toEqual([423, 'pin_locked']);
  });
});

describe('a shop that tries', () => {
  test('payment codes by chance charges nobody, and each try is an order that is over', async () => {
    const { code } = await browser.call('POST /api/payment-codes', { body: { card_id: debit } });
    const next = (BigInt(code) + 1n).toString();
    const before = server.bank.balanceOf(owner.cards[0]?.number ?? '');
    for (const payment_code of [next, code.slice(0, -1), `${code}0`, '9'.repeat(20), `${code.slice(0, -1)}٣`]) {
      const order = await shop.order(shop.freshNo(), 100, { scene: 'code', payment_code });
      expect([order['state'], order['reason']]).toEqual(['closed', 'code_invalid']);
    }
    expect(server.bank.balanceOf(owner.cards[0]?.number ?? '')).toBe(before);
    expect((await browser.call('GET /api/code-orders')).data).toEqual([]);
  });

  test.each([
    ['javascript:alert(1)//', 'return_url'],
    ['https://shop.example@evil.example/', 'return_url'],
    ['https:\\\\evil.example', 'return_url'],
    ['//evil.example', 'return_url'],
    ['file:///etc/passwd', 'notify_url'],
    ['gopher://127.0.0.1:6379/_x', 'notify_url'],
    ['https://shop.example/\r\nSet-Cookie: a=b', 'notify_url'],
  ])('to lead people or us to %j is not understood', async (address, member) => {
    const order = await shop.order(shop.freshNo(), 100, { [member]: address });
    expect([order['status'], order['code']]).toEqual([400, 'malformed']);
  });

  test('to write like somebody else is shown as it wrote, as text', async () => {
    const subject = '<img src=x onerror=alert(1)>{{7*7}}${7*7}%n\u202eevil';
    const order = await shop.order(shop.freshNo(), 100, { subject });
    const token = String(order['web_url']).slice(`${server.url}/pay/`.length);
    const shown = await browser.ask('GET', `/api/orders/${token}`);
    expect(shown.json.subject).toBe(subject);
    expect(shown.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(shown.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  test('to have another order paid with what was proved for its own is not paid', async () => {
    const tokens = await Promise.all(
      [100, 300_000].map(async (minor) => {
        const order = await shop.order(shop.freshNo(), minor);
        return String(order['web_url']).slice(`${server.url}/pay/`.length);
      }),
    );
    const [cheap = '', dear = ''] = tokens;
    const proof = await browser.prove({ kind: 'purchase', subject: cheap, detail: debit }, OWNER_PHONE);
    for (const [token, card_id] of [
      [dear, debit],
      [cheap, second],
    ])
      expect(told(await browser.ask('POST', `/api/orders/${token}/pay`, { card_id, proof }))).toEqual([
        403,
        'step_up_invalid',
      ]);
    const params = { token: cheap };
    const paid = await browser.call('POST /api/orders/:token/pay', { params, body: { card_id: debit, proof } });
    expect(paid.order.state).toBe('paid');
    const again = await browser.ask('POST', `/api/orders/${dear}/pay`, { card_id: debit, proof });
    expect(told(again)).toEqual([403, 'step_up_invalid']);
  });

  test('an order’s link that is nearly right is no order', async () => {
    const order = await shop.order(shop.freshNo(), 100);
    const token = String(order['web_url']).slice(`${server.url}/pay/`.length);
    const last = token.at(-1) === 'A' ? 'B' : 'A';
    for (const guess of [token.slice(0, -1) + last, token.toLowerCase(), 'A'.repeat(27), 'x', '..%2f..%2fapi%2fme'])
      expect([400, 404]).toContain((await browser.ask('GET', `/api/orders/${guess}`)).status);
  });
});

describe('a receive code', () => {
  test('is made by the wallet alone: any letter changed, cut or put in, and it is nobody’s', async () => {
    const { text } = await browser.call('POST /api/receive-codes', { body: { amount: CNY(1), note: '午饭' } });
    const code = text.slice(`${server.url}/t/`.length);
    const payer = await server.signUp('13500000004');
    const quoteTo = (said: string) =>
      payer.ask('POST', '/api/quotes', {
        kind: 'transfer',
        from_card_ids: null,
        payee: { kind: 'code', code: said },
        amount: CNY(1),
        arrival: 'instant',
        note: '',
      });
    for (let at = 0; at < code.length; at += 7) {
      const forged = code.slice(0, at) + (code[at] === 'A' ? 'B' : 'A') + code.slice(at + 1);
      expect(told(await quoteTo(forged)), forged).toEqual([404, 'not_found']);
    }
    expect(told(await quoteTo(code))).toEqual([409, 'card_not_usable']); // a right one: this payer has no card
  });

  test.each(['\u202e001 ¥', 'a\u2066b', 'a\u200bb', 'a\ufeff\u200eb'])(
    'carries no marks that show a text otherwise than it is: %j',
    async (note) => {
      const reply = await browser.ask('POST', '/api/receive-codes', { amount: null, note });
      expect([...told(reply), reply.json.param]).toEqual([400, 'invalid_request', 'note']);
    },
  );
});

describe('whoever lies about where they are', () => {
  test('is counted by where the connection comes from, when no proxy is trusted', async () => {
    const ask = (at: number) =>
      server.browser().ask(
        'POST',
        '/api/sign-in/passkey/options',
        {},
        {
          'x-forwarded-for': `203.0.113.${at}`,
          'x-real-ip': `203.0.113.${at}`,
          forwarded: `for=203.0.113.${at}`,
        },
      );
    const replies = await Promise.all(Array.from({ length: 40 }, (_, at) => ask(at)));
    expect(replies.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  });

  test('by a host that is not ours is told nothing of it', async () => {
    const heard = await new Promise<string>((resolve, reject) => {
      const at = new URL(server.url);
      const socket = connectSocket(Number(at.port), '127.0.0.1', () =>
        socket.write('GET /.well-known/open-wallet HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
      );
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString('utf8')));
      socket.on('end', () => resolve(text)).on('error', reject);
    });
    expect(heard).toContain(server.url);
    expect(heard).not.toContain('evil');
  });
});

describe('two requests in one', () => {
  const POST =
    'POST /api/sign-out HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Hutong-App: 1\r\n';
  test.each([
    ['a length and chunks', `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x`],
    ['two lengths', `${POST}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}GET /healthz HTTP/1.1\r\n\r\n`],
    ['a length with a sign', `${POST}Content-Length: +2\r\n\r\n{}`],
    ['chunks in a word of its own', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['a header that a line begins with a blank', `${POST}X-A: b\r\n Content-Length: 2\r\n\r\n{}`],
    ['a bare line feed', 'GET /healthz HTTP/1.1\nHost: a\nX: y\n\n'],
  ])('by %s are refused, and the connection ends', async (_what, bytes) => {
    const heard = await new Promise<string>((resolve) => {
      const socket = connectSocket(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString('utf8')));
      socket.on('close', () => resolve(text)).on('error', () => resolve(text));
      setTimeout(() => socket.destroy(), 3000).unref();
    });
    expect(heard.match(/HTTP\/1\.1 \d+/g) ?? []).toEqual(['HTTP/1.1 400']);
    expect(heard).not.toMatch(/\bat .*\.ts:\d|node:internal/);
  });
});

test('nothing of all this was our own fault', () => {
  expect(server.errors).toEqual([]);
});
