import type { WalletSide } from '../ground/ground.ts';
import type { Order } from '../ground/order.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../ground/simulator.ts';
import { composeNotification } from './answer.ts';
import { BRANDS, type OpenBrand } from './brand.ts';
import { CODES } from './codes.ts';
import { shanghaiDay } from './day.ts';
import { openKeys } from './keys.ts';
import { Nonces } from './nonces.ts';
import { registerOpenRoutes } from './routes.ts';
import { listSettings, type OpenSettings } from './settings.ts';
import type { OpenSide } from './wallet.ts';

/** docs/open-wallet-protocol.md, "Notifications": at once, then 5 s, 30 s, 5 min, 30 min, 2 h, 6 h and 24 h after the last. */
const NOTIFY_DELAYS_MS = [0, 5, 30, 300, 1800, 7200, 21_600, 86_400].map((seconds) => seconds * 1000);
const REFUND_DELAY_MS = 2000;

export interface OpenSandboxOptions extends SimulatorOptions {
  /** Which wallet it pretends to be; Meituan Pay when left out. */
  brand?: OpenBrand['id'];
}

export interface OpenSandbox extends Simulator {
  merchantSettings: OpenSettings;
  /** A second merchant. */
  extraMerchants: OpenSettings[];
}

/**
 * A pretend wallet of the Open Wallet Protocol on 127.0.0.1, written from docs/open-wallet-protocol.md alone.
 * @throws Error when the port is taken or the folder's keys or books cannot be read
 */
export async function startOpenSandbox(options: OpenSandboxOptions): Promise<OpenSandbox> {
  const keys = await openKeys(options, options.dataDir);
  const brand = BRANDS[options.brand ?? 'meituanpay'];
  const simulator = await startSimulator(options, {
    notifyDelaysMs: NOTIFY_DELAYS_MS,
    refundDelayMs: REFUND_DELAY_MS,
    operations: {},
    kinds: ['unsigned', 'unbound', 'next_key', 'forged_file'],
    indexed: [],
    build(ground): WalletSide {
      const side: OpenSide = { ground, keys, brand, nonces: new Nonces(), endedDays: new Set() };
      return {
        brand,
        codes: CODES,
        merchants: () => [...keys.merchants.values()],
        settings: () => listSettings({ keys, url: ground.url }),
        registerRoutes: (app) => registerOpenRoutes(app, side),
        number: (order) => ({ walletId: walletIdOf(ground.clock.now(), order), wire: {} }),
        compose: async (order, fault) => composeNotification(side, order, fault),
        isTaken: (status) => status >= 200 && status < 300,
        wayBack: async (order) =>
          order.returnUrl === null || order.via === 'code' ? null : { kind: 'link', url: order.returnUrl },
        scan: (text) => ground.books.findByToken(tokenIn(ground.url, text)) ?? null,
        mintCode: (random) => brand.codePrefix + digits(random.bytes(16)),
      };
    },
  });
  const [first, ...others] = listSettings({ keys, url: simulator.url });
  if (first === undefined) throw new Error('there is no pretend merchant');
  return { ...simulator, merchantSettings: first, extraMerchants: others };
}

/** 26 letters: the day, and the running number. */
function walletIdOf(now: Date, order: Order): string {
  return `OW${shanghaiDay(now).replaceAll('-', '')}${String(order.sequence).padStart(16, '0')}`;
}

function tokenIn(url: string, text: string): string {
  const token = text.startsWith(`${url}/q/`) ? text.slice(url.length + 3) : '';
  return /^[\w-]{1,64}$/.test(token) ? token : '';
}

/** 16 decimal digits. */
function digits(bytes: Buffer): string {
  return [...bytes].map((byte) => String(byte % 10)).join('');
}
