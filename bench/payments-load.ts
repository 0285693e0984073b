import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { connect } from '../src/db/connect.ts';
import { startPostgres } from '../src/db/embedded.ts';
import { forkProcess, freePort, nextMessage } from './child.ts';
import { cpuSecondsOf } from './cpu-time.ts';
import type { Sample } from './harness.ts';
import type { WatchedCall } from './hutong-process.ts';

/** What one round of payments did. Lists hold one number per payment, milliseconds. */
export interface PaymentsRound {
  perSecond: number;
  /** From the shop's first request to the accepted webhook. */
  wholeMs: number[];
  /** POST /v1/payments as the shop sees it. */
  createMs: number[];
  /** POST /v1/payments/{id}/attempts as the shop sees it, the wallet's answer included. */
  attemptMs: number[];
  /** From the buyer's tap at the wallet to the shop's accepted webhook. */
  tapToWebhookMs: number[];
  /** Processor time per payment, by process. */
  cpuMs: CpuMs;
  /** Share of all cores that was not idle, whoever used it: 0 to 1. */
  machineBusy: number;
  /** Every call that Hutong answered, if it was watched. */
  calls: WatchedCall[];
}

export type CpuMs = Record<'hutong' | 'postgres' | 'simulator' | 'shop', number>;

/** How the buyer of each wallet pays: through an order that Hutong places by a call of its own. */
const SCENES = { unionpay: 'app', wechatpay: 'qr', alipay: 'qr', jdpay: 'qr', meituanpay: 'qr' } as const;

export type BenchWallet = keyof typeof SCENES;
export const BENCH_WALLETS = Object.keys(SCENES) as BenchWallet[]; // the table's own keys

export type BenchShop = 'plain' | 'budget' | 'full';

export interface RoundOptions {
  wallet: BenchWallet;
  /** But for `plain`: a shop with an offer and a staged wallet; its buyers are named, each pays once, and say what they were shown. */
  shop: BenchShop;
  inFlight: number;
  payments: number;
  /** Null: as fast as `inFlight` shops can. Otherwise payments begin at that rate, however long they take. */
  ratePerSecond: number | null;
  /** Takes the time of every call inside Hutong; this costs processor time, so it is off where rates are measured. */
  watch: boolean;
}

export interface PaymentsLoad {
  round(options: RoundOptions): Promise<PaymentsRound>;
  /** The floor: `calls` requests of one durable insert each to a bare Fastify route on the same PostgreSQL. */
  bare(options: { inFlight: number; calls: number }): Promise<Sample>;
  postgresVersion: string;
  close(): Promise<void>;
}

