import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { readClientFiles } from './app/client-files.ts';
import { buildWalletServer } from './app/wallet-server.ts';
import { CUPS_TIMINGS_USUAL } from './bank/cups-options.ts';
import { createCupsRail } from './bank/cups.ts';
import { assert } from './base/assert.ts';
import { isId } from './base/id.ts';
import type { Clock } from './base/clock.ts';
import {
  BANK_IN_FLIGHT_MAX,
  BANK_LINKS_USUAL,
  BANK_QUEUE_MAX,
  OUTBOUND_CONNECT_MS_MAX,
  OUTBOUND_IDLE_MS,
  OUTBOUND_ORIGIN_CONNECTIONS_MAX,
} from './base/limits.ts';
import type { Log } from './base/log.ts';
import type { Send } from './base/outbound.ts';
import type { Random } from './base/random.ts';
import { rootDir } from './base/root.ts';
import type { Secret } from './base/secret.ts';
import { openCards, type OpenedCards } from './cards/open-cards.ts';
import { type RunningClearing, startClearing } from './clearing/start-clearing.ts';
import type { WalletOptions } from './cli/wallet-server.ts';
import type { Sql } from './db/connect.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openLimits, type OpenedLimits } from './limits/open-limits.ts';
import type { OpenedLinks } from './links/open-links.ts';
import { openCollections } from './links/pay/collections.ts';
import { startHoldWork } from './links/pay/look-at-holds.ts';
import { createSend } from './net/send.ts';
import { openPayer, type OpenedPayer } from './payer/open-payer.ts';
import { openKeyStore } from './rail/keep-keys.ts';
import { type OpenedRailDesk, openRailDesk } from './rail/open-rail-desk.ts';
import { openTransfers, type OpenedTransfers } from './transfers/open-transfers.ts';
import { indexedPayees } from './transfers/indexed-payees.ts';
import { createHttpSms } from './users/http-sms.ts';
import { openUsers } from './users/open-users.ts';
import type { UsersApi } from './users/users-api.ts';
import { openCardVault, type OpenedVault } from './vault/open-card-vault.ts';
import { startVaultRotation } from './vault/rotate.ts';
import type { Keyring } from './vault/seal.ts';

/** What the wallet shares with the cashier's side. */
export interface WalletGround {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  keyring: Keyring;
  masterSecrets: readonly [Secret, ...Secret[]];
  ledger: Ledger;
  book: number;
  isSandbox: boolean;
  trustedProxies: readonly string[];
  /** Vetted: shops choose where they are told. */
  toShops: Send;
  /** Whose links collections are. */
  links: Pick<OpenedLinks, 'desk' | 'reader'>;
}

/** Hutong Wallet, built once: an origin of its own beside the cashier's. */
export interface HutongWallet {
  sql: Sql;
  book: number;
  app: FastifyInstance;
  users: UsersApi;
  cards: OpenedCards;
  limits: OpenedLimits;
  desk: OpenedRailDesk;
  transfers: OpenedTransfers;
  payer: OpenedPayer;
  vault: OpenedVault;
  /** How a person is shown to others. */
  nameOfPerson(userId: string): Promise<string | null>;
  startWork(): void;
  stop(): Promise<void>;
}

const SWITCH = '00010000';
const ACCEPTOR = { no: 'HUTONGWALLET001', name: '互通钱包' };
/** The rail signs on by itself later, too: pages are served meanwhile. */
const SIGN_ON_WAIT_MS = 3000;
const SWEEP_PAUSE_MS = 3_600_000;
const CLEARING_IDLE_MS = 1000;
const CLIENT_DIR = join(rootDir, 'dist', 'app');

