import { expect } from 'vitest';
import type { OpenSandbox } from '../../sandbox/wallets/open/open.ts';
import { walletContract, type WalletFault, type WalletHarness } from '../contract.ts';
import type { NextAction, Payer } from '../wallet.ts';
import type { OpenConfig } from './config.ts';
import { identify } from './identify.ts';
import { type OpenWorld, PATIENCE_MS, startOpenWorld } from './test-sandbox.ts';

walletContract('Meituan Pay by the Open Wallet Protocol', () => makeHarness('meituanpay'));
walletContract('a wallet of the Open Wallet Protocol', () => makeHarness('open'));

const GIVE_UP_SOON_MS = 300; // while nothing is going to be answered anyway

async function makeHarness(name: 'open' | 'meituanpay'): Promise<WalletHarness<OpenConfig>> {
  const world = await startOpenWorld(name);
  const { wallet, config, deps, clock, sandbox, notifyUrl } = world;
  return {
    wallet,
    config,
    deps,
    clock,
    notifyUrl,
    logged: () => world.logged(),
    sandbox: {
      visit,
      pay: async (orderNo) => void sandbox.pay(orderNo),
      decline: async (orderNo) => sandbox.decline(orderNo),
      books: async (orderNo) => {
        const payments = sandbox.orders({ orderNo }).filter((order) => order.kind === 'payment');
        return { payments: payments.length, refundedMinor: BigInt(payments[0]?.refunded_fen ?? 0) };
      },
      setFault: (fault) => {
        if (fault.kind === 'silent') world.setPatienceMs(GIVE_UP_SOON_MS);
        sandbox.setFault(theirFault(fault));
      },
      clearFaults: () => {
        world.setPatienceMs(PATIENCE_MS);
        sandbox.clearFaults();
      },
      takeNotifications: async (orderNo) => {
        await expect.poll(() => world.heard(orderNo).length, { timeout: 5000 }).toBeGreaterThan(0);
        return world.heard(orderNo);
      },
      finishRefund: async (orderNo) => {
        const states = () => sandbox.orders({ orderNo }).map((order) => order.state);
        await expect.poll(states, { timeout: 5000 }).toEqual(['succeeded']);
      },
      payer: () => consent(world),
      paymentCode: (buyer) => sandbox.paymentCode(buyer),
      secrets: secretsOf(sandbox),
      stop: () => world.stop(),
    },
  };
}

const KINDS = {
  silent: 'silent',
  hang_up: 'drop_after',
  page: 'html',
  forged: 'bad_signature',
  unheard_of: 'code',
  slow: 'slow',
  duplicate: 'duplicate',
  wrong_amount: 'wrong_amount',
} as const;

function theirFault({ operation, kind }: WalletFault): Parameters<OpenSandbox['setFault']>[0] {
  const theirs = { operation, kind: KINDS[kind] };
  if (kind === 'unheard_of') return { ...theirs, value: 'thinking' };
  return kind === 'slow' ? { ...theirs, value: 500 } : theirs;
}

/** A browser opens the page; an app's link or a code has a page behind it too. */
async function visit(action: NextAction): Promise<void> {
  const url =
    action.type === 'redirect' ? action.url : action.type === 'open_app' ? action.fallbackUrl : textOf(action);
  const reply = await fetch(url);
  if (reply.status !== 200) throw new Error(`the page answered ${reply.status}: ${await reply.text()}`);
}

function textOf(action: NextAction): string {
  if (action.type !== 'qr') throw new Error(`an action that the protocol does not have: ${action.type}`);
  return action.text;
}

/** The person says yes in the wallet's own browser. */
async function consent({ config, deps }: OpenWorld): Promise<Payer> {
  const askUrl = new URL(identify.askUrl(config, { returnUrl: 'https://hub.example/identified?a=1', state: 's1' }));
  expect(await (await fetch(askUrl)).text()).toContain('value="allow"');
  const form = new URLSearchParams(askUrl.search);
  form.set('answer', 'allow');
  const reply = await fetch(askUrl.origin + askUrl.pathname, { method: 'POST', body: form, redirect: 'manual' });
  const back = new URL(reply.headers.get('location') ?? '');
  expect(back.searchParams.get('state')).toBe('s1');
  const name = { orderNo: 'A'.repeat(26), orderedAt: deps.clock.now() };
  const came = { query: Object.fromEntries(back.searchParams), userAgent: '', name };
  const reading = await identify.read(deps, config, came);
  if (reading.kind !== 'payer') throw new Error(`not identified: ${reading.reason}`);
  return reading.payer;
}

/** The inner lines of the merchants' private keys. */
function secretsOf(sandbox: OpenSandbox): string[] {
  return [sandbox.merchantSettings, ...sandbox.extraMerchants].map(
    (settings) => settings.merchant_private_key_pem.split('\n')[1] ?? '',
  );
}
