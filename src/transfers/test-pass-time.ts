import type { ManualClock } from '../base/clock.ts';
import { LEG_LEASE_SECONDS } from '../base/limits.ts';
import type { Sql } from '../db/connect.ts';

/** After so long of the machine's time whoever has a lease counts as dead. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 5;

interface OpenMove {
  dueAt: Date | null;
  /** Of its message that was sent and not answered. */
  rrn: string | null;
  sentAt: Date | null;
}

/** Moves the clock on for moves that wait, and only for those. @see openTimePassing */
export interface TimePassing {
  /** Whether the clock was moved on; while something is under way it stands still, however slow the machine is. */
  passFor(ids: readonly string[]): Promise<boolean>;
  /** Nothing of these moves is under way or due: until the clock is moved on, nothing happens any more. */
  untilQuiet(ids: readonly string[]): Promise<void>;
}

/**
 * The clock of a test goes to the moment when the next of its moves is due, but not while a message is under way: on a busy machine its lease
 * would be over, and a debit that only takes its time would be taken back. `isLost` says of a message, by its F37, that nobody will ever
 * answer it, as when its process has died.
 */
export function openTimePassing(deps: { sql: Sql; clock: ManualClock; isLost: (rrn: string) => boolean }): TimePassing {
  const { sql, clock, isLost } = deps;
  let last = { seen: '', at: 0 };

  const read = async (ids: readonly string[]): Promise<OpenMove[]> =>
    await sql<OpenMove[]>`
      select due_at as "dueAt", rrn, last_sent_at as "sentAt"
      from moves
      left join lateral (
        select rrn, last_sent_at from legs where move_id = moves.id and legs.state = 'sent' order by last_sent_at desc limit 1
      ) as leg on true
      where id = any(${[...ids]}::text[]) and ended_at is null
      order by id`;

  function isBusy({ dueAt, rrn, sentAt }: OpenMove): boolean {
    const now = clock.now().getTime();
    const leaseMs = LEG_LEASE_SECONDS * 1000;
    if (dueAt === null) return false; // only the switch's file can tell
    if (dueAt.getTime() <= now) return true;
    if (rrn !== null && isLost(rrn)) return false;
    const isSent = sentAt !== null && dueAt.getTime() === sentAt.getTime() + leaseMs;
    return isSent || dueAt.getTime() === now + leaseMs; // nothing is repeated after just that time
  }

  async function nextDue(ids: readonly string[]): Promise<number | null> {
    const open = await read(ids);
    const seen = JSON.stringify(open);
    if (seen !== last.seen) last = { seen, at: performance.now() };
    const isStuck = performance.now() - last.at > PATIENCE_MS;
    const due = open.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt.getTime()]));
    if (due.length === 0 || (open.some(isBusy) && !isStuck)) return null;
    return Math.min(...due);
  }

  return {
    async passFor(ids) {
      const due = await nextDue(ids);
      if (due === null) return false;
      clock.advanceMs(Math.max(0, due - clock.now().getTime()));
      return true;
    },
    async untilQuiet(ids) {
      while ((await read(ids)).some(isBusy)) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    },
  };
}
