import { Writable } from 'node:stream';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connect } from '../src/db/connect.ts';
import type { AddedPerson } from '../src/sandbox/bank/bank.ts';
import { dumpRows } from './dump-rows.ts';
import { createFinder, formsOfDigits, type Needle } from './find-bytes.ts';
import { eventually } from './server.ts';
import { type Browser, PIN, startWalletServer, type WalletTestServer } from './wallet-server.ts';
import { openShop, type TestShop } from './wallet-shop.ts';

/* People go through the wallet with its log wide open; then the database and the log are searched for everything that was secret or personal. */

let server: WalletTestServer;
let shop: TestShop;
const logged: string[] = [];
const secrets = new Map<string, string>();
/** What went to somebody who may know it; nobody else does. */
const keep = (name: string, value: string): string => {
  secrets.set(name, value);
  return value;
};

const CNY = (minor: number) => ({ currency: 'CNY' as const, minor: String(minor) });

beforeAll(async () => {
  const memory = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString('utf8'));
      done();
    },
  });
  // As main writes it, and more of it.
  const log = pino({ level: 'debug', base: null, serializers: { error: pino.stdSerializers.errWithCause } }, memory);
  server = await startWalletServer({ log, manyAddresses: true });
  shop = await openShop(server);
});
afterAll(async () => {
  await shop?.stop();
  await server?.close();
});

const people: AddedPerson[] = [];

async function makePerson(name: string, phone: string): Promise<{ browser: Browser; person: AddedPerson }> {
  const person = server.bank.addPerson({
    name,
    phone,
    cards: [
      { bank: 'ICBC', kind: 'debit', balanceFen: 90_000_000n, limits: 'none' },
      { bank: 'CMB', kind: 'debit', balanceFen: 1_000_000n, limits: 'none' },
    ],
  });
  people.push(person);
  return { browser: await server.signUp(phone), person };
}

describe('a day in the wallet', () => {
  test('goes right and wrong in every way that has something to hide', async () => {
    const { browser, person } = await makePerson('欧阳慕白', '13400000001');
    const friend = await makePerson('慕容望舒', '13400000002');
    const card = await server.bind(browser, person, 0);
    await server.bind(friend.browser, friend.person, 0);
    for (const [name, value] of browser.cookies) keep(`cookie ${name}`, value.slice(-43));

    // One tap for the other card.
    await server.hutong.sql`update user_tries set last_at = last_at - interval '2 minutes'`;
    const found = await browser.call('POST /api/one-tap', { body: { name: null, id_number: null } });
    const params = { id: found.request_id };
    let picks: string[] = [];
    const code = await server.codeTo(person.person.phone, async () => {
      const asked = { params, body: { banks: found.banks.map(({ bank }) => bank) } };
      picks = (await browser.call('POST /api/one-tap/:id/cards', asked)).cards.map(({ pick }) => pick);
    });
    await browser.call('POST /api/one-tap/:id', { params, body: { picks, code } });

    // Wrong ones: details, PIN, code, passkey.
    const wrong = { number: person.cards[1]?.number ?? '', phone: person.person.phone, name: '欧阳慕白' };
    await browser.ask('POST', '/api/bindings', { ...wrong, id_number: '11010519491231002X' });
    await browser.ask('POST', '/api/pin', { pin: PIN, old_pin: '907153' });
    const signIn = { code_id: 'x', phone: person.person.phone, code: '000000', device_name: 'x', lang: 'en' };
    await browser.ask('POST', '/api/sign-in', signIn);
    const response = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: { clientDataJSON: 'e30' } };
    const passkey = { challenge_id: 'x', response, device_name: 'x', lang: 'en' };
    await browser.ask('POST', '/api/sign-in/passkey', passkey);

    // Money to a card number, to a phone, to a shop by link and by code.
    const target = { kind: 'card', number: friend.person.cards[1]?.number ?? '', name: '慕容望舒' } as const;
    for (const [payee, amount] of [
      [target, 600_000],
      [{ kind: 'phone', phone: friend.person.person.phone } as const, 2000],
    ] as const) {
      const { quote_id } = await browser.call('POST /api/quotes', {
        body: { kind: 'transfer', from_card_ids: [card], payee, amount: CNY(amount), arrival: 'instant', note: '' },
      });
      const act = { kind: 'transfer', subject: quote_id, detail: null } as const;
      const proof = keep(`proof for ${amount}`, await browser.prove(act, person.person.phone));
      const { data } = await browser.call('POST /api/transfers', { body: { quote_id, proof } });
      await eventually('it has arrived', async () => {
        const move = await browser.call('GET /api/transfers/:id', { params: { id: data[0]?.move_id ?? '' } });
        return move.state === 'succeeded';
      });
    }
    const charged = await browser.call('POST /api/payment-codes', { body: { card_id: card } });
    keep('payment code', charged.code);
    await shop.order(shop.freshNo(), 500, { scene: 'code', payment_code: charged.code });
    await browser.call('POST /api/receive-codes', { body: { amount: CNY(1), note: '' } });
    const query = new URLSearchParams({
      merchant_no: shop.account.merchantNo,
      return_url: 'https://shop.example/back',
      state: 's',
      answer: 'allow',
    }).toString();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const granted = await browser.ask('POST', '/open-wallet/v1/authorize', query, form);
    keep('grant', new URL(granted.headers.get('location') ?? '').searchParams.get('code') ?? '');

    // A forgotten PIN, and away.
    let resetId = '';
    const reset = await server.codeTo(person.person.phone, async () => {
      const { number } = person.cards[0] ?? { number: '' };
      const { name, phone, idNumber: id_number } = person.person;
      const body = { card_number: number, name, id_number, phone };
      resetId = (await browser.call('POST /api/pin/reset', { body })).reset_id;
    });
    const pin = { code: reset, pin: '591736' };
    await browser.call('POST /api/pin/reset/:id', { params: { id: resetId }, body: pin });
    await browser.call('GET /api/history', { query: { text: '慕容' } });
    await browser.call('POST /api/sign-out-everywhere', { body: {} });
    expect(secrets.size).toBeGreaterThan(5);
  });

  test('leaves no number, name, phone, token or code in any row or line', async () => {
    const needles = people.flatMap(({ person, cards }, at): Needle[] => [
      ...cards.flatMap(({ number }, no) => formsOfDigits(`card ${at}.${no}`, number)),
      ...formsOfDigits(`phone ${at}`, person.phone),
      { name: `ID number ${at}`, bytes: Buffer.from(person.idNumber) },
      { name: `name ${at}`, bytes: Buffer.from(person.name) },
    ]);
    for (const [name, value] of secrets) needles.push({ name, bytes: Buffer.from(value) });
    const finder = createFinder(needles);
    const rows = await dumpRows(server.hutong.sql);
    const lines = Buffer.from(logged.join(''));
    expect(lines.length).toBeGreaterThan(3000);
    expect([...finder.findIn(rows)]).toEqual([]);
    expect([...finder.findIn(lines)]).toEqual([]);
    for (const digits of [PIN, '591736', '907153'])
      for (const text of [rows.toString('latin1'), lines.toString('latin1')])
        expect(text).not.toMatch(new RegExp(`[(,":=]${digits}[),"]`));
    const planted = Buffer.from(`x${people[0]?.cards[0]?.number ?? ''}y`);
    expect(finder.findIn(planted).size).toBe(1);
  });

  test('is one line of JSON for each thing in the log', () => {
    for (const line of logged.join('').trimEnd().split('\n')) expect(() => void JSON.parse(line)).not.toThrow();
  });
});

