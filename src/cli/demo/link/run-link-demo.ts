import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Link } from '../../../../sdk/src/index.ts';
import { CliError, type CliDeps } from '../../command.ts';
import { createLifetime, type Lifetime, StopAsked } from '../../lifetime.ts';
import { layOut } from '../../print.ts';
import { createStyle, type Style } from '../../style.ts';
import { createPatience, type Patience } from '../patience.ts';
import { mark } from '../prove.ts';
import { createStory, type Story } from '../story.ts';
import { openAs, type Seen } from './open-as.ts';
import { type Opener, OPENERS } from './phones.ts';
import { type LinkDemoWorld, openLinkWorld } from './world.ts';

const PRODUCT = 'tea';
/** 2022: fences of pictures, a short address, a share code. */
const OLD_TAOBAO = '29✔hmaFd0IpH0M💲 https://m.tb.cn/h.Uf5nC9e CZ3457 「明前龙井」';
const CARD = { width: 1200, height: 630 };
const REASON = 'the end of the demo';

const STEP_WORDS: Readonly<Record<string, string>> = {
  wechat_launch_mini: '打开微信小程序 the mini program',
  wechat_launch_app: '打开应用 the app, by WeChat’s tag',
  alipay_scheme: '打开支付宝小程序 the mini program',
  universal_link: '打开应用 the app, by its universal link',
  app_link: '打开应用 the app, by its app link',
  intent: '打开应用，没有就看网页 the app, or else the page',
  scheme: '打开应用 the app, by its scheme',
  page: '商品页 the product page',
  store: '下载应用 the store',
  open_in_browser: '在浏览器打开 open in the browser',
  copy_text: '复制链接 copy the link',
  card: '预览卡片 the preview',
};

/**
 * A product of the demo shop is shared as a link, a picture and a text; opened everywhere; bought through the link; counted; taken down.
 * @throws CliError when anything is not as it should be
 */
export async function runLinkDemo(
  deps: CliDeps,
  { isJson, keeps }: { isJson: boolean; keeps: boolean },
): Promise<void> {
  const startedMs = deps.clock.now().getTime();
  const story = createStory(deps.terminal, deps.clock, isJson);
  const life = createLifetime(deps.terminal);
  const style = createStyle(deps.terminal.hasColour);
  try {
    story.say(style.strong('分享链接 · 一个链接，到处能开 Share links: one link that opens in every app'));
    await tellStory(deps, story, life, style, keeps);
    story.say('');
    story.say(
      `完成 Done in ${((deps.clock.now().getTime() - startedMs) / 1000).toFixed(1)} s. 自己试试 Try it yourself: npm start`,
    );
  } catch (error) {
    throw error instanceof StopAsked ? new CliError('Stopped before the end; everything was cleaned up.') : error;
  } finally {
    await life.end();
  }
}

async function tellStory(deps: CliDeps, story: Story, life: Lifetime, style: Style, keeps: boolean): Promise<void> {
  const world = await openLinkWorld(deps, story, life, keeps);
  const patience = createPatience(deps.clock, life);
  const link = await share(world, story);
  await saveCard(deps, story, link);
  await openEverywhere(story, style, link);
  await readTexts(world, story, link);
  await buy(world, story, link);
  await count(world, story, patience, link);
  await takeDown(world, story, style, link);
}

/** Presses the shop's button, as a buyer does. */
async function share({ shop, hutong }: LinkDemoWorld, story: Story): Promise<Link> {
  return await story.step('share', '在小铺里分享一件商品  A product is shared in the shop', async () => {
    const reply = await fetch(`${shop.url}/products/${PRODUCT}/share?lang=zh-CN`, { method: 'POST' });
    const [link] = (await hutong.links.list().page()).data;
    if (link === undefined) throw new CliError(`The shop made no link: its page answered ${reply.status}.`);
    const sheet = await reply.text();
    for (const part of [link.url, link.texts['zh-CN']])
      if (!sheet.includes(escaped(part))) throw new CliError(`The share page does not show ${part}`);
    const facts = { product: link.title, link: link.url, leads_to: link.page ?? '', text: link.texts['zh-CN'] };
    return { value: link, told: { facts, data: { code: link.code } } };
  });
}

/** Left behind for whoever wants to look at it. */
async function saveCard(deps: CliDeps, story: Story, link: Link): Promise<void> {
  await story.step('card', '图片卡片  The picture card', async () => {
    const reply = await fetch(link.card_url);
    const picture = Buffer.from(await reply.arrayBuffer());
    const isPng = picture.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n';
    const size = isPng ? { width: picture.readUInt32BE(16), height: picture.readUInt32BE(20) } : null;
    if (size?.width !== CARD.width || size.height !== CARD.height)
      throw new CliError(`The card is no picture of ${CARD.width} × ${CARD.height}: ${reply.status}.`);
    const path = join(deps.tempDir, `hutong-card-${link.code}.png`);
    await writeFile(path, picture);
    return { value: null, told: { facts: { saved: path, size: `${size.width} × ${size.height}` } } };
  });
}

async function openEverywhere(story: Story, style: Style, link: Link): Promise<void> {
  const title = '在各个应用里打开，看下一步是什么  Opened everywhere: what comes next';
  const openings = await story.step('open', title, async () => {
    const value: { opener: Opener; seen: Seen }[] = [];
    for (const opener of OPENERS) value.push({ opener, seen: await openAs(opener, link.url) });
    const data = {
      openings: value.map(({ opener, seen }) => ({
        by: opener.name,
        best: seen.best,
        steps: seen.steps,
        status: seen.status,
      })),
    };
    return { value, told: { lines: openingLines(value, style), data } };
  });
  const wrong = openings.filter((one) => !isAsExpected(one, link));
  if (wrong.length > 0)
    throw new CliError(`Not the right next step in ${wrong.map(({ opener }) => opener.name).join(', ')}.`);
}

