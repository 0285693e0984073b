import type { Ground, WalletSide, WayBack } from '../ground/ground.ts';
import type { Fault } from '../ground/fault.ts';
import { faultCode } from '../ground/fault.ts';
import type { Composed } from '../ground/ground.ts';
import type { Order } from '../ground/order.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../ground/simulator.ts';
import { sealFields } from './answer.ts';
import { BRAND, CODES } from './brand.ts';
import { whyNotDiscount } from './coupons.ts';
import { outcomeCode, toNotificationFacts } from './describe.ts';
import { UNIONPAY_FAULTS } from './fault.ts';
import { writeForm } from './form.ts';
import type { Gateway } from './gateway.ts';
import { openKeys } from './keys.ts';
import { settledNumbers } from './numbers.ts';
import { registerGatewayRoutes } from './routes.ts';
import { digits, findShownCode } from './shown-code.ts';
import { type MerchantSettings, type RsaMerchantSettings, toSettings } from './settings.ts';

// UnionPay FAQ, 后台通知: at once, then after 1, 2, 4 and 5 minutes more.
const NOTIFY_DELAYS_MS = [0, 60_000, 120_000, 240_000, 300_000];
const REFUND_DELAY_MS = 2_000;

export type UnionpaySandboxOptions = SimulatorOptions;

/** A transaction as UnionPay names its parts. */
interface UnionpayOrder {
  mer_id: string;
  txn_time: string;
  txn_type: string;
  /** As a query would tell it: 00 or A6 done, 05 not yet, else failed. */
  resp_code: string;
  tn: string | null;
  query_id: string | null;
}

export interface UnionpaySandbox extends Simulator<UnionpayOrder> {
  merchantSettings: RsaMerchantSettings;
  /** A second merchant with a certificate, then one with signMethod 11 and one with 12. */
  extraMerchants: MerchantSettings[];
}

/**
 * A pretend UnionPay 5.1.0 gateway on 127.0.0.1, written from the protocol alone: it signs and checks with code of its own,
 * refuses what the real one refuses, notifies with retries and shows the payer a page.
 * @throws Error when the port is taken or the folder's keys or books cannot be read
 */
export async function startUnionpaySandbox(options: UnionpaySandboxOptions): Promise<UnionpaySandbox> {
  const keys = await openKeys(options, options.dataDir);
  let gateway: Gateway | null = null;
  const simulator = await startSimulator(options, {
    ...UNIONPAY_FAULTS,
    notifyDelaysMs: NOTIFY_DELAYS_MS,
    refundDelayMs: REFUND_DELAY_MS,
    indexed: ['tn', 'codeNumber'],
    build: (ground: Ground) => {
      gateway = Object.assign(ground, { keys });
      return createSide(gateway);
    },
  });
  const [first, ...others] = [...keys.merchants.values()].map((merchant) => toSettings(merchant, keys, simulator.url));
  if (first?.sign_method !== '01') throw new Error('the first pretend merchant signs with a certificate');
  return { ...simulator, merchantSettings: first, extraMerchants: others };
}

function createSide(gateway: Gateway): WalletSide<UnionpayOrder> {
  const { books, keys } = gateway;
  const merchants = [...keys.merchants.values()];
  return {
    brand: BRAND,
    codes: CODES,
    merchants: () => merchants.map(({ merId, name }) => ({ merchantNo: merId, name })),
    settings: () => merchants.map((merchant) => toSettings(merchant, keys, gateway.url)),
    registerRoutes: (app) => registerGatewayRoutes(app, gateway),
    number: (order) => settledNumbers(gateway, order),
    compose: (order, fault) => compose(gateway, order, fault),
    // UnionPay 5.1.0, 后台通知: status 200, whatever the body says.
    isTaken: (status) => status === 200,
    wayBack: (order) => wayBack(gateway, order),
    findOrder: ({ tn }) => (tn === undefined ? undefined : books.findByWire('tn', tn)),
    scan: (text) => findShownCode(gateway, text),
    whyNotDiscount: (discount) => whyNotDiscount(gateway, discount),
    // 银联二维码: 19 digits that begin with 62.
    mintCode: (random) => `62${digits(random, 17)}`,
    showOrder: (order) => ({
      mer_id: order.merchantNo,
      txn_time: order.wire.txnTime ?? '',
      txn_type: order.wire.txnType ?? '',
      resp_code: outcomeCode(gateway, order),
      tn: order.wire.tn ?? null,
      query_id: order.walletId,
    }),
    showTotal: (merchantNo) => ({ mer_id: merchantNo }),
  };
}

async function compose(gateway: Gateway, order: Order, fault: Fault | null): Promise<Composed> {
  const facts = toNotificationFacts(gateway, order);
  facts.respCode = faultCode(fault) ?? facts.respCode;
  const sealed = await sealFields(gateway.keys, gateway.keys.merchants.get(order.merchantNo), facts, fault);
  return { headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }, body: writeForm(sealed) };
}

/** Signed fields in a form after a success, else a plain link. UnionPay 5.1.0, 前台返回. An app order goes back into the app. */
async function wayBack(gateway: Gateway, order: Order): Promise<WayBack | null> {
  if (order.via === 'app' || order.returnUrl === null) return null;
  if (order.state !== 'succeeded') return { kind: 'link', url: order.wire.frontFailUrl ?? order.returnUrl };
  const merchant = gateway.keys.merchants.get(order.merchantNo);
  const fields = await sealFields(gateway.keys, merchant, toNotificationFacts(gateway, order), null);
  return { kind: 'form', url: order.returnUrl, fields };
}
