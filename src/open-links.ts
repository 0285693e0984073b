import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { RouteRow } from './http/route.ts';
import { linkRegistryRoutes } from './http/routes/link-registry.ts';
import { linkStatsRoutes } from './http/routes/link-stats.ts';
import { linkRoutes } from './http/routes/links.ts';
import { type OpenLinkCounter, openLinkCounter } from './links/count/open-link-counter.ts';
import type { LinksDeps } from './links/links-deps.ts';
import { type OpenedLinks, openLinks } from './links/open-links.ts';
import { linkedPayments } from './links/pay/linked-payments.ts';
import { openPayLinks, type PayLinks } from './links/pay/pay-links.ts';
import { type LinkCards, openLinkCards } from './links/preview/link-cards.ts';
import { openReports } from './links/safety/open-reports.ts';
import type { Reports } from './links/safety/reports.ts';
import { createSafeFetch } from './net/safe-fetch.ts';
import { rewriteForServingHost } from './web/link/link-address.ts';

/** Share links with everything around them. */
export interface HutongLinks extends OpenedLinks {
  reports: Reports;
  cards: LinkCards;
  counter: OpenLinkCounter;
  pay: PayLinks;
  routes: RouteRow[];
  pages: ((app: FastifyInstance) => Promise<void>)[];
  /** What comes to a merchant's serving host is asked there and nowhere else. */
  rewriteUrl(request: IncomingMessage): string;
}

export function openHutongLinks(given: Omit<LinksDeps, 'safeFetch'>): HutongLinks {
  const safeFetch = createSafeFetch({ allowPrivate: given.isSandbox });
  const deps: LinksDeps = { ...given, safeFetch };
  const links = openLinks(deps);
  const { desk, reader } = links;
  const reports = openReports({ ...deps, desk });
  const cards = openLinkCards(deps);
  const counter = openLinkCounter({ ...deps, payments: linkedPayments });
  const pay = openPayLinks(deps);
  return {
    ...links,
    reports,
    cards,
    counter,
    pay,
    routes: [...linkRoutes(links), ...linkRegistryRoutes(links), ...linkStatsRoutes({ ...deps, desk })],
    pages: [],
    rewriteUrl: (request) => rewriteForServingHost(request, reader),
    startWork() {
      links.startWork();
      reports.startWork();
      counter.startWork();
      pay.startWork();
    },
    /** When nobody opens links any more: what was counted is written. */
    async stop() {
      await pay.stop();
      await counter.stop();
      await Promise.all([links.stop(), reports.stop()]);
      await safeFetch.close();
    },
  };
}
