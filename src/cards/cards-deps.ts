import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { RailDesk } from '../rail/rail-desk.ts';
import type { Users } from '../users/users.ts';
import type { OpenedVault } from '../vault/open-card-vault.ts';
import type { PrefixTable } from './prefix-table.ts';

export interface OpenCardsDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  vault: OpenedVault;
  users: Users;
  desk: RailDesk;
  /** Whether money of this card is under way; transfers/ knows. Asked in the transaction that unbinds. */
  isInUse(tx: Tx, book: number, cardId: string): Promise<boolean>;
  /** How long a bank has to tell a balance; 3 s when it is left out. */
  balanceDeadlineMs?: number;
}

/** What the use cases of this folder work with. */
export interface CardsDeps extends OpenCardsDeps {
  /** The table of prefixes as it is now; an import changes it while it serves. */
  table(): PrefixTable;
  balanceDeadlineMs: number;
}
