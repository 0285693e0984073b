import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { BOOK } from '../src/hutong.ts';
import { listBalances } from '../src/cli/list-balances.ts';
import { type AccountKind, chartAccountId } from '../src/ledger/chart.ts';
import { verifyLedger } from '../src/ledger/verify.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { simulators, type WalletSimulator } from '../src/sandbox/wallets/simulators.ts';
import type { Discount } from '../src/sandbox/wallets/ground/discounts.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';
import { type PretendWallet, scan } from './pretend-wallets.ts';

/*
 * A day at every wallet on which the shop takes something off larger orders, and the wallet something off what is left, by itself; with
 * refunds in parts, and the wallet's bill of that day.
 */

const DAY = '2026-11-11';
const clock = new ManualClock(new Date(`${DAY}T02:00:00Z`));
let server: TestServer;
const wallets = new Map<string, PretendWallet>();
let offerId = '';
beforeAll(async () => {
  server = await startTestServer({ clock, notifyDelaysMs: [0, 200, 400], refundDelayMs: 0 });
  const times = { clock, notifyDelaysMs: [0, 200, 400], refundDelayMs: 0 };
  const options = { port: 0, random: systemRandom, log: silentLog, dataDir: null, ...times };
  wallets.set('unionpay', { name: 'unionpay', sandbox: server.unionpay, accountId: server.walletAccountId });
  for (const name of ['wechatpay', 'alipay', 'jdpay', 'meituanpay'] as const) {
    const sandbox: WalletSimulator = await simulators[name](options);
    const body = { wallet: name, settings: sandbox.merchantSettings };
    const { json } = await server.call('POST', '/v1/wallet-accounts', body);
    wallets.set(name, { name, sandbox, accountId: json.id });
  }
});
afterAll(async () => {
  await server.close();
  for (const { sandbox } of wallets.values()) await sandbox.stop();
});

/** What the shop takes off orders from ¥10.00: two of each wallet's payments, of which one goes back whole. */
const OFFER = {
  name: { 'zh-CN': '满十元减', en: 'Off ten yuan' },
  kind: 'flat',
  by: 'hutong',
  currency: 'CNY',
  off: '0.77',
  conditions: { min_amount: '10.00' },
  limits: { money: { day: '100.00' }, count: { day: 100 } },
  funders: [{ funder: 'merchant', per_mille: 1000 }],
};
const PER_WALLET = { off: 77n, offBack: 77n };

/** What each wallet takes off; odd amounts, so that nothing can be halved. */
const DISCOUNTS: Record<string, (Partial<Discount> & Pick<Discount, 'offFen'>)[]> = {
  unionpay: [{ offFen: 101, funders: ['wallet', 'merchant', 'bank'] }],
  wechatpay: [
    { offFen: 101, funders: ['wallet', 'merchant'] },
    { offFen: 37, funders: ['merchant', 'other'], kind: 'coupon', isPrefunded: true },
    { offFen: 13, funders: ['wallet'], gapFen: 2 },
  ],
  alipay: [
    { offFen: 101, funders: ['wallet', 'merchant'] },
    { offFen: 23, funders: ['bank', 'merchant'], kind: 'item' },
  ],
  jdpay: [{ offFen: 101 }],
  meituanpay: [{ offFen: 101, funders: ['wallet', 'merchant'] }],
};

const NAMES = Object.keys(DISCOUNTS);

