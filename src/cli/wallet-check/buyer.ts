import type { Send } from '../../base/outbound.ts';
import { WALLET_CALL_TIMEOUT_MS, WALLET_REPLY_BYTES_MAX } from '../../base/limits.ts';
import { readBody } from '../../wallets/open/exchange.ts';
import { type Members, membersOf } from '../../wallets/open/parse.ts';
import { NotSeen } from './check-case.ts';

/** Who pays: the wallet's test hooks, or the person in front of the screen, who can only pay. */
export interface Buyer {
  /** Plays at once, and can do more than pay. */
  isHook: boolean;
  /** False where the wallet refused it. With a person this only asks; the order then tells. */
  pay(orderNo: string, order: Members): Promise<boolean>;
  decline(orderNo: string): Promise<boolean>;
  paymentCode(kind: 'pays' | 'asks_pin' | 'declines'): Promise<string>;
  payerCode(merchantNo: string): Promise<string>;
  /** The day whose statement can be had now. */
  endDay(): Promise<string>;
}

/** Appendix A of the specification. */
export function hookBuyer(send: Send, hooksUrl: string): Buyer {
  const call = async (path: string, body: object): Promise<{ isDone: boolean; json: Members }> => {
    const reply = await send({
      method: 'POST',
      url: hooksUrl + path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: WALLET_CALL_TIMEOUT_MS,
      replyBytesMax: WALLET_REPLY_BYTES_MAX,
    });
    if (reply.kind !== 'reply') throw new NotSeen(`the test hook ${path} did not answer: ${reply.reason}`);
    if (reply.status !== 409 && reply.status >= 300)
      throw new NotSeen(`the test hook ${path} answered ${reply.status}`);
    return { isDone: reply.status < 300, json: membersOf(readBody(reply.body)) ?? {} };
  };
  const text = async (path: string, body: object, member: string): Promise<string> => {
    const { json } = await call(path, body);
    const value = json[member];
    if (typeof value !== 'string') throw new NotSeen(`the test hook ${path} gave no ${member}`);
    return value;
  };
  return {
    isHook: true,
    pay: async (orderNo) => (await call(`/orders/${orderNo}/pay`, {})).isDone,
    decline: async (orderNo) => (await call(`/orders/${orderNo}/decline`, {})).isDone,
    paymentCode: (buyer) => text('/payment-codes', { buyer }, 'code'),
    payerCode: (merchant_no) => text('/payer-codes', { merchant_no }, 'code'),
    endDay: () => text('/day-end', {}, 'day'),
  };
}

/** A person with the wallet's test app. `ask` prints a line. */
export function personBuyer(ask: (line: string) => void): Buyer {
  const cannot = (): Promise<never> => Promise.reject(new NotSeen('the wallet has no test hooks for it'));
  return {
    isHook: false,
    pay: (_orderNo, order) => {
      const page = order['web_url'] ?? order['qr_text'];
      ask(
        `Please pay in the wallet, within three minutes: ${typeof page === 'string' ? page : 'no address was given'}`,
      );
      return Promise.resolve(true);
    },
    decline: cannot,
    paymentCode: cannot,
    payerCode: cannot,
    endDay: cannot,
  };
}
