import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const cny = (minor: string) => ({ currency: 'CNY', minor });
const make = async (body: object) => await server.call('POST', '/v1/links', body);
const nonceIn = (body: string) => /name="nonce" value="([^"]+)"/.exec(body)?.[1] ?? '';

async function send(path: string, fields: Record<string, string>) {
  const page = await (await fetch(`${server.url}${path}?lang=en`)).text();
  const body = new URLSearchParams({ nonce: nonceIn(page), ...fields });
  return await fetch(`${server.url}${path}?lang=en`, { method: 'POST', body, redirect: 'manual' });
}

test('a shop makes a pay link, a buyer comes from its page to the cashier, and the shop reads how it stands', async () => {
  const link = (await make({ kind: 'pay', title: '押金', pay: { amount: cny('5000'), times: 2 } })).json;
  expect(link).toMatchObject({ kind: 'pay', price: cny('5000') });
  const landing = await (await fetch(link.url, { headers: { 'user-agent': SAFARI } })).text();
  expect(landing).toContain(`/l/${link.code}/pay`);
  const sent = await send(`/l/${link.code}/pay`, { note: '' });
  expect(sent.status).toBe(303);
  const cashier = await fetch(sent.headers.get('location') ?? '');
  expect([cashier.status, (await cashier.text()).includes('¥50.00')]).toEqual([200, true]);
  const shown = (await server.call('GET', `/v1/links/${link.id}`)).json;
  expect(shown.pay).toMatchObject({ amount: cny('5000'), times: 2, open_count: 1, paid_count: 0, subject: '押金' });
  const payments = (await server.call('GET', '/v1/payments')).json.data;
  expect(payments[0]).toMatchObject({ link: link.code, metadata: { link: link.id } });
});

test('a group is made with its shares, each told with its payment', async () => {
  const link = (await make({ kind: 'group', title: '聚餐', group: { total: cny('1000'), shares: 3 } })).json;
  expect((await send(`/l/${link.code}/pay`, { name: '老王' })).status).toBe(303);
  const { group } = (await server.call('GET', `/v1/links/${link.id}`)).json;
  expect(group.shares).toMatchObject([
    { no: 1, name: '老王', amount: cny('334'), state: 'open', order_no: expect.stringMatching(/^LK-/) },
    { no: 2, name: null, amount: cny('333'), state: 'free', order_no: null },
    { no: 3, name: null, amount: cny('333'), state: 'free', order_no: null },
  ]);
});

test.each([
  ['a pay link that says nothing of paying', { kind: 'pay', title: 'x' }, 'pay'],
  ['a page with a price to pay', { title: 'x', pay: { amount: cny('1') } }, 'pay'],
  [
    'shares that do not sum',
    { kind: 'group', title: 'x', group: { total: cny('2'), people: [{ name: 'a', amount: cny('1') }] } },
    'group.people',
  ],
  ['a collection by a shop', { kind: 'collect', title: 'x' }, 'kind'],
])('%s is refused, and nothing is made', async (_, body, param) => {
  const before = (await server.call('GET', '/v1/links?limit=100')).json.data.length;
  const refused = await make(body);
  expect([refused.status, refused.json.code, refused.json.param]).toEqual([400, 'invalid_request', param]);
  expect((await server.call('GET', '/v1/links?limit=100')).json.data).toHaveLength(before);
});

test('one that is wrong among many is named, and none is made', async () => {
  const before = (await server.call('GET', '/v1/links?limit=100')).json.data.length;
  const good = { kind: 'pay', title: 'a', pay: { amount: cny('1') } };
  const refused = await server.call('POST', '/v1/links/bulk', {
    links: [good, { ...good, pay: { min: cny('2'), max: cny('1') } }],
  });
  expect([refused.status, refused.json.param]).toEqual([400, 'links.1.pay.max']);
  expect((await server.call('GET', '/v1/links?limit=100')).json.data).toHaveLength(before);
});

test('the price that a link shows is what it asks for: it says no other, neither when it is made nor later', async () => {
  const pay = { amount: cny('5000') };
  const refused = await make({ kind: 'pay', title: '押金', pay, price: cny('100') });
  expect([refused.status, refused.json.param]).toEqual([400, 'price']);
  const many = await server.call('POST', '/v1/links/bulk', {
    links: [
      { kind: 'pay', title: '押金', pay, price: cny('5000') },
      { kind: 'pay', title: '随意', pay: {}, price: cny('100') },
    ],
  });
  expect([many.status, many.json.param]).toEqual([400, 'links.1.price']);
  const link = (await make({ kind: 'pay', title: '押金', pay })).json;
  const change = (body: object) => server.call('PATCH', `/v1/links/${link.id}`, body);
  const edited = await change({ price: cny('100') });
  expect([edited.status, edited.json.param]).toEqual([400, 'price']);
  expect((await change({ price: cny('5000'), title: '押金，可退' })).json).toMatchObject({ version: 2 });
  expect((await change({ price: null })).json).toMatchObject({ price: null });
});
