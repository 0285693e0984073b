import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import type { SimulatorOptions } from '../src/sandbox/wallets/ground/simulator.ts';
import { type SimulatorName, simulators, type WalletSimulator } from '../src/sandbox/wallets/simulators.ts';
import { wallets } from '../src/wallets/registry.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';

/* A day of payments, refunds and undone payment codes at every wallet, and each wallet's own bill the next day. */

const clock = new ManualClock(new Date('2026-11-11T02:00:00Z'));
let server: TestServer;
const others = ['wechatpay', 'alipay', 'jdpay', 'meituanpay'] as const;
const running = new Map<SimulatorName, WalletSimulator>();
const accounts = new Map<SimulatorName, string>();

beforeAll(async () => {
  server = await startTestServer({ clock, notifyDelaysMs: [0, 200, 400], refundDelayMs: 0 });
  running.set('unionpay', server.unionpay);
  accounts.set('unionpay', server.walletAccountId);
  for (const name of others) {
    const start: (options: SimulatorOptions) => Promise<WalletSimulator> = simulators[name];
    const simulator = await start({
      port: 0,
      clock,
      random: systemRandom,
      log: silentLog,
      dataDir: null,
      notifyDelaysMs: [0, 200, 400],
      refundDelayMs: 0,
    });
    running.set(name, simulator);
    const body = { wallet: name, settings: simulator.merchantSettings };
    const { status, json } = await server.call('POST', '/v1/wallet-accounts', body);
    if (status !== 201) throw new Error(JSON.stringify(json));
    accounts.set(name, json.id);
  }
});
afterAll(async () => {
  await server.close();
  for (const name of others) await running.get(name)?.stop();
});

const NAMES = ['unionpay', ...others] as const;

describe('every wallet’s own bill', () => {
  test.each(NAMES)('a day at %s goes by: paid, given back in part, and a code that was undone', async (wallet) => {
    const paid = await pay(wallet, 'qr', 1234n);
    const { json: refund } = await server.call('POST', `/v1/payments/${paid}/refunds`, {
      amount: { currency: 'CNY', minor: '34' },
    });
    await ticking('the refund', async () => (await get(`/v1/refunds/${refund.id}`)).state === 'succeeded', 5000);
    await pay(wallet, 'code', 500n);
    const unclear = await charge(wallet, 'asks_pin');
    const undone = async (): Promise<boolean> => {
      const { attempts } = await get(`/v1/payments/${unclear}`);
      return attempts[0].outcome === 'failed';
    };
    await ticking('the charge to be undone', undone, 20_000);
  });

  test('agrees with our records and with the ledger the next day, to the fen', async () => {
    clock.advanceMs(30 * 3_600_000);
    for (const wallet of NAMES) {
      const statement = await eventually(
        `the statement of ${wallet}`,
        async () => {
          clock.advanceMs(60_000);
          const query = `wallet_account_id=${accounts.get(wallet)}&day=2026-11-11&state=reconciled`;
          return (await get(`/v1/statements?${query}`)).data[0];
        },
        40,
      );
      const breaks = (await get(`/v1/statements/${statement.id}/breaks`)).data;
      expect(breaks, wallet).toEqual([]);
      expect(statement, wallet).toMatchObject({
        wallet,
        source: wallets[wallet].statement === null ? 'asking' : 'bill',
        ours: { payments_count: 2, payments_minor: '1734', refunds_count: 1, refunds_minor: '34' },
        booked: { payments_count: 2, payments_minor: '1734', refunds_count: 1, refunds_minor: '34' },
        matched_count: expect.any(Number),
        breaks: { open: 0, carried: 0, left_for_operator: 0, resolved: 0 },
      });
      expect(statement.matched_count, wallet).toBeGreaterThanOrEqual(3);
    }
  });
});

async function get(path: string) {
  return (await server.call('GET', path)).json;
}

let orders = 0;
async function newPayment(minor: bigint): Promise<string> {
  orders += 1;
  const { json } = await server.call('POST', '/v1/payments', {
    order_no: `bill-${orders}`,
    amount: { currency: 'CNY', minor: minor.toString() },
    subject: '一袋米',
    return_url: 'https://shop.example/',
  });
  return json.id;
}

function simulatorOf(wallet: SimulatorName): WalletSimulator {
  const found = running.get(wallet);
  if (found === undefined) throw new Error(`no simulator of ${wallet}`);
  return found;
}

async function pay(wallet: SimulatorName, scene: 'qr' | 'code', minor: bigint): Promise<string> {
  const simulator = simulatorOf(wallet);
  const id = await newPayment(minor);
  const { json } = await server.call('POST', `/v1/payments/${id}/attempts`, {
    wallet,
    scene,
    ...(scene === 'code' ? { payment_code: simulator.paymentCode('pays') } : {}),
  });
  if (scene === 'qr') {
    await fetch(`${simulator.url}/sandbox/scan?text=${encodeURIComponent(json.next_action.text)}`);
    simulator.pay(json.id.slice('att_'.length));
  }
  await ticking(`${wallet} ${scene}`, async () => (await get(`/v1/payments/${id}`)).state === 'succeeded', 1000);
  return id;
}

async function charge(wallet: SimulatorName, buyer: 'asks_pin'): Promise<string> {
  const id = await newPayment(700n);
  const code = simulatorOf(wallet).paymentCode(buyer);
  const body = { wallet, scene: 'code', payment_code: code };
  expect((await server.call('POST', `/v1/payments/${id}/attempts`, body)).json.outcome).toBe('pending');
  return id;
}

/** Looks again and again while the clock goes on. */
async function ticking(what: string, look: () => Promise<boolean>, stepMs: number): Promise<void> {
  await eventually(
    what,
    async () => {
      if (await look()) return true;
      clock.advanceMs(stepMs);
      return false;
    },
    40,
  );
}
