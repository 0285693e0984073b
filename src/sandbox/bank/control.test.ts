import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import type { BankSandbox } from './bank.ts';
import { NOON, startTestBanks, TestMember } from './test-member.ts';

const clock = new ManualClock(NOON);
let sandbox: BankSandbox;

beforeAll(async () => {
  sandbox = await startTestBanks({ clock, withPeople: true });
});
afterAll(() => sandbox.stop());

interface Reply {
  status: number;
  // Whatever it is: the tests look at it.
  body: { [name: string]: unknown; data?: { [name: string]: unknown }[] };
}

async function call(path: string, body?: object, method = body === undefined ? 'GET' : 'POST'): Promise<Reply> {
  const reply = await fetch(`${sandbox.controlUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, body: JSON.parse(text) };
}

function callAs(headers: Record<string, string>, path: string, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: new URL(sandbox.url).port, path, method, headers };
    request(options, (reply) => {
      reply.resume();
      resolve(reply.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('the control', () => {
  test('makes a person with cards and tells everything a wallet asks for', async () => {
    const bill = { amount_fen: '5000', minimum_fen: '500', due_day: '2026-12-03', billed_day: '2026-11-15' };
    const made = await call('/people', {
      name: '赵一',
      phone: '13900000001',
      id_number: '110000199001011233',
      cards: [
        { bank: 'CMB', kind: 'debit', balance_fen: '123456', pin: '246810' },
        { bank: 'ICBC', kind: 'credit', credit_fen: '100000', owed_fen: '9000', bill },
      ],
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      person: { name: '赵一', phone: '13900000001', id_number: '110000199001011233' },
      cards: [
        { bank: 'CMB', institution: '03080000', ledger_fen: '123456', available_fen: '123456', pin: '246810' },
        { bank: 'ICBC', ledger_fen: '-9000', available_fen: '91000', bill },
      ],
    });
    expect((await call('/people')).body.data).toHaveLength(6);
  });

  test('stops a card, and tells of one that is not there', async () => {
    const number = sandbox.people()[0]?.cards[0]?.number ?? '';
    expect((await call(`/cards/${number}`, { status: 'lost' })).body).toMatchObject({ status: 'lost' });
    expect((await call(`/cards/${number}`)).body).toMatchObject({ status: 'lost' });
    await call(`/cards/${number}`, { status: 'active' });
    expect((await call('/cards/6222020000000000000')).status).toBe(409);
  });

  test.each<[string, string, object]>([
    [
      'a bank that is none',
      '/people',
      { name: '赵一', phone: '13900000002', cards: [{ bank: 'NONE', kind: 'debit' }] },
    ],
    [
      'a negative amount',
      '/people',
      { name: '赵', phone: '13900000002', cards: [{ bank: 'CMB', kind: 'debit', balance_fen: '-1' }] },
    ],
    [
      'an amount as a number',
      '/people',
      { name: '赵', phone: '13900000002', cards: [{ bank: 'CMB', kind: 'debit', balance_fen: 1 }] },
    ],
    ['a status that is none', '/cards/1', { status: 'fine' }],
    ['a fault that is none', '/faults', { kind: 'fire' }],
    ['a fault for an operation that is none', '/faults', { kind: 'late', operation: 'sing' }],
    ['a fault that strikes no times', '/faults', { kind: 'late', times: 0 }],
    ['a field that it does not know', '/faults', { kind: 'late', colour: 'red' }],
    ['an algorithm that is none', '/members', { institution: '48490002', name: 'x', algorithm: 'rot13' }],
  ])('refuses %s', async (_what, path, body) => {
    expect((await call(path, body)).status).toBe(400);
  });

  test.each<[string, string, object]>([
    ['a phone that is none', '/people', { name: '赵一', phone: '1', cards: [] }],
    ['a member twice', '/members', { institution: '48490000', name: 'x' }],
    ['a member with letters', '/members', { institution: 'abc', name: 'x' }],
  ])('cannot do %s', async (_what, path, body) => {
    expect((await call(path, body)).status).toBe(409);
  });

  test('sets, lists and clears faults, up to a hundred', async () => {
    const fault = { kind: 'decline', value: '51', bank: 'CMB', operation: 'transfer_out', times: 2 };
    expect((await call('/faults', fault)).body.data).toEqual([fault]);
    for (let count = 1; count < 100; count++) sandbox.setFault({ kind: 'late', card: '0000' });
    expect((await call('/faults', fault)).status).toBe(409);
    expect((await call('/faults', undefined, 'DELETE')).body.data).toEqual([]);
    expect(sandbox.faults()).toEqual([]);
  });

  test('tells of books, totals, links, members and messages, with no whole card number among them', async () => {
    const member = await new TestMember(sandbox.memberSettings, clock).signOn();
    const [card] = sandbox.people()[0]?.cards ?? [];
    if (card === undefined) throw new Error('a card');
    expect(await member.code(member.purchase(card.number, 700n))).toBe('00');
    const books = await call(`/banks/${card.bank}/books`);
    expect(books.body).toMatchObject({ is_balanced: true });
    expect((await call('/banks/NONE/books')).status).toBe(409);
    const totals = await call('/totals?institution=48490000');
    expect(totals.body).toMatchObject({
      is_balanced: true,
      data: [{ bank: card.bank, debits: 1, debit_fen: '700', net_fen: '700', day: '2026-11-23' }],
    });
    expect((await call('/totals?institution=00000000')).body.data).toEqual([]);
    expect((await call('/links')).body.data).toEqual([{ institution: '48490000', is_signed_on: true }]);
    const messages = await call('/messages');
    expect(JSON.stringify(messages.body)).toContain(card.number.slice(-4));
    expect(JSON.stringify(messages.body)).not.toContain(card.number);
    const other = await call('/members', { institution: '48490002', name: '另一家', algorithm: 'sm4' });
    expect(other.body).toMatchObject({ institution: '48490002', algorithm: 'sm4', port: sandbox.port });
    expect((await call('/members')).body.data).toHaveLength(2);
    member.close();
  });

  test('closes the day', async () => {
    expect((await call('/day')).body).toEqual({ settlement_day: '2026-11-23' });
    expect((await call('/day', undefined, 'POST')).body).toEqual({ settlement_day: '2026-11-24' });
    expect((await call('/totals')).body).toMatchObject({ is_balanced: true });
  });

  test.each<[string, Record<string, string>]>([
    ['another name of this machine', { host: 'evil.example' }],
    ['a page of another site', { origin: 'https://evil.example' }],
  ])('is closed to %s, and so are pages and files', async (_what, headers) => {
    for (const path of ['/sandbox/people', '/', '/switch', '/files/48490000/20261123/COM']) {
      expect(await callAs(headers, path)).toBe(403);
    }
    expect(await callAs(headers, '/sandbox/faults', 'DELETE')).toBe(403);
    expect(await callAs(headers, '/switch/day', 'POST')).toBe(403);
  });
});

describe('the pages', () => {
  async function page(path: string): Promise<{ status: number; text: string }> {
    const reply = await fetch(`${sandbox.url}${path}`);
    return { status: reply.status, text: await reply.text() };
  }

  test('show every person with what a wallet asks for, in both languages', async () => {
    const zh = await page('/');
    for (const { person, cards } of sandbox.people()) {
      for (const text of [person.name, person.idNumber, person.phone]) expect(zh.text).toContain(`data-copy="${text}"`);
      for (const { number, pin } of cards) {
        expect(zh.text).toContain(`data-copy="${number}"`);
        expect(zh.text).toContain(`data-copy="${pin}"`);
      }
    }
    expect(zh.text).toContain('模拟器');
    const en = await page('/?lang=en');
    expect(en.text).toContain('lang="en"');
    expect(en.text).toContain('Bill');
  });

  test('show a bank’s books and the switch', async () => {
    const bank = await page('/banks/ICBC?lang=en');
    expect(bank.text).toContain('Books balance');
    expect(bank.text).toContain('purchase');
    for (const { cards } of sandbox.people()) for (const { number } of cards) expect(bank.text).not.toContain(number);
    const middle = await page('/switch?lang=en');
    expect(middle.text).toContain('2026-11-24');
    expect(middle.text).toContain('0200 000000');
  });

  test('that are not there say so', async () => {
    for (const path of ['/banks/NONE', '/nowhere', '/banks/ICBC/x']) expect((await page(path)).status).toBe(404);
  });

  test('show what people are called as text only', async () => {
    sandbox.addPerson({ name: '<script>alert(1)</script>', phone: '13900000003', cards: [] });
    expect((await page('/')).text).not.toContain('<script>alert');
  });

  test('close the day by a button', async () => {
    const before = sandbox.settlementDay();
    const reply = await fetch(`${sandbox.url}/switch/day`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ lang: 'en' }),
    });
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/switch?lang=en']);
    expect(sandbox.settlementDay() > before).toBe(true);
  });
});
