import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Secret } from '../base/secret.ts';
import type { Sql } from '../db/connect.ts';
import type { CardVault } from '../vault/card-vault.ts';
import type { Keyring } from '../vault/seal.ts';
import type { PinHashes } from './pin-hash.ts';
import type { SmsSender } from './users.ts';

/** What people's use cases are built from. */
export interface OpenUsersDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  vault: CardVault;
  keyring: Keyring;
  /** The pepper of PINs is derived from each; the newest first. */
  masters: readonly [Secret, ...Secret[]];
  sms: SmsSender;
  /** Whose passkeys they are: `id` is the host name, `origin` scheme, host and port of the wallet app, `name` what browsers show. */
  rp: { id: string; origin: string; name: string };
  /** Where new people live. */
  book: number;
}

export interface UsersDeps extends Omit<OpenUsersDeps, 'masters'> {
  pinHashes: PinHashes;
}
