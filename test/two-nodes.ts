import type { Clock } from '../src/base/clock.ts';
import { type Log, silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import type { Send } from '../src/base/outbound.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import { BOOK, type Hutong, type HutongOptions, openHutong } from '../src/hutong.ts';
import type { UnionpaySandbox } from '../src/sandbox/wallets/unionpay/unionpay.ts';
import { freshDatabase } from './database.ts';
import { LeapingClock } from './kill/leaping-clock.ts';
import { type PretendWallets, type SimulatorName, startPretendWallets } from './pretend-wallets.ts';
import { callApi, freePort, type TestReply } from './server.ts';

export interface Node extends Hutong {
  url: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestReply>;
}

export interface TwoNodes {
  nodes: readonly [Node, Node];
  clock: LeapingClock;
  unionpay: UnionpaySandbox;
  wallets: PretendWallets;
  apiKey: string;
  merchantId: string;
  walletAccountId: string;
  /** Order numbers that somebody asked the wallet about, one for each time. */
  queries: string[];
  /** Of the database that all nodes share. */
  databaseUrl: string;
  /** A node that shares everything but what is given, without work loops; `wrapSend` stands between it and the wallet. */
  openNode(own: { wrapSend?: (send: Send) => Send; clock?: Clock; databaseUrl?: string }): Promise<Node>;
  close(): Promise<void>;
}

/** Errors of ours should be seen. */
const loudLog: Log = { ...silentLog, error: (facts, message) => console.error(message, facts) };

/** Two whole Hutongs over one fresh database, as behind a load balancer, with a simulated UnionPay and one shop. */
export async function startTwoNodes(
  otherWallets: readonly Exclude<SimulatorName, 'unionpay'>[] = [],
): Promise<TwoNodes> {
  const { url: databaseUrl } = await freshDatabase();
  const clock = new LeapingClock(0);
  const wallets = await startPretendWallets(otherWallets, { clock, notifyDelaysMs: [0, 200, 400], refundDelayMs: 20 });
  const { unionpay } = wallets;
  const masterSecrets: [Secret] = [new Secret(systemRandom.bytes(32).toString('base64'))];
  const ports: [number, number] = [await freePort(), await freePort()];
  const queries: string[] = [];
  const opened: Hutong[] = [];
  let apiKey = '';

  async function openNode(port: number, own: Partial<HutongOptions>): Promise<Node> {
    const hutong = await openHutong({
      databaseUrl,
      publicUrl: `http://127.0.0.1:${ports[0]}`,
      masterSecrets,
      isSandbox: true,
      clock,
      random: systemRandom,
      log: loudLog,
      ...own,
    });
    opened.push(hutong);
    await hutong.app.listen({ port, host: '127.0.0.1' });
    const url = `http://127.0.0.1:${port}`;
    return { ...hutong, url, call: (...request) => callApi(url, apiKey, ...request) };
  }
  const noteQueries =
    (send: Send): Send =>
    (request) => {
      if (request.url.endsWith('/queryTrans.do'))
        queries.push(new URLSearchParams(String(request.body)).get('orderId') ?? '');
      return send(request);
    };

  const nodes = [
    await openNode(ports[0], { wrapSend: noteQueries }),
    await openNode(ports[1], { wrapSend: noteQueries }),
  ] as const;
  const { deps } = nodes[0].cashier;
  const { id: merchantId } = await createMerchant(deps, { book: BOOK, name: '两台机器的店', livemode: false });
  const { token } = await createApiKey(deps, { merchantId, label: 'test', scopes: SCOPES, expiresAt: null });
  apiKey = token.reveal();
  await wallets.openAccounts(deps, merchantId);
  for (const node of nodes) node.startWork();
  return {
    nodes,
    clock,
    unionpay,
    wallets,
    apiKey,
    merchantId,
    walletAccountId: wallets.get('unionpay').accountId,
    queries,
    databaseUrl,
    openNode: async (own) => openNode(await freePort(), { log: silentLog, ...own }),
    async close() {
      await Promise.all(opened.map((hutong) => hutong.stop()));
      await wallets.stop();
    },
  };
}
