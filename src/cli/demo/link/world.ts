import { join } from 'node:path';
import { Hutong } from '../../../../sdk/src/index.ts';
import { type Shop, startShop } from '../../../sandbox/shop/shop.ts';
import { startUnionpaySandbox, type UnionpaySandbox } from '../../../sandbox/wallets/unionpay/unionpay.ts';
import type { CliDeps, Server } from '../../command.ts';
import type { Lifetime } from '../../lifetime.ts';
import { DEMO_HOST, makeSettings, openMerchant, startDatabase, startServer } from '../demo-server.ts';
import type { Story } from '../story.ts';

/** A whole Hutong of its own, a wallet, and the demo shop, which knows Hutong by its public API alone. */
export interface LinkDemoWorld {
  server: Server;
  hutong: Hutong;
  shop: Shop;
  unionpay: UnionpaySandbox;
  url: string;
}

const NOTIFY_DELAYS_MS = [0, 500, 1000, 2000];

export async function openLinkWorld(
  deps: CliDeps,
  story: Story,
  life: Lifetime,
  keeps: boolean,
): Promise<LinkDemoWorld> {
  const { clock, random } = deps;
  const log = deps.makeLog('error');
  const settings = await makeSettings(deps, life, keeps);
  const database = await story.step('start_database', '启动自带的 PostgreSQL  Start a PostgreSQL of our own', () =>
    startDatabase(settings, life, log),
  );
  const url = `http://${DEMO_HOST}:${settings.port}`;
  const { server, unionpay } = await story.step(
    'start_hutong',
    '启动互通与云闪付模拟器  Start Hutong and a pretend UnionPay',
    async () => {
      const dataDir = join(settings.dataDir, 'unionpay');
      const wallet = await life.own(
        () => startUnionpaySandbox({ port: 0, clock, random, log, dataDir, notifyDelaysMs: NOTIFY_DELAYS_MS }),
        (opened) => opened.stop(),
      );
      const value = { server: await startServer(deps, { settings, database, url, life }), unionpay: wallet };
      return { value, told: { facts: { api: url, wallet: wallet.url } } };
    },
  );
  const title = '开店：证明域名，登记应用与小程序  Open a shop: its host is proved, its apps are named';
  const { shop, hutong } = await story.step('open_shop', title, async () => {
    const { key } = await openMerchant(deps, server);
    const apiKey = key.token.reveal();
    const client = new Hutong({ baseUrl: url, apiKey });
    await client.walletAccounts.create({
      wallet: 'unionpay',
      label: 'sandbox',
      settings: { ...unionpay.merchantSettings },
    });
    const asked = { hutongUrl: url, apiKey, webhookSecret: null, dataDir: null, clock, random, log };
    const opened = await life.own(
      () => startShop({ ...asked, port: 0, host: DEMO_HOST }),
      (running) => running.stop(),
    );
    await opened.joinLinks();
    const hosts = (await client.linkHosts.list().page()).data;
    const apps = (await client.linkApps.list().page()).data;
    const facts = {
      shop: opened.url,
      proved: hosts.map(({ host, proof }) => `${host} ← ${proof.file_url}`).join(', '),
      apps: apps.map(({ settings }) => settings.kind).join(', '),
    };
    return { value: { shop: opened, hutong: client }, told: { facts } };
  });
  return { server, hutong, shop, unionpay, url };
}
