import { join } from 'node:path';
import { Hutong } from '../../../../sdk/src/index.ts';
import { startUnionpaySandbox, type UnionpaySandbox } from '../../../sandbox/wallets/unionpay/unionpay.ts';
import { startWechatpaySandbox, type WechatpaySandbox } from '../../../sandbox/wallets/wechatpay/wechatpay.ts';
import type { CliDeps, Server } from '../../command.ts';
import type { Lifetime } from '../../lifetime.ts';
import { DEMO_HOST, makeSettings, openMerchant, startDatabase, startServer } from '../demo-server.ts';
import type { Story } from '../story.ts';

/** A Hutong with two pretend wallets, the old one and the one that is staged, and a shop that takes both. */
export interface RolloutDemoWorld {
  dataDir: string;
  server: Server;
  unionpay: UnionpaySandbox;
  wechatpay: WechatpaySandbox;
  hutong: Hutong;
  url: string;
  /** The shop's key, for what the SDK has no call for. */
  apiKey: string;
  merchantId: string;
  accounts: Readonly<Record<'unionpay' | 'wechatpay', string>>;
}

const NOTIFY_DELAYS_MS = [0, 500, 1000, 2000];

export async function openRolloutWorld(
  deps: CliDeps,
  story: Story,
  life: Lifetime,
  keeps: boolean,
): Promise<RolloutDemoWorld> {
  const { clock, random } = deps;
  const log = deps.makeLog('error');
  const settings = await makeSettings(deps, life, keeps);
  const database = await story.step('start_database', '启动自带的 PostgreSQL  Start a PostgreSQL of our own', () =>
    startDatabase(settings, life, log),
  );
  const simulators = await story.step(
    'start_wallets',
    '启动云闪付与微信支付的模拟器  Start a pretend UnionPay and a pretend WeChat Pay',
    async () => {
      const options = { port: 0, clock, random, log, notifyDelaysMs: NOTIFY_DELAYS_MS };
      const unionpay = await life.own(
        () => startUnionpaySandbox({ ...options, dataDir: join(settings.dataDir, 'unionpay') }),
        (opened) => opened.stop(),
      );
      const wechatpay = await life.own(
        () => startWechatpaySandbox({ ...options, dataDir: join(settings.dataDir, 'wechatpay') }),
        (opened) => opened.stop(),
      );
      return {
        value: { unionpay, wechatpay },
        told: { facts: { unionpay: unionpay.url, wechatpay: wechatpay.url } },
      };
    },
  );
  const url = `http://${DEMO_HOST}:${settings.port}`;
  const server = await story.step('start_hutong', '启动互通  Start Hutong', async () => {
    const value = await startServer(deps, { settings, database, url, life });
    return { value, told: { facts: { api: url } } };
  });
  const shop = await story.step('open_shop', '开一家收两种钱包的店  Open a shop that takes both', async () => {
    const { merchant, key } = await openMerchant(deps, server);
    const apiKey = key.token.reveal();
    const hutong = new Hutong({ baseUrl: url, apiKey });
    const open = async (wallet: 'unionpay' | 'wechatpay'): Promise<string> => {
      const { merchantSettings } = simulators[wallet];
      return (await hutong.walletAccounts.create({ wallet, label: 'sandbox', settings: { ...merchantSettings } })).id;
    };
    const accounts = { unionpay: await open('unionpay'), wechatpay: await open('wechatpay') };
    const value = { hutong, apiKey, merchantId: merchant.id, accounts };
    return { value, told: { facts: { merchant: `${merchant.name} ${merchant.id}` } } };
  });
  return { dataDir: settings.dataDir, server, url, ...simulators, ...shop };
}
