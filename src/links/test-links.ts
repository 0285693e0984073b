import { freshDatabase } from '../../test/database.ts';
import { ManualClock } from '../base/clock.ts';
import { newId } from '../base/id.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { connect, type Sql } from '../db/connect.ts';
import type { DnsText } from '../net/dns-text.ts';
import { createKeyring, type Keyring } from '../vault/seal.ts';
import type { LinkApp, LinkAppSettings, LinkContent, LinkHost, ReadyLink } from './link.ts';
import type { LinksDeps } from './links-deps.ts';
import type { LinkActor, LinkDesk, NewLink, SafeFetch, SafePage } from './links.ts';
import { type OpenedLinks, openLinks } from './open-links.ts';
import type { ShownLink } from './show-link.ts';

export const BOOK = 1;
export const TARGET = 'shop.example';
export const SERVED = 'go.shop.example';
export const OPERATOR = { kind: 'operator', name: 'operator' } as const;

/** Links over a fresh database: a shop with a proved host and an app, another shop without, and an outside that says what the test wants. */
export interface TestLinks extends OpenedLinks {
  sql: Sql;
  url: string;
  clock: ManualClock;
  keyring: Keyring;
  /** With the desk, the reader and the outside of this world; another node is opened over it by `node`. */
  deps: LinksDeps;
  shop: string;
  otherShop: string;
  /** The shop by its key. */
  actor: LinkActor & { kind: 'merchant' };
  otherActor: LinkActor & { kind: 'merchant' };
  /** `TARGET`, proved. */
  host: LinkHost;
  app: LinkApp;
  outside: TestOutside;
  /** A link to a page of `TARGET`, unless the test says otherwise. */
  link(over?: TestLink): Promise<ShownLink>;
  /** The same as it is opened. */
  readyLink(over?: TestLink): Promise<ReadyLink>;
  /** Adds and proves a host, by DNS. */
  prove(actor: LinkActor & { kind: 'merchant' }, host: string, uses: LinkHost['uses']): Promise<LinkHost>;
  /** Another node: a memory and connections of its own. */
  node(over?: Partial<LinksDeps>): OpenedLinks;
  connect(connectionsMax: number): Sql;
  close(): Promise<void>;
}

export type TestLink = Partial<LinkContent> & {
  kind?: NewLink['kind'];
  servedHost?: string | null;
  actor?: LinkActor;
  within?: Parameters<LinkDesk['create']>[0]['within'];
};

/** What files and DNS say to whoever looks for a proof; by address and by name. What is not there is not found. */
export interface TestOutside {
  files: Map<string, SafePage>;
  texts: Map<string, DnsText>;
  /** Every address that was asked for. */
  asked: string[];
}

