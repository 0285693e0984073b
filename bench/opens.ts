import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { assert } from '../src/base/assert.ts';
import { startPostgres } from '../src/db/embedded.ts';
import { userAgents } from '../src/wallets/detect/test-user-agents.ts';
import { forkProcess, freePort, nextMessage } from './child.ts';
import {
  type BenchOptions,
  type Case,
  compare,
  describeMachine,
  formatRate,
  type Machine,
  measure,
  type Measured,
  type Ratio,
} from './harness.ts';

/** Opens a second of one core. */
const GOAL = 15_000;
const RATIO_GOAL = 0.4;
/** Of an open, at half the goal's rate. */
const P99_GOAL_MS = 10;
const CONNECTIONS = 32;
const REDIRECT = 'a link that opens the page at once (302)';
const LANDING = 'the landing page, as each app gets it';
const BARE = 'a bare Fastify route that sends as many bytes';

export interface OpensBench {
  machine: Machine;
  method: string[];
  measured: Measured[];
  ratios: Ratio[];
  /** Opens a second of the server's processor time, collecting garbage and writing the counts included. */
  perCoreSecond: { name: string; value: number; goal: number; reached: boolean; isGoal: boolean }[];
  /** At a fixed rate, half of the goal. */
  latency: { rate: number; reached: number; p50Ms: number; p99Ms: number; goalMs: number; isReached: boolean };
  counted: { answered: number; sent: number; counted: number };
}

