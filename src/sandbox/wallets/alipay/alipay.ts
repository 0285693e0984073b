import type { Random } from '../../../base/random.ts';
import { type Fault, faultCode } from '../ground/fault.ts';
import type { Composed, Ground, WalletSide, WayBack } from '../ground/ground.ts';
import type { Order } from '../ground/order.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../ground/simulator.ts';
import { signerOf } from './answer.ts';
import { BRAND, CODES } from './brand.ts';
import { notificationFields, tradeStatus } from './describe.ts';
import { ALIPAY_FAULTS } from './fault.ts';
import type { Gateway } from './gateway.ts';
import { openKeys, type SandboxMerchant } from './keys.ts';
import { registerGatewayRoutes, scan } from './routes.ts';
import {
  type CertificateMerchantSettings,
  type KeyMerchantSettings,
  type MerchantSettings,
  toSettings,
} from './settings.ts';
import { type Fields, notificationString, signText, spoil } from './sign.ts';
import { toStamp } from './stamp.ts';
import { open, yuan } from './trade.ts';

const MINUTE_MS = 60_000;
// Alipay, 异步通知: at once, then after 4m 10m 10m 1h 2h 6h 15h more.
const NOTIFY_DELAYS_MS = [0, 4, 10, 10, 60, 120, 360, 900].map((minutes) => minutes * MINUTE_MS);

export type AlipaySandboxOptions = SimulatorOptions;

/** A transaction as Alipay names its parts. */
interface AlipayOrder {
  app_id: string;
  trade_no: string | null;
  trade_status: string | null;
}

export interface AlipaySandbox extends Simulator<AlipayOrder> {
  /** In key mode. */
  merchantSettings: KeyMerchantSettings;
  /** One merchant in certificate mode. */
  extraMerchants: CertificateMerchantSettings[];
}

/**
 * A pretend Alipay OpenAPI v2 gateway on 127.0.0.1, written from the protocol alone: it signs and checks with code of its own,
 * refuses what the real one refuses, notifies with retries, writes bills and shows the payer a page.
 * @throws Error when the port is taken or the folder's keys or books cannot be read
 */
export async function startAlipaySandbox(options: AlipaySandboxOptions): Promise<AlipaySandbox> {
  const keys = await openKeys(options, options.dataDir);
  const simulator = await startSimulator(options, {
    ...ALIPAY_FAULTS,
    notifyDelaysMs: NOTIFY_DELAYS_MS,
    refundDelayMs: 0, // to a balance it goes at once
    indexed: ['tradeNo', 'qrCode'],
    build: (ground: Ground) => createSide(Object.assign(ground, { keys })),
  });
  const all = [...keys.merchants.values()].map((merchant) => toSettings(merchant, keys, simulator.url));
  const [first] = all.filter(isKeyMode);
  if (first === undefined) throw new Error('the first pretend merchant is in key mode');
  return {
    ...simulator,
    merchantSettings: first,
    extraMerchants: all.filter((settings) => isCertificateMode(settings)),
  };
}

function isKeyMode(settings: MerchantSettings): settings is KeyMerchantSettings {
  return 'alipay_public_key' in settings;
}

function isCertificateMode(settings: MerchantSettings): settings is CertificateMerchantSettings {
  return !isKeyMode(settings);
}

function createSide(gateway: Gateway): WalletSide<AlipayOrder> {
  const merchants = [...gateway.keys.merchants.values()];
  return {
    brand: BRAND,
    codes: CODES,
    merchants: () => merchants.map(({ sellerId, name }) => ({ merchantNo: sellerId, name })),
    settings: () => merchants.map((merchant) => toSettings(merchant, gateway.keys, gateway.url)),
    registerRoutes: (app) => registerGatewayRoutes(app, gateway),
    number: (order) => number(gateway, order),
    compose: async (order, fault) => compose(gateway, order, fault),
    // Alipay, 异步通知: exactly these seven letters.
    isTaken: (status, body) => status === 200 && body === 'success',
    wayBack: async (order) => wayBack(gateway, order),
    scan: (text) => {
      const code = /\/(?:qr\/)?(bax[0-9a-f]+)$/.exec(text)?.[1];
      return code === undefined ? null : scan(gateway, code);
    },
    mintCode,
    whyNotDiscount: ({ isPrefunded }) =>
      isPrefunded ? 'Alipay tells of no discount that it was paid for beforehand' : null,
    showOrder: (order) => ({
      app_id: order.wire.appId ?? '',
      trade_no: order.wire.tradeNo ?? null,
      trade_status: order.kind === 'payment' ? tradeStatus(gateway, order) : null,
    }),
  };
}

/** A payment has its number since it was opened; a refund has none of its own and goes by that of its payment. */
function number(gateway: Gateway, order: Order): { walletId: string; wire: Record<string, string> } {
  if (order.kind === 'payment') open(gateway, order);
  return { walletId: order.walletId ?? order.wire.tradeNo ?? '', wire: {} };
}

/** 18 digits that begin with 28. */
function mintCode(random: Random): string {
  const digits = random.bytes(8).readBigUInt64BE() % 10n ** 16n;
  return `28${digits.toString().padStart(16, '0')}`;
}

function compose(gateway: Gateway, order: Order, fault: Fault | null): Composed {
  const merchant = merchantOf(gateway, order);
  const fields: Fields = notificationFields(gateway, merchant, order, fault);
  fields.trade_status = faultCode(fault) ?? (fault?.kind === 'state' ? String(fault.value) : fields.trade_status) ?? '';
  const signature = signText(notificationString(fields), signerOf(gateway, merchant, fault).key);
  fields.sign = fault?.kind === 'bad_signature' ? spoil(signature) : signature;
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams(fields).toString(),
  };
}

/** The browser goes back with signed parameters after a success. Nothing is proved by them. An app goes back by itself. */
function wayBack(gateway: Gateway, order: Order): WayBack | null {
  const noted = order.wire.returnUrl;
  if (order.returnUrl === null) return noted === undefined ? null : { kind: 'link', url: noted };
  if (order.state !== 'succeeded') return { kind: 'link', url: order.returnUrl };
  const merchant = merchantOf(gateway, order);
  const fields: Fields = {
    charset: 'utf-8',
    out_trade_no: order.orderNo,
    method: `alipay.trade.${order.via}.pay.return`,
    total_amount: yuan(order),
    trade_no: order.wire.tradeNo ?? '',
    auth_app_id: merchant.appId,
    version: '1.0',
    app_id: merchant.appId,
    sign_type: 'RSA2',
    seller_id: merchant.sellerId,
    timestamp: toStamp(gateway.clock.now()),
  };
  const url = new URL(order.returnUrl);
  const sign = signText(notificationString(fields), gateway.keys.signer.key);
  for (const [name, value] of Object.entries({ ...fields, sign })) url.searchParams.set(name, value);
  return { kind: 'link', url: url.href };
}

function merchantOf(gateway: Gateway, order: Order): SandboxMerchant {
  const merchant = gateway.keys.merchants.get(order.wire.appId ?? '');
  if (merchant === undefined) throw new Error(`nobody has the application of ${order.key}`);
  return merchant;
}
