import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ManualClock } from '../base/clock.ts';
import { newId } from '../base/id.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import type { Sql } from '../db/connect.ts';
import { createVettedSend } from '../net/vetted-send.ts';
import { createEndpoint, type EndpointWithSecret } from './create-endpoint.ts';
import { insertEvents, type NewEvent } from './insert-events.ts';
import { startSendingDeliveries } from './send-deliveries.ts';
import type { Seal, WebhookDeps } from './webhook-deps.ts';
import type { Owner } from './webhook.ts';

/* For tests: a merchant with a clock of its own, and receivers that do as they are told. */

export const BOOK = 1;

/** Bound to its place like the real one, but readable. */
export const openSeal: Seal = {
  seal: (text, aad) => `${aad}|${text}`,
  open(sealed, aad) {
    if (!sealed.startsWith(`${aad}|`)) throw new Error('it was sealed for another place');
    return sealed.slice(aad.length + 1);
  },
};

export interface TestShop extends WebhookDeps {
  sql: Sql;
  clock: ManualClock;
  owner: Owner;
  /** Writes events in a transaction of their own. */
  tell(...events: Partial<NewEvent>[]): Promise<void>;
  hear(url: string, eventTypes?: string[]): Promise<EndpointWithSecret>;
  /** Sends until stopped; by default with the real sender. */
  startSending(send?: ReturnType<typeof createVettedSend>['send']): { kick(): void; stop(): Promise<void> };
  anObject(): string;
}

export async function openShop(sql: Sql): Promise<TestShop> {
  const clock = new ManualClock(new Date());
  const ids = { clock, random: systemRandom };
  const owner: Owner = { book: BOOK, merchantId: newId('mer', ids, BOOK) };
  await sql`
    insert into merchants (book, id, name, livemode, created_at)
    values (${BOOK}, ${owner.merchantId}, '茶店', false, ${clock.now()})`;
  const deps = { sql, clock, random: systemRandom, seal: openSeal, allowPrivate: true };
  const usual = (): NewEvent => ({
    merchantId: owner.merchantId,
    type: 'payment.succeeded',
    objectId: newId('pay', ids, BOOK),
    occurredAt: clock.now(),
    data: { object: 'payment', subject: '一杯茶' },
  });
  return {
    ...deps,
    owner,
    anObject: () => newId('pay', ids, BOOK),
    async tell(...events) {
      await sql.begin((tx) =>
        insertEvents(
          ids,
          tx,
          BOOK,
          events.map((event) => ({ ...usual(), ...event })),
        ),
      );
    },
    hear: (url, eventTypes = ['*']) => createEndpoint(deps, owner, { url, eventTypes, withEd25519: false }),
    startSending(send) {
      const sender = createVettedSend({
        allowPrivate: true,
        connectionsPerOriginMax: 16,
        connectTimeoutMs: 60_000,
        idleTimeoutMs: 4_000,
      });
      const loop = startSendingDeliveries({
        ...deps,
        send: send ?? sender.send,
        log: silentLog,
        book: BOOK,
        idleMs: 100,
      });
      return {
        kick: () => loop.kick(),
        async stop() {
          await loop.stop();
          await sender.close();
        },
      };
    },
  };
}

export interface Received {
  headers: Record<string, string>;
  body: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** The next answers, in order; after them, and without them, 204. A number is a status. */
  answers: Answer[];
  /** What to answer when `answers` is empty. */
  usually: Answer;
  close(): void;
}

export type Answer = number | ((response: ServerResponse, message: Received) => void | Promise<void>);

export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => void take(request, response));
  const receiver: Receiver = {
    url: '',
    received: [],
    answers: [],
    usually: 204,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    request.setEncoding('utf8');
    for await (const chunk of request) body += String(chunk);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
    receiver.received.push({ headers, body });
    const answer = receiver.answers.shift() ?? receiver.usually;
    if (typeof answer === 'number') response.writeHead(answer).end();
    else await answer(response, { headers, body });
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  receiver.url = `http://127.0.0.1:${address.port}/`;
  return receiver;
}

/** Waits until it is so; the test's own time limit ends a wait in vain. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
