import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { assertNever } from '../base/assert.ts';
import { readIdempotencyKey } from '../base/idempotency-key.ts';
import { Refusal } from '../base/refusal.ts';
import { networkOf } from '../net/network-of.ts';
import type { Session } from '../users/users.ts';
import type { AppDeps } from './app-deps.ts';
import { cookiesOf } from './cookies.ts';
import { checkSite } from './guard.ts';
import type { RateLimit } from '../base/rate-limit.ts';
import type { Call, FileRow, Route, Row } from './row.ts';
import { nothing } from './schemas.ts';

/** On everything, besides what a row says: far above what a page does. */
const ADDRESS_PER_MINUTE_MAX = 1200;
const PERSON_PER_MINUTE_MAX = 600;

/** Any of the rows; the schemas have looked at what it is called with. */
export type AnyRow = Row<Route>;

const NO_STORE = { 'cache-control': 'no-store' };

export function mountRow(app: FastifyInstance, deps: AppDeps, limit: RateLimit, row: AnyRow): void {
  const [method, url = ''] = row.route.split(' ');
  app.route({
    method: method as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', // the first word of a route
    url,
    exposeHeadRoute: false,
    schema: {
      params: row.params ?? nothing,
      querystring: row.query ?? nothing,
      ...(method === 'GET' ? {} : { body: row.body ?? nothing }),
    },
    // Before the body is looked at: a stranger hears nothing of what is wrong with it.
    onRequest: async (request, reply) => {
      checkSite(request, deps.walletUrl);
      limit.count('all', networkOf(request.ip), ADDRESS_PER_MINUTE_MAX);
      if (row.kind !== 'anyone') sessions.set(request, await findSession(deps, request, reply));
    },
    // Only what can be read counts for a person: junk is held back by its address.
    preHandler: async (request) => {
      const person = sessions.get(request)?.userId;
      if (person !== undefined) limit.count('all', person, PERSON_PER_MINUTE_MAX);
      const network = networkOf(request.ip);
      const who = row.limit?.by === 'person' ? (person ?? network) : network;
      if (row.limit !== undefined) limit.count(row.route, who, row.limit.perMinuteMax);
    },
    handler: (request, reply) => answer(row, request, reply),
  });
}

/** Who asks, between the two steps of one request. */
const sessions = new WeakMap<FastifyRequest, Session>();

async function findSession(deps: AppDeps, request: FastifyRequest, reply: FastifyReply): Promise<Session> {
  const { session: cookie } = cookiesOf(request, reply);
  const session = cookie === null ? null : await deps.users.authenticate(cookie, deps.clock.now());
  if (session === null) throw new Refusal('signed_out', 'nobody is signed in here, or no longer');
  return session;
}

async function answer(row: AnyRow, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const base = {
    params: request.params,
    query: request.query,
    body: request.body,
    key: row.isKeyed ? readIdempotencyKey(request.headers['idempotency-key']) : '',
    address: networkOf(request.ip),
    cookies: cookiesOf(request, reply),
  };
  reply.headers(NO_STORE);
  switch (row.kind) {
    case 'anyone':
      return sendJson(reply, await row.run({ ...base, session: null } as Call<Route, null>)); // as the schemas say
    case 'json':
      return sendJson(reply, await row.run(signedIn(request, base)));
    case 'lines':
      return sendLines(reply, row.run(signedIn(request, base)));
    case 'file':
      return await sendFile(reply, row, signedIn(request, base));
    default:
      return assertNever(row);
  }
}

function signedIn(request: FastifyRequest, base: object): Call<Route> {
  const session = sessions.get(request);
  if (session === undefined) throw new Refusal('signed_out', 'nobody is signed in here');
  return { ...base, session } as Call<Route>; // as the schemas say
}

function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(value));
}

/** Each line goes out as it is known. */
function sendLines(reply: FastifyReply, parts: AsyncIterable<unknown>): FastifyReply {
  async function* lines(): AsyncGenerator<string> {
    for await (const part of parts) yield `${JSON.stringify(part)}\n`;
  }
  return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(lines(), { objectMode: false }));
}

async function sendFile(reply: FastifyReply, row: FileRow<Route>, call: Call<Route>): Promise<FastifyReply> {
  const file = await row.run(call);
  return reply
    .type(file.type)
    .header('content-disposition', `attachment; filename="${file.name}"`) // a name of our own letters
    .send(Readable.from(file.parts, { objectMode: false }));
}
