import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Clock } from './base/clock.ts';
import {
  DATABASE_CONNECTIONS_MAX,
  OUTBOUND_CONNECT_MS_MAX,
  OUTBOUND_IDLE_MS,
  OUTBOUND_ORIGIN_CONNECTIONS_MAX,
} from './base/limits.ts';
import type { Log } from './base/log.ts';
import type { Send } from './base/outbound.ts';
import type { Random } from './base/random.ts';
import { rootDir } from './base/root.ts';
import type { Secret } from './base/secret.ts';
import { createAuthenticator } from './cashier/api-keys.ts';
import { type Cashier, openCashier } from './cashier/cashier.ts';
import { raiseAlert } from './cashier/raise-alert.ts';
import { analyzeGrown } from './db/analyze-grown.ts';
import { consoleRoutes } from './console/console-routes.ts';
import { connect, type Sql } from './db/connect.ts';
import { sweepKeys } from './db/idempotency-store.ts';
import { migrate } from './db/migrate.ts';
import { docsRoutes } from './http/routes/docs.ts';
import { offerRoutes } from './http/routes/offers.ts';
import { ofrepRoutes } from './http/routes/ofrep.ts';
import { paymentViewRoutes } from './http/routes/payment-views.ts';
import { paymentRoutes } from './http/routes/payments.ts';
import { qrCodeRoutes } from './http/routes/qr-codes.ts';
import { refundRoutes } from './http/routes/refunds.ts';
import { rolloutRoutes } from './http/routes/rollouts.ts';
import { statementRoutes } from './http/routes/statements.ts';
import { walletAccountRoutes } from './http/routes/wallet-accounts.ts';
import { webhookRoutes } from './http/routes/webhooks.ts';
import { buildServer } from './http/server.ts';
import { createLedger, type Ledger } from './ledger/ledger.ts';
import { createVettedSend } from './net/vetted-send.ts';
import type { Abilities } from './links/open/ability.ts';
import type { WechatPlace } from './links/preview/wechat-api.ts';
import { type OpenedOffers, openOffers } from './offers/open-offers.ts';
import { openRollouts, type RunningRollouts } from './rollout/open-rollouts.ts';
import type { SettlementDeps } from './settlement/settlement-deps.ts';
import { type RunningSettlement, startSettlement } from './settlement/start-settlement.ts';
import { createKeyring, type Keyring } from './vault/seal.ts';
import { wallets } from './wallets/registry.ts';
import { buyerRoutes } from './web/buyer-routes.ts';
import { insertEvents } from './webhooks/insert-events.ts';
import type { WalletOptions } from './cli/wallet-server.ts';
import { type HutongLinks, openHutongLinks } from './open-links.ts';
import { type HutongWallet, openWallet } from './open-wallet.ts';
import { startSendingDeliveries } from './webhooks/send-deliveries.ts';

/** There is one book to begin with; every id and every key says so. */
export const BOOK = 1;

export interface HutongOptions {
  databaseUrl: string;
  publicUrl: string;
  /** Another address of ours for share links alone; publicUrl when left out. */
  linkUrl?: string;
  /** What apps can open, where the operator knows better than our table. */
  linkAbilities?: Abilities;
  /** Where WeChat's interfaces are, when it is not WeChat itself. */
  wechat?: WechatPlace;
  masterSecrets: readonly [Secret, ...Secret[]];
  /** Sandbox: webhooks may go to this machine, over plain http. */
  isSandbox: boolean;
  clock: Clock;
  random: Random;
  log: Log;
  /** Addresses or networks (CIDR) whose X-Forwarded-For is believed; none when left out. */
  trustedProxies?: readonly string[];
  /** Hutong Wallet with its banks; null or left out where no bank is set. */
  wallet?: WalletOptions | null;
  /** Sees every call to a wallet before it goes out; the demo shows them. */
  wrapSend?: (send: Send) => Send;
}

