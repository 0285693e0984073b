import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemRandom } from '../src/base/random.ts';
import { openEar } from '../src/cli/wallet-check/notification-ear.ts';
import { runCheck } from '../src/cli/wallet-check/run-check.ts';
import { createSend } from '../src/net/send.ts';
import type { Api } from '../src/app/api.ts';
import type { AddedPerson } from '../src/sandbox/bank/bank.ts';
import { LeapingClock } from './kill/leaping-clock.ts';
import { eventually } from './server.ts';
import { type Browser, startWalletServer, type WalletTestServer } from './wallet-server.ts';
import { openShop, type TestShop } from './wallet-shop.ts';

/* A person's whole way through the wallet over its HTTP door, with the pretend banks behind the real rail. */

const clock = new LeapingClock(0);
let server: WalletTestServer;
let shop: TestShop;
let person: AddedPerson;
let browser: Browser;
let debit = '';
let second = '';
let credit = '';

/** A figure is entered before it holds. */
const FIGURES_AHEAD_MS = 60_000;

const CNY = (minor: number) => ({ currency: 'CNY' as const, minor: String(minor) });

beforeAll(async () => {
  server = await startWalletServer({ clock });
  shop = await openShop(server, () => clock.now());
  person = server.bank.addPerson({
    name: '陈小满',
    phone: '13700000001',
    cards: [
      { bank: 'ICBC', kind: 'debit', balanceFen: 50_000_000n, limits: 'none' },
      { bank: 'CMB', kind: 'debit', balanceFen: 1_000_000n, limits: 'none' },
      {
        bank: 'BOC',
        kind: 'credit',
        owedFen: 96_000n,
        bill: { amountFen: 96_000n, minimumFen: 9600n, billedDay: '2026-11-20', dueDay: '2026-12-10' },
      },
    ],
  });
});
afterAll(async () => {
  await shop.stop();
  await server.close();
});

async function move(id: string): Promise<Api['GET /api/transfers/:id']['reply']> {
  return await eventually('the move has ended', async () => {
    const told = await browser.call('GET /api/transfers/:id', { params: { id } });
    return ['succeeded', 'failed', 'canceled'].includes(told.state) ? told : null;
  });
}

async function transfer(
  kind: 'transfer' | 'repayment',
  to: string,
  minor: number,
  from = debit,
): Promise<Api['POST /api/transfers']['reply']['data']> {
  const quote = await browser.call('POST /api/quotes', {
    body: {
      kind,
      from_card_ids: [from],
      payee: { kind: 'own_card', card_id: to },
      amount: CNY(minor),
      arrival: 'instant',
      note: '给自己',
    },
  });
  expect(quote.fee).toEqual(CNY(0));
  const proof = await browser.prove({ kind, subject: quote.quote_id, detail: null }, person.person.phone);
  return (await browser.call('POST /api/transfers', { body: { quote_id: quote.quote_id, proof } })).data;
}

