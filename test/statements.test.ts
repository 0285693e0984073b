import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import { BOOK } from '../src/hutong.ts';
import { BREAK_KINDS, BREAK_MOVES, STATEMENT_MOVES } from '../src/settlement/statement.ts';
import { codeIn, codesIn, namesUnder, read, tableUnder } from './doc-pages.ts';
import { fieldsOfReply } from './openapi-shape.ts';
import { callApi, eventually, startTestServer, type TestServer } from './server.ts';

/* A whole server and the UnionPay simulator: a day of payments, its bill the next morning, and the API on top. */

const DAY = '2026-11-11';
const PAGE = read('docs/reference/statement.md');

const clock = new ManualClock(new Date('2026-11-11T02:00:00Z'));
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ clock, notifyDelaysMs: [0, 200, 400], refundDelayMs: 0 });
});
afterAll(() => server.close());

describe("UnionPay's bill of a day", () => {
  let statement: Reply;

  test('is fetched when it is there, and agrees with what was paid and refunded', async () => {
    const first = await pay('1234');
    await pay('100');
    await refund(first, '34');
    clock.advanceMs(30 * 3_600_000);
    statement = await reconciled();
    expect(statement).toMatchObject({
      object: 'statement',
      wallet: 'unionpay',
      day: DAY,
      starts_at: '2026-11-10T15:00:00.000Z',
      ends_at: '2026-11-11T15:00:00.000Z',
      source: 'bill',
      theirs: { payments_count: 2, payments_minor: '1334', refunds_count: 1, refunds_minor: '34' },
      ours: { payments_count: 2, payments_minor: '1334', refunds_count: 1, refunds_minor: '34' },
      booked: { payments_count: 2, payments_minor: '1334', refunds_count: 1, refunds_minor: '34' },
      matched_count: 3,
      breaks: { open: 0, carried: 0, left_for_operator: 0, resolved: 0 },
      file: { origin: 'fetched' },
    });
    expect((await server.call('GET', `/v1/statements/${statement.id}`)).json).toEqual(statement);
  });

  test('has the fields that its page tells', () => {
    const told = tableUnder(PAGE, 'Fields').map(([field = '']) => codeIn(field));
    const parts = /^(theirs|file)\./;
    const shown = fieldsOfReply(statement).filter((field) => !/^(theirs|ours|booked|breaks|file)\./.test(field));
    expect(told.filter((field) => !parts.test(field)).sort()).toEqual(shown);
    for (const part of ['theirs', 'file'])
      expect(told.filter((field) => field.startsWith(`${part}.`))).toEqual(
        Object.keys(statement[part]).map((field) => `${part}.${field}`),
      );
  });

  test('fetched again for a closed day changes nothing', async () => {
    const asked = await server.call('POST', '/v1/statements', { wallet_account_id: server.walletAccountId, day: DAY });
    expect(asked.status).toBe(202);
    await eventually('the look', async () => (await show(statement.id)).due_at === null);
    expect(await show(statement.id)).toEqual(statement);
    expect((await server.sql`select id from alerts`).length).toBe(0);
  });
});

describe('a payment that only UnionPay knows to be paid', () => {
  let found: Reply;

  test('is found by the bill and settled by the wallet’s signed answer', async () => {
    const id = await create('500');
    const orderNo = await start(id);
    server.unionpay.setFault({ operation: 'notify', kind: 'silent' });
    server.unionpay.setFault({ operation: 'query', kind: 'silent' });
    server.unionpay.pay(orderNo);
    clock.advanceMs(20 * 60_000);
    const day = '2026-11-12';
    clock.advanceMs(26 * 3_600_000);
    server.unionpay.clearFaults();
    await eventually('the break to be settled', async () => {
      const [statement] = (await server.call('GET', `/v1/statements?day=${day}&state=reconciled`)).json.data;
      if (statement === undefined) return null;
      const { json } = await server.call('GET', `/v1/statements/${statement.id}/breaks`);
      [found] = json.data;
      return found === undefined || found['state'] === 'resolved';
    });
    const payment = (await server.call('GET', `/v1/payments/${id}`)).json;
    expect(['succeeded', 'canceled'], 'paid, or given back').toContain(payment.state);
    expect(payment.attempts[0].outcome).toBe('succeeded');
  });
});

