import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startWalletWorld, type WalletWorld } from '../../test/browser/wallet-world.ts';
import { callApi } from '../../test/server.ts';
import { createApiKey } from '../cashier/api-keys.ts';
import { createMerchant } from '../cashier/create-merchant.ts';
import { SCOPES } from '../cashier/merchant.ts';
import { BOOK } from '../hutong.ts';
import type { Offers, QuoteRequest, WalletQuote } from '../offers/offers.ts';
import type { Rollouts } from '../rollout/rollouts.ts';
import type { WalletName } from '../wallets/wallet.ts';
import { chosenOn, follow, leavesFor, openBrowser, walletsOn } from './test-browse.ts';

/* The cashier's pages at a shop with an offer per wallet and a staged wallet; which of both there are, a test says. */

const PRICE = 1234n;
/** What is taken off now, in fen. */
let takenOff: Partial<Record<WalletName, bigint>> = {};
let hidden: WalletName[] = [];

let world: WalletWorld;
beforeAll(async () => {
  world = await startWalletWorld();
  Object.assign(world.server.cashier.deps, { offers: pretendOffers, rollouts: pretendRollouts });
});
afterAll(() => world.close());
beforeEach(() => {
  takenOff = { unionpay: 100n };
  hidden = [];
});

const pretendOffers: Offers = {
  isPlain: () => Object.keys(takenOff).length === 0,
  asksFirstUse: () => false,
  forget: () => undefined,
  draw: (applied) => applied,
  quote: (requests) =>
    Promise.resolve(
      requests.map((request) => ({
        at: request.at.toISOString(),
        quotes: request.candidates
          .map((candidate) => quoteOf(request, candidate, takenOff[candidate.wallet] ?? 0n))
          .sort((left, right) => Number(left.toPayMinor - right.toPayMinor)),
      })),
    ),
};

function quoteOf(request: QuoteRequest, candidate: WalletQuote['candidate'], minor: bigint): WalletQuote {
  const name = { 'zh-CN': '立减', en: 'Off' };
  const parts = [{ funder: 'merchant' as const, owner: request.merchantId, minor }];
  const used = { offerId: 'off_1', version: 1, name, kind: 'flat', by: 'hutong', minor, mostMinor: minor } as const;
  const rest = { parts, sharesPerMille: [1000], items: [], holds: [], voucherId: null };
  return {
    candidate,
    amountMinor: request.amountMinor,
    toPayMinor: request.amountMinor - minor,
    savedMinor: minor,
    maySaveMinor: 0n,
    applied: minor === 0n ? [] : [{ ...used, ...rest }],
    notUsed: minor === 0n ? [{ offerId: 'off_1', name, code: 'budget_gone', facts: {} }] : [],
    isExact: true,
  };
}

const seenDevices: (string | null)[] = [];
const rollout = { id: 'rol_01M83E1H4Q000ND8XG5P3H3Z00', version: 1, step: 0, sharePpm: 10_000 };
const pretendRollouts: Rollouts = {
  isPlain: () => hidden.length === 0,
  decide(_book, context, wallets) {
    seenDevices.push(context.buyer.device);
    return {
      decidedAt: '2026-11-23T05:00:00.000Z',
      targetingKey: 'k',
      context: { merchant_id: context.merchantId },
      wallets: wallets.map((wallet) =>
        hidden.includes(wallet)
          ? { wallet, shown: false, arm: 'outside', reason: 'SPLIT', rollout }
          : { wallet, shown: true, arm: 'outside', reason: 'STATIC', rollout: null },
      ),
    };
  },
  recheck: (_book, decision) => decision,
  riskLines: () => [],
  slowMs: () => 10_000,
  observe: () => Promise.resolve(),
};

async function attemptsOf(id: string) {
  return (await world.server.call('GET', `/v1/payments/${id}`)).json.attempts;
}

/** The prices that the form sends back. */
function shownOn(body: string): Record<string, string> {
  return Object.fromEntries(
    [...body.matchAll(/name="(pay-\w+)" value="(\d+)"/g)].map(([, name, minor]) => [name, minor]),
  );
}

