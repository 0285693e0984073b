import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { verifyWebhook } from '../../../sdk/src/index.ts';
import { type WireLog, webhookWire } from './wire.ts';

/** A shop's webhook address, as small as it can be: it believes only what is signed with its secret. */
export interface Receiver {
  url: string;
  setSecret(secret: string): void;
  /** Types of the genuine webhooks that came, with what they were about. */
  heard: readonly { id: string; type: string; objectId: string; state: string }[];
  stop(): Promise<void>;
}

export async function startReceiver(log: WireLog): Promise<Receiver> {
  const heard: { id: string; type: string; objectId: string; state: string }[] = [];
  let secret: string | null = null;
  let url = '';
  const take = async (headers: IncomingHttpHeaders, body: string): Promise<number> => {
    if (secret === null) return 503;
    try {
      const message = await verifyWebhook(body, headers, secret);
      const state = 'state' in message.data ? message.data.state : '';
      heard.push({ id: message.id, type: message.type, objectId: message.data.id, state });
      return 204;
    } catch {
      return 400;
    }
  };
  const answer = async (headers: IncomingHttpHeaders, body: string, response: ServerResponse): Promise<void> => {
    const status = await take(headers, body);
    log.note(webhookWire(url, headers, body, status));
    response.writeHead(status).end();
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      void answer(request.headers, Buffer.concat(parts).toString('utf8'), response);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/webhooks`;
  return {
    url,
    setSecret(text) {
      secret = text;
    },
    heard,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
