import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP_PATHS, matchAppPath } from './app-paths.ts';
import { registerPaymentHandler } from './payment-handler.ts';

const WALLET = 'https://wallet.example';
const app = fastify();

beforeAll(async () => {
  registerPaymentHandler(app, WALLET);
  await app.ready();
});
afterAll(() => app.close());

describe('the payment method', () => {
  test.each(['HEAD', 'GET'] as const)('%s tells browsers of any site where its manifest is', async (method) => {
    const reply = await app.inject({ method, url: '/payment-method' });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['link']).toBe(`<${WALLET}/payment-manifest.json>; rel="payment-method-manifest"`);
    expect(reply.headers['access-control-allow-origin']).toBe('*');
  });

  test('the manifest names the wallet’s own app and nobody else’s', async () => {
    const reply = await app.inject('/payment-manifest.json');
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    expect(reply.json()).toEqual({ default_applications: [`${WALLET}/manifest.webmanifest`] });
  });
});

describe('the app’s addresses', () => {
  test('each pattern is found by an address of its own', () => {
    for (const pattern of APP_PATHS) {
      const path = pattern.replace(/:\w+/g, 'abc_0123456789');
      expect(matchAppPath(path)?.pattern).toBe(pattern);
    }
  });

  test.each([
    ['/cards/add', '/cards/add', {}],
    ['/cards/card_1', '/cards/:id', { id: 'card_1' }],
    ['/t/a.b-c_d', '/t/:code', { code: 'a.b-c_d' }],
  ])('%s means %s', (path, pattern, params) => {
    expect(matchAppPath(path)).toEqual({ pattern, params });
  });

  test.each([
    '/api/me',
    '/cards/',
    '/Cards',
    '/pay/',
    '/pay/a/b',
    '//',
    '/pay/<script>',
    `/pay/${'a'.repeat(257)}`,
    '/assets/x',
    '',
  ])('%j is no page', (path) => {
    expect(matchAppPath(path)).toBeNull();
  });
});
