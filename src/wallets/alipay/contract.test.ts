import { expect } from 'vitest';
import { type AlipaySandbox, startAlipaySandbox } from '../../sandbox/wallets/alipay/alipay.ts';
import type { Fault } from '../../sandbox/wallets/ground/fault.ts';
import { walletContract, type WalletFault, type WalletHarness } from '../contract.ts';
import { handsOn, startContractWorld, toGroundFault } from '../contract-world.ts';
import type { NextAction, Payer, WalletDeps } from '../wallet.ts';
import { alipay } from './alipay.ts';
import type { AlipayConfig } from './config.ts';
import { identify } from './identify.ts';

walletContract('Alipay, key mode', () => makeHarness((sandbox) => sandbox.merchantSettings));
walletContract('Alipay, certificate mode', () => makeHarness((sandbox) => sandbox.extraMerchants[0] ?? {}));

async function makeHarness(settingsOf: (sandbox: AlipaySandbox) => object): Promise<WalletHarness<AlipayConfig>> {
  const world = await startContractWorld(startAlipaySandbox, alipay.acknowledgement);
  const { sandbox, deps, clock, notifyUrl, logged } = world;
  const config = alipay.readConfig(settingsOf(sandbox));
  const secrets = [sandbox.merchantSettings, ...sandbox.extraMerchants].map((merchant) =>
    merchant.private_key.replaceAll('\n', '').slice(100, 160),
  );
  return {
    wallet: alipay,
    config,
    deps,
    clock,
    notifyUrl,
    logged,
    sandbox: {
      ...handsOn(world, {
        discounts: {
          toldAs: { wallet: 'wallet', merchant: 'merchant', bank: 'other', other: 'other' },
          hasGaps: true,
          tellsRefunds: true,
        },
        visit: (action) => visit(config, action),
        payer: () => login(deps, config),
        secrets,
        toFault,
      }),
      paymentCode: (buyer) => {
        const code = sandbox.paymentCode(buyer);
        secrets.push(code);
        return code;
      },
    },
  };
}

function toFault(fault: WalletFault): Fault {
  const { operation, kind } = fault;
  const isState = kind === 'unheard_of' && operation === 'query';
  return isState ? { operation, kind: 'state', value: 'TRADE_ON_THE_MOON' } : toGroundFault(fault, 'ACQ.UNHEARD_OF');
}

/** A browser opens the address; Alipay's SDK brings the order string; the app scans the code; its bridge takes the trade. */
async function visit(config: AlipayConfig, action: NextAction): Promise<void> {
  const reply = await fetch(addressOf(config, action));
  const page = await reply.text();
  const isCashier = reply.status === 200 && page.includes('支付宝') && !page.includes('data-resp-code');
  if (!isCashier) throw new Error(`the cashier answered ${reply.status}: ${page.slice(0, 300)}`);
}

function addressOf(config: AlipayConfig, action: NextAction): string {
  if (action.type === 'redirect') return action.url;
  if (action.type === 'app_order') return `${config.gatewayUrl}?${action.orderString}`;
  if (action.type === 'qr') return action.text;
  if (action.type === 'jsapi' && action.testPageUrl !== null) return action.testPageUrl;
  throw new Error(`Alipay has no ${action.type}`);
}

/** The buyer's page inside Alipay goes to the login and comes back with a code. */
async function login(deps: WalletDeps, config: AlipayConfig): Promise<Payer> {
  const askUrl = identify.askUrl(config, { returnUrl: 'https://shop.example/back?x=1', state: 'S1' });
  const reply = await fetch(askUrl, { redirect: 'manual' });
  const back = new URL(reply.headers.get('location') ?? '');
  expect(back.searchParams.get('state')).toBe('S1');
  expect(back.searchParams.get('x')).toBe('1');
  const query = Object.fromEntries(back.searchParams);
  const name = { orderNo: 'UNUSED', orderedAt: deps.clock.now() };
  const reading = await identify.read(deps, config, { query, userAgent: 'AlipayClient', name });
  if (reading.kind !== 'payer') throw new Error(`nobody is logged in: ${reading.reason}`);
  return reading.payer;
}
