import fastify, { type FastifyInstance } from 'fastify';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { LinkHost, ReadyLink } from '../../links/link.ts';
import type { LinkCounter, LinkReader, OpenEvent } from '../../links/links.ts';
import { ABILITIES } from '../../links/open/abilities.ts';
import { ALL_APPS, NOW } from '../../links/open/test-openings.ts';
import { rewriteForServingHost } from './link-address.ts';
import { linkRoutes } from './link-routes.ts';

/* Links in memory, as the reader gives them, behind a server built as ours is. */

export const SERVING = 'go.shop.example';

export interface PretendLinks {
  app: FastifyInstance;
  reader: LinkReader;
  opened: OpenEvent[];
  tapped: { linkId: string; step: string }[];
  /** Under `null` for our own address, else the host. */
  put(host: string | null, ready: ReadyLink): void;
  clock: ManualClock;
  /** The next look-up fails. */
  breakReader(): void;
}

export async function pretendLinks(
  publicUrl = 'https://pay.example',
  mountMore: (app: FastifyInstance) => void = () => {},
): Promise<PretendLinks> {
  const links = new Map<string, ReadyLink>();
  const opened: OpenEvent[] = [];
  const tapped: PretendLinks['tapped'] = [];
  const clock = new ManualClock(NOW);
  let isBroken = false;
  const host: LinkHost = {
    book: 7,
    id: 'lho_1',
    merchantId: 'mer_1',
    host: SERVING,
    uses: ['serve'],
    proofToken: 'x',
    provedAt: NOW,
    files: [{ name: 'MP_verify_H2Jt0ih2ZyTRl0pO.txt', content: 'H2Jt0ih2ZyTRl0pO' }],
    createdAt: NOW,
  };
  const reader: LinkReader = {
    find(servedHost, code) {
      if (isBroken) return Promise.reject(new Error('the database is away'));
      return links.get(`${servedHost ?? ''}/${code}`) ?? Promise.resolve(null);
    },
    findById: () => Promise.resolve(null),
    servingHost: (name) => (name === SERVING ? host : undefined),
    appsOfHost: (name) => (name === SERVING ? ALL_APPS : []),
  };
  const counter: LinkCounter = {
    opened: (event) => void opened.push(event),
    tapped: ({ linkId, step }) => void tapped.push({ linkId, step }),
  };
  const app = fastify({
    rewriteUrl: (request) => rewriteForServingHost(request, reader),
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 120, caseSensitive: true },
  });
  app.removeAllContentTypeParsers();
  app.get('/v1/secret', () => 'ours');
  app.get('/c/:id', () => 'the cashier');
  mountMore(app);
  await app.register(
    linkRoutes({ reader, counter, clock, log: silentLog, abilities: ABILITIES, publicUrl, wechat: null }),
  );
  await app.ready();
  return {
    app,
    reader,
    opened,
    tapped,
    clock,
    put: (servedHost, ready) => void links.set(`${servedHost ?? ''}/${ready.link.code}`, ready),
    breakReader: () => {
      isBroken = true;
    },
  };
}
