import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  Hutong,
  HutongAuthenticationError,
  HutongConflictError,
  HutongConnectionError,
  HutongInvalidRequestError,
  HutongNotFoundError,
  type HutongOptions,
  HutongRateLimitError,
  HutongServerError,
} from './src/index.ts';

interface Seen {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | 'break off' | 'be silent';

let url = '';
let seen: Seen[] = [];
let answers: Answer[] = [];
let close = () => {};

beforeEach(async () => {
  [seen, answers] = [[], []];
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  url = `http://127.0.0.1:${address.port}`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => close());

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
  const answer = answers.shift() ?? { status: 200, body: {} };
  if (answer === 'break off') response.destroy();
  else if (answer !== 'be silent') {
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
  }
}

function client(options: Partial<HutongOptions> = {}): Hutong {
  return new Hutong({ baseUrl: url, apiKey: 'hk_test_key', ...options });
}

function problem(status: number, code: string, rest: object = {}): Answer {
  const body = { type: `https://x/${code}`, title: 'No', status, detail: 'It does not go.', code, retryable: false };
  return { status, body: { ...body, request_id: 'req_1', ...rest }, headers: { 'retry-after': '0' } };
}

const tea = {
  order_no: 'A-1',
  amount: { currency: 'CNY', minor: 1234n },
  subject: '一杯茶',
  return_url: 'https://shop.example/back',
};

describe('a call', () => {
  test('goes over the wire as the API documents it', async () => {
    answers = [{ status: 201, body: { id: 'pay_1', amount: { currency: 'CNY', minor: '1234' } } }];
    const payment = await client().payments.create({ ...tea, metadata: { a: 'b' } });
    expect(payment.amount).toEqual({ currency: 'CNY', minor: 1234n });
    const [request] = seen;
    expect(request).toMatchObject({ method: 'POST', path: '/v1/payments' });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer hk_test_key',
      'content-type': 'application/json',
      accept: 'application/json',
      'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      ...tea,
      amount: { currency: 'CNY', minor: '1234' },
      metadata: { a: 'b' },
    });
  });

  test.each<[string, string, (hutong: Hutong) => Promise<unknown>]>([
    ['GET', '/v1/payments/pay_1', (h) => h.payments.get('pay_1')],
    ['POST', '/v1/payments/pay_1/cancel', (h) => h.payments.cancel('pay_1')],
    [
      'POST',
      '/v1/payments/pay_1/attempts',
      (h) => h.payments.attempts.create('pay_1', { wallet: 'unionpay', scene: 'wap' }),
    ],
    ['POST', '/v1/payments/pay_1/refunds', (h) => h.refunds.create('pay_1', { amount: tea.amount })],
    ['GET', '/v1/refunds/rf_1', (h) => h.refunds.get('rf_1')],
    ['GET', '/v1/refunds?payment_id=pay_1', (h) => h.refunds.list({ payment_id: 'pay_1' }).page()],
    ['GET', '/v1/payments?order_no=A%2F1&limit=5', (h) => h.payments.list({ order_no: 'A/1', limit: 5 }).page()],
    ['POST', '/v1/webhook-endpoints', (h) => h.webhookEndpoints.create({ url: 'https://shop.example/' })],
    ['GET', '/v1/webhook-endpoints', (h) => h.webhookEndpoints.list().page()],
    ['GET', '/v1/webhook-endpoints/we_1', (h) => h.webhookEndpoints.get('we_1')],
    ['DELETE', '/v1/webhook-endpoints/we_1', (h) => h.webhookEndpoints.delete('we_1')],
    ['POST', '/v1/webhook-endpoints/we_1/enable', (h) => h.webhookEndpoints.enable('we_1')],
    [
      'POST',
      '/v1/webhook-endpoints/we_1/rotate-secret',
      (h) => h.webhookEndpoints.rotateSecret('we_1', { overlap_seconds: 60 }),
    ],
    ['GET', '/v1/events/evt_1', (h) => h.events.get('evt_1')],
    ['GET', '/v1/events?type=refund.failed', (h) => h.events.list({ type: 'refund.failed' }).page()],
    ['GET', '/v1/webhook-deliveries?state=parked', (h) => h.webhookDeliveries.list({ state: 'parked' }).page()],
    ['POST', '/v1/webhook-deliveries/wd_1/replay', (h) => h.webhookDeliveries.replay('wd_1')],
    ['POST', '/v1/wallet-accounts', (h) => h.walletAccounts.create({ wallet: 'unionpay', settings: {} })],
    ['GET', '/v1/wallet-accounts', (h) => h.walletAccounts.list().page()],
    ['GET', '/v1/wallet-accounts/wa_1', (h) => h.walletAccounts.get('wa_1')],
    ['PATCH', '/v1/wallet-accounts/wa_1', (h) => h.walletAccounts.change('wa_1', { enabled: false })],
    ['POST', '/v1/wallet-accounts/wa_1/rotate', (h) => h.walletAccounts.rotate('wa_1', { settings: {} })],
    ['POST', '/v1/wallet-accounts/wa_1/test-order', (h) => h.walletAccounts.testOrder('wa_1')],
    ['POST', '/v1/qr-codes', (h) => h.qrCodes.create({ label: '柜台' })],
    ['GET', '/v1/qr-codes', (h) => h.qrCodes.list().page()],
    ['GET', '/v1/qr-codes/qr_1', (h) => h.qrCodes.get('qr_1')],
    ['PATCH', '/v1/qr-codes/qr_1', (h) => h.qrCodes.change('qr_1', { enabled: false })],
  ])('%s %s', async (method, path, run) => {
    await run(client());
    expect(seen).toMatchObject([{ method, path }]);
    expect(seen[0]?.headers['idempotency-key'] !== undefined).toBe(method === 'POST');
  });

