import type { Message } from './iso8583/message.ts';
import { replyType } from './network-messages.ts';

/** Card, processing code and amount come back as they were sent. */
const EQUAL = [2, 3, 4];

/** Why a reply with the right key and MAC is still not a reply to this request; null when it is. */
export function whyDisagrees(request: Message, reply: Message): string | null {
  if (reply.type !== replyType(request.type)) return `answered by a ${reply.type}`;
  const wrong = EQUAL.find((field) => request.get(field) !== undefined && reply.get(field) !== request.get(field));
  if (wrong !== undefined) return `F${wrong} came back changed`;
  return reply.get(39) === undefined ? 'answered without F39' : null;
}
