import { createServer } from 'node:net';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Secret } from '../../src/base/secret.ts';
import { createApiKey } from '../../src/cashier/api-keys.ts';
import { createMerchant } from '../../src/cashier/create-merchant.ts';
import { SCOPES } from '../../src/cashier/merchant.ts';
import { type Embedded, startPostgres } from '../../src/db/embedded.ts';
import { BOOK, openHutong } from '../../src/hutong.ts';
import { type PretendWallets, startPretendWallets } from '../pretend-wallets.ts';
import { callApi, temporaryDir } from '../server.ts';
import type { Dice } from './dice.ts';
import { LeapingClock } from './leaping-clock.ts';
import { callPatiently, type PatientCaller } from './patient-caller.ts';
import type { ServerHow } from './server-process.ts';
import { prepareServer, type ServerUnderFire } from './server-under-fire.ts';
import { promise, type Promised } from './shop-offers.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

export interface World {
  clock: LeapingClock;
  postgres: Embedded;
  wallets: PretendWallets;
  server: ServerUnderFire;
  receiver: WebhookReceiver;
  call: PatientCaller;
  merchantId: string;
  promised: Promised;
  close(): Promise<void>;
}

/**
 * As often as a wallet does, and a little longer: money that comes when an order has long run out is known from its notification
 * alone (or from the bill file of the day), so one of these has to find the server alive.
 */
export const NOTIFY_DELAYS_MS = [0, 500, 2_000, 60_000, 120_000, 240_000, 300_000, 600_000];

/**
 * A PostgreSQL of its own that starts again when it dies, a server that can be killed, and in this process all that must
 * not die with them: the wallets with their books, the shop's memory and its webhook receiver.
 */
export async function openWorld(dice: Dice): Promise<World> {
  const closing: (() => Promise<unknown> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closeNext of closing.splice(0).reverse()) await closeNext();
  };
  try {
    const clock = new LeapingClock(0);
    const folder = await temporaryDir('kill');
    closing.push(() => folder.remove());
    const postgres = await startPostgres({ dir: `${folder.dir}/postgres`, keepAlive: true });
    closing.push(() => postgres.stop());
    const times = { clock, notifyDelaysMs: NOTIFY_DELAYS_MS, refundDelayMs: 30 };
    const wallets = await startPretendWallets(['wechatpay', 'alipay', 'jdpay', 'meituanpay'], times);
    closing.push(() => wallets.stop());
    const receiver = await startWebhookReceiver(dice);
    closing.push(() => receiver.close());
    const port = await lowPort(dice);
    const how = { databaseUrl: postgres.url, port, masterSecret: systemRandom.bytes(32).toString('base64') };
    const { apiKey, merchantId, promised } = await openShop(how, clock, wallets);
    const server = await prepareServer(clock, 'test/kill/server-process.ts', how satisfies ServerHow);
    closing.push(() => server.close());
    await server.start();
    const url = `http://127.0.0.1:${port}`;
    const endpoint = await callApi(url, apiKey, 'POST', '/v1/webhook-endpoints', { url: receiver.url });
    receiver.listenWith(endpoint.json.secret);
    const call = callPatiently(url, { authorization: `Bearer ${apiKey}` });
    closing.push(() => call.stop());
    return { clock, postgres, wallets, server, receiver, call, merchantId, promised, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Below the ports that calls going out are given: one of those could take ours while the server is down. */
export async function lowPort(dice: Dice): Promise<number> {
  for (;;) {
    const port = dice.between(20_000, 30_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

/** A shop with an account at each pretend wallet, offers, a wallet that is being opened and a key, made by a Hutong in this process that then goes. */
async function openShop(
  how: ServerHow,
  clock: LeapingClock,
  wallets: PretendWallets,
): Promise<{ apiKey: string; merchantId: string; promised: Promised }> {
  const hutong = await openHutong({
    databaseUrl: how.databaseUrl,
    publicUrl: `http://127.0.0.1:${how.port}`,
    masterSecrets: [new Secret(how.masterSecret)],
    isSandbox: true,
    clock,
    random: systemRandom,
    log: silentLog,
  });
  const { deps } = hutong.cashier;
  const { id: merchantId } = await createMerchant(deps, { book: BOOK, name: '茶店', livemode: false });
  const { token } = await createApiKey(deps, { merchantId, label: 'kill', scopes: SCOPES, expiresAt: null });
  await wallets.openAccounts(deps, merchantId);
  const promised = await promise(hutong, merchantId);
  await hutong.stop();
  return { apiKey: token.reveal(), merchantId, promised };
}
