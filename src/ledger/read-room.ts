import type { Sql, Tx } from '../db/connect.ts';
import { figureId } from './fill-limits.ts';
import type { Limit } from './holds.ts';
import { limitAccountId, limitLedger } from './limit-accounts.ts';
import { listAccounts, listTransfers } from './lookup-store.ts';

/** How a limit stands. What came late may have used more than there was; then nothing is left. */
export interface LimitStanding {
  used: bigint;
  /** By what is under way. */
  held: bigint;
  left: bigint;
}

/**
 * What is left under the limit of each line now, same index: for quotes, for nothing is held by looking. A limit that was
 * never held has its whole figure.
 */
export async function readRoom(sql: Sql | Tx, book: number, limits: readonly Limit[]): Promise<bigint[]> {
  return (await readStandings(sql, book, limits)).map(({ left }) => left);
}

/** How each of these limits stands now, same index; one look for all. */
export async function readStandings(sql: Sql | Tx, book: number, limits: readonly Limit[]): Promise<LimitStanding[]> {
  if (limits.length === 0) return [];
  const changes = limits.map((limit) => laterChanges(book, limit));
  const [accounts, filled] = await Promise.all([
    listAccounts(
      sql,
      book,
      limits.flatMap((limit) => [
        limitAccountId('limit_room', limit.limit, limitLedger(limit), book),
        limitAccountId('limit_owed', limit.limit, limitLedger(limit), book),
      ]),
    ),
    listFilled(
      sql,
      book,
      changes.flat().map(({ id }) => id),
    ),
  ]);
  return limits.map((limit, index) => {
    const figure = limit.figures.at(-1) ?? 0n;
    const [room, owed] = [accounts[2 * index], accounts[2 * index + 1]];
    if (room === undefined) return { used: 0n, held: 0n, left: figure };
    const held = room.debitsPending;
    const owedMinor = owed === undefined ? 0n : owed.debitsPosted - owed.creditsPosted;
    let free = room.creditsPosted - room.debitsPosted - held;
    // What a newer figure adds or takes is booked by the first hold that knows it; until then it is reckoned here.
    for (const { id, change } of changes[index] ?? []) if (!filled.has(id)) free += change;
    const left = free - owedMinor;
    return { used: figure - held - (free - owedMinor), held, left: left < 0n ? 0n : left };
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