/** Wires the wallet; listens to nothing and calls nobody yet. */
export async function openWallet(ground: WalletGround, options: WalletOptions): Promise<HutongWallet> {
  const { sql, clock, random, log, keyring, masterSecrets: masters, ledger, book } = ground;
  // The operator's own machines may well be in a private network: their addresses are settings, nobody's choice.
  const toOperator = createSend({
    connectionsPerOriginMax: OUTBOUND_ORIGIN_CONNECTIONS_MAX,
    connectTimeoutMs: OUTBOUND_CONNECT_MS_MAX,
    idleTimeoutMs: OUTBOUND_IDLE_MS,
  });
  const vault = await openCardVault({ sql, random, log, masters });
  const users = openUsers({
    sql,
    clock,
    random,
    log,
    vault,
    keyring,
    masters,
    sms: createHttpSms({ send: toOperator.send, clock, random, ...options.sms }),
    rp: { id: new URL(options.url).hostname, origin: options.url, name: '互通钱包' },
    book,
  });
  const limits = openLimits({ sql, clock, log });
  const rail = createCupsRail({
    clock,
    random,
    log,
    send: toOperator.send,
    addresses: options.bank.addresses,
    links: Math.max(BANK_LINKS_USUAL, options.bank.addresses.length),
    institution: options.bank.institution,
    forwarder: options.bank.institution,
    switchInstitution: SWITCH,
    isTest: ground.isSandbox,
    transportKey: options.bank.transportKey,
    algorithm: options.bank.algorithm,
    macMethod: options.bank.algorithm === 'sm4' ? 'sm4' : 'x9.19',
    macWithLengths: true,
    keys: openKeyStore({ sql, clock, keyring }, `cups ${options.bank.institution}`),
    filesUrl: options.bank.filesUrl,
    acceptor: ACCEPTOR,
    inFlightMax: BANK_IN_FLIGHT_MAX,
    queueMax: BANK_QUEUE_MAX,
    timings: { ...CUPS_TIMINGS_USUAL, ...options.timings },
  });
  const desk = await openRailDesk({ sql, clock, log, rail });
  // Cards ask whether money is under way, moves tell the payer that they ended: each is built after the one it is told by.
  const later: { transfers: OpenedTransfers | null; payer: OpenedPayer | null } = { transfers: null, payer: null };
  const cards = await openCards({
    sql,
    clock,
    random,
    log,
    vault,
    users,
    desk,
    isInUse: async (tx, ofBook, cardId) => (await later.transfers?.isInUse(tx, ofBook, cardId)) ?? true, // not built yet: nobody can tell
    ...(options.balanceDeadlineMs === undefined ? {} : { balanceDeadlineMs: options.balanceDeadlineMs }),
  });
  const transfers = openTransfers({
    sql,
    clock,
    random,
    log,
    book,
    ledger,
    limits,
    users,
    cards,
    vault,
    desk,
    async onEnded(tx, ended) {
      assert(later.payer !== null, 'moves are made once the payer is there');
      await later.payer.applyEnded(tx, ended);
    },
  });
  later.transfers = transfers;
  const payer = openPayer({
    sql,
    clock,
    random,
    log,
    book,
    keyring,
    transfers,
    users,
    cards,
    send: ground.toShops,
    walletUrl: options.url,
    testBuyers: options.testBuyers,
  });
  later.payer = payer;
  const collections = openCollections({
    sql,
    clock,
    random,
    book,
    livemode: !ground.isSandbox,
    ...ground.links,
    transfers,
    users,
  });
  const app = await buildWalletServer({
    sql,
    clock,
    random,
    log,
    book,
    keyring,
    users,
    cards,
    transfers,
    limits,
    payer,
    collections,
    desk,
    walletUrl: options.url,
    trustedProxies: ground.trustedProxies,
    sandboxPhoneUrl: options.sandboxPhoneUrl,
    clientFiles: readClientFiles(CLIENT_DIR),
    isReady: () =>
      sql`select 1`.then(
        () => true,
        () => false,
      ),
  });

  const stops: (() => Promise<void>)[] = [];
  let clearing: RunningClearing | null = null;
  return {
    sql,
    book,
    app,
    users,
    cards,
    limits,
    desk,
    transfers,
    payer,
    vault,
    nameOfPerson: async (userId) =>
      isId('usr', userId) ? ((await users.readPerson(sql, book, userId))?.nameMasked ?? null) : null,
    startWork() {
      void rail.open(SIGN_ON_WAIT_MS);
      users.startWork();
      transfers.startWork();
      payer.startWork();
      clearing = startClearing(
        { sql, clock, random, log, desk, transfers, ledger },
        { book, idleMs: CLEARING_IDLE_MS },
      );
      const rotation = startVaultRotation({
        sql,
        vault,
        indexed: [cards.indexed, users.indexed, indexedPayees({ sql, vault, log })],
        log,
      });
      const shares = startHoldWork({ sql, clock, log, book, transfers });
      stops.push(
        () => rotation.stop(),
        () => shares.stop(),
        startSweeping({ log, cards, limits, transfers }),
      );
    },
    async stop() {
      await app.close();
      await clearing?.stop();
      await payer.stop();
      await transfers.stop();
      await rail.close();
      await Promise.all(stops.map((stop) => stop()));
      await users.stop();
      await desk.stop();
      await toOperator.close();
    },
  };
}

/** Once an hour, and once at the start: numbers of cards that were unbound a day ago, sums and reservations that are over. */
function startSweeping({
  log,
  cards,
  limits,
  transfers,
}: Pick<HutongWallet, 'cards' | 'limits' | 'transfers'> & { log: Log }): () => Promise<void> {
  let running: Promise<unknown> | null = null;
  const sweep = (): void => {
    running ??= Promise.all([cards.sweep(), limits.sweep(), transfers.sweep()])
      .catch((error: unknown) => log.error({ error }, 'sweeping the wallet failed; it is tried again'))
      .finally(() => (running = null));
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_PAUSE_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
