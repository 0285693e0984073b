import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { LinkReader, OpenEvent } from '../../links/links.ts';
import { ABILITIES } from '../../links/open/abilities.ts';
import { HOSTILE, testReadyLink } from '../../links/preview/test-ready-link.ts';
import type { Warning } from '../../links/safety/reports.ts';
import { createWarner } from '../../links/safety/warn-of.ts';
import { linkRoutes } from './link-routes.ts';
import { mountReportRoutes } from './report-routes.ts';

const PHONE =
  'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36';
const ROBOT = 'Twitterbot/1.0';

let ready: ReadyLink = testReadyLink();
let warning: Warning | null = null;
const opened: OpenEvent[] = [];
let app: FastifyInstance;

beforeAll(async () => {
  const reader: LinkReader = {
    find: (host, code) => (host === null && code === ready.link.code ? ready : null),
    findById: () => Promise.resolve(null),
    servingHost: () => undefined,
    appsOfHost: () => [],
  };
  const judge = createWarner({ effectOf: () => null, isEmpty: () => true, revision: () => 0 });
  app = fastify();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  await app.register(
    linkRoutes({
      reader,
      counter: { opened: (event) => void opened.push(event), tapped: () => {} },
      clock: new ManualClock(new Date('2026-11-23T04:00:00Z')),
      log: silentLog,
      abilities: ABILITIES,
      publicUrl: 'https://pay.example',
      wechat: null,
      warningOf: (link) => warning ?? judge(link),
    }),
  );
  await app.register((inner) => {
    mountReportRoutes(inner, { reader, reports: { report: () => Promise.resolve({ id: 'lrp_1', braked: false }) } });
    return Promise.resolve();
  });
  await app.ready();
});
afterAll(() => app.close());

function get(url: string, userAgent = PHONE, headers: Record<string, string> = {}) {
  return app.inject({ url, headers: { host: 'pay.example', 'user-agent': userAgent, ...headers } });
}

describe('a link that people are warned of', () => {
  test.each(['reported', 'look_alike', 'mixed_scripts'] as const)(
    '(%s) says so first, and goes on for who has read it',
    async (kind) => {
      ready = testReadyLink({ direct: true });
      warning = { kind, host: 'shop.example', brand: kind === 'look_alike' ? 'taobao.com' : null };
      opened.length = 0;
      for (const userAgent of [PHONE, ROBOT]) {
        const { statusCode, body, headers } = await get('/l/abcd2345', userAgent);
        expect(statusCode).toBe(200);
        expect(body).toContain(`data-kind="${kind}"`);
        expect(body).not.toMatch(/og:title|<script|href="https?:/);
        expect(headers['content-security-policy']).toContain("default-src 'none'");
      }
      expect(opened).toEqual([]);
      const { body } = await get('/l/abcd2345?lang=en');
      expect(body).toContain('href="/l/abcd2345?sure=1&amp;lang=en"');
      if (kind === 'look_alike') expect(body).toContain('looks like taobao.com, and is not');
      const read = { referer: 'https://pay.example/l/abcd2345' };
      expect(await get('/l/abcd2345?sure=1', PHONE, read)).toMatchObject({ statusCode: 302 });
      expect(await get('/l/abcd2345?sure=1', PHONE, { 'sec-fetch-site': 'same-origin' })).toMatchObject({
        statusCode: 302,
      });
      expect(opened).toHaveLength(2);
    },
  );

  test.each([
    {},
    { referer: 'https://evil.example/pay.example' },
    { referer: 'https://pay.example.evil.example/' },
    { referer: 'not an address' },
    { 'sec-fetch-site': 'cross-site', referer: 'https://pay.example/l/abcd2345' },
    { 'sec-fetch-site': 'none' },
  ])('says so all the same where the address was shared as if it had been read: %j', async (headers) => {
    warning = { kind: 'reported', host: 'shop.example', brand: null };
    expect(await get('/l/abcd2345?sure=1', PHONE, headers)).toMatchObject({ statusCode: 200 });
  });

  test('and is blocked, does not go on at all', async () => {
    warning = { kind: 'blocked', host: 'shop.example', brand: null };
    for (const url of ['/l/abcd2345', '/l/abcd2345?sure=1']) {
      const { statusCode, body } = await get(url);
      expect(statusCode).toBe(410);
      expect(body).not.toContain('go-on');
    }
  });

  test('opens as ever when the warning is lifted', async () => {
    warning = null;
    expect(await get('/l/abcd2345')).toMatchObject({ statusCode: 302 });
  });

  test('because of its host, shows the host as it is written on the wire', async () => {
    ready = { ...testReadyLink({ page: 'https://xn--80ak6aa92e.com/x' }), targets: new Set(['xn--80ak6aa92e.com']) };
    const { body } = await get('/l/abcd2345');
    expect(body).toContain('<b dir="ltr">xn--80ak6aa92e.com</b>');
    expect(body).toContain('apple.com');
  });

  test('never turns words of a shop into a page', async () => {
    warning = { kind: 'reported', host: HOSTILE, brand: HOSTILE };
    ready = testReadyLink({ title: HOSTILE });
    expect((await get('/l/abcd2345')).body).not.toMatch(/<script>|<!-- \]/);
    warning = null;
  });
});

