import type { Ground, WalletSide } from '../ground/ground.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../ground/simulator.ts';
import { BRAND, CODES } from './brand.ts';
import { refundStatus, tradeState } from './describe.ts';
import { WECHATPAY_FAULTS } from './fault.ts';
import type { Gateway } from './gateway.ts';
import { openKeys, type SandboxKeys } from './keys.ts';
import { compose, NOTIFY_DELAYS_MS } from './notify.ts';
import { newPaymentCode, toTransactionId } from './numbers.ts';
import { findByPrepayId, registerPhoneRoutes, scan } from './phone.ts';
import { registerApiRoutes } from './routes.ts';
import { type OfficialAccounts, openOfficialAccounts, type SharedCard } from './official-account.ts';
import { type MerchantSettings, toSettings } from './settings.ts';

const REFUND_DELAY_MS = 2_000;
const RAMP_PERCENT = 50;

export interface WechatpaySandboxOptions extends SimulatorOptions {
  /** Every so many replies, and notifications, one is signed wrongly on purpose, as WeChat Pay does; 0: never. */
  probeEvery?: number;
  /** How many of a hundred notifications to the merchant that moves to the public key are signed by it. */
  rampPercent?: number;
}

/** A transaction as API v3 names its parts. */
interface WechatpayOrder {
  /** `trade_state` of a payment, `status` of a refund. */
  trade_state: string;
  prepay_id: string | null;
  code_url: string | null;
}

export interface WechatpaySandbox extends Simulator<WechatpayOrder> {
  /** The merchant that moves from certificates to the public key and has both. */
  merchantSettings: MerchantSettings;
  /** One with certificates alone, then one with the public key alone. */
  extraMerchants: MerchantSettings[];
  /** What pages inside WeChat gave its menu to share, oldest first: their signatures were right. */
  sharedCards(): readonly SharedCard[];
}

/**
 * A pretend WeChat Pay, API v3, on 127.0.0.1, written from the protocol alone: WeChat Pay has no test environment. It signs
 * and checks with code of its own, refuses what the real one refuses, notifies with the documented retries, makes bills of
 * past days, tells pages inside WeChat who pays, and shows the payer a page.
 * @throws Error when the port is taken or the folder's keys or books cannot be read
 */
export async function startWechatpaySandbox(options: WechatpaySandboxOptions): Promise<WechatpaySandbox> {
  const keys = await openKeys(options, options.dataDir);
  let sharedCards = (): readonly SharedCard[] => [];
  const simulator = await startSimulator(options, {
    ...WECHATPAY_FAULTS,
    notifyDelaysMs: NOTIFY_DELAYS_MS,
    refundDelayMs: REFUND_DELAY_MS,
    indexed: ['prepayId', 'codeUrl'],
    build: (ground: Ground) => {
      const gateway = toGateway(ground, keys, options);
      const accounts = openOfficialAccounts(gateway);
      sharedCards = () => accounts.sharedCards();
      return createSide(gateway, accounts);
    },
  });
  const [first, ...others] = [...keys.merchants.values()].map((merchant) => toSettings(merchant, keys, simulator.url));
  if (first === undefined) throw new Error('there are pretend merchants');
  return { ...simulator, merchantSettings: first, extraMerchants: others, sharedCards };
}

function toGateway(ground: Ground, keys: SandboxKeys, options: WechatpaySandboxOptions): Gateway {
  return Object.assign(ground, {
    keys,
    probeEvery: options.probeEvery ?? 0,
    rampPercent: options.rampPercent ?? RAMP_PERCENT,
    signedCounts: { reply: 0, notification: 0 },
    tokenKey: options.random.bytes(32),
  });
}

function createSide(gateway: Gateway, accounts: OfficialAccounts): WalletSide<WechatpayOrder> {
  const merchants = [...gateway.keys.merchants.values()];
  return {
    brand: BRAND,
    codes: CODES,
    merchants: () => merchants.map(({ mchid, name }) => ({ merchantNo: mchid, name })),
    settings: () => merchants.map((merchant) => toSettings(merchant, gateway.keys, gateway.url)),
    registerRoutes: (app) => {
      registerApiRoutes(app, gateway);
      registerPhoneRoutes(app, gateway);
      accounts.registerRoutes(app);
    },
    number: (order) => ({ walletId: order.walletId ?? toTransactionId(gateway, order.sequence), wire: {} }),
    compose: (order, fault) => compose(gateway, order, fault),
    // API v3, 通知应答: 200 or 204, whatever the body says.
    isTaken: (status) => status === 200 || status === 204,
    wayBack: async (order) => (order.wire.returnUrl === undefined ? null : { kind: 'link', url: order.wire.returnUrl }),
    findOrder: ({ prepay_id: prepayId }) => findByPrepayId(gateway, prepayId),
    scan: (text) => scan(gateway, text),
    mintCode: newPaymentCode,
    showOrder: (order) => ({
      trade_state: order.kind === 'payment' ? tradeState(order) : refundStatus(gateway, order),
      prepay_id: order.wire.prepayId ?? null,
      code_url: order.wire.codeUrl ?? null,
    }),
  };
}
