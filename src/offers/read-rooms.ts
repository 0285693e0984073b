import { createListGatherer } from '../base/gather.ts';
import { OFFER_ROOM_KEPT_MS, OFFER_ROOMS_KEPT_MAX } from '../base/limits.ts';
import { readRoom } from '../ledger/read-room.ts';
import type { OffersDeps } from './offers-deps.ts';
import type { RoomLine } from './quote-input.ts';

export interface Rooms {
  /** What is left of each, by the limit's name; at most OFFER_ROOM_KEPT_MS old. */
  read(lines: readonly RoomLine[]): Promise<ReadonlyMap<string, bigint>>;
  /** The next who asks hears it from the ledger. */
  forget(limits: readonly string[]): void;
}

interface KnownRoom {
  /** A limit with a new figure has another room. */
  figuresCount: number;
  left: bigint;
  readAtMs: number;
}

/**
 * What is left of limits, remembered for a moment: all who look at a cashier ask about the same few budgets. What they are told promises
 * nothing; the place is taken in the ledger when an attempt begins. Whoever asks at once asks in one statement.
 */
export function createRooms({ sql, book }: Pick<OffersDeps, 'sql' | 'book'>): Rooms {
  const known = new Map<string, KnownRoom>();
  const gather = createListGatherer<RoomLine, bigint>(async (lines) => await readRoom(sql, book, lines));

  return {
    async read(lines) {
      const nowMs = performance.now();
      const rooms = new Map<string, bigint>();
      const missing = new Map<string, RoomLine>();
      for (const line of lines) {
        const room = known.get(line.limit);
        const isGood = room?.figuresCount === line.figures.length && nowMs - room.readAtMs <= OFFER_ROOM_KEPT_MS;
        if (isGood) rooms.set(line.limit, room.left);
        else missing.set(line.limit, line);
      }
      if (missing.size === 0) return rooms;
      const asked = [...missing.values()];
      const found = await gather(asked);
      for (const [index, { limit, figures }] of asked.entries()) {
        const left = found[index] ?? 0n;
        rooms.set(limit, left);
        keep(limit, { figuresCount: figures.length, left, readAtMs: nowMs });
      }
      return rooms;
    },
    forget(limits) {
      for (const limit of limits) known.delete(limit);
    },
  };

  /** The oldest go first: a map keeps the order in which its keys came. */
  function keep(limit: string, room: KnownRoom): void {
    known.delete(limit);
    known.set(limit, room);
    for (const oldest of known.keys()) {
      if (known.size <= OFFER_ROOMS_KEPT_MAX) break;
      known.delete(oldest);
    }
  }
}
