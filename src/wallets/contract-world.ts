import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { ManualClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Send } from '../base/outbound.ts';
import { systemRandom } from '../base/random.ts';
import { createSend } from '../net/send.ts';
import type { Fault } from '../sandbox/wallets/ground/fault.ts';
import type { Simulator, SimulatorOptions } from '../sandbox/wallets/ground/simulator.ts';
import type { WalletFault, WalletHarness } from './contract.ts';
import type { RawNotification, Wallet, WalletDeps } from './wallet.ts';

/** What a connector meets in its contract: a simulator on a clock that is moved by hand, and an ear for notifications. */
export interface ContractWorld<Sandbox extends Simulator> {
  sandbox: Sandbox;
  /** `send` really sends; how long it waits is `setPatience`'s. */
  deps: WalletDeps;
  clock: ManualClock;
  notifyUrl: string;
  /** What has come to `notifyUrl` about an order number. */
  heard(orderNo: string): RawNotification[];
  logged: () => string;
  /** False while nothing is going to be answered anyway. */
  setPatience(isPatient: boolean): void;
  stop(): Promise<void>;
}

const PATIENT_MS = 60_000;
const IMPATIENT_MS = 1000;

export async function startContractWorld<Sandbox extends Simulator>(
  start: (options: SimulatorOptions) => Promise<Sandbox>,
  acknowledgement: Wallet<unknown>['acknowledgement'],
): Promise<ContractWorld<Sandbox>> {
  const clock = new ManualClock(new Date('2026-11-23T02:00:00.250Z'));
  const lines: string[] = [];
  const around = { clock, random: systemRandom, log: logInto(lines) };
  const sandbox = await start({ port: 0, ...around, dataDir: null, refundDelayMs: 0 });
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 60_000, idleTimeoutMs: 4000 });
  let timeoutMs = PATIENT_MS;
  const send: Send = (request) => sender.send({ ...request, timeoutMs });
  const ear = await listen(acknowledgement);
  return {
    sandbox,
    deps: { send, ...around },
    clock,
    notifyUrl: ear.url,
    heard: (orderNo) => {
      const sent = sandbox.notificationsSent().filter((one) => one.orderNo === orderNo);
      return ear.heard.filter(({ body }) => sent.some((one) => one.body === body.toString('utf8')));
    },
    logged: () => lines.join('\n'),
    setPatience: (isPatient) => (timeoutMs = isPatient ? PATIENT_MS : IMPATIENT_MS),
    stop: async () => {
      await sender.close();
      await sandbox.stop();
      await ear.close();
    },
  };
}

type Hands = WalletHarness<unknown>['sandbox'];

/** The simulator's hands as the contract wants them, where every wallet's are the same. */
export function handsOn<Sandbox extends Simulator>(
  world: ContractWorld<Sandbox>,
  own: Pick<Hands, 'visit' | 'payer' | 'secrets' | 'discounts'> & { toFault(fault: WalletFault): Fault },
): Hands {
  const { sandbox } = world;
  return {
    visit: own.visit,
    payer: own.payer,
    secrets: own.secrets,
    discounts: own.discounts,
    pay: async (orderNo) => void sandbox.pay(orderNo),
    decline: async (orderNo) => sandbox.decline(orderNo),
    books: async (orderNo) => {
      const payments = sandbox.orders({ orderNo }).filter((order) => order.kind === 'payment');
      return { payments: payments.length, refundedMinor: BigInt(payments[0]?.refunded_fen ?? 0) };
    },
    setFault: (fault) => {
      world.setPatience(fault.kind !== 'silent');
      sandbox.setFault(own.toFault(fault));
    },
    clearFaults: () => {
      world.setPatience(true);
      sandbox.clearFaults();
    },
    setDiscount: (discount) => sandbox.setDiscount(discount),
    clearDiscounts: () => sandbox.clearDiscounts(),
    takeNotifications: async (orderNo) => {
      await expect.poll(() => world.heard(orderNo).length).toBeGreaterThan(0);
      return world.heard(orderNo);
    },
    finishRefund: async (orderNo) => {
      const states = () => sandbox.orders({ orderNo }).map((order) => order.state);
      await expect.poll(states).toEqual(['succeeded']);
    },
    paymentCode: (buyer) => sandbox.paymentCode(buyer),
    stop: () => world.stop(),
  };
}

const KINDS: Partial<Record<WalletFault['kind'], string>> = {
  hang_up: 'drop_after',
  page: 'html',
  forged: 'bad_signature',
};

/** A fault in the simulators' words; `unheardOf` is a code that no document of this wallet knows. */
export function toGroundFault({ operation, kind }: WalletFault, unheardOf: string): Fault {
  if (kind === 'unheard_of') return { operation, kind: 'code', value: unheardOf };
  const fault = { operation, kind: KINDS[kind] ?? kind };
  return kind === 'slow' ? { ...fault, value: 500 } : fault;
}

async function listen(acknowledgement: Wallet<unknown>['acknowledgement']) {
  const heard: RawNotification[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      heard.push({ headers: Object.fromEntries(headers), body: Buffer.concat(chunks) });
      response
        .writeHead(acknowledgement.status, { 'content-type': acknowledgement.contentType })
        .end(acknowledgement.body);
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

function logInto(lines: string[]): Log {
  const write = (facts: object, message: string): void => void lines.push(`${message} ${inspect(facts, { depth: 9 })}`);
  return { debug: write, info: write, warn: write, error: write };
}
