import { assert } from '../base/assert.ts';
import { CARD_SWEEP_ITEMS, CARD_TRIES_KEPT_DAYS } from '../base/limits.ts';
import { addDays, shanghaiDay } from '../limits/shanghai.ts';
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
export function indexedCards(deps: Pick<CardsDeps, 'sql' | 'vault'>): IndexedRows {
  return {
    name: 'cards',
    countStale: (version) => countOtherIndexes(deps.sql, version),
    async reindex(limit) {
      let count = 0;
      await deps.sql.begin(async (tx) => {
        const rows = await lockOtherIndexes(tx, deps.vault.indexVersion, limit);
        count = rows.length;
        if (count === 0) return;
        const numbers = await deps.vault.open(
          tx,
          rows.map(({ book, id, userId, numberSealed }) => ({
            place: { book, userId, rowId: id, field: 'number' },
            sealed: numberSealed,
          })),
        );
        const fresh = rows.map(({ book, id }, at) => {
          const [newest] = deps.vault.indexesOf(readNumber(numbers[at] ?? ''));
          assert(newest !== undefined, 'there is a key for indexes');
          return { book, id, ...newest };
        });
        await updateIndexes(tx, fresh);
      });
      return count;
    },
  };
}
