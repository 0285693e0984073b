import type { Log } from '../../base/log.ts';
import { pauseMs } from '../../db/backoff.ts';

export interface Repeating {
  /** Runs now instead of at the next time. */
  wake(): void;
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** Runs something again and again, one after the other, with a pause in between. What it throws is logged once, until it is well again. */
export function startRepeating(options: { name: string; everyMs: number; run(): Promise<void>; log: Log }): Repeating {
  const { name, everyMs, log } = options;
  let stopping = false;
  let wake = (): void => {};

  async function work(): Promise<void> {
    for (let failures = 0; ; ) {
      try {
        await options.run();
        if (failures > 0) log.info({ work: name }, 'it can be done again');
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) log.warn({ error, work: name }, 'it could not be done; it is tried again');
      }
      if (stopping) return;
      await rest(failures === 0 ? everyMs : Math.max(everyMs, pauseMs(failures + 3)));
      if (stopping) return;
    }
  }

  async function rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const working = work();
  return {
    wake: () => wake(),
    async stop() {
      stopping = true;
      wake();
      await working;
    },
  };
}
