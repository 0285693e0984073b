import type { FastifyInstance } from 'fastify';
import { DEFERRALS_PER_MINUTE_MAX } from '../../base/link-limits.ts';
import type { RateLimit } from '../../base/rate-limit.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Deferrals } from '../../links/deferred/open-deferrals.ts';
import type { LinkReader } from '../../links/links.ts';
import { langOf } from '../page-request.ts';
import { renderDeferPage } from './defer-page.ts';
import { linkPageHeaders } from './landing-frame.ts';
import { findLink, linkBase, type LinkParams, linkPaths } from './link-address.ts';
import { isOwnPage } from './report-routes.ts';

export interface DeferRouteDeps {
  reader: LinkReader;
  deferrals: Pick<Deferrals, 'issue'>;
  rates: RateLimit;
}

/**
 * Where a link's page sends its form "copy for after installing": a person's tap makes a code and nothing else does. Nothing of the request
 * but the link in its address goes into it.
 */
export function mountDeferRoutes(app: FastifyInstance, { reader, deferrals, rates }: DeferRouteDeps): void {
  for (const url of linkPaths('/defer')) {
    app.post<LinkParams>(url, { schema: { hide: true } }, async (request, reply) => {
      if (!isOwnPage(request)) throw new Refusal('invalid_request', 'a code is made on the link’s own page');
      rates.count('defer', request.ip, DEFERRALS_PER_MINUTE_MAX);
      const ready = await findLink(reader, request);
      if (ready === null) throw new Refusal('not_found', 'there is no such link');
      const { code, expiresAt } = await deferrals.issue(ready);
      if ((request.headers.accept ?? '').includes('application/json')) {
        const body = { code, referrer: referrerOf(code), expires_at: expiresAt.toISOString() };
        return reply.header('cache-control', 'no-store').send(body);
      }
      const page = renderDeferPage({ lang: langOf(request), base: linkBase(ready), ready, code });
      return reply.headers(linkPageHeaders([])).send(page);
    });
  }
}

/** What an Android store hands to the app it installs, as the value of `referrer` in the store's address. */
export function referrerOf(code: string): string {
  return `hutong_deferral=${code}`;
}