function isAsExpected({ opener, seen }: { opener: Opener; seen: Seen }, link: Link): boolean {
  return seen.status === 200 && seen.best === opener.expects && seen.title === link.title;
}

function openingLines(openings: readonly { opener: Opener; seen: Seen }[], style: Style): string[] {
  const words = (step: string): string => STEP_WORDS[step] ?? step;
  return layOut(openings, [
    { title: '在哪里 In', show: ({ opener, seen }) => `${mark(style, seen.best === opener.expects)} ${opener.name}` },
    { title: '下一步 Next', show: ({ seen }) => words(seen.best) },
    { title: '也可以 Or', show: ({ seen }) => seen.steps.filter((step) => step !== seen.best).join(', ') },
  ]);
}

async function readTexts({ hutong }: LinkDemoWorld, story: Story, link: Link): Promise<void> {
  await story.step('paste', '把口令粘贴回来  Our own text, pasted back', async () => {
    const read = await hutong.linkTexts.read(link.texts['zh-CN']);
    if (read.link?.code !== link.code) throw new CliError(`Our own text was read as ${read.kind}.`);
    return { value: null, told: { facts: { kind: read.kind, title: read.link.title, leads_to: read.link.url } } };
  });
  await story.step('paste_taobao', '粘贴一条旧淘口令  An old code of Taobao’s, pasted', async () => {
    const read = await hutong.linkTexts.read(OLD_TAOBAO);
    if (read.app !== 'taobao' || read.token !== 'hmaFd0IpH0M') throw new CliError('The old code was not read.');
    const facts = {
      pasted: OLD_TAOBAO,
      app: read.app,
      token: read.token,
      share_code: read.share_code ?? '',
      link: read.url ?? '',
    };
    return { value: null, told: { facts } };
  });
}

/** From the link's page to the shop, to the cashier, to the wallet. */
async function buy({ shop, hutong, unionpay }: LinkDemoWorld, story: Story, link: Link): Promise<void> {
  await story.step('buy', '朋友从链接进来，买下它  A friend comes by the link and buys it', async () => {
    const [friend] = OPENERS;
    const { pageUrl } = friend === undefined ? { pageUrl: null } : await openAs(friend, link.url);
    if (pageUrl === null) throw new CliError('The link’s page does not lead to the shop.');
    const product = await (await fetch(pageUrl)).text();
    const code = /name="link" value="(\w+)"/.exec(product)?.[1] ?? '';
    const form = new URLSearchParams({ product: PRODUCT, link: code });
    const bought = await fetch(`${shop.url}/buy?lang=zh-CN`, { method: 'POST', body: form, redirect: 'manual' });
    const paymentId = /\/c\/(pay_\w+)/.exec(bought.headers.get('location') ?? '')?.[1];
    if (paymentId === undefined) throw new CliError(`The shop sold nothing: ${bought.status}.`);
    const attempt = await hutong.payments.attempts.create(paymentId, { wallet: 'unionpay', scene: 'app' });
    unionpay.pay(attempt.id.slice('att_'.length));
    const payment = await hutong.payments.get(paymentId);
    if (payment.link !== link.code) throw new CliError('The payment does not name the link that it came by.');
    return { value: null, told: { facts: { came_by: pageUrl, payment: payment.id, link: payment.link } } };
  });
}

/** Robots apart: each of the others is one person, and the friend who bought was there before. */
async function count({ hutong }: LinkDemoWorld, story: Story, patience: Patience, link: Link): Promise<void> {
  const robots = OPENERS.filter(({ expects }) => expects === 'card').length;
  const people = OPENERS.length - robots;
  const expected = { opens: people + 1, people, robots, payments: 1 };
  await story.step('count', '数一数  The figures', async () => {
    const stats = await patience('the figures of the link', async () => {
      const { totals, tops } = await hutong.links.stats(link.id);
      const isAll = Object.entries(expected).every(([name, figure]) =>
        Object.entries(totals).some(([known, is]) => known === name && is === figure),
      );
      return isAll ? { totals, tops } : null;
    });
    const { opens, robots: apart, payments, amounts } = stats.totals;
    const facts = {
      opens: `${opens}, robots apart ${apart}`,
      people: String(stats.totals.people),
      payments: `${payments}, ${amounts.map(({ currency, minor }) => `${currency} ${minor}`).join(', ')}`,
      apps: stats.tops.app.map(({ value, count: times }) => `${value} ${times}`).join(', '),
    };
    return { value: null, told: { facts, data: { totals: stats.totals } } };
  });
}

async function takeDown({ server }: LinkDemoWorld, story: Story, style: Style, link: Link): Promise<void> {
  const openings = await story.step('take_down', '运营下架，人们看到什么  Taken down: what people see', async () => {
    const actor = { kind: 'operator', name: 'hutong demo' } as const;
    await server.links.desk.setState({ actor, id: link.id, state: 'taken_down', reason: REASON });
    const value: { opener: Opener; seen: Seen }[] = [];
    for (const opener of OPENERS) value.push({ opener, seen: await openAs(opener, link.url) });
    const isGone = value.every(({ seen }) => seen.status === 410);
    const lines = [
      `${mark(style, isGone)} ${value[0]?.seen.title ?? ''} (${value[0]?.seen.status ?? 0}, ${value.length} 处都一样 everywhere the same)`,
    ];
    return { value, told: { lines, data: { status: value.map(({ seen }) => seen.status) } } };
  });
  if (openings.some(({ seen }) => seen.status !== 410)) throw new CliError('The link still opens somewhere.');
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;');
}
