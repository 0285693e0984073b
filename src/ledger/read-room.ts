import type { Sql, Tx } from '../db/connect.ts';
import { figureId, isLowered } from './fill-limits.ts';
import type { Limit } from './holds.ts';
import { limitAccountId, limitLedger } from './limit-accounts.ts';
import { listAccounts, listTransfers } from './lookup-store.ts';

/**
 * What is left under the limit of each line now, same index: for quotes, for nothing is held by looking. A limit that was
 * never held has its whole figure.
 */
export async function readRoom(sql: Sql | Tx, book: number, lines: readonly Limit[]): Promise<bigint[]> {
  if (lines.length === 0) return [];
  const changes = lines.map((line) => laterChanges(book, line));
  const [accounts, filled] = await Promise.all([
    listAccounts(
      sql,
      book,
      lines.flatMap((line) => [
        limitAccountId('limit_room', line.limit, limitLedger(line), book),
        limitAccountId('limit_owed', line.limit, limitLedger(line), book),
      ]),
    ),
    listFilled(
      sql,
      book,
      changes.flat().map(({ id }) => id),
    ),
  ]);
  return lines.map((line, index) => {
    const [room, owed] = [accounts[2 * index], accounts[2 * index + 1]];
    if (room === undefined) return line.figures.at(-1) ?? 0n;
    let left = room.creditsPosted - room.debitsPosted - room.debitsPending;
    if (owed !== undefined && isLowered(line)) left -= owed.debitsPosted - owed.creditsPosted;
    // What a newer figure adds or takes is booked by the first hold that knows it; until then it is reckoned here.
    for (const { id, change } of changes[index] ?? []) if (!filled.has(id)) left += change;
    return left < 0n ? 0n : left;
  });
}

/** Every change of a figure after the first, and the transfer that books it. */
function laterChanges(book: number, line: Limit): { id: bigint; change: bigint }[] {
  return line.figures.slice(1).map((figure, index) => ({
    id: figureId(book, line, index + 1),
    change: figure - (line.figures[index] ?? 0n),
  }));
}

async function listFilled(sql: Sql | Tx, book: number, ids: readonly bigint[]): Promise<Set<bigint>> {
  if (ids.length === 0) return new Set<bigint>();
  const transfers = await listTransfers(sql, book, ids);
  return new Set(transfers.flatMap((transfer) => (transfer === undefined ? [] : [transfer.id])));
}
