import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { STAMP_BLOCK_SECONDS, STAMPS_PER_DRAW_MAX } from '../base/limits.ts';
import type { Stamp } from '../bank/rail.ts';
import type { Sql } from '../db/connect.ts';
import { reserveBlock } from './rail-store.ts';

/** Numbers of one block; 999 blocks make 999,999 numbers. */
const BLOCK_NUMBERS = 1001;
/** With so few numbers left the next block is fetched, so that nobody waits for it. */
const REFILL_NUMBERS = 400;
const BLOCK_TRIES_MAX = 20;

interface Block {
  /** The next number that is free. */
  next: number;
  end: number;
  firstSecondMs: number;
  lastSecondMs: number;
}

/**
 * Draws stamps from blocks of numbers that the database has reserved for this process. A number of a block is given out once, with a
 * second of the minute that the block is ours for; what is left when the minute is over is thrown away. So no (F7, F11) comes twice,
 * whichever process asks, also after a restart and when the machine's clock goes back: then F7 runs a little ahead of it.
 */
export function createStampDrawer(deps: { sql: Sql; clock: Clock }): (count: number) => Promise<Stamp[]> {
  let blocks: Block[] = [];
  let refill: Promise<void> | null = null;

  async function reserve(): Promise<void> {
    for (let tryNo = 1; ; tryNo++) {
      const row = await reserveBlock(deps.sql, deps.clock.now(), STAMP_BLOCK_SECONDS);
      if (row !== null) {
        const first = row.blockNo * BLOCK_NUMBERS + 1;
        const freeAtMs = row.freeAt.getTime();
        blocks.push({
          next: first,
          end: first + BLOCK_NUMBERS,
          firstSecondMs: freeAtMs - STAMP_BLOCK_SECONDS * 1000,
          lastSecondMs: freeAtMs - 1000,
        });
        return;
      }
      assert(tryNo < BLOCK_TRIES_MAX, 'one of 999 blocks of trace numbers is not being reserved at this moment');
    }
  }

  /** One at a time; whoever comes meanwhile waits for the same. */
  function fetchBlock(): Promise<void> {
    refill ??= reserve().finally(() => {
      refill = null;
    });
    return refill;
  }

  function take(nowSecondMs: number): Stamp | null {
    blocks = blocks.filter((block) => block.next < block.end && nowSecondMs <= block.lastSecondMs);
    const block = blocks[0];
    if (block === undefined) return null;
    const no = block.next;
    block.next += 1;
    return toStamp(no, Math.max(nowSecondMs, block.firstSecondMs));
  }

  return async (count) => {
    assert(count >= 0 && count <= STAMPS_PER_DRAW_MAX, 'stamps are drawn in reasonable numbers');
    const stamps: Stamp[] = [];
    while (stamps.length < count) {
      const nowSecondMs = Math.floor(deps.clock.now().getTime() / 1000) * 1000;
      const stamp = take(nowSecondMs);
      if (stamp === null) await fetchBlock();
      else stamps.push(stamp);
    }
    const left = blocks.reduce((sum, block) => sum + block.end - block.next, 0);
    if (left < REFILL_NUMBERS && refill === null && count > 0) void fetchBlock().catch(() => undefined); // the next draw asks again
    return stamps;
  };
}

const SHANGHAI_MS = 8 * 3_600_000;

/** The reference number (F37) begins with the time of day in Asia/Shanghai, hhmmss, so that it is unique within a day. */
function toStamp(no: number, secondMs: number): Stamp {
  const stan = no.toString().padStart(6, '0');
  const time = new Date(secondMs + SHANGHAI_MS).toISOString().slice(11, 19).replaceAll(':', '');
  return { transmittedAt: new Date(secondMs), stan, rrn: time + stan };
}
