import type { Clock } from '../base/clock.ts';
import { SMS_REPLY_BYTES_MAX, SMS_TIMEOUT_MS } from '../base/limits.ts';
import type { Send } from '../base/outbound.ts';
import type { Random } from '../base/random.ts';
import type { Secret } from '../base/secret.ts';
import { signatureHeader } from '../webhooks/signing-keys.ts';
import type { SmsSender } from './users.ts';

export interface HttpSmsDeps {
  send: Send;
  clock: Clock;
  random: Random;
  /** Where the operator's gateway listens: `https://…`. */
  url: string;
  /** `whsec_` and base64 of 24 to 64 bytes, shared with the gateway. */
  secret: Secret;
}

/**
 * Hands messages to a gateway of the operator: POST of `{ phone, text, lang }` as JSON, signed as Standard Webhooks 1.0.0 are (`webhook-id`,
 * `webhook-timestamp`, `webhook-signature`), so that the gateway knows who sends and throws repeats away. Any 2xx is "sent". A message that may
 * or may not have gone counts as failed: whoever waits for it asks for another one.
 */
export function createHttpSms(deps: HttpSmsDeps): SmsSender {
  return {
    async send({ phone, text, lang }) {
      const body = JSON.stringify({ phone, text, lang });
      const id = `msg_${deps.random.bytes(16).toString('base64url')}`;
      const timestampSeconds = Math.floor(deps.clock.now().getTime() / 1000);
      const keys = [{ hmac: deps.secret.reveal(), ed25519: null }];
      const reply = await deps.send({
        method: 'POST',
        url: deps.url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Hutong-Messages/1',
          'webhook-id': id,
          'webhook-timestamp': String(timestampSeconds),
          'webhook-signature': signatureHeader(keys, { id, timestampSeconds, body }),
        },
        body,
        timeoutMs: SMS_TIMEOUT_MS,
        replyBytesMax: SMS_REPLY_BYTES_MAX,
      });
      if (reply.kind !== 'reply') return { kind: 'failed', why: `the gateway gave no answer: ${reply.reason}` };
      if (reply.status < 200 || reply.status > 299)
        return { kind: 'failed', why: `the gateway answered ${reply.status}` };
      return { kind: 'sent' };
    },
  };
}
