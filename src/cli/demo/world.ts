import { join } from 'node:path';
import { Hutong } from '../../../sdk/src/index.ts';
import { startUnionpaySandbox, type UnionpaySandbox } from '../../sandbox/wallets/unionpay/unionpay.ts';
import { recordSend } from '../../wallets/recording-send.ts';
import { readAnswer } from '../../wallets/unionpay/parse.ts';
import { unionpay as connector } from '../../wallets/unionpay/unionpay.ts';
import type { CliDeps, Server } from '../command.ts';
import type { Lifetime } from '../lifetime.ts';
import { DEMO_HOST, makeSettings, openMerchant, startDatabase, startServer } from './demo-server.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import type { Story } from './story.ts';
import { createWireLog, isAsking, recordingFetch, walletWire, type WireLog } from './wire.ts';

/** A whole Hutong of the demo's own, with a shop that uses it over HTTP. */
export interface DemoWorld {
  dataDir: string;
  server: Server;
  unionpay: UnionpaySandbox;
  receiver: Receiver;
  hutong: Hutong;
  merchantId: string;
  walletAccountId: string;
  wires: WireLog;
}

const NOTIFY_DELAYS_MS = [0, 500, 1000, 2000];
const REFUND_DELAY_MS = 400;

/** Starts everything on free ports in a folder of its own; `life` stops and removes it. */
export async function openWorld(deps: CliDeps, story: Story, life: Lifetime, keeps: boolean): Promise<DemoWorld> {
  const { clock, random } = deps;
  const log = deps.makeLog('error');
  const wires = createWireLog();
  const settings = await makeSettings(deps, life, keeps);
  const database = await story.step('start_database', '启动自带的 PostgreSQL  Start a PostgreSQL of our own', () =>
    startDatabase(settings, life, log),
  );
  const unionpay = await story.step(
    'start_unionpay',
    '启动银联网关模拟器，签发证书  Start a pretend UnionPay with its own certificates',
    async () => {
      const dataDir = join(settings.dataDir, 'unionpay');
      const value = await life.own(
        () =>
          startUnionpaySandbox({
            port: 0,
            clock,
            random,
            log,
            dataDir,
            notifyDelaysMs: NOTIFY_DELAYS_MS,
            refundDelayMs: REFUND_DELAY_MS,
          }),
        (gateway) => gateway.stop(),
      );
      return { value, told: { facts: { gateway: value.url, merchant_no: value.merchantSettings.mer_id } } };
    },
  );
  const url = `http://${DEMO_HOST}:${settings.port}`;
  const server = await story.step('start_hutong', '启动互通  Start Hutong', async () => {
    const value = await startServer(deps, {
      settings,
      database,
      url,
      life,
      wrapSend: (send) =>
        recordSend(send, {
          secretFields: connector.secretFields,
          readReply: readAnswer,
          onCall: (call) => wires.note(walletWire(call)),
        }),
    });
    return { value, told: { facts: { api: url, docs: `${url}/docs` } } };
  });
  const receiver = await life.own(
    () => startReceiver(wires),
    (opened) => opened.stop(),
  );
  const shop = await story.step(
    'open_shop',
    '开一家店  Open a shop: merchant, key, UnionPay account, webhook address',
    async () => openShop(deps, { server, url, unionpay, receiver, wires }),
  );
  return { dataDir: settings.dataDir, server, unionpay, receiver, wires, ...shop };
}

/** The operator opens the merchant; everything else the shop does itself, over the API. */
async function openShop(
  deps: CliDeps,
  with_: { server: Server; url: string; unionpay: UnionpaySandbox; receiver: Receiver; wires: WireLog },
) {
  const { server, url, unionpay, receiver, wires } = with_;
  const {
    merchant,
    key: { key, token },
  } = await openMerchant(deps, server);
  const hutong = new Hutong({ baseUrl: url, apiKey: token.reveal(), fetch: recordingFetch(wires) });
  const account = await hutong.walletAccounts.create({
    wallet: 'unionpay',
    label: 'sandbox',
    settings: { ...unionpay.merchantSettings },
  });
  const endpoint = await hutong.webhookEndpoints.create({ url: receiver.url });
  receiver.setSecret(endpoint.secret);
  return {
    value: { hutong, merchantId: merchant.id, walletAccountId: account.id },
    told: {
      facts: { merchant: `${merchant.name} ${merchant.id}`, key: `${key.prefix}…` },
      wires: wires.take(isAsking),
    },
  };
}
