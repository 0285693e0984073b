import { createServer } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { ManualClock } from '../base/clock.ts';
import { connect } from '../db/connect.ts';
import { commandLine } from './test-line.ts';

const clock = new ManualClock(new Date('2026-11-23T04:00:00Z'));
const folder = await temporaryDir('link-cli');
const { url } = await freshDatabase();
const { hutong, json, typed } = commandLine(folder.dir, url, clock);

/** A shop's own server, which shows the proof once it was put there. */
let proof = '';
const shop = createServer((request, response) => {
  const isProof = request.url === '/.well-known/hutong-verification.txt' && proof !== '';
  response.writeHead(isProof ? 200 : 404, { 'content-type': 'text/plain' }).end(isProof ? proof : '');
});
let host = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const address = shop.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  host = `127.0.0.1:${address.port}`;
  await hutong('merchant', 'create', '--name', '茶铺');
  const { out } = await hutong('link', 'host', 'add', host);
  proof = /hutong-verification=\S+/.exec(out.join('\n'))?.[0] ?? '';
  expect(await json('link', 'host', 'prove', host)).toMatchObject([{ proved_at: '2026-11-23T04:00:00.000Z' }]);
});
afterAll(async () => {
  shop.close();
  await folder.remove();
});

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(folder.dir, name);
  await writeFile(path, text);
  return path;
}

async function make(...more: string[]): Promise<Record<string, unknown>> {
  const [made] = await json('link', 'create', '--page', `http://${host}/item/42`, '--title', '盖碗', ...more);
  return made ?? {};
}

test('a link is made, shown by id, code and address, edited, stopped, resumed and taken down, and all of it is history', async () => {
  const made = await make('--price', '68.00', '--expires', '2026-12-31', '--app-path', '/item/42');
  expect(made).toMatchObject({
    page: `http://${host}/item/42`,
    price: { currency: 'CNY', minor: '6800' },
    expires_at: '2026-12-31T16:00:00.000Z',
    state: 'active',
    version: 1,
  });
  const [id, code, address] = [String(made['id']), String(made['code']), String(made['url'])];
  for (const word of [id, code, address, `${address}?via=qr`])
    expect(await json('link', 'show', word)).toMatchObject([{ id, counts: { opens: 0, payments: 0 } }]);
  expect((await json('link', 'list')).map((row) => row['id'])).toContain(id);
  expect(await json('link', 'edit', code, '--price', 'none', '--title', '青花盖碗')).toMatchObject([
    { price: null, title: '青花盖碗', page: made['page'], version: 2 },
  ]);
  clock.advanceMs(1000);
  expect(await json('link', 'stop', code, '--reason', 'sold out')).toMatchObject([
    { state: 'stopped', state_reason: 'sold out' },
  ]);
  expect(await json('link', 'resume', code)).toMatchObject([{ state: 'active', state_reason: null }]);
  expect(await json('link', 'take-down', code, '--reason', 'false')).toMatchObject([{ state: 'taken_down' }]);
  const history = await hutong('link', 'history', code);
  expect(history.out).toHaveLength(6);
  const text = history.out.join('\n');
  for (const said of ['command line', 'sold out', 'price none; title 青花盖碗'.split('; ')[1], 'taken_down'])
    expect(text).toContain(said);
  const shown = (await hutong('link', 'show', id)).out.join('\n');
  for (const said of [address, 'taken_down: false', '茶铺', '0 opens by 0 people']) expect(shown).toContain(said);
});

