import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { LookupAddress } from 'node:dns';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { isPublicAddress } from './public-address.ts';
import {
  createSafeFetch,
  LINK_USER_AGENT,
  type SafeFetcher,
  type SafeFetchOptions,
  type SafeWish,
} from './safe-fetch.ts';
import { ALLOWED_ADDRESSES, hostOfAddress, REFUSED_ADDRESSES, REFUSED_SPELLINGS } from './test-addresses.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const NOT_PUBLIC = { kind: 'refused', reason: 'the host is not on the open internet' };
const ROWS = [...REFUSED_ADDRESSES.map(hostOfAddress), ...REFUSED_SPELLINGS];

describe('addresses that are never asked', () => {
  test('are enough of them to say so', () => {
    expect(new Set(ROWS).size).toBe(ROWS.length);
    expect(ROWS.length).toBeGreaterThan(137);
  });

  test.each(ROWS)('http://%s/, written into the URL', async (host) => {
    const sockets = await countSockets(async () => {
      expect(await safe().fetch(wish(`http://${host}/`))).toMatchObject(NOT_PUBLIC);
      expect(await safe().fetch(wish(`https://${host}/`))).toMatchObject(NOT_PUBLIC);
    });
    expect(sockets).toBe(0);
  });

  test.each(REFUSED_ADDRESSES)('a name that leads to %s', async (address) => {
    const fetcher = safe({ lookup: lookupTo(address) });
    expect(await fetcher.fetch(wish('http://shop.example/'))).toMatchObject(NOT_PUBLIC);
  });

  test.each(REFUSED_ADDRESSES)('a name that leads to an address of the open internet and to %s', async (address) => {
    const fetcher = safe({ lookup: lookupTo('8.8.8.8', address) });
    expect(await fetcher.fetch(wish('http://shop.example/'))).toMatchObject(NOT_PUBLIC);
  });

  test('any of them, behind a redirect of a page that may be asked', async () => {
    const url = await serve((request, response) => {
      const host = new URL(request.url ?? '', 'http://x').searchParams.get('to');
      response.writeHead(302, { location: `http://${host}/` }).end();
    });
    const fetcher = safe({ allowPrivate: true });
    // This machine itself is allowed here, and a header carries ASCII.
    const isTried = (host: string) =>
      /^[!-~]+$/.test(host) && !/^(127\.|\[::1\])/.test(new URL(`http://${host}/`).hostname);
    for (const host of ROWS.filter(isTried))
      expect(await fetcher.fetch(wish(`${url}?to=${encodeURIComponent(host)}`)), host).toMatchObject(NOT_PUBLIC);
  });

  test.each(['localhost', 'LOCALHOST', 'localhost.', 'a.localhost'])('%s', async (name) => {
    const answer = await safe().fetch(wish(`http://${name}/`));
    expect(answer.kind === 'refused' || answer.kind === 'unreachable').toBe(true);
  });

  test.each([
    'file:///etc/passwd',
    'gopher://8.8.8.8/',
    'ftp://8.8.8.8/',
    'data:text/html,x',
    'javascript:alert(1)',
    'ws://8.8.8.8/',
    'blob:http://8.8.8.8/x',
    'http://a:b@8.8.8.8/',
    'http://a@8.8.8.8/',
    '//8.8.8.8/',
    '/etc/passwd',
    'http://',
    'http://[fe80::1%25eth0]/',
    'http://1.2.3.4.5.6/',
    '',
    `http://8.8.8.8/${'x'.repeat(2048)}`,
  ])('%s', async (url) => {
    const fetcher = safe({ allowPrivate: true });
    const sockets = await countSockets(async () => {
      expect((await fetcher.fetch(wish(url))).kind).toBe('refused');
    });
    expect(sockets).toBe(0);
  });

  test.each([21, 22, 25, 3306, 5432, 6379, 8080, 9200, 11211, 65_535])('port %i of anybody else', async (port) => {
    const named = safe({ allowPrivate: true, lookup: lookupTo('8.8.8.8') });
    expect(await named.fetch(wish(`http://shop.example:${port}/`))).toMatchObject(NOT_PUBLIC);
    expect(await named.fetch(wish(`https://8.8.8.8:${port}/`))).toMatchObject(NOT_PUBLIC);
  });

  test.each(ALLOWED_ADDRESSES)('but %s is one of the open internet', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('a page that may be asked', () => {
  test('comes with its address, status and type, and is told who asks and nothing else', async () => {
    let seen: IncomingHttpHeaders = {};
    const url = await serve((request, response) => {
      seen = request.headers;
      response
        .writeHead(200, { 'content-type': 'text/html; charset=GBK', 'set-cookie': 'a=b' })
        .end('<title>x</title>');
    });
    const page = await safe({ allowPrivate: true }).fetch(wish(`${url}a?b=c#d`));
    expect(page).toMatchObject({
      kind: 'page',
      url: `${url}a?b=c`,
      status: 200,
      type: 'text/html; charset=GBK',
      cut: false,
    });
    expect(page.hops).toEqual([`${url}a?b=c`]);
    expect(page.kind === 'page' && page.body.toString()).toBe('<title>x</title>');
    expect(Object.keys(seen).sort()).toEqual([
      'accept',
      'accept-encoding',
      'accept-language',
      'connection',
      'host',
      'user-agent',
    ]);
    expect(seen).toMatchObject({ 'user-agent': LINK_USER_AGENT, 'accept-encoding': 'identity', accept: 'text/html' });
  });

  test('carries no cookie to the next hop, and no Referer', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers);
      if (request.url === '/') response.writeHead(302, { location: '/next', 'set-cookie': 'a=b' }).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end('x');
    });
    expect(await safe({ allowPrivate: true }).fetch(wish(url))).toMatchObject({ kind: 'page', url: `${url}next` });
    expect(seen[1]).not.toHaveProperty('cookie');
    expect(seen[1]).not.toHaveProperty('referer');
  });

  test.each([301, 302, 303, 307, 308])('is followed through a %i, relative or not', async (status) => {
    const url = await serve((request, response) => {
      const to: Record<string, string> = { '/': 'b/c', '/b/c': '/d?e', '/d?e': `http://${request.headers.host}/f` };
      const location = to[request.url ?? ''];
      if (location === undefined) response.writeHead(200, { 'content-type': 'text/html' }).end('end');
      else response.writeHead(status, { location }).end();
    });
    const page = await safe({ allowPrivate: true }).fetch(wish(url));
    expect(page).toMatchObject({ kind: 'page', url: `${url}f`, hops: [url, `${url}b/c`, `${url}d?e`, `${url}f`] });
  });

  test('is not followed further than was said, and never further than five', async () => {
    let calls = 0;
    const url = await serve((request, response) => {
      calls += 1;
      response.writeHead(302, { location: `/${Number(request.url?.slice(1)) + 1}` }).end();
    });
    expect(await safe({ allowPrivate: true }).fetch({ ...wish(url), hopsMax: 2 })).toMatchObject({
      kind: 'refused',
      reason: 'more than 2 redirects',
    });
    expect(calls).toBe(3);
    expect(await safe({ allowPrivate: true }).fetch({ ...wish(url), hopsMax: 99 })).toMatchObject({
      reason: 'more than 5 redirects',
    });
    expect(calls).toBe(9);
    expect(await safe({ allowPrivate: true }).fetch({ ...wish(url), hopsMax: 0 })).toMatchObject({ kind: 'refused' });
  });

  test.each([
    ['javascript:alert(1)', 'not an http address'],
    ['file:///etc/passwd', 'not an http address'],
    ['http://a:b@127.0.0.1/', 'a name or password in the address'],
    ['http://[bad', 'not an address'],
    [`/${'x'.repeat(3_000)}`, 'the address is too long'],
  ])('is not followed to %s', async (location, reason) => {
    const url = await serve((_request, response) => response.writeHead(302, { location }).end());
    expect(await safe({ allowPrivate: true }).fetch(wish(url))).toMatchObject({ kind: 'refused', reason });
  });

  test('a redirect without an address is a page like any other', async () => {
    const url = await serve((_request, response) => response.writeHead(302, { 'content-type': 'text/html' }).end('x'));
    expect(await safe({ allowPrivate: true }).fetch(wish(url))).toMatchObject({ kind: 'page', status: 302 });
  });

  test('a name that changes its mind between two hops is refused', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('connection', 'close');
      response.writeHead(302, { location: '/again' }).end();
    });
    let asked = 0;
    const fetcher = safe({
      allowPrivate: true,
      lookup: (_hostname, callback) => {
        asked += 1;
        callback(null, [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
      },
    });
    expect(await fetcher.fetch(wish(url.replace('127.0.0.1', 'shop.example')))).toMatchObject(NOT_PUBLIC);
    expect(asked).toBe(2);
  });

  test('one deadline holds over all hops, however often the other side begins anew', async () => {
    const url = await serve((_request, response) => {
      setTimeout(() => response.writeHead(302, { location: '/' }).end(), 60);
    });
    const page = await safe({ allowPrivate: true }).fetch({ ...wish(url), timeoutMs: 150 });
    expect(page.kind).toBe('unreachable');
    expect(page.hops.length).toBeLessThan(5);
  });

  test('a body that drips is given up at the deadline', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect(await safe({ allowPrivate: true }).fetch({ ...wish(url), timeoutMs: 120 })).toMatchObject({
      kind: 'unreachable',
    });
  });

  test('a silent server, and one that hangs up, are unreachable', async () => {
    const silent = await serve(() => {});
    expect(await safe({ allowPrivate: true }).fetch({ ...wish(silent), timeoutMs: 60 })).toMatchObject({
      kind: 'unreachable',
    });
    const rude = await serve((request) => request.socket.destroy());
    expect(await safe({ allowPrivate: true }).fetch(wish(rude))).toMatchObject({ kind: 'unreachable' });
  });
});

