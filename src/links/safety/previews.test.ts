import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/database.ts';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { createSafeFetch, type SafeFetcher } from '../../net/safe-fetch.ts';
import { openPreviews, type Previews } from './open-previews.ts';

let db: FreshDatabase;
let safeFetch: SafeFetcher;
let previews: Previews;
let site: string;
let calls: string[] = [];
let status = 200;
const clock = new ManualClock(new Date('2026-11-23T04:00:00Z'));

const MOVED: Record<string, string> = { '/moved': '/item', '/inside': 'http://169.254.169.254/' };

const server = createServer((request, response) => {
  calls.push(request.url ?? '');
  setTimeout(() => {
    const location = MOVED[request.url ?? ''];
    if (location !== undefined) {
      response.writeHead(302, { location }).end();
      return;
    }
    const type = request.url === '/picture' ? 'image/png' : 'text/html; charset=utf-8';
    response.writeHead(status, { 'content-type': type });
    response.end(
      '<title>鞋</title><meta property="product:price:amount" content="12.50"><meta property="product:price:currency" content="CNY">',
    );
  }, 20);
});

beforeAll(async () => {
  db = await freshDatabase();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  site = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  safeFetch = createSafeFetch({ allowPrivate: true });
  previews = openPreviews({ sql: db.sql, clock, log: silentLog, book: 7, safeFetch });
});
afterAll(async () => {
  await previews.stop();
  await safeFetch.close();
  server.closeAllConnections();
  server.close();
});

const asked = (path: string) => calls.filter((each) => each === path).length;
const nextMinute = () => clock.advanceMs(60_000);

describe('a look at a page', () => {
  test('tells what it says, and is remembered', async () => {
    const look = await previews.look(`${site}/item#part`, 'one');
    expect(look).toMatchObject({
      kind: 'page',
      preview: { title: '鞋', price: { currency: 'CNY', minor: 1250n }, isProduct: true },
    });
    expect(await previews.look(`${site}/item`, 'two')).toEqual(look);
    expect(asked('/item')).toBe(1);
    clock.advanceMs(361 * 60_000);
    await previews.look(`${site}/item`, 'one');
    expect(asked('/item')).toBe(2);
  });

  test('keeps no address, which may hold what is nobody’s business', async () => {
    await previews.look(`${site}/secret?token=abcdef`, 'one');
    const rows = await db.sql`select host, preview::text, note from link_previews`;
    expect(JSON.stringify(rows)).not.toContain('abcdef');
  });

  test('of many at once is one', async () => {
    nextMinute();
    const looks = await Promise.all(
      Array.from({ length: 12 }, (_, at) => previews.look(`${site}/together`, `who ${at}`)),
    );
    expect(new Set(looks.map((look) => look.kind))).toEqual(new Set(['page']));
    expect(asked('/together')).toBe(1);
  });

  test('says where it ended', async () => {
    const look = await previews.look(`${site}/moved`, 'one');
    expect(look).toMatchObject({
      kind: 'page',
      asked: { shown: new URL(site).host },
      ended: { shown: new URL(site).host },
    });
  });

  test.each([
    ['/picture', 'not a type that is read: image/png'],
    ['/inside', 'the host is not on the open internet'],
  ])('at %s has none, and that is remembered for a while', async (path, note) => {
    nextMinute();
    for (let i = 0; i < 2; i++) expect(await previews.look(site + path, 'one')).toMatchObject({ kind: 'none', note });
    expect(asked(path)).toBe(1);
    clock.advanceMs(11 * 60_000);
    await previews.look(site + path, 'one');
    expect(asked(path)).toBe(2);
  });

  test('that answers with an error has none, and gets one when it is well again', async () => {
    nextMinute();
    status = 503;
    expect(await previews.look(`${site}/ill`, 'one')).toMatchObject({ kind: 'none', note: 'the page answers 503' });
    status = 200;
    clock.advanceMs(11 * 60_000);
    expect(await previews.look(`${site}/ill`, 'one')).toMatchObject({ kind: 'page' });
  });

  test.each([
    '',
    'x',
    'ftp://shop.example/',
    'javascript:1',
    'file:///etc/passwd',
    `https://a.example/${'x'.repeat(3000)}`,
  ])('at %j is refused', async (url) => {
    await expect(previews.look(url, 'one')).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('nobody looks too often, and nobody’s host is looked at too often', async () => {
    nextMinute();
    for (let i = 0; i < 20; i++) await previews.look(`${site}/item`, 'busy');
    await expect(previews.look(`${site}/item`, 'busy')).rejects.toMatchObject({ code: 'too_many_tries' });
    await expect(previews.look(`${site}/item`, 'calm')).resolves.toBeTruthy();
    nextMinute();
    const looks = Array.from({ length: 70 }, (_, at) => async () => await previews.look(`${site}/n${at}`, `who ${at}`));
    let refused = 0;
    for (const look of looks) await look().catch(() => (refused += 1));
    expect(refused).toBe(10);
  });
});

test('what is old is forgotten', async () => {
  clock.advanceMs(8 * 86_400_000);
  expect(await previews.forget()).toBeGreaterThan(0);
  expect(await db.sql`select 1 from link_previews`).toHaveLength(0);
});
