import type { Log } from '../base/log.ts';
import type { Sql } from '../db/connect.ts';
import type { CardVault } from '../vault/card-vault.ts';
import type { IndexedRows } from '../vault/rotate.ts';
import { openPayeeRows } from './open-payees.ts';
import { countOldIndexes, listOldIndexes, updateIndexes } from './payee-store.ts';

/** For the change of the master secret: the numbers of payees are indexed anew, some at a time, while all serves. */
export function indexedPayees(deps: { sql: Sql; log: Log; vault: CardVault & { indexVersion: number } }): IndexedRows {
  return {
    name: 'payees',
    countStale: (version) => countOldIndexes(deps.sql, version),
    async reindex(limit) {
      const opened = await openPayeeRows(deps, await listOldIndexes(deps.sql, deps.vault.indexVersion, limit));
      const indexed = [...opened.values()].flatMap(({ payee, number }) => {
        const [newest] = deps.vault.indexesOf(number);
        return newest === undefined ? [] : [{ book: payee.book, id: payee.id, ...newest }];
      });
      if (indexed.length > 0) await updateIndexes(deps.sql, indexed);
      return indexed.length;
    },
  };
}
