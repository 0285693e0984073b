import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { OutboundRequest } from '../base/outbound.ts';
import { isPublicAddress } from './public-address.ts';
import { createVettedSend, type VettedSender, type VettedSendOptions } from './vetted-send.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const PRIVATE = [
  // IPv4, one or both ends of each range
  '0.0.0.0',
  '0.255.255.255',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.0.8',
  '192.0.2.1',
  '192.31.196.1',
  '192.52.193.1',
  '192.88.99.1',
  '192.168.0.1',
  '192.168.255.255',
  '192.175.48.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  // IPv6
  '::',
  '::1',
  '::2',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:7f00:1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::1',
  '100::1',
  '1fff:ffff::1',
  '2001::1',
  '2001:0:53aa:64c:0:7a99:8000:1',
  '2001:2::1',
  '2001:10::1',
  '2001:20::1',
  '2001:1ff:ffff::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:808:808::1',
  '2620:4f:8000::1',
  '3fff::1',
  '4000::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'febf::1',
  'fec0::1',
  'ff02::1',
  'ff0e::1',
];

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2000::1',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2003::1',
  '2606:4700:4700::1111',
  '3ffe::1',
];

/** Written as a URL's host: forms that are an address only after somebody has read them the odd way. */
const ODD_HOSTS = [
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '017700000001',
  '0',
  '0x0a000001',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '①②⑦.0.0.1',
  '127。0。0。1',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[fe80::1]',
  '[fd00:ec2::254]',
];

const NOT_ADDRESSES = [
  '',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  ' 8.8.8.8',
  '8.8.8.8/32',
  '[2606:4700::1]',
  'fe80::1%eth0',
  '2606:4700::1%1',
];

describe('which addresses belong to the open internet', () => {
  test.each(PRIVATE)('%s does not', (address) => expect(isPublicAddress(address)).toBe(false));
  test.each(PUBLIC)('%s does', (address) => expect(isPublicAddress(address)).toBe(true));
  test.each(NOT_ADDRESSES)('%j is not even an address', (text) => expect(isPublicAddress(text)).toBe(false));
});

