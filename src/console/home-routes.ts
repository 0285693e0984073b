import type { FastifyInstance } from 'fastify';
import { readAlerts } from '../cashier/operator-reads.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { renderHome } from './home-page.ts';
import { listRollouts } from './rollout-routes.ts';
import { visitorOf } from './visitor.ts';

const ALERTS_SHOWN_MAX = 20;

/** What runs and what needs a hand. */
export function mountHomeRoutes(app: FastifyInstance, deps: ConsoleDeps): void {
  app.get('/', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const [{ listed }, alerts] = await Promise.all([
      listRollouts(deps, null),
      readAlerts(deps.cashier.deps, deps.book, ALERTS_SHOWN_MAX),
    ]);
    return reply.headers(PAGE_HEADERS).send(renderHome(visitor, { listed, alerts }));
  });
}

const hidden = { schema: { hide: true } } as const;