/** Opened at the top of a test file; closed after its last test. */
export async function openTestLinks(
  over: Partial<LinksDeps> & { settings?: LinkAppSettings } = {},
): Promise<TestLinks> {
  const { settings = IOS_APP, ...given } = over;
  const { sql, url } = await freshDatabase();
  const clock = new ManualClock(new Date('2026-11-11T02:00:00Z')); // 10:00 in Shanghai
  const keyring = createKeyring({ random: systemRandom }, [new Secret('a master secret of thirty-two letters')]);
  const outside: TestOutside = { files: new Map(), texts: new Map(), asked: [] };
  const deps: LinksDeps = {
    sql,
    clock,
    random: systemRandom,
    log: silentLog,
    keyring,
    book: BOOK,
    publicUrl: 'https://pay.example',
    linkUrl: 'https://pay.example',
    isSandbox: false,
    cashier: NO_CASHIER,
    safeFetch: fetchFrom(outside),
    lookUpText: async (name) => outside.texts.get(name) ?? { kind: 'none' },
    nameOfPerson: async () => '**丰',
    ...given,
  };
  const nodes: OpenedLinks[] = [];
  const pools: Sql[] = [];
  const node = (other: Partial<LinksDeps> = {}): OpenedLinks => {
    const opened = openLinks({ ...deps, ...other });
    nodes.push(opened);
    return opened;
  };
  const first = node();
  const [shop, otherShop] = [await makeShop(deps, '茶铺'), await makeShop(deps, '书店')];
  const actor = { kind: 'merchant', merchantId: shop, keyId: 'key_of_the_shop' } as const;
  const { desk, reader } = first;

  async function prove(by: typeof actor, host: string, uses: LinkHost['uses']): Promise<LinkHost> {
    const added = await desk.addHost({ actor: by, merchantId: by.merchantId, host, uses });
    const name = `_hutong.${added.host.replace(/:\d+$/, '')}`;
    const said = outside.texts.get(name);
    const others = said?.kind === 'found' ? said.texts : [];
    outside.texts.set(name, { kind: 'found', texts: [...others, `hutong-verification=${added.proofToken}`] });
    return await desk.proveHost(by, added.id);
  }

  async function link(wish: TestLink = {}): Promise<ShownLink> {
    const { body } = await desk.create({
      actor: wish.actor ?? actor,
      book: BOOK,
      livemode: false,
      links: [newLinkOf(wish)],
      reply: 'one',
      claim: null,
      ...(wish.within === undefined ? {} : { within: wish.within }),
    });
    return JSON.parse(body); // a link as the API shows it
  }

  const host = await prove(actor, TARGET, ['target']);
  const app = await desk.putApp({ actor, merchantId: shop, id: null, name: '茶铺', settings, secret: null });
  return {
    ...first,
    sql,
    url,
    clock,
    keyring,
    deps,
    shop,
    otherShop,
    actor,
    otherActor: { kind: 'merchant', merchantId: otherShop, keyId: 'key_of_the_other' },
    host,
    app,
    outside,
    link,
    async readyLink(wish) {
      const { code, host: servedHost } = await link(wish);
      const found = await reader.find(servedHost, code);
      if (found === null) throw new Error('a link that was made is found');
      return found;
    },
    prove,
    node,
    connect(connectionsMax) {
      const pool = connect(url, { connectionsMax, applicationName: 'test node' });
      pools.push(pool);
      return pool;
    },
    async close() {
      await Promise.all(nodes.map((each) => each.stop()));
      await Promise.all(pools.map((pool) => pool.end({ timeout: 1 })));
    },
  };
}

/** A page of `TARGET` with nothing but a title, unless the test says otherwise. */
export function contentOf(over: Partial<LinkContent> = {}): LinkContent {
  return {
    page: `https://${TARGET}/item/42`,
    appPath: null,
    title: '明前龙井',
    description: null,
    imageUrl: null,
    price: null,
    availability: null,
    direct: false,
    expiresAt: null,
    ...over,
  };
}

export function newLinkOf(wish: TestLink): NewLink {
  const { kind = 'page', servedHost = null, actor: _actor, within: _within, ...content } = wish;
  const page = kind === 'page' ? {} : { page: null };
  return { kind, servedHost, content: contentOf({ ...page, ...content }) };
}

export const IOS_APP: Extract<LinkAppSettings, { kind: 'ios' }> = {
  kind: 'ios',
  appId: 'TEAMID1234.com.example.shop',
  scheme: 'teashop://item/{path}',
  universalHost: null,
  storeUrl: 'https://apps.apple.com/cn/app/id1',
};

export const ANDROID_APP: Extract<LinkAppSettings, { kind: 'android' }> = {
  kind: 'android',
  package: 'com.example.shop',
  certificates: [Array.from({ length: 32 }, () => 'AB').join(':')],
  scheme: 'teashop://item/{path}',
  appLinkHost: null,
  storeUrl: 'https://shop.example/download',
};

async function makeShop({ sql, clock }: LinksDeps, name: string): Promise<string> {
  const id = newId('mer', { clock, random: systemRandom }, BOOK);
  await sql`
    insert into merchants (book, id, name, livemode, created_at)
    values (${BOOK}, ${id}, ${name}, false, ${clock.now()})`;
  return id;
}

function fetchFrom(outside: TestOutside): SafeFetch {
  return {
    async fetch({ url }) {
      outside.asked.push(url);
      return outside.files.get(url) ?? pageOf(url, 404, 'not found');
    },
  };
}

export function pageOf(url: string, status: number, text: string): SafePage {
  return { kind: 'page', url, status, type: 'text/plain', body: Buffer.from(text), cut: false, hops: [url] };
}

/** Desk and reader leave the cashier alone; who works with it hands in a real one. */
const NO_CASHIER = new Proxy(
  {},
  {
    get(_target, name) {
      throw new Error(`a test of links asked the cashier for ${String(name)}`);
    },
  },
) as Cashier; // nothing of it is ever used
