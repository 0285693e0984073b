import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { type AlipaySandbox, startAlipaySandbox } from '../../src/sandbox/wallets/alipay/alipay.ts';
import { type JdpaySandbox, startJdpaySandbox } from '../../src/sandbox/wallets/jdpay/jdpay.ts';
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/wallets/open/open.ts';
import { startWechatpaySandbox, type WechatpaySandbox } from '../../src/sandbox/wallets/wechatpay/wechatpay.ts';
import { startTestServer, type TestServer } from '../server.ts';

/** A whole Hutong whose shop takes every wallet, each from its simulator. */
export interface WalletWorld {
  server: TestServer;
  wechatpay: WechatpaySandbox;
  alipay: AlipaySandbox;
  jdpay: JdpaySandbox;
  meituanpay: OpenSandbox;
  /** A new payment's cashier page. */
  newCashier(more?: object): Promise<{ id: string; url: string }>;
  stateOf(paymentId: string): Promise<string>;
  close(): Promise<void>;
}

const NOTIFY_DELAYS_MS = [0, 200, 400];

export async function startWalletWorld(): Promise<WalletWorld> {
  const server = await startTestServer();
  const options = {
    port: 0,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    dataDir: null,
    notifyDelaysMs: NOTIFY_DELAYS_MS,
  };
  const [wechatpay, alipay, jdpay, meituanpay] = await Promise.all([
    startWechatpaySandbox(options),
    startAlipaySandbox(options),
    startJdpaySandbox(options),
    startOpenSandbox(options),
  ]);
  for (const [wallet, { merchantSettings }] of Object.entries({ wechatpay, alipay, jdpay, meituanpay })) {
    const made = await server.call('POST', '/v1/wallet-accounts', {
      wallet,
      label: wallet,
      settings: merchantSettings,
    });
    if (made.status !== 201) throw new Error(`no account at ${wallet}: ${JSON.stringify(made.json)}`);
  }
  let orders = 0;
  return {
    server,
    wechatpay,
    alipay,
    jdpay,
    meituanpay,
    async newCashier(more = {}) {
      orders += 1;
      const made = await server.call('POST', '/v1/payments', {
        order_no: `W${orders}`,
        amount: { currency: 'CNY', minor: '1234' },
        subject: '豆浆油条',
        return_url: `${server.url}/healthz`,
        ...more,
      });
      if (made.status !== 201) throw new Error(`no payment: ${JSON.stringify(made.json)}`);
      return { id: made.json.id, url: made.json.cashier_url };
    },
    stateOf: async (paymentId) => (await server.call('GET', `/v1/payments/${paymentId}`)).json.state,
    async close() {
      await server.close();
      await Promise.all([wechatpay, alipay, jdpay, meituanpay].map((simulator) => simulator.stop()));
    },
  };
}