/** Everything on this machine, each in its own process: PostgreSQL, Hutong, the simulators, the shop (this one). */
export async function openPaymentsLoad(
  wallets: readonly BenchWallet[],
  { isStaged }: { isStaged: boolean },
): Promise<PaymentsLoad> {
  const dir = await mkdtemp(join(tmpdir(), 'hutong-bench-'));
  const database = await startPostgres({ dir: join(dir, 'postgres') });
  const shop = await startWebhookReceiver();
  const simulators = new Map(
    await Promise.all(wallets.map(async (wallet) => [wallet, await startSimulator(wallet)] as const)),
  );
  const hutong = forkProcess('hutong-process.ts');
  const port = await freePort();
  hutong.send({
    databaseUrl: database.url,
    port,
    walletSettings: settingsOf(simulators),
    webhookUrl: `${shop.url}/hooks`,
    isStaged,
  });
  const { keys } = await nextMessage<{ keys: Partial<Record<BenchShop, string>> }>(hutong);
  const bareServer = forkProcess('bare-process.ts');
  bareServer.send({ databaseUrl: database.url });
  const { bareUrl } = await nextMessage<{ bareUrl: string }>(bareServer);
  const barePool = new Pool(bareUrl, { connections: 128, pipelining: 1 });
  const api = new Pool(`http://127.0.0.1:${port}`, { connections: 128, pipelining: 1 });
  let count = 0;

  async function call(apiKey: string, path: string, body: object): Promise<Answered> {
    count += 1;
    const reply = await api.request({
      method: 'POST',
      path,
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': `bench-${count}`,
      },
      body: JSON.stringify(body),
    });
    const json = (await reply.body.json()) as Answered;
    if (reply.statusCode !== 201 && json.code !== 'wallet_not_available')
      throw new Error(`${path} → ${reply.statusCode} ${JSON.stringify(json)}`);
    return json;
  }

  async function payOnce(into: PaymentsRound, wallet: BenchWallet, at: RoundOptions['shop']): Promise<void> {
    const apiKey = keys[at];
    if (apiKey === undefined) throw new Error(`there is no shop ${at}`);
    const simulator = simulators.get(wallet);
    if (simulator === undefined) throw new Error(`there is no simulator of ${wallet}`);
    const startedAt = performance.now();
    const payment = await call(apiKey, '/v1/payments', {
      order_no: `bench-${(count += 1)}`,
      amount: { currency: 'CNY', minor: '1990' },
      subject: '一杯茶',
      return_url: 'https://shop.example/orders',
      ...(at === 'plain' ? {} : { buyer: { id: `buyer-${count}` } }),
    });
    const createdAt = performance.now();
    const attempt = await call(apiKey, `/v1/payments/${payment.id}/attempts`, {
      wallet,
      scene: SCENES[wallet],
      ...(at === 'plain' ? {} : { expected_amount: { currency: 'CNY', minor: '1890' } }),
    });
    const attemptedAt = performance.now();
    // The staged wallet is held back from one buyer of a hundred: somebody else pays instead.
    if (attempt.code !== undefined) return await payOnce(into, wallet, at);
    const told = shop.paid(payment.id);
    // At Alipay an order begins when the buyer scans it.
    if (wallet === 'alipay') await scan(simulator.pool, attempt.next_action?.text ?? '');
    const reply = await simulator.pool.request({
      method: 'POST',
      path: `/sandbox/orders/${attempt.id.slice('att_'.length)}/pay`,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const text = await reply.body.text();
    if (reply.statusCode !== 200) throw new Error(`the simulator refused to pay: ${reply.statusCode} ${text}`);
    const toldAt = await told;
    into.createMs.push(createdAt - startedAt);
    into.attemptMs.push(attemptedAt - createdAt);
    into.tapToWebhookMs.push(toldAt - attemptedAt);
    into.wholeMs.push(toldAt - startedAt);
  }

  async function cpuSeconds(): Promise<CpuMs> {
    const asked = [hutong, ...[...simulators.values()].map(({ child }) => child)];
    for (const child of asked) child.send({ ask: 'cpu' });
    const [ours, ...theirs] = await Promise.all(asked.map((child) => nextMessage<{ cpu: NodeJS.CpuUsage }>(child)));
    return {
      hutong: seconds(ours?.cpu),
      postgres: cpuSecondsOf(database.pid()),
      simulator: theirs.reduce((sum, { cpu }) => sum + seconds(cpu), 0),
      shop: seconds(process.cpuUsage()),
    };
  }

  return {
    postgresVersion: await versionOf(database.url),
    async round({ wallet, shop: at, inFlight, payments, ratePerSecond, watch }) {
      const result = emptyRound();
      if (watch) hutong.send({ ask: 'watch' });
      const [before, machineBefore] = [await cpuSeconds(), machineTimes()];
      const startedAt = performance.now();
      await (ratePerSecond === null
        ? closedLoop(inFlight, payments, () => payOnce(result, wallet, at))
        : openLoop(ratePerSecond, payments, () => payOnce(result, wallet, at)));
      const tookSeconds = (performance.now() - startedAt) / 1000;
      const [machineAfter, after] = [machineTimes(), await cpuSeconds()];
      const perPayment = (name: keyof CpuMs) => ((after[name] - before[name]) * 1000) / payments;
      result.perSecond = payments / tookSeconds;
      for (const name of ['hutong', 'postgres', 'simulator', 'shop'] as const) result.cpuMs[name] = perPayment(name);
      result.machineBusy = (machineAfter.busy - machineBefore.busy) / Math.max(1, machineAfter.all - machineBefore.all);
      if (watch) {
        hutong.send({ ask: 'calls' });
        result.calls = (await nextMessage<{ calls: WatchedCall[] }>(hutong)).calls;
      }
      return result;
    },
    async bare({ inFlight, calls }) {
      const latenciesMs: number[] = [];
      const startedAt = performance.now();
      await closedLoop(inFlight, calls, async () => {
        const sentAt = performance.now();
        const body = JSON.stringify({ order_no: `bare-${(count += 1)}`, minor: '1990', subject: '一杯茶' });
        const headers = { 'content-type': 'application/json' };
        const reply = await barePool.request({ method: 'POST', path: '/', headers, body });
        const text = await reply.body.text();
        if (reply.statusCode !== 201) throw new Error(`the bare route answered ${reply.statusCode} ${text}`);
        latenciesMs.push(performance.now() - sentAt);
      });
      return { perSecond: calls / ((performance.now() - startedAt) / 1000), latenciesMs };
    },
    async close() {
      await Promise.all(
        [api, barePool, ...[...simulators.values()].map(({ pool }) => pool)].map((pool) => pool.close()),
      );
      for (const child of [hutong, bareServer, ...[...simulators.values()].map(({ child: one }) => one)])
        child.kill('SIGKILL');
      shop.close();
      await database.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** `inFlight` callers, each of which begins the next as soon as its last is done. */
async function closedLoop(inFlight: number, total: number, run: () => Promise<void>): Promise<void> {
  let begun = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (begun < total) {
        begun += 1;
        await run();
      }
    }),
  );
}

/** Begins at a fixed rate and waits for nobody, so that a slow answer does not make the load lighter. */
async function openLoop(ratePerSecond: number, total: number, run: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  const all: Promise<void>[] = [];
  while (all.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * ratePerSecond) + 1);
    while (all.length < due) all.push(run());
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(all);
}

