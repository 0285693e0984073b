import { createHash } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FLAG_CONTEXT_BYTES_MAX, FLAG_FACT_CHARS_MAX } from '../../base/limits.ts';
import { isId } from '../../base/id.ts';
import type { Log } from '../../base/log.ts';
import { isOurFault, toProblem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import { readStrictJson } from '../../base/strict-json.ts';
import type { Caller } from '../../cashier/api-keys.ts';
import type { Facts } from '../../rollout/context.ts';
import type { FlagEvaluation, RolloutDesk } from '../../rollout/open-rollouts.ts';

export interface OfrepDeps {
  rollouts: Pick<RolloutDesk, 'evaluate' | 'flagKeys'>;
  /** Tells who sends an `Authorization` header (`createAuthenticator`). @throws Refusal */
  authenticate(header: string | undefined): Promise<Caller>;
  log: Log;
}

/** OpenFeature's codes for what is wrong with a question. */
type ErrorCode = 'FLAG_NOT_FOUND' | 'PARSE_ERROR' | 'TARGETING_KEY_MISSING' | 'INVALID_CONTEXT' | 'GENERAL';

class BadQuestion extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const BASE = '/ofrep/v1/evaluate/flags';

/**
 * The OpenFeature Remote Evaluation Protocol (OFREP 0.1, open-feature/protocol, service/openapi.yaml): other services ask the rollouts that
 * the cashier goes by. An answer is made in memory and recorded nowhere: it counts in no statistics and binds no later payment.
 */
export function ofrepRoutes(deps: OfrepDeps) {
  return async function mount(app: FastifyInstance): Promise<void> {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: FLAG_CONTEXT_BYTES_MAX }, readBody);
    app.setErrorHandler((error: FastifyError, request, reply) => answerError(deps.log, error, request, reply));

    app.post<{ Params: { key: string } }>(`${BASE}/:key`, { schema: { hide: true } }, async (request, reply) => {
      const { book, merchantId } = await admit(deps, request);
      const { key } = request.params;
      const evaluation = deps.rollouts.evaluate(book, merchantId, key, readFacts(request.body, merchantId));
      if (evaluation === null) throw new BadQuestion('FLAG_NOT_FOUND', 'no rollout in effect has this key');
      return send(reply, showEvaluation(evaluation));
    });

    app.post(BASE, { schema: { hide: true } }, async (request, reply) => {
      const { book, merchantId } = await admit(deps, request);
      const facts = readFacts(request.body, merchantId);
      const flags = deps.rollouts
        .flagKeys(book, merchantId)
        .flatMap((key) => deps.rollouts.evaluate(book, merchantId, key, facts) ?? [])
        .map(showEvaluation);
      const body = JSON.stringify({ flags });
      const tag = `"${createHash('sha256').update(body).digest('base64url')}"`;
      reply.header('etag', tag);
      return hasTag(request.headers['if-none-match'], tag) ? reply.code(304).send() : send(reply, body);
    });
  };
}

/** By the header of our API, or by the one that OFREP knows besides. */
async function admit(deps: OfrepDeps, request: FastifyRequest): Promise<Caller> {
  const { authorization, 'x-api-key': apiKey } = request.headers;
  const caller = await deps.authenticate(
    authorization ?? (typeof apiKey === 'string' ? `Bearer ${apiKey}` : undefined),
  );
  if (!caller.scopes.includes('read'))
    throw new Refusal('scope_missing', 'the API key lacks the scope "read"', { scope: 'read' });
  return caller;
}

/**
 * The context by the names of rules. A targeting key is the shop's name of a buyer, so that a service asks about the same buyer as the
 * cashier and gets the same answer; a payment's id stands for itself. What is no plain value is left out.
 */
function readFacts(body: unknown, merchantId: string): Facts {
  const context = isObject(body) && body['context'] !== undefined ? body['context'] : {};
  if (!isObject(context)) throw new BadQuestion('INVALID_CONTEXT', 'context is an object');
  const facts: Facts = {};
  for (const [name, value] of Object.entries(context)) {
    if (typeof value === 'string' && value.length > FLAG_FACT_CHARS_MAX)
      throw new BadQuestion('INVALID_CONTEXT', `${name}: text has at most ${FLAG_FACT_CHARS_MAX} letters`);
    if (isPlain(value)) facts[name] = value;
  }
  return {
    ...facts,
    ...targetOf(context, merchantId),
    merchant_id: merchantId,
    staff: context['staff'] === true,
  };
}

function targetOf(context: Record<string, unknown>, merchantId: string): Facts {
  const name = (of: string): string | null => {
    const value = context[of];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const given = name('targetingKey');
  if (given !== null && isId('pay', given) && name('buyer_id') === null) return { targetingKey: given };
  const buyer = name('buyer_id') ?? given;
  if (buyer !== null) return { targetingKey: `${merchantId}/b/${buyer}`, buyer_id: buyer };
  const device = name('device');
  if (device !== null) return { targetingKey: `${merchantId}/d/${device}` };
  throw new BadQuestion('TARGETING_KEY_MISSING', 'context needs a targetingKey: the name of a buyer');
}

function showEvaluation({ key, shown, arm, reason, rollout }: FlagEvaluation): object {
  return {
    key,
    value: shown,
    variant: arm,
    reason,
    metadata: {
      rollout: rollout.id,
      version: rollout.version,
      step: rollout.step + 1,
      share_ppm: rollout.sharePpm,
    },
  };
}

function send(reply: FastifyReply, body: object | string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(typeof body === 'string' ? body : JSON.stringify(body));
}

function answerError(log: Log, error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { key } = isObject(request.params) ? request.params : {};
  const about = typeof key === 'string' ? { key } : {};
  if (error instanceof BadQuestion) {
    const status = error.code === 'FLAG_NOT_FOUND' ? 404 : 400;
    return send(reply.code(status), { ...about, errorCode: error.code, errorDetails: error.message });
  }
  if (isOurFault(error))
    log.error({ requestId: request.id, route: request.routeOptions.url, error }, 'a request failed');
  const { status, headers, body } = toProblem(error, request.id);
  if (headers['retry-after'] !== undefined) reply.header('retry-after', headers['retry-after']);
  const isQuestion = status >= 400 && status < 500 && status !== 401 && status !== 403;
  const errorCode: ErrorCode = isQuestion ? 'PARSE_ERROR' : 'GENERAL';
  return send(reply.code(status), { ...about, errorCode, errorDetails: body.detail });
}

function readBody(
  _request: FastifyRequest,
  body: Buffer | string,
  done: (error: Error | null, value?: unknown) => void,
): void {
  try {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    done(null, bytes.length === 0 ? {} : readStrictJson(bytes));
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

/** One of a list, weak or strong: the answer is the same text. */
function hasTag(header: string | undefined, tag: string): boolean {
  const tags = (header ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
