import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { indexedCards } from '../cards/sweep-cards.ts';
import type { Sql } from '../db/connect.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { indexedPayees } from '../transfers/indexed-payees.ts';
import { indexedPeople } from '../users/people.ts';
import { type OpenedVault, openCardVault } from '../vault/open-card-vault.ts';
import type { IndexedRows } from '../vault/rotate.ts';
import type { Keyring } from '../vault/seal.ts';
import type { CliDeps } from './command.ts';
import { keepMasterSecrets } from './data-folder.ts';
import type { Settings } from './settings.ts';
import { withOperator } from './with-operator.ts';

/** What commands about the wallet work with: its records. No bank is called, nobody is sent a message and no round is begun. */
export interface WalletOperator {
  settings: Settings;
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  ledger: Ledger;
  keyring: Keyring;
  book: number;
}

/** Who it was, where a record says by whom it was made. */
export const BY_OPERATOR = 'command line';

/** Opens the database, hands it to `work` and closes it again, also when work fails or somebody presses Ctrl-C. */
export async function withWalletOperator(
  deps: CliDeps,
  work: (operator: WalletOperator) => Promise<void>,
): Promise<void> {
  await withOperator(deps, async ({ settings, sql, ledger, book, cashier: { clock, random, log, keyring } }) => {
    await work({ settings, sql, clock, random, log, ledger, keyring, book });
  });
}

/** The vault under the master secrets that are set, with whatever has indexes under them. @throws VaultKeysError */
export async function openOperatorVault(
  operator: WalletOperator,
): Promise<{ sql: Sql; vault: OpenedVault; indexed: readonly IndexedRows[] }> {
  const { settings, sql, random, log, book } = operator;
  const masters = await keepMasterSecrets(settings, random);
  const vault = await openCardVault({ sql, random, log, masters });
  return {
    sql,
    vault,
    indexed: [
      indexedCards({ sql, vault, log }),
      indexedPeople({ sql, vault, log, book }),
      indexedPayees({ sql, vault, log }),
    ],
  };
}
