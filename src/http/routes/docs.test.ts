import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REFUSALS } from '../../base/refusals.ts';
import { docsRoutes } from './docs.ts';

let app: FastifyInstance;
beforeAll(async () => {
  app = fastify();
  await app.register(swagger, { openapi: { openapi: '3.1.0' } });
  await app.register(docsRoutes());
  await app.register(swaggerUi, { routePrefix: '/docs' });
});
afterAll(() => app.close());

test('every problem type points to a place on a page', async () => {
  const { statusCode, headers, body } = await app.inject('/docs/errors');
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /);
  for (const code of Object.keys(REFUSALS)) expect(body).toContain(`<a id="${code}"></a><code>${code}</code>`);
});

test('the pages link to each other, and every link leads somewhere', async () => {
  const seen = new Set<string>();
  const waiting = ['/docs/errors'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const { statusCode, body } = await app.inject(path);
    expect(statusCode, path).toBe(200);
    seen.add(path);
    if (path === '/docs') continue;
    for (const [, href = ''] of body.matchAll(/ href="([^"]+)"/g)) {
      const [target = ''] = href.split('#');
      if (target.startsWith('/') && !seen.has(target) && !waiting.includes(target)) waiting.push(target);
    }
  }
  expect([...seen]).toEqual(expect.arrayContaining(['/docs', '/docs/reference/payment', '/docs/reference/ledger']));
});

test('a page looks as it was written: headings with anchors, tables, code, links, nothing left of the marks', async () => {
  const { body } = await app.inject('/docs/reference/refund');
  expect(body).toContain('<h1 id="refund-退款">Refund (退款)</h1>');
  expect(body).toContain('<td><code>failure.reason</code></td>');
  expect(body).toContain('<a href="/docs/reference/states#refund">states</a>');
  const text = body.replace(/<(pre|code)\b[\s\S]*?<\/\1>/g, '');
  expect(text).not.toMatch(/\]\(|\*\*|```|^\||&lt;a id/m);
});

test('what is not a page of the docs is not served', async () => {
  for (const path of ['/docs/../package.json', '/docs/errors.md', '/docs/reference/../../package.json'])
    expect((await app.inject(path)).statusCode, path).toBe(404);
});