  test("leaves the shop's metadata alone, even when it looks like money", async () => {
    const metadata = { currency: 'CNY', minor: '12' };
    answers = [{ status: 200, body: { metadata, refunded: { currency: 'CNY', minor: '0' } } }];
    expect(await client().payments.get('pay_1')).toEqual({ metadata, refunded: { currency: 'CNY', minor: 0n } });
  });

  test('never goes to another route because of a strange id', async () => {
    for (const id of ['', 'pay_1/cancel', '../admin', 'pay_1?x=1', 'a b']) {
      await expect(Promise.resolve().then(() => client().payments.get(id))).rejects.toThrow('is not an id');
    }
    expect(seen).toEqual([]);
  });
});

describe('a retry', () => {
  test.each<[string, Answer]>([
    ['a broken connection', 'break off'],
    ['408', problem(408, 'unavailable', { retryable: true })],
    ['409 while the twin is running', problem(409, 'idempotency_key_in_use', { retryable: true })],
    ['429', problem(429, 'overloaded', { retryable: true })],
    ['500', problem(500, 'internal_error', { retryable: true })],
    ['503', problem(503, 'overloaded', { retryable: true })],
    ['502 of a proxy', { status: 502, headers: { 'retry-after': '0' } }],
  ])('follows %s, with the same key and the same body', async (_what, answer) => {
    answers = [answer, answer, { status: 201, body: { id: 'pay_1' } }];
    expect(await client().payments.create(tea)).toEqual({ id: 'pay_1' });
    expect(seen).toHaveLength(3);
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
  });

  test.each<[string, Answer]>([
    ['400', problem(400, 'invalid_request')],
    ['409 for any other reason', problem(409, 'order_no_taken')],
    ['422', problem(422, 'idempotency_key_reused')],
    ['502 that the server calls final', problem(502, 'internal_error')],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example/' } }],
  ])('does not follow %s', async (_what, answer) => {
    answers = [answer];
    await expect(client().payments.create(tea)).rejects.toThrow();
    expect(seen).toHaveLength(1);
  });

  test("keeps the caller's own key, and two calls have two", async () => {
    answers = ['break off', { status: 201, body: {} }];
    await client().payments.create(tea, { idempotencyKey: 'order-A-1' });
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['order-A-1', 'order-A-1']);
    await client().payments.create(tea);
    await client().payments.create(tea);
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(3);
    await expect(client().payments.create(tea, { idempotencyKey: 'a\r\nx: y' })).rejects.toThrow(TypeError);
  });

  test('ends after maxRetries with the last error', async () => {
    answers = Array.from({ length: 9 }, () => problem(503, 'overloaded', { retryable: true }));
    await expect(client({ maxRetries: 2 }).payments.get('pay_1')).rejects.toBeInstanceOf(HutongServerError);
    expect(seen).toHaveLength(3);
    await expect(client().payments.get('pay_1', { maxRetries: 0 })).rejects.toBeInstanceOf(HutongServerError);
    expect(seen).toHaveLength(4);
  });

  test('does not wait for an hour because somebody says so', async () => {
    answers = [{ status: 429, headers: { 'retry-after': '3600' } }];
    await expect(client().payments.get('pay_1')).rejects.toBeInstanceOf(HutongRateLimitError);
    expect(seen).toHaveLength(1);
  });

  test('of a DELETE whose answer was lost takes 404 for done', async () => {
    answers = ['break off', problem(404, 'not_found')];
    await client().webhookEndpoints.delete('we_1');
    answers = [problem(404, 'not_found')];
    await expect(client().webhookEndpoints.delete('we_1')).rejects.toBeInstanceOf(HutongNotFoundError);
  });

  test('follows a try that took too long, and a caller who gives up is not kept waiting', async () => {
    const answer: Answer = { status: 200, body: { id: 'pay_1' } };
    answers = ['be silent', ...Array.from({ length: 9 }, () => answer)]; // a busy machine may need more than one
    expect(await client({ timeoutMs: 250, maxRetries: 9 }).payments.get('pay_1')).toEqual({ id: 'pay_1' });
    expect(seen.length).toBeGreaterThan(1);
    answers = ['be silent', 'be silent'];
    await expect(client().payments.get('pay_1', { timeoutMs: 50, maxRetries: 1 })).rejects.toThrow(
      HutongConnectionError,
    );
    answers = ['be silent'];
    const giveUp = new AbortController();
    const call = client().payments.get('pay_1', { signal: giveUp.signal });
    giveUp.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });
});

