import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import type { Clock } from '../../../base/clock.ts';
import { BODY_BYTES_MAX } from '../../../base/limits.ts';
import type { Log } from '../../../base/log.ts';
import type { Random } from '../../../base/random.ts';
import { type Control, createControl, listSettings, registerControlRoutes } from './control.ts';
import { type Fault, Faults } from './fault.ts';
import type { Gateway } from './gateway.ts';
import { openKeys } from './keys.ts';
import { type SentNotification, Notifier } from './notify.ts';
import { Books } from './orders.ts';
import { registerPages } from './page.ts';
import { registerGatewayRoutes } from './routes.ts';
import { Schedule } from './schedule.ts';
import type { MerchantSettings, RsaMerchantSettings } from './settings.ts';
import { planFinish } from './undo.ts';

// UnionPay FAQ, 后台通知: at once, then after 1, 2, 4 and 5 minutes more.
const NOTIFY_DELAYS_MS = [0, 60_000, 120_000, 240_000, 300_000];
const REFUND_DELAY_MS = 2_000;
const HOST = '127.0.0.1';

export interface UnionpaySandboxOptions {
  /** 0 picks a free one. */
  port: number;
  clock: Clock;
  random: Random;
  log: Log;
  /** Where keys and books are kept; null keeps nothing. One process at a time. */
  dataDir: string | null;
  /** Before each delivery of a notification, counted from the one before; as many deliveries as numbers. */
  notifyDelaysMs?: readonly number[];
  /** How long an accepted refund or void takes to finish. */
  refundDelayMs?: number;
}

export interface UnionpaySandbox extends Control {
  url: string;
  port: number;
  /** JSON for other processes: orders, totals, merchants, notifications, faults. */
  controlUrl: string;
  merchantSettings: RsaMerchantSettings;
  /** A second merchant with a certificate, then one with signMethod 11 and one with 12. */
  extraMerchants: MerchantSettings[];
  setFault(fault: Fault): void;
  clearFaults(): void;
  notificationsSent(): readonly SentNotification[];
  /** Closes every connection; what is still owed is found in the books at the next start. Asked twice it stops once. */
  stop(): Promise<void>;
}

/**
 * A pretend UnionPay 5.1.0 gateway on 127.0.0.1, written from the protocol alone: it signs and checks with code of its own,
 * refuses what the real one refuses, notifies with retries and shows the payer a page.
 * @throws Error when the port is taken or the folder's keys or books cannot be read
 */
export async function startUnionpaySandbox(options: UnionpaySandboxOptions): Promise<UnionpaySandbox> {
  const { clock, random, log, dataDir } = options;
  const schedule = new Schedule(clock);
  const notifier = new Notifier(options.notifyDelaysMs ?? NOTIFY_DELAYS_MS);
  const gateway: Gateway = {
    keys: await openKeys({ clock, random }, dataDir),
    books: new Books(dataDir === null ? null : join(dataDir, 'books.jsonl')),
    faults: new Faults(),
    notifier,
    schedule,
    clock,
    random,
    log,
    refundDelayMs: options.refundDelayMs ?? REFUND_DELAY_MS,
  };
  notifier.attach(gateway);
  const control = createControl(gateway);
  let url = '';
  const app = await buildApp(gateway, control, () => url);
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= stopAll(gateway, app));
  try {
    await app.listen({ host: HOST, port: options.port });
  } catch (error) {
    await stop();
    throw error;
  }
  const address = app.server.address();
  const port = address !== null && typeof address === 'object' ? address.port : options.port;
  url = `http://${HOST}:${port}`;
  resume(gateway);

  const [first, ...others] = listSettings(gateway, url);
  if (first?.sign_method !== '01') throw new Error('the first pretend merchant signs with a certificate');
  return {
    ...control,
    url,
    port,
    controlUrl: `${url}/sandbox`,
    merchantSettings: first,
    extraMerchants: others,
    setFault: (fault) => gateway.faults.set(fault),
    clearFaults: () => gateway.faults.clear(),
    notificationsSent: () => notifier.sent(),
    stop,
  };
}

/** In this order: nothing new begins, what runs ends, then the books are closed. */
async function stopAll(gateway: Gateway, app: FastifyInstance): Promise<void> {
  gateway.schedule.stop();
  await app.close();
  await gateway.notifier.stop();
  gateway.books.close();
}

async function buildApp(gateway: Gateway, control: Control, url: () => string): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    ajv: { customOptions: { allowUnionTypes: true, coerceTypes: false } },
  });
  await app.register(async (door) => {
    door.removeAllContentTypeParsers();
    const readRaw = { parseAs: 'buffer' } as const;
    door.addContentTypeParser('application/x-www-form-urlencoded', readRaw, async (_: unknown, body: unknown) => body);
    door.addContentTypeParser('*', async () => null);
    door.setErrorHandler((error, request, reply) => {
      gateway.log.warn({ error, path: request.url.split('?')[0] }, 'the pretend gateway could not answer');
      return reply.status(500).type('text/plain;charset=UTF-8').send('Invalid request.');
    });
    registerGatewayRoutes(door, gateway);
    await registerPages(door, gateway);
  });
  await app.register(async (door) => registerControlRoutes(door, gateway, control, url), { prefix: '/sandbox' });
  return app;
}

/** Takes up what an earlier run still owed: refunds that were accepted and merchants that have not been told. */
function resume(gateway: Gateway): void {
  for (const order of gateway.books.orders.values()) {
    if (order.originalKey !== null && order.state === 'open') planFinish(gateway, order);
    else gateway.notifier.begin(order);
  }
}
