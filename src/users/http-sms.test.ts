import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { OutboundReply, OutboundRequest } from '../base/outbound.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { createHttpSms } from './http-sms.ts';

const SECRET = `whsec_${systemRandom.bytes(32).toString('base64')}`;
const MESSAGE = { phone: '13812345678', text: '【互通】验证码 012345', lang: 'zh-CN' } as const;

async function sendTo(answer: OutboundReply) {
  const sent: OutboundRequest[] = [];
  const sms = createHttpSms({
    send: async (request) => {
      sent.push(request);
      return answer;
    },
    clock: systemClock,
    random: systemRandom,
    url: 'https://gateway.example/sms',
    secret: new Secret(SECRET),
  });
  return { result: await sms.send(MESSAGE), request: sent[0] };
}

const reply = (status: number): OutboundReply => ({ kind: 'reply', status, headers: {}, body: Buffer.alloc(0) });

describe('messages by a gateway', () => {
  test('a foreign verifier of Standard Webhooks takes the signature, and refuses another body', async () => {
    const { request } = await sendTo(reply(202));
    expect(request?.method).toBe('POST');
    const body = String(request?.body);
    expect(new Webhook(SECRET).verify(body, request?.headers ?? {})).toEqual(MESSAGE);
    expect(() => new Webhook(SECRET).verify(body.replace('012345', '543210'), request?.headers ?? {})).toThrow();
  });

  test.each([
    [reply(200), 'sent'],
    [reply(204), 'sent'],
    [reply(302), 'failed'],
    [reply(400), 'failed'],
    [reply(500), 'failed'],
    [{ kind: 'not_sent', reason: 'ECONNREFUSED' }, 'failed'],
    [{ kind: 'no_answer', reason: 'no answer within 10000 ms' }, 'failed'],
  ] as [OutboundReply, string][])('%j is %s, and why says nothing of the message', async (answer, kind) => {
    const { result } = await sendTo(answer);
    expect(result.kind).toBe(kind);
    expect(JSON.stringify(result)).not.toMatch(/13812345678|012345/);
  });
});