test('a link that asks for money, or a group for shares of it, is made like any other and paid by its terms', async () => {
  const [deposit] = await json('link', 'create', '--kind', 'pay', '--title', '押金', '--amount', '50', '--times', '20');
  expect(deposit).toMatchObject({ kind: 'pay', page: null, price: { currency: 'CNY', minor: '5000' } });
  const [typed] = await json('link', 'create', '--kind', 'pay', '--title', '打赏', '--min', '1', '--max', '99.99');
  expect(typed).toMatchObject({ kind: 'pay', price: null });
  const people = ['--total', '100', '--people', '小王 40.00; 小李 60'];
  const [dinner] = await json('link', 'create', '--kind', 'group', '--title', '聚餐', ...people);
  expect(dinner).toMatchObject({ kind: 'group', price: { minor: '10000' } });
  const sql = connect(url, { connectionsMax: 1, applicationName: 'test' });
  const terms =
    await sql`select kind, amount_minor, min_minor, max_minor, places_max, total_minor from link_terms order by kind desc, amount_minor`;
  const shares = await sql`select name, amount_minor from link_shares order by place_no`;
  await sql.end();
  expect(terms.map((row) => Object.values(row))).toEqual([
    ['pay', 5000n, null, null, 20, null],
    ['pay', null, 100n, 9999n, null, null],
    ['group', null, null, null, 2, 10_000n],
  ]);
  expect(shares.map((row) => Object.values(row))).toEqual([
    ['小王', 4000n],
    ['小李', 6000n],
  ]);
  const changed = await hutong('link', 'edit', String(deposit?.['code']), '--price', '60');
  expect(changed.notes.join('\n')).toContain('what is paid keeps its price');
});

test('an edit names the version it was made from, and none is written over a later one', async () => {
  const code = String((await make('--price', '20.00', '--currency', 'USD'))['code']);
  expect(await json('link', 'edit', code, '--price', '18.00', '--from-version', '1')).toMatchObject([
    { price: { currency: 'USD', minor: '1800' }, version: 2 },
  ]);
  const late = await hutong('link', 'edit', code, '--title', '茶', '--from-version', '1');
  expect([late.code, late.notes.join('\n')]).toEqual([1, expect.stringContaining('the link is at version 2 by now')]);
  const stop = await hutong('link', 'stop', code, '--from-version', '1');
  expect([stop.code, stop.notes.join('\n')]).toEqual([1, expect.stringContaining('at version 2')]);
  expect(await json('link', 'show', code)).toMatchObject([{ title: '盖碗', state: 'active', version: 2 }]);
});

test.each([
  [['--page', 'https://other.example/', '--title', 'x'], 1, /other\.example is not proved/],
  [['--page', 'HOST/x', '--title', 'x', '--price', 'free'], 2, /--price: an amount such as 12\.50, in CNY/],
  [['--page', 'HOST/x', '--title', 'x', '--currency', 'USD'], 2, /--currency: a currency belongs to an amount/],
  [['--page', 'HOST/x', '--title', 'x', '--expires', 'soon'], 2, /--expires: the last day in Asia\/Shanghai/],
  [['--page', 'HOST/x', '--title', 'x', '--direct', 'perhaps'], 2, /--direct: yes or no/],
  [['--page', 'HOST/x'], 2, /--title is missing/],
  [['--title', 'x'], 2, /--page: where the buyer ends/],
  [['--title', 'x', '--kind', 'collect'], 2, /--kind: page, pay \(one pays\) or group/],
  [['--title', 'x', '--kind', 'pay', '--page', 'HOST/x'], 2, /--page: a link of kind pay has none/],
  [['--title', 'x', '--kind', 'pay', '--amount', '5', '--min', '1'], 2, /--min: a link has an amount, or asks for one/],
  [['--title', 'x', '--kind', 'pay', '--order-no', 'a b', '--amount', '5'], 2, /--order-no: the one order/],
  [['--title', 'x', '--kind', 'group', '--total', '5'], 2, /--shares: say either how many shares/],
  [['--title', 'x', '--kind', 'group', '--total', '5', '--people', 'Li 2; Wang 2'], 2, /--people: what the people pay/],
])('create %j is refused', async (options, code, why) => {
  const args = options.map((each) => each.replace('HOST', `http://${host}`));
  const told = await hutong('link', 'create', ...args);
  expect(told.code).toBe(code);
  expect(told.notes.join('\n')).toMatch(why);
});

