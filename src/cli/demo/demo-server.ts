import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import type { Send } from '../../base/outbound.ts';
import { createApiKey } from '../../cashier/api-keys.ts';
import { createMerchant } from '../../cashier/create-merchant.ts';
import { type Merchant, SCOPES } from '../../cashier/merchant.ts';
import type { CliDeps, Server } from '../command.ts';
import { keepMasterSecrets, makeDataFolder } from '../data-folder.ts';
import type { Lifetime } from '../lifetime.ts';
import { openDatabase, type OpenedDatabase } from '../open-database.ts';
import { freePort } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { WalletOptions } from '../wallet-server.ts';

/* A whole Hutong of a demo's own: free ports, a folder that goes away, everything owned by the demo's lifetime. */

export const DEMO_HOST = '127.0.0.1';

/** Settings of a server in a folder of its own; `keeps` leaves the folder where it is. */
export async function makeSettings(deps: CliDeps, life: Lifetime, keeps: boolean): Promise<Settings> {
  const folder = await life.own(
    () => mkdtemp(join(deps.tempDir, 'hutong-demo-')),
    (made) => (keeps ? undefined : rm(made, { recursive: true, force: true })),
  );
  // Where PostgreSQL runs as another user, it has to pass through.
  if (process.getuid?.() === 0) await chmod(folder, 0o711);
  const dataDir = join(folder, 'data');
  await makeDataFolder(dataDir);
  return {
    mode: 'sandbox',
    databaseUrl: null,
    dataDir,
    host: DEMO_HOST,
    port: await freePort(),
    simulatorPorts: { unionpay: 0, wechatpay: 0, alipay: 0, jdpay: 0, meituanpay: 0 },
    shopPort: 0,
    publicUrl: null,
    linkUrl: null,
    linkAbilities: null,
    trustedProxies: [],
    wallet: { port: 0, url: null, bank: null, sms: null, sandboxPorts: { bank: 0, bankPages: 0, phone: 0 } },
    masterSecrets: null,
    logLevel: 'error',
  };
}

/** Told as a step: which database, and where. */
export async function startDatabase(settings: Settings, life: Lifetime, log: Log) {
  const value = await life.own(
    () => openDatabase(settings, { keepAlive: false, log }),
    (opened) => opened.stop(),
  );
  return { value, told: { facts: { database: value.place, folder: settings.dataDir } } };
}

/** Hutong itself, listening and at work. `wrapSend` sees every call to a wallet. */
export async function startServer(
  deps: CliDeps,
  with_: {
    settings: Settings;
    database: OpenedDatabase;
    url: string;
    life: Lifetime;
    wrapSend?: (send: Send) => Send;
    wallet?: WalletOptions;
  },
): Promise<Server> {
  const { settings, database, url, life, wrapSend, wallet } = with_;
  const { clock, random } = deps;
  const masterSecrets = await keepMasterSecrets(settings, random);
  const server = await life.own(
    () =>
      deps.openServer({
        databaseUrl: database.url,
        publicUrl: url,
        masterSecrets,
        isSandbox: true,
        clock,
        random,
        log: deps.makeLog(settings.logLevel),
        ...(wrapSend === undefined ? {} : { wrapSend }),
        ...(wallet === undefined ? {} : { wallet }),
      }),
    (opened) => opened.stop(),
  );
  await server.app.listen({ port: settings.port, host: DEMO_HOST });
  server.startWork();
  return server;
}

/** The operator opens a merchant with a key of all scopes. */
export async function openMerchant(deps: CliDeps, server: Server): Promise<{ merchant: Merchant; key: NewKey }> {
  const { deps: cashier } = server.cashier;
  const merchant = await createMerchant(cashier, { book: deps.book, name: '胡同小铺', livemode: false });
  const key = await createApiKey(cashier, { merchantId: merchant.id, label: 'demo', scopes: SCOPES, expiresAt: null });
  return { merchant, key };
}

type NewKey = Awaited<ReturnType<typeof createApiKey>>;
