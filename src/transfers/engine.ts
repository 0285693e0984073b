import type { Batch } from '../db/batch.ts';
import { createGatherer } from './gather.ts';
import type { MoveChange, MoveResult } from './move-batch.ts';
import { openMoveLane } from './move-lane.ts';
import { createOpener, type Opener } from './open-ends.ts';
import type { QuoteRow } from './quote-row.ts';
import { findQuotes } from './quote-store.ts';
import { readMoves } from './read-moves.ts';
import type { Move } from './transfers.ts';
import type { TransfersDeps } from './transfers-deps.ts';
import { createWalker, type Walker } from './walk-moves.ts';

/** What the use cases of one book work with. */
export interface Engine {
  deps: TransfersDeps;
  lane: Batch<MoveChange, MoveResult>;
  opener: Opener;
  walker: Walker;
  quote(id: string): Promise<QuoteRow | undefined>;
  /** As its owner sees it; those that many wait for are read together. */
  move(id: string): Promise<Move | undefined>;
}

export function openEngine(deps: TransfersDeps, book: number): Engine {
  const lane = openMoveLane(deps, book);
  const opener = createOpener(deps, book);
  return {
    deps,
    lane,
    opener,
    walker: createWalker(deps, lane, opener),
    quote: createGatherer(async (ids) => new Map((await findQuotes(deps.sql, book, ids)).map((row) => [row.id, row]))),
    move: createGatherer((ids) => readMoves(deps.sql, book, ids)),
  };
}
