import { assert } from '../base/assert.ts';
import { BATCH_ITEMS_MAX, BATCH_QUEUE_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { type Batch, createBatch } from '../db/batch.ts';
import type { Tx } from '../db/connect.ts';
import { begin } from './begin-moves.ts';
import { noEffects } from './change-legs.ts';
import { decideLeg } from './decide-leg.ts';
import { findLegsOf } from './leg-store.ts';
import {
  copyFolder,
  type EvidenceChange,
  keepCopies,
  type LockedBatch,
  type MoveChange,
  type MoveResult,
} from './move-batch.ts';
import { type Leg, type MoveFolder, type MoveRow, newFolder } from './move.ts';
import { findMovesOfQuotes, holdCards, lockMoves } from './move-store.ts';
import { findConfirmedKeys, lockQuotes } from './quote-store.ts';
import type { TransfersDeps } from './transfers-deps.ts';
import { writeFolders } from './write-moves.ts';

/**
 * The one writer of moves of a book. What arrives together is one transaction: quotes and moves are locked in id order, each
 * change decides in memory in order of arrival, limits and proofs are asked once for all, everything is written at once, and the ledger
 * comes last.
 */
export function openMoveLane(deps: TransfersDeps, book: number): Batch<MoveChange, MoveResult> {
  const openedAccounts = new Set<string>();
  const lane = createBatch<MoveChange, MoveResult & { opened: readonly string[] }>({
    name: `moves of book ${book}`,
    sql: deps.sql,
    itemsMax: BATCH_ITEMS_MAX,
    queueMax: BATCH_QUEUE_MAX,
    async run(tx, changes) {
      const { results, opened } = await runChanges(tx, deps, book, changes, openedAccounts);
      return results.map((result) => (result instanceof Refusal ? result : { ...result, opened }));
    },
  });
  return {
    async submit(change) {
      const { opened, ...result } = await lane.submit(change);
      for (const name of opened) openedAccounts.add(name); // committed, so they are there
      return result;
    },
    idle: () => lane.idle(),
    close: () => lane.close(),
  };
}

async function runChanges(
  tx: Tx,
  deps: TransfersDeps,
  book: number,
  changes: readonly MoveChange[],
  openedAccounts: ReadonlySet<string>,
): Promise<{ results: (MoveResult | Refusal)[]; opened: string[] }> {
  const batch = await lockBatch(tx, deps, book, changes);
  const kept = keepCopies(batch);
  const begun = await begin(tx, deps, book, batch, changes);
  const results = changes.map((change): MoveResult | Refusal => {
    if (change.kind !== 'evidence') {
      const result = begun.get(change);
      assert(result !== undefined, 'what was to begin has begun or was declined');
      return result;
    }
    return applyEvidence(batch, change);
  });
  const opened = await writeFolders(tx, deps, book, batch, kept, openedAccounts);
  return { results, opened };
}

function applyEvidence(batch: LockedBatch, change: EvidenceChange): MoveResult | Refusal {
  const folder = batch.folders.get(change.moveId);
  if (
    folder === undefined ||
    (change.userId !== null && folder.move.userId !== change.userId) ||
    folder.move.wasRefused
  )
    return new Refusal('not_found', 'there is no such transfer');
  try {
    const side = decideLeg(batch.now, folder, change.evidence, batch.effects);
    const copy = copyFolder(folder);
    return { folders: [copy], next: side === null ? [] : [{ folder: copy, side }] };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

async function lockBatch(
  tx: Tx,
  deps: TransfersDeps,
  book: number,
  changes: readonly MoveChange[],
): Promise<LockedBatch> {
  const confirms = changes.filter((change) => change.kind === 'confirm');
  const quoteIds = sortedUnique(confirms.map((change) => change.quoteId));
  const moveIds = sortedUnique(changes.flatMap(moveIdsOf));
  // Sent together, run in this order by every node: quotes first, then moves.
  const [, quotes, keys, moves, legs] = await Promise.all([
    changes.every((change) => change.kind === 'evidence') ? null : holdCards(tx, book),
    quoteIds.length === 0 ? [] : lockQuotes(tx, book, quoteIds),
    confirms.length === 0
      ? []
      : findConfirmedKeys(
          tx,
          book,
          confirms.map(({ session, key }) => ({ userId: session.userId, key })),
        ),
    moveIds.length === 0 ? [] : lockMoves(tx, book, moveIds),
    moveIds.length === 0 ? [] : findLegsOf(tx, book, moveIds),
  ]);
  const folders = toFolders(moves, legs);
  for (const folder of folders.values()) {
    const of = folders.get(folder.move.originalId ?? '');
    if (of === undefined) continue;
    folder.original = of.move;
    folder.originalDebit = of.debit;
  }
  const before = quotes.filter((quote) => quote.confirmedAt !== null).map((quote) => quote.id);
  const confirmed = new Map<string, MoveFolder[]>(before.map((id) => [id, []]));
  for (const move of before.length === 0 ? [] : await findMovesOfQuotes(tx, book, before))
    confirmed.get(move.quoteId ?? '')?.push(newFolder(move));
  return {
    now: deps.clock.now(),
    quotes: new Map(quotes.map((quote) => [quote.id, quote])),
    keys: new Map(keys.map(({ userId, key, quoteId }) => [`${userId} ${key}`, quoteId])),
    folders,
    confirmed,
    effects: noEffects(),
    begun: [],
    confirms: [],
  };
}

function moveIdsOf(change: MoveChange): string[] {
  if (change.kind === 'confirm') return [];
  if (change.kind === 'start')
    return change.order.originalId === null ? [change.order.id] : [change.order.id, change.order.originalId];
  return change.originalId === null ? [change.moveId] : [change.moveId, change.originalId];
}

function toFolders(moves: readonly MoveRow[], legs: readonly Leg[]): Map<string, MoveFolder> {
  const folders = new Map<string, MoveFolder>(moves.map((move) => [move.id, newFolder(move)]));
  for (const leg of legs) {
    const folder = folders.get(leg.moveId);
    if (folder !== undefined) folder[leg.side] = leg;
  }
  return folders;
}

function sortedUnique(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort();
}