describe('addresses of one network', () => {
  test('of IPv6 ask together, and another network asks for itself', async () => {
    const ask = (address: string) =>
      server.browser().ask('POST', '/api/sign-in/passkey/options', {}, { 'x-forwarded-for': address });
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, at) => ask(`2001:db8:7:7:${at}:${at * 3}::${at.toString(16)}`)),
    );
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(10);
    expect((await ask('2001:db8:7:8::1')).status).toBe(200);
  });
});

describe('while the database is away', () => {
  const name = () => new URL(server.databaseUrl).pathname.slice(1);
  const asAdmin = async (isAway: boolean): Promise<void> => {
    const admin = connect(inject('databaseUrl'), { connectionsMax: 1, applicationName: 'test' });
    await admin`alter database ${admin(name())} with allow_connections ${admin.unsafe(isAway ? 'false' : 'true')}`;
    if (isAway) await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name()}`;
    await admin.end({ timeout: 5 });
  };

  test('nobody hears of hosts, queries or stacks, and afterwards it goes on', async () => {
    const browser = await server.signUp('13400000003');
    await asAdmin(true);
    try {
      for (const [method, path, body] of [
        ['GET', '/api/me'],
        ['GET', '/api/cards'],
        ['GET', '/api/balances'],
        ['GET', '/api/history'],
        ['GET', '/api/limits'],
        ['POST', '/api/sign-in/code', { phone: '13400000004', lang: 'en' }],
        ['POST', '/api/proofs', { kind: 'add_passkey', subject: 'x', detail: null }],
        ['POST', '/api/sign-out', {}],
        ['GET', '/open-wallet/v1/orders/ABCDEFGH1'],
        ['GET', `/open-wallet/v1/authorize?merchant_no=${shop.account.merchantNo}&return_url=https://shop.example`],
        ['GET', '/healthz'],
      ] as const) {
        const reply = await browser.ask(method, path, body);
        expect([path, path.startsWith('/open-wallet/v1/orders') ? 503 : reply.status]).toEqual([path, 503]);
        expect(reply.text).not.toMatch(/\bat .*\.ts:\d|node_modules|select |postgres|127\.0\.0\.1|ECONN|hutong_test/i);
        expect(reply.headers.get('cache-control')).toBe('no-store');
      }
    } finally {
      await asAdmin(false);
    }
    await eventually('it is back', async () => (await browser.ask('GET', '/api/me')).status === 200);
  });
});
