import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { ManualClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Send } from '../../base/outbound.ts';
import { systemRandom } from '../../base/random.ts';
import { createSend } from '../../net/send.ts';
import { type OpenSandbox, startOpenSandbox } from '../../sandbox/wallets/open/open.ts';
import type { RawNotification, Wallet, WalletDeps } from '../wallet.ts';
import type { OpenConfig } from './config.ts';
import { createOpenWallet } from './open.ts';

/** For tests: a simulator of the protocol, a connector to it, and an ear for its notifications. */
export interface OpenWorld {
  wallet: Wallet<OpenConfig>;
  config: OpenConfig;
  deps: WalletDeps;
  clock: ManualClock;
  sandbox: OpenSandbox;
  notifyUrl: string;
  heard(orderNo: string): RawNotification[];
  logged(): string;
  /** How long a call waits; shorter while nothing is going to be answered. */
  setPatienceMs(timeoutMs: number): void;
  stop(): Promise<void>;
}

export const PATIENCE_MS = 10_000;

export async function startOpenWorld(name: 'open' | 'meituanpay'): Promise<OpenWorld> {
  const clock = new ManualClock(new Date('2026-11-23T02:00:00.250Z'));
  const lines: string[] = [];
  const log = logInto(lines);
  const sandbox = await startOpenSandbox({
    port: 0,
    clock,
    random: systemRandom,
    log,
    dataDir: null,
    refundDelayMs: 0,
    brand: name,
  });
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 1000, idleTimeoutMs: 4000 });
  let timeoutMs = PATIENCE_MS;
  const send: Send = (request) => sender.send({ ...request, timeoutMs });
  const ear = await listen();
  const wallet = createOpenWallet(name);
  return {
    wallet,
    config: wallet.readConfig(sandbox.merchantSettings),
    deps: { send, clock, random: systemRandom, log },
    clock,
    sandbox,
    notifyUrl: ear.url,
    heard: ear.heard,
    logged: () => lines.join('\n'),
    setPatienceMs: (ms) => (timeoutMs = ms),
    stop: async () => {
      await sender.close();
      await sandbox.stop();
      await ear.close();
    },
  };
}

async function listen() {
  const heard: RawNotification[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      heard.push({ headers: Object.fromEntries(headers), body: Buffer.concat(chunks) });
      response.writeHead(200).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${address.port}/notify`,
    heard: (orderNo: string) => heard.filter(({ body }) => namesIn(body).includes(orderNo)),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The number that a notification is about: the refund's, where it is about one. */
function namesIn(body: Buffer): string[] {
  const text = body.toString('utf8');
  return [/"refund_no":"([^"]+)"/.exec(text)?.[1] ?? /"order_no":"([^"]+)"/.exec(text)?.[1] ?? ''];
}

function logInto(lines: string[]): Log {
  const write = (facts: object, message: string): void => void lines.push(`${message} ${inspect(facts, { depth: 9 })}`);
  return { debug: write, info: write, warn: write, error: write };
}
