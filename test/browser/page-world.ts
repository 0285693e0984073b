import type { Page } from 'playwright-core';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { type ConsoleWorld, openConsoleWorld } from '../../src/console/test-console.ts';
import { openEvent } from '../../src/links/count/test-counter.ts';
import { BOOK } from '../../src/hutong.ts';
import type { Act } from '../../src/rollout/apply-action.ts';
import { type Shop, startShop } from '../../src/sandbox/shop/shop.ts';
import { type ApiStandIn, startApiStandIn } from './api-stand-in.ts';
import { standInDir, startWalletStandIn, type WalletStandIn } from './wallet-api-stand-in.ts';
import { settleIn } from './wallet-stand-in-world.ts';

/* Every page of links, offers and rollouts that people or operators see, each with its address: for tests that look at all of them. */

export interface OnePage {
  name: string;
  url: string;
  /** What is done on it before it is looked at. */
  steps?: (page: Page) => Promise<void>;
}

export interface PageWorld {
  /** Of buyers, of people who open links, of the demo shop, of the wallet. */
  people: OnePage[];
  /** Of operators; `enter` first. */
  operators: OnePage[];
  enter(page: Page): Promise<void>;
  /** The wallet speaks the language that its person has chosen, whatever the browser prefers. */
  speak(lang: 'zh-CN' | 'en'): void;
  /** Names that stay as they were given, whatever the language. */
  given: string[];
  close(): Promise<void>;
}

const SHOP = 'http://127.0.0.1:9';
const WORDS = {
  tea: '雨前龙井 50 克，清明前采摘',
  supper: '周五聚餐',
  rent: '合租水电',
  treat: '请喝茶',
  complaint: '付了钱没有收到东西',
  gone: '上一季的新茶',
};

/** Names of shops and people, the first letter that stands for one, and an example of what may be pasted. */
const GIVEN = ['测试小店', '测', '张伟', '老王', '小李', '雨前龙井', '淘宝'];

export async function openPageWorld(): Promise<PageWorld> {
  const [world, api, wallet] = await Promise.all([
    openConsoleWorld(),
    startApiStandIn(),
    startWalletStandIn(standInDir),
  ]);
  const shop = await openShop(api);
  settleIn(wallet.world);
  const links = await makeLinks(world);
  const { rollout, offer, payment, cashier } = await makeOffers(world);
  return {
    people: [...linkPages(world.url, links), ...cashier, ...shopPages(shop), ...walletPages(wallet)],
    operators: consolePages(world.url, {
      rollout,
      offer,
      payment,
      link: links.tea.id,
      reported: links.bad.id,
      host: links.host.id,
      merchant: world.merchant.id,
    }),
    async enter(page) {
      await page.goto(`${world.url}/console/enter?link=${(await world.link('张伟')).code}`);
      await page.getByTestId('enter').click();
      await page.waitForURL('**/console');
    },
    speak(lang) {
      wallet.world.me.lang = lang;
    },
    given: [...Object.values(WORDS), ...GIVEN],
    async close() {
      await Promise.all([world.close(), wallet.stop(), shop.stop()]);
      await api.stop();
    },
  };
}

interface MadeLink {
  id: string;
  code: string;
}

type Links = Record<'tea' | 'bad' | 'gone' | 'treat' | 'supper' | 'rent', MadeLink> & { host: { id: string } };

const cny = (minor: number): object => ({ currency: 'CNY', minor: String(minor) });