/** Links opened over loopback by the user agents of every app that we know, beside a bare route of the same framework. */
export async function benchOpens({ quick, say }: BenchOptions): Promise<OpensBench> {
  say('starting PostgreSQL, Hutong with its links, a bare Fastify');
  const dir = await mkdtemp(join(tmpdir(), 'hutong-bench-'));
  const postgres = await startPostgres({ dir: join(dir, 'postgres') });
  const server = forkProcess('opens-process.ts');
  const bare = forkProcess('opens-process.ts');
  try {
    const port = await freePort();
    server.send({ databaseUrl: postgres.url, port });
    const { codes } = await nextMessage<{ codes: { direct: string[]; landing: string[] } }>(server);
    const url = `http://127.0.0.1:${port}`;
    const redirects = requestsOf(codes.direct, [DESKTOP]);
    const landings = requestsOf(codes.landing, phones());
    await checkAnswers(url, redirects, landings);
    const page = await fetch(`${url}${landings[0]?.path}`, { headers: landings[0]?.headers ?? {} });
    bare.send({
      body: Buffer.from(await page.arrayBuffer()).toString('base64'),
      type: page.headers.get('content-type') ?? 'text/html',
      port: await freePort(),
    });
    const { bareUrl } = await nextMessage<{ bareUrl: string }>(bare);

    let [answered, sent] = [3, 3]; // those of checkAnswers, and the page for the bare route
    const perCore: Record<string, number[]> = { [REDIRECT]: [], [LANDING]: [], [BARE]: [] };
    const seconds = quick ? 2 : 5;
    const one = (name: string, of: ChildProcess, at: string, requests: Open[]): Case => ({
      name,
      async run() {
        const before = await cpuMs(of);
        const result = await fire({ url: at, requests, duration: seconds });
        assert(result.errors + result.non2xx === 0 || name === REDIRECT, `${name}: every open is answered`);
        const total = result.requests.total;
        if (of === server) {
          answered += total;
          sent += result.requests.sent;
        }
        perCore[name]?.push((total * 1000) / ((await cpuMs(of)) - before));
        return { perSecond: total / result.duration };
      },
    });
    const cases = [
      one(REDIRECT, server, url, redirects),
      one(LANDING, server, url, landings),
      one(BARE, bare, bareUrl, landings),
    ];
    say('warming up');
    for (const each of cases) await each.run();
    for (const rates of Object.values(perCore)) rates.length = 0;
    const measured = await measure(cases, quick ? 3 : 5, say);
    say(`at ${formatRate(GOAL / 2)} a second`);
    const steady = await fire({ url, requests: landings, duration: quick ? 4 : 15, overallRate: GOAL / 2 });
    answered += steady.requests.total;
    sent += steady.requests.sent;
    const { opens } = await ask<{ opens: number }>(server, 'counted');
    return {
      machine: describeMachine(),
      method: METHOD(seconds, quick ? 3 : 5),
      measured,
      ratios: [
        compare('redirects to the bare route', measured, [REDIRECT, BARE], RATIO_GOAL),
        compare('landing pages to the bare route', measured, [LANDING, BARE], RATIO_GOAL),
      ].filter((ratio) => ratio !== undefined),
      perCoreSecond: [REDIRECT, LANDING, BARE].map((name) => {
        const rates = [...(perCore[name] ?? [])].sort((a, b) => a - b);
        const value = rates[Math.floor(rates.length / 2)] ?? Number.NaN;
        return { name, value, goal: GOAL, reached: value >= GOAL, isGoal: name !== BARE };
      }),
      latency: {
        rate: GOAL / 2,
        reached: steady.requests.total / steady.duration,
        p50Ms: steady.latency.p50,
        p99Ms: steady.latency.p99,
        goalMs: P99_GOAL_MS,
        isReached: steady.latency.p99 < P99_GOAL_MS,
      },
      counted: { answered, sent, counted: opens },
    };
  } finally {
    server.kill();
    bare.kill();
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

const METHOD = (seconds: number, rounds: number): string[] => [
  `autocannon, ${CONNECTIONS} connections without pipelining, ${seconds} s a round, ${rounds} interleaved rounds after a warm-up, on the same machine: it needs the other core. 200 links of each kind, asked in turn; landing pages by ${phones().length} user agents of phones, gzipped, redirects by a desktop browser. Everything is on: links are kept in memory and checked for changes, every open is counted, PostgreSQL writes the counts once a second.`,
  'The bare route is a Fastify of its own with one parameter that sends as many bytes as a landing page, from memory. Opens a second of one core are answers divided by the processor time that the server process used for them, background work included.',
  `The latency is taken at a fixed rate, half of the goal; autocannon tells whole milliseconds.`,
];

const DESKTOP =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

function phones(): string[] {
  return userAgents.filter(({ device }) => device === 'phone').map(({ text }) => text);
}

/** A request as autocannon and fetch both take it. */
interface Open {
  method: 'GET';
  path: string;
  headers: Record<string, string>;
}

function requestsOf(codes: readonly string[], agents: readonly string[]): Open[] {
  const count = Math.max(codes.length, agents.length);
  return Array.from({ length: count }, (_, no) => ({
    method: 'GET',
    path: `/l/${codes[no % codes.length] ?? ''}`,
    headers: {
      'user-agent': agents[no % agents.length] ?? '',
      'accept-language': 'zh-CN,zh;q=0.9',
      'accept-encoding': 'gzip',
    },
  }));
}

/** What is measured is what it is called. */
async function checkAnswers(url: string, [redirect]: readonly Open[], [landing]: readonly Open[]): Promise<void> {
  const get = (request: Open | undefined) =>
    fetch(`${url}${request?.path}`, { headers: request?.headers ?? {}, redirect: 'manual' });
  const answers = { redirect: (await get(redirect)).status, landing: (await get(landing)).status };
  assert(answers.redirect === 302 && answers.landing === 200, `opens as expected, not ${JSON.stringify(answers)}`);
}

async function fire(options: autocannon.Options): Promise<autocannon.Result> {
  return await autocannon({ connections: CONNECTIONS, ...options });
}

async function ask<T>(child: ChildProcess, question: 'cpu' | 'counted'): Promise<T> {
  child.send({ ask: question });
  return await nextMessage<T>(child);
}

async function cpuMs(child: ChildProcess): Promise<number> {
  const { cpu } = await ask<{ cpu: NodeJS.CpuUsage }>(child, 'cpu');
  return (cpu.user + cpu.system) / 1000;
}
