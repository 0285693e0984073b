import type { Secret } from '../base/secret.ts';

/** Everything that is set from outside. `npm start` needs none of it. docs/reference/settings.md has the list. */
export interface Settings {
  /** sandbox: simulators, demo shop, plain http on this machine. live: real wallets; refuses weak secrets. */
  mode: 'sandbox' | 'live';
  /** Null: our own PostgreSQL in the data folder. */
  databaseUrl: string | null;
  dataDir: string;
  host: string;
  port: number;
  /** Where the sandbox's pretend UnionPay and demo shop listen, on 127.0.0.1 only; live mode starts neither. */
  unionpayPort: number;
  shopPort: number;
  /** Where the world reaches us; null: the address we listen on. */
  publicUrl: string | null;
  /** The newest first; older ones only open what they sealed. Null in the sandbox: made once, kept in the data folder. */
  masterSecrets: [Secret, ...Secret[]] | null;
  logLevel: string;
}
