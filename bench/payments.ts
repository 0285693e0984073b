import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { cpuSecondsOf } from './cpu-time.ts';
import { startPostgres } from '../src/db/embedded.ts';

export interface PaymentsRound {
  inFlight: number;
  payments: number;
  seconds: number;
  perSecond: number;
  /** Milliseconds from the shop's first request to the accepted webhook. */
  wholeMs: number[];
  createMs: number[];
  attemptMs: number[];
  walletMs: number[];
  /** Processor milliseconds per payment, by process: what bounds the rate on this machine. */
  cpuMs: { hutong: number; postgres: number; unionpay: number; shop: number };
}

export interface PaymentsBench {
  /** `ratePerSecond` null: as fast as `inFlight` shops can. Otherwise payments begin at that rate. */
  round(options: { inFlight: number; payments: number; ratePerSecond: number | null }): Promise<PaymentsRound>;
  close(): Promise<void>;
}

/** Everything on this machine, each in its own process: PostgreSQL, Hutong, the UnionPay simulator, the shop (this one). */
export async function openPaymentsBench(): Promise<PaymentsBench> {
  const dir = await mkdtemp(join(tmpdir(), 'hutong-bench-'));
  const database = await startPostgres({ dir: join(dir, 'postgres') });
  const shop = await startWebhookReceiver();
  const unionpay = forkProcess('unionpay-process.ts');
  const { merchantSettings, controlUrl } = await nextMessage<{ merchantSettings: unknown; controlUrl: string }>(
    unionpay,
  );
  const hutong = forkProcess('hutong-process.ts');
  const port = await freePort();
  hutong.send({ databaseUrl: database.url, port, walletSettings: merchantSettings, webhookUrl: `${shop.url}/hooks` });
  const { apiKey } = await nextMessage<{ apiKey: string }>(hutong);
  const api = new Pool(`http://127.0.0.1:${port}`, { connections: 128, pipelining: 1 });
  const control = new Pool(new URL(controlUrl).origin, { connections: 128, pipelining: 1 });
  const controlPath = new URL(controlUrl).pathname;
  let count = 0;

  async function call(path: string, body: object): Promise<{ id: string }> {
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
    const json = (await reply.body.json()) as { id: string };
    if (reply.statusCode !== 201) throw new Error(`${path} → ${reply.statusCode} ${JSON.stringify(json)}`);
    return json;
  }

  async function payOnce(into: PaymentsRound): Promise<void> {
    const startedAt = performance.now();
    const payment = await call('/v1/payments', {
      order_no: `bench-${(count += 1)}`,
      amount: { currency: 'CNY', minor: '1990' },
      subject: '一杯茶',
      return_url: 'https://shop.example/orders',
    });
    const told = shop.paid(payment.id);
    const createdAt = performance.now();
    const attempt = await call(`/v1/payments/${payment.id}/attempts`, { wallet: 'unionpay', scene: 'app' });
    const attemptedAt = performance.now();
    const reply = await control.request({
      method: 'POST',
      path: `${controlPath}/orders/${attempt.id.slice('att_'.length)}/pay`,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const text = await reply.body.text();
    if (reply.statusCode !== 200) throw new Error(`the simulator refused to pay: ${reply.statusCode} ${text}`);
    await told;
    into.createMs.push(createdAt - startedAt);
    into.attemptMs.push(attemptedAt - createdAt);
    into.wholeMs.push(performance.now() - startedAt);
  }

  async function usage() {
    hutong.send({ ask: 'wallet' });
    unionpay.send({ ask: 'cpu' });
    const [ours, theirs] = await Promise.all([
      nextMessage<{ walletMs: number[]; cpu: NodeJS.CpuUsage }>(hutong),
      nextMessage<{ cpu: NodeJS.CpuUsage }>(unionpay),
    ]);
    return {
      walletMs: ours.walletMs,
      hutong: seconds(ours.cpu),
      unionpay: seconds(theirs.cpu),
      shop: seconds(process.cpuUsage()),
      postgres: cpuSecondsOf(database.pid()),
    };
  }

  return {
    async round({ inFlight, payments, ratePerSecond }) {
      const result: PaymentsRound = {
        inFlight,
        payments,
        cpuMs: { hutong: 0, postgres: 0, unionpay: 0, shop: 0 },
        seconds: 0,
        perSecond: 0,
        wholeMs: [],
        createMs: [],
        attemptMs: [],
        walletMs: [],
      };
      const before = await usage();
      const startedAt = performance.now();
      let begun = 0;
      if (ratePerSecond === null) {
        await Promise.all(
          Array.from({ length: inFlight }, async () => {
            while (begun < payments) {
              begun += 1;
              await payOnce(result);
            }
          }),
        );
      } else {
        const all: Promise<void>[] = [];
        while (begun < payments) {
          const due = Math.min(payments, Math.floor(((performance.now() - startedAt) / 1000) * ratePerSecond) + 1);
          for (; begun < due; begun++) all.push(payOnce(result));
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        await Promise.all(all);
      }
      result.seconds = (performance.now() - startedAt) / 1000;
      result.perSecond = payments / result.seconds;
      const after = await usage();
      result.walletMs = after.walletMs;
      const perPayment = (name: 'hutong' | 'postgres' | 'unionpay' | 'shop') =>
        ((after[name] - before[name]) * 1000) / payments;
      result.cpuMs = {
        hutong: perPayment('hutong'),
        postgres: perPayment('postgres'),
        unionpay: perPayment('unionpay'),
        shop: perPayment('shop'),
      };
      return result;
    },
    async close() {
      await Promise.all([api.close(), control.close()]);
      hutong.kill('SIGKILL');
      unionpay.kill('SIGKILL');
      shop.close();
      await database.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function seconds(usage: NodeJS.CpuUsage): number {
  return (usage.user + usage.system) / 1e6;
}

function forkProcess(file: string): ChildProcess {
  return fork(join(import.meta.dirname, file), [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`a process ended with ${code}`)));
  });
}

interface WebhookReceiver {
  url: string;
  /** Resolves when the webhook of this payment has been accepted. */
  paid(paymentId: string): Promise<void>;
  close(): void;
}

async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const waiting = new Map<string, () => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { data: { id: string } };
      response.writeHead(204).end();
      waiting.get(data.id)?.();
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

async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
