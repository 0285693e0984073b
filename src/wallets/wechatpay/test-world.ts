import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { ManualClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Send } from '../../base/outbound.ts';
import { systemRandom } from '../../base/random.ts';
import { createSend } from '../../net/send.ts';
import type { MerchantSettings } from '../../sandbox/wallets/wechatpay/settings.ts';
import { startWechatpaySandbox, type WechatpaySandbox } from '../../sandbox/wallets/wechatpay/wechatpay.ts';
import type { RawNotification, WalletDeps } from '../wallet.ts';
import { readConfig, type WechatpayConfig } from './config.ts';

export const START = new Date('2026-11-23T02:00:00.250Z');
const GIVE_UP_MS = 10_000;
const GIVE_UP_SOON_MS = 300; // while nothing is going to be answered anyway

/** For tests: a pretend WeChat Pay, a merchant of it, and an address where its notifications are taken. */
export interface TestWorld {
  sandbox: WechatpaySandbox;
  settings: MerchantSettings;
  config: WechatpayConfig;
  clock: ManualClock;
  deps: WalletDeps;
  notifyUrl: string;
  logged: () => string;
  /** Whether calls wait long for an answer. */
  setPatience(isPatient: boolean): void;
  /** What came about an order number. */
  heard(orderNo: string): RawNotification[];
  stop: () => Promise<void>;
}

export async function startTestWorld(
  options: { merchant?: number; probeEvery?: number; rampPercent?: number } = {},
): Promise<TestWorld> {
  const clock = new ManualClock(START);
  const lines: string[] = [];
  const log = logInto(lines);
  const { merchant = 0, ...more } = options;
  const sandbox = await startWechatpaySandbox({
    port: 0,
    clock,
    random: systemRandom,
    log,
    dataDir: null,
    refundDelayMs: 0,
    ...more,
  });
  const settings = [sandbox.merchantSettings, ...sandbox.extraMerchants][merchant];
  if (settings === undefined) throw new Error('there is no such merchant');
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 1000, idleTimeoutMs: 4000 });
  let timeoutMs = GIVE_UP_MS;
  const send: Send = (request) => sender.send({ ...request, timeoutMs });
  const ear = await listen();
  return {
    sandbox,
    settings,
    config: readConfig(settings),
    clock,
    deps: { send, clock, random: systemRandom, log },
    notifyUrl: ear.url,
    logged: () => lines.join('\n'),
    setPatience: (isPatient) => {
      timeoutMs = isPatient ? GIVE_UP_MS : GIVE_UP_SOON_MS;
    },
    heard: (orderNo) => {
      const bodies = new Set(
        sandbox
          .notificationsSent()
          .filter((sent) => sent.orderNo === orderNo)
          .map((sent) => sent.body),
      );
      return ear.all().filter((one) => bodies.has(one.body.toString()));
    },
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
      const texts = Object.entries(request.headers).filter(
        (pair): pair is [string, string] => typeof pair[1] === 'string',
      );
      heard.push({ headers: Object.fromEntries(texts), body: Buffer.concat(chunks) });
      response.writeHead(200).end('{"code":"SUCCESS","message":"成功"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${address.port}/notify`,
    all: () => heard,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function logInto(lines: string[]): Log {
  const write = (facts: object, message: string): void => void lines.push(`${message} ${inspect(facts, { depth: 9 })}`);
  return { debug: write, info: write, warn: write, error: write };
}
