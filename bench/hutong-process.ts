import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import type { Send } from '../src/base/outbound.ts';
import { systemRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import { addWalletAccount } from '../src/cashier/add-wallet-account.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import type { MerchantId } from '../src/cashier/payment.ts';
import { BOOK, type Hutong, openHutong } from '../src/hutong.ts';
import { readPlan } from '../src/rollout/read-plan.ts';
import { createEndpoint } from '../src/webhooks/create-endpoint.ts';

/*
 * A Hutong server as a process of its own, for benchmarks. The parent sends { databaseUrl, port, walletSettings,
 * webhookUrl, isStaged } and gets back { keys }, the shops' keys by name; after that it asks.
 */
interface Start {
  databaseUrl: string;
  port: number;
  /** By wallet. */
  walletSettings: Record<string, unknown>;
  webhookUrl: string;
  /** Opens two more shops, with an offer and with 云闪付 staged: see STAGED. */
  isStaged: boolean;
}

/** `watch` begins to take the time of every call, `calls` ends it and answers; `cpu` answers with the time used so far. */
interface Question {
  ask: 'cpu' | 'watch' | 'calls';
}

/** From a request's headers to the last byte of its reply, as the server sees it. */
export interface WatchedCall {
  route: 'create' | 'attempt' | 'notification';
  ms: number;
  /** Of which it waited for the wallet's answer. */
  walletMs: number;
}

/** Which call a request to a wallet belongs to. Costs processor time wherever promises are, so it is on only while watching. */
const current = new AsyncLocalStorage<WatchedCall>();
let isWatching = false;
const calls: WatchedCall[] = [];

process.on('disconnect', () => process.exit()); // whoever asked is gone
process.on('message', (message: Start | Question) => {
  if (!('ask' in message)) void start(message);
  else if (message.ask === 'cpu') process.send?.({ cpu: process.cpuUsage() });
  else if (message.ask === 'watch') isWatching = true;
  else {
    isWatching = false;
    current.disable();
    process.send?.({ calls: calls.splice(0) });
  }
});

async function start({ databaseUrl, port, walletSettings, webhookUrl, isStaged }: Start): Promise<void> {
  const hutong = await openHutong({
    databaseUrl,
    publicUrl: `http://127.0.0.1:${port}`,
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    wrapSend,
  });
  const keys: Record<string, string> = { plain: (await openShop(hutong, walletSettings, webhookUrl)).apiKey };
  for (const [name, terms] of isStaged ? Object.entries(STAGED) : []) {
    const { merchantId, apiKey } = await openShop(hutong, walletSettings, webhookUrl);
    await stage(hutong, merchantId, terms);
    keys[name] = apiKey;
  }
  hutong.app.server.prependListener('request', watch);
  await hutong.app.listen({ port, host: '127.0.0.1' });
  hutong.startWork();
  process.send?.({ keys });
}

async function openShop(hutong: Hutong, walletSettings: Start['walletSettings'], webhookUrl: string) {
  const { deps } = hutong.cashier;
  const merchant = await createMerchant(deps, { book: BOOK, name: '基准测试', livemode: false });
  const { token } = await createApiKey(deps, {
    merchantId: merchant.id,
    label: 'bench',
    scopes: SCOPES,
    expiresAt: null,
  });
  for (const [wallet, settings] of Object.entries(walletSettings))
    await addWalletAccount(deps, { merchantId: merchant.id, wallet, label: '', settings, claim: null });
  const webhookDeps = { ...deps, seal: hutong.keyring, allowPrivate: true };
  await createEndpoint(
    webhookDeps,
    { book: BOOK, merchantId: merchant.id },
    {
      url: webhookUrl,
      eventTypes: ['payment.succeeded'],
      withEd25519: false,
    },
  );
  return { merchantId: merchant.id, apiKey: token.reveal() };
}

const BY = { by: 'bench', reason: 'measuring' };

/** What an attempt holds: the budget alone; or besides a count of its buyer's, who is new, and its part of the money at risk. */
const STAGED = {
  budget: { limits: { money: { campaign: '90000000.00' } } },
  full: { limits: { money: { campaign: '90000000.00' }, per_user: { day: 3 } }, at_risk: { money: '1000000.00' } },
} as const;

/** ¥1 off with 云闪付, which ninety-nine buyers of a hundred see. */
async function stage(
  hutong: Hutong,
  merchantId: MerchantId,
  { limits, ...more }: { limits: object; at_risk?: object },
): Promise<void> {
  const actor = { kind: 'operator', name: BY.by } as const;
  const campaign = { ...CAMPAIGN, limits };
  await hutong.offers.publish({ actor, merchantId, campaign, reason: BY.reason, claim: null });
  const plan = readPlan({
    key: 'wallet.unionpay',
    wallet: 'unionpay',
    merchant: merchantId,
    steps: [{ share: '99%', for: '1d', payments: 100_000_000 }],
    holdback: '1%',
    guardrails: [{ metric: 'failed' }, { metric: 'unknown' }],
    ...more,
  });
  await hutong.sql.begin(async (tx) => {
    const { id } = await hutong.rollouts.create(tx, BOOK, plan, BY);
    await hutong.rollouts.act(tx, { book: BOOK, id, merchantId: null }, { action: 'start' }, BY);
  });
}

const CAMPAIGN = {
  name: { 'zh-CN': '云闪付立减 1 元', en: '¥1 off with UnionPay' },
  kind: 'flat',
  by: 'hutong',
  currency: 'CNY',
  off: '1.00',
  funders: [{ funder: 'wallet', owner: 'unionpay', per_mille: 1000 }],
  conditions: { wallets: ['unionpay'], min_amount: '10.00' },
};

function watch(request: IncomingMessage, response: ServerResponse): void {
  if (!isWatching) return;
  const route = routeOf(request.url ?? '');
  if (route === null) return;
  const call: WatchedCall = { route, ms: 0, walletMs: 0 };
  const startedAt = performance.now();
  current.enterWith(call);
  response.once('finish', () => {
    call.ms = performance.now() - startedAt;
    calls.push(call);
  });
}

function routeOf(url: string): WatchedCall['route'] | null {
  if (url === '/v1/payments') return 'create';
  if (url.endsWith('/attempts')) return 'attempt';
  return url.startsWith('/notify/') ? 'notification' : null;
}

function wrapSend(send: Send): Send {
  return async (request) => {
    const call = current.getStore();
    const startedAt = performance.now();
    try {
      return await send(request);
    } finally {
      if (call !== undefined) call.walletMs += performance.now() - startedAt;
    }
  };
}
