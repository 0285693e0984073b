import type { IncomingMessage } from 'node:http';
import swagger from '@fastify/swagger';
import swaggerUi, { type FastifySwaggerUiOptions } from '@fastify/swagger-ui';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type FastifySchema } from 'fastify';
import { BODY_BYTES_MAX, HTTP_REQUEST_MS_MAX, IDEMPOTENCY_KEY_CHARS_MAX } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import { Refusal } from '../base/refusal.ts';
import { readStrictJson } from '../base/strict-json.ts';
import { createAuthenticator } from '../cashier/api-keys.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { isOurFault, toProblem } from '../base/problem.ts';
import { mountRoute, type RouteRow } from './route.ts';
import { notificationRoutes } from './routes/notifications.ts';

export interface ServerDeps {
  cashier: Cashier;
  log: Log;
  version: string;
  publicUrl: string;
  /** Whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  /** Every route of the API. */
  routes: readonly RouteRow[];
  /** Pages for people: each plugin brings its own error pages. */
  pages: readonly ((app: FastifyInstance) => Promise<void>)[];
  /** Where a request is to be answered that came to a host of a merchant's; left out where there are none. */
  rewriteUrl?: (request: IncomingMessage) => string;
  /** Answers whether the database is there. */
  isReady(): Promise<boolean>;
}

/** The HTTP door: API routes from rows, wallet notifications, pages, OpenAPI and its page. Not listening yet. */
export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: HTTP_REQUEST_MS_MAX,
    genReqId: () => `req_${deps.cashier.deps.random.bytes(12).toString('hex')}`,
    // Only for who the buyer is: our own address is `publicUrl`, whatever a header says.
    trustProxy: deps.trustedProxies.length === 0 ? false : [...deps.trustedProxies],
    ...(deps.rewriteUrl === undefined ? {} : { rewriteUrl: deps.rewriteUrl }),
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 120, caseSensitive: true },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false } },
    // Replies are made by us, field by field; the reply schemas are for the documentation.
    serializerOpts: {},
    // What Fastify refuses before it has found a route, and before any hook: a broken or endless address.
    frameworkErrors: (error, request, reply) =>
      void sendProblem(error, request, reply.header('x-content-type-options', 'nosniff')),
  });
  app.setSerializerCompiler(() => (value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  app.removeAllContentTypeParsers();
  const isHttps = deps.publicUrl.startsWith('https:'); // a proxy with TLS stands in front
  app.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('referrer-policy')) reply.header('referrer-policy', 'no-referrer');
    if (isHttps) reply.header('strict-transport-security', 'max-age=31536000');
    done(null, payload);
  });
  answerProblems(app, deps.log);

  await app.register(swagger, { openapi: openApiHead(deps), transform: documentKey });
  await app.register(async (api) => {
    api.addContentTypeParser('application/json', { parseAs: 'buffer' }, readJsonBody);
    const authenticate = createAuthenticator(deps.cashier.deps);
    for (const route of deps.routes) mountRoute(api, route, authenticate);
  });
  await app.register(notificationRoutes(deps.cashier));
  for (const page of deps.pages) await app.register(page);
  await app.register(swaggerUi, docsPage);
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  app.get('/healthz', { schema: { hide: true } }, async (_request, reply) => {
    const isReady = await deps.isReady();
    return reply.code(isReady ? 200 : 503).send({ ready: isReady, version: deps.version });
  });
  await app.ready();
  return app;
}

const DOCS_LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40" width="150" height="40">' +
  '<path d="M4 18 18 6l14 12v16H4z" fill="none" stroke="#fff" stroke-width="3" stroke-linejoin="round"/>' +
  '<path d="M12 34V22h12v12" fill="none" stroke="#fff" stroke-width="3"/>' +
  '<text x="44" y="28" fill="#fff" font-family="sans-serif" font-size="22" font-weight="600">Hutong</text></svg>';

/** The page at /docs, under our own sign. */
const docsPage: FastifySwaggerUiOptions = {
  routePrefix: '/docs',
  uiConfig: { deepLinking: true, docExpansion: 'list', defaultModelsExpandDepth: -1 },
  logo: { type: 'image/svg+xml', content: Buffer.from(DOCS_LOGO), href: '/docs', target: '_self' },
  theme: {
    title: 'Hutong API',
    css: [
      {
        filename: 'hutong.css',
        content: '.swagger-ui .topbar{background:#1860d0}.topbar form{display:none!important}',
      },
    ],
  },
};

/** Every POST takes the header that readKeyClaim checks; said here once, for the documentation. */
function documentKey({
  schema,
  url,
  route,
}: {
  schema: FastifySchema;
  url: string;
  route: { method: string | string[] };
}) {
  if (route.method !== 'POST' || schema.hide === true) return { schema, url };
  const header = {
    type: 'string',
    minLength: 1,
    maxLength: IDEMPOTENCY_KEY_CHARS_MAX,
    description: 'new for every new thing, the same for a repeated request; bare or as a quoted string',
  };
  const headers = { type: 'object', properties: { 'idempotency-key': header }, required: ['idempotency-key'] };
  return { schema: { ...schema, headers }, url };
}

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'] as const;

function openApiHead(deps: ServerDeps) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hutong',
      version: deps.version,
      description:
        'One cashier for every wallet. Amounts are minor units (fen) as integers in strings; errors are RFC 9457.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: deps.publicUrl }],
    tags: [
      { name: 'Payments', description: 'What a shop asks to be paid, and the attempts to pay it' },
      { name: 'Refunds', description: 'Money going back through the wallet it came by' },
      { name: 'Wallet accounts', description: "A merchant's accounts at wallets" },
      { name: 'Webhooks', description: 'Events, where they are sent, and what came of it' },
    ],
    components: {
      securitySchemes: {
        apiKey: { type: 'http' as const, scheme: 'bearer', description: 'An API key: hk_test_… or hk_live_…' },
      },
    },
  };
}

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

function readJsonBody(
  request: FastifyRequest,
  body: Buffer | string,
  done: (error: Error | null, value?: unknown) => void,
) {
  try {
    if (!JSON_TYPE.test(request.headers['content-type'] ?? ''))
      throw new Refusal('content_type_unsupported', 'send application/json in UTF-8');
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    done(null, bytes.length === 0 ? undefined : readStrictJson(bytes, request.routeOptions.config.jsonKeysMax));
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

function answerProblems(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    if (isOurFault(error))
      log.error({ requestId: request.id, route: request.routeOptions.url, error }, 'a request failed');
    return sendProblem(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = METHODS.filter(
      (method) => app.findRoute({ method, url: request.url.split('?')[0] ?? '' }) !== null,
    );
    if (allowed.length === 0) return sendProblem(new Refusal('not_found', 'there is no such address'), request, reply);
    reply.header('allow', allowed.join(', '));
    return sendProblem(new Refusal('method_not_allowed', `this address takes ${allowed.join(', ')}`), request, reply);
  });
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error, request.id);
  return reply
    .code(problem.status)
    .headers({ ...problem.headers, 'cache-control': 'no-store' })
    .send(problem.body);
}
