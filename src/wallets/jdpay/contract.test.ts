import type { Fault } from '../../sandbox/wallets/ground/fault.ts';
import { type JdpaySandbox, startJdpaySandbox } from '../../sandbox/wallets/jdpay/jdpay.ts';
import { walletContract, type WalletFault, type WalletHarness } from '../contract.ts';
import { handsOn, startContractWorld, toGroundFault } from '../contract-world.ts';
import type { NextAction } from '../wallet.ts';
import type { JdpayConfig } from './config.ts';
import { jdpay } from './jdpay.ts';

walletContract('JD Pay', makeHarness);

async function makeHarness(): Promise<WalletHarness<JdpayConfig>> {
  const world = await startContractWorld(startJdpaySandbox, jdpay.acknowledgement);
  const { sandbox, deps, clock, notifyUrl, logged } = world;
  const { merchantSettings } = sandbox;
  return {
    wallet: jdpay,
    config: jdpay.readConfig(merchantSettings),
    deps,
    clock,
    notifyUrl,
    logged,
    sandbox: {
      ...handsOn(world, {
        discounts: {
          toldAs: { wallet: null, merchant: null, bank: null, other: null },
          hasGaps: false,
          tellsRefunds: false,
        },
        visit: (action) => visit(sandbox, action),
        payer: null,
        secrets: [
          merchantSettings.des_key,
          merchantSettings.code_des_key,
          merchantSettings.md5_key,
          merchantSettings.merchant_private_key_pem.slice(40, 100),
          merchantSettings.code_merchant_private_key_pem.slice(40, 100),
          '*小明',
          '138****5678',
          '1101**********0018',
        ],
        toFault,
      }),
      // By a card: what is said of the card and its holder must not be logged either.
      pay: async (orderNo) => void sandbox.pay(orderNo, { card: 1 }),
    },
  };
}

function toFault(fault: WalletFault): Fault {
  const { operation, kind } = fault;
  // An order has no state in its answer, so a result that nobody knows stands there instead.
  const isState = kind === 'unheard_of' && operation !== 'pay';
  return isState ? { operation, kind: 'status', value: '9' } : toGroundFault(fault, 'ZZ9999');
}

/** A browser posts the form and follows it to the cashier; an app opens its order; a wallet scans the code. */
async function visit(sandbox: JdpaySandbox, action: NextAction): Promise<void> {
  const reply = await open(sandbox, action);
  const page = await reply.text();
  const isCashier = reply.status === 200 && page.includes('京东支付');
  if (!isCashier) throw new Error(`the cashier answered ${reply.status}: ${page.slice(0, 300)}`);
}

function open(sandbox: JdpaySandbox, action: NextAction): Promise<Response> {
  if (action.type === 'form_post') {
    return fetch(action.url, { method: 'POST', body: new URLSearchParams(action.fields) });
  }
  if (action.type === 'app_request') {
    return fetch(`${sandbox.url}/pay?${new URLSearchParams(action.fields).toString()}`);
  }
  if (action.type !== 'qr') throw new Error(`JD Pay has no ${action.type}`);
  return fetch(`${sandbox.url}/sandbox/scan?text=${encodeURIComponent(action.text)}`);
}
