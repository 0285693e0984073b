import { inspect } from 'node:util';
import { expect } from 'vitest';
import { startUnionpaySandbox, type UnionpaySandbox } from '../../sandbox/wallets/unionpay/unionpay.ts';
import { walletContract, type WalletHarness } from '../contract.ts';
import { handsOn, startContractWorld, toGroundFault } from '../contract-world.ts';
import type { NextAction, Payer, WalletDeps } from '../wallet.ts';
import type { UnionpayConfig } from './config.ts';
import { unionpay } from './unionpay.ts';

walletContract('UnionPay, signMethod 01', () => makeHarness((sandbox) => sandbox.merchantSettings));
walletContract('UnionPay, signMethod 11', () => makeHarness((sandbox) => settingsBy(sandbox, '11')));
walletContract('UnionPay, signMethod 12', () => makeHarness((sandbox) => settingsBy(sandbox, '12')));

async function makeHarness(settingsOf: (sandbox: UnionpaySandbox) => object): Promise<WalletHarness<UnionpayConfig>> {
  const world = await startContractWorld(startUnionpaySandbox, unionpay.acknowledgement);
  const { sandbox, deps, clock, notifyUrl, logged } = world;
  const settings = settingsOf(sandbox);
  const config = unionpay.readConfig(settings);
  return {
    wallet: unionpay,
    config,
    deps,
    clock,
    notifyUrl,
    logged,
    sandbox: handsOn(world, {
      discounts: {
        toldAs: { wallet: 'wallet', merchant: 'merchant', bank: 'bank', other: 'other' },
        hasGaps: false,
        tellsRefunds: true,
      },
      visit: (action) => visit(sandbox, action),
      payer: () => identifyPayer(config, deps),
      secrets: secretsOf(settings),
      toFault: (fault) => toGroundFault(fault, 'ZZ'),
    }),
  };
}

/** A page in the wallet's own browser asks who is there. */
async function identifyPayer(config: UnionpayConfig, deps: WalletDeps): Promise<Payer> {
  const askUrl = unionpay.identify?.askUrl(config, { returnUrl: 'https://shop.example/c/who?x=1', state: 'abc' }) ?? '';
  const reply = await fetch(askUrl, { redirect: 'manual' });
  const { searchParams } = new URL(reply.headers.get('location') ?? '');
  const query = Object.fromEntries(searchParams);
  expect(query).toMatchObject({ x: '1', state: 'abc' });
  const orderNo = `W${deps.random.bytes(12).toString('hex').toUpperCase()}`;
  const userAgent = 'Mozilla/5.0 (com.unionpay.chsp) (UnionPay/1.0 CloudPay) (clientVersion 324)';
  const came = { query, userAgent, name: { orderNo, orderedAt: deps.clock.now() } };
  const reading = await unionpay.identify?.read(deps, config, came);
  if (reading?.kind !== 'payer') throw new Error(`nobody is there: ${inspect(reading)}`);
  return reading.payer;
}

function settingsBy(sandbox: UnionpaySandbox, method: string): object {
  const settings = sandbox.extraMerchants.find((merchant) => merchant.sign_method === method);
  if (settings === undefined) throw new Error(`no pretend merchant signs with ${method}`);
  return settings;
}

/** The key material that a log must not show. The pfx password is `000000`, which any number may contain by chance. */
function secretsOf(settings: object): string[] {
  return Object.entries(settings)
    .filter(([name]) => name === 'pfx_base64' || name === 'secure_key')
    .map(([, value]) => String(value).slice(0, 64));
}

/** A browser posts the form or opens the page; UnionPay's SDK opens the tn; an app scans the code. */
async function visit(sandbox: UnionpaySandbox, action: NextAction): Promise<void> {
  const reply = await open(sandbox, action);
  const page = await reply.text();
  if (reply.status !== 200 || !page.includes('云闪付')) throw new Error(`the page answered ${reply.status}: ${page}`);
}

function open(sandbox: UnionpaySandbox, action: NextAction): Promise<Response> {
  if (action.type === 'form_post') {
    return fetch(action.url, { method: 'POST', body: new URLSearchParams(action.fields) });
  }
  if (action.type === 'redirect') return fetch(action.url);
  if (action.type === 'app_order') return fetch(`${sandbox.url}/pay?tn=${action.orderString}`);
  if (action.type !== 'qr') throw new Error(`UnionPay has no ${action.type}`);
  return fetch(`${sandbox.controlUrl}/scan?text=${encodeURIComponent(action.text)}`);
}
