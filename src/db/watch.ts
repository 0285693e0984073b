import type { Log } from '../base/log.ts';
import { within } from '../base/within.ts';
import { pauseMs } from './backoff.ts';
import { connectionClosed, Lane } from './lane.ts';
import type { Sql } from './connect.ts';
import { offer } from './offer.ts';

export interface WatchOptions {
  sql: Sql;
  /** For people, in logs. */
  name: string;
  /** What writers name in `notify` (or `pg_notify`): a small word of our own code. */
  channel: string;
  /** The longest time between two reads. */
  pollMs: number;
  /** A read that has not ended by then is given up together with its connection. */
  readMsMax: number;
  /** Reads what may have changed. What it throws is logged; it is called again. */
  read(sql: Sql): Promise<void>;
  log: Log;
}

export interface Watch {
  /** Reads now instead of at the next look. */
  kick(): void;
  stop(): Promise<void>;
}

/**
 * Keeps what is remembered of the database fresh: reads at once when somebody notifies the channel, and every `pollMs` whether they do or
 * not, since a notice is lost with its connection. It has one connection to itself, so that it never waits behind payments, and opens another
 * when that one dies or falls silent. Whoever remembers decides by the age of the last good read; nothing here throws.
 */
export function startWatch(options: WatchOptions): Watch {
  const { sql, name, channel, pollMs, log } = options;
  let lane: Lane | null = null;
  let stopping = false;
  let kicked = false;
  let wake = (): void => {};

  const kick = (): void => {
    kicked = true;
    wake();
  };

  async function run(): Promise<void> {
    for (let failures = 0; ; ) {
      if (stopping) break;
      try {
        lane ??= await open();
        kicked = false;
        // A connection whose other end is gone without a word keeps its queries for ever.
        await within(options.readMsMax, options.read(sqlOn(sql, lane)), connectionClosed);
        if (failures > 0) log.info({ watch: name }, 'what is watched can be read again');
        failures = 0;
        await rest(pollMs);
      } catch (error) {
        lane?.close();
        lane = null;
        failures += 1;
        if (failures === 1 && !stopping) log.warn({ error, watch: name }, 'what is watched could not be read');
        await rest(pauseMs(Math.min(failures + 2, 6)));
      }
    }
    lane?.close();
  }

  async function open(): Promise<Lane> {
    const opened = await Lane.open({ ...sql.options, onnotify: kick }, kick);
    await sqlOn(sql, opened).unsafe(`listen "${channel}"`);
    return opened;
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
    kick,
    async stop() {
      stopping = true;
      wake();
      await running;
    },
  };
}

/** Queries written as ever, which all go through this one connection. */
function sqlOn(sql: Sql, lane: Lane): Sql {
  return offer(sql, (query) => lane.run(query), {});
}
