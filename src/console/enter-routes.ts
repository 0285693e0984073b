import type { FastifyInstance } from 'fastify';
import { readForm } from '../base/read-form.ts';
import { createRateLimit } from '../base/rate-limit.ts';
import { endOperatorSession, openOperatorLink, readOperatorLink } from '../operators/operator-sessions.ts';
import { OPERATOR_LINKS_PER_MINUTE_MAX } from '../operators/session-limits.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { renderBadLink, renderEnter } from './enter-page.ts';
import { PAGE_HEADERS } from './headers.ts';
import { checkOrigin, clearSession, langOf, queryOf, setSession, signedForm } from './visitor.ts';

/** In by a link, and out again. */
export function mountEnterRoutes(app: FastifyInstance, deps: ConsoleDeps): void {
  const rateLimit = createRateLimit(deps.clock);

  app.get('/enter', hidden, async (request, reply) => {
    rateLimit.count('console link', request.ip, OPERATOR_LINKS_PER_MINUTE_MAX);
    const code = queryOf(request, 'link') ?? '';
    const link = await readOperatorLink(deps, code);
    const lang = langOf(request);
    if (link.kind === 'good') return reply.headers(PAGE_HEADERS).send(renderEnter(lang, link, code));
    return reply.code(410).headers(PAGE_HEADERS).send(renderBadLink(lang, link.kind));
  });

  app.post('/enter', hidden, async (request, reply) => {
    rateLimit.count('console link', request.ip, OPERATOR_LINKS_PER_MINUTE_MAX);
    checkOrigin(deps, request); // else another site could put somebody into a session of its own choosing
    const code = readForm(request.body)('link') ?? '';
    const opened = await openOperatorLink(deps, code);
    if (opened === null) {
      const link = await readOperatorLink(deps, code);
      const kind = link.kind === 'good' ? 'unknown' : link.kind; // somebody else was a moment faster
      return reply
        .code(410)
        .headers(PAGE_HEADERS)
        .send(renderBadLink(langOf(request), kind));
    }
    setSession(deps, reply, opened.cookie, opened.session.lastsSeconds);
    return reply.headers(PAGE_HEADERS).redirect('/console', 303);
  });

  app.post('/leave', hidden, async (request, reply) => {
    const { visitor } = await signedForm(deps, request);
    await endOperatorSession(deps, visitor.session.id);
    clearSession(deps, reply);
    return reply.headers(PAGE_HEADERS).redirect('/console', 303);
  });
}

const hidden = { schema: { hide: true } } as const;