describe('at a shop with offers', () => {
  test('the cheapest wallet comes first and is chosen, and every price goes back with the form', async () => {
    takenOff = { jdpay: 100n, unionpay: 300n };
    const { url } = await world.newCashier();
    const { body } = await openBrowser('phone')(url);
    expect(walletsOn(body).slice(0, 2)).toEqual(['unionpay', 'jdpay']);
    expect(chosenOn(body)).toBe('unionpay');
    expect(body).toContain('<strong>用云闪付付 ¥9.34</strong>，省 ¥3.00');
    expect(shownOn(body)).toMatchObject({ 'pay-unionpay': '934', 'pay-jdpay': '1134', 'pay-alipay': '1234' });
  });

  test('what was shown is what the wallet is asked for', async () => {
    const { id, url } = await world.newCashier();
    const browse = openBrowser('phone');
    const { body } = await browse(url);
    await browse(`${url}/attempts`, { form: { wallet: 'unionpay', ...shownOn(body) } });
    const [attempt] = await attemptsOf(id);
    expect(attempt).toMatchObject({ wallet: 'unionpay', to_pay: { minor: '1134' }, discount: { minor: '100' } });
    const waiting = await browse(url);
    expect(waiting.body).toContain('<span>11.34</span>');
    expect(waiting.body).toContain('立减 ¥1.00，商家出资');
  });

  test('an offer that is gone starts nothing: the buyer reads both prices and presses again', async () => {
    const { id, url } = await world.newCashier();
    const browse = openBrowser('phone');
    const { body } = await browse(url);
    takenOff = { jdpay: 50n };
    const sent = await browse(`${url}/attempts`, { form: { wallet: 'unionpay', ...shownOn(body) } });
    expect(sent.status).toBe(303);
    expect(await attemptsOf(id)).toEqual([]);
    const asked = await browse(new URL(sent.to ?? '', url).href);
    expect(asked.body).toContain('刚才显示 ¥11.34，用云闪付支付现在是 ¥12.34。您没有被扣款。');
    expect(chosenOn(asked.body)).toBe('unionpay');
    await browse(`${url}/attempts`, { form: { wallet: 'unionpay', ...shownOn(asked.body) } });
    expect((await attemptsOf(id))[0]).toMatchObject({ to_pay: { minor: '1234' } });
  });

  test('what became cheaper is charged at the lower price', async () => {
    const { id, url } = await world.newCashier();
    const { body } = await openBrowser('phone')(url);
    takenOff = { unionpay: 200n };
    await openBrowser('phone')(`${url}/attempts`, { form: { wallet: 'unionpay', ...shownOn(body) } });
    expect((await attemptsOf(id))[0]).toMatchObject({ to_pay: { minor: '1034' } });
  });

  test('a price is kept while the browser is away to say who pays', async () => {
    takenOff = { wechatpay: 100n };
    const { id, url } = await world.newCashier();
    const browse = openBrowser('wechat');
    const asking = await browse(url);
    takenOff = { unionpay: 1n };
    const page = await follow(browse, leavesFor(asking.body) ?? '');
    expect(page.body).toContain('data-testid="price-changed"');
    expect(page.body).toContain('刚才显示 ¥11.34');
    expect(await attemptsOf(id)).toEqual([]);
  });

  test('a wallet’s own browser opens its wallet by itself only where no other costs less', async () => {
    const dearer = await world.newCashier();
    expect(leavesFor((await openBrowser('wechat')(dearer.url)).body)).toBeNull();
    takenOff = { wechatpay: 100n, unionpay: 100n };
    const best = await world.newCashier();
    expect(leavesFor((await openBrowser('wechat')(best.url)).body)).not.toBeNull();
  });

  test.each(['', '-1', '99999999999999999999', 'x', '1.5'])(
    'a price that is none (%j) is none that was shown',
    async (shown) => {
      const { id, url } = await world.newCashier();
      const sent = await openBrowser('phone')(`${url}/attempts`, {
        form: { wallet: 'unionpay', 'pay-unionpay': shown },
      });
      expect(sent.status).toBe(200);
      expect((await attemptsOf(id))[0]).toMatchObject({ to_pay: { minor: String(PRICE - 100n) } });
    },
  );

  test('the state that the script asks for says when a price has changed', async () => {
    const { url } = await world.newCashier();
    const browse = openBrowser('phone');
    const version = async () => JSON.parse((await browse(`${url}/state`)).body).version;
    const before = await version();
    expect(await version()).toBe(before);
    takenOff = { unionpay: 101n };
    expect(await version()).not.toBe(before);
  });
});