describe('a person', () => {
  test('signs up, sets a PIN and is told who they are', async () => {
    browser = await server.signUp(person.person.phone);
    const me = await browser.call('GET /api/me');
    expect(me).toMatchObject({ phone_masked: '137****0001', name_masked: null, has_pin: true, device_is_new: false });
    expect(me.sandbox_phone_url).toBe(server.phone.url);
  });

  test('sees what a number is before it is bound, and which banks there are', async () => {
    const number = person.cards[0]?.number ?? '';
    const found = await browser.call('POST /api/cards/look-up', { body: { number } });
    expect(found).toMatchObject({ bank: 'ICBC', kind: 'debit', takes_part: true });
    expect(await browser.call('POST /api/cards/look-up', { body: { number: '1234' } })).toEqual({ bank: null });
    const { data } = await browser.call('GET /api/banks');
    expect(data.find(({ bank }) => bank === 'CMB')?.bank_name).toEqual({
      'zh-CN': '招商银行',
      en: 'China Merchants Bank',
    });
  });

  test('binds three cards of three banks, names one and makes one the default', async () => {
    debit = await server.bind(browser, person, 0);
    second = await server.bind(browser, person, 1);
    credit = await server.bind(browser, person, 2);
    const params = { id: second };
    const body = { alias: '工资卡', is_default: true } as const;
    expect(await browser.call('PATCH /api/cards/:id', { params, body })).toMatchObject({
      alias: '工资卡',
      is_default: true,
    });
    const { data } = await browser.call('GET /api/cards');
    expect(data.map(({ bank }) => bank).sort()).toEqual(['BOC', 'CMB', 'ICBC']);
    expect(JSON.stringify(data)).not.toContain(person.cards[0]?.number);
    expect((await browser.call('GET /api/me')).name_masked).toBe('**满');
  });

  test('sees every balance, a line for each bank as it answers', async () => {
    const reply = await browser.ask('GET', '/api/balances?fresh=true');
    expect(reply.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const lines = reply.text
      .trim()
      .split('\n')
      .map((line): Api['GET /api/balances']['reply'] => JSON.parse(line));
    expect(lines).toHaveLength(3);
    const of = (id: string) => lines.find(({ card_id }) => card_id === id);
    expect(of(debit)).toMatchObject({ state: 'answered', available: CNY(50_000_000) });
    expect(of(credit)?.bill).toMatchObject({ amount: CNY(96_000), minimum: CNY(9600), due_day: '2026-12-10' });
  });

  test('moves money from bank to bank and repays a card, and the banks agree to the fen', async () => {
    const [moved] = await transfer('transfer', second, 123_456);
    expect(await move(moved?.move_id ?? '')).toMatchObject({ state: 'succeeded', amount: CNY(123_456) });
    expect(server.bank.balanceOf(person.cards[1]?.number ?? '')).toBe(1_123_456n);
    const [repaid] = await transfer('repayment', credit, 96_000);
    expect((await move(repaid?.move_id ?? '')).state).toBe('succeeded');
    expect(server.bank.balanceOf(person.cards[2]?.number ?? '')).toBe(0n);
    expect(server.bank.isBalanced()).toBe(true);
  });

  test('needs a proof for a large one, and one that was made for another amount does not do', async () => {
    const quoteOf = (minor: number) =>
      browser.call('POST /api/quotes', {
        body: {
          kind: 'transfer',
          from_card_ids: [debit],
          payee: { kind: 'own_card', card_id: second },
          amount: CNY(minor),
          arrival: 'instant',
          note: '',
        },
      });
    const [small, large] = [await quoteOf(1000), await quoteOf(1_000_000)];
    const act = { kind: 'transfer', subject: small.quote_id, detail: null } as const;
    const proof = await browser.prove(act, person.person.phone);
    const none = await browser.ask('POST', '/api/transfers', { quote_id: large.quote_id, proof: null });
    expect([none.status, none.json.code]).toEqual([403, 'step_up_required']);
    const wrong = await browser.ask('POST', '/api/transfers', { quote_id: large.quote_id, proof });
    expect([wrong.status, wrong.json.code]).toEqual([403, 'step_up_invalid']);
    expect(server.bank.balanceOf(person.cards[1]?.number ?? '')).toBe(1_123_456n);
  });

  test('asked twice with one key is asked once', async () => {
    const quote = await browser.call('POST /api/quotes', {
      body: {
        kind: 'transfer',
        from_card_ids: [debit],
        payee: { kind: 'own_card', card_id: second },
        amount: CNY(100),
        arrival: 'instant',
        note: '',
      },
    });
    const body = { quote_id: quote.quote_id, proof: null };
    const key = { 'idempotency-key': 'the-same-key-for-both' };
    const all = await Promise.all(Array.from({ length: 5 }, () => browser.ask('POST', '/api/transfers', body, key)));
    const ids = new Set(all.filter(({ status }) => status === 200).map(({ json }) => json.data[0].move_id));
    expect(ids.size).toBe(1);
    await move([...ids][0] ?? '');
    expect(server.bank.balanceOf(person.cards[1]?.number ?? '')).toBe(1_123_556n);
    const missing = await browser.ask('POST', '/api/transfers', body, { 'idempotency-key': '' });
    expect([missing.status, missing.json.code]).toEqual([400, 'idempotency_key_missing']);
  });

  test('sees the history, and saves it in three forms', async () => {
    const { data } = await browser.call('GET /api/history', { query: { kind: 'repayment' } });
    expect(data).toMatchObject([{ kind: 'repayment', state: 'succeeded', to: { bank: 'BOC' } }]);
    const month = data[0]?.created_at.slice(0, 7) ?? '';
    const query = (format: string) => `/api/history/export?format=${format}&from=${month}-01&to=${month}-28`;
    const csv = await browser.ask('GET', query('csv').replace('-28', '-30'));
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="hutong-[\d-]+\.csv"$/);
    expect(csv.text.split('\n').filter((line) => line.includes('BOC')).length).toBeGreaterThan(0);
    expect((await browser.ask('GET', query('ofx').replace('-28', '-30'))).text).toContain('<OFX>');
    expect((await browser.ask('GET', query('beancount').replace('-28', '-30'))).text).toContain('operating_currency');
    const wrong = await browser.ask('GET', '/api/history/export?format=csv&from=2026-02-30&to=2026-03-01');
    expect(wrong.status).toBe(400);
  });

  test('lowers a limit at once, and raises it only with a strong proof and after a day', async () => {
    const { data } = await browser.call('GET /api/limits');
    const line = data.find(({ rule, card_id }) => rule === 'transfer_user_day' && card_id === null);
    expect(BigInt(line?.used ?? '0')).toBeGreaterThan(0n);
    const lower = { rule: 'transfer_user_day', card_id: null, max: '500000', proof: null };
    const lowered = await browser.call('PUT /api/limits', { body: lower });
    expect(lowered.data.find(({ rule }) => rule === 'transfer_user_day')).toMatchObject({
      max: '500000',
      set_by: 'holder',
    });
    const higher = { ...lower, max: '600000' };
    const refused = await browser.ask('PUT', '/api/limits', higher);
    expect([refused.status, refused.json.code]).toEqual([403, 'step_up_required']);
    const act = { kind: 'raise_limit', subject: 'transfer_user_day', detail: '600000' } as const;
    const proof = await browser.prove(act, person.person.phone);
    const raised = await browser.call('PUT /api/limits', { body: { ...higher, proof } });
    expect(Date.parse(raised.counts_from) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(raised.data.find(({ rule }) => rule === 'transfer_user_day')?.max).toBe('500000');
  });
});

describe('a shop of the wallet', () => {
  test('is paid by its link over the rail, told so, and refunds to the card', async () => {
    const no = shop.freshNo();
    const order = await shop.order(no, 1234);
    expect(order).toMatchObject({ state: 'open' });
    const token = String(order['web_url']).slice(`${server.url}/pay/`.length);
    const scanned = await browser.call('POST /api/scans', { body: { text: String(order['qr_text']) } });
    expect(scanned).toEqual({ kind: 'order', token });
    const proof = await browser.prove({ kind: 'purchase', subject: token, detail: debit }, person.person.phone);
    const before = server.bank.balanceOf(person.cards[0]?.number ?? '');
    const params = { token };
    const paid = await browser.call('POST /api/orders/:token/pay', { params, body: { card_id: debit, proof } });
    expect(paid.order.state).toBe('paid');
    expect(paid.move).toMatchObject({ kind: 'purchase', amount: CNY(-1234), shop_name: '测试茶馆', to: null });
    expect(server.bank.balanceOf(person.cards[0]?.number ?? '')).toBe(before - 1234n);
    await eventually('the shop is told', async () => shop.heard(no).length > 0);
    expect((await shop.refund(no, 34))['state']).toBe('succeeded');
    expect(server.bank.balanceOf(person.cards[0]?.number ?? '')).toBe(before - 1200n);
  });

  test('charges a payment code, and its owner hears of it', async () => {
    const { code } = await browser.call('POST /api/payment-codes', { body: { card_id: second } });
    const no = shop.freshNo();
    expect(await shop.order(no, 500, { scene: 'code', payment_code: code })).toMatchObject({ state: 'paid' });
    const { data } = await browser.call('GET /api/code-orders');
    expect(data[0]).toMatchObject({ state: 'paid', shop_name: '测试茶馆', amount: CNY(500) });
    expect(await shop.undo(no, 500)).toMatchObject({ state: 'undone' });
    expect(server.bank.isBalanced()).toBe(true);
  });

  test('gets nothing from a card without money, and the order stays open', async () => {
    const order = await shop.order(shop.freshNo(), 900_000);
    const token = String(order['web_url']).slice(`${server.url}/pay/`.length);
    const poor = server.bank.addPerson({
      name: '没有钱',
      phone: '13700000009',
      cards: [{ bank: 'ABC', kind: 'debit' }],
    });
    const other = await server.signUp(poor.person.phone);
    const card = await server.bind(other, poor);
    const proof = await other.prove({ kind: 'purchase', subject: token, detail: card }, poor.person.phone);
    const params = { token };
    const tried = await other.call('POST /api/orders/:token/pay', { params, body: { card_id: card, proof } });
    expect(tried.order).toMatchObject({ state: 'open', failure: 'insufficient_funds', is_paying: false });
  });
});

test('a receive code tells neither phone nor name, and pays the person who made it', async () => {
  const friend = server.bank.addPerson({
    name: '林知夏',
    phone: '13700000005',
    cards: [{ bank: 'CCB', kind: 'debit', balanceFen: 0n, limits: 'none' }],
  });
  const other = await server.signUp(friend.person.phone);
  await server.bind(other, friend);
  const { text } = await other.call('POST /api/receive-codes', { body: { amount: CNY(2500), note: '午饭' } });
  expect(text).not.toContain(friend.person.phone);
  const scanned = await browser.call('POST /api/scans', { body: { text } });
  if (scanned.kind !== 'person') throw new Error(`scanned as ${scanned.kind}`);
  expect(scanned).toMatchObject({ name_masked: '**夏', amount: CNY(2500), note: '午饭' });
  expect(JSON.stringify(scanned)).not.toContain(friend.person.phone);
  const quote = await browser.call('POST /api/quotes', {
    body: {
      kind: 'transfer',
      from_card_ids: [debit],
      payee: scanned.payee,
      amount: CNY(2500),
      arrival: 'instant',
      note: '午饭',
    },
  });
  const proof = await browser.prove({ kind: 'transfer', subject: quote.quote_id, detail: null }, person.person.phone);
  const { data } = await browser.call('POST /api/transfers', { body: { quote_id: quote.quote_id, proof } });
  expect((await move(data[0]?.move_id ?? '')).state).toBe('succeeded');
  expect(server.bank.balanceOf(friend.cards[0]?.number ?? '')).toBe(2500n);
  for (const wrong of [`${text}x`, text.slice(0, -2), `${server.url}/t/v1.0.x`, 'https://evil.example/t/1', 'hello'])
    expect(await browser.call('POST /api/scans', { body: { text: wrong } })).toEqual({ kind: 'unknown' });
});

test('a person signs out everywhere, and no cookie of before is anything any more', async () => {
  const kept = new Map(browser.cookies);
  await browser.call('POST /api/sign-out-everywhere', { body: {} });
  expect(browser.cookies.has('__Host-hutong')).toBe(false);
  browser.cookies.clear();
  for (const [name, value] of kept) browser.cookies.set(name, value);
  const reply = await browser.ask('GET', '/api/me');
  expect([reply.status, reply.json.code]).toEqual([401, 'signed_out']);
});

test('the wallet keeps every rule of `hutong wallet check` with the real rail behind it', async () => {
  // The checks pay a million at once, which no person may.
  const validFrom = new Date(clock.now().getTime() + FIGURES_AHEAD_MS);
  for (const rule of ['purchase_a_payment', 'purchase_a_user_day']) {
    const figure = { bank: null, accountClass: null, setBy: 'hutong', min: 0n, max: 999_999_999_999n } as const;
    await server.wallet.limits.setLimitRow({ rule, ...figure, source: 'the checks of a test', validFrom, by: 'test' });
  }
  clock.leap(FIGURES_AHEAD_MS);
  const ear = await openEar({ port: 0, publicUrl: null, now: () => clock.now() });
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 1000, idleTimeoutMs: 4000 });
  const results = await runCheck(
    {
      send: (request) => sender.send(request),
      clock,
      random: systemRandom,
      ear,
      account: shop.account,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      ask: () => undefined,
      onResult: () => undefined,
    },
    server.url.replace('localhost', '127.0.0.1'),
  );
  await sender.destroy();
  await ear.stop();
  expect(results.filter(({ result }) => result !== 'passed')).toEqual([]);
});

test('nothing of all this was our own fault', () => {
  expect(server.errors).toEqual([]);
});