async function makeLinks(world: ConsoleWorld): Promise<Links> {
  const { desk, reports, counter } = world.links;
  const operator = { kind: 'operator', name: 'test' } as const;
  const at = { actor: operator, merchantId: world.merchant.id, host: new URL(SHOP).host };
  const host = await desk.addHost({ ...at, uses: ['target', 'serve'] });
  await desk.proveHost(operator, host.id);
  await desk.changeHostFiles({
    actor: operator,
    id: host.id,
    drop: [],
    put: [{ name: 'MP_verify_H2Jt0ih2ZyTRl0pO.txt', content: 'H2Jt0ih2ZyTRl0pO' }],
  });
  const make = async (body: object): Promise<MadeLink> => {
    const reply = await world.call('POST', '/v1/links', body);
    if (reply.status !== 201) throw new Error(JSON.stringify(reply.json));
    return reply.json;
  };
  const product = { kind: 'page', page: `${SHOP}/item/42`, price: cny(1_280_000), availability: 'in_stock' };
  const links = {
    host,
    tea: await make({
      ...product,
      title: WORDS.tea,
      description: '杭州直发，七天内可退。',
      expires_at: '2030-12-31T15:59:00Z',
    }),
    bad: await make({ ...product, page: `${SHOP}/bad`, title: WORDS.complaint }),
    gone: await make({ ...product, title: WORDS.gone }),
    treat: await make({ kind: 'pay', title: WORDS.treat, pay: { min: cny(100), max: cny(5_000_000) } }),
    supper: await make({ kind: 'group', title: WORDS.supper, group: { total: cny(10_003), shares: 4 } }),
    rent: await make({
      kind: 'group',
      title: WORDS.rent,
      group: { total: cny(6_000), people: ['老王', '小李'].map((name, n) => ({ name, amount: cny(2_000 * (n + 1)) })) },
    }),
  };
  await world.call('PATCH', `/v1/links/${links.gone.id}`, { state: 'stopped' });
  for (let n = 0; n < 60; n++)
    counter.opened(
      openEvent({ book: BOOK, linkId: links.tea.id, address: `203.0.113.${n}`, app: n % 2 ? 'wechat' : 'alipay' }),
    );
  await counter.flush();
  const ready = await desk.get(operator, links.bad.id);
  for (let n = 0; n < 8; n++)
    await reports.report({
      ready,
      reason: 'fraud',
      words: WORDS.complaint,
      contact: 'wang@example.com',
      lang: 'zh-CN',
      address: `${20 + n}.0.113.9`,
      userAgent: 'a browser',
    });
  const subject = { kind: 'link', id: links.bad.id } as const;
  await reports.setBrake({ actor: operator, subject, effect: 'warn', reason: WORDS.complaint });
  return links;
}

function linkPages(url: string, links: Links): OnePage[] {
  const at = ({ code }: MadeLink, rest = ''): string => `${url}/l/${code}${rest}`;
  return [
    { name: 'landing', url: at(links.tea) },
    { name: 'landing-pay', url: at(links.treat) },
    { name: 'landing-group', url: at(links.supper) },
    { name: 'landing-warned', url: at(links.bad) },
    { name: 'landing-stopped', url: at(links.gone) },
    { name: 'landing-unknown', url: `${url}/l/zzzz2222` },
    { name: 'report', url: at(links.tea, '/report') },
    {
      name: 'reported',
      url: at(links.treat, '/report'),
      async steps(page) {
        await page.locator('input[name=reason]').last().check();
        await page.getByTestId('send-report').click();
        await page.getByTestId('reported').waitFor();
      },
    },
    {
      name: 'pay-fault',
      url: at(links.treat, '/pay'),
      async steps(page) {
        await page.getByTestId('amount-field').fill('0.01');
        await page.getByTestId('next').click();
        await page.getByTestId('amount-fault').waitFor();
      },
    },
    { name: 'pay', url: at(links.treat, '/pay') },
    { name: 'group', url: at(links.supper, '/pay') },
    { name: 'group-named', url: at(links.rent, '/pay') },
    { name: 'paste', url: `${url}/paste` },
    pasted('ours', url, `「${WORDS.tea}」 ${at(links.tea)}`),
    pasted('foreign', url, '【淘宝】https://m.tb.cn/h.5abcDEF HU0025 「雨前龙井」点击链接直接打开'),
    pasted('nothing', url, '……'),
  ];
}

function pasted(name: string, url: string, text: string): OnePage {
  return {
    name: `pasted-${name}`,
    url: `${url}/paste`,
    async steps(page) {
      await page.getByTestId('paste-field').fill(text);
      await page.getByTestId('read').click();
      await page.getByTestId('pasted').waitFor();
    },
  };
}

