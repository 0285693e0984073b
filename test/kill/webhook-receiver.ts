import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { verifyWebhook } from '../../sdk/src/verify-webhook.ts';
import type { Dice } from './dice.ts';

/** A message that the shop took: its signature was right, and it was answered 204, or the answer was cut off. */
export interface Accepted {
  id: string;
  type: string;
  objectId: string;
}

export interface WebhookReceiver {
  url: string;
  /** In the order in which they came, those that came twice included. */
  accepted: Accepted[];
  /** Messages that were not signed as they must be. */
  forged: number;
  listenWith(secret: string): void;
  close(): void;
}

/** Leaping clocks put hours between the sender's clock and ours. */
const TOLERANCE_SECONDS = 7 * 24 * 3600;

/** The shop's ear: it refuses now and then, and sometimes takes a message and hangs up without a word. */
export async function startWebhookReceiver(dice: Dice): Promise<WebhookReceiver> {
  let secret = '';
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  const receiver: WebhookReceiver = {
    url: '',
    accepted: [],
    forged: 0,
    listenWith: (told) => void (secret = told),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    if (dice.isBelow(0.02)) return void response.writeHead(500).end();
    const options = { toleranceSeconds: TOLERANCE_SECONDS };
    const event = await verifyWebhook(Buffer.concat(chunks), request.headers, secret, options).catch(() => null);
    if (event === null) {
      receiver.forged += 1;
      return void response.writeHead(400).end();
    }
    receiver.accepted.push({ id: event.id, type: event.type, objectId: event.data.id });
    if (dice.isBelow(0.02)) response.destroy();
    else response.writeHead(204).end();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  receiver.url = `http://127.0.0.1:${address.port}/`;
  return receiver;
}
