import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DEFERRALS_PER_MINUTE_MAX, PASTES_PER_MINUTE_MAX } from '../../base/link-limits.ts';
import type { RateLimit } from '../../base/rate-limit.ts';
import { readForm } from '../../base/read-form.ts';
import { Refusal } from '../../base/refusal.ts';
import { openPasted, type PastedDeps } from '../../links/kouling/open-pasted.ts';
import { langOf } from '../page-request.ts';
import { securityHeaders } from '../security-headers.ts';
import { PASTE_PATH, type PastePage, renderPastePage } from './paste-page.ts';
import { isOwnPage } from './report-routes.ts';

export interface PasteRouteDeps extends PastedDeps {
  rates: RateLimit;
}

/**
 * The page where people paste what they were sent. The text is in the body of the request alone and is not kept: there is no address that shows
 * a result again. The app that these are mounted in reads forms as text (web/buyer-routes.ts does).
 */
export function mountPasteRoutes(app: FastifyInstance, deps: PasteRouteDeps): void {
  app.get(PASTE_PATH, hidden, (request, reply) => sendPage(request, reply, {}));

  app.post(PASTE_PATH, hidden, async (request, reply) => {
    if (!isOwnPage(request)) return sendPage(request, reply.code(403), { fault: 'foreignForm' });
    const text = readForm(request.body)('text') ?? '';
    try {
      deps.rates.count('paste', request.ip, PASTES_PER_MINUTE_MAX);
      // Guessing a deferred code is hopeless, and slow besides.
      if (/HT-/i.test(text)) deps.rates.count('defer', request.ip, DEFERRALS_PER_MINUTE_MAX);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'too_many_tries') throw error;
      return sendPage(request, reply.code(429).header('retry-after', String(error.facts.retryAfterSeconds ?? 60)), {
        fault: 'tooMany',
      });
    }
    if (text.trim() === '') return sendPage(request, reply, {});
    return sendPage(request, reply, { place: await openPasted(deps, text, { mayClaim: true }) });
  });
}

const hidden = { schema: { hide: true } } as const;

function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Partial<Pick<PastePage, 'place' | 'fault'>>,
): FastifyReply {
  const page = renderPastePage({ lang: langOf(request), place: null, fault: null, ...answer });
  return reply.headers(securityHeaders([])).send(page);
}