describe('no open redirect', () => {
  /** What people try in queries and headers to be led elsewhere. */
  const ELSEWHERE = [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'https:evil.example',
    'javascript:alert(1)',
    '%2f%2fevil.example',
    '\t//evil.example',
  ];
  const NAMES = [
    'url',
    'u',
    'to',
    'next',
    'return',
    'return_url',
    'redirect',
    'redirect_uri',
    'target',
    'dest',
    'page',
    'lang',
    'app',
    'sure',
    'sent',
    'via',
    'base',
    'host',
  ];
  const HEADERS: Record<string, string>[] = [
    {},
    { 'x-forwarded-host': 'evil.example' },
    { 'x-original-url': 'https://evil.example/' },
    { referer: 'https://evil.example/' },
    { host: 'evil.example' },
  ];

  test('leads anywhere but to a proved host and to the link’s own pages', async () => {
    ready = testReadyLink({ direct: true });
    const led = new Map<string, string>();
    for (const path of [
      '/l/abcd2345',
      '/l/abcd2345/report',
      '/l/abcd2345/',
      '/l//abcd2345',
      '/l/abcd2345//evil.example',
      '/l-at/evil.example/abcd2345',
    ])
      for (const name of NAMES)
        for (const value of ELSEWHERE)
          for (const headers of name === 'url' ? HEADERS : [{}]) {
            const url = `${path}?${name}=${encodeURIComponent(value)}`;
            const reply = await get(url, PHONE, headers);
            const { location } = reply.headers;
            if (reply.statusCode >= 300 && reply.statusCode < 400 && typeof location === 'string')
              led.set(url, location);
            expect(reply.headers['refresh']).toBeUndefined();
            expect(reply.body).not.toMatch(/http-equiv="refresh"|(?:href|action|src)="[^"]*evil\.example/i);
          }
    expect(led.size).toBeGreaterThan(0);
    for (const [url, location] of led) {
      const to = new URL(location, 'https://pay.example/');
      expect([...ready.targets, 'pay.example'], url).toContain(to.host);
      expect(location, url).not.toContain('evil');
    }
  });

  test('after a report leads to the link’s own page only', async () => {
    for (const host of ['pay.example', 'evil.example', '127.0.0.1:4700']) {
      const reply = await app.inject({
        method: 'POST',
        url: '/l/abcd2345/report?lang=//evil.example&next=//evil.example',
        payload: 'reason=fraud&next=//evil.example',
        headers: { host, origin: `https://${host}`, 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect(reply).toMatchObject({ statusCode: 303, headers: { location: '/l/abcd2345/report?lang=zh-CN&sent=1' } });
    }
  });

  test('leads nowhere when the proof of its host is gone', async () => {
    ready = { ...testReadyLink({ direct: true }), targets: new Set<string>() };
    const reply = await get('/l/abcd2345');
    expect(reply.headers['location']).toBeUndefined();
    expect(reply.body).not.toContain('shop.example');
  });
});
