import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Send } from '../../base/outbound.ts';
import { systemRandom } from '../../base/random.ts';
import { createSend } from '../../net/send.ts';
import { type JdpaySandbox, startJdpaySandbox } from '../../sandbox/wallets/jdpay/jdpay.ts';
import { walletContract, type WalletFault, type WalletHarness } from '../contract.ts';
import type { NextAction, RawNotification } from '../wallet.ts';
import type { JdpayConfig } from './config.ts';
import { jdpay } from './jdpay.ts';

const GIVE_UP_MS = 10_000;
const GIVE_UP_SOON_MS = 300; // while nothing is going to be answered anyway

walletContract('JD Pay', makeHarness);

async function makeHarness(): Promise<WalletHarness<JdpayConfig>> {
  const clock = new ManualClock(new Date('2026-11-23T02:00:00.250Z'));
  const logged: string[] = [];
  const log = logInto(logged);
  const random = systemRandom;
  const sandbox = await startJdpaySandbox({ port: 0, clock, random, log, dataDir: null, refundDelayMs: 0 });
  const config = jdpay.readConfig(sandbox.merchantSettings);
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 1000, idleTimeoutMs: 4000 });
  let timeoutMs = GIVE_UP_MS;
  const send: Send = (request) => sender.send({ ...request, timeoutMs });
  const deps = { send, clock, random, log };
  const ear = await listen();
  const { merchantSettings } = sandbox;
  return {
    wallet: jdpay,
    config,
    deps,
    clock,
    notifyUrl: ear.url,
    logged: () => logged.join('\n'),
    sandbox: {
      visit: (action) => visit(sandbox, action),
      pay: async (orderNo) => void sandbox.pay(orderNo, { card: 1 }),
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
      payer: null,
      paymentCode: (buyer) => sandbox.paymentCode(buyer),
      secrets: [
        merchantSettings.des_key,
        merchantSettings.code_des_key,
        merchantSettings.md5_key,
        merchantSettings.merchant_private_key_pem.slice(40, 100),
        merchantSettings.code_merchant_private_key_pem.slice(40, 100),
        '*小明',
        '138****5678',
        '1101**********0018',
      ],
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

function theirFault({ operation, kind }: WalletFault): Parameters<JdpaySandbox['setFault']>[0] {
  if (kind !== 'unheard_of') return { operation, kind: FAULT_KINDS[kind] ?? kind };
  // An order has no state in its answer, so a result that nobody knows stands there instead.
  return operation === 'pay' ? { operation, kind: 'code', value: 'ZZ9999' } : { operation, kind: 'status', value: '9' };
}

/** A browser posts the form and follows it to the cashier; an app opens its order; a wallet scans the code. */
async function visit(sandbox: JdpaySandbox, action: NextAction): Promise<void> {
  const reply = await open(sandbox, action);
  const page = await reply.text();
  const isCashier = reply.status === 200 && page.includes('京东支付');
  if (!isCashier) throw new Error(`the cashier answered ${reply.status}: ${page.slice(0, 300)}`);
}

function open(sandbox: JdpaySandbox, action: NextAction): Promise<Response> {
  if (action.type === 'form_post') {
    return fetch(action.url, { method: 'POST', body: new URLSearchParams(action.fields) });
  }
  if (action.type === 'app_request') {
    return fetch(`${sandbox.url}/pay?${new URLSearchParams(action.fields).toString()}`);
  }
  if (action.type !== 'qr') throw new Error(`JD Pay has no ${action.type}`);
  return fetch(`${sandbox.url}/sandbox/scan?text=${encodeURIComponent(action.text)}`);
}

async function listen() {
  const heard: RawNotification[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const contentType = request.headers['content-type'] ?? '';
      heard.push({ headers: { 'content-type': contentType }, body: Buffer.concat(chunks) });
      const { status, body } = jdpay.acknowledgement;
      response.writeHead(status).end(body);
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
