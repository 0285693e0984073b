import Schemas from 'typebox/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '../src/cashier/merchant.ts';
import { campaignOf } from '../src/offers/test-offers.ts';
import { type OpenApi, type Operation, operationsOf, readOpenApi, type Schema } from './openapi-shape.ts';
import { proveLinkHost } from './prove-link-host.ts';
import { callApi, eventually, freePort, startTestServer, type TestReply, type TestServer } from './server.ts';

let server: TestServer;
let openApi: OpenApi;
let operations: Operation[];
beforeAll(async () => {
  server = await startTestServer();
  openApi = await readOpenApi(server.url);
  operations = operationsOf(openApi);
});
afterAll(() => server.close());

describe('the OpenAPI document', () => {
  test('says what it is, where it is, and how to sign in', () => {
    expect(openApi.openapi).toMatch(/^3\.1\.\d+$/);
    expect(openApi.info).toMatchObject({ title: 'Hutong', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(openApi.info['description']).toBeTypeOf('string');
    expect(openApi.servers).toEqual([{ url: server.url }]);
    expect(openApi.components.securitySchemes).toMatchObject({ apiKey: { type: 'http', scheme: 'bearer' } });
  });

  test('tells of every route of the API and of nothing else', () => {
    expect(operations.length).toBeGreaterThan(20);
    expect(operations.filter(({ path }) => !path.startsWith('/v1/'))).toEqual([]);
    const names = operations.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('gives every route a summary, a tag, a scope that there is, a success and errors', () => {
    for (const operation of operations) {
      const name = `${operation.method} ${operation.path}`;
      expect(operation.summary, name).toMatch(/^[A-Z].{5,}/);
      expect(operation.tags, name).toHaveLength(1);
      expect(operation.security, name).toEqual([{ apiKey: [operation.scope] }]);
      expect(SCOPES, name).toContain(operation.scope);
      expect([200, 201, 202, 204], name).toContain(operation.success);
      for (const status of ['4XX', '5XX']) {
        const schema = Object.values(operation.responses[status]?.content ?? {})[0]?.schema;
        expect(schema?.required, `${name} ${status}`).toEqual(
          expect.arrayContaining(['type', 'title', 'status', 'detail', 'code', 'retryable', 'request_id']),
        );
      }
    }
  });

  test('names every parameter of a path, and no other', () => {
    for (const operation of operations) {
      const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(operation.pathParameters, operation.path).toEqual(inPath);
    }
  });

  test('changes things by POST, PATCH and DELETE only, and what changes needs more than the scope to read', () => {
    for (const operation of operations) {
      // What is read there may be a page long, and must not stand in an address.
      const isReading = operation.method === 'GET' || operation.path === '/v1/link-texts/read';
      if (isReading) expect(operation.scope, operation.path).toBe('read');
      else expect(operation.scope, operation.path).not.toBe('read');
      if (operation.method === 'GET' || operation.method === 'DELETE')
        expect(operation.bodySchema, operation.path).toBeNull();
    }
  });

  test('has only schemas that can be compiled, closed where we read and bounded where a text comes in', () => {
    for (const operation of operations) {
      if (operation.replySchema !== null) expect(() => compile(operation.replySchema ?? {})).not.toThrow();
      if (operation.bodySchema === null) continue;
      expect(() => compile(operation.bodySchema ?? {})).not.toThrow();
      expect(operation.bodySchema, operation.path).toMatchObject({ type: 'object', additionalProperties: false });
      for (const [name, field] of Object.entries(operation.bodySchema.properties ?? {}))
        if (field.type === 'string' && field.enum === undefined)
          expect(field, `${operation.path} ${name}`).toHaveProperty('maxLength');
    }
  });
});

describe('real replies are as the document says', () => {
  test('on every route, and when it refuses', async () => {
    const seen = new Map<string, Set<number>>();
    const call = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
      const reply = await server.call(method, path, body, headers);
      check(seen, method, path, reply);
      return reply;
    };
    const newPayment = (orderNo: string) => ({
      order_no: orderNo,
      amount: { currency: 'CNY', minor: '1234' },
      subject: '豆汁 焦圈',
      return_url: 'https://shop.example/orders/1',
    });

    const endpoint = await call('POST', '/v1/webhook-endpoints', {
      url: `http://127.0.0.1:${await freePort()}/nobody-listens`,
    });
    const account = await call('POST', '/v1/wallet-accounts', {
      wallet: 'unionpay',
      settings: server.unionpay.extraMerchants[0],
    });
    const payment = await call('POST', '/v1/payments', newPayment('openapi-1'));
    const attempt = await call('POST', `/v1/payments/${payment.json.id}/attempts`, {
      wallet: 'unionpay',
      scene: 'app',
    });
    await call('POST', `/v1/payments/${payment.json.id}/attempts`, { wallet: 'unionpay', scene: 'wap' });
    server.unionpay.pay(attempt.json.id.slice('att_'.length));
    await eventually('the payment', async () => {
      const { json } = await server.call('GET', `/v1/payments/${payment.json.id}`);
      return json.state === 'succeeded';
    });
    const refund = await call('POST', `/v1/payments/${payment.json.id}/refunds`, { reason: '豆汁太酸' });
    await eventually('the refund', async () => {
      const { json } = await server.call('GET', `/v1/refunds/${refund.json.id}`);
      return json.state === 'succeeded';
    });
    const other = await call('POST', '/v1/payments', newPayment('openapi-2'));
    await call('POST', `/v1/payments/${other.json.id}/cancel`);
    const delivery = await eventually('a delivery', async () => {
      const { json } = await server.call('GET', '/v1/webhook-deliveries');
      return json.data.find((each: { tries_count: number }) => each.tries_count > 0);
    });
    await call('POST', `/v1/webhook-deliveries/${delivery.id}/replay`);
    await call('POST', `/v1/webhook-endpoints/${endpoint.json.id}/rotate-secret`, { overlap_seconds: 60 });
    await call('POST', `/v1/webhook-endpoints/${endpoint.json.id}/enable`);
    await call('POST', `/v1/wallet-accounts/${account.json.id}/fee`, { fee_bps: 60 });
    await call('PATCH', `/v1/wallet-accounts/${account.json.id}`, { label: '二号' });
    await call('POST', `/v1/wallet-accounts/${account.json.id}/rotate`, {
      settings: server.unionpay.extraMerchants[0],
      overlap_hours: 1,
    });
    await call('POST', `/v1/wallet-accounts/${server.walletAccountId}/test-order`, {});
    const code = await call('POST', '/v1/qr-codes', { label: '一号柜台' });
    await call('PATCH', `/v1/qr-codes/${code.json.id}`, { label: '二号柜台' });
    const campaign = campaignOf({
      kind: 'voucher',
      value: { kind: 'flat', off: '5.00' },
      limits: { count: { day: 9 } },
    });
    const offer = await call('POST', '/v1/offers', { campaign, reason: '双十二' });
    await call('POST', `/v1/offers/${offer.json.id}/versions`, { campaign, from_version: 1 });
    await call('POST', `/v1/offers/${offer.json.id}/vouchers`, { count: 2 });
    await call('POST', '/v1/offers/quote', { amount: { currency: 'CNY', minor: '1234' }, vouchers: ['none'] });
    await call('POST', `/v1/offers/${offer.json.id}/stop`, {});
    await call('POST', `/v1/offers/${offer.json.id}/resume`, {});
    await call('POST', '/v1/offers', { campaign: {} });
    await call('POST', `/v1/payments/${payment.json.id}/complaints`, { reason: '等了太久' });
    const open = await call('POST', '/v1/payments', newPayment('openapi-5'));
    const rollout = await newRollout(call);
    const links = await newLinks(call);
    await call('POST', '/v1/link-texts/read', { text: '【京东】https://3.cn/35RO-7uG?jkl=@W0a0c28PhTuD@ CA1565' });
    await call('POST', '/v1/link-previews/read', { url: 'https://shop.invalid/item/1' });
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const bill = { wallet_account_id: account.json.id, day: yesterday };
    const statement = await call('POST', '/v1/statements', bill);
    await call('POST', `/v1/breaks/${await newBreak(statement.json.id, account.json.id)}/resolve`, {
      note: '核对无误',
    });
    for (const path of [
      ...links,
      `/v1/payments/${open.json.id}/quote`,
      `/v1/payments/${payment.json.id}/decision`,
      '/v1/rollouts',
      `/v1/rollouts/${rollout}`,
      '/v1/offers',
      `/v1/offers/${offer.json.id}`,
      `/v1/offers/${offer.json.id}/vouchers`,
      '/v1/qr-codes',
      `/v1/qr-codes/${code.json.id}`,
      '/v1/statements',
      `/v1/statements/${statement.json.id}`,
      `/v1/statements/${statement.json.id}/breaks`,
      '/v1/payments',
      '/v1/payments?limit=1&state=succeeded',
      `/v1/payments/${payment.json.id}`,
      '/v1/refunds',
      `/v1/refunds/${refund.json.id}`,
      '/v1/wallet-accounts',
      `/v1/wallet-accounts/${account.json.id}`,
      '/v1/webhook-endpoints',
      `/v1/webhook-endpoints/${endpoint.json.id}`,
      '/v1/events',
      `/v1/events/${delivery.event_id}`,
      '/v1/webhook-deliveries',
    ])
      expect((await call('GET', path)).status, path).toBe(200);
    expect((await call('DELETE', `/v1/webhook-endpoints/${endpoint.json.id}`)).status).toBe(204);

    await call('POST', '/v1/payments', { ...newPayment('openapi-3'), colour: 'red' });
    await call('POST', '/v1/payments', '{"order_no":');
    await call('POST', '/v1/payments', newPayment('openapi-1'));
    await call('POST', '/v1/payments', newPayment('openapi-4'), { 'idempotency-key': '' });
    await call('POST', `/v1/payments/${other.json.id}/attempts`, { wallet: 'unionpay', scene: 'web' });
    await call('POST', `/v1/payments/${other.json.id}/refunds`, {});
    await call('GET', '/v1/events?cursor=bm8');
    await call('GET', `/v1/webhook-endpoints/${endpoint.json.id}`);
    const stranger = await callApi(server.url, 'hk_test_nobody', 'GET', '/v1/payments');
    check(seen, 'GET', '/v1/payments', stranger);
    expect(stranger.status).toBe(401);

    const succeeded = operations.filter(({ method, path, success }) => seen.get(`${method} ${path}`)?.has(success));
    expect(succeeded.length).toBe(operations.length);
    const refused = [...seen.values()].flatMap((statuses) => [...statuses]).filter((status) => status >= 400);
    expect(new Set(refused)).toEqual(new Set([400, 401, 404, 409, 422]));
  });
});

/** A rollout through everything that people do with one. */
async function newRollout(call: (method: string, path: string, body?: unknown) => Promise<TestReply>): Promise<string> {
  const steps = [{ share: '1%', for: '1h', gate: true }, { share: '10%', for: '1h' }, { share: '100%' }];
  const plan = { key: 'wallet.wechatpay', wallet: 'wechatpay', steps };
  const { id }: { id: string } = (await call('POST', '/v1/rollouts', { plan })).json; // as the schema says
  const act = async (action: string, more: object = {}): Promise<void> => {
    const reply = await call('POST', `/v1/rollouts/${id}/${action}`, { reason: '试一试', ...more });
    expect(reply.status, `${action} ${JSON.stringify(reply.json)}`).toBe(200);
  };
  for (const action of ['start', 'pause', 'resume']) await act(action);
  await server.sql`update rollouts set state = 'waiting' where id = ${id}`; // at its gate, as the control loop would say
  await act('approve');
  await act('jump', { step: 3 });
  await act('change', { plan: { ...plan, steps: [...steps.slice(0, 2), { share: '100%', payments: 500 }] } });
  for (const action of ['halt', 'resume', 'roll_back', 'retire']) await act(action);
  return id;
}

/** A link with its host and apps, changed and stopped. @returns what can be read of them */
async function newLinks(call: (method: string, path: string, body?: unknown) => Promise<TestReply>): Promise<string[]> {
  const host = await proveLinkHost(call);
  host.close();
  const ios = { kind: 'ios', app_id: 'TEAMID1234.com.example.shop' };
  const app = await call('POST', '/v1/link-apps', { name: '茶铺', settings: ios });
  await call('PATCH', `/v1/link-apps/${app.json.id}`, { name: '新茶铺' });
  const wanted = { title: '明前龙井', page: `http://${host.host}/item/42`, price: { currency: 'CNY', minor: '12800' } };
  const link = await call('POST', '/v1/links', wanted);
  await call('POST', '/v1/links/bulk', { links: [wanted, wanted] });
  await call('PATCH', `/v1/links/${link.json.id}`, {
    title: '雨前龙井',
    expires_at: '2099-01-01T00:00:00Z',
    from_version: 1,
  });
  const page = `${server.url}/l/${link.json.code}/defer`;
  const deferred = await fetch(page, { method: 'POST', headers: { accept: 'application/json', origin: server.url } });
  const { code }: { code: string } = JSON.parse(await deferred.text()); // as defer-routes.ts writes it
  for (const status of [200, 404])
    expect((await call('POST', '/v1/link-deferrals/claim', { code })).status).toBe(status);
  await call('PATCH', `/v1/links/${link.json.id}`, { state: 'stopped', reason: '卖完了' });
  await call('POST', '/v1/links', { ...wanted, page: 'https://evil.example/' });
  const cny = (minor: string) => ({ currency: 'CNY', minor });
  const once = await call('POST', '/v1/links', { kind: 'pay', title: '押金', pay: { amount: cny('5000'), times: 1 } });
  const group = { total: cny('1000'), people: [{ name: '老王', amount: cny('1000') }] };
  const together = await call('POST', '/v1/links', { kind: 'group', title: '聚餐', group });
  for (const id of [once.json.id, together.json.id]) expect((await call('GET', `/v1/links/${id}`)).status).toBe(200);
  const of = `/v1/links/${link.json.id}`;
  const paths = ['/v1/links?limit=2', of, `${of}/versions`, `${of}/stats`, '/v1/link-hosts', '/v1/link-apps'];
  for (const path of paths) expect((await call('GET', path)).status, path).toBe(200);
  expect((await call('PATCH', `/v1/link-hosts/${host.id}`, { files: [] })).status).toBe(200);
  for (const path of [`/v1/link-apps/${app.json.id}`, `/v1/link-hosts/${host.id}`])
    expect((await call('DELETE', path)).status, path).toBe(204);
  return paths;
}

/** A difference that a person is to look at. */
async function newBreak(statementId: string, walletAccountId: string): Promise<string> {
  const id = 'brk_01M83E1H4Q000ND8XG5P3H3Z00';
  await server.sql`
    insert into statement_breaks (book, id, statement_id, merchant_id, wallet_account_id, kind, record, order_no, cause,
      state, created_at, leased_until)
    values (1, ${id}, ${statementId}, ${server.merchant.id}, ${walletAccountId}, 'theirs_only', 'payment', 'X1',
      'foreign_order_no', 'left_for_operator', now(), now())`;
  return id;
}

/** Finds the route that a path was for and compares the reply with what the document says of its status. */
function check(seen: Map<string, Set<number>>, method: string, path: string, reply: TestReply): void {
  const route = operations.find(
    (each) => each.method === method && patternOf(each.path).test(path.split('?')[0] ?? ''),
  );
  if (route === undefined) throw new Error(`the document has no ${method} ${path}`);
  const name = `${method} ${route.path}`;
  seen.set(name, (seen.get(name) ?? new Set()).add(reply.status));
  const documented = route.responses[String(reply.status)] ?? route.responses[`${Math.floor(reply.status / 100)}XX`];
  if (documented === undefined) throw new Error(`${name} answered ${reply.status}, which is not documented`);
  const schema = Object.values(documented.content ?? {})[0]?.schema;
  if (schema === undefined) return expect(reply.json, name).toBeNull();
  const [isRight, errors] = compile(schema).Errors(reply.json);
  expect(isRight, `${name} ${reply.status}: ${JSON.stringify(errors)} in ${JSON.stringify(reply.json)}`).toBe(true);
  const type = reply.headers.get('content-type');
  expect(type, name).toBe(`application/${reply.status < 400 ? '' : 'problem+'}json; charset=utf-8`);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

function compile(schema: Schema) {
  return Schemas.Compile({ ...schema });
}
