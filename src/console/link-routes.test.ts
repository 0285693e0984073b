import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReadyLink } from '../links/link.ts';
import type { ConsoleVisit } from './test-console.ts';
import { type LinkConsoleWorld, openLinkConsole, SHOP_URL } from './test-link-console.ts';

let world: LinkConsoleWorld;
let visit: ConsoleVisit;
let tea: ReadyLink;
let soap: ReadyLink;

beforeAll(async () => {
  world = await openLinkConsole();
  visit = await world.enter();
  tea = await world.newLink('豆汁 100% <b>');
  soap = await world.newLink('香皂', '/soap');
  for (const address of ['203.0.113.1', '203.0.113.2']) world.open(tea, { address, referrerHost: '=1+1.example' });
  world.open(tea, { robot: 'googlebot' });
  world.counter.tapped({ book: 1, linkId: tea.link.id, step: 'page' });
  await world.counter.flush();
});
afterAll(() => world.close());

describe('the list', () => {
  test('shows every link with its last week', async () => {
    const { status, body } = await visit.get('/console/links');
    expect(status).toBe(200);
    expect(body).toContain('豆汁 100% &lt;b&gt;');
    expect(body).toContain('香皂');
    expect(body).toContain('<span>2</span>');
  });

  test.each<[string, () => string, readonly [boolean, boolean]]>([
    ['a part of a title', () => '豆汁', [true, false]],
    ['a code', () => soap.link.code, [false, true]],
    ['a whole address', () => soap.url, [false, true]],
    ['an id', () => tea.link.id, [true, false]],
    ['a merchant', () => '测试小店', [true, true]],
    ['a host', () => '127.0.0.1', [true, true]],
    ['a sign that means anything in a pattern', () => '%', [true, false]],
    ['nothing that is there', () => 'nowhere', [false, false]],
  ])('finds by %s', async (_, text, [isTea, isSoap]) => {
    const { body } = await visit.get(`/console/links?q=${encodeURIComponent(text())}`);
    expect([body.includes(tea.link.id), body.includes(soap.link.id)]).toEqual([isTea, isSoap]);
  });

  test('of one state alone', async () => {
    const { body } = await visit.get('/console/links?state=taken_down');
    expect(body).toContain('No link is like that.');
  });

  test('of another state, or behind something that is no link, is the whole list', async () => {
    const { body } = await visit.get("/console/links?state=x'--&before=x'--");
    expect(body).toContain(tea.link.id);
  });
});

