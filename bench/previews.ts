import { parseDocument } from 'htmlparser2';
import { assert } from '../src/base/assert.ts';
import { readPreview } from '../src/links/safety/read-preview.ts';
import {
  type BenchOptions,
  compare,
  describeMachine,
  type Machine,
  measure,
  type Measured,
  type Ratio,
  timeCalls,
} from './harness.ts';

const GOAL = 5_000;
const PAGE_BYTES = 72_000;
const OURS = 'price in the head, Hutong';
const OURS_GBK = 'the same page in GBK, Hutong';
const OURS_DATA = 'price in structured data at the end, Hutong';
const PEER = 'whole document, htmlparser2 parseDocument';
/** Calls between two looks at the clock. */
const CALLS = 50;

export interface PreviewsBench {
  machine: Machine;
  method: string[];
  measured: Measured[];
  ratios: Ratio[];
  goal: { name: string; value: number; goal: number; reached: boolean };
}

/** Pages whose preview is read, a second of processor time; beside building the whole document, which is how others begin. */
export async function benchPreviews({ quick, say }: BenchOptions): Promise<PreviewsBench> {
  const [inHead, inData] = [makePage('head'), makePage('data')];
  const page = (text: string) => ({
    url: 'https://shop.example/item/42',
    type: 'text/html; charset=utf-8',
    body: Buffer.from(text),
  });
  const [ours, data] = [page(inHead), page(inData)];
  // Letters beyond ASCII, each two bytes that are some letter in GBK: what they say does not matter here.
  const gbk = { ...ours, type: 'text/html; charset=gbk' };
  checkAlike(ours, data);
  const once = { seconds: quick ? 0.3 : 1, calls: CALLS };
  const cases = [
    timeCalls(OURS, once, () => readPreview(ours)),
    timeCalls(OURS_GBK, once, () => readPreview(gbk)),
    timeCalls(OURS_DATA, once, () => readPreview(data)),
    timeCalls(PEER, { ...once, calls: 5 }, () => parseDocument(ours.body.toString())),
  ];
  say('warming up');
  for (const one of cases) await one.run();
  const rounds = quick ? 3 : 7;
  const measured = await measure(cases, rounds, say);
  const value = measured.find(({ name }) => name === OURS)?.median ?? Number.NaN;
  return {
    machine: describeMachine(),
    method: [
      `A product page of ${ours.body.length} bytes, its head ${inHead.indexOf('</head>')} letters of them with 60 other tags, style and script. A second is one of processor time, collecting garbage included; each case runs ${once.seconds} s a round, ${rounds} interleaved rounds after a warm-up. Ours gives title, description, picture, price and canonical address.`,
      'The peer reads the same bytes into a document with the same parser, and looks for nothing in it yet.',
    ],
    measured,
    ratios: [compare('previews to whole documents', measured, [OURS, PEER], 5)].filter((ratio) => ratio !== undefined),
    goal: { name: 'previews of pages read a second of one core', value, goal: GOAL, reached: value >= GOAL },
  };
}

type Page = Parameters<typeof readPreview>[0];

/** What is measured finds what it is for. */
function checkAlike(...pages: readonly Page[]): void {
  for (const each of pages) {
    const { title, price, imageUrl } = readPreview(each);
    assert(title === '白色运动鞋' && price?.minor === 129_900n && imageUrl !== null, 'the page’s own words are read');
    assert(Math.abs(each.body.length - PAGE_BYTES) < 500, 'the page is as long as it should be');
  }
}

function makePage(place: 'head' | 'data'): string {
  const others = Array.from({ length: 60 }, (_, at) => `<meta name="x-${at}" content="nothing of interest ${at}">`);
  const price =
    '<meta property="product:price:amount" content="1,299.00"><meta property="product:price:currency" content="CNY">';
  const offer = {
    '@type': 'Offer',
    price: '1299.00',
    priceCurrency: 'CNY',
    availability: 'https://schema.org/InStock',
  };
  const data = JSON.stringify({
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: '白色运动鞋',
    offers: offer,
  });
  const head = [
    '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>白色运动鞋 男款 &amp; 女款 - 某某商城</title>',
    ...others,
    '<meta property="og:title" content="白色运动鞋"><meta property="og:description" content="舒适 透气"><meta property="og:image" content="/a.png">',
    place === 'head' ? price : '',
    '<link rel="canonical" href="https://shop.example/item/42">',
    `<style>${'.a{color:red}\n'.repeat(150)}</style><script>${'var a = 1;\n'.repeat(150)}</script></head><body>`,
  ].join('\n');
  const end = `${place === 'data' ? `<script type="application/ld+json">${data}</script>` : ''}</body></html>`;
  const item =
    '<div class="item"><a href="/i/1"><img src="/p.png" alt="图"></a><p>商品描述 words about it</p><span>¥ 12.00</span></div>\n';
  const count = Math.floor((PAGE_BYTES - Buffer.byteLength(head + end)) / Buffer.byteLength(item));
  return head + item.repeat(count) + end;
}
