import { BATCH_ITEMS_MAX, BATCH_QUEUE_MAX } from '../base/limits.ts';
import type { Card } from '../cards/cards.ts';
import { type Batch, createBatch } from '../db/batch.ts';
import type { LimitLeft } from '../limits/limits.ts';
import type { UserId } from '../users/users.ts';
import { createGatherer, createListGatherer } from '../base/gather.ts';
import type { MoveChange, MoveResult } from './move-batch.ts';
import { openMoveLane } from './move-lane.ts';
import { createOpener, type Opener } from './open-ends.ts';
import type { QuoteRow } from './quote-row.ts';
import { findQuotes, insertQuotes } from './quote-store.ts';
import { readMoves } from './read-moves.ts';
import type { Move } from './transfers.ts';
import type { TransfersDeps } from './transfers-deps.ts';
import { createWalker, type Walker } from './walk-moves.ts';

/** What it is asked of which what is left. */
type LeftWanted = Parameters<TransfersDeps['limits']['left']>[1][number];

/** What the use cases of one book work with. */
export interface Engine {
  deps: TransfersDeps;
  lane: Batch<MoveChange, MoveResult>;
  opener: Opener;
  walker: Walker;
  /** What a quote reads and writes goes together with what other quotes read and write at that moment. */
  cardsOf(userId: UserId): Promise<Card[]>;
  left(items: readonly LeftWanted[]): Promise<LimitLeft[][]>;
  quotes: Batch<QuoteRow, null>;
  quote(id: string): Promise<QuoteRow | undefined>;
  /** As its owner sees it; those that many wait for are read together. */
  move(id: string): Promise<Move | undefined>;
}

export function openEngine(deps: TransfersDeps, book: number): Engine {
  const lane = openMoveLane(deps, book);
  const opener = createOpener(deps, book);
  const cardsOf = createGatherer<Card[]>((userIds) => deps.cards.listOf(deps.sql, book, userIds as UserId[])); // they come from sessions
  return {
    deps,
    lane,
    opener,
    walker: createWalker(deps, lane, opener),
    cardsOf: async (userId) => (await cardsOf(userId)) ?? [],
    left: createListGatherer((items) => deps.limits.left(deps.sql, items)),
    quotes: createBatch<QuoteRow, null>({
      name: `quotes of book ${book}`,
      sql: deps.sql,
      itemsMax: BATCH_ITEMS_MAX,
      queueMax: BATCH_QUEUE_MAX,
      async run(tx, rows) {
        await insertQuotes(tx, rows);
        return rows.map(() => null);
      },
    }),
    quote: createGatherer(async (ids) => new Map((await findQuotes(deps.sql, book, ids)).map((row) => [row.id, row]))),
    move: createGatherer((ids) => readMoves(deps.sql, book, ids)),
  };
}
