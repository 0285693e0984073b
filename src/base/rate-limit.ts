import type { Clock } from './clock.ts';
import { Refusal } from './refusal.ts';

/** Counters kept in memory at most; the oldest go first. Limits that must survive a restart are counted in the database (users/, cards/). */
const COUNTERS_MAX = 20_000;
const WINDOW_MS = 60_000;

export interface RateLimit {
  /** Counts one. @throws Refusal `too_many_tries` above `perMinuteMax` in a minute */
  count(what: string, who: string, perMinuteMax: number): void;
}

/** How often anybody may ask, in windows of a minute: so that nobody keeps the server from the others, or guesses quickly. */
export function createRateLimit(clock: Clock, countersMax = COUNTERS_MAX): RateLimit {
  const counters = new Map<string, { startedMs: number; count: number }>();
  return {
    count(what, who, perMinuteMax) {
      const nowMs = clock.now().getTime();
      const name = `${what} ${who}`;
      const known = counters.get(name);
      const isFresh = known === undefined || nowMs - known.startedMs >= WINDOW_MS || nowMs < known.startedMs;
      const counter = isFresh ? { startedMs: nowMs, count: 0 } : known;
      if (isFresh) {
        counters.delete(name); // so that the order in the map is that of the windows
        counters.set(name, counter);
        for (const oldest of counters.keys()) {
          if (counters.size <= countersMax) break;
          counters.delete(oldest);
        }
      }
      counter.count += 1;
      if (counter.count <= perMinuteMax) return;
      const retryAfterSeconds = Math.max(1, Math.ceil((counter.startedMs + WINDOW_MS - nowMs) / 1000));
      throw new Refusal('too_many_tries', 'ask more slowly', { retryAfterSeconds });
    },
  };
}
