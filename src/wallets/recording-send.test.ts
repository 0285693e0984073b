import { describe, expect, test } from 'vitest';
import type { OutboundReply, OutboundRequest } from '../base/outbound.ts';
import { maskFields, type RecordedCall, recordSend } from './recording-send.ts';

const REQUEST: OutboundRequest = {
  method: 'POST',
  url: 'https://gateway.example/api/pay.do?token=t0p&a=1',
  headers: {},
  body: 'orderId=A1&accNo=6226090000000048&signature=abcdefghijklmnopqrstuvwxyz',
  timeoutMs: 1000,
  replyBytesMax: 1000,
};

describe('a recorded call', () => {
  test('goes through unchanged and is told with secrets masked, signatures and certificates shortened', async () => {
    const pem = `-----BEGIN CERTIFICATE-----\r\n${'A'.repeat(900)}\r\n-----END CERTIFICATE-----`;
    const { reply, call } = await recorded(ok('whatever'), REQUEST, () => ({
      respCode: '00',
      cert: pem,
      accNo: '6226',
    }));
    expect(reply).toEqual(ok('whatever'));
    expect(call).toEqual({
      method: 'POST',
      url: 'https://gateway.example/api/pay.do',
      sent: { token: '******', a: '1', orderId: 'A1', accNo: '******', signature: 'abcdefghijkl… (26 characters)' },
      reply: {
        kind: 'reply',
        status: 200,
        received: {
          respCode: '00',
          cert: `-----BEGIN CERTIFICATE----- … (${pem.length} characters)`,
          accNo: '******',
        },
      },
    });
  });

  test('shows a reply that cannot be read only by its length, for it cannot be masked', async () => {
    const { call } = await recorded(ok('accNo 6226090000000048'), REQUEST, () => null);
    expect(call?.reply).toEqual({ kind: 'reply', status: 200, received: { '(unreadable)': '22 bytes' } });
  });

  test('reads JSON on both sides', async () => {
    const request = { ...REQUEST, url: 'https://x.example/', body: '{"accNo":"6226","amount":{"total":1}}' };
    const { call } = await recorded(ok('{"code":"OK","n":7}'), request, () => null);
    expect(call?.sent).toEqual({ accNo: '******', amount: '{"total":1}' });
    expect(call?.reply).toMatchObject({ received: { code: 'OK', n: '7' } });
  });

  test('tells silence as it was', async () => {
    const silence: OutboundReply = { kind: 'no_answer', reason: 'no answer within 1000 ms' };
    const { reply, call } = await recorded(silence, REQUEST, () => null);
    expect(reply).toEqual(silence);
    expect(call?.reply).toEqual(silence);
  });
});

test('fields of a form are masked the same way', () => {
  expect(maskFields({ pin: '123456', note: 'x'.repeat(201) }, ['pin'])).toEqual({
    pin: '******',
    note: `${'x'.repeat(200)}… (201 characters)`,
  });
});

async function recorded(
  reply: OutboundReply,
  request: OutboundRequest,
  readReply: () => Record<string, string> | null,
): Promise<{ reply: OutboundReply; call: RecordedCall | undefined }> {
  const calls: RecordedCall[] = [];
  const send = recordSend(() => Promise.resolve(reply), {
    secretFields: ['accNo', 'token'],
    readReply,
    onCall: (call) => calls.push(call),
  });
  return { reply: await send(request), call: calls[0] };
}

function ok(body: string): OutboundReply {
  return { kind: 'reply', status: 200, headers: {}, body: Buffer.from(body) };
}