async function makeOffers(world: ConsoleWorld): Promise<{
  rollout: string;
  offer: string;
  payment: string;
  cashier: OnePage[];
}> {
  const rollout = await world.newRollout({
    merchant: world.merchant.id,
    steps: [{ share: '1‰', for: '1h' }, { share: '10%', for: '1d', gate: true }, { share: '100%' }],
    guardrails: [{ metric: 'failed', tolerated: '2%' }, { metric: 'slow' }],
    at_risk: { currency: 'CNY', money: '500000.00', payments: 20 },
  });
  const move = (act: Act): Promise<unknown> =>
    world.sql.begin((tx) =>
      world.rollouts.act(tx, { book: BOOK, id: rollout, merchantId: null }, act, {
        by: 'operator',
        reason: 'as agreed',
      }),
    );
  await move({ action: 'start' });
  await move({ action: 'jump', step: 2 });
  const offer = await world.newOffer({
    name: { 'zh-CN': '工行卡立减五元', en: 'Five off with ICBC' },
    limits: { money: { campaign: '1000000.00' } },
    funders: [
      { funder: 'bank', owner: 'ICBC', per_mille: 600 },
      { funder: 'platform', per_mille: 400 },
    ],
  });
  await world.newOffer({ name: { 'zh-CN': '立减十二元', en: 'Twelve off' }, off: '12.00' });
  await world.rollouts.load();
  const payment = await world.newPayment();
  const { cashier_url } = (await world.call('GET', `/v1/payments/${payment}`)).json;
  await fetch(cashier_url); // decided when it is first seen
  return {
    rollout,
    offer,
    payment,
    cashier: [
      { name: 'cashier-offers', url: cashier_url },
      { name: 'cashier-why', url: `${cashier_url}/why` },
    ],
  };
}

async function openShop(api: ApiStandIn): Promise<Shop> {
  api.quotes = [
    { wallet: 'unionpay', to_pay: { currency: 'CNY', minor: '9400' }, saved: { currency: 'CNY', minor: '500' } },
    { wallet: 'alipay', to_pay: { currency: 'CNY', minor: '9900' }, saved: { currency: 'CNY', minor: '0' } },
  ];
  return await startShop({
    port: 0,
    host: '127.0.0.1',
    hutongUrl: api.url,
    apiKey: 'hk_test_1',
    webhookSecret: api.secret,
    dataDir: null,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
}

function shopPages({ url }: Shop): OnePage[] {
  return [
    { name: 'shop', url: `${url}/` },
    {
      name: 'shop-best-price',
      url: `${url}/products/umbrella`,
      steps: (page) => page.getByTestId('best-price').waitFor(),
    },
    {
      name: 'shop-share-sheet',
      url: `${url}/products/tea`,
      async steps(page) {
        await page.getByTestId('share').click();
        await page.getByTestId('share-card').waitFor();
      },
    },
    { name: 'shop-share-page', url: `${url}/products/tea/share` },
  ];
}

function walletPages({ url }: WalletStandIn): OnePage[] {
  const ready = (id: string) => (page: Page) => page.getByTestId(id).waitFor();
  return [
    { name: 'collections', url: `${url}/collect`, steps: ready('collections') },
    { name: 'collection-new', url: `${url}/collect/new`, steps: ready('make') },
    { name: 'collection', url: `${url}/collections/lnk_1`, steps: ready('collection') },
    { name: 'collect-asked', url: `${url}/collect/tea22222`, steps: ready('asked') },
  ];
}

interface ConsoleIds {
  rollout: string;
  offer: string;
  payment: string;
  link: string;
  reported: string;
  host: string;
  merchant: string;
}

function consolePages(url: string, { rollout, offer, payment, link, reported, host, merchant }: ConsoleIds): OnePage[] {
  const paths = {
    home: '',
    rollouts: '/rollouts',
    rollout: `/rollouts/${rollout}`,
    'rollout-halt': `/rollouts/${rollout}/halt`,
    'rollout-jump': `/rollouts/${rollout}/jump`,
    offers: '/offers',
    offer: `/offers/${offer}`,
    'offer-stop': `/offers/${offer}/stop`,
    why: `/payments/${payment}/why`,
    links: '/links',
    'links-none': '/links?q=nothing-of-the-kind',
    link: `/links/${link}?days=30`,
    'link-today': `/links/${link}?days=1`,
    'link-edit': `/links/${link}/edit`,
    'link-take-down': `/links/${link}/take-down`,
    'link-new': '/links/new',
    'link-bulk': '/links/bulk',
    reports: '/reports',
    report: `/reports/${reported}`,
    hosts: '/hosts',
    'host-files': `/hosts/${host}/files?merchant=${merchant}`,
    nowhere: '/nowhere',
  };
  return Object.entries(paths).map(([name, path]) => ({ name: `console-${name}`, url: `${url}/console${path}` }));
}
