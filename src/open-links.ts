import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { createRateLimit } from './base/rate-limit.ts';
import type { ConsoleLinks } from './console/console-deps.ts';
import type { RouteRow } from './http/route.ts';
import { linkPreviewRoutes } from './http/routes/link-previews.ts';
import { linkRegistryRoutes } from './http/routes/link-registry.ts';
import { linkStatsRoutes } from './http/routes/link-stats.ts';
import { linkTextRoutes } from './http/routes/link-texts.ts';
import { linkRoutes } from './http/routes/links.ts';
import { type OpenLinkCounter, openLinkCounter } from './links/count/open-link-counter.ts';
import { type Deferrals, openDeferrals } from './links/deferred/open-deferrals.ts';
import type { ReadyLink } from './links/link.ts';
import type { LinksDeps } from './links/links-deps.ts';
import { type OpenedLinks, openLinks } from './links/open-links.ts';
import { ABILITIES } from './links/open/abilities.ts';
import type { Abilities } from './links/open/ability.ts';
import { linkedPayments } from './links/pay/linked-payments.ts';
import { openPayLinks, type PayLinks } from './links/pay/pay-links.ts';
import { type LinkPreview, openLinkPreview } from './links/preview/open-preview.ts';
import { WECHAT, type WechatPlace } from './links/preview/wechat-api.ts';
import { openPreviews } from './links/safety/open-previews.ts';
import { openReports } from './links/safety/open-reports.ts';
import type { Reports } from './links/safety/reports.ts';
import { createSafeFetch } from './net/safe-fetch.ts';
import { mountDeferRoutes } from './web/link/defer-routes.ts';
import { rewriteForServingHost } from './web/link/link-address.ts';
import { linkRoutes as linkPages } from './web/link/link-routes.ts';
import { renderWechatShare } from './web/link/wechat-config.ts';
import { mountPasteRoutes } from './web/link/paste-routes.ts';
import { linkPayRoutes } from './web/link/pay-routes.ts';
import { previewRoutes } from './web/link/preview-routes.ts';
import { mountReportRoutes } from './web/link/report-routes.ts';

/** Share links with everything around them. */
export interface HutongLinks extends OpenedLinks {
  reports: Reports;
  preview: LinkPreview;
  counter: OpenLinkCounter;
  pay: PayLinks;
  deferrals: Deferrals;
  /** What the operator's pages work with. */
  forConsole: ConsoleLinks;
  routes: RouteRow[];
  pages: ((app: FastifyInstance) => Promise<void>)[];
  /** Pages that stand beside the cashier's and fail like them. */
  mounts: ((app: FastifyInstance) => void)[];
  /** What comes to a merchant's serving host is asked there and nowhere else. */
  rewriteUrl(request: IncomingMessage): string;
}

export interface LinksOptions extends Omit<LinksDeps, 'safeFetch'> {
  /** Hutong Wallet's address; null where there is none. */
  walletUrl: string | null;
  /** Where WeChat's interfaces are, when it is not WeChat itself. */
  wechat?: WechatPlace;
  /** What apps can open, where the operator knows better than the table. */
  abilities?: Abilities;
}

export function openHutongLinks(given: LinksOptions): HutongLinks {
  const safeFetch = createSafeFetch({ allowPrivate: given.isSandbox });
  const deps: LinksDeps = { ...given, safeFetch, isBlocked: (subject) => reports.isBlocked(subject) };
  const links = openLinks(deps);
  const { desk, reader } = links;
  const reports: Reports = openReports({ ...deps, desk });
  const preview = openLinkPreview(deps, { desk, place: given.wechat ?? WECHAT });
  const counter = openLinkCounter({ ...deps, payments: linkedPayments });
  const pay = openPayLinks(deps);
  const isStopped = (ready: ReadyLink) => reports.warningOf(ready)?.kind === 'blocked';
  const abilities = given.abilities ?? ABILITIES;
  const deferrals = openDeferrals({ ...deps, reader });
  const pasted = { ...deps, reader, deferrals };
  const rates = createRateLimit(deps.clock);
  const previews = openPreviews(deps);
  return {
    ...links,
    reports,
    preview,
    counter,
    pay,
    deferrals,
    forConsole: { desk, reports, cards: preview.cards, abilities },
    routes: [
      ...linkRoutes({ ...links, pay }),
      ...linkRegistryRoutes(links),
      ...linkStatsRoutes({ ...deps, desk }),
      ...linkTextRoutes(pasted),
      ...linkPreviewRoutes(previews),
    ],
    pages: [
      linkPages({
        ...deps,
        reader,
        counter,
        abilities,
        wechat: (ready, lang) => renderWechatShare(ready, lang, preview.place),
        wechatPlace: preview.place,
        warningOf: (ready) => reports.warningOf(ready),
      }),
      previewRoutes({ ...deps, reader, preview, isBlocked: isStopped }),
      linkPayRoutes({ ...deps, walletUrl: given.walletUrl, reader, payLinks: pay, isBlocked: isStopped }),
    ],
    mounts: [
      (app) => mountReportRoutes(app, { reader, reports }),
      (app) => mountPasteRoutes(app, { ...pasted, rates }),
      (app) => mountDeferRoutes(app, { reader, deferrals, rates }),
    ],
    rewriteUrl: (request) => rewriteForServingHost(request, reader),
    /** Before the first request: a serving host that is not known yet is taken for our own address. */
    async ready() {
      await Promise.all([links.ready(), reports.ready(), counter.ready()]);
    },
    startWork() {
      links.startWork();
      reports.startWork();
      counter.startWork();
      pay.startWork();
      deferrals.startWork();
      previews.startWork();
    },
    /** When nobody opens links any more: what was counted is written. */
    async stop() {
      await pay.stop();
      await counter.stop();
      await Promise.all([links.stop(), reports.stop(), deferrals.stop(), previews.stop()]);
      await safeFetch.close();
    },
  };
}
