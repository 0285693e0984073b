import { createSocket, type Socket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { createDnsText } from './dns-text.ts';

/* A name server of a few lines (RFC 1035, 4.1): one question, records of type TXT or an error code. */

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

const NXDOMAIN = 3;
const SERVFAIL = 2;

test('every record is found; one in several parts is one text', async () => {
  const lookUp = createDnsText([await serve({ records: [['hutong-link=abc'], ['v=spf1 ', '-all']] })]);
  expect(await lookUp('_hutong.shop.example', 2_000)).toEqual({
    kind: 'found',
    texts: ['hutong-link=abc', 'v=spf1 -all'],
  });
});

test.each([
  ['the name does not exist', { code: NXDOMAIN }],
  ['it has no such record', { records: [] }],
])('there is none when %s', async (_name, answer) => {
  expect(await createDnsText([await serve(answer)])('shop.example', 2_000)).toEqual({ kind: 'none' });
});

test('a server that fails proves nothing', async () => {
  const answer = await createDnsText([await serve({ code: SERVFAIL })])('shop.example', 2_000);
  expect(answer).toMatchObject({ kind: 'unreachable', reason: 'ESERVFAIL' });
});

test('a silent server is given up at the deadline, over all tries together', async () => {
  const answer = await createDnsText([await serve('silent')])('shop.example', 300);
  expect(answer.kind).toBe('unreachable');
});

test('a name that is none is unreachable or not there, never thrown', async () => {
  const lookUp = createDnsText([await serve({ code: NXDOMAIN })]);
  for (const name of ['', '..', 'a'.repeat(300), 'x y', '\0'])
    expect(['none', 'unreachable'], name).toContain((await lookUp(name, 500)).kind);
});

type Answer = { code?: number; records?: string[][] } | 'silent';

async function serve(answer: Answer): Promise<string> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  if (answer !== 'silent')
    socket.on('message', (question, { port, address }) => socket.send(reply(question, answer), port, address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return `127.0.0.1:${socket.address().port}`;
}

function reply(message: Buffer, { code = 0, records = [] }: Exclude<Answer, 'silent'>): Buffer {
  const questionEnd = message.indexOf(0, 12) + 5;
  const head = Buffer.alloc(12);
  message.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  const answers = records.map((parts) => {
    const data = Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])));
    const row = Buffer.alloc(12);
    row.writeUInt16BE(0xc00c, 0); // the name of the question
    row.writeUInt16BE(16, 2); // TXT
    row.writeUInt16BE(1, 4); // IN
    row.writeUInt32BE(60, 6);
    row.writeUInt16BE(data.length, 10);
    return Buffer.concat([row, data]);
  });
  return Buffer.concat([head, message.subarray(12, questionEnd), ...answers]);
}
