import { join, resolve } from 'node:path';
import type { Log } from '../base/log.ts';
import { qrCodeUrl } from '../cashier/qr-codes.ts';
import { startShop } from '../sandbox/shop/shop.ts';
import type { SimulatorOptions } from '../sandbox/wallets/ground/simulator.ts';
import type { WechatPlace } from '../links/preview/wechat-api.ts';
import { simulators, type WalletSimulator } from '../sandbox/wallets/simulators.ts';
import { SIMULATOR_NAMES, type SimulatorName, simulatorPortSetting, type Settings } from './settings.ts';
import { type Addresses, banner } from './banner.ts';
import type { CliDeps, Server } from './command.ts';
import { keepMasterSecrets, lockDataFolder, makeDataFolder } from './data-folder.ts';
import { demoFile, DEMO_SHOP, openDemo } from './demo-merchant.ts';
import { openDemoOffers } from './demo-offers.ts';
import { createLifetime, type Lifetime, StopAsked } from './lifetime.ts';
import { openDatabase } from './open-database.ts';
import { checkPorts } from './ports.ts';
import { toJson } from './print.ts';
import { withProgress } from './progress.ts';
import { openWalletShop, startWalletSandbox, type WalletSandbox } from './wallet-sandbox.ts';
import type { WalletOptions, WalletServer } from './wallet-server.ts';
import { linkUrlOf, publicUrlOf, walletUrlOf } from './with-operator.ts';

const LOOPBACK = '127.0.0.1';
const DEMO_SHOP_MCC = '5499'; // ISO 18245: food shops

/** Runs until somebody asks to stop. @throws CliError and the like when something cannot be started; all else is stopped then. */
export async function runStart(deps: CliDeps, isJson: boolean): Promise<void> {
  const { terminal } = deps;
  const settings = readStartSettings(deps);
  const life = createLifetime(terminal);
  try {
    const addresses = await startAll(deps, settings, life);
    if (isJson) terminal.print(toJson({ event: 'ready', ...addresses }));
    else for (const line of banner(deps, settings, addresses)) terminal.print(line);
    await life.asked;
    terminal.note('正在停止 Stopping …');
  } catch (error) {
    if (!(error instanceof StopAsked)) throw error;
  } finally {
    await life.end();
  }
}

/** Whatever the working folder becomes, the data folder stays where it was meant. */
function readStartSettings(deps: CliDeps): Settings {
  const settings = deps.readSettings();
  return { ...settings, dataDir: resolve(settings.dataDir) };
}

async function startAll(deps: CliDeps, settings: Settings, life: Lifetime): Promise<Addresses> {
  const isSandbox = settings.mode === 'sandbox';
  const log = deps.makeLog(settings.logLevel);
  await makeDataFolder(settings.dataDir);
  await life.own(
    () => lockDataFolder(settings.dataDir),
    (unlock) => unlock(),
  );
  await checkPorts([
    { setting: 'HUTONG_PORT', port: settings.port, host: settings.host },
    ...(isSandbox
      ? [
          ...SIMULATOR_NAMES.map((name) => ({
            setting: simulatorPortSetting(name),
            port: settings.simulatorPorts[name],
            host: LOOPBACK,
          })),
          { setting: 'HUTONG_SHOP_PORT', port: settings.shopPort, host: LOOPBACK },
          { setting: 'HUTONG_BANK_PORT', port: settings.wallet.sandboxPorts.bank, host: LOOPBACK },
          { setting: 'HUTONG_BANK_PAGES_PORT', port: settings.wallet.sandboxPorts.bankPages, host: LOOPBACK },
          { setting: 'HUTONG_PHONE_PORT', port: settings.wallet.sandboxPorts.phone, host: LOOPBACK },
        ]
      : []),
    ...(isSandbox || settings.wallet.bank !== null
      ? [{ setting: 'HUTONG_WALLET_PORT', port: settings.wallet.port, host: settings.host }]
      : []),
  ]);
  const database = await life.own(
    () =>
      withProgress(
        deps.terminal,
        '正在准备数据库 Preparing the database …',
        openDatabase(settings, { keepAlive: true, log }),
      ),
    (opened) => opened.stop(),
  );
  const opened: { wallet: WalletServer | null } = { wallet: null };
  const pretend = isSandbox
    ? await startPretendBanks(deps, { settings, log, life, wallet: () => opened.wallet })
    : null;
  const wallet = pretend?.options ?? liveWallet(settings);
  const server = await startServer(deps, { settings, databaseUrl: database.url, log, life, wallet });
  opened.wallet = server.wallet;
  const sandbox = isSandbox ? await startSandbox(deps, { settings, server, log, life }) : null;
  server.startWork();
  return {
    url: publicUrlOf(settings),
    database: database.place,
    pid: process.pid,
    ...(wallet === null ? {} : { app_url: wallet.url }),
    ...(pretend === null ? {} : { bank_url: pretend.bank.url, phone_url: pretend.phone.url }),
    ...sandbox,
  };
}