describe('a staged wallet', () => {
  test('that is not shown is not there, and cannot be paid with', async () => {
    hidden = ['alipay'];
    const { id, url } = await world.newCashier();
    const browse = openBrowser('phone');
    expect(walletsOn((await browse(url)).body)).not.toContain('alipay');
    expect((await browse(`${url}/attempts`, { form: { wallet: 'alipay' } })).status).toBe(409);
    expect(await attemptsOf(id)).toEqual([]);
  });

  test('stays as it was decided, whatever is staged later', async () => {
    hidden = ['alipay'];
    const { url } = await world.newCashier();
    await openBrowser('phone')(url);
    hidden = ['jdpay'];
    const wallets = walletsOn((await openBrowser('desktop')(url)).body);
    expect(wallets).toContain('jdpay');
    expect(wallets).not.toContain('alipay');
  });

  test('is explained to whoever builds the shop, with the offers', async () => {
    hidden = ['alipay'];
    const { url } = await world.newCashier();
    const browse = openBrowser('phone');
    expect((await browse(url)).body).toContain('data-testid="why"');
    const { status, body } = await browse(`${url}/why?lang=en`);
    expect(status).toBe(200);
    expect(body).toContain('data-testid="decided-alipay" data-shown="false"');
    expect(body).toContain('not reached yet');
    expect(body).toContain('¥1.00 off, paid by the shop');
    expect(body).toContain('is gone');
  });

  test('is explained nowhere where real money moves', async () => {
    hidden = ['alipay'];
    const { deps } = world.server.cashier;
    const merchant = await createMerchant(deps, { book: BOOK, name: '真的店', livemode: true });
    const key = await createApiKey(deps, { merchantId: merchant.id, label: 'live', scopes: SCOPES, expiresAt: null });
    const made = await callApi(world.server.url, key.token.reveal(), 'POST', '/v1/payments', {
      order_no: 'L1',
      amount: { currency: 'CNY', minor: '1234' },
      subject: '茶',
      return_url: 'https://shop.example.com/',
    });
    expect((await openBrowser('phone')(`${made.json.cashier_url}/why`)).status).toBe(404);
    expect((await openBrowser('phone')(made.json.cashier_url)).body).not.toContain('data-testid="why"');
  });
});

describe('the name of a device', () => {
  const cookies = (reply: { headers: Headers }) =>
    reply.headers.getSetCookie().filter((cookie) => cookie.startsWith('hutong_device='));

  test('is given once to a browser whose buyer the shop does not name, and decides', async () => {
    hidden = ['alipay'];
    const browse = openBrowser('phone');
    const first = await browse((await world.newCashier()).url);
    expect(cookies(first)).toEqual([
      expect.stringMatching(/^hutong_device=[0-9a-f]{32}; Path=\/c\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/),
    ]);
    const device = /=([0-9a-f]+)/.exec(cookies(first)[0] ?? '')?.[1];
    const second = await browse((await world.newCashier()).url);
    expect(cookies(second)).toEqual([]);
    expect(seenDevices.slice(-2)).toEqual([device, device]);
  });

  test.each([
    ['where the shop names its buyer', { buyer: { id: 'b1' } }],
    ['where the shop names the device', { buyer: { device: 'd1' } }],
  ])('is not given %s', async (_, more) => {
    hidden = ['alipay'];
    expect(cookies(await openBrowser('phone')((await world.newCashier(more)).url))).toEqual([]);
  });

  test('is not given where nothing runs', async () => {
    takenOff = {};
    expect(cookies(await openBrowser('phone')((await world.newCashier()).url))).toEqual([]);
  });

  test('that is none of ours is replaced', async () => {
    const { url } = await world.newCashier();
    const reply = await openBrowser('phone')(url, { headers: { cookie: 'hutong_device=../../x' } });
    expect(cookies(reply)).toHaveLength(1);
  });
});
