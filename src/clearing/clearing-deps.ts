import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Sql } from '../db/connect.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RailDesk } from '../rail/rail-desk.ts';
import type { Transfers } from '../transfers/transfers.ts';

export interface ClearingDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  desk: Pick<RailDesk, 'rail' | 'banks'>;
  transfers: Pick<Transfers, 'legsOfDay' | 'findLegs' | 'learn'>;
  ledger: Pick<Ledger, 'lookupTransfers' | 'sumTransfers'>;
}
