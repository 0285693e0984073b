import type { Terminal } from './command.ts';

/** Somebody pressed Ctrl-C (or sent SIGTERM) before the work was done. */
export class StopAsked extends Error {
  override name = 'StopAsked';
}

/** What a command has started, and how to undo it: last started is first stopped, whatever happens. */
export interface Lifetime {
  /** Starts something and remembers how to stop it. @throws StopAsked when we are asked to stop meanwhile. */
  own<T>(start: () => Promise<T>, stop: (thing: T) => Promise<unknown> | void): Promise<T>;
  /** Waits for something, or for being asked to stop. @throws StopAsked */
  during<T>(work: Promise<T>): Promise<T>;
  /** Resolves when we are asked to stop. */
  asked: Promise<void>;
  isAsked(): boolean;
  /** Stops everything; the first error is thrown after all were tried. */
  end(): Promise<void>;
}

export function createLifetime(terminal: Pick<Terminal, 'onStopRequest'>): Lifetime {
  const stops: (() => Promise<unknown> | void)[] = [];
  let isAsked = false;
  const asked = new Promise<void>((resolve) =>
    terminal.onStopRequest(() => {
      isAsked = true;
      resolve();
    }),
  );
  const check = (): void => {
    if (isAsked) throw new StopAsked('asked to stop');
  };
  return {
    asked,
    isAsked: () => isAsked,
    async own(start, stop) {
      check();
      const thing = await start();
      stops.push(() => stop(thing));
      check();
      return thing;
    },
    async during(work) {
      return await Promise.race([
        work,
        asked.then(() => {
          throw new StopAsked('asked to stop');
        }),
      ]);
    },
    async end() {
      const errors: unknown[] = [];
      for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
        try {
          await stop();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}
