import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { BODY_BYTES_MAX } from '../base/limits.ts';
import { isOurFault, toProblem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { answerAsset, type Asset } from '../base/static-assets.ts';
import { readStrictJson } from '../base/strict-json.ts';
import type { AppDeps } from './app-deps.ts';
import { matchAppPath } from './app-paths.ts';
import { allRows } from './all-rows.ts';
import { type AnyRow, mountRow } from './mount-row.ts';
import { openWalletRoutes } from './open-wallet-routes.ts';
import { registerPaymentHandler } from './payment-handler.ts';
import { createRateLimit } from '../base/rate-limit.ts';
import { baseHeaders, fileHeaders } from './security-headers.ts';

/** Whole requests; an answer that a bank is waited for takes longer than a page. */
const REQUEST_MS_MAX = 60_000;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * The wallet app's server, an origin of its own: its API from rows, the Open Wallet Protocol for shops, the app's files, and its page at every
 * address of the app. Not listening yet.
 */
export async function buildWalletServer(deps: AppDeps): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    genReqId: () => `req_${deps.random.bytes(12).toString('hex')}`,
    trustProxy: deps.trustedProxies.length === 0 ? false : [...deps.trustedProxies],
    routerOptions: { maxParamLength: 256, caseSensitive: true },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false } },
    frameworkErrors: (error, request, reply) =>
      void sendProblem(error, request, reply.headers(baseHeaders(deps.walletUrl))),
  });
  app.setSerializerCompiler(() => (value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  app.removeAllContentTypeParsers();
  const headers = Object.entries(baseHeaders(deps.walletUrl));
  app.addHook('onSend', (_request, reply, payload, done) => {
    for (const [name, value] of headers) if (!reply.hasHeader(name)) reply.header(name, value);
    done(null, payload);
  });
  app.setErrorHandler((error: unknown, request, reply) => {
    if (isOurFault(error))
      deps.log.error({ requestId: request.id, route: request.routeOptions.url, error }, 'a request of the app failed');
    return sendProblem(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => answerOther(app, deps, request, reply));

  const limit = createRateLimit(deps.clock);
  await app.register(async (api) => {
    api.addContentTypeParser('application/json', { parseAs: 'buffer' }, readJsonBody);
    for (const row of Object.values<AnyRow>(allRows(deps) as Record<string, AnyRow>)) mountRow(api, deps, limit, row); // each by its own route
  });
  await app.register(openWalletRoutes(deps));
  await app.register(async (pages) => registerPaymentHandler(pages, deps.walletUrl));
  app.get('/healthz', async (_request, reply) => {
    const isReady = await deps.isReady();
    return reply
      .code(isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ready: isReady });
  });
  await app.ready();
  return app;
}

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

function readJsonBody(
  request: FastifyRequest,
  body: Buffer | string,
  done: (error: Error | null, value?: unknown) => void,
): void {
  try {
    if (!JSON_TYPE.test(request.headers['content-type'] ?? ''))
      throw new Refusal('content_type_unsupported', 'send application/json in UTF-8');
    done(null, readStrictJson(typeof body === 'string' ? Buffer.from(body) : body));
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Everything that is no route: a file of the app, one of its pages, a wrong method, or nothing. Addresses are taken letter for letter. */
async function answerOther(
  app: FastifyInstance,
  deps: AppDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = request.url.split('?')[0] ?? '';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const { byPath, page } = deps.clientFiles;
  const isPlain = !/%(00|2e|2f|5c)/i.test(path); // signs that mean something else to each reader
  const asset = byPath.get(path) ?? (isPlain && matchAppPath(path) !== null ? page : null);
  if (asset !== null && isRead) return await sendAsset(asset, request, reply);
  const allowed = asset !== null ? ['GET'] : METHODS.filter((method) => app.findRoute({ method, url: path }) !== null);
  if (allowed.length === 0) return sendProblem(new Refusal('not_found', 'there is no such address'), request, reply);
  reply.header('allow', allowed.join(', '));
  return sendProblem(new Refusal('method_not_allowed', `this address takes ${allowed.join(', ')}`), request, reply);
}

async function sendAsset(asset: Asset, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { headers, body } = await answerAsset(asset, request.headers['accept-encoding'] ?? '');
  return reply
    .code(200)
    .headers({ ...headers, ...fileHeaders(asset.type, asset.path) })
    .send(body);
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error, request.id);
  return reply
    .code(problem.status)
    .headers({ ...problem.headers, 'cache-control': 'no-store' })
    .send(JSON.stringify(problem.body));
}
