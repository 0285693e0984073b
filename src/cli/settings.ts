import type { Secret } from '../base/secret.ts';
import type { Abilities } from '../links/open/ability.ts';

/** The wallets that the sandbox pretends to be. */
export const SIMULATOR_NAMES = ['unionpay', 'wechatpay', 'alipay', 'jdpay', 'meituanpay'] as const;
export type SimulatorName = (typeof SIMULATOR_NAMES)[number];

/** The setting that moves a simulator, such as `HUTONG_UNIONPAY_PORT`. */
export function simulatorPortSetting(name: SimulatorName): string {
  return `HUTONG_${name.toUpperCase()}_PORT`;
}

/** Hutong Wallet: where its app is, and how banks and phones are reached. */
export interface WalletSettings {
  port: number;
  /** Where people reach the app, an origin of its own; null: `http://localhost:<port>`. */
  url: string | null;
  /** Live: the switch; null when no bank is set, and then there is no wallet. The sandbox brings its own. */
  bank: BankSettings | null;
  /** Live: the operator's gateway for messages to phones. */
  sms: { url: string; secret: Secret } | null;
  /** Where the sandbox's pretend switch listens (TCP), its pages, and the pretend phone; on 127.0.0.1 only. */
  sandboxPorts: Readonly<Record<'bank' | 'bankPages' | 'phone', number>>;
}

/** What an operator gets from the switch on joining. */
export interface BankSettings {
  addresses: { host: string; port: number }[];
  /** Our institution, 8 to 11 digits. */
  institution: string;
  /** 16 bytes, as 32 hex characters. */
  transportKey: Secret;
  algorithm: '3des' | 'sm4';
  /** Where the day files are fetched. */
  filesUrl: string;
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
  /** Where our own share links are reached, an address of their own; null: with everything else. */
  linkUrl: string | null;
  /** What apps open, as the operator's file says; null: our own table. */
  linkAbilities: Abilities | null;
  /** Addresses or networks (CIDR) of proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  /** The wallet app and its bank rail. */
  wallet: WalletSettings;
  /** The newest first; older ones only open what they sealed. Null in the sandbox: made once, kept in the data folder. */
  masterSecrets: [Secret, ...Secret[]] | null;
  logLevel: string;
}
