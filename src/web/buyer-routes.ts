import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FORM_BYTES_MAX } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import { isOurFault, toProblem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { answerAsset } from '../base/static-assets.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { assets } from './assets.ts';
import { mountCashierRoutes } from './cashier-routes.ts';
import { mountCodeRoutes } from './code-routes.ts';
import { type MessageKind, renderMessage } from './message-page.ts';
import { mountPosterRoutes } from './poster-routes.ts';
import { langOf } from './page-request.ts';
import { securityHeaders } from './security-headers.ts';

/**
 * Everything that buyers see: the cashier of a payment, the shop's codes, and the files of both. `mounts` put more pages of the same sort
 * beside them.
 */
export function buyerRoutes(cashier: Cashier, log: Log, mounts: readonly ((app: FastifyInstance) => void)[] = []) {
  return function mount(app: FastifyInstance): Promise<void> {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
      (_request, body, done) => done(null, body),
    );
    app.setErrorHandler((error, request, reply) => answerMessage(error, request, reply, log));
    mountCashierRoutes(app, cashier);
    mountCodeRoutes(app, cashier);
    mountPosterRoutes(app, cashier);
    for (const mountMore of mounts) mountMore(app);
    app.get('/assets/*', { schema: { hide: true } }, async (request, reply) => {
      const asset = assets.get(request.url.split('?')[0] ?? '');
      if (asset === undefined) throw new Refusal('not_found', 'there is no such file');
      const answer = await answerAsset(asset, request.headers['accept-encoding'] ?? '');
      return reply.headers(answer.headers).send(answer.body);
    });
    return Promise.resolve();
  };
}

const KINDS: Partial<Record<string, MessageKind>> = {
  not_found: 'not_found',
  payment_not_payable: 'changed',
  payment_already_succeeded: 'changed',
  wallet_not_available: 'not_available',
  payment_processing: 'changed',
  qr_code_disabled: 'code_off',
  overloaded: 'try_again',
  unavailable: 'try_again',
  invalid_request: 'bad_request',
};

/** People get a page, not a problem document. The status is the same. */
export function answerMessage(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const { status } = toProblem(error, request.id);
  if (isOurFault(error)) log.error({ requestId: request.id, error }, 'a page failed');
  const kind =
    error instanceof Refusal ? (KINDS[error.code] ?? 'bad_request') : status === 500 ? 'broken' : 'bad_request';
  const next = kind === 'not_found' || kind === 'code_off' ? null : wayBack(request);
  return reply
    .code(status)
    .headers(securityHeaders([]))
    .send(renderMessage({ lang: langOf(request), kind, next, requestId: request.id }));
}

/** Back to the page where the buyer chose, which then starts nothing by itself. */
function wayBack(request: FastifyRequest) {
  const path = /^\/(?:c\/[^/]+\/[^/?]+|q\/[^/?]+|l\/[^/?]+\/pay(?=\?|$))/.exec(request.url)?.[0];
  if (path === undefined) return null;
  const label = path.startsWith('/c/') ? 'back_to_cashier' : 'try_again';
  return { href: `${path}?lang=${langOf(request)}&stay=1`, label } as const;
}