describe('a day with discounts of the wallets’ own', () => {
  test('begins with an offer of the shop', async () => {
    const made = await server.call('POST', '/v1/offers', { campaign: OFFER });
    expect(made.status, JSON.stringify(made.json)).toBe(201);
    offerId = made.json.id;
  });

  test.each(NAMES)('goes by at %s: paid, and given back in parts', async (name) => {
    const wallet = walletOf(name);
    for (const discount of DISCOUNTS[name] ?? []) wallet.sandbox.setDiscount(discount);
    const whole = await pay(wallet, 'qr', 1234n);
    for (const minor of [333n, 7n, 500n, 394n]) await refund(whole, minor);
    const part = await pay(wallet, 'qr', 999n);
    for (const minor of [1n, 77n]) await refund(part, minor);
    await pay(wallet, 'code', 5001n);
    wallet.sandbox.clearDiscounts();
    await pay(wallet, 'qr', 100n);
  });

  test.each(NAMES)('stands in the ledger as in the books of %s, to the fen', async (name) => {
    const { accountId, sandbox } = walletOf(name);
    const totals = sandbox.totals();
    const sumOf = (field: 'net_fen' | 'discounts_fen' | 'discounts_back_fen') =>
      totals.reduce((sum, one) => sum + BigInt(one[field]), 0n);
    const takenOff = sumOf('discounts_fen') - sumOf('discounts_back_fen');
    expect(takenOff).toBeGreaterThan(0n);
    // What buyers have paid less what they got back: the rest of the price others pay.
    expect(await balance('wallet_receivable', accountId)).toBe(sumOf('net_fen') - takenOff);
    for (const kind of ['refunds_in_flight', 'suspense'] as const) expect(await balance(kind, accountId)).toBe(0n);
  });

  test('is owed altogether by whoever paid for it', async () => {
    const totals = [...wallets.values()].flatMap(({ sandbox }) => sandbox.totals());
    const takenOff = totals.reduce((sum, one) => sum + BigInt(one.discounts_fen) - BigInt(one.discounts_back_fen), 0n);
    const balances = await listBalances({ cashier: server.cashier.deps, ledger: server.ledger }, BOOK);
    const offers = balances.filter(({ kind }) => kind.startsWith('offer_'));
    const ours = PER_WALLET.off * BigInt(NAMES.length);
    expect(offers.reduce((sum, one) => sum + one.balance, 0n)).toBe(takenOff + ours);
    const net = totals.reduce((sum, one) => sum + BigInt(one.net_fen), 0n);
    expect(await balance('merchant_payable', server.merchant.id), 'the whole price').toBe(-net - ours);
  });

  test('has used of the offer’s limits what was not given back', async () => {
    const { usage } = await get(`/v1/offers/${offerId}`);
    const wallets = BigInt(NAMES.length);
    expect(usage).toMatchObject([
      { limit: 'count/day', used: `${wallets}`, held: '0' },
      { limit: 'money/day', used: `${PER_WALLET.off * wallets}`, held: '0' },
    ]);
  });

  test('has bills that agree with it the next morning', async () => {
    clock.advanceMs(30 * 3_600_000);
    for (const name of NAMES) {
      const query = `wallet_account_id=${walletOf(name).accountId}&day=${DAY}&state=reconciled`;
      const statement = await eventually(
        `the statement of ${name}`,
        async () => {
          clock.advanceMs(60_000);
          return (await get(`/v1/statements?${query}`)).data[0];
        },
        40,
      );
      expect((await get(`/v1/statements/${statement.id}/breaks`)).data, name).toEqual([]);
      const [paid, back] = [7334n - 2n * PER_WALLET.off, 1312n - PER_WALLET.offBack];
      const day = { payments_count: 4, payments_minor: `${paid}`, refunds_count: 6, refunds_minor: `${back}` };
      expect(statement, name).toMatchObject({
        ours: day,
        booked: day,
        matched_count: 10,
        breaks: { open: 0, carried: 0, left_for_operator: 0, resolved: 0 },
      });
    }
  });

  test('raised no alert, and the books verify', async () => {
    expect(await server.sql`select kind, detail from alerts`).toEqual([]);
    expect(await verifyLedger({ sql: server.sql })).toMatchObject({ ok: true });
  });
});

function walletOf(name: string): PretendWallet {
  const found = wallets.get(name);
  if (found === undefined) throw new Error(`there is no pretend ${name}`);
  return found;
}

function accountId(kind: AccountKind, owner: string): bigint {
  return chartAccountId(kind, owner, 'CNY', BOOK);
}

async function balance(kind: AccountKind, owner: string): Promise<bigint> {
  const [account] = await server.ledger.lookupAccounts([accountId(kind, owner)]);
  return account === undefined || account === null ? 0n : account.debitsPosted - account.creditsPosted;
}

async function get(path: string) {
  return (await server.call('GET', path)).json;
}

let orders = 0;
async function pay(wallet: PretendWallet, scene: 'qr' | 'code', minor: bigint): Promise<string> {
  orders += 1;
  const { json: payment } = await server.call('POST', '/v1/payments', {
    order_no: `discount-${orders}`,
    amount: { currency: 'CNY', minor: minor.toString() },
    subject: '一斤板栗',
    return_url: 'https://shop.example/',
  });
  const { status, json } = await server.call('POST', `/v1/payments/${payment.id}/attempts`, {
    wallet: wallet.name,
    scene,
    expected_amount: { currency: 'CNY', minor: `${minor < 1000n ? minor : minor - PER_WALLET.off}` },
    ...(scene === 'code' ? { payment_code: wallet.sandbox.paymentCode('pays') } : {}),
  });
  expect(status, JSON.stringify(json)).toBe(201);
  if (scene === 'qr') {
    await scan(wallet, json.next_action.text);
    wallet.sandbox.pay(json.id.slice('att_'.length));
  }
  await ticking('the payment', async () => (await get(`/v1/payments/${payment.id}`)).state === 'succeeded', 1000);
  return payment.id;
}

async function refund(paymentId: string, minor: bigint): Promise<void> {
  const body = { amount: { currency: 'CNY', minor: minor.toString() } };
  const { json } = await server.call('POST', `/v1/payments/${paymentId}/refunds`, body);
  await ticking('the refund', async () => (await get(`/v1/refunds/${json.id}`)).state === 'succeeded', 5000);
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
