import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Cards } from '../cards/cards.ts';
import type { Sql } from '../db/connect.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Limits } from '../limits/limits.ts';
import type { RailDesk } from '../rail/rail-desk.ts';
import type { Users } from '../users/users.ts';
import type { CardVault } from '../vault/card-vault.ts';
import type { OnEnded } from './transfers.ts';

/** Everything that moves are made with; main builds it once. */
export interface TransfersDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  /** Which book's due moves this process works off. */
  book: number;
  ledger: Pick<Ledger, 'postTransfers' | 'openAccounts' | 'lookupAccounts'>;
  limits: Pick<Limits, 'reserve' | 'use' | 'release' | 'left'>;
  users: Pick<Users, 'consumeProofs' | 'findByPhone' | 'readPerson' | 'audit'>;
  cards: Pick<Cards, 'lookUp' | 'open' | 'list' | 'listOf' | 'receivingCard' | 'balances'>;
  vault: CardVault;
  desk: RailDesk;
  onEnded: OnEnded;
}
