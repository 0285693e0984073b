import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Cards } from '../cards/cards.ts';
import type { Sql } from '../db/connect.ts';
import type { Collections } from '../links/pay/collections.ts';
import type { OpenedLimits } from '../limits/open-limits.ts';
import type { OpenedPayer } from '../payer/open-payer.ts';
import type { RailDesk } from '../rail/rail-desk.ts';
import type { Transfers } from '../transfers/transfers.ts';
import type { UsersApi } from '../users/users-api.ts';
import type { Keyring } from '../vault/seal.ts';
import type { ClientFiles } from './client-files.ts';

/** What the wallet's server is made of; main builds each once. */
export interface AppDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  book: number;
  keyring: Keyring;
  users: UsersApi;
  cards: Cards;
  transfers: Transfers;
  limits: OpenedLimits;
  payer: OpenedPayer;
  collections: Collections;
  desk: Pick<RailDesk, 'banks'>;
  /** The app's own origin, without a slash at its end. */
  walletUrl: string;
  /** Whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  /** The pretend phone, in the sandbox. */
  sandboxPhoneUrl: string | null;
  clientFiles: ClientFiles;
  /** Answers whether the database is there. */
  isReady(): Promise<boolean>;
}
