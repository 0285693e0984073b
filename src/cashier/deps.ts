import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Send } from '../base/outbound.ts';
import type { Random } from '../base/random.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Offers } from '../offers/offers.ts';
import type { Rollouts } from '../rollout/rollouts.ts';
import type { Keyring } from '../vault/seal.ts';
import type { WalletCan, WalletName } from '../wallets/wallet.ts';
import type { NewEvent } from '../webhooks/insert-events.ts';
import type { WalletRegistry } from './wallet-accounts.ts';

/** Everything the cashier works with; main builds it once. */
export interface CashierDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  keyring: Keyring;
  send: Send;
  /** Where buyers, merchants and wallets reach us, without a slash at the end. */
  publicUrl: string;
  wallets: WalletRegistry;
  can: (wallet: WalletName) => WalletCan;
  ledger: Pick<Ledger, 'postTransfers' | 'openAccounts' | 'postWithAccounts' | 'filledLimits'>;
  rollouts: Rollouts;
  offers: Offers;
  webhooks: {
    insertEvents(tx: Tx, book: number, events: readonly NewEvent[]): Promise<void>;
    /** Wakes the sender: something was committed. */
    kick(): void;
  };
}
