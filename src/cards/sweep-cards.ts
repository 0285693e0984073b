import { CARD_SWEEP_ITEMS, CARD_TRIES_KEPT_DAYS } from '../base/limits.ts';
import { addDays, shanghaiDay } from '../base/shanghai.ts';
import { openEach } from '../vault/open-each.ts';
import type { IndexedRows } from '../vault/rotate.ts';
import { countOtherIndexes, eraseCards, lockOtherIndexes, updateIndexes } from './card-store.ts';
import type { CardsDeps } from './cards-deps.ts';
import { readNumber } from './insert-bound.ts';
import { deleteOldRequests } from './request-store.ts';
import { deleteOldTries } from './try-store.ts';

/** Destroys numbers of cards that were unbound a day ago, requests that are over, and old counters. Returns how many numbers. */
export async function sweepCards(deps: CardsDeps): Promise<number> {
  const now = deps.clock.now();
  await deleteOldRequests(deps.sql, now);
  await deleteOldTries(deps.sql, addDays(shanghaiDay(now), -CARD_TRIES_KEPT_DAYS));
  for (let erased = 0; ; ) {
    const count = await eraseCards(deps.sql, now, CARD_SWEEP_ITEMS);
    erased += count;
    if (count < CARD_SWEEP_ITEMS) return erased;
  }
}

/** What a rotation of the vault's keys does to cards: their numbers are indexed anew under the newest key. */
export function indexedCards(deps: Pick<CardsDeps, 'sql' | 'vault' | 'log'>): IndexedRows {
  return {
    name: 'cards',
    countStale: (version) => countOtherIndexes(deps.sql, version),
    async reindex(limit) {
      let count = 0;
      await deps.sql.begin(async (tx) => {
        const rows = await lockOtherIndexes(tx, deps.vault.indexVersion, limit);
        const groups = rows.map(({ book, id: rowId, userId, numberSealed: sealed }) => [
          { place: { book, userId, rowId, field: 'number' }, sealed },
        ]);
        const opened = await openEach(deps.vault, tx, groups, (at, error) => {
          deps.log.error({ error, cardId: rows[at]?.id }, 'a sealed card keeps its old index: it does not open');
        });
        const fresh = rows.flatMap(({ book, id }, at) => {
          const [digits] = opened[at] ?? [];
          const [newest] = digits === undefined ? [] : deps.vault.indexesOf(readNumber(digits));
          return newest === undefined ? [] : [{ book, id, ...newest }];
        });
        if (fresh.length > 0) await updateIndexes(tx, fresh);
        count = fresh.length;
      });
      return count;
    },
  };
}