describe('breaks', () => {
  let broken: Reply;

  test('are listed with their words, by kind and state, and a person closes them', async () => {
    const statement = (await server.call('GET', '/v1/statements?limit=1')).json.data[0];
    await server.sql`
      insert into statement_breaks (book, id, statement_id, merchant_id, wallet_account_id, kind, record, order_no, cause,
        theirs, state, created_at, leased_until)
      values (1, 'brk_01M83E1H4Q000ND8XG5P3H3Z00', ${statement.id}, ${server.merchant.id}, ${server.walletAccountId},
        'theirs_only', 'payment', 'X1', 'foreign_order_no', '{"currency":"CNY","amount_minor":"77"}'::jsonb,
        'left_for_operator', ${clock.now()}, ${clock.now()})`;
    const path = `/v1/statements/${statement.id}/breaks?kind=theirs_only&state=left_for_operator`;
    const { json } = await server.call('GET', path);
    [broken] = json.data;
    expect(broken).toMatchObject({ order_no: 'X1', explanation: { en: expect.stringContaining('¥0.77') } });
    expect(fieldsOfReply(broken).filter((field) => !/^(theirs|explanation)\./.test(field))).toEqual(
      namesUnder(PAGE, 'Break').sort(),
    );
    const closed = await server.call('POST', `/v1/breaks/${broken.id}/resolve`, { note: '另一套系统的订单' });
    expect(closed.status, JSON.stringify(closed.json)).toBe(200);
    expect(closed.json).toMatchObject({
      state: 'resolved',
      resolution: 'closed_by_operator',
      note: '另一套系统的订单',
    });
    const again = await server.call('POST', `/v1/breaks/${broken.id}/resolve`, { note: 'again' });
    expect([again.status, again.json.code]).toEqual([409, 'break_resolved']);
  });

  test('of another merchant are not there, nor are statements', async () => {
    const other = await createMerchant(server.cashier.deps, { book: BOOK, name: '别家', livemode: false });
    const key = await createApiKey(server.cashier.deps, {
      merchantId: other.id,
      label: '',
      scopes: SCOPES,
      expiresAt: null,
    });
    const call = (method: string, path: string, body?: unknown) =>
      callApi(server.url, key.token.reveal(), method, path, body);
    const { statement_id: id } = broken;
    expect((await call('GET', '/v1/statements')).json.data).toEqual([]);
    for (const reply of [
      await call('GET', `/v1/statements/${id}`),
      await call('GET', `/v1/statements/${id}/breaks`),
      await call('POST', `/v1/breaks/${broken.id}/resolve`, { note: 'x' }),
      await call('POST', '/v1/statements', { wallet_account_id: server.walletAccountId, day: DAY }),
      await call('POST', `/v1/wallet-accounts/${server.walletAccountId}/fee`, { fee_bps: 1 }),
    ])
      expect(reply.status).toBe(404);
  });
});

test('a fee is said, and taken back', async () => {
  const path = `/v1/wallet-accounts/${server.walletAccountId}/fee`;
  for (const feeBps of [60, null])
    expect((await server.call('POST', path, { fee_bps: feeBps })).json).toEqual({
      object: 'wallet_fee',
      wallet_account_id: server.walletAccountId,
      fee_bps: feeBps,
    });
});

