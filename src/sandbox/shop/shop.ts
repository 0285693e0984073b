import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { Hutong } from '../../../sdk/src/index.ts';
import { answerShop } from './answer-shop.ts';
import { joinLinks } from './join-links.ts';
import { Orders } from './orders.ts';
import { SharedLinks } from './shared-links.ts';

export interface ShopOptions {
  /** 0 takes any free port. */
  port: number;
  /** The address to listen on, `127.0.0.1` for a demo. */
  host: string;
  /** Where Hutong's API is. */
  hutongUrl: string;
  apiKey: string;
  /** `whsec_…` of the endpoint that points at `{url}/webhooks`; null when there is none, then every webhook is refused. */
  webhookSecret: string | null;
  /** Orders are kept here across starts; null keeps them in memory. */
  dataDir: string | null;
  clock: Clock;
  random: Random;
  log: Log;
}

export interface Shop {
  /** What people open, without a slash at the end. Webhooks go to `{url}/webhooks`. */
  url: string;
  /** An endpoint's secret is known only after the endpoint is made, which needs the shop's address first. */
  setWebhookSecret(secret: string): void;
  /**
   * Proves to Hutong that this host is the shop's and names the shop's example apps, so that links may lead here; asked again, it changes
   * nothing. The first share does it as well. @throws HutongError
   */
  joinLinks(): Promise<void>;
  stop(): Promise<void>;
}

/** What the shop's routes work with. */
export interface ShopDeps {
  url: string;
  hutong: Hutong;
  webhookSecret: string | null;
  orders: Orders;
  links: SharedLinks;
  /** What the file shows that proves whose host this is; null before it was asked for. */
  hostProof: string | null;
  clock: Clock;
  random: Random;
  log: Log;
}

/**
 * A small merchant's own server, as a stranger would write it: it knows Hutong by its public API and the SDK only.
 * @throws the server's own error when the port is taken.
 */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const deps: ShopDeps = {
    url: '',
    hutong: new Hutong({ baseUrl: options.hutongUrl, apiKey: options.apiKey }),
    webhookSecret: options.webhookSecret,
    orders: new Orders(options.dataDir),
    links: new SharedLinks(options.dataDir),
    hostProof: null,
    clock: options.clock,
    random: options.random,
    log: options.log,
  };
  const server = createServer((request, response) => void answerSafely(deps, request, response));
  deps.url = `http://${options.host}:${await listen(server, options.port, options.host)}`;
  return {
    url: deps.url,
    setWebhookSecret(secret) {
      deps.webhookSecret = secret;
    },
    joinLinks: () => joinLinks(deps),
    stop: () => stop(server),
  };
}

async function answerSafely(deps: ShopDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await answerShop(deps, request, response);
  } catch (error) {
    deps.log.error({ error: String(error), url: request.url }, 'the shop could not answer');
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
    response.end('500');
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
