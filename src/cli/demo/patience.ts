import type { Clock } from '../../base/clock.ts';
import { CliError } from '../command.ts';
import type { Lifetime } from '../lifetime.ts';

/** Looks again and again until there is something to see. @throws CliError naming what did not come. */
export type Patience = <T>(what: string, look: () => Promise<T | null> | T | null) => Promise<T>;

const WAIT_MS_MAX = 30_000;
const LOOK_MS = 15;

export function createPatience(clock: Clock, life: Lifetime): Patience {
  return async (what, look) => {
    const startedMs = clock.now().getTime();
    for (;;) {
      const seen = await look();
      if (seen !== null) return seen;
      if (clock.now().getTime() - startedMs > WAIT_MS_MAX)
        throw new CliError(`Waited ${WAIT_MS_MAX / 1000} seconds in vain for ${what}.`);
      await life.during(new Promise((resolve) => setTimeout(resolve, LOOK_MS)));
    }
  };
}
