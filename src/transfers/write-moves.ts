import { assert } from '../base/assert.ts';
import { BATCH_ITEMS_MAX } from '../base/limits.ts';
import { raiseAlert } from '../cashier/raise-alert.ts';
import type { Tx } from '../db/connect.ts';
import type { AuditLine } from '../users/users.ts';
import type { MoveEffects } from './change-legs.ts';
import { insertLegs, updateLegs } from './leg-store.ts';
import type { KeptCopies, LockedBatch } from './move-batch.ts';
import type { Leg, MoveFolder } from './move.ts';
import { insertMoves, updateMoves } from './move-store.ts';
import { markPayeesPaid } from './payee-store.ts';
import { accountsOf, type Posting, toTransfer } from './postings.ts';
import { confirmQuotes } from './quote-store.ts';
import { showEnded } from './show-move.ts';
import type { TransfersDeps } from './transfers-deps.ts';

/**
 * Writes everything that a batch decided, in the batch's transaction: rows, quotes, limits, what ended, and last the ledger, which takes the
 * book's lock. Answers the names of ledger accounts that it opened.
 */
export async function writeFolders(
  tx: Tx,
  deps: TransfersDeps,
  book: number,
  batch: LockedBatch,
  kept: KeptCopies,
  openedAccounts: ReadonlySet<string>,
): Promise<string[]> {
  const { begun, effects, now } = batch;
  const changed = findChanges(batch, kept);
  const legs = [...begun.flatMap(legsOf), ...changed.newLegs];
  const ended = effects.ended.filter(({ move }) => move.kind === 'purchase' || move.kind === 'refund');
  const paid = effects.ended.flatMap(({ move }) =>
    move.state === 'succeeded' && move.to?.payeeId ? [move.to.payeeId] : [],
  );
  const audited = toAuditLines(batch);
  const writes: Promise<unknown>[] = [];
  if (begun.length > 0) writes.push(insertAll(tx, begun));
  if (legs.length > 0) writes.push(insertLegs(tx, legs));
  if (changed.moves.length > 0) writes.push(updateMoves(tx, changed.moves));
  if (changed.legs.length > 0) writes.push(updateLegs(tx, changed.legs));
  if (batch.confirms.length > 0) {
    const confirmed = batch.confirms.map(({ quoteId, key }) => ({ id: quoteId, key }));
    writes.push(confirmQuotes(tx, book, confirmed, now));
  }
  if (paid.length > 0) writes.push(markPayeesPaid(tx, book, [...new Set(paid)], now));
  if (audited.length > 0) writes.push(deps.users.audit(tx, audited));
  if (effects.used.length + effects.released.length > 0) writes.push(endLimits(tx, deps, book, effects));
  for (const { moveId, kind, detail } of effects.alerts)
    writes.push(raiseAlert(tx, deps, { book, id: moveId }, kind, detail));
  if (ended.length > 0)
    writes.push(
      deps.onEnded(
        tx,
        ended.map((folder) => showEnded(folder.move, folder)),
      ),
    );
  await Promise.all(writes);
  return await postAll(tx, deps, book, effects.postings, openedAccounts);
}

/** One after the other: both read the sums of the same people and cards and write them back. */
async function endLimits(tx: Tx, deps: TransfersDeps, book: number, effects: MoveEffects): Promise<void> {
  if (effects.used.length > 0) await deps.limits.use(tx, book, effects.used);
  if (effects.released.length > 0) await deps.limits.release(tx, book, effects.released);
}

/** Somebody else may have recorded the same order since we looked: then all is done again, and finds it. */
async function insertAll(tx: Tx, begun: readonly MoveFolder[]): Promise<void> {
  const inserted = await insertMoves(
    tx,
    begun.map((folder) => folder.move),
  );
  if (inserted < begun.length)
    throw Object.assign(new Error('another node has recorded a move of this batch'), { code: SERIALIZATION_FAILURE });
}

const SERIALIZATION_FAILURE = '40001';

function findChanges(batch: LockedBatch, kept: KeptCopies) {
  const found = { moves: [] as MoveFolder['move'][], legs: [] as Leg[], newLegs: [] as Leg[] };
  for (const folder of batch.folders.values()) {
    const before = kept.get(folder);
    assert(before !== undefined, 'a locked folder was copied');
    if (differs(folder.move, before.move)) found.moves.push(folder.move);
    for (const side of ['debit', 'credit', 'reversal'] as const) {
      const [leg, old] = [folder[side], before[side]];
      if (leg === null) continue;
      if (old === null) found.newLegs.push(leg);
      else if (differs(leg, old)) found.legs.push(leg);
    }
  }
  return found;
}

/** Rows are flat; what is inside a field is replaced, never changed in place. */
function differs(row: object, before: object): boolean {
  const old = new Map(Object.entries(before));
  return Object.entries(row).some(([field, value]) => old.get(field) !== value);
}

function legsOf({ debit, credit, reversal }: MoveFolder): Leg[] {
  return [debit, credit, reversal].filter((leg) => leg !== null);
}

function toAuditLines(batch: LockedBatch): AuditLine[] {
  const confirmed = batch.confirms.map(({ session, quoteId, parts }) => ({
    book: session.book,
    userId: session.userId,
    event: 'transfer.confirmed',
    facts: { quote_id: quoteId, moves_count: parts.length },
  }));
  const canceled = batch.effects.ended
    .filter(({ move }) => move.state === 'canceled')
    .map(({ move }) => ({
      book: move.book,
      userId: move.userId,
      event: 'transfer.canceled',
      facts: { move_id: move.id },
    }));
  return [...confirmed, ...canceled];
}

async function postAll(
  tx: Tx,
  deps: TransfersDeps,
  book: number,
  postings: readonly Posting[],
  openedAccounts: ReadonlySet<string>,
): Promise<string[]> {
  const wanted = new Map(postings.flatMap(accountsOf).filter(([name]) => !openedAccounts.has(name)));
  const accounts = [...wanted.values()];
  for (let at = 0; at < accounts.length; at += BATCH_ITEMS_MAX) {
    const results = await deps.ledger.openAccounts(tx, book, accounts.slice(at, at + BATCH_ITEMS_MAX));
    for (const result of results)
      assert(result.status === 'created' || result.status === 'exists', `the ledger opens accounts: ${result.status}`);
  }
  const transfers = postings.map(toTransfer);
  for (let at = 0; at < transfers.length; at += BATCH_ITEMS_MAX) {
    const results = await deps.ledger.postTransfers(tx, book, transfers.slice(at, at + BATCH_ITEMS_MAX));
    for (const [index, result] of results.entries())
      assert(
        result.status === 'created' || result.status === 'exists',
        `the ledger takes what was decided: ${result.status} for ${postings[at + index]?.reason}`,
      );
  }
  return [...wanted.keys()];
}
