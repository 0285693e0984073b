import { expect } from 'vitest';
import { walletContract, type WalletHarness } from '../contract.ts';
import { handsOn, toGroundFault } from '../contract-world.ts';
import type { NextAction, Payer } from '../wallet.ts';
import type { WechatpayConfig } from './config.ts';
import { identify } from './identify.ts';
import { startTestWorld, type TestWorld } from './test-world.ts';
import { wechatpay } from './wechatpay.ts';

walletContract('WeChat Pay, moving from certificates to the public key', () => makeHarness(0));
walletContract('WeChat Pay, by platform certificate', () => makeHarness(1));
walletContract('WeChat Pay, by platform public key', () => makeHarness(2));

async function makeHarness(merchant: number): Promise<WalletHarness<WechatpayConfig>> {
  const world = await startTestWorld(merchant);
  const { settings, config, deps, clock, notifyUrl, logged } = world;
  const key = settings.merchant_private_key_pem.split('\n')[1] ?? 'no key';
  return {
    wallet: wechatpay,
    config,
    deps,
    clock,
    notifyUrl,
    logged,
    sandbox: handsOn(world, {
      discounts: {
        toldAs: { wallet: 'wallet', merchant: 'merchant', bank: 'other', other: 'other' },
        hasGaps: true,
        tellsRefunds: true,
      },
      visit: (action) => visit(world, action),
      payer: () => askWhoPays(world),
      secrets: [settings.api_v3_key, settings.app_secret, key],
      toFault: (fault) => toGroundFault(fault, 'TELEPORTED'),
    }),
  };
}

/** A browser goes to the page; the app and the bridge check what they are handed; the scanner reads the code. */
async function visit({ sandbox }: TestWorld, action: NextAction): Promise<void> {
  if (action.type === 'redirect') return open(action.url);
  if (action.type === 'qr') return open(`${sandbox.url}/sandbox/scan?text=${encodeURIComponent(action.text)}`);
  if (action.type !== 'jsapi' && action.type !== 'app_request') throw new Error(`WeChat Pay knows no ${action.type}`);
  const reply = await fetch(`${sandbox.url}/client/open`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(action.fields),
  });
  if (reply.status !== 200) throw new Error(`the app says ${await reply.text()}`);
  if (action.type === 'jsapi') await open(action.testPageUrl ?? 'no page');
}

async function open(url: string): Promise<void> {
  const reply = await fetch(url);
  const page = await reply.text();
  if (reply.status !== 200 || !page.includes('微信支付')) throw new Error(`the page answered ${reply.status}: ${page}`);
}

/** WeChat's browser goes to the log-in and comes back at once. */
async function askWhoPays({ config, deps }: TestWorld): Promise<Payer> {
  const url = identify.askUrl(config, { returnUrl: 'https://shop.example/c/pay_1/token/payer?a=1', state: 'state1' });
  const reply = await fetch(url, { redirect: 'manual' });
  const back = new URL(reply.headers.get('location') ?? '');
  expect(back.searchParams.get('state')).toBe('state1');
  const name = { orderNo: 'P'.repeat(26), orderedAt: deps.clock.now() };
  const came = { query: Object.fromEntries(back.searchParams), userAgent: 'MicroMessenger', name };
  const reading = await identify.read(deps, config, came);
  if (reading.kind !== 'payer') throw new Error(`nobody: ${reading.reason}`);
  return reading.payer;
}
