import type { Algorithm } from './iso8583/block-cipher.ts';
import { Message } from './iso8583/message.ts';
import type { KeyUse } from './keys.ts';

/** F70: what a network message is about. */
export const NETWORK = {
  signOn: '001',
  signOff: '002',
  keyChange: '101',
  dayStart: '201',
  dayEnd: '202',
  echo: '301',
} as const;

export interface NetworkStamp {
  /** MMDDhhmmss, Asia/Shanghai. */
  transmittedAt: string;
  stan: string;
  forwarder: string;
}

/** 0820 without MAC: sign-on, sign-off, echo. */
export function networkRequest(stamp: NetworkStamp, code: string): Message {
  return new Message('0820').set(7, stamp.transmittedAt).set(11, stamp.stan).set(33, stamp.forwarder).set(70, code);
}

/** 0820: asks for a new working key, which the switch then pushes. F53 says which, and for which cipher. */
export function keyRequest(stamp: NetworkStamp, use: KeyUse, algorithm: Algorithm): Message {
  const which = use === 'pin' ? '1' : '2';
  return networkRequest(stamp, NETWORK.keyChange).set(53, `${which}${algorithm === 'sm4' ? '4' : '6'}`.padEnd(16, '0'));
}

/** Which key a push changes; null when F53 says neither. */
export function keyUseOf(message: Message): KeyUse | null {
  const which = message.get(53)?.[0];
  return which === '1' ? 'pin' : which === '2' ? 'mac' : null;
}

const ECHOED = [7, 11, 32, 33, 53, 70, 100];

/** 0810 or 0830: what names the request, and F39. */
export function networkReply(request: Message, code: string): Message {
  const reply = new Message(replyType(request.type));
  for (const field of ECHOED) {
    const value = request.get(field);
    if (value !== undefined) reply.set(field, value);
  }
  return reply.set(39, code);
}

/** 0200 is answered by 0210, 0420 by 0430. */
export function replyType(type: string): string {
  return `${type.slice(0, 2)}${Number(type[2]) + 1}${type.slice(3)}`;
}

/** An even third digit asks or tells, an odd one answers. */
export function isReplyType(type: string): boolean {
  return Number(type[2]) % 2 === 1;
}