describe('a call to an address that a stranger chose', () => {
  test.each(PRIVATE)('never goes out to %s, written into the URL', async (address) => {
    const host = address.includes(':') ? `[${address}]` : address;
    expect(await vetted().send(post(`http://${host}:9/`))).toMatchObject({ kind: 'not_sent', reason: refusedAddress });
  });

  test.each(PRIVATE)('never goes out to a name that leads to %s', async (address) => {
    const { send } = vetted({ lookup: lookupTo(address) });
    expect(await send(post('http://shop.example:9/'))).toMatchObject({ kind: 'not_sent', reason: refusedAddress });
  });

  test.each(ODD_HOSTS)('never goes out to http://%s', async (host) => {
    expect(await vetted().send(post(`http://${host}:9/`))).toMatchObject({ kind: 'not_sent' });
  });

  test('never goes out when only one of the addresses is private', async () => {
    const { send } = vetted({ lookup: lookupTo('8.8.8.8', '127.0.0.1') });
    expect(await send(post('http://shop.example:9/'))).toMatchObject({ kind: 'not_sent', reason: refusedAddress });
  });

  test('never goes out to localhost, whatever the machine thinks that is', async () => {
    expect(await vetted().send(post('http://localhost:9/'))).toMatchObject({
      kind: 'not_sent',
      reason: refusedAddress,
    });
    expect(await vetted().send(post('http://LOCALHOST.:9/'))).toMatchObject({ kind: 'not_sent' });
  });

  test.each([
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'ftp://8.8.8.8/',
    'data:text/plain,x',
    'http://a:b@8.8.8.8/',
    'x',
  ])('never goes out to %s', async (url) => {
    expect(await vetted().send(post(url))).toEqual({ kind: 'not_sent', reason: 'not an http address' });
  });

  test('in the sandbox reaches this machine, and nothing else of the private world', async () => {
    const url = await serve((_request, response) => response.end('ok'));
    const { send } = vetted({ allowPrivate: true });
    expect(await send(post(url))).toMatchObject({ kind: 'reply', status: 200 });
    for (const address of PRIVATE.filter((each) => !each.startsWith('127.') && each !== '::1')) {
      const host = address.includes(':') ? `[${address}]` : address;
      expect(await send(post(`http://${host}:9/`)), address).toMatchObject({
        kind: 'not_sent',
        reason: refusedAddress,
      });
    }
  });

  test('connects to the very address that was looked at, asks for it once, and keeps the name in Host', async () => {
    const hosts: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      hosts.push(request.headers.host);
      response.end('ok');
    });
    let asked = 0;
    const { send } = vetted({
      allowPrivate: true,
      connectionsPerOriginMax: 1,
      lookup: (_hostname, callback) => {
        asked += 1;
        callback(null, [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
      },
    });
    const named = url.replace('127.0.0.1', 'shop.example');
    expect(await send(post(named))).toMatchObject({ kind: 'reply', status: 200 });
    expect(await send(post(named))).toMatchObject({ kind: 'reply', status: 200 }); // the same connection
    expect(asked).toBe(1);
    expect(hosts).toEqual([named.slice(7, -1), named.slice(7, -1)]);
  });

  test('asks again for every new connection, so a name that changed its mind is refused', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('connection', 'close');
      response.end('ok');
    });
    let asked = 0;
    const { send } = vetted({
      allowPrivate: true,
      lookup: (_hostname, callback) => {
        asked += 1;
        callback(null, [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
      },
    });
    const named = url.replace('127.0.0.1', 'shop.example');
    expect(await send(post(named))).toMatchObject({ kind: 'reply' });
    expect(await send(post(named))).toMatchObject({ kind: 'not_sent', reason: refusedAddress });
  });

  test('does not follow a redirect', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(307, { location: '/elsewhere' });
      response.end();
    });
    expect(await vetted({ allowPrivate: true }).send(post(url))).toMatchObject({ kind: 'reply', status: 307 });
    expect(calls).toBe(1);
  });

  test('counts a reply that is too long as no answer', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(2000)));
    const { send } = vetted({ allowPrivate: true });
    expect(await send({ ...post(url), replyBytesMax: 2000 })).toMatchObject({ kind: 'reply' });
    expect(await send({ ...post(url), replyBytesMax: 1999 })).toEqual({
      kind: 'no_answer',
      reason: 'the reply is too long',
    });
  });

  test('gives up at the deadline, before the first byte and between bytes', async () => {
    const silent = await serve(() => {});
    const dripping = await serve((_request, response) => {
      response.write('a');
    });
    const { send } = vetted({ allowPrivate: true });
    for (const url of [silent, dripping]) {
      expect(await send({ ...post(url), timeoutMs: 1000 })).toEqual({
        kind: 'no_answer',
        reason: 'no answer within 1000 ms',
      });
    }
  });

  test('knows that nothing was sent when nobody listens or the name is unknown', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const unused = addressOf(server);
    await new Promise((resolve) => server.close(resolve));
    const { send } = vetted({
      allowPrivate: true,
      lookup: (_hostname, callback) => callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []),
    });
    expect(await send(post(unused))).toMatchObject({ kind: 'not_sent' });
    expect(await send(post('http://nowhere.example/'))).toEqual({ kind: 'not_sent', reason: 'ENOTFOUND: not found' });
  });
});

const refusedAddress: unknown = expect.stringContaining('address refused');

function vetted(options: Partial<VettedSendOptions> = {}): VettedSender {
  const sender = createVettedSend({
    allowPrivate: false,
    connectionsPerOriginMax: 2,
    connectTimeoutMs: 60_000,
    idleTimeoutMs: 4_000,
    ...options,
  });
  closing.push(() => sender.close());
  return sender;
}

function lookupTo(...addresses: string[]): NonNullable<VettedSendOptions['lookup']> {
  const answer: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_hostname, callback) => callback(null, answer);
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return addressOf(server);
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return `http://127.0.0.1:${address.port}/`;
}

function post(url: string): OutboundRequest {
  return { method: 'POST', url, headers: {}, body: '{}', timeoutMs: 5_000, replyBytesMax: 64 * 1024 };
}
