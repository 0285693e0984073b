import type { Log } from '../base/log.ts';
import { readMerchants } from '../cashier/operator-reads.ts';
import type { CashierDeps } from '../cashier/deps.ts';
import type { Merchant } from '../cashier/merchant.ts';
import { connect, type Sql } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { createLedger, type Ledger } from '../ledger/ledger.ts';
import type { Settings } from './settings.ts';
import { plainOffers } from '../offers/plain-offers.ts';
import { plainRollouts } from '../rollout/plain-rollouts.ts';
import { createKeyring } from '../vault/seal.ts';
import { wallets } from '../wallets/registry.ts';
import { insertEvents } from '../webhooks/insert-events.ts';
import { CliError, type CliDeps, UsageError } from './command.ts';
import { keepMasterSecrets, makeDataFolder } from './data-folder.ts';
import { createLifetime, StopAsked } from './lifetime.ts';
import { joinDatabase } from './open-database.ts';
import { withProgress } from './progress.ts';

/** What a command works with that looks at the records or changes them, without a server. */
export interface Operator {
  settings: Settings;
  sql: Sql;
  ledger: Ledger;
  cashier: CashierDeps;
  book: number;
}

const CONNECTIONS_MAX = 4;
export const MERCHANTS_MAX = 1000;

/** Opens the database, hands it to `work` and closes it again, also when work fails or somebody presses Ctrl-C. */
export async function withOperator(deps: CliDeps, work: (operator: Operator) => Promise<void>): Promise<void> {
  await withDatabase(deps, async (sql, settings, log) => {
    const ran = await migrate(sql);
    if (ran.length > 0) deps.terminal.note(`The database was brought up to date: ${ran.join(', ')}`);
    const ledger = createLedger({ sql, clock: deps.clock, log, book: deps.book });
    try {
      await ledger.prepareMonths();
      const cashier = await buildCashierDeps(deps, { settings, sql, ledger, log });
      await work({ settings, sql, ledger, cashier, book: deps.book });
    } finally {
      await ledger.close();
    }
  });
}

/** The same, without bringing the database up to date. */
export async function withDatabase(
  deps: CliDeps,
  work: (sql: Sql, settings: Settings, log: Log) => Promise<void>,
): Promise<void> {
  const settings = deps.readSettings();
  const log = deps.makeLog(settings.logLevel);
  const life = createLifetime(deps.terminal);
  try {
    const database = await life.own(
      () => withProgress(deps.terminal, 'Starting the database …', joinDatabase(settings, log)),
      (opened) => opened.stop(),
    );
    const sql = await life.own(
      async () => connect(database.url, { connectionsMax: CONNECTIONS_MAX, applicationName: 'hutong cli' }),
      (pool) => pool.end({ timeout: 1 }),
    );
    await life.during(work(sql, settings, log));
  } catch (error) {
    throw error instanceof StopAsked ? new CliError('Stopped.') : error;
  } finally {
    await life.end();
  }
}

async function buildCashierDeps(
  deps: CliDeps,
  { settings, sql, ledger, log }: { settings: Settings; sql: Sql; ledger: Ledger; log: Log },
): Promise<CashierDeps> {
  const { clock, random } = deps;
  await makeDataFolder(settings.dataDir);
  return {
    sql,
    clock,
    random,
    log,
    ledger,
    rollouts: plainRollouts,
    offers: plainOffers,
    wallets,
    keyring: createKeyring({ random }, await keepMasterSecrets(settings, random)),
    can: (wallet) => wallets[wallet].can,
    send: async () => ({ kind: 'not_sent', reason: 'the command line calls no wallet' }),
    publicUrl: publicUrlOf(settings),
    webhooks: { insertEvents: (tx, book, events) => insertEvents({ clock, random }, tx, book, events), kick() {} },
  };
}

/** Where buyers and wallets reach the server: what the settings say, else where it listens on this machine. */
export function publicUrlOf(settings: Pick<Settings, 'publicUrl' | 'host' | 'port'>): string {
  if (settings.publicUrl !== null) return settings.publicUrl;
  const isAnywhere = settings.host === '0.0.0.0' || settings.host === '::';
  const host = isAnywhere ? '127.0.0.1' : settings.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${settings.port}`;
}

/** Where our own share links are reached. */
export function linkUrlOf(settings: Pick<Settings, 'linkUrl' | 'publicUrl' | 'host' | 'port'>): string {
  return settings.linkUrl ?? publicUrlOf(settings);
}

/** Where people reach the wallet app. Passkeys take a name, not an address of digits: on this machine it is `localhost`. */
export function walletUrlOf({ wallet }: Pick<Settings, 'wallet'>): string {
  return wallet.url ?? `http://localhost:${wallet.port}`;
}

/** The merchant that was named, or the only one there is. @throws UsageError, CliError */
export async function chooseMerchant(operator: Operator, wanted: string | undefined): Promise<Merchant> {
  const merchants = await readMerchants(operator.cashier, operator.book, MERCHANTS_MAX);
  if (wanted !== undefined) {
    const found = merchants.find((merchant) => merchant.id === wanted);
    if (found === undefined) throw new CliError(`There is no merchant ${wanted}: hutong merchant list shows them all.`);
    return found;
  }
  const [only, second] = merchants;
  if (only === undefined) throw new CliError('There is no merchant yet: hutong merchant create --name <name>');
  if (second !== undefined)
    throw new UsageError('There are several merchants: say which with --merchant (hutong merchant list).');
  return only;
}