describe("a link's page", () => {
  test('says what it is, how it was opened, and who wrote it', async () => {
    const { status, body } = await visit.get(`/console/links/${tea.link.id}`);
    expect(status).toBe(200);
    expect(body).toMatch(/data-testid="opens">2</);
    expect(body).toMatch(/data-testid="people">2</);
    expect(body).toMatch(/data-testid="robots">1</);
    expect(body).toMatch(/data-testid="taps">1</);
    expect(body).toContain('¥12.34');
    expect(body).toContain('key_test');
    expect(body).toContain('WeChat');
    expect(body).not.toContain('<b>');
  });

  test.each(['1', '7', '30', '90', '365', 'x'])('over a span of %s days is there', async (days) => {
    const { status, body } = await visit.get(`/console/links/${tea.link.id}?days=${days}`);
    expect(status).toBe(200);
    expect(body).toMatch(/data-testid="people">2</);
  });

  test('has the card as a picture', async () => {
    const { status, headers } = await visit.get(`/console/links/${tea.link.id}/card.png`);
    expect([status, headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  test('has its figures as files in which nothing is a formula', async () => {
    const { status, headers, body } = await visit.get(`/console/links/${tea.link.id}/stats.csv?split=referrer`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="\w{8}-[\d-]{21}-referrer\.csv"$/);
    expect(body).toContain(",'=1+1.example,2\r\n");
    for (const split of ['none', 'app', 'hours', 'amounts', 'robot', 'nonsense'])
      expect((await visit.get(`/console/links/${tea.link.id}/stats.csv?days=365&split=${split}`)).status, split).toBe(
        200,
      );
  });

  test.each(['nowhere', 'lnk_06G2N9Y9S0000800000000001', '%00'])('that is not there (%s) is told', async (id) => {
    for (const rest of ['', '/card.png', '/stats.csv', '/stop'])
      expect((await visit.get(`/console/links/${id}${rest}`)).status).toBe(404);
  });
});

describe('stopping', () => {
  const seen = ({ link }: ReadyLink): string => `${link.state} ${link.version}`;

  test('asks back, wants a reason, does it once, and says so; resuming brings it back', async () => {
    const path = `/console/links/${soap.link.id}/stop`;
    expect((await visit.get(path)).body).toContain('Within a second no node opens it any more');
    const missing = await visit.post(path, { reason: ' ', seen: seen(soap) });
    expect([missing.status, missing.body.includes('Say why')]).toEqual([409, true]);
    const done = await visit.post(path, { reason: '质量不好', seen: seen(soap) });
    expect([done.status, done.headers.get('location')]).toEqual([303, `/console/links/${soap.link.id}?done=stop`]);
    const stopped = await world.getLink(soap.link.id);
    expect(stopped.link).toMatchObject({ state: 'stopped', stateReason: '质量不好' });
    const again = await visit.post(path, { reason: '质量不好', seen: seen(soap) });
    expect([again.status, again.body.includes('this cannot be done')]).toEqual([409, true]);
    const page = await visit.get(`/console/links/${soap.link.id}?done=stop`);
    expect(page.body).toContain('It is stopped');
    expect(page.body).toContain('zhang');

    const back = await visit.post(`/console/links/${soap.link.id}/resume`, { seen: seen(stopped) });
    expect(back.status).toBe(303);
    expect((await world.getLink(soap.link.id)).link.state).toBe('active');
  });

  test('taking down is written down as what was done about it', async () => {
    const link = await world.newLink('坏东西');
    const done = await visit.post(`/console/links/${link.link.id}/take-down`, { reason: '假货', seen: seen(link) });
    expect(done.status).toBe(303);
    expect((await world.getLink(link.link.id)).link.state).toBe('taken_down');
    const acts = await world.reports.acts({ kind: 'operator', name: 'test' }, link.link.id, 9);
    expect(acts).toMatchObject([{ act: 'taken_down', by: 'console:zhang', reason: '假货' }]);
  });

  test.each<[string, () => Promise<{ status: number }>, number]>([
    ['without a session', () => world.visit('').post(`/console/links/${tea.link.id}/stop`, { reason: 'x' }), 401],
    [
      'from another site',
      () => visit.post(`/console/links/${tea.link.id}/stop`, { reason: 'x' }, { origin: 'https://evil.example' }),
      400,
    ],
    ['without the token', () => visit.post(`/console/links/${tea.link.id}/stop`, { reason: 'x', token: '' }), 400],
    ['by an action that is none', () => visit.post(`/console/links/${tea.link.id}/delete`, { reason: 'x' }), 404],
  ])('is refused %s', async (_, ask, status) => {
    expect((await ask()).status).toBe(status);
    expect((await world.getLink(tea.link.id)).link.state).toBe('active');
  });
});

describe('new links', () => {
  const nonceOf = (body: string): string => /name="nonce" value="([0-9a-f]{32})"/.exec(body)?.[1] ?? '';
  const formOf = async (path: string): Promise<{ nonce: string; merchant: string }> => ({
    nonce: nonceOf((await visit.get(path)).body),
    merchant: world.merchantId,
  });

  test('one is made by the form, once, as the shop’s own and by the operator’s name', async () => {
    const form = await formOf('/console/links/new');
    const fields = {
      ...form,
      title: '手冲咖啡',
      page: `${SHOP_URL}/coffee`,
      price: '￥28',
      expires_at: '2030-12-31T18:00',
    };
    const made = await visit.post('/console/links/new', fields);
    const id = /\/console\/links\/(lnk_\w+)\?done=made/.exec(made.headers.get('location') ?? '')?.[1] ?? '';
    expect(made.status).toBe(303);
    const { link } = await world.getLink(id);
    expect(link).toMatchObject({
      title: '手冲咖啡',
      page: `${SHOP_URL}/coffee`,
      price: { currency: 'CNY', minor: 2800n },
      owner: { kind: 'merchant', merchantId: world.merchantId },
      expiresAt: new Date('2030-12-31T10:00:00Z'),
    });
    expect((await visit.get(`/console/links/${id}`)).body).toContain('zhang');
    const again = await visit.post('/console/links/new', fields);
    expect(again.headers.get('location')).toBe(made.headers.get('location'));
  });

  test.each<[string, Record<string, string>, object]>([
    ['pay', { amount: '50', times: '20' }, { amount_minor: 5000n, places_max: 20, total_minor: null }],
    ['pay', { min: '1', max: '9.90' }, { min_minor: 100n, max_minor: 990n, places_max: null }],
    ['group', { total: '100', people: '小王 40\n小李 60' }, { total_minor: 10_000n, places_max: 2 }],
  ])('of kind %s is made with its terms by the form: %j', async (kind, fields, terms) => {
    const path = `/console/links/new?kind=${kind}`;
    expect((await visit.get(path)).body).toContain(`name="kind" value="${kind}"`);
    const made = await visit.post('/console/links/new', { ...(await formOf(path)), kind, title: '收钱', ...fields });
    const id = /\/console\/links\/(lnk_\w+)/.exec(made.headers.get('location') ?? '')?.[1] ?? '';
    expect((await world.getLink(id)).link).toMatchObject({ kind, page: null });
    expect(await world.sql`select * from link_terms where link_id = ${id}`).toMatchObject([terms]);
  });

  test('that ask for money are made of what is pasted, beside pages', async () => {
    const rows = `kind;title;page;amount;total;shares\npay;押金;;50;;\npage;茶;${SHOP_URL}/t;;;\ngroup;聚餐;;;100;3\n`;
    const made = await visit.post('/console/links/bulk', { ...(await formOf('/console/links/bulk')), rows });
    expect(made.body).toContain('3 links were made');
    const ids = [...made.body.matchAll(/links\/(lnk_\w+)"/g)].map((match) => match[1] ?? '');
    expect(await world.sql`select kind from link_terms where link_id = any (${ids}) order by kind`).toMatchObject([
      { kind: 'group' },
      { kind: 'pay' },
    ]);
  });

  test.each<[string, Record<string, string>, string]>([
    ['without a title', { title: '' }, 'Title: what it is, for people'],
    ['without a page', { page: '' }, 'Page: where the buyer ends'],
    ['with a price that is none', { price: 'cheap' }, 'Price: an amount such as 12.50, in CNY'],
    [
      'with a day that is none',
      { expires_at: '2026-02-30' },
      'Until: the last day in Asia/Shanghai such as 2026-12-31',
    ],
    ['that asks for both', { kind: 'pay', amount: '5', min: '1' }, 'At least: a link has an amount, or asks for one'],
    ['for a group without shares', { kind: 'group', total: '5' }, 'Shares: say either how many shares there are'],
    [
      'to a host that the shop has not proved',
      { page: 'https://evil.example/' },
      'Page: evil.example is not proved as a host that links lead to',
    ],
    ['to a script', { page: 'javascript:alert(1)' }, ''],
  ])('%s is not made, and says why', async (_, changed, said) => {
    const form = await formOf('/console/links/new');
    const reply = await visit.post('/console/links/new', { ...form, title: 'x', page: `${SHOP_URL}/x`, ...changed });
    expect(reply.status).toBe(422);
    expect(reply.body).toContain('data-testid="fault"');
    expect(reply.body).toContain(said);
  });

  test('of another shop may not lead to this shop’s hosts', async () => {
    const form = { ...(await formOf('/console/links/new')), merchant: world.otherMerchantId };
    const reply = await visit.post('/console/links/new', { ...form, title: 'x', page: `${SHOP_URL}/x` });
    expect(reply.status).toBe(422);
  });

  test('many are made of what is pasted, all or none', async () => {
    const form = await formOf('/console/links/bulk');
    const rows = `page\ttitle\tprice\n${SHOP_URL}/a\t甲\t1.00\n\n${SHOP_URL}/b\t"乙, ""二"""\t\n`;
    const made = await visit.post('/console/links/bulk', { ...form, rows });
    expect(made.body).toContain('2 links were made');
    expect(made.body).toContain('乙, &quot;二&quot;');

    const wrong = `page,title\n${SHOP_URL}/c,丙\nhttps://evil.example/,丁\n`;
    const refused = await visit.post('/console/links/bulk', { ...(await formOf('/console/links/bulk')), rows: wrong });
    expect(refused.status).toBe(422);
    const chinese = await visit.get('/console/links/bulk?lang=zh-CN');
    const told = await visit.post('/console/links/bulk?lang=zh-CN', {
      ...form,
      nonce: nonceOf(chinese.body),
      rows: wrong,
    });
    expect(told.body).toContain('第 3 行 page：这个商家没有证明 evil.example 是它的');
    expect(refused.body).toContain('Line 3 page: evil.example is not proved');
    expect((await visit.get('/console/links?q=丙')).body).toContain('No link is like that.');
  });

  test.each<[string, string, string]>([
    ['a field that no link has', 'page,colour\nx,y', 'Line 1 there is no such field: colour'],
    ['nothing but names', 'page,title\n', 'There is no line with a link.'],
    ['nothing', ' ', 'Line 1 there is no such field'],
    ['a line that is cut short', 'page,title\nhttps://a.example/', 'Line 2 there are 1 cells for 2 fields'],
    ['money for a page', 'page,title,amount\nhttps://a.example/,x,5', 'Line 2 amount: a link of kind page has none'],
    ['a line without a title', 'page,title\nhttps://a.example/,\n', 'Line 2 title'],
    ['more than fit', `page,title\n${'https://a.example/,x\n'.repeat(1001)}`, '1001 are too many'],
  ])('%s is refused', async (_, rows, said) => {
    const reply = await visit.post('/console/links/bulk', { ...(await formOf('/console/links/bulk')), rows });
    expect([reply.status, reply.body.includes(said)]).toEqual([422, true]);
  });
});