async function startServer(
  deps: CliDeps,
  with_: { settings: Settings; databaseUrl: string; log: Log; life: Lifetime; wallet: WalletOptions | null },
): Promise<Server> {
  const { settings, databaseUrl, log, life, wallet } = with_;
  const masterSecrets = await keepMasterSecrets(settings, deps.random);
  const server = await life.own(
    () =>
      withProgress(
        deps.terminal,
        '正在启动 Starting …',
        deps.openServer({
          databaseUrl,
          publicUrl: publicUrlOf(settings),
          linkUrl: linkUrlOf(settings),
          ...(settings.linkAbilities === null ? {} : { linkAbilities: settings.linkAbilities }),
          ...(settings.mode === 'sandbox' ? { wechat: pretendWechat(settings) } : {}),
          masterSecrets,
          isSandbox: settings.mode === 'sandbox',
          trustedProxies: settings.trustedProxies,
          clock: deps.clock,
          random: deps.random,
          log,
          wallet,
        }),
      ),
    (opened) => opened.stop(),
  );
  await server.app.listen({ port: settings.port, host: settings.host });
  await server.wallet?.app.listen({ port: settings.wallet.port, host: settings.host });
  return server;
}

/** The simulator of WeChat Pay also stands in for WeChat's official accounts. */
function pretendWechat({ simulatorPorts }: Settings): WechatPlace {
  const apiUrl = `http://${LOOPBACK}:${simulatorPorts.wechatpay}`;
  return { apiUrl, scriptUrl: `${apiUrl}/open/js/jweixin-1.6.0.js` };
}

/** Live: the wallet that the settings tell of; null where they name no bank. */
function liveWallet({ wallet }: Settings): WalletOptions | null {
  const { bank, sms, url } = wallet;
  if (bank === null || sms === null || url === null) return null; // the settings were read whole or not at all
  return { url, bank, sms, sandboxPhoneUrl: null, testBuyers: null };
}

/** Before the server, which signs on to the switch. */
async function startPretendBanks(
  { terminal, clock, random }: CliDeps,
  with_: { settings: Settings; log: Log; life: Lifetime; wallet: () => WalletServer | null },
): Promise<WalletSandbox> {
  const { settings, log, life, wallet } = with_;
  return await withProgress(
    terminal,
    '正在启动银行模拟器 Starting the pretend banks …',
    startWalletSandbox(
      { clock, random, log, life },
      { dataDir: settings.dataDir, ports: settings.wallet.sandboxPorts, walletUrl: walletUrlOf(settings), wallet },
    ),
  );
}

/** The pretend outside world: a wallet of each kind with its app, and a shop that sells through us. */
async function startSandbox(
  deps: CliDeps,
  { settings, server, log, life }: { settings: Settings; server: Server; log: Log; life: Lifetime },
): Promise<Required<Pick<Addresses, 'wallet_urls' | 'shop_url' | 'demo_file' | 'qr_url'>>> {
  const { clock, random } = deps;
  const wallets = await withProgress(
    deps.terminal,
    '正在启动钱包模拟器 Starting the pretend wallets …',
    startSimulators(deps, { settings, log, life }),
  );
  const demo = await openDemo(
    { server, clock, random, book: deps.book },
    {
      dataDir: settings.dataDir,
      walletSettings: {
        ...Object.fromEntries(wallets.map(({ name, simulator }) => [name, simulator.merchantSettings])),
        ...(server.wallet === null ? {} : { hutongwallet: await openDemoWalletShop(server.wallet, settings) }),
      },
      webhookUrl: `http://${LOOPBACK}:${settings.shopPort}/webhooks`,
    },
  );
  await openDemoOffers(server, deps.book, demo.merchantId);
  const shop = await life.own(
    () =>
      startShop({
        port: settings.shopPort,
        host: LOOPBACK,
        hutongUrl: publicUrlOf({ ...settings, publicUrl: null }),
        apiKey: demo.apiKey.reveal(),
        webhookSecret: demo.webhookSecret.reveal(),
        dataDir: join(settings.dataDir, 'shop'),
        clock,
        random,
        log,
      }),
    (opened) => opened.stop(),
  );
  // A shop without links sells as well, and tries again at the first share.
  await shop.joinLinks().catch((error: unknown) => log.warn({ error }, 'the demo shop could not register for links'));
  return {
    wallet_urls: Object.fromEntries(wallets.map(({ name, simulator }) => [name, simulator.url])),
    shop_url: shop.url,
    qr_url: qrCodeUrl({ publicUrl: publicUrlOf(settings) }, demo.qrCodeId),
    demo_file: demoFile(settings.dataDir),
  };
}

async function openDemoWalletShop(wallet: WalletServer, settings: Settings): Promise<object> {
  const shop = { name: DEMO_SHOP, mcc: DEMO_SHOP_MCC, walletUrl: walletUrlOf(settings), dataDir: settings.dataDir };
  return await openWalletShop(wallet, shop);
}

async function startSimulators(
  { clock, random }: CliDeps,
  { settings, log, life }: { settings: Settings; log: Log; life: Lifetime },
): Promise<{ name: SimulatorName; simulator: WalletSimulator }[]> {
  return await Promise.all(
    SIMULATOR_NAMES.map(async (name) => {
      const start: (options: SimulatorOptions) => Promise<WalletSimulator> = simulators[name];
      const port = settings.simulatorPorts[name];
      const simulator = await life.own(
        () => start({ port, clock, random, log, dataDir: join(settings.dataDir, name) }),
        (opened) => opened.stop(),
      );
      return { name, simulator };
    }),
  );
}
