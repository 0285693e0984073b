import type { Log } from '../base/log.ts';
import { pauseMs } from './backoff.ts';

export interface DueLoopOptions<Job> {
  name: string;
  /** Leases at most so many due rows to us and returns them; see the recipe at startDueLoop. */
  claim(limit: number): Promise<readonly Job[]>;
  /** Does what one row owes and records it. Whatever it throws is logged; the row comes back when its lease is over. */
  work(job: Job): Promise<void>;
  /** The most jobs in hand at once. */
  concurrency: number;
  /** The longest time between two looks while nothing is due; half a second is usual. */
  idleMs: number;
  log: Log;
}

export interface DueLoop {
  /** Says that something may be due now, so that it does not wait for the next look. Cheap; call it as often as you like. */
  kick(): void;
  /** Claims nothing more and resolves when the jobs in hand are done. */
  stop(): Promise<void>;
}

/**
 * Works off rows that are due, on as many nodes as there are. Never throws: a claim that fails is tried again, ever slower.
 *
 * The row has `due_at` (null: owes nothing), `leased_until`, `lease_no` and `tries_count`, and its store two statements:
 *
 *   update … set leased_until = now + lease, lease_no = lease_no + 1, tries_count = tries_count + 1
 *   where id in (select id from … where due_at <= now and leased_until <= now order by due_at limit $n for update skip locked)
 *   returning …, lease_no, tries_count
 *
 *   update … set due_at = <next or null>, leased_until = <now> where id = … and lease_no = <the job's>
 *
 * The second changes nothing when the lease ran out and somebody else took over: lease_no is the fence. Counting the try
 * in the claim counts those that crashed us, too; a store that finds tries_count above its limit in `work` parks the row
 * (due_at null, parked_at now) for an operator. A lease must outlast the longest call that `work` makes.
 */
export function startDueLoop<Job>(options: DueLoopOptions<Job>): DueLoop {
  const { name, concurrency, idleMs, log } = options;
  const inHand = new Set<Promise<void>>();
  let stopping = false;
  let kicked = false;
  let wake = (): void => {};

  async function run(): Promise<void> {
    for (let quiet = 0, failures = 0; ; ) {
      await roomForMore();
      if (stopping) return;
      const limit = concurrency - inHand.size;
      kicked = false;
      const jobs = await options.claim(limit).catch((error: unknown) => {
        log.error({ error, loop: name }, 'due rows could not be claimed');
        return undefined;
      });
      failures = jobs ? 0 : failures + 1;
      quiet = jobs && jobs.length > 0 ? 0 : quiet + 1;
      for (const job of jobs ?? []) start(job);
      if (jobs && jobs.length >= limit) continue; // there may be more
      await rest(failures > 0 ? pauseMs(failures + 2) : Math.min(idleMs, (idleMs / 16) * 2 ** quiet));
    }
  }

  /** Claiming one row for each that is finished would ask the database too often: a quarter of the room is waited for. */
  async function roomForMore(): Promise<void> {
    while (concurrency - inHand.size < Math.ceil(concurrency / 4)) {
      if (stopping) return;
      await Promise.race(inHand);
    }
  }

  function start(job: Job): void {
    const running = (async () => options.work(job))()
      .catch((error: unknown) => log.error({ error, loop: name }, 'a due row could not be worked off'))
      .finally(() => inHand.delete(running));
    inHand.add(running);
  }

  async function rest(ms: number): Promise<void> {
    if (kicked || stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const running = run();
  return {
    kick() {
      kicked = true;
      wake();
    },
    async stop() {
      stopping = true;
      wake();
      await running;
      await Promise.all(inHand);
    },
  };
}
