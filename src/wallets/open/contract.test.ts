import { expect } from 'vitest';
import type { OpenSandbox } from '../../sandbox/wallets/open/open.ts';
import { walletContract, type WalletFault, type WalletHarness } from '../contract.ts';
import { handsOn, toGroundFault } from '../contract-world.ts';
import type { NextAction, Payer } from '../wallet.ts';
import type { OpenConfig } from './config.ts';
import { identify } from './identify.ts';
import { type OpenWorld, startOpenWorld } from './test-sandbox.ts';

walletContract('Meituan Pay by the Open Wallet Protocol', () => makeHarness('meituanpay'));
walletContract('a wallet of the Open Wallet Protocol', () => makeHarness('open'));

async function makeHarness(name: 'open' | 'meituanpay'): Promise<WalletHarness<OpenConfig>> {
  const world = await startOpenWorld(name);
  const { wallet, config, deps, clock, notifyUrl, logged, sandbox } = world;
  const payer = () => consent(world);
  const toFault = (fault: WalletFault) => toGroundFault(fault, 'thinking');
  const hands = handsOn(world, {
    discounts: {
      toldAs: { wallet: 'wallet', merchant: 'merchant', bank: 'bank', other: 'other' },
      hasGaps: true,
      tellsRefunds: true,
    },
    visit,
    payer,
    secrets: secretsOf(sandbox),
    toFault,
  });
  return { wallet, config, deps, clock, notifyUrl, logged, sandbox: hands };
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