/** Everything that runs, built once. */
export interface Hutong {
  sql: Sql;
  keyring: Keyring;
  ledger: Ledger;
  cashier: Cashier;
  offers: OpenedOffers;
  rollouts: RunningRollouts;
  links: HutongLinks;
  app: FastifyInstance;
  /** Null where no bank is set. Its server listens by itself: the app is an origin of its own. */
  wallet: HutongWallet | null;
  /** Starts the loops: asking wallets, sending refunds and webhooks, expiring, sweeping. */
  startWork(): void;
  /** Stops taking requests, waits for what is in hand, closes the database. */
  stop(): Promise<void>;
}

const HOUSEKEEPING_MS = 60_000;
const GROWTH_LOOK_MS = 2000;
const EXPIRE_ITEMS = 1000;
const WEBHOOK_IDLE_MS = 250;
const SETTLEMENT_IDLE_MS = 1000;

/** Connects, migrates and wires; listens to nothing yet. */
export async function openHutong(options: HutongOptions): Promise<Hutong> {
  const { clock, random, log, publicUrl } = options;
  const sql = connect(options.databaseUrl, {
    connectionsMax: DATABASE_CONNECTIONS_MAX,
    applicationName: 'hutong',
    byIndexOnly: true,
  });
  await migrate(sql);
  const keyring = createKeyring({ random }, options.masterSecrets);
  const ledger = createLedger({ sql, clock, log, book: BOOK });
  await ledger.prepareMonths();

  const outbound = {
    connectionsPerOriginMax: OUTBOUND_ORIGIN_CONNECTIONS_MAX,
    connectTimeoutMs: OUTBOUND_CONNECT_MS_MAX,
    idleTimeoutMs: OUTBOUND_IDLE_MS,
  };
  // A wallet's address may be a merchant's choice as a webhook's is: neither leads into a private network.
  const vetted = { ...outbound, allowPrivate: options.isSandbox };
  const toWallets = createVettedSend(vetted);
  const toShops = createVettedSend(vetted);
  let kickWebhooks = (): void => {};
  let bills: RunningSettlement | null = null;
  const offers = openOffers({ sql, clock, random, log, keyring, book: BOOK });
  const rollouts = await openRollouts({
    sql,
    clock,
    random,
    log,
    raiseAlert: (tx, about, kind, detail) => raiseAlert(tx, { clock, random, log }, about, kind, detail),
  });
  const cashier = openCashier({
    sql,
    clock,
    random,
    log,
    keyring,
    send: options.wrapSend?.(toWallets.send) ?? toWallets.send,
    publicUrl,
    wallets,
    can: (wallet) => wallets[wallet].can,
    ledger,
    rollouts,
    offers,
    webhooks: {
      insertEvents: (tx, book, events) => insertEvents({ clock, random }, tx, book, events),
      kick: () => kickWebhooks(),
    },
  });
  // Known once the wallet is open; nobody has a link of theirs before.
  let nameOfPerson = async (_userId: string): Promise<string | null> => null;
  const links = openHutongLinks({
    sql,
    clock,
    random,
    log,
    keyring,
    book: BOOK,
    publicUrl,
    linkUrl: options.linkUrl ?? publicUrl,
    isSandbox: options.isSandbox,
    cashier,
    walletUrl: options.wallet?.url ?? null,
    nameOfPerson: (userId) => nameOfPerson(userId),
    ...(options.wechat === undefined ? {} : { wechat: options.wechat }),
    ...(options.linkAbilities === undefined ? {} : { abilities: options.linkAbilities }),
  });
  const settlement: SettlementDeps = { cashier, ledger };
  const app = await buildServer({
    cashier,
    log,
    version: readVersion(),
    publicUrl,
    trustedProxies: options.trustedProxies ?? [],
    routes: [
      ...paymentRoutes(cashier),
      ...paymentViewRoutes(cashier, rollouts),
      ...refundRoutes(cashier),
      ...walletAccountRoutes(cashier),
      ...qrCodeRoutes(cashier),
      ...statementRoutes(settlement, () => bills?.kick()),
      ...offerRoutes(cashier, offers),
      ...rolloutRoutes({ sql, clock, rollouts }),
      ...links.routes,
      ...webhookRoutes({
        sql,
        clock,
        random,
        seal: keyring,
        cover: keyring,
        allowPrivate: options.isSandbox,
        kick: () => kickWebhooks(),
      }),
    ],
    rewriteUrl: (request) => links.rewriteUrl(request),
    pages: [
      buyerRoutes(cashier, log, links.mounts),
      ...links.pages,
      ofrepRoutes({ rollouts, authenticate: createAuthenticator(cashier.deps), log }),
      docsRoutes(),
      consoleRoutes({
        sql,
        clock,
        random,
        log,
        book: BOOK,
        publicUrl,
        cashier,
        rollouts,
        offers,
        links: links.forConsole,
      }),
    ],
    isReady: () =>
      sql`select 1`.then(
        () => true,
        () => false,
      ),
  });

  const wallet = options.wallet
    ? await openWallet(
        {
          sql,
          clock,
          random,
          log,
          keyring,
          masterSecrets: options.masterSecrets,
          ledger,
          book: BOOK,
          isSandbox: options.isSandbox,
          trustedProxies: options.trustedProxies ?? [],
          toShops: toShops.send,
          links,
        },
        options.wallet,
      )
    : null;
  if (wallet !== null) nameOfPerson = (userId) => wallet.nameOfPerson(userId);
  await links.ready();

  const stops: (() => Promise<void>)[] = [];
  return {
    sql,
    keyring,
    ledger,
    cashier,
    offers,
    rollouts,
    links,
    app,
    wallet,
    startWork() {
      offers.startWork();
      rollouts.startWork();
      cashier.startWork();
      links.startWork();
      wallet?.startWork();
      const webhooks = startSendingDeliveries({
        sql,
        clock,
        random,
        send: toShops.send,
        seal: keyring,
        log,
        book: BOOK,
        idleMs: WEBHOOK_IDLE_MS,
      });
      kickWebhooks = () => webhooks.kick();
      bills = startSettlement(settlement, { book: BOOK, idleMs: SETTLEMENT_IDLE_MS });
      stops.push(() => webhooks.stop(), startHousekeeping({ sql, clock, log, ledger }));
    },
    async stop() {
      await app.close();
      await wallet?.stop();
      await Promise.all([bills?.stop(), links.stop()]); // they work through the cashier
      await cashier.stop();
      await Promise.all([offers.stop(), rollouts.stop()]);
      await Promise.all(stops.map((stop) => stop()));
      await ledger.close();
      await Promise.all([toWallets.close(), toShops.close()]);
      await sql.end({ timeout: 5 });
    },
  };
}

/**
 * Once a minute: pending transfers whose time is up, next months' tables, replies that are old enough. Every two seconds: a
 * look for tables that have grown.
 */
function startHousekeeping(deps: { sql: Sql; clock: Clock; log: Log; ledger: Ledger }): () => Promise<void> {
  const stops = [
    repeat(HOUSEKEEPING_MS, deps.log, () => keepHouse(deps)),
    repeat(GROWTH_LOOK_MS, deps.log, () => analyzeGrown(deps.sql)),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

/** One run after the other, never two at once; a failure is logged and the next run tries again. */
function repeat(pauseMs: number, log: Log, run: () => Promise<unknown>): () => Promise<void> {
  let running: Promise<unknown> | null = null;
  const timer = setInterval(() => {
    running ??= run()
      .catch((error: unknown) => log.error({ error }, 'housekeeping failed; it is tried again'))
      .finally(() => (running = null));
  }, pauseMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

async function keepHouse(deps: { sql: Sql; clock: Clock; ledger: Ledger }): Promise<void> {
  await deps.ledger.expirePending(EXPIRE_ITEMS);
  await deps.ledger.prepareMonths();
  await sweepKeys(deps.sql, deps.clock.now());
}

export function readVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8')); // our own file
  return version;
}
