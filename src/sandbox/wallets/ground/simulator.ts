import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import type { Clock } from '../../../base/clock.ts';
import { BODY_BYTES_MAX } from '../../../base/limits.ts';
import type { Log } from '../../../base/log.ts';
import type { Random } from '../../../base/random.ts';
import { Books } from './books.ts';
import { registerControlRoutes } from './control-routes.ts';
import { type Control, createControl } from './control.ts';
import { type Discount, Discounts, PLAIN_DISCOUNT } from './discounts.ts';
import { type Fault, type FaultPlan, Faults } from './fault.ts';
import { Grants } from './grants.ts';
import type { Ground, WalletSide } from './ground.ts';
import { registerHome } from './home.ts';
import { type SentNotification, Notifier } from './notify.ts';
import { registerPages } from './page.ts';
import { planFinish } from './refunds.ts';
import { Schedule } from './schedule.ts';

const HOST = '127.0.0.1';
const BOOKS_FILE = 'orders.jsonl';

export interface SimulatorOptions {
  /** 0 picks a free one. */
  port: number;
  clock: Clock;
  random: Random;
  log: Log;
  /** Where keys and books are kept; null keeps nothing. One process at a time. */
  dataDir: string | null;
  /** Before each delivery of a notification, counted from the one before; as many deliveries as numbers. */
  notifyDelaysMs?: readonly number[];
  /** How long an accepted refund takes to finish. */
  refundDelayMs?: number;
}

/** What a wallet brings before its side can be built. */
export interface SimulatorPlan<Own extends object> extends FaultPlan {
  /** The documented gaps. */
  notifyDelaysMs: readonly number[];
  refundDelayMs: number;
  /** Names in `wire` by which `books.findByWire` finds orders. */
  indexed: readonly string[];
  build(ground: Ground): WalletSide<Own> | Promise<WalletSide<Own>>;
}

export interface Simulator<Own extends object = object> extends Control<Own> {
  url: string;
  port: number;
  /** JSON for other processes: orders, totals, merchants, notifications, faults, payment-codes. */
  controlUrl: string;
  setFault(fault: Fault): void;
  clearFaults(): void;
  /** Takes something off the payments that come. @throws RangeError for what this wallet cannot do */
  setDiscount(discount: Partial<Discount> & Pick<Discount, 'offFen'>): void;
  clearDiscounts(): void;
  notificationsSent(): readonly SentNotification[];
  /** Closes every connection; what is still owed is found in the books at the next start. Asked twice it stops once. */
  stop(): Promise<void>;
}

/**
 * The ground that every pretend wallet stands on. To write a new one, in `sandbox/wallets/<name>/`:
 *
 * 1. `keys.ts`, `mint.ts`: the keys and two or more merchants, through `openKeptKeys`. `sign.ts`: the wallet's signing, from
 *    its documents again. Nothing is imported from `src/wallets/`.
 * 2. `<name>.ts`: `start<Name>Sandbox(options)` calls `startSimulator(options, plan)`. `plan.build(ground)` opens the keys
 *    and gives back the `WalletSide`: brand, codes, addresses, how a notification is composed and when it is taken.
 * 3. `registerRoutes(app)`: each address reads its request (the body is a Buffer), takes the fault for its operation
 *    (`ground.faults.take('pay', orderNo)`), checks the signature, then decides without waiting for anything in between:
 *    `findRepeat` → `takePayment` | the wallet's answer to "same again" or "differs"; `fitRefund` → `takeRefund`;
 *    `closeOrder`; `reverseOrder` (payment codes); `chargeCode` after `readPaymentCode`; `note` for later facts.
 *    `sendUnderFault` does silent, html, slow, late and drop_after; code, bad_signature, wrong_amount and the wallet's own
 *    kinds are for the wallet to act out (`faultCode`, `faultedFen`).
 * 4. States: an order that `isPayable` waits; `isOver` will never be paid; `succeeded`, `reversed`, `failed`, `closed` are
 *    for good. `standingCode` is the wallet's code for it. Refunds are orders of kind `refund`, open until they finish.
 * 5. The pretend app is there already: a home at `/app`, `/pay?order=<token>` (send browsers there: `payPath(order)`), `/sandbox/scan?text=`
 *    once the side has `scan`, and payment codes once it has `mintCode`. For logins keep one-time codes in `ground.grants`.
 * 6. Bills: `ground.books.listSettled(merchantNo, from, to)`.
 *
 * @throws Error when the port is taken or the folder's keys or books cannot be read
 */
