import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../test/server.ts';
import { Hutong, HutongApiError } from './src/index.ts';

let server: TestServer;
let hutong: Hutong;
beforeAll(async () => {
  server = await startTestServer();
  hutong = new Hutong({ baseUrl: server.url, apiKey: server.apiKey });
});
afterAll(() => server.close());

/** A host of this machine that serves links is proved as soon as it is named in a sandbox. */
const HOST = 'shop.localhost';
const yuan = (minor: bigint) => ({ currency: 'CNY', minor });

test('a host is named and removed', async () => {
  const host = await hutong.linkHosts.add({ host: HOST, uses: ['serve'] });
  expect(host).toMatchObject({ object: 'link_host', host: HOST, uses: ['serve'] });
  expect((await hutong.linkHosts.prove(host.id)).proved_at).not.toBeNull();
  expect((await hutong.linkHosts.list().page()).data).toHaveLength(1);
  await hutong.linkHosts.remove(host.id);
  expect((await hutong.linkHosts.list().page()).data).toEqual([]);
});

test('an app is added, changed and removed', async () => {
  const settings = { kind: 'alipay_mini', app_id: '2021000000000001', page: 'pages/item?id={path}' } as const;
  const app = await hutong.linkApps.add({ name: '小店', settings });
  expect(app.settings).toEqual(settings);
  expect(await hutong.linkApps.change(app.id, { name: 'Shop' })).toMatchObject({ name: 'Shop', settings });
  await hutong.linkApps.remove(app.id);
  expect((await hutong.linkApps.list().page()).data).toEqual([]);
});

test('a link that asks for money is made, changed, stopped, resumed, and tells its versions and figures', async () => {
  const made = await hutong.links.create(
    { kind: 'pay', title: '押金', pay: { amount: yuan(5000n), times: 20 } },
    { idempotencyKey: 'deposit' },
  );
  const again = await hutong.links.create(
    { kind: 'pay', title: '押金', pay: { amount: yuan(5000n), times: 20 } },
    { idempotencyKey: 'deposit' },
  );
  expect(again).toEqual(made);
  const link = await hutong.links.get(made.id);
  expect(link.pay).toMatchObject({ amount: yuan(5000n), times: 20, paid_count: 0 });
  expect(link.texts.en).toContain(link.url);
  const changed = await hutong.links.update(link.id, { title: '租金', from_version: link.version });
  expect(changed).toMatchObject({ title: '租金', version: 2 });
  const late = hutong.links.update(link.id, { title: '定金', from_version: link.version });
  await expect(late).rejects.toMatchObject({ status: 409, code: 'link_version_outdated' });
  expect(await hutong.links.stop(link.id, { reason: 'full' })).toMatchObject({
    state: 'stopped',
    state_reason: 'full',
  });
  expect(await hutong.links.resume(link.id)).toMatchObject({ state: 'active', state_reason: null });
  expect((await hutong.links.versions(link.id)).map(({ title, state }) => [title, state])).toEqual([
    ['租金', 'active'],
    ['租金', 'stopped'],
    ['租金', 'active'],
    ['押金', 'active'],
  ]);
  const stats = await hutong.links.stats(link.id, { from: '2026-01-01', until: '2026-01-02', split: 'app' });
  expect(stats).toMatchObject({ totals: { opens: 0, payments: 0 }, points: [{ at: '2026-01-01' }, {}], rows: [] });
});

test('many are made at once, or none', async () => {
  const group = { kind: 'group' as const, title: '聚餐', group: { total: yuan(10_003n), shares: 10 } };
  const [first] = await hutong.links.createMany([group, { ...group, title: '晚餐' }]);
  expect((await hutong.links.get(first?.id ?? '')).group?.shares.map(({ amount }) => amount.minor)).toEqual([
    1001n,
    1001n,
    1001n,
    ...Array.from({ length: 7 }, () => 1000n),
  ]);
  const before = (await hutong.links.list().page()).data.length;
  const wrong = hutong.links.createMany([group, { title: 'x', page: 'https://other.example/' }]);
  await expect(wrong).rejects.toMatchObject({ code: 'link_host_not_proved', param: 'links.1.page' });
  expect((await hutong.links.list().page()).data).toHaveLength(before);
});

test('a pasted text is read, and a code that nobody brought is not there', async () => {
  const unseen = await hutong.linkPreviews.read('https://shop.invalid/item/1');
  expect(unseen).toMatchObject({ host: 'shop.invalid', title: null, note: expect.any(String) });
  const read = await hutong.linkTexts.read('【京东】https://3.cn/35RO-7uG?jkl=@W0a0c28PhTuD@ CA1565 「茶」');
  expect(read).toMatchObject({ place: 'foreign', app: 'jd', token: 'W0a0c28PhTuD', share_code: 'CA1565', link: null });
  await expect(hutong.linkDeferrals.claim('HT-00000000000000000000000000')).rejects.toBeInstanceOf(HutongApiError);
});
