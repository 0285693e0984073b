import type { Sql } from '../db/connect.ts';
import { createMerchant } from '../cashier/create-merchant.ts';
import { BOOK } from '../hutong.ts';
import type { OpenLinkCounter } from '../links/count/open-link-counter.ts';
import { openEvent } from '../links/count/test-counter.ts';
import type { LinkHost, ReadyLink } from '../links/link.ts';
import type { OpenEvent } from '../links/links.ts';
import type { Reports } from '../links/safety/reports.ts';
import { type ConsoleVisit, openConsoleWorld } from './test-console.ts';

/** A shop on this machine that nobody asks for anything. */
export const SHOP_URL = 'http://127.0.0.1:9';

export interface LinkConsoleWorld {
  url: string;
  merchantId: string;
  /** Of another shop, without hosts and links. */
  otherMerchantId: string;
  sql: Sql;
  reports: Reports;
  counter: OpenLinkCounter;
  enter(operator?: string): Promise<ConsoleVisit>;
  /** The code of a new link into the console. */
  enterCode(): Promise<string>;
  visit(cookie: string): ConsoleVisit;
  /** A host of this machine, proved for `target`. */
  host: LinkHost;
  newLink(title: string, path?: string): Promise<ReadyLink>;
  getLink(id: string): Promise<ReadyLink>;
  open(link: ReadyLink, changed?: Partial<OpenEvent>): void;
  report(link: ReadyLink, changed?: { address?: string; words?: string; contact?: string }): Promise<void>;
  close(): Promise<void>;
}

/** The console over links that are really there. */
export async function openLinkConsole(): Promise<LinkConsoleWorld> {
  const world = await openConsoleWorld();
  const { sql, url } = world;
  const { desk, reports, counter } = world.links;
  const operator = { kind: 'operator', name: 'test' } as const;
  const merchantId = world.merchant.id;
  const added = await desk.addHost({
    actor: operator,
    merchantId,
    host: new URL(SHOP_URL).host,
    uses: ['target', 'serve'],
  });
  const host = await desk.proveHost(operator, added.id);
  const getLink = (id: string): Promise<ReadyLink> => desk.get(operator, id);
  const other = await createMerchant(world.cashier.deps, { book: BOOK, name: '隔壁小店', livemode: false });
  return {
    url,
    merchantId,
    otherMerchantId: other.id,
    sql,
    reports,
    counter,
    host,
    getLink,
    visit: (cookie) => world.visit(cookie),
    enter: (name) => world.enter(name),
    enterCode: async () => (await world.link('张伟')).code,
    async newLink(title, path = '/item/42') {
      const made = await desk.create({
        actor: { kind: 'merchant', merchantId, keyId: 'key_test' },
        book: BOOK,
        livemode: false,
        links: [
          {
            kind: 'page',
            servedHost: null,
            content: {
              page: `${SHOP_URL}${path}`,
              appPath: null,
              title,
              description: '现磨，不加糖',
              imageUrl: null,
              price: { currency: 'CNY', minor: 1234n },
              availability: 'in_stock',
              direct: false,
              expiresAt: null,
            },
          },
        ],
        reply: 'one',
        claim: null,
      });
      const { id }: { id: string } = JSON.parse(made.body); // a link as the API shows it
      return await getLink(id);
    },
    open: ({ link }, changed = {}) => counter.opened(openEvent({ book: BOOK, linkId: link.id, ...changed })),
    async report(ready, changed = {}) {
      const { address = '203.0.113.1', words = null, contact = null } = changed;
      await reports.report({ ready, reason: 'fraud', words, contact, lang: 'zh-CN', address, userAgent: '' });
    },
    close: () => world.close(),
  };
}