function emptyRound(): PaymentsRound {
  return {
    perSecond: 0,
    wholeMs: [],
    createMs: [],
    attemptMs: [],
    tapToWebhookMs: [],
    cpuMs: { hutong: 0, postgres: 0, simulator: 0, shop: 0 },
    machineBusy: 0,
    calls: [],
  };
}

async function versionOf(url: string): Promise<string> {
  const sql = connect(url, { connectionsMax: 1, applicationName: 'bench' });
  const [row] = await sql<{ server_version: string }[]>`show server_version`;
  await sql.end();
  return row?.server_version ?? 'unknown';
}

/** Milliseconds that all cores together were busy, and have passed at all. */
function machineTimes(): { busy: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { all, busy: all - times.reduce((sum, { idle }) => sum + idle, 0) };
}

function seconds(usage: NodeJS.CpuUsage | undefined): number {
  return usage === undefined ? 0 : (usage.user + usage.system) / 1e6;
}

/** What a call of the API answers, as far as it is read here. */
interface Answered {
  id: string;
  /** Only where the call was refused. */
  code?: string;
  next_action?: { text?: string } | null;
}

interface RunningSimulator {
  child: ChildProcess;
  settings: unknown;
  pool: Pool;
}

async function startSimulator(wallet: BenchWallet): Promise<RunningSimulator> {
  const child = forkProcess('simulator-process.ts', [wallet]);
  const { merchantSettings, url } = await nextMessage<{ merchantSettings: unknown; url: string }>(child);
  return { child, settings: merchantSettings, pool: new Pool(url, { connections: 128, pipelining: 1 }) };
}

function settingsOf(simulators: ReadonlyMap<BenchWallet, RunningSimulator>): Record<string, unknown> {
  return Object.fromEntries([...simulators].map(([wallet, { settings }]) => [wallet, settings]));
}

async function scan(pool: Pool, text: string): Promise<void> {
  const reply = await pool.request({ method: 'GET', path: `/sandbox/scan?text=${encodeURIComponent(text)}` });
  await reply.body.dump();
  if (reply.statusCode >= 400) throw new Error(`the simulator did not take the code: ${reply.statusCode}`);
}

interface WebhookReceiver {
  url: string;
  /** Resolves with the time at which the webhook of this payment came. */
  paid(paymentId: string): Promise<number>;
  close(): void;
}

async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const waiting = new Map<string, (at: number) => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { data: { id: string } };
      response.writeHead(204).end();
      waiting.get(data.id)?.(performance.now());
      waiting.delete(data.id);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the receiver has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    paid: (id) => new Promise((resolve) => waiting.set(id, resolve)),
    close: () => server.close().closeAllConnections(),
  };
}