describe('what is read of a page', () => {
  test('is its beginning; the rest is left, whether its length was said or not', async () => {
    let sent = 0;
    const url = await serve((request, response) => {
      const headers = {
        'content-type': 'text/html',
        ...(request.url === '/said' ? { 'content-length': '50000000' } : {}),
      };
      response.writeHead(200, headers);
      const chunk = Buffer.alloc(64 * 1024, 120);
      const write = (): void => {
        while (!response.destroyed && sent < 50_000_000) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    });
    for (const path of ['', 'said']) {
      sent = 0;
      const page = await safe({ allowPrivate: true }).fetch({ ...wish(url + path), bytesMax: 1000 });
      expect(page).toMatchObject({ kind: 'page', cut: true });
      expect(page.kind === 'page' && page.body.length).toBe(1000);
      expect(sent).toBeLessThan(50_000_000);
    }
  });

  test('exactly as many bytes as were allowed is not cut', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('x'.repeat(1000)),
    );
    expect(await safe({ allowPrivate: true }).fetch({ ...wish(url), bytesMax: 1000 })).toMatchObject({ cut: false });
    expect(await safe({ allowPrivate: true }).fetch({ ...wish(url), bytesMax: 999 })).toMatchObject({ cut: true });
  });

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', packQuickly],
  ] as const)(
    'a page that comes packed (%s) though it was asked for plain is unpacked, and a bomb is cut',
    async (encoding, pack) => {
      const packedBomb = pack(Buffer.alloc(16 * 1024 * 1024));
      const url = await serve((request, response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': encoding });
        response.end(request.url === '/bomb' ? packedBomb : pack(Buffer.from('<title>小店</title>')));
      });
      const page = await safe({ allowPrivate: true }).fetch(wish(url));
      expect(page).toMatchObject({ kind: 'page', cut: false });
      expect(page.kind === 'page' && page.body.toString()).toBe('<title>小店</title>');
      const bomb = await safe({ allowPrivate: true }).fetch(wish(`${url}bomb`));
      expect(bomb).toMatchObject({ kind: 'page', cut: true });
      expect(bomb.kind === 'page' && bomb.body.length).toBe(128 * 1024);
    },
  );

  test('a packed page that is cut in the middle gives what its beginning unfolds to', async () => {
    const text = Array.from({ length: 20_000 }, (_, line) => `${line} ${(line * 7919) % 10_007}`).join('\n');
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
      response.end(gzipSync(text));
    });
    const page = await safe({ allowPrivate: true }).fetch({ ...wish(url), bytesMax: 10_000 });
    expect(page).toMatchObject({ kind: 'page', cut: true });
    expect(page.kind === 'page' && text.startsWith(page.body.toString()) && page.body.length).toBe(10_000);
  });

  test.each([
    ['zstd', 'x'],
    ['gzip, gzip', 'x'],
    ['gzip', 'not packed at all'],
  ])('what is packed as %s and cannot be read is no page', async (encoding, body) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': encoding }).end(body);
    });
    expect(await safe({ allowPrivate: true }).fetch(wish(url))).toMatchObject({ kind: 'unreachable' });
  });

  test.each([
    ['image/png', 'not a type that is read: image/png'],
    ['text/html5', 'not a type that is read: text/html5'],
    [undefined, 'not a type that is read: none'],
  ])('nothing, when its type is %s', async (type, reason) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, type === undefined ? {} : { 'content-type': type });
      response.write('x');
    });
    expect(await safe({ allowPrivate: true }).fetch(wish(url))).toMatchObject({ kind: 'refused', reason });
  });

  test.each(['TEXT/HTML', 'text/html;charset=utf-8', 'text/html ; x=y'])('all, when its type is %s', async (type) => {
    const url = await serve((_request, response) => response.writeHead(200, { 'content-type': type }).end('x'));
    expect(await safe({ allowPrivate: true }).fetch(wish(url))).toMatchObject({ kind: 'page' });
    expect(await safe({ allowPrivate: true }).fetch({ ...wish(url), types: [] })).toMatchObject({ kind: 'page' });
  });

  test('after a cut the next page of the same host still comes', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('x'.repeat(5000)),
    );
    const fetcher = safe({ allowPrivate: true });
    for (let i = 0; i < 5; i++)
      expect(await fetcher.fetch({ ...wish(url), bytesMax: 10 })).toMatchObject({ cut: true });
    expect(await fetcher.fetch(wish(url))).toMatchObject({ cut: false });
  });
});

function packQuickly(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
}

function wish(url: string): SafeWish {
  return { url, types: ['text/html'], bytesMax: 128 * 1024, timeoutMs: 5_000, hopsMax: 5 };
}

function safe(options: Partial<SafeFetchOptions> = {}): SafeFetcher {
  const fetcher = createSafeFetch({ allowPrivate: false, ...options });
  closing.push(() => fetcher.close());
  return fetcher;
}

function lookupTo(...addresses: string[]): NonNullable<SafeFetchOptions['lookup']> {
  const answer: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_hostname, callback) => callback(null, answer);
}

/** How many sockets to anywhere are made meanwhile. */
async function countSockets(work: () => Promise<void>): Promise<number> {
  let count = 0;
  const onSocket = (): void => void (count += 1);
  subscribe('net.client.socket', onSocket);
  try {
    await work();
  } finally {
    unsubscribe('net.client.socket', onSocket);
  }
  return count;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return `http://127.0.0.1:${address.port}/`;
}
