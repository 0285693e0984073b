import type { Secret } from '../base/secret.ts';

/** The wallets that the sandbox pretends to be. */
export const SIMULATOR_NAMES = ['unionpay', 'wechatpay', 'alipay', 'jdpay', 'meituanpay'] as const;
export type SimulatorName = (typeof SIMULATOR_NAMES)[number];

/** The setting that moves a simulator, such as `HUTONG_UNIONPAY_PORT`. */
export function simulatorPortSetting(name: SimulatorName): string {
  return `HUTONG_${name.toUpperCase()}_PORT`;
}

/** Everything that is set from outside. `npm start` needs none of it. docs/reference/settings.md has the list. */
export interface Settings {
  /** sandbox: simulators, demo shop, plain http on this machine. live: real wallets; refuses weak secrets. */
  mode: 'sandbox' | 'live';
  /** Null: our own PostgreSQL in the data folder. */
  databaseUrl: string | null;
  dataDir: string;
  host: string;
  port: number;
  /** Where the sandbox's pretend wallets and demo shop listen, on 127.0.0.1 only; live mode starts none of them. */
  simulatorPorts: Readonly<Record<SimulatorName, number>>;
  shopPort: number;
  /** Where the world reaches us; null: the address we listen on. */
  publicUrl: string | null;
  /** Addresses or networks (CIDR) of proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  /** The newest first; older ones only open what they sealed. Null in the sandbox: made once, kept in the data folder. */
  masterSecrets: [Secret, ...Secret[]] | null;
  logLevel: string;
}
