import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../base/refusal.ts';
import { REPORT_REASONS, type Reports } from '../../links/safety/reports.ts';
import { HOSTILE, testReadyLink } from '../../links/preview/test-ready-link.ts';
import type { LinkReader } from '../../links/links.ts';
import { mountReportRoutes } from './report-routes.ts';

const own = testReadyLink();
const served = testReadyLink({ url: 'https://go.shop.example/abcd2345', servedBy: 'lho_1' });
let taken: Parameters<Reports['report']>[0][] = [];
let refuse: Refusal | null = null;
let shown = own;
let app: FastifyInstance;

beforeAll(async () => {
  const reader: Pick<LinkReader, 'find'> = {
    find: (host, code) =>
      code !== own.link.code ? null : host === null ? shown : host === 'go.shop.example' ? served : null,
  };
  app = fastify();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error, _request, reply) =>
    reply.code(error instanceof Refusal && error.code === 'not_found' ? 404 : 500).send(String(error)),
  );
  mountReportRoutes(app, {
    reader: reader as LinkReader, // what the routes use of it
    reports: {
      report(request) {
        if (refuse !== null) throw refuse;
        taken.push(request);
        return Promise.resolve({ id: 'lrp_1', braked: false });
      },
    },
  });
  await app.ready();
});
afterAll(() => app.close());
beforeEach(() => {
  taken = [];
  refuse = null;
  shown = own;
});

const PATH = '/l/abcd2345/report';

function post(fields: Record<string, string> | string, headers: Record<string, string> = {}, url = PATH) {
  const payload = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
  return app.inject({
    method: 'POST',
    url,
    payload,
    headers: {
      host: 'pay.example',
      origin: 'https://pay.example',
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
  });
}

describe('the report page', () => {
  test('asks why, without script and without anything from elsewhere', async () => {
    const { statusCode, body, headers } = await app.inject({ url: PATH });
    expect(statusCode).toBe(200);
    expect(body).toContain('举报此链接');
    expect(body).toContain('云南小粒咖啡豆');
    expect(body).toContain('打开的是 shop.example');
    for (const reason of REPORT_REASONS) expect(body).toContain(`value="${reason}"`);
    expect(body).not.toMatch(/<script|src=|<link|url\(|@import/);
    expect(headers['content-security-policy']).toMatch(
      /default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/,
    );
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex, nofollow',
    });
    expect(Buffer.byteLength(body)).toBeLessThan(12_000);
  });

  test('speaks English, too', async () => {
    const { body } = await app.inject({ url: `${PATH}?lang=en` });
    expect(body).toContain('<html lang="en">');
    expect(body).toContain('Report this link');
    expect(body).toContain(`action="${PATH}?lang=en"`);
  });

  test('shows a deceiving host as it is written on the wire', async () => {
    shown = testReadyLink({ page: 'https://xn--80ak6aa92e.com/' });
    expect((await app.inject({ url: PATH })).body).toContain('xn--80ak6aa92e.com');
  });

  test('stands under a merchant’s host with addresses of that host', async () => {
    const { body } = await app.inject({ url: '/l-at/go.shop.example/abcd2345/report' });
    expect(body).toContain('action="/abcd2345/report?lang=zh-CN"');
    expect(body).not.toContain('/l/abcd2345');
    const reply = await post(
      { reason: 'fraud' },
      { host: 'go.shop.example', origin: 'https://go.shop.example' },
      '/l-at/go.shop.example/abcd2345/report',
    );
    expect(reply).toMatchObject({ statusCode: 303, headers: { location: '/abcd2345/report?lang=zh-CN&sent=1' } });
  });

  test('is not there for a link that is not, or is taken down', async () => {
    expect((await app.inject({ url: '/l/zzzz2345/report' })).statusCode).toBe(404);
    expect((await app.inject({ url: '/l-at/evil.example/abcd2345/report' })).statusCode).toBe(404);
    shown = { ...own, link: { ...own.link, state: 'taken_down' } };
    expect((await app.inject({ url: PATH })).statusCode).toBe(404);
    expect((await post({ reason: 'fraud' })).statusCode).toBe(404);
  });

  test('puts the words of a shop into the page as words', async () => {
    shown = testReadyLink({ title: HOSTILE, ownerName: HOSTILE });
    expect((await app.inject({ url: PATH })).body).not.toMatch(/<script>|<\/style><|<!-- \]/);
  });
});

describe('a report that is sent', () => {
  test('is taken, and says so on a page of its own', async () => {
    const reply = await post(
      { reason: 'phishing', words: 'asks for codes', contact: 'a@b.example' },
      { 'accept-language': 'en' },
    );
    expect(reply).toMatchObject({
      statusCode: 303,
      headers: { location: '/l/abcd2345/report?lang=en&sent=1', 'cache-control': 'no-store' },
    });
    expect(taken).toMatchObject([
      {
        ready: own,
        reason: 'phishing',
        words: 'asks for codes',
        contact: 'a@b.example',
        lang: 'en',
        address: '127.0.0.1',
        userAgent: expect.stringContaining('lightMyRequest'),
      },
    ]);
    const { body } = await app.inject({ url: String(reply.headers.location) });
    expect(body).toContain('The report is in');
  });

  test.each([
    ['no reason', {}],
    ['a reason that is none', { reason: 'boring' }],
    ['a trap', { reason: '__proto__' }],
    ['two reasons', 'reason=fraud&reason=other'],
  ])('with %s is asked again', async (_name, fields) => {
    const reply = await post(fields);
    expect(reply.statusCode).toBe(400);
    expect(reply.body).toContain('请选择一个原因');
    expect(taken).toEqual([]);
  });

  test('with too many words keeps what was written', async () => {
    const reply = await post({ reason: 'other', words: `<b>${'字'.repeat(1000)}`, contact: '"x' });
    expect(reply.statusCode).toBe(400);
    expect(reply.body).toContain('&lt;b&gt;字字');
    expect(reply.body).toContain('value="&quot;x"');
    expect(reply.body).toMatch(/value="other" required checked/);
    expect(taken).toEqual([]);
  });

  test('too often is asked to wait, with everything still there', async () => {
    refuse = new Refusal('too_many_tries', 'ask more slowly', { retryAfterSeconds: 30 });
    const reply = await post({ reason: 'fraud', words: 'keep me' });
    expect(reply.statusCode).toBe(429);
    expect(reply.body).toContain('keep me');
  });

  test.each([
    ['another site', { origin: 'https://evil.example' }, 403],
    ['nowhere', { origin: 'null' }, 403],
    ['a site that browsers call foreign', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a neighbour', { 'sec-fetch-site': 'same-site' }, 403],
    ['our page', { 'sec-fetch-site': 'same-origin' }, 303],
    ['our page in plain http', { host: '127.0.0.1:4700', origin: 'http://127.0.0.1:4700' }, 303],
  ])('from %s answers as it should', async (_name, headers, status) => {
    const reply = await post({ reason: 'fraud', words: 'mine' }, headers);
    expect(reply.statusCode).toBe(status);
    expect(taken).toHaveLength(status === 303 ? 1 : 0);
    if (status === 403) expect(reply.body).toContain('mine');
  });
});