describe('an error', () => {
  test('carries code, param, retryable and request id', async () => {
    answers = [problem(400, 'invalid_request', { param: 'amount.minor' })];
    const error: unknown = await client()
      .payments.create(tea)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HutongInvalidRequestError);
    expect(error).toMatchObject({
      name: 'HutongInvalidRequestError',
      message: 'It does not go. (invalid_request, request req_1)',
      status: 400,
      code: 'invalid_request',
      param: 'amount.minor',
      retryable: false,
      requestId: 'req_1',
    });
  });

  test('has a class by its status', async () => {
    answers = [problem(401, 'api_key_invalid'), problem(404, 'not_found'), problem(409, 'refund_exceeds_payment')];
    for (const kind of [HutongAuthenticationError, HutongNotFoundError, HutongConflictError]) {
      await expect(client().payments.get('pay_1')).rejects.toBeInstanceOf(kind);
    }
  });

  test('never shows the API key, nor does the client', async () => {
    close();
    const hutong = client({ maxRetries: 0 });
    const error: unknown = await hutong.payments.get('pay_1').catch((caught: unknown) => caught);
    const { inspect } = await import('node:util');
    expect(inspect([error, hutong], { depth: 9, showHidden: false })).not.toContain('hk_test_key');
    expect(JSON.stringify(hutong)).not.toContain('hk_test_key');
  });

  test('is thrown at once for a client that cannot work', () => {
    expect(() => client({ baseUrl: 'nowhere' })).toThrow();
    expect(() => client({ baseUrl: 'file:///etc' })).toThrow('http');
    expect(() => client({ apiKey: '' })).toThrow('apiKey');
  });
});

test('a list reads page after page, as far as it is read', async () => {
  answers = [
    { status: 200, body: { data: [{ id: 'pay_3' }, { id: 'pay_2' }], next_cursor: 'c1' } },
    { status: 200, body: { data: [{ id: 'pay_1' }], next_cursor: null } },
  ];
  const ids: string[] = [];
  for await (const payment of client().payments.list({ state: 'succeeded', limit: 2 })) ids.push(payment.id);
  expect(ids).toEqual(['pay_3', 'pay_2', 'pay_1']);
  expect(seen.map(({ path }) => path)).toEqual([
    '/v1/payments?state=succeeded&limit=2',
    '/v1/payments?state=succeeded&limit=2&cursor=c1',
  ]);
  answers = [{ status: 200, body: { data: [{ id: 'pay_3' }], next_cursor: 'c1' } }];
  for await (const payment of client().payments.list()) if (payment.id === 'pay_3') break;
  expect(seen).toHaveLength(3);
});
