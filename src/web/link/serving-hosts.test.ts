import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReadyLink } from '../../links/link.ts';
import { shopLink, userAgentIn } from '../../links/open/test-openings.ts';
import { rewriteForServingHost } from './link-address.ts';
import { type PretendLinks, pretendLinks, SERVING } from './pretend-links.ts';

const OWN = 'pay.example';
const SAFARI = userAgentIn('browser', 'ios');

let world: PretendLinks;
beforeEach(async () => {
  world = await pretendLinks();
});
afterEach(() => world.app.close());

async function open(url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') {
  return await world.app.inject({ method, url, headers: { host: OWN, 'user-agent': SAFARI, ...headers } });
}

function served(more: Parameters<typeof shopLink>[0] = {}): ReadyLink {
  return shopLink({ servedBy: 'lho_1', url: `https://${SERVING}/abcd2345`, ...more });
}

describe('under a merchant’s own host', () => {
  test('its links open without /l, and nowhere else', async () => {
    world.put(SERVING, served());
    world.put(null, shopLink({ title: '别的链接' }));
    const reply = await open('/abcd2345', { host: SERVING });
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toContain('data-base="/abcd2345"');
    expect(reply.body).toContain('href="/abcd2345/report?');
    expect((await open('/abcd2345', { host: 'GO.Shop.Example:443' })).statusCode).toBe(200);
    expect((await open('/l/abcd2345')).body).toContain('别的链接');
    expect((await open('/abcd2345')).statusCode).toBe(404);
    expect((await open('/l/abcd2345', { host: SERVING })).statusCode).toBe(404);
  });

  test.each([
    '/',
    '/v1/secret',
    '/c/pay_1',
    '/docs',
    '/healthz',
    '/openapi.json',
    '/l-at/pay.example/v1/secret',
    '//v1/secret',
    '/%2e%2e/v1/secret',
    '/abcd2345/../v1/secret',
    '/l-at/go.shop.example/abcd2345',
  ])('nothing of ours answers at %s', async (url) => {
    const reply = await open(url, { host: SERVING });
    expect(reply.statusCode).toBe(404);
    expect(reply.body).not.toMatch(/ours|the cashier/);
  });

  test.each([
    '/l-at/go.shop.example/abcd2345',
    '/l-at/',
    '/l-at',
    '/l-at/go.shop.example/.well-known/assetlinks.json',
    // The router reads these as the same.
    '/%6c-at/go.shop.example/abcd2345',
    '/l%2Dat/go.shop.example/abcd2345',
    '/%6C%2d%61%74/go.shop.example/.well-known/assetlinks.json',
  ])('the inner address is no address of ours: %s', async (url) => {
    world.put(SERVING, served());
    expect((await open(url)).statusCode).toBe(404);
  });

  // RFC 9112, 3.2.2: a whole address in the request line. No browser sends one to us, and one that disagrees with Host is a trick.
  test.each([
    ['http://pay.example/l-at/go.shop.example/abcd2345', OWN, '/l-at'],
    ['HTTPS://pay.example/%6c-at/go.shop.example/abcd2345', OWN, '/l-at'],
    ['http:///l-at/go.shop.example/abcd2345', OWN, '/l-at'],
    ['http:///l-at/go.shop.example/abcd2345', '', '/l-at'],
    ['http://pay.example/l/abcd2345?x=1', OWN, '/l/abcd2345?x=1'],
    ['http://PAY.example:80', OWN, '/'],
    ['https://go.shop.example/v1/secret', SERVING, '/l-at/go.shop.example/v1/secret'],
    ['https://GO.shop.example:443/v1/secret', SERVING, '/l-at/go.shop.example/v1/secret'],
    ['https://go.shop.example/abcd2345', OWN, '/l-at'],
    ['https://pay.example/v1/secret', SERVING, '/l-at'],
    ['https://x@pay.example/v1/secret', OWN, '/l-at'],
    ['ftp://pay.example/v1/secret', OWN, '/l-at'],
    ['l-at/go.shop.example/abcd2345', OWN, '/l-at'],
    ['*', SERVING, '/l-at'],
    ['*', OWN, '*'],
  ])('a request line with a whole address, %s, at %s is asked at %s', (url, host, to) => {
    expect(rewriteForServingHost({ url, headers: { host } }, world.reader)).toBe(to);
  });

  test('a host with the dot of the root is the same host', async () => {
    world.put(SERVING, served());
    expect((await open('/abcd2345', { host: `${SERVING}.` })).statusCode).toBe(200);
    expect((await open('/v1/secret', { host: `${SERVING}.:443` })).statusCode).toBe(404);
  });

  test.each(['evil.example', '', 'go.shop.example.evil.example', 'go.shop.example:8443', 'go.shop.example/', '[::1]'])(
    'another Host shows none of its links: %j',
    async (host) => {
      world.put(SERVING, served());
      expect((await open('/abcd2345', { host })).statusCode).toBe(404);
    },
  );

  test('its apps claim it by the two files, as JSON and at once', async () => {
    const apple = await open('/.well-known/apple-app-site-association', { host: SERVING });
    expect(apple.statusCode).toBe(200);
    expect(apple.headers['content-type']).toBe('application/json');
    expect(apple.json()).toMatchObject({ applinks: { details: [{ appIDs: ['TEAMID1234.com.example.shop'] }] } });
    const google = await open('/.well-known/assetlinks.json', { host: SERVING });
    expect(google.headers['content-type']).toBe('application/json');
    expect(google.json()).toMatchObject([{ target: { package_name: 'com.example.shop' } }]);
  });

  test('shows the files that its owner has put there, byte for byte', async () => {
    const reply = await open('/MP_verify_H2Jt0ih2ZyTRl0pO.txt', { host: SERVING });
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toBe('H2Jt0ih2ZyTRl0pO');
    expect(reply.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
    const head = await open('/MP_verify_H2Jt0ih2ZyTRl0pO.txt', { host: SERVING }, 'HEAD');
    expect([head.statusCode, head.body]).toEqual([200, '']);
    // The router reads the two as the same.
    expect((await open('/MP%5Fverify_H2Jt0ih2ZyTRl0pO.txt', { host: SERVING })).statusCode).toBe(200);
  });

  test.each([
    ['/MP_verify_H2Jt0ih2ZyTRl0pO.txt', OWN],
    ['/l/MP_verify_H2Jt0ih2ZyTRl0pO.txt', OWN],
    ['/l-at/go.shop.example/MP_verify_H2Jt0ih2ZyTRl0pO.txt', OWN],
    ['/MP_verify_H2Jt0ih2ZyTRl0pO.txt', 'other.example'],
    ['/MP_verify_AAAAAAAAAAAAAAAA.txt', SERVING],
    ['/mp_verify_H2Jt0ih2ZyTRl0pO.txt', SERVING],
    ['/MP_verify_H2Jt0ih2ZyTRl0pO.txt/', SERVING],
    ['/x/MP_verify_H2Jt0ih2ZyTRl0pO.txt', SERVING],
    ['/.well-known/MP_verify_H2Jt0ih2ZyTRl0pO.txt', SERVING],
    ['/constructor.txt', SERVING],
    ['/..%2fMP_verify_H2Jt0ih2ZyTRl0pO.txt', SERVING],
    ['/robots.txt', SERVING],
    ['/index.html', SERVING],
  ])('and nothing else of that kind: %s at %s', async (url, host) => {
    const reply = await open(url, { host });
    expect(reply.statusCode).toBe(404);
    expect(reply.body).not.toBe('H2Jt0ih2ZyTRl0pO');
  });

  test('our own address, where every merchant’s links stand, claims no app', async () => {
    expect((await open('/.well-known/apple-app-site-association')).json()).toEqual({ applinks: { details: [] } });
    expect((await open('/.well-known/assetlinks.json')).json()).toEqual([]);
  });
});
