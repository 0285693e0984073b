import { createHash, timingSafeEqual } from 'node:crypto';
import type { Ground, WalletSide, WayBack } from '../ground/ground.ts';
import type { Order } from '../ground/order.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../ground/simulator.ts';
import { BRAND, CODES, RESULTS } from './codes.ts';
import { seal } from './crypt.ts';
import { notificationFacts } from './describe.ts';
import { type MerchantSettings, openKeys, type SandboxMerchant } from './keys.ts';
import { sealMessage } from './message.ts';
import { OPERATION_GROUPS, registerRoutes } from './routes.ts';
import { formText, sign } from './sign.ts';
import type { World } from './world.ts';

// The plan of V1 (JD Pay V2.0); that of V2.0 is not public.
const NOTIFY_DELAYS_MS = [0, 60_000, 180_000, 600_000, 7_200_000];
const REFUND_DELAY_MS = 2_000;

export interface JdpaySandbox extends Simulator {
  /** What the first pretend shop types into a wallet account, payment codes included. */
  merchantSettings: MerchantSettings;
  extraMerchants: MerchantSettings[];
}

/**
 * A pretend JD Pay V2.0 on 127.0.0.1, written from the protocol alone: signing, Triple DES and XML of its own. Under one
 * origin: /wepay and /h5pay for browsers, /service for servers, /code for what is scanned.
 * @throws Error when the port is taken or the folder's keys or books cannot be read
 */
export async function startJdpaySandbox(options: SimulatorOptions): Promise<JdpaySandbox> {
  const keys = await openKeys(options.random, options.dataDir);
  const simulator = await startSimulator(options, {
    notifyDelaysMs: NOTIFY_DELAYS_MS,
    refundDelayMs: REFUND_DELAY_MS,
    indexed: ['code', 'orderId'],
    operations: OPERATION_GROUPS,
    kinds: ['status'],
    build: (ground) => buildSide({ ground, keys }),
  });
  const [first, ...others] = keys.settings(simulator.url);
  if (first === undefined) throw new Error('there is a first pretend merchant');
  return { ...simulator, merchantSettings: first, extraMerchants: others };
}

function buildSide(world: World): WalletSide {
  const { ground, keys } = world;
  const need = (order: Order): SandboxMerchant => {
    const merchant = keys.merchants.get(order.merchantNo);
    if (merchant === undefined) throw new Error(`there is no merchant ${order.merchantNo}`);
    return merchant;
  };
  return {
    brand: BRAND,
    codes: CODES,
    merchants: () => [...keys.merchants.values()],
    settings: () => keys.settings(ground.url),
    registerRoutes: (app) => registerRoutes(app, world),
    number: (order) => ({ walletId: order.walletId ?? order.wire['orderId'] ?? '', wire: {} }),
    async compose(order, fault) {
      const original = order.originalKey === null ? undefined : ground.books.find(order.originalKey);
      const facts = notificationFacts(ground, order, original, fault);
      const body = sealMessage(keys, need(order), RESULTS.ok, facts, fault);
      return { headers: { 'content-type': 'application/xml;charset=UTF-8' }, body };
    },
    // V1 wants `success`; merchants of V2.0 are seen to answer `ok` too.
    isTaken: (status, body) => status === 200 && /^(success|ok)$/i.test(body.trim()),
    wayBack: async (order) => wayBack(world, order, need(order)),
    findOrder: (query) => findAppOrder(ground, query, keys.merchants),
    scan: (text) => scan(ground, text),
    mintCode: (random) => `62${(random.bytes(8).readBigUInt64BE() % 10n ** 16n).toString().padStart(16, '0')}`,
  };
}

/** The browser's return: each value encrypted, and a status of another table, in which 0 is success. */
function wayBack(world: World, order: Order, merchant: SandboxMerchant): WayBack | null {
  if (order.returnUrl === null) return null;
  if (order.state !== 'succeeded') return { kind: 'link', url: order.returnUrl };
  const clear = new Map([
    ['tradeNum', order.orderNo],
    ['amount', order.amountFen],
    ['currency', 'CNY'],
    ['tradeTime', order.wire['tradeTime'] ?? ''],
    ['note', order.wire['note'] ?? ''],
    ['status', '0'],
  ]);
  const fields: Record<string, string> = {};
  for (const [name, value] of clear) fields[name] = value === '' ? '' : seal(value, merchant.desKey);
  return { kind: 'form', url: order.returnUrl, fields: { ...fields, sign: sign(formText(clear), world.keys.jdKey) } };
}

/** What stands for JD's SDK in a merchant's app: it opens an order only with its app's id and signData. */
function findAppOrder(
  ground: Ground,
  query: Record<string, string>,
  merchants: ReadonlyMap<string, SandboxMerchant>,
): Order | undefined {
  const { orderId = '', appId = '', signData = '' } = query;
  const order = ground.books.findByWire('orderId', orderId);
  const merchant = merchants.get(order?.merchantNo ?? '');
  if (order === undefined || merchant === undefined || order.via !== 'app') return undefined;
  if (query['merchant'] !== merchant.merchantNo || appId !== merchant.appId) return undefined;
  const text = `merchant=${merchant.merchantNo}&orderId=${orderId}&key=${merchant.md5Key}`;
  const expected = Buffer.from(createHash('md5').update(text).digest('hex'));
  const given = Buffer.from(signData);
  return given.length === expected.length && timingSafeEqual(given, expected) ? order : undefined;
}

function scan(ground: Ground, text: string): Order | null {
  const code = text.startsWith(`${ground.url}/code?`) ? new URL(text).searchParams.get('c') : null;
  return code === null ? null : (ground.books.findByWire('code', code) ?? null);
}
