import { assert } from '../src/base/assert.ts';
import { readKouling } from '../src/links/kouling/read-kouling.ts';
import { NEGATIVES } from '../src/links/kouling/test-no-texts.ts';
import { POSITIVES } from '../src/links/kouling/test-texts.ts';
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

const GOAL = 100_000;
const OURS = 'texts as they come, Hutong';
const SHARED = 'texts that apps share, Hutong';
const OTHERS = 'texts that hold nothing, Hutong';
const LONG = 'the longest text that is read, 4096 letters, Hutong';
const PEER = 'texts as they come, one regular expression per app';
/** Calls between two looks at the clock. */
const CALLS = 500;
/** Of these lengths most pasted texts are. */
const CHARS = { min: 20, max: 300 };

export interface KoulingBench {
  machine: Machine;
  method: string[];
  measured: Measured[];
  ratios: Ratio[];
  goal: { name: string; value: number; goal: number; reached: boolean };
}

/** Pasted texts read a second of processor time; beside the reader that anybody would write first, which reads far fewer of them rightly. */
export async function benchKouling({ quick, say }: BenchOptions): Promise<KoulingBench> {
  const isUsual = (text: string): boolean => text.length >= CHARS.min && text.length <= CHARS.max;
  const shared = POSITIVES.map(({ text }) => text).filter(isUsual);
  const others = NEGATIVES.filter(isUsual);
  const mixed = [...shared, ...others];
  const long = shared.join('\n').repeat(4).slice(0, 4096);
  const once = { seconds: quick ? 0.3 : 1, calls: CALLS };
  const cases = [
    timeCalls(OURS, once, inTurn(mixed, readKouling)),
    timeCalls(SHARED, once, inTurn(shared, readKouling)),
    timeCalls(OTHERS, once, inTurn(others, readKouling)),
    timeCalls(LONG, { ...once, calls: 50 }, () => readKouling(long)),
    timeCalls(PEER, once, inTurn(mixed, readNaively)),
  ];
  say('warming up');
  for (const one of cases) await one.run();
  const rounds = quick ? 3 : 7;
  const measured = await measure(cases, rounds, say);
  const value = measured.find(({ name }) => name === OURS)?.median ?? Number.NaN;
  const [right, naive] = [countRight((text) => readKouling(text)), countRight(readNaively)];
  assert(right === POSITIVES.length + NEGATIVES.length, 'what is measured reads every sample rightly');
  return {
    machine: describeMachine(),
    method: [
      `${mixed.length} texts of ${CHARS.min} to ${CHARS.max} letters in turn, ${shared.length} that apps share and ${others.length} that hold no token: SMS codes, prices, orders, prose. A second is one of processor time, collecting garbage included; each case runs ${once.seconds} s a round, ${rounds} interleaved rounds after a warm-up. Ours gives app, token, cleaned address, title, share code and warnings.`,
      `The peer looks for each app's token or address by one regular expression and gives what the first finds, as it stands. Of ${POSITIVES.length + NEGATIVES.length} samples it reads app and token of ${naive} rightly, ours of ${right}.`,
    ],
    measured,
    ratios: [compare('texts to one expression per app', measured, [OURS, PEER], 0.1)].filter(
      (ratio) => ratio !== undefined,
    ),
    goal: { name: 'pasted texts read a second of one core', value, goal: GOAL, reached: value >= GOAL },
  };
}

function inTurn(texts: readonly string[], read: (text: string) => unknown): () => unknown {
  let at = 0;
  return () => {
    at = at + 1 === texts.length ? 0 : at + 1;
    return read(texts[at] ?? '');
  };
}

interface Read {
  app: string | null;
  token: string | null;
}

const EXPRESSIONS: readonly (readonly [app: string, expression: RegExp])[] = [
  ['xianyu', /【闲鱼】.*?tk=([0-9A-Za-z]{11})/],
  ['tmall', /【天猫】.*?tk=([0-9A-Za-z]{11})|https?:\/\/detail\.tmall\.com\/\S+/],
  ['taobao', /[?&]tk=([0-9A-Za-z]{11})|https?:\/\/[me]\.tb\.cn\/\S+|[￥¥€₤$]([0-9A-Za-z]{11})[￥¥€₤$]/],
  ['jd', /jkl=@([0-9A-Za-z-]{10,12})@|https?:\/\/(?:3\.cn|u\.jd\.com|item\.jd\.com)\/\S+/],
  ['douyin', /https?:\/\/v\.douyin\.com\/\S+/],
  ['kuaishou', /https?:\/\/(?:v\.kuaishou\.com|m\.gifshow\.com)\/\S+/],
  ['xiaohongshu', /([0-9A-Za-z]{11,15}) \S+ https?:\/\/xhslink\.com\/\S+|https?:\/\/xhslink\.com\/\S+/],
  ['wechat', /#小程序:\/\/\S+\/([0-9A-Za-z]{15})|https?:\/\/mp\.weixin\.qq\.com\/\S+/],
  ['alipay', /支付宝.*?([0-9A-Za-z]{11})|https?:\/\/\w+\.alipay\.com\/\S+/],
  ['pinduoduo', /https?:\/\/(?:mobile\.yangkeduo|p\.pinduoduo)\.com\/\S+/],
  ['meituan', /https?:\/\/dpurl\.cn\/\S+/],
  ['bilibili', /https?:\/\/(?:b23\.tv|www\.bilibili\.com)\/\S+/],
  ['weibo', /https?:\/\/(?:m\.)?weibo\.c\w+\/\S+/],
  ['baidu', /https?:\/\/\w+\.baidu\.com\/\S+/],
];

function readNaively(text: string): Read {
  for (const [app, expression] of EXPRESSIONS) {
    const found = expression.exec(text);
    if (found !== null) return { app, token: found.slice(1).find((part) => part !== undefined) ?? null };
  }
  return { app: null, token: null };
}

function countRight(read: (text: string) => Read): number {
  const isSame = (found: Read, wanted: Read): boolean => found.app === wanted.app && found.token === wanted.token;
  const none = { app: null, token: null };
  return (
    POSITIVES.filter((sample) => isSame(read(sample.text), sample)).length +
    NEGATIVES.filter((text) => isSame(read(text), none)).length
  );
}
