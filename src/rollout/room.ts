import type { Sql } from '../db/connect.ts';
import { readRoom } from '../ledger/read-room.ts';
import type { Facts } from './context.ts';
import { riskLimits } from './risk-limits.ts';
import type { Live, Snapshot } from './snapshot.ts';

/** What is left of each limit of what may be at risk, by the limit's name: minor units or payments. One that is missing is not known. */
export type Room = ReadonlyMap<string, bigint>;

export const ROOM_UNKNOWN: Room = new Map();

/** Looks up what is left under all rollouts that show a wallet to anybody, one look for each book. */
export async function readRoomLeft(sql: Sql, { byId }: Snapshot): Promise<Room> {
  const books = new Map<number, Live[]>();
  for (const live of byId.values()) {
    const { atRisk } = live.rollout.plan;
    if (live.isHidden || (atRisk.money === null && atRisk.payments === null)) continue;
    const { book } = live.rollout;
    books.set(book, [...(books.get(book) ?? []), live]);
  }
  const room = new Map<string, bigint>();
  for (const [book, lives] of books) {
    const limits = lives.flatMap(({ rollout, figures }) =>
      riskLimits({ ...rollout, figures }, rollout.plan.atRisk.money?.currency ?? 'CNY'),
    );
    const left = await readRoom(sql, book, limits);
    for (const [index, { limit }] of limits.entries()) room.set(limit, left[index] ?? 0n);
  }
  return room;
}

/**
 * Whether a payment would find no room under a rollout: by its order's amount, as what offers take off is not known before a wallet is chosen. A
 * guess of a moment ago, which saves the buyer a choice that fails: what counts is the hold of the attempt.
 */
export function lacksRoom(room: Room, { rollout: { id, plan } }: Live, { amount_minor: amount }: Facts): boolean {
  if (room.size === 0) return false;
  const money = plan.atRisk.money === null ? undefined : room.get(`${id}/money`);
  const payments = plan.atRisk.payments === null ? undefined : room.get(`${id}/payments`);
  const needed = typeof amount === 'number' && Number.isSafeInteger(amount) ? BigInt(amount) : 1n;
  return (money !== undefined && money < needed) || (payments !== undefined && payments < 1n);
}