test.each([
  ['POST', '/v1/statements', { wallet_account_id: 'wa_1', day: DAY }],
  ['POST', '/v1/statements', { day: DAY }],
  ['POST', '/v1/statements', { wallet_account_id: null, day: '2026-02-30' }],
  ['POST', '/v1/statements', { wallet_account_id: null, day: '20261111' }],
  ['POST', '/v1/statements', { wallet_account_id: null, day: '2090-01-01' }],
  ['POST', '/v1/statements', { wallet_account_id: null, day: DAY, force: true }],
  ['GET', '/v1/statements?state=broken', undefined],
  ['GET', '/v1/statements?day=today', undefined],
  ['GET', '/v1/statements?limit=101', undefined],
  ['GET', '/v1/statements?cursor=c3RtXzE', undefined],
  ['GET', '/v1/statements/stm_1', undefined],
  ['POST', '/v1/breaks/brk_01M83E1H4Q000ND8XG5P3H3Z00/resolve', {}],
  ['POST', '/v1/breaks/brk_01M83E1H4Q000ND8XG5P3H3Z00/resolve', { note: '' }],
  ['POST', '/v1/breaks/brk_01M83E1H4Q000ND8XG5P3H3Z00/resolve', { note: 'a\u0000b' }],
])('%s %s %j is refused', async (method, path, body) => {
  const filled = body !== undefined && 'wallet_account_id' in body && body.wallet_account_id === null;
  const sent = filled ? { ...body, wallet_account_id: server.walletAccountId } : body;
  const reply = await server.call(method, path, sent);
  expect(reply.status, JSON.stringify(reply.json)).toBe(400);
});

test('the page tells the states and kinds of the code', () => {
  const movesIn = (heading: string, nth: number) =>
    Object.fromEntries(
      tableUnder(PAGE, heading, nth).map(([state = '', from = '']) => [codeIn(state), codesIn(from).sort()]),
    );
  const sorted = (moves: Record<string, readonly string[]>) =>
    Object.fromEntries(Object.entries(moves).map(([state, from]) => [state, from.toSorted()]));
  expect(movesIn('States', 0)).toEqual(sorted(STATEMENT_MOVES));
  expect(movesIn('Break', 2)).toEqual(sorted(BREAK_MOVES));
  expect(tableUnder(PAGE, 'Break', 1).map(([kind = '']) => codeIn(kind))).toEqual([...BREAK_KINDS]);
});

// What the API answers, field by field.
type Reply = ReturnType<typeof JSON.parse>;

let orders = 0;

async function create(minor: string): Promise<string> {
  orders += 1;
  const { json } = await server.call('POST', '/v1/payments', {
    order_no: `bill-${orders}`,
    amount: { currency: 'CNY', minor },
    subject: '桂花糕',
    return_url: 'https://shop.example/orders',
  });
  return json.id;
}

async function start(id: string): Promise<string> {
  const { json } = await server.call('POST', `/v1/payments/${id}/attempts`, { wallet: 'unionpay', scene: 'app' });
  return json.id.slice('att_'.length);
}

async function pay(minor: string): Promise<string> {
  const id = await create(minor);
  server.unionpay.pay(await start(id));
  await eventually(
    'the payment',
    async () => (await server.call('GET', `/v1/payments/${id}`)).json.state === 'succeeded',
  );
  return id;
}

async function refund(paymentId: string, minor: string): Promise<void> {
  const path = `/v1/payments/${paymentId}/refunds`;
  const { json } = await server.call('POST', path, { amount: { currency: 'CNY', minor } });
  await eventually('the refund', async () => {
    clock.advanceMs(1000);
    return (await server.call('GET', `/v1/refunds/${json.id}`)).json.state === 'succeeded';
  });
}

async function reconciled(): Promise<Reply> {
  const path = `/v1/statements?day=${DAY}&wallet_account_id=${server.walletAccountId}`;
  return await eventually('the bill', async () => {
    const [statement] = (await server.call('GET', path)).json.data;
    return statement?.state === 'reconciled' && statement;
  });
}

async function show(id: string): Promise<Reply> {
  return (await server.call('GET', `/v1/statements/${id}`)).json;
}