describe('a file of many', () => {
  const head = 'page,title,price,direct\n';

  test('makes a link for each line, and the same file again makes none twice', async () => {
    const page = (item: string) => `http://${host}/item/${item}`;
    const path = await fileOf('right.csv', `${head}${page('1')},"盖碗, 青花",68.00,\n${page('2')},Tea,,yes\n`);
    const made = await json('link', 'bulk', path);
    expect(made).toMatchObject([
      { title: '盖碗, 青花', price: { minor: '6800' }, direct: false },
      { title: 'Tea', price: null, direct: true },
    ]);
    expect(await json('link', 'bulk', path)).toEqual(made);
    const list = await fileOf(
      'list.json',
      JSON.stringify([{ page: page('3'), title: 'Tea', price: { currency: 'CNY', minor: '100' } }]),
    );
    expect(await json('link', 'bulk', list)).toMatchObject([{ price: { minor: '100' } }]);
    const paid = await fileOf(
      'paid.csv',
      `kind,title,page,amount,total,shares\npay,押金,,50,,\npage,茶,${page('4')},,,\ngroup,聚餐,,,100,3\n`,
    );
    const three = await json('link', 'bulk', paid);
    expect(three).toMatchObject([
      { kind: 'pay', price: { minor: '5000' } },
      { kind: 'page', price: null },
      { kind: 'group', price: { minor: '10000' } },
    ]);
    expect(await json('link', 'bulk', paid)).toEqual(three);
  });

  test.each([
    [
      'wrong.csv',
      'page,title\nhttps://a.example/,x\nHOST/2,\n',
      [/wrong\.csv:2:1 page: a\.example is not proved/, /wrong\.csv:3:\d\d title: what it is, for people: 1 to 120/],
    ],
    ['price.csv', 'title,page,price\nx,HOST/2,much\n', [/price\.csv:2:\d\d price: an amount such as 12\.50/]],
    ['field.csv', 'title,pages\nx,HOST/2\n', [/field\.csv:1:7 there is no such field/]],
    ['cells.csv', 'title,page\nx\n', [/cells\.csv:2:1 there are 1 cells for 2 fields/]],
    ['quote.csv', 'title,page\n"x,HOST/2\n', [/quote\.csv:2:1 the quote is never closed/]],
    [
      'list.json',
      '[{"title": "x", "page": "HOST/2"},\n {"title": "y", "host": "go.example", "page": "HOST/3"}]',
      [/list\.json:2:17 host: go\.example is not proved/],
    ],
    ['what.json', '[{"title": ["x"]}]', [/what\.json:1:3 title: it is a text/]],
    [
      'money.json',
      '[{"kind": "pay", "title": "x", "pay": {"amount": {"currency": "CNY", "minor": "100"},\n "times": 0}}]',
      [/money\.json:2:2 times: a link is paid 1 to 1000 times/],
    ],
  ])('that is wrong (%s) is told by line and column, and nothing is made', async (name, text, whys) => {
    const before = await json('link', 'list', '--limit', '1000');
    const path = await fileOf(name, text.replaceAll('HOST', `http://${host}`));
    const { code, notes } = await hutong('link', 'bulk', path);
    expect(code).toBe(1);
    for (const why of whys) expect(notes.join('\n')).toMatch(why);
    expect(notes.at(-1)).toContain('Nothing was made');
    expect(await json('link', 'list', '--limit', '1000')).toEqual(before);
  });
});

test('a host is proved by what the command says, and not before it is there', async () => {
  const { out } = await hutong('link', 'host', 'add', 'go.shop.example', '--for', 'serve');
  const text = out.join('\n');
  expect(text).toMatch(/_hutong\.go\.shop\.example\. IN TXT "hutong-verification=\S+"/);
  expect(text).not.toContain('a file at');
  const [listed] = await json('link', 'host', 'list');
  expect(listed).toMatchObject({ object: 'link_host' });
  expect((await hutong('link', 'host', 'drop', 'go.shop.example')).code).toBe(0);
  expect((await json('link', 'host', 'list')).map((row) => row['host'])).toEqual([host]);
  expect((await hutong('link', 'host', 'prove', 'go.shop.example')).code).toBe(1);
});

