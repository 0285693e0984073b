import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import forge from 'node-forge';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { OutboundRequest } from '../base/outbound.ts';
import { createSend } from './send.ts';

const sender = createSend({ connectionsPerOriginMax: 2, connectTimeoutMs: 60_000, idleTimeoutMs: 4_000 });
const opened: { close(): void }[] = [];

afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});
afterAll(() => sender.close());

describe('a call to the outside', () => {
  test('brings back status, headers and body, whatever the status', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(418, { 'x-one': ['a', 'b'], 'content-type': 'text/plain' });
        response.end(`${request.method} ${request.url} ${String(request.headers['x-sent'])} ${body}`);
      });
    });
    const reply = await sender.send(post(`${url}/path?q=1`, { headers: { 'x-sent': 'yes' }, body: '中=1' }));
    expect(reply).toMatchObject({
      kind: 'reply',
      status: 418,
      headers: { 'x-one': 'a, b', 'content-type': 'text/plain' },
    });
    expect(reply.kind === 'reply' && reply.body.toString()).toBe('POST /path?q=1 yes 中=1');
  });

  test('does not follow a redirect', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await sender.send(post(url))).toMatchObject({ kind: 'reply', status: 302 });
    expect(calls).toBe(1);
  });

  test('is not sent when nobody listens', async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await sender.send(post(url))).toMatchObject({
      kind: 'not_sent',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('is not sent when the name does not exist', async () => {
    expect(await sender.send(post('http://hutong-no-such-name.invalid/'))).toMatchObject({ kind: 'not_sent' });
  });

  test('is not sent to an address that is not http', async () => {
    expect(await sender.send(post('file:///etc/passwd'))).toMatchObject({ kind: 'not_sent' });
    expect(await sender.send(post('nonsense'))).toMatchObject({ kind: 'not_sent' });
  });

  test('is not sent with a header that HTTP does not allow', async () => {
    const url = await serve((_request, response) => response.end());
    expect(await sender.send(post(url, { headers: { bad: 'a\r\nb: c' } }))).toMatchObject({ kind: 'not_sent' });
  });

  test('is not sent to a server whose certificate is not trusted', async () => {
    let calls = 0;
    const { url, certificate } = await serveTls(() => {
      calls += 1;
    });
    expect(await sender.send(post(url))).toMatchObject({ kind: 'not_sent' });
    expect(calls).toBe(0);
    const trusting = createSend({
      connectionsPerOriginMax: 1,
      connectTimeoutMs: 60_000,
      idleTimeoutMs: 1_000,
      trustedCertificates: certificate,
    });
    expect(await trusting.send(post(url))).toMatchObject({ kind: 'reply', status: 200 });
    await trusting.close();
  });

  test('has no answer when the server stays silent until the deadline', async () => {
    const url = await serve(() => {});
    const reply = await sender.send(post(url, { timeoutMs: 1000 }));
    expect(reply).toEqual({ kind: 'no_answer', reason: 'no answer within 1000 ms' });
  });

  test('has no answer when the body never ends: the deadline is over the whole call', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect(await sender.send(post(url, { timeoutMs: 1000 }))).toMatchObject({ kind: 'no_answer' });
  });

  test('has no answer when the server hangs up after it has read the request', async () => {
    const url = await serve((request) => request.socket.destroy());
    expect(await sender.send(post(url))).toMatchObject({ kind: 'no_answer' });
  });

  test('has no answer when the reply is shorter than it said', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('part');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await sender.send(post(url))).toMatchObject({ kind: 'no_answer' });
  });

  test('has no answer when the reply is not HTTP', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0-what\r\n'));
    opened.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = addressOf(server);
    expect(await sender.send(post(url))).toMatchObject({ kind: 'no_answer' });
  });

  test('has no answer when the reply is longer than allowed, said beforehand or not', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/said') response.writeHead(200, { 'content-length': '2000' });
      response.end(Buffer.alloc(2000));
    });
    const tooLong = { kind: 'no_answer', reason: 'the reply is too long' };
    expect(await sender.send(post(`${url}/said`, { replyBytesMax: 1999 }))).toEqual(tooLong);
    expect(await sender.send(post(`${url}/unsaid`, { replyBytesMax: 1999 }))).toEqual(tooLong);
    expect(await sender.send(post(`${url}/said`, { replyBytesMax: 2000 }))).toMatchObject({ kind: 'reply' });
  });

  test('waiting for a free connection past its deadline is not sent, also later', async () => {
    let calls = 0;
    const held: (() => void)[] = [];
    const url = await serve((_request, response) => {
      calls += 1;
      held.push(() => response.end());
    });
    const first = [sender.send(post(url)), sender.send(post(url))];
    await expect.poll(() => calls).toBe(2);
    expect(await sender.send(post(url, { timeoutMs: 50 }))).toMatchObject({ kind: 'not_sent' });
    for (const release of held) release();
    await Promise.all(first);
    const after = sender.send(post(url));
    await expect.poll(() => calls).toBe(3);
    for (const release of held) release();
    await after;
    expect(calls).toBe(3);
  });

  test('uses a connection again', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    for (let i = 0; i < 10; i++) await sender.send(post(url));
    expect(ports.size).toBeLessThanOrEqual(2);
  });
});

function post(url: string, changed: Partial<OutboundRequest> = {}): OutboundRequest {
  return { method: 'POST', url, headers: {}, body: '', timeoutMs: 5_000, replyBytesMax: 10_000, ...changed };
}

function serve(answer: RequestListener): Promise<string> {
  return listen(createServer(answer));
}

async function listen(server: Server): Promise<string> {
  opened.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return addressOf(server);
}

function addressOf(server: TcpServer): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return `http://127.0.0.1:${address.port}`;
}

async function serveTls(onCall: () => void): Promise<{ url: string; certificate: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const x509 = forge.pki.createCertificate();
  x509.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  x509.serialNumber = '01';
  x509.validity.notBefore = new Date('2020-01-01');
  x509.validity.notAfter = new Date('2090-01-01');
  x509.setSubject([{ name: 'commonName', value: 'localhost' }]);
  x509.setIssuer([{ name: 'commonName', value: 'localhost' }]);
  x509.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]);
  x509.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create());
  const certificate = forge.pki.certificateToPem(x509);
  const server = createTlsServer({ key, cert: certificate }, (_request, response) => {
    onCall();
    response.end('ok');
  });
  const url = (await listen(server)).replace('http:', 'https:');
  return { url, certificate };
}