export async function startSimulator<Own extends object>(
  options: SimulatorOptions,
  plan: SimulatorPlan<Own>,
): Promise<Simulator<Own>> {
  const { clock, random, log, dataDir } = options;
  const notifier = new Notifier(options.notifyDelaysMs ?? plan.notifyDelaysMs);
  const early = {
    faults: new Faults(plan),
    discounts: new Discounts((discount) => ground.side.whyNotDiscount?.(discount) ?? null),
    notifier,
    schedule: new Schedule(clock),
    grants: new Grants(clock),
    clock,
    random,
    log,
    refundDelayMs: options.refundDelayMs ?? plan.refundDelayMs,
    url: '',
  };
  const books = new Books(dataDir === null ? null : join(dataDir, BOOKS_FILE), plan.indexed);
  // `side` is set two lines on, before anything can ask for it: `build` only keeps the ground.
  const ground: Ground = Object.assign(early, { books }) as typeof early & { books: Books; side: WalletSide<Own> };
  const side = await plan.build(ground);
  ground.side = side;
  notifier.attach(ground);
  const control = createControl(ground, side);
  const app = await buildApp(ground, control);
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= stopAll(ground, app));
  try {
    await app.listen({ host: HOST, port: options.port });
  } catch (error) {
    await stop();
    throw error;
  }
  const address = app.server.address();
  const port = address !== null && typeof address === 'object' ? address.port : options.port;
  ground.url = `http://${HOST}:${port}`;
  resume(ground);
  return {
    ...control,
    url: ground.url,
    port,
    controlUrl: `${ground.url}/sandbox`,
    setFault: (fault) => ground.faults.set(fault),
    clearFaults: () => ground.faults.clear(),
    setDiscount: (discount) => void ground.discounts.set({ ...PLAIN_DISCOUNT, ...discount }),
    clearDiscounts: () => ground.discounts.clear(),
    notificationsSent: () => notifier.sent(),
    stop,
  };
}

/** In this order: nothing new begins, what runs ends, then the books are closed. */
async function stopAll(ground: Ground, app: FastifyInstance): Promise<void> {
  ground.schedule.stop();
  await app.close();
  await ground.notifier.stop();
  ground.books.close();
}

async function buildApp(ground: Ground, control: Control): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    ajv: { customOptions: { allowUnionTypes: true, coerceTypes: false } },
  });
  await app.register(async (door) => {
    door.removeAllContentTypeParsers();
    door.addContentTypeParser('*', { parseAs: 'buffer' }, async (_: unknown, body: unknown) => body);
    door.setErrorHandler((error, request, reply) => {
      ground.log.warn({ error, path: request.url.split('?')[0] }, 'a pretend wallet could not answer');
      return reply.status(500).type('text/plain;charset=UTF-8').send('Invalid request.');
    });
    await registerPages(door, ground);
    registerHome(door, ground);
    await door.register(async (walletDoor) => ground.side.registerRoutes(walletDoor));
  });
  await app.register(async (door) => registerControlRoutes(door, ground, control), { prefix: '/sandbox' });
  return app;
}

/** Takes up what an earlier run still owed: refunds that were accepted and merchants that have not been told. */
function resume(ground: Ground): void {
  for (const order of ground.books.orders.values()) {
    if (order.kind === 'refund' && order.state === 'open') planFinish(ground, order);
    else if (order.kind === 'refund' || order.state !== 'failed') ground.notifier.begin(order);
  }
}
