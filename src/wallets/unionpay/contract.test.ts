import { inspect } from 'node:util';
import { createServer } from 'node:http';
import { expect } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Send } from '../../base/outbound.ts';
import { systemRandom } from '../../base/random.ts';
import { createSend } from '../../net/send.ts';
import { startUnionpaySandbox, type UnionpaySandbox } from '../../sandbox/wallets/unionpay/unionpay.ts';
import { walletContract, type WalletFault, type WalletHarness } from '../contract.ts';
import type { NextAction, Payer, RawNotification, WalletDeps } from '../wallet.ts';
import type { UnionpayConfig } from './config.ts';
import { unionpay } from './unionpay.ts';

const GIVE_UP_MS = 10_000;
const GIVE_UP_SOON_MS = 300; // while nothing is going to be answered anyway

walletContract('UnionPay, signMethod 01', () => makeHarness((sandbox) => sandbox.merchantSettings));
walletContract('UnionPay, signMethod 11', () => makeHarness((sandbox) => settingsBy(sandbox, '11')));
walletContract('UnionPay, signMethod 12', () => makeHarness((sandbox) => settingsBy(sandbox, '12')));

async function makeHarness(settingsOf: (sandbox: UnionpaySandbox) => object): Promise<WalletHarness<UnionpayConfig>> {
  const clock = new ManualClock(new Date('2026-11-23T02:00:00.250Z'));
  const logged: string[] = [];
  const log = logInto(logged);
  const sandbox = await startUnionpaySandbox({
    port: 0,
    clock,
    random: systemRandom,
    log,
    dataDir: null,
    refundDelayMs: 0,
  });
  const settings = settingsOf(sandbox);
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 1000, idleTimeoutMs: 4000 });
  let timeoutMs = GIVE_UP_MS;
  const send: Send = (request) => sender.send({ ...request, timeoutMs });
  const ear = await listen();
  const config = unionpay.readConfig(settings);
  const deps = { send, clock, random: systemRandom, log };
  return {
    wallet: unionpay,
    config,
    deps,
    clock,
    notifyUrl: ear.url,
    logged: () => logged.join('\n'),
    sandbox: {
      visit,
      pay: async (orderNo) => void sandbox.pay(orderNo),
      decline: async (orderNo) => sandbox.decline(orderNo, '64'),
      books: async (orderNo) => {
        const payments = sandbox.orders({ orderNo }).filter((order) => order.txn_type === '01');
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
        await expect.poll(() => ear.heard(orderNo).length, { timeout: 5000 }).toBeGreaterThan(0);
        return ear.heard(orderNo);
      },
      finishRefund: async (orderNo) => {
        const states = () => sandbox.orders({ orderNo }).map((order) => order.state);
        await expect.poll(states, { timeout: 5000 }).toEqual(['succeeded']);
      },
      payer: () => identifyPayer(config, deps),
      paymentCode: (buyer) => sandbox.paymentCode(buyer),
      secrets: secretsOf(settings),
      stop: async () => {
        await sender.close();
        await sandbox.stop();
        await ear.close();
      },
    },
  };
}

const FAULT_KINDS = {
  silent: 'silent',
  hang_up: 'drop_after',
  page: 'html',
  forged: 'bad_signature',
  unheard_of: 'code',
  slow: 'slow',
  duplicate: 'duplicate',
  wrong_amount: 'wrong_amount',
} as const satisfies Record<WalletFault['kind'], string>;
const FAULT_VALUES: Partial<Record<WalletFault['kind'], string | number>> = { unheard_of: 'ZZ', slow: 500 };

function theirFault(fault: WalletFault): Parameters<UnionpaySandbox['setFault']>[0] {
  const theirs = { operation: fault.operation, kind: FAULT_KINDS[fault.kind] };
  const value = FAULT_VALUES[fault.kind];
  return value === undefined ? theirs : { ...theirs, value };
}

/** A page in the wallet's own browser asks who is there. */
async function identifyPayer(config: UnionpayConfig, deps: WalletDeps): Promise<Payer> {
  const askUrl = unionpay.identify?.askUrl(config, { returnUrl: 'https://shop.example/c/who?x=1', state: 'abc' }) ?? '';
  const reply = await fetch(askUrl, { redirect: 'manual' });
  const { searchParams } = new URL(reply.headers.get('location') ?? '');
  const query = Object.fromEntries(searchParams);
  expect(query).toMatchObject({ x: '1', state: 'abc' });
  const orderNo = `W${deps.random.bytes(12).toString('hex').toUpperCase()}`;
  const userAgent = 'Mozilla/5.0 (com.unionpay.chsp) (UnionPay/1.0 CloudPay) (clientVersion 324)';
  const came = { query, userAgent, name: { orderNo, orderedAt: deps.clock.now() } };
  const reading = await unionpay.identify?.read(deps, config, came);
  if (reading?.kind !== 'payer') throw new Error(`nobody is there: ${inspect(reading)}`);
  return reading.payer;
}

function settingsBy(sandbox: UnionpaySandbox, method: string): object {
  const settings = sandbox.extraMerchants.find((merchant) => merchant.sign_method === method);
  if (settings === undefined) throw new Error(`no pretend merchant signs with ${method}`);
  return settings;
}

/** The key material that a log must not show. The pfx password is `000000`, which any number may contain by chance. */
function secretsOf(settings: object): string[] {
  return Object.entries(settings)
    .filter(([name]) => name === 'pfx_base64' || name === 'secure_key')
    .map(([, value]) => String(value).slice(0, 64));
}

/** A browser posts the form; an app's order needs no page. */
async function visit(action: NextAction): Promise<void> {
  if (action.type !== 'form_post') return;
  const reply = await fetch(action.url, {
    method: 'POST',
    body: new URLSearchParams(action.fields),
    redirect: 'manual',
  });
  if (reply.status >= 400) throw new Error(`the front page answered ${reply.status}: ${await reply.text()}`);
}

async function listen() {
  const heard: RawNotification[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const contentType = request.headers['content-type'] ?? '';
      heard.push({ headers: { 'content-type': contentType }, body: Buffer.concat(chunks) });
      response.writeHead(200).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return {
    url: `http://127.0.0.1:${address.port}/notify`,
    heard: (orderNo: string) =>
      heard.filter((one) => new URLSearchParams(one.body.toString()).get('orderId') === orderNo),
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
