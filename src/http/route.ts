import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { type Static, type TSchema, Type } from 'typebox';
import type { Caller } from '../cashier/api-keys.ts';
import type { Scope } from '../cashier/merchant.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { readKeyClaim } from './idempotency.ts';
import { errorReply } from './schemas.ts';

/** What a route answers: an object to send, or a reply that was kept as text with its idempotency key. */
export type Answer = { status: number; value: object | null } | { status: number; body: string; replayed: boolean };

export interface Call<P, Q, B> {
  caller: Caller;
  params: P;
  query: Q;
  body: B;
  /** Set on every POST. */
  claim: KeyClaim;
}

/** One route of the API as data: what it takes, what it answers, who may, and what it runs. */
export interface RouteRow {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  url: string;
  /** Its name in OpenAPI, which client generators turn into a function. */
  operation: string;
  summary: string;
  tag: string;
  scope: Scope;
  params?: TSchema;
  query?: TSchema;
  body?: TSchema;
  reply: Record<number, TSchema>;
  /** For lists that are larger than the body of any other request. */
  large?: { bodyBytesMax: number; jsonKeysMax: number };
  run(call: Call<unknown, unknown, unknown>): Promise<Answer>;
}

/** Types a row from its schemas, which is what checks the request before `run` sees it. */
export function row<P extends TSchema, Q extends TSchema, B extends TSchema>(
  definition: Omit<RouteRow, 'run' | 'params' | 'query' | 'body'> & {
    params?: P;
    query?: Q;
    body?: B;
    run(call: Call<Static<P>, Static<Q>, Static<B>>): Promise<Answer>;
  },
): RouteRow {
  return definition; // the schemas stand guard: run gets what they describe
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How many keys a JSON body may have; JSON_KEYS_MAX when left out. */
    jsonKeysMax?: number;
  }
}

export function mountRoute(
  app: FastifyInstance,
  route: RouteRow,
  authenticate: (header?: string) => Promise<Caller>,
): void {
  app.route({
    method: route.method,
    url: route.url,
    schema: toSchema(route),
    ...(route.large === undefined
      ? {}
      : { bodyLimit: route.large.bodyBytesMax, config: { jsonKeysMax: route.large.jsonKeysMax } }),
    handler: (request, reply) => answer(route, authenticate, request, reply),
  });
}

async function answer(
  route: RouteRow,
  authenticate: (header?: string) => Promise<Caller>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const authorizations = request.raw.rawHeaders.filter((name, at) => at % 2 === 0 && /^authorization$/i.test(name));
  if (authorizations.length > 1) throw new Refusal('invalid_request', 'Authorization is sent once', { in: 'header' });
  const caller = await authenticate(request.headers.authorization);
  if (!caller.scopes.includes(route.scope))
    throw new Refusal('scope_missing', `the API key lacks the scope "${route.scope}"`, { scope: route.scope });
  if (route.body === undefined && hasContent(request.body))
    throw new Refusal('invalid_request', 'this route takes no body', { in: 'body' });
  const claim = route.method === 'POST' ? readKeyClaim(route, request, caller) : NO_CLAIM;
  const result = await route.run({
    caller,
    params: request.params,
    query: request.query,
    body: request.body,
    claim,
  });
  reply.code(result.status).headers({ 'cache-control': 'no-store' });
  if ('body' in result)
    return reply
      .headers(result.replayed ? { 'idempotency-replayed': 'true' } : {})
      .type('application/json; charset=utf-8')
      .send(result.body);
  if (result.value === null) return reply.send();
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(result.value));
}

/** GET, PATCH and DELETE repeat harmlessly and claim nothing. */
const NO_CLAIM: KeyClaim = Object.freeze({
  book: 0,
  merchantId: '',
  key: '',
  route: '',
  fingerprint: '',
}); // never handed to the database

/** A query that no one reads is refused like any other unknown field. */
const NO_QUERY = Type.Object({}, { additionalProperties: false });

const PROBLEM = {
  description: 'RFC 9457 problem details',
  content: { 'application/problem+json': { schema: errorReply } },
};

function hasContent(body: unknown): boolean {
  return body !== undefined && body !== null && !(typeof body === 'object' && Object.keys(body).length === 0);
}

function toSchema(route: RouteRow): FastifySchema {
  const responses = Object.fromEntries(Object.entries(route.reply).map(([status, schema]) => [status, schema]));
  return {
    operationId: route.operation,
    summary: route.summary,
    tags: [route.tag],
    security: [{ apiKey: [route.scope] }],
    ...(route.params === undefined ? {} : { params: route.params }),
    querystring: route.query ?? NO_QUERY,
    ...(route.body === undefined ? {} : { body: route.body }),
    response: { ...responses, '4xx': PROBLEM, '5xx': PROBLEM },
  }; // Fastify's own type does not know the OpenAPI words
}
