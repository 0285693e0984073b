import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Send } from '../../base/outbound.ts';
import { systemRandom } from '../../base/random.ts';
import { createSend } from '../../net/send.ts';
import { type AlipaySandbox, startAlipaySandbox } from '../../sandbox/wallets/alipay/alipay.ts';
import { walletContract, type WalletFault, type WalletHarness } from '../contract.ts';
import type { NextAction, Payer, RawNotification, WalletDeps } from '../wallet.ts';
import { alipay } from './alipay.ts';
import type { AlipayConfig } from './config.ts';
import { identify } from './identify.ts';

const GIVE_UP_MS = 10_000;
const GIVE_UP_SOON_MS = 300; // while nothing is going to be answered anyway

walletContract('Alipay, key mode', () => makeHarness((sandbox) => sandbox.merchantSettings));
walletContract('Alipay, certificate mode', () => makeHarness((sandbox) => sandbox.extraMerchants[0] ?? {}));

async function makeHarness(settingsOf: (sandbox: AlipaySandbox) => object): Promise<WalletHarness<AlipayConfig>> {
  const clock = new ManualClock(new Date('2026-11-23T02:00:00.250Z'));
  const logged: string[] = [];
  const log = logInto(logged);
  const random = systemRandom;
  const sandbox = await startAlipaySandbox({ port: 0, clock, random, log, dataDir: null });
  const settings = settingsOf(sandbox);
  const config = alipay.readConfig(settings);
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 1000, idleTimeoutMs: 4000 });
  let timeoutMs = GIVE_UP_MS;
  const send: Send = (request) => sender.send({ ...request, timeoutMs });
  const deps = { send, clock, random, log };
  const ear = await listen();
  const shownCodes: string[] = [];
  return {
    wallet: alipay,
    config,
    deps,
    clock,
    notifyUrl: ear.url,
    logged: () => logged.join('\n'),
    sandbox: {
      visit: (action) => visit(config, action),
      pay: async (orderNo) => void sandbox.pay(orderNo),
      decline: async (orderNo) => sandbox.decline(orderNo),
      books: async (orderNo) => {
        const payments = sandbox.orders({ orderNo }).filter((order) => order.kind === 'payment');
        return { payments: payments.length, refundedMinor: BigInt(payments[0]?.refunded_fen ?? 0) };
      },
      setFault: (fault) => {
        if (fault.kind === 'silent') timeoutMs = GIVE_UP_SOON_MS;
        sandbox.setFault(theirFault(fault));
      },
      clearFaults: () => {
        timeoutMs = GIVE_UP_MS;
        sandbox.clearFaults();
      },
      takeNotifications: async (orderNo) => {
        const sent = () => sandbox.notificationsSent().filter((one) => one.orderNo === orderNo);
        await expect.poll(() => sent().length, { timeout: 5000 }).toBeGreaterThan(0);
        const bodies = sent().map((one) => one.body);
        return ear.heard.filter((one) => bodies.includes(one.body.toString('utf8')));
      },
      finishRefund: async (orderNo) => {
        const states = () => sandbox.orders({ orderNo }).map((order) => order.state);
        await expect.poll(states, { timeout: 5000 }).toEqual(['succeeded']);
      },
      payer: () => login(deps, config),
      paymentCode: (buyer) => {
        const code = sandbox.paymentCode(buyer);
        shownCodes.push(code);
        return code;
      },
      get secrets() {
        return [sandbox.merchantSettings, ...sandbox.extraMerchants]
          .map((merchant) => merchant.private_key.replaceAll('\n', '').slice(100, 160))
          .concat(shownCodes);
      },
      stop: async () => {
        await sender.close();
        await sandbox.stop();
        await ear.close();
      },
    },
  };
}

const FAULT_KINDS: Partial<Record<WalletFault['kind'], string>> = {
  hang_up: 'drop_after',
  page: 'html',
  forged: 'bad_signature',
};

function theirFault({ operation, kind }: WalletFault): Parameters<AlipaySandbox['setFault']>[0] {
  if (kind !== 'unheard_of') return { operation, kind: FAULT_KINDS[kind] ?? kind };
  if (operation === 'query') return { operation, kind: 'state', value: 'TRADE_ON_THE_MOON' };
  return { operation, kind: 'code', value: 'ACQ.UNHEARD_OF' };
}

/** A browser opens the address; Alipay's SDK brings the order string; the app scans the code; its bridge takes the trade. */
async function visit(config: AlipayConfig, action: NextAction): Promise<void> {
  const reply = await fetch(addressOf(config, action));
  const page = await reply.text();
  const isCashier = reply.status === 200 && page.includes('支付宝') && !page.includes('data-resp-code');
  if (!isCashier) throw new Error(`the cashier answered ${reply.status}: ${page.slice(0, 300)}`);
}

function addressOf(config: AlipayConfig, action: NextAction): string {
  if (action.type === 'redirect') return action.url;
  if (action.type === 'app_order') return `${config.gatewayUrl}?${action.orderString}`;
  if (action.type === 'qr') return action.text;
  if (action.type === 'jsapi' && action.testPageUrl !== null) return action.testPageUrl;
  throw new Error(`Alipay has no ${action.type}`);
}

/** The buyer's page inside Alipay goes to the login and comes back with a code. */
async function login(deps: WalletDeps, config: AlipayConfig): Promise<Payer> {
  const askUrl = identify.askUrl(config, { returnUrl: 'https://shop.example/back?x=1', state: 'S1' });
  const reply = await fetch(askUrl, { redirect: 'manual' });
  const back = new URL(reply.headers.get('location') ?? '');
  expect(back.searchParams.get('state')).toBe('S1');
  expect(back.searchParams.get('x')).toBe('1');
  const query = Object.fromEntries(back.searchParams);
  const name = { orderNo: 'UNUSED', orderedAt: deps.clock.now() };
  const reading = await identify.read(deps, config, { query, userAgent: 'AlipayClient', name });
  if (reading.kind !== 'payer') throw new Error(`nobody is logged in: ${reading.reason}`);
  return reading.payer;
}

async function listen() {
  const heard: RawNotification[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const contentType = request.headers['content-type'] ?? '';
      heard.push({ headers: { 'content-type': contentType }, body: Buffer.concat(chunks) });
      response.writeHead(alipay.acknowledgement.status).end(alipay.acknowledgement.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${address.port}/notify`,
    heard,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function logInto(logged: string[]): Log {
  const write = (facts: object, message: string): void =>
    void logged.push(`${message} ${inspect(facts, { depth: 9 })}`);
  return { debug: write, info: write, warn: write, error: write };
}