test('a serving host shows the file that WeChat asks for, and no other', async () => {
  await hutong('link', 'host', 'add', 'go.proof.example', '--for', 'serve');
  const name = 'MP_verify_H2Jt0ih2ZyTRl0pO.txt';
  const [put] = await json(
    'link',
    'host',
    'files',
    'go.proof.example',
    '--put',
    await fileOf(name, 'H2Jt0ih2ZyTRl0pO\n'),
  );
  expect(put).toEqual({ name, content: 'H2Jt0ih2ZyTRl0pO' });
  const { out } = await hutong('link', 'host', 'files', 'go.proof.example');
  expect(out.join('\n')).toContain(`https://go.proof.example/${name}`);
  const page = await fileOf('index.html', '<script>');
  expect((await hutong('link', 'host', 'files', 'go.proof.example', '--put', page)).code).toBe(1);
  expect((await hutong('link', 'host', 'files', host, '--put', await fileOf(name, 'H2Jt0ih2ZyTRl0pO'))).code).toBe(1);
  expect((await hutong('link', 'host', 'files', 'go.proof.example', '--drop', 'other.txt')).code).toBe(1);
  expect(await json('link', 'host', 'files', 'go.proof.example', '--drop', name)).toEqual([]);
  await hutong('link', 'host', 'drop', 'go.proof.example');
});

test('an app is registered from a file, changed and dropped', async () => {
  const ios = { kind: 'ios', app_id: 'ABCDE12345.com.example.shop', scheme: 'teashop://open/{path}' };
  const path = await fileOf('ios.json', JSON.stringify(ios));
  const [app] = await json('link', 'app', 'put', path, '--name', '茶铺');
  expect(app).toMatchObject({ name: '茶铺', settings: { kind: 'ios', scheme: ios.scheme, store_url: null } });
  const id = String(app?.['id']);
  expect(await json('link', 'app', 'put', path, '--name', 'Tea', '--app', id)).toMatchObject([{ id, name: 'Tea' }]);
  expect(await json('link', 'app', 'list')).toHaveLength(1);
  await hutong('link', 'app', 'drop', id);
  expect(await json('link', 'app', 'list')).toHaveLength(0);
});

test.each([
  ['{"kind": "windows"}', /kind is ios, android/],
  ['{"kind": "alipay_mini", "app_id": "2021009876543210"}', /page is missing/],
  ['{"kind": "alipay_mini", "appId": "2021009876543210"}', /alipay_mini has no appId/],
])('an app’s file %s is refused', async (text, why) => {
  const path = await fileOf('app.json', text);
  const { code, notes } = await hutong('link', 'app', 'put', path, '--name', 'x');
  expect(code).toBe(1);
  expect(notes.join('\n')).toMatch(why);
});

test('a pasted text is read, also from standard input', async () => {
  const old = '29￥hmaFd0IpH0M￥ https://m.tb.cn/h.Uf5nC9e CZ3457';
  expect(await json('link', 'text', old)).toMatchObject([{ app: 'taobao', kind: 'link', token: 'hmaFd0IpH0M' }]);
  const { out } = await typed(old, 'link', 'text', '-');
  expect(out.join('\n')).toContain('hmaFd0IpH0M');
  expect((await hutong('link', 'text', '您的验证码是 483920')).out[0]).toContain('none of the texts');
});

test('a code to scan, and figures as a table and as CSV', async () => {
  const code = String((await make())['code']);
  expect((await hutong('link', 'qr', code)).out.join('\n')).toMatch(/[▀▄█]{8}/);
  expect((await hutong('link', 'stats', code)).out.join('\n')).toContain('0 opens by 0 people');
  const csv = (await hutong('link', 'stats', code, '--from', '2026-11-22', '--csv')).out.join('\n');
  expect(csv.split(/\r?\n/)).toEqual([
    '\ufeffday,opens,people,robots,taps,payments',
    '2026-11-22,0,0,0,0,0',
    '2026-11-23,0,0,0,0,0',
  ]);
  expect((await hutong('link', 'stats', code, '--split', 'colour')).code).toBe(2);
});

test('reports of a link are listed, dismissed and upheld', async () => {
  expect((await hutong('link', 'report', 'list')).out).toEqual(['No report waits.']);
  const code = String((await make())['code']);
  expect((await hutong('link', 'report', 'take-down', code, '--note', 'x', '--all', 'shop')).code).toBe(2);
  expect(await json('link', 'report', 'take-down', code, '--note', 'asks for passwords')).toMatchObject([{ links: 1 }]);
  expect(await json('link', 'show', code)).toMatchObject([{ state: 'taken_down' }]);
});
