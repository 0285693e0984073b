import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { isOurFault, toProblem } from '../../base/problem.ts';
import type { Random } from '../../base/random.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { LinkReader } from '../../links/links.ts';
import type { LinkPreview } from '../../links/preview/open-preview.ts';
import { mountCardRoutes } from './card-routes.ts';
import { mountOembedRoutes } from './oembed-routes.ts';
import { mountWechatRoutes } from './wechat-routes.ts';

export interface PreviewRouteDeps {
  clock: Clock;
  random: Random;
  log: Log;
  reader: LinkReader;
  preview: LinkPreview;
  /** Whether the operator lets nobody go on from this link. */
  isBlocked: (ready: ReadyLink) => boolean;
  /** Where our own links are, without a slash at the end. */
  linkUrl: string;
}

/** What programs read of a link: its card and picture, oEmbed, WeChat's signature. They get problems where people would get a page. */
export function previewRoutes(deps: PreviewRouteDeps) {
  return function mount(app: FastifyInstance): Promise<void> {
    const { cards, tickets } = deps.preview;
    app.setErrorHandler((error: unknown, request, reply) => {
      if (isOurFault(error)) deps.log.error({ requestId: request.id, error }, "a link's preview failed");
      const problem = toProblem(error, request.id);
      return reply
        .code(problem.status)
        .headers({ ...problem.headers, 'cache-control': 'no-store' })
        .send(problem.body);
    });
    mountCardRoutes(app, { ...deps, cards });
    mountOembedRoutes(app, deps);
    mountWechatRoutes(app, { ...deps, tickets });
    return Promise.resolve();
  };
}
