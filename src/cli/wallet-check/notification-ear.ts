import { createServer } from 'node:http';
import { NOTIFICATION_BYTES_MAX } from '../../base/limits.ts';
import { readBody } from '../../wallets/open/exchange.ts';
import { type Members, membersOf } from '../../wallets/open/parse.ts';

/** One notification as it came. */
export interface Heard {
  headers: Record<string, string>;
  body: Buffer;
  /** Empty where the body is no JSON object. */
  json: Members;
  at: Date;
}

/** Takes the wallet's notifications on a port of this machine. */
export interface NotificationEar {
  /** What the wallet is given as `notify_url`. */
  url: string;
  /** Everything that was told of this order or refund, oldest first. */
  heard(no: string): readonly Heard[];
  /** The next notification of it is answered 500. */
  refuseOnce(no: string): void;
  stop(): Promise<void>;
}

/** @throws Error when the port is taken */
export async function openEar(options: {
  port: number;
  publicUrl: string | null;
  now: () => Date;
}): Promise<NotificationEar> {
  const all: (Heard & { no: string })[] = [];
  const refused = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    let bytesCount = 0;
    request.on('data', (chunk: Buffer) => {
      bytesCount += chunk.length;
      if (bytesCount <= NOTIFICATION_BYTES_MAX) chunks.push(chunk);
    });
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const json = membersOf(readBody(body)) ?? {};
      const no = numberIn(json);
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      all.push({ no, headers: Object.fromEntries(headers), body, json, at: options.now() });
      response.writeHead(refused.delete(no) ? 500 : 200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  // Where the wallet comes from elsewhere, it has to reach us.
  const host = options.publicUrl === null ? '127.0.0.1' : '0.0.0.0';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : options.port;
  return {
    url: options.publicUrl ?? `http://127.0.0.1:${port}/notify`,
    heard: (no) => all.filter((each) => each.no === no),
    refuseOnce: (no) => void refused.add(no),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function numberIn(json: Members): string {
  const refund = membersOf(json['refund']);
  const order = membersOf(json['order']);
  const no = refund?.['refund_no'] ?? order?.['order_no'];
  return typeof no === 'string' ? no : '';
}
